"""Projects: plans carried out day by day through the actions, older reports written in bulk."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from accounts.models import User
from common import audit, clock
from common.domain.health import Colour
from common.subjects import Subject
from demo.moment import at
from demo.noise import stream
from demo.people import TREE, House
from demo.tables.projects import (
    EXCUSES,
    ISSUES,
    MILESTONES,
    NEXT_STEPS,
    PLANS,
    RISKS,
    SUMMARIES,
    TYPES,
    Plan,
)
from projects.actions import (
    add_issue,
    add_milestone,
    add_risk,
    change_overlay,
    change_phase,
    create_project,
    edit_milestone,
    edit_project,
    edit_risk,
    publish_report,
)
from projects.actions.projects import ProjectValues
from projects.domain.health import Judgement, judge_project
from projects.domain.inputs import Inputs, Said, as_reported
from projects.domain.limits import CODE_VERSION, DEFAULT_LIMITS
from projects.domain.reporting import Line, expiry, worst
from projects.models import Project, ProjectFigure, ProjectType, StatusReport, StatusReportLine
from projects.queries import ABOVE_TOLERANCE, OFFICE_WEEK, UNACCEPTABLE, health_inputs

#: days between reports by tier, inside the cadence that health asks for
CADENCE = {"light": 56, "standard": 28, "heavy": 14}
_PHASES = ("initiating", "planning", "executing", "closing", "closed")
#: share of the approved length at which a phase begins
_SHARE = {"planning": 0.06, "executing": 0.2}
#: probability and consequence by how risky a project is, mildest first
_RATINGS = {
    "low": ((2, 2), (1, 4), (2, 3)),
    "raised": ((2, 2), (2, 3), (3, 3), (2, 4)),
    "severe": ((2, 3), (3, 3), (3, 4), (4, 4)),
}


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


def build(house: House) -> list[Past]:
    """Carry out every plan and return what was known when."""
    types = {
        code: ProjectType.objects.get_or_create(
            name=english, defaults={"name_sv": swedish, "delivers_to_operation": delivers}
        )[0]
        for code, (english, swedish, delivers) in TYPES.items()
    }
    pasts = [_carry_out(plan, house, types[plan.type]) for plan in PLANS]
    _write_reports(pasts, house)
    for past in pasts:
        _bring_up_to_date(past, house)
    return pasts


# --- Life ---------------------------------------------------------------------------------------


def _carry_out(plan: Plan, house: House, project_type: ProjectType) -> Past:
    moment, random = house.moment, stream("project", plan.name)
    manager, sponsor = _people(plan, house)
    begun = moment.working_day(plan.began)
    budget = Decimal(plan.budget) * 1000
    values: ProjectValues = {
        "name": plan.name,
        "unit": house.units[plan.unit],
        "project_type": project_type,
        "tier": plan.tier,
        "purpose": plan.purpose,
        "sponsor": sponsor if plan.has_sponsor else None,
        "manager": manager,
        "starts_on": begun,
        "planned_finish_on": begun + dt.timedelta(days=plan.length),
        "current_budget": budget,
    }
    born = at(begun, 9)
    with clock.standing_at(born):
        project = create_project(values, by=house.people["pmo"])
    finished_on = _finish(plan, house, begun)
    phases = list(_phases(plan, house, begun, finished_on))
    past = Past(
        project=project,
        plan=plan,
        phases=phases,
        figures=list(_figures(plan, house, begun, finished_on)),
        dangers=[],
        finished_on=finished_on,
        reported=[],
    )
    _take_risks(past, house, random)
    for day, phase in phases[1:3]:
        with clock.standing_at(at(day, 13)):
            project = change_phase(
                project, phase, by=house.people["pmo"], version=project.version, reason=""
            )
    past.project = project
    _set_milestones(past, house)
    return past


def _people(plan: Plan, house: House) -> tuple[User, User]:
    side = next(
        code for code, (_, parts) in TREE.items() if plan.unit == code or plan.unit in parts
    )
    manager = plan.manager or f"nordvik.pm.{side}"
    return house.people[manager], house.people[f"nordvik.director.{side}"]


def _finish(plan: Plan, house: House, begun: dt.date) -> dt.date | None:
    if plan.phase not in {"closing", "closed"}:
        return None
    return min(begun + dt.timedelta(days=plan.length + plan.slip), house.moment.working_day(9))


def _phases(
    plan: Plan, house: House, begun: dt.date, finished_on: dt.date | None
) -> Iterator[tuple[dt.date, str]]:
    yield begun, "initiating"
    reached = _PHASES.index(plan.phase)
    for phase, share in _SHARE.items():
        if _PHASES.index(phase) <= reached:
            day = begun + dt.timedelta(days=int(plan.length * share))
            yield min(day, house.moment.working_day(8)), phase
    if finished_on and reached >= _PHASES.index("closing"):
        yield finished_on, "closing"
    if finished_on and plan.phase == "closed":
        yield finished_on + dt.timedelta(days=21), "closed"


def _take_risks(past: Past, house: House, random: Random) -> None:
    """Assess the risks in planning; each new one is rated when it is seen."""
    plan, project = past.plan, past.project
    titles = random.sample(RISKS[plan.type], len(RISKS[plan.type]))
    last = house.moment.day(10)
    for number, (cell, (title, response)) in enumerate(
        zip(_RATINGS[plan.risk], titles, strict=False)
    ):
        since = min(past.begins_on + dt.timedelta(days=12 + number * plan.length // 9), last)
        with clock.standing_at(at(since, 10)):
            risk = add_risk(
                project,
                {
                    "title": title,
                    "probability": cell[0],
                    "consequence": cell[1],
                    "response": response,
                    "owner": project.manager,
                    "due_on": since + dt.timedelta(days=60),
                },
                by=project.manager,
            )
        over = past.finished_on or (number == 0 and plan.began > 120)
        until = None
        if over:
            until = min(past.finished_on or since + dt.timedelta(days=90), house.moment.day(8))
            until = max(until, since)
            with clock.standing_at(at(until, 15)):
                edit_risk(risk, {"state": "closed"}, by=None, version=risk.version)
        past.dangers.append(Danger(cell=cell[0] * 10 + cell[1], since=since, until=until))


def _set_milestones(past: Past, house: House) -> None:
    """Promise the milestones in planning and tick them off on the day each was reached."""
    plan, project = past.plan, past.project
    names = MILESTONES[plan.type]
    begun, planned = past.begins_on, project.planned_finish_on or past.begins_on
    with clock.standing_at(at(begun + dt.timedelta(days=9), 14)):
        rows = [
            add_milestone(
                project,
                by=project.manager,
                name=name,
                planned_on=begun + (planned - begun) * number / len(names),
            )
            for number, name in enumerate(names, start=1)
        ]
    for number, row in enumerate(rows, start=1):
        late = dt.timedelta(days=int(plan.slip * (number / len(rows)) ** 2))
        expected = min(row.planned_on + late, past.finished_on or dt.date.max)
        is_reached = expected <= house.moment.day(6) and (number == 1 or _is_under_way(plan))
        if not is_reached and (not late or plan.report == "optimistic"):
            continue
        known = expected if is_reached else house.moment.day(6)
        with clock.standing_at(at(known, 16)):
            edit_milestone(
                row,
                by=project.manager,
                version=row.version,
                name=row.name,
                planned_on=expected,
                actual_on=expected if is_reached else None,
            )


def _is_under_way(plan: Plan) -> bool:
    return plan.phase not in {"initiating", "planning"}


# --- Dated figures ------------------------------------------------------------------------------


def _figures(
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
        yield Said(
            on=day,
            forecast_finish_on=max(finish, day) if not finished_on else finish,
            forecast_cost=forecast.quantize(Decimal(1000)),
            actual_cost=(
                forecast * Decimal(str(round(spent * random.uniform(0.9, 1.02), 4)))
            ).quantize(Decimal(1)),
        )


def _report_days(
    plan: Plan, house: House, begun: dt.date, finished_on: dt.date | None
) -> list[dt.date]:
    """Return the days of its reports, oldest first: one a cadence, back from the newest."""
    cadence, moment = CADENCE[plan.tier], house.moment
    newest = finished_on if plan.phase == "closed" else moment.working_day(plan.reported or cadence)
    if newest is None:
        return []
    first = begun + dt.timedelta(days=int(plan.length * _SHARE["planning"]) + 5)
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


# --- Reports ------------------------------------------------------------------------------------


def _write_reports(pasts: Sequence[Past], house: House) -> None:
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


def _bring_up_to_date(past: Past, house: House) -> None:
    """Let the manager enter the newest figures and publish; then what has happened since."""
    plan, project, moment = past.plan, past.project, house.moment
    _open_issues(past, house)
    if past.figures:
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
    for day, phase in past.phases[3:]:
        with clock.standing_at(at(day, 16)):
            project = change_phase(
                project, phase, by=house.people["pmo"], version=project.version, reason=""
            )
    past.project = project
    if plan.overlay:
        past.halted_on = moment.working_day(plan.reported - 10)
        with clock.standing_at(moment.hour(plan.reported - 10, 15)):
            past.project = change_overlay(
                project,
                plan.overlay,
                by=house.people["pmo"],
                version=project.version,
                reason="Decided by the steering group while the financing is settled.",
            )
    if plan.since == "risk":
        risk = project.risks.filter(state="open").order_by("-pk")[0]
        with clock.standing_at(moment.hour(3, 10)):
            edit_risk(
                risk,
                {"probability": 5, "consequence": 4},
                by=project.manager,
                version=risk.version,
            )
        past.dangers.append(Danger(cell=54, since=moment.working_day(3)))


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


def _open_issues(past: Past, house: House) -> None:
    plan, project = past.plan, past.project
    if plan.phase not in {"planning", "executing"} or plan.tier == "light":
        return
    random = stream("issues", plan.name)
    for title in random.sample(ISSUES, random.randint(0, 2) + (plan.risk == "severe")):
        ago = (plan.reported or CADENCE[plan.tier]) + random.randint(1, 25)
        with clock.standing_at(house.moment.hour(ago, 9, 40)):
            add_issue(
                project,
                {
                    "title": title,
                    "owner": project.manager,
                    "due_on": house.moment.working_day(ago - random.randint(12, 70)),
                },
                by=project.manager,
            )
