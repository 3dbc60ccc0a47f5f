"""What was known of a project on any day, and how it stood then."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from demo.tables.projects import Plan
from projects.domain.health import Judgement, judge_project
from projects.domain.inputs import Inputs, Said, as_reported
from projects.domain.limits import DEFAULT_LIMITS
from projects.models import Project
from projects.queries import ABOVE_TOLERANCE, OFFICE_WEEK, UNACCEPTABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Danger:
    """A risk with the days between which it was open."""

    cell: int
    since: dt.date
    until: dt.date | None = None


@dataclass(slots=True, kw_only=True)
class Past:
    """What was known of a project on any day: read again to say how it stood then."""

    project: Project
    plan: Plan
    phases: Sequence[tuple[dt.date, str]]
    figures: list[Said]
    dangers: list[Danger]
    finished_on: dt.date | None
    #: (day, overall as reported), oldest first
    reported: list[tuple[dt.date, str]]
    #: the day it was put on hold or stopped
    halted_on: dt.date | None = None

    @property
    def stopped_on(self) -> dt.date | None:
        """The day it was stopped; None while it may go on."""
        return self.halted_on if self.plan.overlay == "stopped" else None

    @property
    def begins_on(self) -> dt.date:
        """The first day there is anything to say."""
        return self.phases[0][0]

    def phase_on(self, day: dt.date) -> str:
        """Return the phase the project was in."""
        return [phase for since, phase in self.phases if since <= day][-1]

    def judged_on(self, day: dt.date) -> Judgement:
        """Return how it stood on a day, by the rules that judge the living."""
        return judge_project(self._inputs(day), DEFAULT_LIMITS, day)

    def judged_by_writer_on(self, day: dt.date) -> Judgement:
        """Return how it stood on a day to whoever wrote the report of that day."""
        return judge_project(as_reported(self._inputs(day), day), DEFAULT_LIMITS, day)

    def _inputs(self, day: dt.date) -> Inputs:
        project, phase = self.project, self.phase_on(day)
        said = tuple(reversed([figure for figure in self.figures if figure.on <= day][-2:]))
        newest = said[0] if said else None
        approved = phase not in {"initiating", "planning"}
        cells = [
            danger.cell
            for danger in self.dangers
            if danger.since <= day and not (danger.until and danger.until <= day)
        ]
        known = [pair for pair in self.reported if pair[0] <= day]
        done = self.finished_on if self.finished_on and self.finished_on <= day else None
        return Inputs(
            id=project.pk,
            tier=project.tier,
            phase=phase,
            overlay=self.plan.overlay if self.halted_on and self.halted_on <= day else "",
            created_on=self.begins_on,
            has_purpose=True,
            has_manager=True,
            has_sponsor=True,
            starts_on=project.starts_on,
            planned_finish_on=project.planned_finish_on,
            baseline_finish_on=project.planned_finish_on if approved else None,
            forecast_finish_on=newest.forecast_finish_on if newest else project.planned_finish_on,
            actual_start_on=None,
            actual_finish_on=done,
            approved_budget=project.current_budget if approved else None,
            current_budget=project.current_budget,
            forecast_cost=newest.forecast_cost if newest else project.current_budget,
            actual_cost=newest.actual_cost if newest else None,
            said=said,
            report_colour=known[-1][1] if known else None,
            report_on=known[-1][0] if known else None,
            risks=sum(danger.since <= day for danger in self.dangers),
            risks_above_tolerance=sum(cell in ABOVE_TOLERANCE for cell in cells),
            risks_unacceptable=sum(cell in UNACCEPTABLE for cell in cells),
            calendar=OFFICE_WEEK,
        )
