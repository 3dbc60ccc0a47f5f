"""Projects: plans carried out day by day through the actions of those who lead them."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random

from accounts.models import User
from common import clock
from demo import reports
from demo.moment import at
from demo.noise import stream
from demo.people import TREE, House
from demo.project_past import Danger, Past
from demo.tables.projects import ISSUES, MILESTONES, PLANS, RISKS, TYPES, Plan
from projects.actions import (
    add_issue,
    add_milestone,
    add_risk,
    change_overlay,
    change_phase,
    create_project,
    edit_milestone,
    edit_risk,
)
from projects.actions.projects import ProjectValues
from projects.models import ProjectType

_PHASES = ("initiating", "planning", "executing", "closing", "closed")
#: share of the approved length at which a phase begins
_SHARE = {"planning": reports.PLANNING, "executing": 0.2}
#: probability and consequence by how risky a project is, mildest first
_RATINGS = {
    "low": ((2, 2), (1, 4), (2, 3)),
    "raised": ((2, 2), (2, 3), (3, 3), (2, 4)),
    "severe": ((2, 3), (3, 3), (3, 4), (4, 4)),
}


def build(house: House) -> list[Past]:
    """Carry out every plan and return what was known when."""
    types = {
        code: ProjectType.objects.get_or_create(
            name=english, defaults={"name_sv": swedish, "delivers_to_operation": delivers}
        )[0]
        for code, (english, swedish, delivers) in TYPES.items()
    }
    pasts = [_carry_out(plan, house, types[plan.type]) for plan in PLANS]
    reports.write_older(pasts, house)
    for past in pasts:
        _bring_up_to_date(past, house)
    return pasts


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
        figures=list(reports.figures_of(plan, house, begun, finished_on)),
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
        over = past.finished_on or (number == 0 and plan.began > 120)
        due = since + dt.timedelta(days=60)
        with clock.standing_at(at(since, 10)):
            risk = add_risk(
                project,
                {
                    "title": title,
                    "probability": cell[0],
                    "consequence": cell[1],
                    "response": response,
                    "owner": project.manager,
                    # The response to an open one is due about now: one late, the rest to come.
                    "due_on": due if over else max(due, house.moment.day(20 - 14 * number)),
                },
                by=project.manager,
            )
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


def _bring_up_to_date(past: Past, house: House) -> None:
    """Report on the project, take it to its phase, and let happen what has happened since."""
    plan, project, moment = past.plan, past.project, house.moment
    _open_issues(past, house)
    reports.publish_newest(past)
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


def _open_issues(past: Past, house: House) -> None:
    plan, project = past.plan, past.project
    if plan.phase not in {"planning", "executing"} or plan.tier == "light":
        return
    random = stream("issues", plan.name)
    for title in random.sample(ISSUES, random.randint(0, 2) + (plan.risk == "severe")):
        ago = (plan.reported or reports.CADENCE[plan.tier]) + random.randint(1, 25)
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
