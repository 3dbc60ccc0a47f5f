"""The health grammar: DESIGN section 6, and the examples of bridge 6.6 and 6.7."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.health import (
    Child,
    Colour,
    Dimension,
    HealthError,
    Reason,
    confidence,
    counts,
    distribution,
    freshness,
    judge,
    overall,
    steps_between,
)

G, A, R, U = Colour.GREEN, Colour.AMBER, Colour.RED, Colour.GREY
colours = st.sampled_from(Colour)
names = ["schedule", "cost", "scope", "risk", "resources"]


def parts(*colours):
    return [Dimension(name=name, colour=c) for name, c in zip(names, colours, strict=False)]


@pytest.mark.parametrize(
    ("colours", "mandatory", "expected"),
    [
        ((G, G), set(), G),
        ((G, A), set(), A),
        ((A, R, G), set(), R),
        ((G, U), set(), G),  # bridge 6.6: green, with confidence below 100 %
        ((U,), set(), U),
        ((), set(), U),
        ((R, U), {"cost"}, U),  # DESIGN 6: grey when a mandatory one is grey
        ((R, U), {"schedule"}, R),
        ((G,), {"schedule", "cost"}, U),  # a mandatory one that is not there is unknown
    ],
)
def test_the_whole_is_the_worst_known(colours, mandatory, expected):
    assert overall(parts(*colours), frozenset(mandatory)) is expected


@pytest.mark.parametrize(
    ("colours", "mandatory", "known_to", "hatched", "drag"),
    [
        ((G, G), set(), None, False, None),
        ((G, A, A), set(), None, False, "cost"),
        ((G, U), set(), None, True, None),
        ((R, U), {"cost"}, None, True, "cost"),
        ((U, U), set(), None, True, "schedule"),
        ((G,), {"risk"}, None, True, "risk"),
        ((), set(), None, True, None),
        ((G,), set(), "0.6", False, None),
        ((G,), set(), "0.59", True, None),  # bridge 6.7: hatched below 0.6
    ],
)
def test_a_judgement_says_what_drags_and_what_is_unknown(
    colours, mandatory, known_to, hatched, drag
):
    health = judge(
        parts(*colours),
        mandatory=frozenset(mandatory),
        confidence=Decimal(known_to) if known_to else None,
    )

    assert (health.hatched, health.drag) == (hatched, drag)


def test_a_judgement_keeps_its_dimensions_and_their_reasons():
    reason = Reason(code="finish_late", params={"days": 12})
    part = Dimension(name="schedule", colour=A, reasons=(reason,))

    assert judge([part]).dimensions == (part,)


@given(st.lists(colours, max_size=5), st.sets(st.sampled_from(names)))
def test_grey_is_never_green_and_a_whole_is_never_better_than_a_part(given_colours, mandatory):
    dimensions = parts(*given_colours)

    health = judge(dimensions, mandatory=frozenset(mandatory))

    assert health.overall is overall(dimensions, frozenset(mandatory))
    known = [c.severity for c in given_colours if c.is_known]
    if health.overall.is_known:
        assert health.overall.severity == max(known)
    assert health.hatched or U not in given_colours
    assert (health.drag is None) == (health.overall is G or not (dimensions or mandatory))


@given(st.lists(colours, min_size=1, max_size=5), st.randoms())
def test_order_does_not_matter(given_colours, random):
    dimensions = parts(*given_colours)
    shuffled = random.sample(dimensions, len(dimensions))

    assert overall(shuffled) is overall(dimensions)


@pytest.mark.parametrize(
    ("age", "expected"), [(5, "1"), (7, "1"), (Decimal("10.5"), "0.5"), (14, "0"), (40, "0")]
)
def test_freshness_with_a_cadence_of_seven_days(age, expected):
    # bridge 6.7
    assert freshness(age, 7) == Decimal(expected)


def test_what_was_never_given_has_no_freshness():
    assert freshness(None, 7) is None


@pytest.mark.parametrize(
    ("fresh", "complete", "consistent", "expected"),
    [
        ("1", ".8", "1", ".94"),
        (".5", ".8", "1", ".69"),
        ("0", "1", "1", ".5"),
        (None, "1", "1", ".5"),
    ],
)
def test_data_confidence(fresh, complete, consistent, expected):
    # bridge 6.7
    fresh = None if fresh is None else Decimal(fresh)

    assert confidence(fresh, Decimal(complete), Decimal(consistent)) == Decimal(expected)


@pytest.mark.parametrize(
    ("reported", "measured", "steps"),
    [(G, R, 2), (A, R, 1), (R, G, -2), (A, A, 0), (U, R, 0), (G, U, 0)],
)
def test_steps_between_reported_and_measured(reported, measured, steps):
    # bridge 6.6: G/R watermelon 2, A/R watermelon 1, R/G pessimist, equal none
    assert steps_between(reported, measured) == steps


def test_the_average_trap():
    # bridge 6.6: nineteen green and one red average 2.90, which rounds to green.
    children = [Child(key=f"PRJ-{n}", colour=G, money=Decimal(10)) for n in range(19)]
    shown = distribution([*children[:9], Child(key="PRJ-99", colour=R, money=Decimal(10))])
    crowd = distribution([*children, Child(key="PRJ-99", colour=R, money=Decimal(10))])

    assert (shown.colour, shown.biggest_drag) == (R, "PRJ-99")
    assert (crowd.colour, crowd.biggest_drag) == (None, "PRJ-99")
    assert crowd.counts == {G: 19, A: 0, R: 1, U: 0}
    assert crowd.share_of_money == {G: Decimal(".95"), A: 0, R: Decimal(".05"), U: 0}
    assert crowd.magnitude == 5


def test_the_totals_of_a_published_portfolio_reconcile():
    # bridge 6.6: a press summary of 143 UK projects lists 5 + 23 + 71 + 34 + 4 and 5 exempt = 142.
    listed = [G] * 5 + [A] * 128 + [R] * 4 + [U] * 5

    assert sum(counts(listed).values()) == 142


def test_the_biggest_drag_among_equals_is_the_one_with_most_money():
    shown = distribution(
        [
            Child(key="b", colour=R, money=Decimal(5)),
            Child(key="a", colour=R, money=Decimal(5)),
            Child(key="c", colour=A, money=Decimal(500)),
        ]
    )

    assert shown.biggest_drag == "a"


def test_confidence_rolls_up_as_the_lowest_and_the_mean_by_money():
    shown = distribution(
        [
            Child(key="a", colour=G, money=Decimal(300), confidence=Decimal("0.9")),
            Child(key="b", colour=G, money=Decimal(100), confidence=Decimal("0.5")),
            Child(key="c", colour=G, money=Decimal(100)),
        ]
    )

    assert (shown.lowest_confidence, shown.mean_confidence) == (Decimal("0.5"), Decimal("0.8"))
    assert shown.hatched


def test_a_parent_without_children_is_unknown():
    shown = distribution([])

    assert (shown.colour, shown.hatched, shown.magnitude, shown.share_of_money) == (
        U,
        True,
        None,
        None,
    )


children = st.builds(
    Child,
    key=st.text("abc", min_size=1),
    colour=colours,
    money=st.decimals(0, 10**9, places=2),
    confidence=st.none() | st.decimals(0, 1, places=3),
)


@given(st.lists(children, max_size=14))
def test_parts_add_up_to_the_whole(family):
    shown = distribution(family)

    assert sum(shown.counts.values()) == len(family)
    if shown.share_of_money is not None:
        assert abs(sum(shown.share_of_money.values()) - 1) < Decimal("1e-20")
    if shown.mean_confidence is not None:
        assert shown.lowest_confidence <= shown.mean_confidence + Decimal("1e-20")
    assert (shown.colour is None) == (len(family) > 10)


@given(children)
def test_the_roll_up_of_one_child_is_that_child(child):
    shown = distribution([child])

    assert shown.colour is child.colour
    assert shown.mean_confidence == child.confidence or child.confidence is None


NAN, HALF = Decimal("NaN"), Decimal("0.5")


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: judge(parts(G) + parts(R)), "dimension_repeated"),
        (lambda: judge([], confidence=Decimal("1.01")), "ratio_out_of_range"),
        (lambda: freshness(1, 0), "cadence_not_positive"),
        (lambda: freshness(1, NAN), "cadence_not_positive"),
        (lambda: freshness(-1, 7), "age_negative"),
        (lambda: freshness(NAN, 7), "age_negative"),
        (lambda: confidence(NAN, HALF, HALF), "ratio_out_of_range"),
        (lambda: confidence(HALF, Decimal(2), HALF), "ratio_out_of_range"),
        (lambda: confidence(HALF, HALF, Decimal(-1)), "ratio_out_of_range"),
        (lambda: distribution([Child(key="a", colour=G, money=Decimal(-1))]), "money_negative"),
        (lambda: distribution([Child(key="a", colour=G, money=NAN)]), "money_negative"),
        (
            lambda: distribution([Child(key="a", colour=G, confidence=NAN)]),
            "ratio_out_of_range",
        ),
    ],
)
def test_what_cannot_be_judged_is_refused(question, code):
    with pytest.raises(HealthError) as refusal:
        question()

    assert refusal.value.code == code
