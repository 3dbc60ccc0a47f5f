"""XmR limits, named rules and assurance. Sources: bridge 6.3 and those it names."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.xmr import (
    ChartError,
    Direction,
    Grade,
    RangeMethod,
    grade,
    limits,
    moving_ranges,
)
from improvements.domain.chart_rules import RULES, RuleSet, Side, signals
from improvements.domain.control_chart import Assurance, Variation, assurance, chart

EACH_SET = st.sampled_from(list(RuleSet))
VALUES = st.decimals(-10_000, 10_000, places=2)


def series(text):
    return [Decimal(word) for word in text.split()]


NIST = series("49.6 47.6 49.9 51.3 47.8 51.2 52.6 52.4 53.6 52.1")
NHS = series("1 2 1 2 10 1 2 1 2 1 2 1 2 1 2 1 2 1")
PRE = series("24 26 23 25 27 22 24 26 25 23 24 25")


def places(value, digits):
    return round(value, digits)


def test_nist_individuals_example():
    found = limits(NIST)

    assert found.centre == Decimal("50.81")
    assert places(found.moving_range, 4) == Decimal("1.8778")
    assert (places(found.upper, 4), places(found.lower, 4)) == (
        Decimal("55.8049"),
        Decimal("45.8151"),
    )
    exact = 3 / Decimal("1.128") * found.moving_range
    assert places(found.centre + exact, 4) == Decimal("55.8041")
    assert places(found.centre - exact, 4) == Decimal("45.8159")


def test_nhs_vignette_with_all_points():
    found = limits(NHS)

    assert places(found.centre, 2) == Decimal("1.94")
    assert (places(found.upper, 2), places(found.lower, 2)) == (Decimal("6.95"), Decimal("-3.06"))
    assert places(found.range_limit, 2) == Decimal("6.15")


def test_nhs_vignette_after_dropping_large_ranges():
    found = limits(NHS, drop_large_ranges=True)

    assert (found.moving_range, found.ranges_left_out) == (1, 2)
    assert (places(found.upper, 2), places(found.lower, 2)) == (Decimal("4.60"), Decimal("-0.72"))


def test_own_baseline():
    found = limits(PRE)

    assert found.centre == Decimal("24.5")
    assert places(found.moving_range, 4) == Decimal("2.0909")
    assert (places(found.lower, 3), places(found.upper, 3)) == (
        Decimal("18.938"),
        Decimal("30.062"),
    )
    assert places(found.centre - 2 * found.sigma, 3) == Decimal("20.792")
    assert places(found.range_limit, 3) == Decimal("6.831")
    for rules in RULES.values():
        assert signals(PRE, found, rules) == ()


def test_median_ranges_shrug_off_one_jump():
    found = limits(NHS, method=RangeMethod.MEDIAN)

    assert found.moving_range == 1
    assert found.upper - found.centre == Decimal("3.14")


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (0, Grade.NONE),
        (4, Grade.NONE),
        (5, Grade.TRIAL),
        (11, Grade.TRIAL),
        (12, Grade.USABLE),
        (19, Grade.USABLE),
        (20, Grade.PREFERRED),
    ],
)
def test_grades_by_number_of_points(points, expected):
    assert grade(points) is expected
    assert (limits([Decimal(1)] * points) is None) is (expected is Grade.NONE)


def test_opposite_sides_do_not_make_two_of_three():
    """bridge 6.3: 16 points 1, -1 alternating, then 5.5 and -5.5."""
    values = series("1 -1 " * 8) + series("5.5 -5.5")
    found = limits(values)

    beyond = [s for s in signals(values, found, RULES[RuleSet.NHS]) if "2_of_3" in s.rule]

    assert beyond == []


UNIT = limits(series("-1 1 -1 1 -1 1"))  # centre 0, limits -5.32 .. 5.32, sigma 1.7733


@pytest.mark.parametrize(
    ("rule_set", "text", "expected"),
    [
        (RuleSet.NHS, "0 5.32 0", set()),
        (RuleSet.NHS, "0 5.33 0", {("outside_limits", Side.HIGH, 1, 2)}),
        (RuleSet.NHS, "0 -5.33 0", {("outside_limits", Side.LOW, 1, 2)}),
        (RuleSet.NHS, "1 1 1 1 1 1", set()),
        (RuleSet.NHS, "1 1 1 1 1 1 1", {("run_of_7", Side.HIGH, 0, 7)}),
        (RuleSet.NHS, "1 1 1 1 1 1 1 1 1", {("run_of_7", Side.HIGH, 0, 9)}),
        (RuleSet.NHS, "1 1 1 0 1 1 1 1", set()),
        (RuleSet.NHS, "-3 -2 -1 0 1 2", set()),
        (RuleSet.NHS, "-3 -2 -1 0 1 2 3", {("trend_of_7", Side.HIGH, 0, 7)}),
        (RuleSet.NHS, "3 2 1 0 -1 -2 -3", {("trend_of_7", Side.LOW, 0, 7)}),
        (RuleSet.NHS, "4 1 4", {("2_of_3_beyond_2_sigma", Side.HIGH, 0, 3)}),
        (RuleSet.NHS, "4 -1 4", set()),
        (RuleSet.WESTERN_ELECTRIC, "4 -1 4", {("2_of_3_beyond_2_sigma", Side.HIGH, 0, 3)}),
        (RuleSet.WESTERN_ELECTRIC, "2 2 -1 2 2", {("4_of_5_beyond_1_sigma", Side.HIGH, 0, 5)}),
        (RuleSet.WESTERN_ELECTRIC, "1 1 1 1 1 1 1", set()),
        (RuleSet.WESTERN_ELECTRIC, "1 1 1 1 1 1 1 1", {("run_of_8", Side.HIGH, 0, 8)}),
        (RuleSet.NELSON, "1 1 1 1 1 1 1 1", set()),
        (RuleSet.NELSON, "-1 -1 -1 -1 -1 -1 -1 -1 -1", {("run_of_9", Side.LOW, 0, 9)}),
        (RuleSet.NELSON, "-2 -1 0 1 1.5 2", {("trend_of_6", Side.HIGH, 0, 6)}),
        (RuleSet.NELSON, "1 -1 2 " * 4 + "1 -1", set()),
        (RuleSet.NELSON, "2 -2 " * 7, {
            ("alternating_14", Side.NEITHER, 0, 14), ("8_outside_1_sigma", Side.NEITHER, 0, 14),
        }),
        (RuleSet.NELSON, "1 1 -1 " * 5, {("15_within_1_sigma", Side.NEITHER, 0, 15)}),
        (RuleSet.KPI_SIGNALS, "4 4 1 4", {("3_of_4_beyond_2_sigma", Side.HIGH, 0, 4)}),
        (RuleSet.KPI_SIGNALS, "4 4 -1 4", set()),
    ],
)  # fmt: skip
def test_each_rule_at_its_border(rule_set, text, expected):
    found = signals(series(text), UNIT, RULES[rule_set])

    assert {(s.rule, s.side, s.start, s.end) for s in found} == expected


@pytest.mark.parametrize(
    ("target", "direction", "expected"),
    [
        ("18", Direction.LOWER, Assurance.CONSISTENTLY_FAILS),
        ("18", Direction.HIGHER, Assurance.CONSISTENTLY_PASSES),
        ("24", Direction.LOWER, Assurance.HIT_AND_MISS),
        ("31", Direction.LOWER, Assurance.CONSISTENTLY_PASSES),
        ("31", Direction.HIGHER, Assurance.CONSISTENTLY_FAILS),
    ],
)
def test_assurance_by_where_the_target_lies(target, direction, expected):
    assert assurance(limits(PRE), Decimal(target), direction) is expected


def test_a_target_on_the_limit_is_hit_and_miss():
    against = limits(PRE)

    assert assurance(against, against.lower, Direction.LOWER) is Assurance.HIT_AND_MISS


def test_frozen_limits_judge_later_points():
    drawn = chart(
        PRE + series("19 18 20 17"),
        direction=Direction.LOWER,
        baseline_points=12,
        target=Decimal(18),
    )

    assert places(drawn.limits.lower, 3) == Decimal("18.938")
    assert drawn.variation is Variation.IMPROVEMENT
    assert drawn.assurance is Assurance.CONSISTENTLY_FAILS
    worse = chart(PRE + series("19 18 20 17"), direction=Direction.HIGHER, baseline_points=12)
    assert worse.variation is Variation.CONCERN


def test_too_few_points_draw_no_limits_and_no_signal():
    drawn = chart(series("1 2 30 4"), direction=Direction.LOWER, target=Decimal(1))

    assert (drawn.limits, drawn.signals, drawn.assurance) == (None, (), None)
    assert (drawn.grade, drawn.variation) == (Grade.NONE, Variation.UNKNOWN)


def test_a_constant_series_is_cautioned_and_has_no_signal():
    drawn = chart([Decimal(7)] * 20, direction=Direction.LOWER)

    assert drawn.signals == ()
    assert drawn.cautions == ("constant_series",)


def test_many_zeros_are_cautioned():
    assert chart(series("0 0 0 3 1 0"), direction=Direction.LOWER).cautions == ("many_zeros",)


def test_a_floor_clips_only_what_is_drawn():
    found = limits(NHS)

    assert found.shown_lower(Decimal(0)) == 0
    assert found.shown_lower(None) == found.lower < 0


@pytest.mark.parametrize("bad", ["NaN", "Infinity"])
def test_what_is_not_a_number_is_refused(bad):
    with pytest.raises(ChartError) as refused:
        chart([*PRE, Decimal(bad)], direction=Direction.LOWER)

    assert (refused.value.code, refused.value.params["name"]) == ("not_a_number", "12")


@pytest.mark.parametrize("count", [-1, 13])
def test_a_baseline_longer_than_the_series_is_refused(count):
    with pytest.raises(ChartError) as refused:
        chart(PRE, direction=Direction.LOWER, baseline_points=count)

    assert refused.value.code == "baseline_points_out_of_range"


@given(st.lists(VALUES, max_size=40), EACH_SET)
def test_any_series_is_charted_and_signals_lie_inside_it(values, rule_set):
    drawn = chart(values, direction=Direction.LOWER, rule_set=rule_set)

    assert drawn.grade is grade(len(values))
    for signal in drawn.signals:
        assert 0 <= signal.start < signal.end <= len(values)


@given(st.lists(VALUES, min_size=5, max_size=30), VALUES, EACH_SET)
def test_adding_a_constant_moves_limits_and_keeps_signals(values, shift, rule_set):
    moved = [value + shift for value in values]

    assert moving_ranges(moved) == moving_ranges(values)
    before, after = limits(values), limits(moved)
    assert abs(after.centre - before.centre - shift) < Decimal("1e-15")
    assert signals(moved, after, RULES[rule_set]) == signals(values, before, RULES[rule_set])


@given(st.lists(VALUES, min_size=5, max_size=30), EACH_SET)
def test_turning_the_series_over_turns_every_signal_over(values, rule_set):
    mirrored = [-value for value in values]
    over = {Side.HIGH: Side.LOW, Side.LOW: Side.HIGH, Side.NEITHER: Side.NEITHER}

    before = signals(values, limits(values), RULES[rule_set])
    after = signals(mirrored, limits(mirrored), RULES[rule_set])

    assert {(s.rule, over[s.side], s.start, s.end) for s in before} == {
        (s.rule, s.side, s.start, s.end) for s in after
    }
