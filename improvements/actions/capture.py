"""Capturing an improvement in under a minute, and shaping what was captured."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Unit
from common import audit, clock
from common.calendars import always_open, hours
from common.db import save_version
from common.errors import NotAllowed, Refused
from common.subjects import Subject
from improvements.access import check_can_edit_improvement, check_can_propose, check_can_triage
from improvements.actions.links import add_project, add_service
from improvements.domain.health import Limits
from improvements.domain.lifecycle import BACKLOG, State
from improvements.domain.routes import Route, RouteAdvice, RouteCase, RouteError, advise, choose
from improvements.models import Improvement, ImprovementService
from improvements.queries import limits
from projects.models import Project
from services.models import Service

#: what a source owns once it has delivered the record
SOURCE_OWNED = ("title", "problem", "origin")
EDITED = (
    "title",
    "problem",
    "origin",
    "unit",
    "owner",
    "benefit_owner",
    "effort_days",
    "needs_outage",
    "needs_spend",
    "expected_effect",
    "route",
    "route_reason",
    "is_confidential",
)


@transaction.atomic
def capture(
    title: str,
    problem: str,
    *,
    by: Any,
    unit: Unit | None = None,
    service: Service | None = None,
    project: Project | None = None,
    origin: str = "person",
    is_confidential: bool = False,
) -> Improvement:
    """Capture an improvement; where it belongs is given by a service or a unit.

    Its first answer is promised by the organisation's calendar. Refused without title, problem
    or place; NotAllowed where the person may not propose.
    """
    place = unit or (service.unit if service else None)
    if place is None:
        raise Refused("improvements.place_needed", field="service")
    _require_text(title, problem)
    check_can_propose(by, place)
    now = clock.now()
    improvement = Improvement(
        title=title.strip(),
        problem=problem.strip(),
        origin=origin,
        unit=place,
        proposed_by=by,
        is_confidential=is_confidential,
        state_since=now,
        captured_at=now,
        created_at=now,
        updated_at=now,
        respond_by=promised_answer(place, now, limits()[0].respond_days),
    )
    improvement.save()
    if service:
        add_service(improvement, service, by=by)
    if project:
        add_project(improvement, project, by=by)
    audit.record(
        "improvement.captured",
        Subject("improvement", improvement.pk),
        by=by,
        after={
            **audit.snapshot(improvement, ["title", "problem", "origin", "unit"]),
            "service": service.pk if service else None,
            "project": project.pk if project else None,
        },
    )
    return improvement


@transaction.atomic
def edit(
    improvement: Improvement, changes: Mapping[str, Any], *, by: Any, expected: int
) -> Improvement:
    """Change the facts of an improvement; `changes` are fields of `EDITED`.

    Another route than the advised one needs a reason, and is fixed once the improvement is
    approved. What a source owns stays as the source says.
    """
    check_can_edit_improvement(by, improvement)
    names = [name for name in EDITED if name in changes]
    if improvement.source:
        names = [name for name in names if name not in SOURCE_OWNED]
    before = audit.snapshot(improvement, names)
    for name in names:
        setattr(improvement, name, changes[name])
    _require_text(improvement.title, improvement.problem)
    after = audit.snapshot(improvement, names)
    _check_place(improvement, before, by)
    known = limits()[0]
    if {"route", "route_reason", "effort_days", "needs_outage", "needs_spend"} & set(names):
        _check_route(improvement, known, before, by)
    improvement.respond_by = _promise_again(improvement, known)
    save_version(improvement, expected=expected, fields=[*names, "respond_by"], at=clock.now())
    audit.record(
        "improvement.changed",
        Subject("improvement", improvement.pk),
        by=by,
        before=before,
        after=after,
    )
    return improvement


def promised_answer(unit: Unit, start: dt.datetime, working_days: int) -> dt.datetime:
    """Return when the first answer is due: the close of that working day of the organisation.

    Without a calendar every day counts.
    """
    root = unit if unit.parent_id is None else unit.root
    calendar = root.calendar if root else None
    if calendar is None:
        return always_open(root.zone if root else "UTC").end_of_working_day(start, working_days)
    return hours({calendar.pk: calendar.version})[calendar.pk].end_of_working_day(
        start, working_days
    )


def advice_for(improvement: Improvement, known: Limits, *, services: int) -> RouteAdvice:
    """Return the advised route of an improvement that has so many services.

    Money of its own is a yes or no here; its amount belongs to the charter.
    """
    case = RouteCase(
        effort_days=improvement.effort_days,
        services=services,
        needs_outage=improvement.needs_outage,
        spend=Decimal(1) if improvement.needs_spend else Decimal(0),
    )
    return advise(case, known.routes)


def _promise_again(improvement: Improvement, known: Limits) -> dt.datetime | None:
    """Return the promise by size: what turns out small is answered sooner, never later."""
    if improvement.is_answered or improvement.state != State.CAPTURED:
        return improvement.respond_by
    effort = improvement.effort_days
    if effort is None or effort > known.routes.do_now_days or improvement.respond_by is None:
        return improvement.respond_by
    small = promised_answer(improvement.unit, improvement.captured_at, known.respond_small_days)
    return min(small, improvement.respond_by)


def _check_place(improvement: Improvement, before: Mapping[str, Any], by: Any) -> None:
    if "unit" not in before or before["unit"] == improvement.unit_id:
        return
    check_can_propose(by, improvement.unit)
    if improvement.unit.root_id != Unit.objects.get(pk=before["unit"]).root_id:
        raise Refused("improvements.stays_in_organisation", field="unit")


def _check_route(
    improvement: Improvement, known: Limits, before: Mapping[str, Any], by: Any
) -> None:
    moved = "route" in before and before["route"] != improvement.route
    if moved:
        check_can_triage(by, improvement)
        if improvement.state not in BACKLOG:
            raise NotAllowed("improvements.route_is_decided", field="route")
    if not improvement.route:
        return
    services = ImprovementService.objects.filter(improvement_id=improvement.pk).count()
    advice = advice_for(improvement, known, services=services)
    try:
        choose(advice, Route(improvement.route), improvement.route_reason)
    except RouteError as error:
        raise Refused("improvements.route_needs_reason", field="route_reason") from error


def _require_text(title: str, problem: str) -> None:
    if not title.strip():
        raise Refused("improvements.title_needed", field="title")
    if not problem.strip():
        raise Refused("improvements.problem_needed", field="problem")
