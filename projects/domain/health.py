"""A project's measured health: one pure function of dated facts and a day.

Source of the rules: projects 4.7 and DESIGN section 6. A dimension that the tier does not use is
absent; one that it uses without data is grey. Scope, resources and benefits have nothing yet that
measures them: people report on them, and the measured side leaves them out instead of calling
every project unknown. Amounts never stand in a reason, only percentages, because reasons are read
by people without a right to money.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.domain import health
from common.domain.health import Colour, Dimension, Health, Reason
from common.domain.worktime import WorkCalendar
from projects.domain.confidence import data_confidence
from projects.domain.cost_health import cost_of, deviation, expected_cost
from projects.domain.hysteresis import Judged, held, reason_of_hold, shown_percent
from projects.domain.inputs import (
    COST,
    GOVERNANCE,
    RISK,
    SCHEDULE,
    Inputs,
    Said,
    dimensions_of,
)
from projects.domain.limits import Limits

#: without a schedule nothing can be said of the whole
MANDATORY = frozenset({SCHEDULE})
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """How far the expected finish lies after the approved one; negative is early."""

    working_days: int
    #: of the approved working days from start to finish; None without a start
    percent: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Health with the figures that lists show beside it."""

    #: by the dimensions that can be measured
    health: Health
    #: the dimensions of the project's tier, in their order
    expected: tuple[str, ...]
    reported: str | None
    reported_on: date | None
    inputs_on: date | None
    slip: Slip | None
    #: percent above the approved amount, negative below; None when undefined
    cost_deviation: Decimal | None

    @property
    def to_report(self) -> Health:
        """With those that people can only report on so far: what a status report speaks of."""
        known = {part.name: part for part in self.health.dimensions}
        parts = tuple(known.get(name) or _unmeasured(name) for name in self.expected)
        return self.health._replace(dimensions=parts)


def judge_project(inputs: Inputs, limits: Limits, as_of: date) -> Judgement:
    """Return a project's measured health on a day, with what is reported beside it."""
    heard_on = _heard_on(inputs)
    stale = _is_stale(inputs, limits, as_of, heard_on)
    expected = dimensions_of(inputs.tier)
    slips = _slips(inputs)
    late = slips(_expected_finish(inputs, as_of, inputs.forecast_finish_on))
    # What people say is not worked out where it has become too old to be known.
    aged = None if stale is None else (Colour.GREY, (stale,))
    found = {
        SCHEDULE: aged or _schedule(inputs, limits, as_of, late, slips),
        COST: aged or cost_of(inputs, limits),
        RISK: aged or _risk(inputs),
    }
    if GOVERNANCE in expected:  # read from our own rows, so that it does not age
        found[GOVERNANCE] = _governance(inputs, limits, as_of, stale)
    whole = health.judge(
        tuple(
            Dimension(name, colour, reasons, heard_on) for name, (colour, reasons) in found.items()
        ),
        mandatory=MANDATORY,
        confidence=data_confidence(inputs, limits, as_of, heard_on),
    )
    reported, reported_on = _reported(inputs)
    return Judgement(
        health=whole,
        expected=expected,
        reported=reported,
        reported_on=reported_on,
        inputs_on=heard_on,
        slip=late,
        cost_deviation=deviation(
            inputs.budget_approved, expected_cost(inputs.forecast_cost, inputs.actual_cost)
        ),
    )


# --- Age ----------------------------------------------------------------------------------------


def _heard_on(inputs: Inputs) -> date:
    """The day the project was last heard of: a report, a source, or when it was made."""
    return max([inputs.created_on, *(said.on for said in inputs.said)])


def _is_stale(inputs: Inputs, limits: Limits, as_of: date, heard_on: date) -> Reason | None:
    """No report within the tier's cadence: what people say is no longer known (projects 4.7)."""
    if inputs.is_over or inputs.overlay:
        return None
    cadence, days = limits.cadence_days[inputs.tier], (as_of - heard_on).days
    if days <= cadence:
        return None
    return Reason(code="projects.report_overdue", params={"days": days, "cadence": cadence})


# --- Schedule -----------------------------------------------------------------------------------


def _expected_finish(inputs: Inputs, as_of: date, forecast: date | None) -> date | None:
    """When the project is expected to finish: never before today while it has not."""
    if inputs.actual_finish_on:
        return inputs.actual_finish_on
    expected = forecast or inputs.planned_finish_on
    if expected is None or inputs.is_over:
        return expected
    return max(expected, as_of)


_Slips = Callable[[date | None], Slip | None]


def slip(inputs: Inputs, expected: date | None) -> Slip | None:
    """Return expected against approved finish in working days and percent of the approved length.

    Working days by the organisation's calendar. None when either date is missing.
    """
    return _slips(inputs)(expected)


def _slips(inputs: Inputs) -> _Slips:
    """Return what gives a project's slips; the approved length is worked out once for them all."""
    approved = inputs.finish_approved
    start = inputs.starts_on or inputs.actual_start_on
    length = _working_days(inputs.calendar, start, approved) if start and approved else 0

    def measured(expected: date | None) -> Slip | None:
        if approved is None or expected is None:
            return None
        days = _working_days(inputs.calendar, approved, expected)
        percent = Decimal(days) * _HUNDRED / Decimal(length) if length > 0 else None
        return Slip(working_days=days, percent=percent)

    return measured


def _working_days(calendar: WorkCalendar, first: date, last: date) -> int:
    return (
        calendar.working_days(first, last) if first <= last else -calendar.working_days(last, first)
    )


def _slip_colour(late: Slip, limits: Limits) -> Colour:
    percent = late.percent if late.percent is not None else Decimal(0)
    if late.working_days < limits.schedule_green_days and percent < limits.schedule_green:
        return Colour.GREEN
    if late.working_days <= limits.schedule_amber_days and percent <= limits.schedule_amber:
        return Colour.AMBER
    return Colour.RED


def _schedule(
    inputs: Inputs, limits: Limits, as_of: date, late: Slip | None, slips: _Slips
) -> Judged:
    if late is None:
        code = "finish_missing" if inputs.finish_approved is None else "forecast_missing"
        return Colour.GREY, (Reason(code=f"projects.{code}", params={}),)
    now = _slip_colour(late, limits)
    colour, by = held(now, _earlier_slips(inputs, limits, slips))
    return colour, (
        *((_held(colour, by, slips),) if by else ()),
        _slip_reason(inputs, late),
        *_overdue_reasons(inputs, as_of),
    )


def _earlier_slips(inputs: Inputs, limits: Limits, slips: _Slips) -> Iterator[tuple[Colour, Said]]:
    if inputs.actual_finish_on:
        return
    for said in inputs.said:
        late = slips(said.forecast_finish_on)
        if late is not None:
            yield _slip_colour(late, limits), said


def _held(colour: Colour, by: Said, slips: _Slips) -> Reason:
    late = slips(by.forecast_finish_on)
    return reason_of_hold(SCHEDULE, colour, by, days=late.working_days if late else None)


def _slip_reason(inputs: Inputs, late: Slip) -> Reason:
    against = "approved" if inputs.baseline_finish_on else "planned"
    how = "late" if late.working_days > 0 else "early" if late.working_days < 0 else "on_time"
    # Lateness is judged in days and in percent; without a start there is only the first.
    alone = "_days" if how == "late" and late.percent is None else ""
    percent = None if late.percent is None else shown_percent(abs(late.percent))
    return Reason(
        code=f"projects.finish_{how}_{against}{alone}",
        params={"days": abs(late.working_days), "percent": percent},
    )


def _overdue_reasons(inputs: Inputs, as_of: date) -> Iterator[Reason]:
    expected = inputs.forecast_finish_on or inputs.planned_finish_on
    if not inputs.actual_finish_on and not inputs.is_over and expected and expected < as_of:
        yield Reason(code="projects.finish_passed", params={"on": expected.isoformat()})
    if inputs.milestones_overdue:
        yield Reason(
            code="projects.milestones_overdue", params={"count": inputs.milestones_overdue}
        )


# --- Risk, governance, what is not measured -----------------------------------------------------


def _risk(inputs: Inputs) -> Judged:
    if inputs.risks == 0:
        return Colour.GREY, (Reason(code="projects.risks_not_assessed", params={}),)
    if inputs.risks_above_tolerance == 0:
        return Colour.GREEN, (Reason(code="projects.risks_within_tolerance", params={}),)
    params = {"count": inputs.risks_above_tolerance, "red": inputs.risks_unacceptable}
    code = "risks_unacceptable" if inputs.risks_unacceptable else "risks_above_tolerance"
    colour = Colour.RED if inputs.risks_unacceptable else Colour.AMBER
    return colour, (Reason(code=f"projects.{code}", params=params),)


def _unmeasured(name: str) -> Dimension:
    return Dimension(
        name=name,
        colour=Colour.GREY,
        reasons=(Reason(code=f"projects.{name}_not_measured", params={}),),
    )


def _governance(inputs: Inputs, limits: Limits, as_of: date, stale: Reason | None) -> Judged:
    findings = list(_governance_findings(inputs, limits, as_of, stale))
    if not findings:
        return Colour.GREEN, (Reason(code="projects.nothing_overdue", params={}),)
    worst = max((colour for colour, _ in findings), key=lambda colour: colour.severity)
    return worst, tuple(reason for _, reason in findings)


def _governance_findings(
    inputs: Inputs, limits: Limits, as_of: date, stale: Reason | None
) -> Iterator[tuple[Colour, Reason]]:
    if inputs.conditions_overdue:
        params = {"count": inputs.conditions_overdue}
        yield Colour.RED, Reason(code="projects.conditions_overdue", params=params)
    if stale:
        twice = (as_of - _heard_on(inputs)).days > 2 * limits.cadence_days[inputs.tier]
        yield Colour.RED if twice else Colour.AMBER, stale
    if not inputs.has_manager and not inputs.is_over:
        yield Colour.AMBER, Reason(code="projects.manager_missing", params={})
    done = inputs.actual_finish_on
    if done and inputs.phase in {"initiating", "planning", "executing"} and not inputs.overlay:
        days = (as_of - done).days
        if days > limits.closing_late_days:
            yield Colour.AMBER, Reason(code="projects.closing_late", params={"days": days})


# --- Reported -----------------------------------------------------------------------------------


def _reported(inputs: Inputs) -> tuple[str | None, date | None]:
    """The newest judgement by a person: our own report, or the source's colour if it is newer."""
    sourced = next((said for said in inputs.said if said.reported), None)
    if inputs.report_on and (sourced is None or inputs.report_on >= sourced.on):
        return inputs.report_colour, inputs.report_on
    return (sourced.reported, sourced.on) if sourced else (None, None)
