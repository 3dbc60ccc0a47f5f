"""Two years of incidents with their histories, and clocks computed by the agreements in force."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from statistics import NormalDist
from typing import Any

from django.db import connection

from common import audit, calendars
from common.bulk import insert_rows
from common.domain.worktime import WorkCalendar
from common.subjects import Subject
from demo.moment import at
from demo.noise import poisson, season, stream, weighted
from demo.people import House
from demo.services import DAYS, Shelf
from demo.tables.services import CATEGORIES, GROUPS, TARGETS, TITLES, Offer
from services.actions.clocks import apply_clock, compute
from services.domain.incidents import Step
from services.models import Incident, StatusSpan
from services.queries.terms import NO_TERMS, ServiceTerms, terms_of

SOURCE = "nordvik-desk"
MINUTE, HOUR = 60, 3600
#: incidents of a weekday against the mean of a working day; the weekend by whether it is open
_WEEKDAY = (1.32, 1.1, 1.0, 0.92, 0.76)
_WEEKEND = {"office": 0.03, "extended": 0.12, "always": 0.35}
_HOLIDAY = 0.08
_JULY = 0.42
URGENT = 2
_PRIORITIES = ((1, 0.02), (2, 0.1), (3, 0.58), (4, 0.3))
#: when people report: peaks at nine and after lunch
_HOURS = tuple(zip(range(7, 18), (2, 9, 14, 12, 8, 5, 10, 9, 7, 4, 1), strict=True))
#: spread of restoring times, as the deviation of their logarithm
_SPREAD = 0.85
_SHARE_MAJOR, _SHARE_HELD, _SHARE_REOPENED, _SHARE_MISREPORTED = 0.12, 0.22, 0.03, 0.015
_CLOSED_AFTER = dt.timedelta(days=5)
_SPAN_FIELDS = ("incident", "status", "word", "is_paused", "starts_at", "ends_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """An incident with the steps it has passed."""

    row: Incident
    steps: tuple[Step, ...]


def build(shelf: Shelf, house: House) -> int:
    """Write every incident with its spans; return how many."""
    rows = {service.pk: service for _, service in shelf.live()}
    terms = terms_of(list(rows))
    hours = {
        code: calendars.hours({row.pk: row.version})[row.pk]
        for code, row in house.calendars.items()
    }
    tickets = [
        ticket
        for offer, service in shelf.live()
        for ticket in _tickets(
            offer, service.pk, hours[offer.hours], terms.get(service.pk, NO_TERMS), house
        )
    ]
    tickets.sort(key=lambda ticket: (ticket.row.opened_at, ticket.row.service_id))
    for number, ticket in enumerate(tickets, start=1):
        ticket.row.external_id = f"INC{number:06d}"
    Incident.objects.bulk_create([ticket.row for ticket in tickets], batch_size=500)
    insert_rows(StatusSpan, _SPAN_FIELDS, list(_spans(tickets)))
    audit.record(
        "demo.incidents_written",
        Subject("unit", house.root.pk),
        by=None,
        after={"incidents": len(tickets)},
    )
    return len(tickets)


def _tickets(
    offer: Offer, service_id: int, hours: WorkCalendar, terms: ServiceTerms, house: House
) -> Iterator[Ticket]:
    random = stream("incidents", offer.code)
    since = DAYS if offer.status != "released" else 6
    for ago in range(since, 0, -1):
        day = house.moment.day(ago)
        busy, quality = _strain(offer, ago)
        mean = offer.weekly / 5 * busy * _busy_on(day, offer, hours)
        for _number in range(poisson(random, mean)):
            yield _ticket(offer, service_id, day, quality, random, hours, terms, house)


def _strain(offer: Offer, ago: int) -> tuple[float, float]:
    """Return the factor on incidents and the share in time that held so many days ago."""
    busy, quality = 1.0, offer.quality
    for weeks, factor, share in offer.strain:
        if ago < weeks * 7:
            busy, quality = factor, share
    return busy, quality


def _busy_on(day: dt.date, offer: Offer, hours: WorkCalendar) -> float:
    """Return how busy a day is against an ordinary one: weekday, holiday, July, autumn."""
    if day.weekday() > 4:
        return _WEEKEND[offer.hours]
    if offer.hours != "always" and not hours.segments_on(day):
        return _HOLIDAY
    summer = _JULY if dt.date(day.year, 6, 26) < day < dt.date(day.year, 8, 8) else 1.0
    yearly = season(day.timetuple().tm_yday, peak=262, strength=0.14)
    return _WEEKDAY[day.weekday()] * summer * yearly


def _ticket(
    offer: Offer,
    service_id: int,
    day: dt.date,
    quality: float,
    random: Random,
    hours: WorkCalendar,
    terms: ServiceTerms,
    house: House,
) -> Ticket:
    priority = weighted(random, _PRIORITIES)
    hour = random.randrange(24) if random.random() < 0.1 else weighted(random, _HOURS)
    opened = at(day, hour, random.randrange(60))
    wanted = list(_steps(offer, opened, priority, quality, random, hours))
    steps = tuple(step for step in wanted if step.at < house.moment.midnight)
    over = next((step.at for step in steps[::-1] if step.status == "resolved"), None)
    is_over = steps[-1].status in {"resolved", "closed"}
    row = Incident(
        service_id=service_id,
        title=random.choice(TITLES[offer.family]),
        priority=priority,
        state=steps[-1].status,
        opened_at=opened,
        responded_at=next((step.at for step in steps[1:]), None),
        resolved_at=over if is_over else None,
        closed_at=steps[-1].at if steps[-1].status == "closed" else None,
        reopen_count=max(0, sum(step.status == "resolved" for step in steps) - is_over),
        category=random.choice(CATEGORIES),
        group_name=GROUPS[offer.family],
        is_major=priority == 1 and random.random() < _SHARE_MAJOR,
        source=SOURCE,
        seen_at=house.moment.midnight,
    )
    apply_clock(row, compute(row, steps, terms, house.moment.midnight), terms.mark)
    if row.met is not None and row.resolved_at is not None:
        row.made_sla_reported = row.met if random.random() > _SHARE_MISREPORTED else not row.met
    return Ticket(row=row, steps=steps)


def _steps(
    offer: Offer,
    opened: dt.datetime,
    priority: int,
    quality: float,
    random: Random,
    hours: WorkCalendar,
) -> Iterator[Step]:
    """Yield what happens to an incident until it is closed, whenever that will be.

    The time it takes is log-normal around its target so that `quality` of them are in time.
    """
    target = TARGETS[offer.tier][priority] * HOUR
    # What is urgent is looked after first, as long as there is time for anything.
    quality = min(0.995, quality + 0.03) if priority <= URGENT else quality
    middle = -_SPREAD * NormalDist().inv_cdf(quality)
    needed = int(target * min(6.0, math.exp(random.gauss(middle, _SPREAD))))
    needed = max(10 * MINUTE, needed)
    yield Step(opened, "new", is_paused=False)
    answered = min(needed // 2, random.randint(4, 90) * MINUTE)
    begun = hours.due(opened, answered)
    yield Step(begun, "in_progress", is_paused=False)
    left = needed - answered
    if priority > 2 and random.random() < _SHARE_HELD:
        held = hours.due(begun, left // 3)
        begun = hours.due(held, random.randint(3, 30) * HOUR)
        left -= left // 3
        yield Step(held, "on_hold", is_paused=True, word="Waiting for the user")
        yield Step(begun, "in_progress", is_paused=False)
    over = hours.due(begun, left)
    yield Step(over, "resolved", is_paused=False)
    if random.random() < _SHARE_REOPENED:
        again = hours.due(over, random.randint(2, 8) * HOUR)
        over = hours.due(again, random.randint(1, 3) * HOUR)
        yield Step(again, "in_progress", is_paused=False, word="Reopened")
        yield Step(over, "resolved", is_paused=False)
    yield Step(over + _CLOSED_AFTER, "closed", is_paused=False)


def _spans(tickets: Sequence[Ticket]) -> Iterator[Sequence[Any]]:
    """Yield the spans between steps, as the database takes them."""
    for ticket in tickets:
        kept = {step.at: connection.ops.adapt_datetimefield_value(step.at) for step in ticket.steps}
        ends = [*(kept[step.at] for step in ticket.steps[1:]), None]
        for step, end in zip(ticket.steps, ends, strict=True):
            yield (ticket.row.pk, step.status, step.word, step.is_paused, kept[step.at], end)
