"""Progress of objectives. Source: bridge 6.11."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.health import Colour
from portfolio.domain.objectives import (
    KeyResult,
    ObjectiveError,
    progress,
    standing,
    target_from_change,
)

D = Decimal
VALUES = st.decimals(-1000, 1000, places=2)


def result(key, weight, now, colour=Colour.GREEN):
    return KeyResult(
        key=key,
        weight=D(weight),
        progress=progress(start=D(0), target=D(100), now=None if now is None else D(now)),
        colour=colour,
    )


@pytest.mark.parametrize(
    ("start", "target", "now", "share", "worse"),
    [
        (24, 18, 21, "0.5", False),
        (24, 18, 26, "0", True),
        (24, 18, 17, "1", False),
        (24, 18, 24, "0", False),
        (60, 90, 75, "0.5", False),
        (60, 90, 50, "0", True),
    ],
)
def test_progress_in_both_directions(start, target, now, share, worse):
    found = progress(start=D(start), target=D(target), now=D(now))

    assert (found.share.value, found.worse) == (D(share), worse)


def test_a_target_from_a_wanted_change():
    """ServiceNow's rule: base 24, -25 % gives 18."""
    assert target_from_change(D(24), D(-25)) == 18


@pytest.mark.parametrize(
    ("target", "now", "code"), [(18, None, "not_read"), (24, 20, "no_distance")]
)
def test_progress_that_cannot_be_told_has_a_reason(target, now, code):
    found = progress(start=D(24), target=D(target), now=None if now is None else D(now))

    assert (found.share.undefined, found.worse) == (code, False)


def test_progress_is_averaged_and_colour_is_not():
    found = standing([result("a", 3, 80), result("b", 1, 20, Colour.RED)])

    assert found.progress.value == D("0.65")
    assert found.progress.parts == {"a": D("0.6"), "b": D("0.05")}
    assert (found.colour, found.coverage.value) == (Colour.RED, 1)


def test_an_unread_result_lowers_coverage_and_not_progress():
    found = standing([result("a", 3, 80), result("b", 1, None, Colour.GREY)])

    assert (found.progress.value, found.coverage.value) == (D("0.8"), D("0.75"))
    assert found.colour is Colour.GREEN


def test_what_moved_away_is_named():
    assert standing([result("a", 1, -5), result("b", 1, 5)]).worse == ("a",)


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], "no_key_results"),
        ([result("a", 0, 5)], "no_key_results"),
        ([result("a", 1, None)], "nothing_read"),
    ],
)
def test_an_objective_without_progress_has_a_reason(results, code):
    assert standing(results).progress.undefined == code


def test_without_known_colours_an_objective_is_grey():
    assert standing([]).colour is Colour.GREY


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("not_a_number", lambda: progress(start=D("NaN"), target=D(1), now=D(1))),
        ("not_a_number", lambda: progress(start=D(0), target=D(1), now=D("Infinity"))),
        ("not_a_number", lambda: target_from_change(D("NaN"), D(1))),
        ("negative", lambda: standing([result("a", -1, 5)])),
        ("key_repeated", lambda: standing([result("a", 1, 5), result("a", 1, 5)])),
    ],
)
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(ObjectiveError) as refused:
        call()

    assert refused.value.code == code


@given(VALUES, VALUES, VALUES)
def test_progress_is_a_share_and_the_same_seen_from_below(start, target, now):
    found = progress(start=start, target=target, now=now)

    mirrored = progress(start=-start, target=-target, now=-now)
    assert (found.share.value, found.worse) == (mirrored.share.value, mirrored.worse)
    assert found.share.value is None or 0 <= found.share.value <= 1


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-50, 150)), max_size=8))
def test_contributions_sum_to_the_objective(rows):
    found = standing([result(str(i), weight, now) for i, (weight, now) in enumerate(rows)])

    if found.progress.value is not None:
        assert found.progress.value == sum(found.progress.parts.values())
        assert 0 <= found.progress.value <= 1 + D("1e-20")
