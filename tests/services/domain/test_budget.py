"""Error budgets: the worked examples E1-E6 with their sources, the gate, and slices."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import ALWAYS_OPEN, Segment, WorkCalendar
from services.domain.budget import (
    ALERTS,
    BudgetError,
    Objective,
    Release,
    budget,
    burn_rate,
    burn_threshold,
    fires,
    minute_slices,
    release_gate,
    seconds_to_empty,
)

DAY = 86_400
MONTH = Objective(target=Decimal("0.999"), window_seconds=30 * DAY)
START = datetime(2025, 6, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(30, ["14.4", "6", "3", "1"]), (28, ["13.44", "5.6", "2.8", "0.9333"])],
    ids=["E1 SRE workbook as Sloth ships it", "E2 the same shares of 28 days"],
)
def test_alert_thresholds(days, expected):
    thresholds = [
        burn_threshold(alert.budget_share, days * DAY, alert.long_seconds) for alert in ALERTS
    ]

    assert [round(t, 4) for t in thresholds] == [Decimal(text) for text in expected]


def test_e3_short_windows():
    assert [alert.short_seconds for alert in ALERTS] == [300, 1800, 7200, 21_600]


@pytest.mark.parametrize(
    ("long_burn", "short_burn", "fired"),
    [
        ("14.5", "14.5", True),
        ("14.5", "14.4", False),
        ("14.4", "20", False),
        ("20", None, False),
        (None, None, False),
    ],
)
def test_e3_an_alert_fires_only_when_both_windows_exceed(long_burn, short_burn, fired):
    long_burn, short_burn = (b and Decimal(b) for b in (long_burn, short_burn))

    assert fires(ALERTS[0], MONTH, long_burn=long_burn, short_burn=short_burn) is fired


@pytest.mark.parametrize(("burn", "days"), [("14.4", "2.083"), ("6", "5"), ("1", "30")])
def test_e4_time_to_empty(burn, days):
    seconds = seconds_to_empty(30 * DAY, Decimal(burn))

    assert round(seconds / DAY, 3) == Decimal(days)


def test_nothing_burning_never_empties_and_a_whole_budget_may_be_watched():
    assert seconds_to_empty(DAY, Decimal(0)) is None
    assert burn_threshold(Decimal(1), 30 * DAY, DAY) == 30


def test_e6_a_million_requests_at_half_the_window():
    shown = budget(MONTH, eligible_in_window=1_000_000, eligible_so_far=500_000, bad=400)

    assert (shown.allowed, shown.left_share, shown.burn) == (1000, Decimal("0.6"), Decimal("0.8"))
    # Six tenths of the budget at 0.8 of the even pace: 0.75 of a window.
    assert shown.seconds_to_empty == Decimal("0.75") * 30 * DAY


def test_an_overspent_budget_is_negative_and_empty_already():
    shown = budget(MONTH, eligible_in_window=1000, eligible_so_far=1000, bad=3)

    assert (shown.left_share, shown.seconds_to_empty) == (-2, 0)


def test_nothing_bad_never_empties():
    shown = budget(MONTH, eligible_in_window=1000, eligible_so_far=500, bad=0)

    assert (shown.left_share, shown.burn, shown.seconds_to_empty) == (1, 0, None)


@pytest.mark.parametrize(
    ("target", "window", "so_far", "reason"),
    [
        ("1", 100, 50, "no_budget"),
        ("0.9", 0, 0, "nothing_eligible"),
        ("0.9", 100, 0, "nothing_eligible"),
    ],
)
def test_a_figure_that_does_not_exist_has_a_reason(target, window, so_far, reason):
    shown = budget(
        Objective(target=Decimal(target), window_seconds=DAY),
        eligible_in_window=window,
        eligible_so_far=so_far,
        bad=0,
    )

    assert (shown.burn, shown.reason) == (None, reason)


@pytest.mark.parametrize(
    ("left", "burn", "who"),
    [
        ("0.26", "0.99", Release.AUTO),
        ("0.25", "0.5", Release.MANAGER),  # equal
        ("0.26", "1", Release.MANAGER),  # equal
        ("0.9", "2", Release.MANAGER),  # mixed
        ("0.1", "0.1", Release.MANAGER),  # mixed
        ("0.1", "2", Release.MANAGER),
        (None, "0.1", Release.MANAGER),
        ("0.9", None, Release.MANAGER),
    ],
)
def test_any_case_but_the_clear_one_is_the_managers(left, burn, who):
    left, burn = (value and Decimal(value) for value in (left, burn))

    assert release_gate(left, burn) is who


# Minutes from outage records


def minutes(*pairs):
    return [(START + timedelta(seconds=a), START + timedelta(seconds=b)) for a, b in pairs]


def slices(*pairs, calendar=None, hours=24):
    calendar = calendar or ALWAYS_OPEN("UTC")
    return minute_slices(minutes(*pairs), calendar, start=START, end=START + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("outages", "bad"),
    [
        ([], 0),
        ([(0, 60)], 1),
        ([(59, 61)], 2),
        ([(0, 0)], 0),
        ([(0, 120), (60, 180)], 3),
        ([(0, 10), (20, 30)], 1),
        ([(-3600, 60)], 1),
        ([(86_399, 90_000)], 1),
        ([(60, 120), (0, 300), (240, 260)], 5),
    ],
)
def test_a_minute_an_outage_touches_is_bad_once(outages, bad):
    shown = slices(*outages)

    assert (shown.eligible, shown.bad) == (1440, bad)


def test_only_agreed_minutes_are_eligible_or_bad():
    office = WorkCalendar("UTC", dict.fromkeys(range(7), (Segment(480, 960),)))

    shown = slices((7 * 3600, 9 * 3600), calendar=office)

    assert (shown.eligible, shown.bad) == (480, 60)


@given(st.lists(st.tuples(st.integers(-100, 90_000), st.integers(0, 9_000)), max_size=6))
def test_bad_minutes_are_the_minutes_that_hold_a_bad_second(rows):
    pairs = [(begin, begin + length) for begin, length in rows]
    touched = {
        second // 60 for begin, end in pairs for second in range(max(begin, 0), min(end, DAY))
    }

    assert slices(*pairs).bad == len(touched)


@given(
    st.decimals("0.5", "0.9999", places=4),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
    st.integers(0, 10**6),
)
def test_used_is_burn_times_the_elapsed_share_of_the_window(target, window, so_far, bad):
    so_far, bad = min(so_far, window), min(bad, so_far, window)
    objective = Objective(target=target, window_seconds=DAY)

    shown = budget(objective, eligible_in_window=window, eligible_so_far=so_far, bad=bad)

    assert abs(shown.used_share - shown.burn * so_far / window) < Decimal("1e-12")
    assert shown.used_share + shown.left_share == 1


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: Objective(target=Decimal("99.9"), window_seconds=1), "objective_out_of_range"),
        (lambda: Objective(target=Decimal(0), window_seconds=1), "objective_out_of_range"),
        (lambda: Objective(target=Decimal("NaN"), window_seconds=1), "objective_out_of_range"),
        (lambda: Objective(target=Decimal(1), window_seconds=0), "window_not_positive"),
        (
            lambda: budget(MONTH, eligible_in_window=1, eligible_so_far=2, bad=0),
            "eligible_above_window",
        ),
        (lambda: budget(MONTH, eligible_in_window=1, eligible_so_far=-1, bad=0), "count_negative"),
        (lambda: burn_rate(MONTH, bad=2, eligible=1), "bad_above_eligible"),
        (lambda: burn_rate(MONTH, bad=-1, eligible=1), "count_negative"),
        (lambda: burn_threshold(Decimal(0), 1, 1), "share_out_of_range"),
        (lambda: burn_threshold(Decimal("NaN"), 1, 1), "share_out_of_range"),
        (lambda: burn_threshold(Decimal("0.1"), 1, 0), "window_not_positive"),
        (lambda: seconds_to_empty(0, Decimal(1)), "window_not_positive"),
        (lambda: seconds_to_empty(1, Decimal("-1")), "count_negative"),
        (lambda: slices((2, 1)), "interval_reversed"),
        (lambda: slices(hours=-1), "interval_reversed"),
    ],
)
def test_what_cannot_be_budgeted_is_refused(question, code):
    with pytest.raises(BudgetError) as refusal:
        question()

    assert refusal.value.code == code


@given(st.decimals(), st.integers(), st.integers(), st.integers(), st.integers())
def test_any_input_gives_a_budget_or_a_refusal(target, window_seconds, window, so_far, bad):
    with suppress(Refusal):
        objective = Objective(target=target, window_seconds=window_seconds)
        shown = budget(objective, eligible_in_window=window, eligible_so_far=so_far, bad=bad)
        assert (shown.burn is None) == (shown.reason is not None)
