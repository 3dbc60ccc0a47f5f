"""Status reports: written once, published frozen, corrected by a new one."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TypedDict

from django.db import transaction

from accounts.models import User
from common import audit, clock, rules
from common.bulk import upsert
from common.domain.health import Colour, Health
from common.errors import Refused
from common.standing import reasons_of
from common.subjects import Subject
from projects.access import check_can_edit_project
from projects.domain.health import judge_project
from projects.domain.inputs import as_reported
from projects.domain.limits import AREA, CODE_VERSION, DEFAULTS, limits
from projects.domain.reporting import Line, expiry, faults, worst
from projects.models import Project, ProjectFigure, StatusReport, StatusReportLine
from projects.queries import health_inputs

#: what a report keeps of the project as it stood
FROZEN = (
    "phase",
    "overlay",
    "starts_on",
    "planned_finish_on",
    "baseline_finish_on",
    "forecast_finish_on",
    "actual_finish_on",
    "approved_budget",
    "current_budget",
    "forecast_cost",
    "actual_cost",
)


class ReportValues(TypedDict, total=False):
    """What the author writes: texts, and per dimension (reported colour, reason)."""

    summary: str
    next_steps: str
    decisions_needed: str
    lines: Mapping[str, tuple[str, str]]


@transaction.atomic
def publish_report(
    project: Project,
    values: ReportValues,
    *,
    by: User | None,
    on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> StatusReport:
    """Publish a report: judgement per dimension, with figures and measured colours as they stand.

    Refused with the field ``lines`` names when a line differs without a reason or by more than
    one step. `on` and `now` are for history that is entered afterwards, oldest first.
    """
    if by is not None:
        check_can_edit_project(by, project)
    at = now or clock.now()
    day = on or clock.today(project.zone)
    _check(project, values, day)
    in_force = rules.current(AREA, DEFAULTS, CODE_VERSION)
    (inputs,) = health_inputs([project.pk], day)
    health = judge_project(as_reported(inputs, day), limits(in_force.values), day).to_report
    lines = _lines(health, values.get("lines", {}))
    StatusReport.objects.filter(project=project, is_newest=True).update(is_newest=False)
    report = StatusReport.objects.create(
        project=project,
        on=day,
        author=by,
        published_at=at,
        summary=values["summary"].strip(),
        next_steps=values.get("next_steps", "").strip(),
        decisions_needed=values.get("decisions_needed", "").strip(),
        reported=worst(lines).value,
        measured=health.overall.value,
        confidence=health.confidence,
        figures=audit.snapshot(project, FROZEN),
        rule_version=in_force.version,
    )
    _keep_lines(report, lines, health)
    _keep_figure(report, project)
    audit.record(
        "project.report_published",
        Subject("project", project.pk),
        by=by,
        after={"report": report.pk, "on": day, "reported": report.reported},
    )
    return report


def _check(project: Project, values: ReportValues, day: dt.date) -> None:
    if not values.get("summary", "").strip():
        raise Refused("projects.summary_needed", field="summary")
    newest = project.reports.filter(is_newest=True).values_list("on", flat=True).first()
    if newest and day < newest:
        raise Refused("projects.report_older", newest=newest)


def _lines(health: Health, written: Mapping[str, tuple[str, str]]) -> list[Line]:
    lines = []
    for part in health.dimensions:
        colour, reason = written.get(part.name, (part.colour.value, ""))
        lines.append(
            Line(
                dimension=part.name,
                reported=Colour(colour),
                measured=part.colour,
                reason=reason.strip(),
            )
        )
    for fault in faults(lines):
        raise Refused(fault.code, field=f"reason_{fault.dimension}")
    return lines


def _keep_lines(report: StatusReport, lines: Sequence[Line], health: Health) -> None:
    why = reasons_of(health)
    StatusReportLine.objects.bulk_create(
        [
            StatusReportLine(
                report=report,
                dimension=line.dimension,
                reported=line.reported.value,
                measured=line.measured.value,
                why=why[line.dimension],
                reason=line.reason,
                expires_on=expiry(line, report.on),
            )
            for line in lines
        ]
    )


def _keep_figure(report: StatusReport, project: Project) -> None:
    """The report is a dated fact too: the two-report rule and the trend read it."""
    figure = ProjectFigure(
        project=project,
        on=report.on,
        source="",
        reported_colour=report.reported,
        approved_budget=project.approved_budget,
        current_budget=project.current_budget,
        forecast_cost=project.forecast_cost,
        actual_cost=project.actual_cost,
        forecast_finish_on=project.forecast_finish_on or project.planned_finish_on,
    )
    upsert(
        ProjectFigure,
        [figure],
        unique=["project", "source", "on"],
        update=[
            "reported_colour",
            "approved_budget",
            "current_budget",
            "forecast_cost",
            "actual_cost",
            "forecast_finish_on",
        ],
    )
