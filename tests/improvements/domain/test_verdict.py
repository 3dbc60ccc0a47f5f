"""The effect verdict. Sources: bridge 6.4; expectations marked own are worked in the docs."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.xmr import Direction
from improvements.domain.evidence import (
    Confounder,
    ConfounderKind,
    Evidence,
    EvidenceError,
    Hypothesis,
    Measure,
    Outcome,
    Settings,
    TargetReading,
    override,
)
from improvements.domain.series import Reading, SeriesError, Window
from improvements.domain.verdict import judge

D = Decimal
START = date(2025, 1, 6)
WEEK = timedelta(days=7)


def series(text):
    return [D(word) for word in text.split()]


PRE = series("24 26 23 25 27 22 24 26 25 23 24 25")
BETTER = series("19 18 20 17 19 18 20 18")
SAME = series("24 22 26 23 25 24 27 23")
TREND = series("30.0 29.6 29.1 28.4 28.1 27.4 27.1 26.4 26.1 25.4 25.0 24.6")
ON_TREND = series("24.0 23.6 23.0 22.5 22.1 21.4 21.1 20.5")


def readings(values, start=START, step=WEEK):
    return tuple(
        Reading(period=Window(start=start + i * step, end=start + (i + 1) * step), value=value)
        for i, value in enumerate(values)
    )


LIVE = START + 12 * WEEK
END = LIVE + 8 * WEEK
MTTR = Measure(key="mttr", direction=Direction.LOWER, minimum_shift=D(2))
HYPOTHESIS = Hypothesis(
    measure=MTTR,
    locked_on=LIVE - WEEK,
    baseline=Window(start=START, end=LIVE),
    settle_days=0,
    window_days=56,
)


def evidence(after, before=PRE, **changes):
    locked = {key: changes.pop(key) for key in list(changes) if key in HYPOTHESIS.__slots__}
    return Evidence(
        hypothesis=replace(HYPOTHESIS, **locked),
        went_live_on=LIVE,
        readings=readings([*before, *after]),
        **changes,
    )


def verdict(after, before=PRE, as_of=END, **changes):
    return judge(evidence(after, before, **changes), as_of)


# The rows of bridge 6.4


def test_improved():
    found = verdict(BETTER)

    assert (found.outcome, found.final, found.code) == (Outcome.IMPROVED, True, "improved")
    assert found.levels.after_mean == D("18.625")
    assert round(found.levels.percent.value, 1) == D("-24.0")
    assert found.proof.shift == -6
    assert (found.proof.better.u, found.proof.better.u_max) == (96, 96)
    assert found.proof.better.p == D(1) / 125_970
    outside = [s for s in found.proof.signals if s.rule == "outside_limits"]
    assert sum(s.end - s.start for s in outside) == 4
    assert {s.rule for s in found.proof.signals} == {
        "outside_limits", "run_of_8", "2_of_3_beyond_2_sigma",
    }  # fmt: skip


def test_no_detectable_change():
    found = verdict(SAME)

    assert found.outcome is Outcome.NO_DETECTABLE_CHANGE
    assert found.levels.after_mean == D("24.25")
    assert round(found.levels.percent.value, 1) == D("-1.0")
    assert (found.proof.shift, found.proof.signals) == (0, ())
    assert found.proof.better.u == D("53.5")
    assert round(found.proof.better.p, 2) == D("0.35")


def test_no_detectable_change_says_what_could_have_been_seen():
    """Own: sigma = 2.0909 / 1.128 = 1.8536; 3.8 x 1.8536 x sqrt(1/12 + 1/8) = 3.215."""
    found = verdict(SAME)

    assert round(found.smallest_visible_effect.value, 3) == D("3.215")


def test_too_early():
    found = verdict(BETTER[:3])

    assert (found.outcome, found.reasons[0].params) == (Outcome.TOO_EARLY, {"have": 3, "need": 8})
    assert found.levels.after_mean == D(57) / 3
    assert round(found.levels.percent.value, 1) == D("-22.4")
    assert found.proof is None


def test_baseline_not_stable_projects_the_trend():
    found = verdict(ON_TREND, TREND)

    assert found.outcome is Outcome.BASELINE_NOT_STABLE
    assert {reason.code for reason in found.reasons} == {"baseline_trend", "baseline_shift"}
    assert round(found.levels.shift, 2) == D("-4.99")
    assert round(found.trend.slope_per_period, 3) == D("-0.502")
    assert round(found.trend.difference, 2) == D("0.03")
    assert found.proof is None


SISTER = series("25 24 26 24 25 24 26 25 24 25 24 25.6") + series("22 22.5 21.5 22 22 22.5 21.5 22")
SHARED = Confounder(
    kind=ConfounderKind.MAJOR_CHANGE, key="CHG-7", on=LIVE + WEEK, reaches_comparison=True
)
OURS_ALONE = replace(SHARED, key="CHG-8", reaches_comparison=False)


def test_a_comparison_service_rescues_a_confounded_reading():
    """bridge 6.4: ours 24.5 to 18.625, sister 24.8 to 22.0, difference of differences -3.075."""
    found = verdict(BETTER, confounders=(SHARED,), comparison=readings(SISTER))

    assert found.levels.adjusted_shift == D("-3.075")
    assert found.levels.shift == D("-5.875")
    assert (found.outcome, found.proof.adjusted) == (Outcome.IMPROVED, True)
    assert [reason.code for reason in found.reasons] == ["improved", "major_change"]
    assert found.proof.shift_percent.undefined == "adjusted"


# Each test in its order


def test_without_a_hypothesis_nothing_is_measured():
    bare = Evidence(hypothesis=None, went_live_on=LIVE, readings=readings(PRE + BETTER))

    found = judge(bare, END)

    assert (found.outcome, found.reasons[0].code) == (Outcome.NOT_MEASURED, "no_hypothesis")


def test_a_hypothesis_made_up_after_go_live_does_not_count():
    found = verdict(BETTER, locked_on=LIVE + WEEK)

    assert (found.outcome, found.reasons[0].code) == (
        Outcome.NOT_MEASURED, "locked_after_go_live",
    )  # fmt: skip


def test_before_go_live_there_is_nothing_to_read():
    found = judge(replace(evidence(()), went_live_on=None), LIVE)

    assert (found.outcome, found.reasons[0].code, found.final) == (
        Outcome.NOT_MEASURED, "not_live", False,
    )  # fmt: skip


def test_without_readings_nothing_is_measured():
    found = verdict((), ())

    assert (found.outcome, found.reasons[0].code) == (Outcome.NOT_MEASURED, "no_readings")


def test_eleven_points_are_not_enough_baseline():
    found = verdict(BETTER, PRE, baseline=Window(start=START + WEEK, end=LIVE))

    assert found.outcome is Outcome.NOT_ENOUGH_BASELINE
    assert found.reasons[0].params == {"have": 11, "need": 12}


def test_a_step_inside_the_baseline_makes_it_unstable():
    step = series("30 31 30 29 30 31 24 25 24 23 24 25")

    found = verdict(BETTER, step)

    assert found.outcome is Outcome.BASELINE_NOT_STABLE
    assert "baseline_shift" in {reason.code for reason in found.reasons}


def test_points_in_the_settling_time_are_not_judged():
    found = verdict(series("40 40") + BETTER, settle_days=14, as_of=END + 2 * WEEK)

    assert (found.outcome, found.levels.after_points) == (Outcome.IMPROVED, 8)


def test_points_after_the_window_are_not_judged():
    found = verdict(BETTER + series("40 40 40"), as_of=END + 9 * WEEK)

    assert (found.outcome, found.levels.after_points) == (Outcome.IMPROVED, 8)


def test_a_period_that_straddles_go_live_belongs_to_neither_side():
    late = replace(evidence(BETTER), went_live_on=LIVE + timedelta(days=3))

    found = judge(late, END + WEEK)

    assert (found.levels.before_points, found.levels.after_points) == (12, 7)


@pytest.mark.parametrize("weeks", range(8))
def test_before_the_windows_end_it_is_too_early_whatever_the_points_say(weeks):
    found = verdict(BETTER + BETTER, window_days=112, as_of=END + weeks * WEEK)

    assert (found.outcome, found.final, found.proof) == (Outcome.TOO_EARLY, False, None)
    assert found.reasons[0].code == "window_open"


@pytest.mark.parametrize("weeks", [0, 1, 10, 100])
def test_reading_again_after_the_windows_end_changes_nothing(weeks):
    late = BETTER + series("30 30 30 30")

    assert verdict(late, as_of=END + weeks * WEEK) == verdict(BETTER, as_of=END)


@pytest.mark.parametrize(
    ("kind", "on", "disturbs"),
    [
        (ConfounderKind.GO_LIVE, LIVE, True),
        (ConfounderKind.GO_LIVE, END - timedelta(days=1), True),
        (ConfounderKind.GO_LIVE, END, False),
        (ConfounderKind.FREEZE_BREAK, LIVE + WEEK, True),
        (ConfounderKind.MAJOR_CHANGE, START + WEEK, False),
        (ConfounderKind.DEFINITION_CHANGE, START + WEEK, True),
        (ConfounderKind.DEFINITION_CHANGE, START - WEEK, False),
    ],
)
def test_what_disturbs_a_reading_and_when(kind, on, disturbs):
    found = verdict(BETTER, confounders=(Confounder(kind=kind, key="X", on=on),))

    assert (found.outcome is Outcome.CONFOUNDED) is disturbs
    assert disturbs is (found.outcome is not Outcome.IMPROVED)


def test_a_confounded_reading_lists_what_confounds_it():
    found = verdict(BETTER, confounders=(OURS_ALONE,))

    assert [reason.code for reason in found.reasons] == ["major_change", "no_comparison"]
    assert found.reasons[0].params == {"key": "CHG-8", "on": "2025-04-07"}


@pytest.mark.parametrize(
    ("confounders", "sister", "code"),
    [
        ((SHARED, OURS_ALONE), SISTER, "comparison_untouched"),
        ((SHARED,), SISTER[:15], "comparison_too_short"),
        ((SHARED,), [D(i) for i in range(20)], "comparison_not_stable"),
        ((SHARED,), [], "no_comparison"),
    ],
)
def test_when_a_comparison_cannot_rescue(confounders, sister, code):
    found = verdict(BETTER, confounders=confounders, comparison=readings(sister))

    assert (found.outcome, found.reasons[-1].code) == (Outcome.CONFOUNDED, code)


def test_worse_on_the_bad_side():
    found = verdict([2 * D("24.5") - value for value in BETTER])

    assert (found.outcome, found.proof.shift) == (Outcome.WORSE, 6)


def test_a_shift_under_the_agreed_minimum_is_no_improvement():
    measure = replace(MTTR, minimum_shift=D("6.1"))

    found = verdict(BETTER, measure=measure)

    assert found.outcome is Outcome.NO_DETECTABLE_CHANGE
    assert found.smallest_visible_effect.value == D("6.1")


def test_a_chart_signal_without_the_rank_test_is_no_improvement():
    found = verdict(series("25 26 24 25 26 25 24 15"))

    assert found.proof.signals
    assert found.outcome is Outcome.NO_DETECTABLE_CHANGE


def test_the_rank_test_without_a_chart_signal_is_no_improvement():
    found = verdict(series("23 22 23 22 25 22 23 22"))

    assert found.proof.better.p < D("0.05")
    assert found.outcome is Outcome.NO_DETECTABLE_CHANGE


# Guards and additions


def test_points_that_raised_the_signal_never_belong_to_the_baseline():
    """The last three weeks were bad; thirteen quiet ones stood before them."""
    bad = Window(start=START + 13 * WEEK, end=START + 16 * WEEK)
    before = [*PRE, D(24), *series("34 35 36")]
    live = START + 16 * WEEK
    base = Evidence(
        hypothesis=replace(
            HYPOTHESIS,
            baseline=Window(start=START, end=live),
            locked_on=live,
            raised_by=(bad,),
        ),
        went_live_on=live,
        readings=readings(before + SAME),
    )

    found = judge(base, live + 8 * WEEK)

    assert found.levels.before_points == 13
    assert found.outcome is Outcome.NO_DETECTABLE_CHANGE
    assert "signal_points_left_out" in found.cautions


def daily(values):
    return readings(values, step=timedelta(days=1))


def test_dependent_daily_values_are_judged_by_the_week():
    """Own: every day of a week repeats its week's level, so days say nothing new."""
    days = [value for value in PRE + BETTER for _ in range(7)]
    base = replace(evidence(()), readings=daily(days))

    found = judge(base, END)

    assert found.cautions == ("autocorrelated", "rebucketed_weekly")
    assert (found.levels.before_points, found.levels.after_points) == (12, 8)
    assert found.proof == verdict(BETTER).proof


def test_dependent_weekly_values_are_cautioned():
    wave = series("20 22 24 26 28 30 30 28 26 24 22 20 20 22 24 26 28 30 30 28 26 24 22 20")
    live = START + 24 * WEEK
    base = Evidence(
        hypothesis=replace(HYPOTHESIS, baseline=Window(start=START, end=live), locked_on=live),
        went_live_on=live,
        readings=readings(wave + SAME),
    )

    assert judge(base, live + 8 * WEEK).cautions == ("autocorrelated",)


TICKETS = Measure(key="tickets", direction=Direction.LOWER)


def test_improved_with_side_effects():
    worse = readings(PRE + [2 * D("24.5") - value for value in BETTER])

    found = verdict(BETTER, balancing=(TICKETS,))
    harmed = judge(
        replace(
            evidence(BETTER), balancing={"tickets": worse},
            hypothesis=replace(HYPOTHESIS, balancing=(TICKETS,)),
        ),
        END,
    )  # fmt: skip

    assert (found.code, found.cautions) == ("improved", ("balancing_not_judged",))
    assert (harmed.outcome, harmed.code) == (Outcome.IMPROVED, "improved_with_side_effects")
    assert harmed.side_effects == ("tickets",)


@pytest.mark.parametrize(
    ("after", "target", "expected"),
    [
        (BETTER, "19", TargetReading.MET),
        (BETTER, "18", TargetReading.NOT_MET),
        (SAME, "24.25", TargetReading.INSIDE_NOISE),
        (SAME, "24.2", TargetReading.NOT_MET),
        (SAME, "30", TargetReading.MET),
    ],
)
def test_the_target_is_read_against_chance(after, target, expected):
    assert verdict(after, target=D(target)).target is expected


def test_a_constant_baseline_is_judged_without_a_made_up_number():
    same = verdict([D(5)] * 8, [D(5)] * 12)
    moved = verdict([D(2)] * 8, [D(5)] * 12)

    assert same.outcome is Outcome.NO_DETECTABLE_CHANGE
    assert same.smallest_visible_effect.undefined == "constant_series"
    assert moved.outcome is Outcome.IMPROVED


def test_a_baseline_around_zero_has_no_percentage():
    found = verdict([D(1)] * 8, [D(0)] * 12)

    assert found.levels.percent.undefined == "baseline_mean_zero"
    assert found.proof.shift_percent.undefined == "baseline_mean_zero"


def test_long_series_say_that_p_is_approximate():
    many = [D(20 + i * 7 % 5) for i in range(90)]
    live = START + 90 * WEEK
    base = Evidence(
        hypothesis=replace(
            HYPOTHESIS, baseline=Window(start=START, end=live), locked_on=live, window_days=140
        ),
        went_live_on=live,
        readings=readings(many + many[:20]),
    )

    assert "approximate_p" in judge(base, live + 20 * WEEK).cautions


def test_an_override_keeps_both_readings():
    computed = verdict(SAME)

    kept = override(computed, Outcome.IMPROVED, " fewer complaints ")

    assert (kept.computed.outcome, kept.chosen) == (Outcome.NO_DETECTABLE_CHANGE, Outcome.IMPROVED)
    assert kept.reason == "fewer complaints"


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("not_final", lambda: override(
            verdict(BETTER, window_days=112), Outcome.WORSE, "because")),
        ("override_changes_nothing", lambda: override(verdict(BETTER), Outcome.IMPROVED, "x")),
        ("override_without_reason", lambda: override(verdict(BETTER), Outcome.WORSE, " ")),
        ("baseline_after_go_live", lambda: verdict(
            BETTER, baseline=Window(start=START, end=LIVE + WEEK))),
        ("negative", lambda: replace(HYPOTHESIS, settle_days=-1)),
        ("negative", lambda: replace(MTTR, minimum_shift=D(-1))),
        ("not_a_number", lambda: replace(HYPOTHESIS, target=D("NaN"))),
        ("settings_out_of_range", lambda: Settings(minimum_before=4)),
        ("settings_out_of_range", lambda: Settings(alpha=D(1))),
        ("not_a_number", lambda: Settings(alpha=D("NaN"))),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(EvidenceError) as refused:
        call()

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("not_a_number", lambda: readings([D("NaN")])),
        ("weight_not_positive", lambda: replace(readings(PRE)[0], weight=D(0))),
        ("window_reversed", lambda: Window(start=LIVE, end=START)),
        ("periods_overlap", lambda: judge(
            replace(evidence(BETTER), readings=readings(PRE) + daily(PRE)), END)),
    ],
)  # fmt: skip
def test_bad_readings_are_refused_with_a_code(code, call):
    with pytest.raises(SeriesError) as refused:
        call()

    assert refused.value.code == code


# Invariants

VALUES = st.decimals(-1000, 1000, places=2)
BEFORE = st.lists(VALUES, min_size=12, max_size=12)
AFTER = st.lists(VALUES, min_size=8, max_size=8)
NEAR = st.lists(st.integers(15, 35).map(Decimal), min_size=20, max_size=20)


@settings(deadline=None)
@given(NEAR, VALUES)
def test_adding_a_constant_to_every_value_changes_no_verdict(values, shift):
    moved = [value + shift for value in values]

    before = verdict(values[12:], values[:12])
    after = verdict(moved[12:], moved[:12])

    assert after.outcome is before.outcome
    if before.proof:
        assert after.proof.shift == before.proof.shift
        assert after.proof.better == before.proof.better
        assert after.proof.signals == before.proof.signals


@settings(deadline=None)
@given(NEAR, st.data())
def test_the_order_in_which_readings_come_changes_nothing(values, data):
    """Two readings share each period; they come in any order."""
    doubled = readings(values) + readings([value + i % 3 for i, value in enumerate(values)])
    shuffled = data.draw(st.permutations(doubled))

    assert judge(replace(evidence(()), readings=doubled), END) == judge(
        replace(evidence(()), readings=tuple(shuffled)), END
    )


@settings(deadline=None)
@given(NEAR)
def test_turning_measure_and_direction_over_keeps_the_verdict(values):
    up = replace(MTTR, direction=Direction.HIGHER)
    mirrored = [-value for value in values]

    before = verdict(values[12:], values[:12])
    after = verdict(mirrored[12:], mirrored[:12], measure=up)

    assert after.outcome is before.outcome


@settings(deadline=None)
@given(NEAR)
def test_the_other_direction_turns_improved_into_worse(values):
    up = replace(MTTR, direction=Direction.HIGHER)
    swap = {Outcome.IMPROVED: Outcome.WORSE, Outcome.WORSE: Outcome.IMPROVED}

    before = verdict(values[12:], values[:12]).outcome
    after = verdict(values[12:], values[:12], measure=up).outcome

    assert after is swap.get(before, before)


@settings(deadline=None)
@given(BEFORE, AFTER, st.integers(-30, 40))
def test_any_series_gets_one_of_eight_outcomes_with_a_reason(before, after, weeks):
    found = verdict(after, before, as_of=LIVE + weeks * WEEK)

    assert found.reasons
    assert found.final is (weeks >= 8)
    assert found.final or found.outcome not in {Outcome.IMPROVED, Outcome.WORSE}
    if found.proof:
        assert found.proof.better.u + found.proof.worse.u == 96
        assert found.levels.shift == found.levels.after_mean - found.levels.before_mean
