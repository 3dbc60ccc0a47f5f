"""Everything a project's page shows, read in a constant number of statements."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common import clock, formats, rules
from common.domain.health import Colour, steps_between
from common.web.svg import Phase, PhaseRail
from common.wording import say
from projects import access
from projects.domain.health import Judgement, judge_project
from projects.domain.inputs import as_reported
from projects.domain.limits import AREA, CODE_VERSION, DEFAULTS, limits
from projects.domain.risk import Rating, rate
from projects.models import (
    Issue,
    Milestone,
    Project,
    ProjectFigure,
    Risk,
    StatusReport,
    StatusReportLine,
)
from projects.models.project import PHASES
from projects.queries import inputs_of, newest_figures
from projects.wording import DIMENSIONS, rules_of, shown

#: reports shown on the page; the rest stand in the history
LATEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRow:
    """One dimension: measured beside reported, the difference, and why."""

    name: str
    label: str
    measured: str
    reported: str | None
    steps: int
    why: tuple[str, ...]
    reason: str
    expires_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedRisk:
    """A risk with its place in the matrix."""

    row: Risk
    rating: Rating
    colour: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure with its context."""

    label: str
    value: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPage:
    """What the page prints."""

    project: Project
    as_of: dt.date
    judged: Judgement
    status: tuple[StatusRow, ...]
    milestones: Sequence[Milestone]
    risks: Sequence[RatedRisk]
    issues: Sequence[Issue]
    reports: Sequence[StatusReport]
    #: of the newest report
    lines: Sequence[StatusReportLine]
    #: the newest judgement that came from a source, with its own word and reason
    sourced: ProjectFigure | None
    tiles: tuple[Tile, ...]
    rule_version: str
    #: the limits it is judged by, in words
    rules: Sequence[str]

    @property
    def slip_text(self) -> str:
        """The slip as a signed number of working days."""
        late = self.judged.slip
        return formats.format_number(late.working_days if late else None, signed=True)

    @property
    def measured_label(self) -> str:
        """What the mark of the whole is called."""
        return _("Measured")

    @property
    def reported_label(self) -> str:
        """What the mark of a report is called."""
        return _("Reported")

    @property
    def risk_label(self) -> str:
        """What the mark of a risk is called."""
        return _("Risk")

    @property
    def open_risks(self) -> list[RatedRisk]:
        """Risks that may still happen, worst first."""
        return [rated for rated in self.risks if rated.row.state == "open"]

    @property
    def open_issues(self) -> list[Issue]:
        """Issues that wait for somebody."""
        return [issue for issue in self.issues if issue.state == "open"]


def project_page(project: Project, user: Any, *, is_reporting: bool = False) -> ProjectPage:
    """Return the page of a project for a reader; health is judged here and now.

    With `is_reporting` as it will stand when the report being written is published.
    """
    as_of = clock.today(project.zone)
    milestones = list(project.milestones.all())
    risks = list(project.risks.select_related("owner"))
    reports, lines = latest_reports(project)
    in_force = rules.current(AREA, DEFAULTS, CODE_VERSION)
    figures = newest_figures(project, as_of)
    inputs = inputs_of(
        project, milestones=milestones, risks=risks, lines=lines, figures=figures, as_of=as_of
    )
    if is_reporting:
        inputs = as_reported(inputs, as_of)
    bounds = limits(in_force.values)
    judged = judge_project(inputs, bounds, as_of)
    return ProjectPage(
        project=project,
        as_of=as_of,
        judged=judged,
        status=status_rows(judged, lines, as_of),
        milestones=milestones,
        risks=rated(risks),
        issues=list(project.issues.select_related("owner")),
        reports=reports,
        lines=lines,
        sourced=next(
            (figure for figure in figures if figure.source and figure.reported_colour), None
        ),
        tiles=tiles(project, judged) if access.can_see_money(user, project) else (),
        rule_version=in_force.version,
        rules=rules_of(bounds, project.tier, project.currency),
    )


def latest_reports(project: Project) -> tuple[list[StatusReport], list[StatusReportLine]]:
    """Return the newest reports, and the lines of the newest. One statement."""
    rows = list(
        StatusReportLine.objects.filter(report__project=project)
        .select_related("report__author")
        .order_by("-report__on", "-report__pk", "pk")[: LATEST * len(DIMENSIONS)]
    )
    reports = list({row.report_id: row.report for row in rows}.values())[:LATEST]
    newest = reports[0].pk if reports else None
    return reports, [row for row in rows if row.report_id == newest]


def status_rows(
    judged: Judgement, lines: Sequence[StatusReportLine], as_of: dt.date
) -> tuple[StatusRow, ...]:
    """Return measured beside reported, dimension by dimension; an expired difference says so."""
    said = {line.dimension: line for line in lines}
    rows = []
    for part in judged.to_report.dimensions:
        line = said.get(part.name)
        rows.append(
            StatusRow(
                name=part.name,
                label=str(DIMENSIONS[part.name]),
                measured=part.colour.value,
                reported=line.reported if line else None,
                steps=steps_between(Colour(line.reported), part.colour) if line else 0,
                why=tuple(say(reason.code, shown(reason.params)) for reason in part.reasons),
                reason=line.reason if line else "",
                expires_on=line.expires_on if line else None,
            )
        )
    return tuple(rows)


def rated(risks: Sequence[Risk]) -> list[RatedRisk]:
    """Return risks with their rating, the highest score first."""
    colours = {"green": "green", "yellow": "amber", "orange": "amber", "red": "red"}
    found = []
    for risk in risks:
        rating = rate(risk.probability, risk.consequence)
        found.append(RatedRisk(row=risk, rating=rating, colour=colours[rating.band]))
    return sorted(found, key=lambda one: (-one.rating.score, one.row.pk))


def tiles(project: Project, judged: Judgement) -> tuple[Tile, ...]:
    """Return the money of a project: approved, decided since, expected, spent."""
    currency = project.currency

    def amount(value: Decimal | None) -> str:
        return formats.format_money(value, currency)

    moved = project.current_budget is not None and project.approved_budget is not None
    spent = _share(project.actual_cost, project.current_budget or project.approved_budget)
    return (
        Tile(
            label=_("Approved budget"),
            value=amount(project.approved_budget),
            detail=_("the original, kept") if project.approved_budget is not None else "",
        ),
        Tile(
            label=_("Current budget"),
            value=amount(project.current_budget),
            detail=formats.format_money(
                project.current_budget - project.approved_budget, currency, signed=True
            )
            + " "
            + _("since approval")
            if moved and project.current_budget is not None and project.approved_budget is not None
            else "",
        ),
        Tile(
            label=_("Forecast cost"),
            value=amount(project.forecast_cost),
            detail=formats.format_percent(judged.cost_deviation, signed=True)
            + " "
            + _("against approved")
            if judged.cost_deviation is not None
            else "",
        ),
        Tile(
            label=_("Actual cost"),
            value=amount(project.actual_cost),
            detail=_("%(share)s of the budget") % {"share": formats.format_share(spent)}
            if spent is not None
            else "",
        ),
    )


def _share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return part / whole if part is not None and whole else None


def rail(project: Project, as_of: dt.date) -> PhaseRail:
    """Return the life cycle drawn: phases done, running and to come."""
    codes = [code for code, _label in PHASES]
    now = codes.index(project.phase)
    labels = [str(label) for _code, label in PHASES]
    drawn = tuple(
        Phase(
            label=label.capitalize(),
            state="done"
            if nth < now or (code == "closed" and now == nth)
            else "now"
            if nth == now
            else "next",
            progress=_progress(project, as_of) if nth == now else 0.0,
            note=formats.format_date(_phase_date(project, code))
            if _phase_date(project, code)
            else "",
        )
        for nth, (code, label) in enumerate(zip(codes, labels, strict=True))
    )
    return PhaseRail(
        phases=drawn, label=_("The project is in the phase %(phase)s") % {"phase": labels[now]}
    )


def _phase_date(project: Project, code: str) -> dt.date | None:
    return {
        "executing": project.actual_start_on or project.starts_on,
        "closed": project.actual_finish_on
        or project.forecast_finish_on
        or project.planned_finish_on,
    }.get(code)


def _progress(project: Project, as_of: dt.date) -> float:
    start = project.actual_start_on or project.starts_on
    finish = project.forecast_finish_on or project.planned_finish_on
    if project.phase != "executing" or not start or not finish or finish <= start:
        return 0.0
    return max(0.0, min(1.0, (as_of - start).days / (finish - start).days))
