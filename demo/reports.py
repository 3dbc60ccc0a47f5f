"""What managers have said of their projects: dated figures and status reports.

All but the newest report of each project are written in bulk, with what was measured on their day.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from common import audit, clock
from common.domain.health import Colour
from common.subjects import Subject
from demo.moment import at
from demo.noise import stream
from demo.people import House
from demo.project_past import Past
from demo.tables.projects import EXCUSES, NEXT_STEPS, SUMMARIES, Plan
from projects.actions import edit_project, publish_report
from projects.actions.projects import ProjectValues
from projects.domain.health import Judgement, judge_project
from projects.domain.inputs import Said, as_reported
from projects.domain.limits import CODE_VERSION, DEFAULT_LIMITS
from projects.domain.reporting import Line, expiry, worst
from projects.models import ProjectFigure, StatusReport, StatusReportLine
from projects.queries import health_inputs

#: days between reports by tier, inside the cadence that health asks for
CADENCE = {"light": 56, "standard": 28, "heavy": 14}
#: share of the approved length at which planning begins, and with it reporting
PLANNING = 0.06


def figures_of(
    plan: Plan, house: House, begun: dt.date, finished_on: dt.date | None
) -> Iterator[Said]:
    """Yield what each report has said of finish and cost, oldest first."""
    if plan.phase == "initiating":
        return
    random = stream("figures", plan.name)
    planned = begun + dt.timedelta(days=plan.length)
    budget = Decimal(plan.budget) * 1000
    days = _report_days(plan, house, begun, finished_on)
    for number, day in enumerate(days):
        share = min(
            1.0, (day - begun).days / max(1, plan.began if not finished_on else plan.length)
        )
        risen = _risen(plan, share, is_newest=number == len(days) - 1)
        spent = min(1.0, (day - begun).days / (plan.length + max(0, plan.slip))) ** 1.25
        over = Decimal(str(round(plan.over * risen, 2)))
        forecast = budget * (100 + over) / 100
        finish = planned + dt.timedelta(days=round(plan.slip * risen))
        paid = forecast * Decimal(str(round(spent * random.uniform(0.9, 1.02), 4)))
        yield Said(
            on=day,
            forecast_finish_on=max(finish, day) if not finished_on else finish,
            forecast_cost=forecast.quantize(Decimal(1000)) if plan.has_cost else None,
            actual_cost=paid.quantize(Decimal(1)) if plan.has_cost else None,
        )


def _report_days(
    plan: Plan, house: House, begun: dt.date, finished_on: dt.date | None
) -> list[dt.date]:
    """Return the days of its reports, oldest first: one a cadence, back from the newest."""
    cadence, moment = CADENCE[plan.tier], house.moment
    newest = finished_on if plan.phase == "closed" else moment.working_day(plan.reported or cadence)
    if newest is None:
        return []
    first = begun + dt.timedelta(days=int(plan.length * PLANNING) + 5)
    days = [newest]
    while (days[-1] - first).days > cadence:
        back = days[-1] - dt.timedelta(days=cadence)
        days.append(back - dt.timedelta(days=max(0, back.weekday() - 4)))
    return days[::-1]


def _risen(plan: Plan, share: float, *, is_newest: bool) -> float:
    """Return which part of the slip was known when that share of the time had gone."""
    steps = ((0.85, 1.0), (0.62, 0.7), (0.4, 0.35), (0, 0))
    risen = next(part for since, part in steps if share >= since)
    if plan.course == "fresh":
        return 1.0 if is_newest else min(risen, 0.7)
    if plan.course == "better":
        return 1.0 if share > 0.92 else risen * 1.6
    return risen


def write_older(pasts: Sequence[Past], house: House) -> None:
    """Write all but the newest reports in bulk, each with what was measured on its day."""
    reports, lines, figures = [], [], []
    for past in pasts:
        for number, said in enumerate(past.figures[:-1]):
            judged = past.judged_by_writer_on(said.on)
            written = _lines(past, judged)
            report = _report(past, said, judged, written, number)
            past.reported.append((said.on, report.reported))
            reports.append(report)
            figures.append(_figure(past, said, report.reported))
            lines += [
                StatusReportLine(
                    report=report,
                    dimension=line.dimension,
                    reported=line.reported.value,
                    measured=line.measured.value,
                    why=[
                        [reason.code, dict(reason.params)]
                        for part in judged.to_report.dimensions
                        if part.name == line.dimension
                        for reason in part.reasons
                    ],
                    reason=line.reason,
                    expires_on=expiry(line, said.on),
                )
                for line in written
            ]
    StatusReport.objects.bulk_create(reports, batch_size=200)
    StatusReportLine.objects.bulk_create(lines, batch_size=500)
    ProjectFigure.objects.bulk_create(figures, batch_size=500)
    audit.record(
        "demo.reports_written",
        Subject("unit", house.root.pk),
        by=None,
        after={"reports": len(reports), "lines": len(lines)},
    )


def _lines(past: Past, judged: Judgement) -> list[Line]:
    """Return what the manager says of each dimension, with a reason where it differs."""
    found = []
    for part in judged.to_report.dimensions:
        said, reason = _saying(past.plan, part.name, part.colour)
        found.append(Line(dimension=part.name, reported=said, measured=part.colour, reason=reason))
    return found


def _saying(plan: Plan, name: str, measured: Colour) -> tuple[Colour, str]:
    """Return the judgement and its reason; what is not measured is judged as fine."""
    milder = {Colour.RED: Colour.AMBER, Colour.AMBER: Colour.GREEN}
    if not measured.is_known:
        return Colour.GREEN if name in {"scope", "resources", "benefits"} else measured, ""
    if plan.report == "optimistic" and name in EXCUSES and measured in milder:
        return milder[measured], EXCUSES[name]
    return measured, ""


def _report(
    past: Past, said: Said, judged: Judgement, lines: Sequence[Line], number: int
) -> StatusReport:
    project = past.project
    texts = stream("report", project.name, number)
    return StatusReport(
        project=project,
        on=said.on,
        author=project.manager,
        published_at=at(said.on, 14, 10),
        summary=texts.choice(SUMMARIES),
        next_steps=texts.choice(NEXT_STEPS),
        reported=worst(lines).value,
        measured=judged.to_report.overall.value,
        confidence=judged.to_report.confidence,
        figures=_frozen(past, said),
        rule_version=f"{CODE_VERSION}.0",
        is_newest=False,
    )


def _frozen(past: Past, said: Said) -> Mapping[str, object]:
    project = past.project
    phase = past.phase_on(said.on)
    approved = phase not in {"initiating", "planning"}
    facts = {
        "phase": phase,
        "overlay": "",
        "starts_on": project.starts_on,
        "planned_finish_on": project.planned_finish_on,
        "baseline_finish_on": project.planned_finish_on if approved else None,
        "forecast_finish_on": said.forecast_finish_on,
        "actual_finish_on": None,
        "approved_budget": project.current_budget if approved else None,
        "current_budget": project.current_budget,
        "forecast_cost": said.forecast_cost,
        "actual_cost": said.actual_cost,
    }
    return {name: audit.plain(value) for name, value in facts.items()}


def _figure(past: Past, said: Said, reported: str) -> ProjectFigure:
    project = past.project
    return ProjectFigure(
        project=project,
        on=said.on,
        reported_colour=reported,
        approved_budget=project.approved_budget,
        current_budget=project.current_budget,
        forecast_cost=said.forecast_cost,
        actual_cost=said.actual_cost,
        forecast_finish_on=said.forecast_finish_on,
    )


def publish_newest(past: Past) -> None:
    """Let the manager enter the newest figures and publish what they say of them."""
    plan, project = past.plan, past.project
    if not past.figures:
        return
    said = past.figures[-1]
    with clock.standing_at(at(said.on, 13, 30)):
        _enter(past, said)
        (inputs,) = health_inputs([project.pk], said.on)
        judged = judge_project(as_reported(inputs, said.on), DEFAULT_LIMITS, said.on)
        report = publish_report(
            project,
            {
                "summary": stream("newest", plan.name).choice(SUMMARIES),
                "next_steps": stream("newest", plan.name).choice(NEXT_STEPS),
                "decisions_needed": plan.asks,
                "lines": {
                    line.dimension: (line.reported.value, line.reason)
                    for line in _lines(past, judged)
                },
            },
            by=project.manager,
        )
    past.reported.append((said.on, report.reported))


def _enter(past: Past, said: Said) -> None:
    project = past.project
    values: ProjectValues = {
        "forecast_finish_on": said.forecast_finish_on,
        "forecast_cost": said.forecast_cost,
        "actual_cost": said.actual_cost,
    }
    if past.finished_on and past.finished_on <= said.on:
        values["actual_finish_on"] = past.finished_on
    edit_project(project, values, by=project.manager, version=project.version)
