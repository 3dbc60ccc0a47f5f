"""What a project's health is judged from: dated facts, gathered set-wise, without a database."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from common.domain.worktime import WorkCalendar

SCHEDULE, COST, SCOPE, RISK = "schedule", "cost", "scope", "risk"
RESOURCES, BENEFITS, GOVERNANCE = "resources", "benefits", "governance"
DIMENSIONS = (SCHEDULE, COST, SCOPE, RISK, RESOURCES, BENEFITS, GOVERNANCE)
LIGHT_DIMENSIONS = (SCHEDULE, COST, RISK)
#: how many dated facts the two-report rule looks back at
SAID = 2


def dimensions_of(tier: str) -> tuple[str, ...]:
    """Return the dimensions a tier uses, in the order they are shown."""
    return LIGHT_DIMENSIONS if tier == "light" else DIMENSIONS


class Said(NamedTuple):
    """What was said of a project on a day: by a published report, or by a source."""

    on: date
    forecast_finish_on: date | None = None
    forecast_cost: Decimal | None = None
    actual_cost: Decimal | None = None
    reported: str | None = None
    #: which system said it; empty for our own reports
    source: str = ""


class Inputs(NamedTuple):
    """Everything a project's health is judged from. `said` holds the newest two, newest first.

    Plain tuples, like what they are read from: ten thousand are made in a run.
    """

    id: int
    tier: str
    phase: str
    overlay: str
    created_on: date
    has_purpose: bool
    has_manager: bool
    has_sponsor: bool
    starts_on: date | None
    planned_finish_on: date | None
    baseline_finish_on: date | None
    forecast_finish_on: date | None
    actual_start_on: date | None
    actual_finish_on: date | None
    approved_budget: Decimal | None
    current_budget: Decimal | None
    forecast_cost: Decimal | None
    actual_cost: Decimal | None
    calendar: WorkCalendar
    said: tuple[Said, ...] = ()
    #: worst reported colour of the newest report's lines that still count
    report_colour: str | None = None
    report_on: date | None = None
    milestones_overdue: int = 0
    risks: int = 0
    risks_above_tolerance: int = 0
    risks_unacceptable: int = 0
    conditions_overdue: int = 0
    #: identity of the calendar's content, for the input hash
    calendar_version: str = ""

    @property
    def finish_approved(self) -> date | None:
        """The finish that the forecast is held against: the original, before it the plan."""
        return self.baseline_finish_on or self.planned_finish_on

    @property
    def budget_approved(self) -> Decimal | None:
        """The amount that the forecast is held against: the original, before it the budget."""
        return self.current_budget if self.approved_budget is None else self.approved_budget

    @property
    def is_over(self) -> bool:
        """Whether nothing more is expected of it."""
        return self.phase == "closed" or self.overlay == "stopped"


def as_reported(inputs: Inputs, on: date) -> Inputs:
    """Return the inputs as they will stand when a report written that day is published.

    Its writer is being heard, and its figures are the newest dated fact; a report of the same day
    is replaced, so that two of one day never count as two.
    """
    written = Said(
        on=on,
        forecast_finish_on=inputs.forecast_finish_on or inputs.planned_finish_on,
        forecast_cost=inputs.forecast_cost,
        actual_cost=inputs.actual_cost,
    )
    others = [said for said in inputs.said if said.source or said.on != on]
    return inputs._replace(created_on=max(on, inputs.created_on), said=(written, *others)[:SAID])
