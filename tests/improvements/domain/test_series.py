"""Dated readings, stability tests and trend; the rank test against counting by hand."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.xmr import Direction
from improvements.domain.rank_test import Exactness, hodges_lehmann, rank_test
from improvements.domain.ranks import mid_ranks
from improvements.domain.series import (
    Reading,
    Window,
    autocorrelation,
    has_shift,
    has_trend,
    is_autocorrelated,
    one_per_period,
    project,
    weekly,
)

D = Decimal
START = date(2025, 1, 6)
DAY = timedelta(days=1)
SMALL = st.lists(st.integers(0, 6).map(Decimal), min_size=1, max_size=5)


def series(text):
    return [D(word) for word in text.split()]


def daily(values, start=START):
    return tuple(
        Reading(period=Window(start=start + i * DAY, end=start + (i + 1) * DAY), value=D(value))
        for i, value in enumerate(values)
    )


def test_mid_ranks_share_places():
    assert mid_ranks(series("3 1 3 2")) == (D("3.5"), 1, D("3.5"), 2)


@given(SMALL, SMALL)
def test_the_exact_test_equals_counting_every_arrangement(before, after):
    together = before + after
    ranks = mid_ranks(together)
    observed = sum(ranks[len(before) :])
    sums = [
        sum(ranks[i] for i in chosen) for chosen in combinations(range(len(together)), len(after))
    ]

    found = rank_test(before, after, Direction.HIGHER)

    assert found.p == D(sum(total >= observed for total in sums)) / len(sums)
    assert found.u == sum(
        D(1) if b > a else D("0.5") if b == a else D(0) for a in before for b in after
    )


def test_the_normal_form_meets_the_exact_one_at_the_border():
    """Fifty against fifty is exact, one more is not; ties are many."""
    before = [D(i % 17) for i in range(50)]
    after = [D(i % 17 + i % 3) for i in range(50)]

    exact = rank_test(before, after, Direction.HIGHER)
    normal = rank_test([*before, D(8)], after, Direction.HIGHER)

    assert (exact.exactness, normal.exactness) == (Exactness.EXACT, Exactness.NORMAL)
    assert abs(exact.p - normal.p) < D("0.01")


def test_a_long_constant_series_proves_nothing():
    assert rank_test([D(1)] * 90, [D(1)] * 20, Direction.HIGHER).p == 1


@given(SMALL, SMALL, st.integers(-50, 50).map(Decimal))
def test_the_shift_moves_with_the_later_series(before, after, constant):
    moved = [value + constant for value in after]

    assert hodges_lehmann(before, moved) == hodges_lehmann(before, after) + constant


def test_autocorrelation_of_the_own_baseline():
    """bridge 6.3: r1 = -.337."""
    found = autocorrelation(series("24 26 23 25 27 22 24 26 25 23 24 25"))

    assert round(found.value, 3) == D("-0.337")


def test_a_constant_series_has_no_autocorrelation():
    assert autocorrelation([D(3)] * 12).undefined == "constant_series"
    assert autocorrelation([]).undefined == "constant_series"
    assert not is_autocorrelated([D(3)] * 12)


@pytest.mark.parametrize(
    ("text", "trend", "shift"),
    [
        ("24 26 23 25 27 22 24 26 25 23 24 25", False, False),
        ("1 2 3 4 5 6 7 8 9 10 11 12", True, True),
        ("30 31 30 29 30 31 24 25 24 23 24 25", False, True),
        ("1 2 1 2 1 9 9 8 9 8 9 8", False, True),
        ("5 5 5 5 5 5 5 5 5 5 5 5", False, False),
        ("5", False, False),
        ("", False, False),
    ],
)
def test_stability(text, trend, shift):
    values = series(text)

    assert (has_trend(values), has_shift(values)) == (trend, shift)


def test_pettitts_statistic_of_a_full_separation():
    """Own: six low then six high give K = 36 and p = 2 exp(-6 x 1296 / 1872) = 0.031."""
    assert has_shift(series("1 2 3 1 2 3 7 8 9 7 8 9"))
    assert not has_shift(series("1 2 3 1 8 9 7 3 9 7 8 2"))


def test_readings_of_one_period_merge_by_weight():
    period = Window(start=START, end=START + DAY)

    (merged,) = one_per_period(
        [
            Reading(period=period, value=D(10), weight=D(3)),
            Reading(period=period, value=D(20), weight=D(1)),
        ]
    )

    assert (merged.value, merged.weight) == (D("12.5"), 4)


def test_weeks_are_laid_from_the_end_that_matters():
    """Sixteen days hold two whole weeks; the two spare days fall at the far end."""
    points = daily(range(16))
    window = Window(start=START, end=START + 16 * DAY)

    forward = weekly(points, window, from_end=False)
    backward = weekly(points, window, from_end=True)

    assert [point.value for point in forward] == [3, 10]
    assert [point.value for point in backward] == [5, 12]


def test_a_week_without_readings_is_no_point():
    points = daily(range(3)) + daily(range(3), START + 14 * DAY)

    found = weekly(points, Window(start=START, end=START + 21 * DAY), from_end=False)

    assert [point.period.start for point in found] == [START, START + 14 * DAY]


def test_a_trend_bridges_the_settling_gap():
    before = daily([10, 9, 8, 7])
    after = daily([1, 0], START + 9 * DAY)

    found = project(before, after)

    assert (found.slope_per_period, found.difference) == (-1, 0)


def test_a_trend_needs_two_points():
    assert project(daily([1]), ()) is None
    assert project(daily([1, 2]), ()).difference is None


@settings(deadline=None)
@given(st.lists(st.integers(-99, 99), min_size=2, max_size=25), st.integers(-99, 99))
def test_a_constant_moves_neither_stability_nor_trend(values, constant):
    moved = [value + constant for value in values]
    old, new = [D(v) for v in values], [D(v) for v in moved]

    assert (has_trend(old), has_shift(old)) == (has_trend(new), has_shift(new))
    assert abs(
        project(daily(values), ()).slope_per_period - project(daily(moved), ()).slope_per_period
    ) < D("1e-20")
