"""A project's measured health, at the limits of its rules.

Source of every limit: the published default rules (projects 4.7): cost green to 5 %, amber to
10 %; schedule green under 20 working days and under 5 %, amber to 60 and to 10 %; no report
within the cadence is grey; the worst dimension wins; better counts after two reports.
"""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.health import Colour
from common.domain.worktime import Segment, WorkCalendar
from projects.domain.health import deviation, judge_project, slip
from projects.domain.inputs import DIMENSIONS, LIGHT_DIMENSIONS, Inputs, Said, as_reported
from projects.domain.limits import DEFAULT_LIMITS, DEFAULTS, limits

#: what there is data for so far
MEASURED = ("schedule", "cost", "risk", "governance")

#: Monday to Friday, closed on Christmas Eve
WEEK = WorkCalendar(
    zone="Europe/Stockholm",
    week={day: (Segment(start_minute=480, end_minute=1020),) for day in range(5)},
    exceptions={dt.date(2026, 12, 24): ()},
)
AS_OF = dt.date(2026, 6, 1)
#: a project approved to run 2 000 working days, so that 60 days are 3 % and days decide
LONG_START = dt.date(2022, 1, 3)


def project(**changes):
    """A light project, heard of today, exactly as approved: all green."""
    facts = {
        "id": 1,
        "tier": "light",
        "phase": "executing",
        "overlay": "",
        "created_on": AS_OF,
        "has_purpose": True,
        "has_manager": True,
        "has_sponsor": True,
        "starts_on": dt.date(2026, 1, 5),
        "planned_finish_on": dt.date(2026, 12, 7),
        "baseline_finish_on": dt.date(2026, 12, 7),
        "forecast_finish_on": dt.date(2026, 12, 7),
        "actual_start_on": None,
        "actual_finish_on": None,
        "approved_budget": Decimal(1_000_000),
        "current_budget": Decimal(1_000_000),
        "forecast_cost": Decimal(1_000_000),
        "actual_cost": Decimal(200_000),
        "risks": 3,
        "calendar": WEEK,
    }
    return Inputs(**(facts | changes))


def judged(**changes):
    """The health of such a project."""
    return judge_project(project(**changes), DEFAULT_LIMITS, AS_OF).health


def part(name, **changes):
    """One dimension of it."""
    return {one.name: one for one in judged(**changes).dimensions}[name]


def codes(name, **changes):
    """The codes of that dimension's reasons."""
    return [reason.code.removeprefix("projects.") for reason in part(name, **changes).reasons]


def test_as_approved_is_green_whole_and_without_hatch():
    health = judged()
    assert (health.overall, health.hatched, health.drag) == (Colour.GREEN, False, None)
    assert health.confidence == Decimal("1.00")


# --- Cost ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forecast", "colour"),
    [
        ("900000", "green"),
        ("1000000", "green"),
        ("1050000", "green"),
        ("1050000.01", "amber"),
        ("1100000", "amber"),
        ("1100000.01", "red"),
        ("2000000", "red"),
    ],
)
def test_cost_against_the_approved_budget(forecast, colour):
    """Exactly 5 % is green and exactly 10 % is amber."""
    assert part("cost", forecast_cost=Decimal(forecast)).colour == colour


def test_a_raised_budget_does_not_hide_the_original():
    """Re-baselining keeps the comparison to the original approval for ever (projects 4.7)."""
    raised = part("cost", current_budget=Decimal(1_300_000), forecast_cost=Decimal(1_300_000))
    assert raised.colour == "red"
    assert raised.reasons[0].params == {"percent": "30.0"}


@pytest.mark.parametrize(
    ("facts", "colour", "code"),
    [
        ({"forecast_cost": None}, "grey", "cost_forecast_missing"),
        ({"forecast_cost": None, "actual_cost": Decimal(1_060_000)}, "amber", "cost_spent_over"),
        ({"forecast_cost": None, "current_budget": Decimal(1_200_000)}, "red", "cost_granted_over"),
        (
            {"forecast_cost": Decimal(1), "actual_cost": Decimal(1_060_000)},
            "amber",
            "cost_spent_over_forecast",
        ),
        ({"approved_budget": None, "current_budget": None}, "grey", "budget_missing"),
        ({"approved_budget": Decimal(0)}, "grey", "budget_missing"),
        (
            {"approved_budget": None, "forecast_cost": Decimal(1_200_000)},
            "red",
            "cost_over_planned",
        ),
        ({"forecast_cost": Decimal(990_000)}, "green", "cost_under_approved"),
    ],
)
def test_cost_says_what_it_rests_on(facts, colour, code):
    assert part("cost", **facts).colour == colour
    assert codes("cost", **facts)[0] == code


def test_a_closed_project_is_judged_by_what_it_cost():
    facts = {
        "phase": "closed",
        "forecast_cost": Decimal(1_000_000),
        "actual_cost": Decimal(1_200_000),
    }
    assert part("cost", **facts).colour == "red"


CAPPED = limits({**DEFAULTS, "cost_cap_amount": 40_000})


@pytest.mark.parametrize(
    ("forecast", "colour", "is_named"),
    [("1040000", "green", False), ("1040000.01", "red", True), ("1200000", "red", True)],
)
def test_an_absolute_cap_is_red_whatever_the_percentage(forecast, colour, is_named):
    """4 % of a million is green by share; one öre more passes a cap of 40 000 (projects 4.7)."""
    found = judge_project(project(forecast_cost=Decimal(forecast)), CAPPED, AS_OF).health
    (cost,) = [one for one in found.dimensions if one.name == "cost"]
    assert cost.colour == colour
    assert ("projects.cost_cap_passed" in [reason.code for reason in cost.reasons]) is is_named


def test_the_cap_holds_for_what_is_spent_without_a_forecast():
    facts = project(forecast_cost=None, actual_cost=Decimal(1_045_000))
    (cost,) = [
        one for one in judge_project(facts, CAPPED, AS_OF).health.dimensions if one.name == "cost"
    ]
    assert cost.colour == "red"


def test_spending_beyond_the_forecast_is_said_so():
    """A reader who sees the forecast must not be told that it is above the budget."""
    facts = {"forecast_cost": Decimal(990_000), "actual_cost": Decimal(1_060_000)}
    assert codes("cost", **facts) == ["cost_spent_over_forecast"]


@pytest.mark.parametrize(
    ("forecast", "colour", "percent"),
    [
        ("1050400", "amber", "5.04"),
        ("1049600", "green", "4.96"),
        ("1050001", "amber", "5.0001"),
        ("1123456", "red", "12.3"),
    ],
)
def test_a_percentage_is_never_rounded_over_its_limit(forecast, colour, percent):
    """5,04 % is amber; shown as 5,0 % a reader would judge it green."""
    found = part("cost", forecast_cost=Decimal(forecast))
    assert (found.colour, found.reasons[0].params["percent"]) == (colour, percent)


# --- Schedule -----------------------------------------------------------------------------------


def after(days):
    """The day so many working days after the approved finish."""
    return WEEK.add_working_days(dt.date(2026, 12, 7), days)


@pytest.mark.parametrize(
    ("days", "colour"), [(0, "green"), (19, "green"), (20, "amber"), (60, "amber"), (61, "red")]
)
def test_schedule_by_working_days(days, colour):
    """Under 20 is green, to 60 amber: of a long project, where the percentage stays below 5."""
    found = part("schedule", starts_on=LONG_START, forecast_finish_on=after(days))
    assert found.colour == colour
    assert found.reasons[0].params["days"] == days


@pytest.mark.parametrize(
    ("days", "colour"), [(4, "green"), (5, "amber"), (10, "amber"), (11, "red")]
)
def test_schedule_by_percent(days, colour):
    """Of a project of exactly 100 working days: under 5 % is green, to 10 % amber."""
    start = WEEK.add_working_days(dt.date(2026, 12, 7), -100)
    assert WEEK.working_days(start, dt.date(2026, 12, 7)) == 100
    found = part("schedule", starts_on=start, forecast_finish_on=after(days))
    assert found.colour == colour


def test_lateness_is_said_in_days_and_percent():
    """11 of 100 working days is red by percent alone: a sentence of days only would mislead."""
    start = WEEK.add_working_days(dt.date(2026, 12, 7), -100)
    found = part("schedule", starts_on=start, forecast_finish_on=after(11))
    assert found.reasons[0].params == {"days": 11, "percent": "11.0"}
    assert codes("schedule", starts_on=None, forecast_finish_on=after(25)) == [
        "finish_late_approved_days"
    ]


def test_a_holiday_is_no_slip():
    """Christmas Eve 2026 is a Thursday: from the 23rd to the 25th is one working day."""
    late = slip(project(baseline_finish_on=dt.date(2026, 12, 23)), dt.date(2026, 12, 25))
    assert late is not None
    assert late.working_days == 1


def test_an_unfinished_project_cannot_finish_in_the_past():
    """A forecast that has passed is held against today."""
    facts = {
        "starts_on": LONG_START,
        "baseline_finish_on": dt.date(2026, 4, 1),
        "forecast_finish_on": dt.date(2026, 4, 1),
    }
    assert part("schedule", **facts).colour == "amber"
    assert codes("schedule", **facts) == ["finish_late_approved", "finish_passed"]
    done = facts | {"actual_finish_on": dt.date(2026, 4, 1)}
    assert part("schedule", **done).colour == "green"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"planned_finish_on": None, "baseline_finish_on": None}, "finish_missing"),
        ({"planned_finish_on": None, "forecast_finish_on": None}, "forecast_missing"),
    ],
)
def test_a_schedule_without_dates_is_unknown_and_so_is_the_whole(facts, code):
    assert part("schedule", **facts).colour == "grey"
    assert codes("schedule", **facts) == [code]
    assert judged(**facts).overall == "grey"


def test_before_approval_the_plan_is_what_is_held_against():
    assert codes("schedule", baseline_finish_on=None) == ["finish_on_time_planned"]


def test_overdue_milestones_are_named():
    assert "milestones_overdue" in codes("schedule", milestones_overdue=2)


# --- Two reports before better ------------------------------------------------------------------


def said(*costs):
    """Reports with those forecasts, newest first."""
    return tuple(
        Said(on=AS_OF - dt.timedelta(days=20 * nth), forecast_cost=Decimal(cost))
        for nth, cost in enumerate(costs, 1)
    )


@pytest.mark.parametrize(
    ("costs", "colour"),
    [
        ((1_000_000, 1_200_000), "red"),
        ((1_200_000, 1_000_000), "red"),
        ((1_000_000, 1_000_000), "green"),
        ((1_080_000,), "amber"),
        ((), "green"),
    ],
)
def test_better_counts_when_two_dated_facts_agree(costs, colour):
    """Hysteresis (projects 4.7): it improves only after two reports."""
    assert part("cost", said=said(*costs)).colour == colour


def test_a_colour_that_is_held_says_by_what():
    """Today's forecast is as approved; the reader is told which fact still counts against it."""
    held = part("cost", said=said(1_000_000, 1_200_000)).reasons[0]
    assert (held.code, held.params["percent"]) == ("projects.held_cost_red", "20.0")
    assert held.params["on"] == (AS_OF - dt.timedelta(days=40)).isoformat()
    late = (Said(on=dt.date(2026, 5, 1), forecast_finish_on=after(25)),)
    reason = part("schedule", starts_on=LONG_START, said=late).reasons[0]
    assert (reason.code, reason.params["days"]) == ("projects.held_schedule_amber", 25)


def test_the_report_being_written_is_one_of_the_two():
    """Its writer sees the colour that stands once it is published, not one that is gone then."""
    facts = project(said=said(1_000_000, 1_200_000))
    assert judge_project(facts, DEFAULT_LIMITS, AS_OF).health.overall == "red"
    assert judge_project(as_reported(facts, AS_OF), DEFAULT_LIMITS, AS_OF).health.overall == "green"


def test_two_reports_of_one_day_are_one():
    earlier = (
        Said(on=AS_OF, forecast_cost=Decimal(1_000_000)),
        Said(on=AS_OF - dt.timedelta(days=30), forecast_cost=Decimal(1_200_000)),
    )
    facts = as_reported(project(said=earlier), AS_OF)
    assert judge_project(facts, DEFAULT_LIMITS, AS_OF).health.overall == "red"


def test_worse_counts_at_once():
    calm = said(1_000_000, 1_000_000)
    assert part("cost", said=calm, forecast_cost=Decimal(1_200_000)).colour == "red"


# --- Age ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tier", "age", "known"),
    [
        ("light", 65, True),
        ("light", 66, False),
        ("standard", 35, True),
        ("standard", 36, False),
        ("heavy", 21, True),
        ("heavy", 22, False),
    ],
)
def test_no_report_within_the_cadence_is_unknown(tier, age, known):
    """35 days by projects 4.7; DESIGN section 1: nothing turns grey inside its cadence."""
    facts = {"tier": tier, "created_on": AS_OF - dt.timedelta(days=age)}
    found = {one.name: one for one in judged(**facts).dimensions}
    assert (found["schedule"].colour == "green") is known
    assert (found["risk"].colour == "green") is known
    assert (judged(**facts).overall == "grey") is not known


@pytest.mark.parametrize("facts", [{"overlay": "on_hold"}, {"phase": "closed"}])
def test_nobody_waits_for_reports_of_what_stands_still(facts):
    facts |= {"created_on": AS_OF - dt.timedelta(days=400)}
    assert part("schedule", **facts).colour == "green"


# --- Risk, governance, tiers --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "colour"),
    [
        ({"risks": 0}, "grey"),
        ({"risks": 2}, "green"),
        ({"risks": 2, "risks_above_tolerance": 1}, "amber"),
        ({"risks": 2, "risks_above_tolerance": 1, "risks_unacceptable": 1}, "red"),
    ],
)
def test_risk_by_what_stands_above_tolerance(facts, colour):
    assert part("risk", **facts).colour == colour


@pytest.mark.parametrize(
    ("facts", "colour", "code"),
    [
        ({}, "green", "nothing_overdue"),
        ({"conditions_overdue": 1}, "red", "conditions_overdue"),
        ({"has_manager": False}, "amber", "manager_missing"),
        ({"created_on": AS_OF - dt.timedelta(days=70)}, "amber", "report_overdue"),
        ({"created_on": AS_OF - dt.timedelta(days=71)}, "red", "report_overdue"),
        ({"actual_finish_on": AS_OF - dt.timedelta(days=60)}, "green", "nothing_overdue"),
        ({"actual_finish_on": AS_OF - dt.timedelta(days=61)}, "amber", "closing_late"),
    ],
)
def test_governance_by_what_is_overdue(facts, colour, code):
    facts = {"tier": "standard"} | facts
    assert part("governance", **facts).colour == colour
    assert codes("governance", **facts) == [code]


def test_a_dimension_the_tier_does_not_use_is_absent_not_grey():
    light, standard = judged(), judged(tier="standard")
    assert tuple(one.name for one in light.dimensions) == LIGHT_DIMENSIONS
    assert tuple(one.name for one in standard.dimensions) == MEASURED
    assert not light.hatched
    assert not standard.hatched
    assert standard.overall == "green"


def test_a_report_speaks_of_what_cannot_be_measured_yet_too():
    found = judge_project(project(tier="standard"), DEFAULT_LIMITS, AS_OF)
    assert tuple(one.name for one in found.to_report.dimensions) == DIMENSIONS
    assert {one.name for one in found.to_report.dimensions if one.colour == "grey"} == {
        "scope",
        "resources",
        "benefits",
    }
    assert found.to_report.overall == found.health.overall


def test_the_worst_known_dimension_wins_and_is_named():
    health = judged(forecast_cost=Decimal(1_200_000), risks=0)
    assert (health.overall, health.drag, health.hatched) == (Colour.RED, "cost", True)


# --- Reported, confidence, limits ---------------------------------------------------------------


def test_the_newer_of_report_and_source_is_what_is_reported():
    sourced = (Said(on=dt.date(2026, 5, 20), reported="red"),)
    ours = {"report_colour": "green", "report_on": dt.date(2026, 5, 10)}
    assert judge_project(project(said=sourced, **ours), DEFAULT_LIMITS, AS_OF).reported == "red"
    ours["report_on"] = dt.date(2026, 5, 20)
    assert judge_project(project(said=sourced, **ours), DEFAULT_LIMITS, AS_OF).reported == "green"


def test_confidence_falls_with_what_is_missing_and_what_contradicts():
    """0.5 freshness + 0.3 completeness + 0.2 consistency (bridge 6.7)."""
    assert judged(has_purpose=False).confidence == Decimal("0.97")
    backwards = judged(starts_on=dt.date(2027, 1, 4))
    assert backwards.confidence == Decimal("0.87")


def test_limits_are_data():
    strict = limits({**DEFAULTS, "cost_green_percent": 1})
    found = judge_project(project(forecast_cost=Decimal(1_020_000)), strict, AS_OF).health
    assert found.overall == "amber"


def test_reasons_carry_no_amounts():
    """They are read by people without a right to money."""
    health = judged(tier="heavy", forecast_cost=Decimal(1_234_567))
    for one in health.dimensions:
        for reason in one.reasons:
            assert "1234567" not in str(dict(reason.params))


amounts = st.one_of(st.none(), st.decimals(0, 10**9, places=2))
days = st.one_of(st.none(), st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)))


@given(
    amounts, amounts, amounts, amounts, days, days, days, days, st.sampled_from(["light", "heavy"])
)
def test_any_facts_can_be_judged(
    approved, current, forecast, actual, start, base, fore, done, tier
):
    """Whatever a register holds, there is a judgement, and grey is never green."""
    inputs = project(tier=tier)._replace(
        approved_budget=approved,
        current_budget=current,
        forecast_cost=forecast,
        actual_cost=actual,
        starts_on=start,
        baseline_finish_on=base,
        forecast_finish_on=fore,
        actual_finish_on=done,
    )
    found = judge_project(inputs, DEFAULT_LIMITS, AS_OF)
    assert len(found.health.dimensions) == len(MEASURED if tier == "heavy" else LIGHT_DIMENSIONS)
    assert found.health.confidence is not None
    assert 0 <= found.health.confidence <= 1
    if any(part.colour == "red" for part in found.health.dimensions):
        assert found.health.overall in {Colour.RED, Colour.GREY}


@given(st.decimals(1, 10**9, places=2), st.decimals(0, 10**9, places=2))
def test_more_expected_is_never_a_smaller_deviation(approved, expected):
    more = deviation(approved, expected + 1)
    less = deviation(approved, expected)
    assert more is not None
    assert less is not None
    assert more > less
