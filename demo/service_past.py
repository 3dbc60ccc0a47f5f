"""How services stood on a past day, judged by the rules of today from the facts of then."""

import datetime as dt
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from demo.moment import ZONE, at
from services.domain.availability import Outage as OutageFact
from services.domain.availability import OutageKind
from services.domain.facts import Backlog, Inputs, Tally
from services.domain.health import Assessment, assess
from services.domain.limits import DEFAULTS, Limits, limits_of
from services.domain.trend import SHOWN, Course
from services.models import Incident, Measure, MeasurePoint, Outage
from services.queries.health import AGE_DAYS, FLOW_DAYS, health_inputs
from services.queries.windows import window_of

#: no incident of the demo takes longer than this
_LONGEST = dt.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Ticket:
    opened: dt.datetime
    resolved: dt.datetime | None
    due: dt.datetime | None
    priority: int
    met: bool | None
    is_major: bool


class ServicePast:
    """Everything that has happened to one service, in order, to be read as of any day."""

    def __init__(self, present: Inputs) -> None:
        self.present = present
        self.tickets: list[_Ticket] = []
        self.opened: list[dt.datetime] = []
        self.outages: list[OutageFact] = []
        self.limits: Limits = limits_of(DEFAULTS)
        #: measure -> its readings as (day, value), oldest first; shared by all services
        self.readings: dict[int, list[tuple[dt.date, Any]]] = {}

    def judged_on(self, day: dt.date) -> Assessment:
        """Return how it stood at the end of a day."""
        now = at(day + dt.timedelta(days=1), 0)
        window = window_of(ZONE, now - dt.timedelta(seconds=1))
        last = bisect_left(self.opened, now)
        first = bisect_left(self.opened, window.since - _LONGEST)
        known = self.tickets[first:last]
        outages = tuple(
            OutageFact(
                key=outage.key,
                start=outage.start,
                end=outage.end if outage.end and outage.end < now else now,
                kind=outage.kind,
            )
            for outage in self.outages
            if outage.start < now and (outage.end is None or outage.end > window.since)
        )
        inputs = replace(
            self.present,
            read_at=now,
            window_start=window.start,
            month_start=window.month_start,
            month_end=window.month_end,
            month_on=window.month.start,
            outages=outages,
            tallies=_tallies(known, window.month_start, now),
            backlog=_backlog(known, now),
            newest_incident=self.opened[last - 1].date() if last else None,
            newest_outage=day,
            primary=_until(self.present.primary, self.readings, day),
            satisfaction=_until(self.present.satisfaction, self.readings, day),
        )
        return assess(inputs, self.limits, day)


def read(service_ids: Sequence[int], now: dt.datetime) -> dict[int, ServicePast]:
    """Return the pasts of services. A constant number of statements."""
    pasts = {
        inputs.service_id: ServicePast(inputs) for inputs in health_inputs(service_ids, now=now)
    }
    for service, opened, resolved, due, priority, met, is_major in (
        Incident.objects.filter(service__in=service_ids)
        .order_by("opened_at", "id")
        .values_list(
            "service_id", "opened_at", "resolved_at", "due_at", "priority", "met", "is_major"
        )
    ):
        pasts[service].tickets.append(
            _Ticket(opened, resolved, due, priority or 0, met, is_major=is_major)
        )
        pasts[service].opened.append(opened)
    for pk, service, kind, begun, ended in Outage.objects.filter(
        service__in=service_ids
    ).values_list("id", "service_id", "kind", "starts_at", "ends_at"):
        pasts[service].outages.append(
            OutageFact(key=str(pk), start=begun, end=ended, kind=OutageKind(kind))
        )
    readings: dict[int, list[tuple[dt.date, Any]]] = defaultdict(list)
    for measure, on, value in (
        MeasurePoint.objects.filter(
            measure__in=Measure.objects.filter(service__in=service_ids), is_current=True
        )
        .order_by("measure_id", "on")
        .values_list("measure_id", "on", "value")
    ):
        readings[measure].append((on, value))
    for past in pasts.values():
        past.readings = readings
    return pasts


def _until(
    course: Course | None, readings: dict[int, list[tuple[dt.date, Any]]], day: dt.date
) -> Course | None:
    """Return a course as it was known on a day."""
    if course is None:
        return None
    known = [point for point in readings[course.measure_id] if point[0] <= day][-SHOWN:]
    return replace(
        course, days=tuple(on for on, _ in known), values=tuple(value for _, value in known)
    )


def _tallies(known: Sequence[_Ticket], since: dt.datetime, now: dt.datetime) -> tuple[Tally, ...]:
    judged: Counter[int] = Counter()
    kept: Counter[int] = Counter()
    for ticket in known:
        if ticket.met is not None and ticket.resolved and since <= ticket.resolved < now:
            judged[ticket.priority] += 1
            kept[ticket.priority] += ticket.met
    return tuple(
        Tally(priority=priority, measure="resolve", met=kept[priority], judged=count)
        for priority, count in sorted(judged.items())
    )


def _backlog(known: Sequence[_Ticket], now: dt.datetime) -> Backlog:
    still = [ticket for ticket in known if ticket.resolved is None or ticket.resolved >= now]
    ages = [(now - ticket.opened).days for ticket in still]
    day, week, month = AGE_DAYS
    since = now - dt.timedelta(days=FLOW_DAYS)
    return Backlog(
        open=len(still),
        late=sum(ticket.due is not None and ticket.due < now for ticket in still),
        major=sum(ticket.is_major for ticket in still),
        without_target=sum(ticket.due is None for ticket in still),
        ages=(
            sum(age < day for age in ages),
            sum(day <= age < week for age in ages),
            sum(week <= age < month for age in ages),
            sum(age >= month for age in ages),
        ),
        opened=sum(ticket.opened >= since for ticket in known),
        resolved=sum(bool(t.resolved and since <= t.resolved < now) for t in known),
    )
