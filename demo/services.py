"""Services: what they are, what they need and promise, their outages, readings and calendar."""

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import User
from common import audit, clock
from common.subjects import Subject
from demo.moment import at
from demo.noise import poisson, season, stream
from demo.people import TREE, House
from demo.tables.services import (
    ENTRIES,
    OFFERS,
    OUTAGES,
    SHARES,
    STORIES,
    TARGETS,
    Gauge,
    Offer,
)
from services.actions import (
    Target,
    Terms,
    add_calendar_entry,
    add_dependency,
    add_measure,
    change_status,
    create_service,
    record_outage,
    set_agreement,
)
from services.domain.lifecycle import Status
from services.models import Measure, MeasurePoint, Outage, Service

#: how far back facts go
DAYS = 730
WEEKS = 104
_LIVE = {"released", "operational"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The services by code, with the offers they were made from."""

    offers: Mapping[str, Offer]
    rows: Mapping[str, Service]

    def live(self) -> Iterator[tuple[Offer, Service]]:
        """Yield those that have incidents and outages."""
        for code, offer in self.offers.items():
            if offer.status in _LIVE:
                yield offer, self.rows[code]


def build(house: House) -> Shelf:
    """Create every service with all that happens to it, incidents apart."""
    shelf = Shelf(
        offers={offer.code: offer for offer in OFFERS},
        rows={offer.code: _create(offer, house) for offer in OFFERS},
    )
    with clock.standing_at(house.moment.hour(DAYS - 10, 10)):
        for offer in OFFERS:
            for needed, kind in offer.needs:
                add_dependency(
                    shelf.rows[offer.code], shelf.rows[needed], by=house.people["smo"], kind=kind
                )
    _retire(shelf, house)
    for offer, service in shelf.live():
        _promise(offer, service, house)
    _write_outages(shelf, house)
    _write_readings(shelf, house)
    _plan(shelf, house)
    return shelf


# --- The record ---------------------------------------------------------------------------------


def owner_of(offer: Offer, house: House) -> User:
    """Return the owner of a service: the one named, else that of the administration."""
    side = next(
        code for code, (_, parts) in TREE.items() if offer.unit == code or offer.unit in parts
    )
    return house.people[offer.owner or f"nordvik.owner.{side}"]


def _create(offer: Offer, house: House) -> Service:
    """Create a service: those in use as they stand, those on their way step by step."""
    moment, is_new = house.moment, offer.status not in {*_LIVE, "retired"}
    first = moment.working_day(300 if is_new else DAYS + 20)
    begun = Status.REQUIREMENTS if is_new else Status.OPERATIONAL
    if offer.status == "released":
        begun, first = Status.TESTED, moment.working_day(120)
    side = next(
        code for code, (_, parts) in TREE.items() if offer.unit == code or offer.unit in parts
    )
    with clock.standing_at(at(first, 9)):
        service = create_service(
            by=None,
            name=offer.name,
            unit=house.units[offer.unit],
            status=begun,
            status_on=first,
            deputies=[house.people[f"nordvik.owner.{side}"]] if offer.owner else [],
            owner=owner_of(offer, house),
            tier=offer.tier,
            purpose=offer.purpose,
            users_count=offer.users or None,
            yearly_cost=Decimal(offer.cost) * 1000,
            calendar=house.calendars[offer.hours],
            retires_on=moment.day(-offer.retires_in) if offer.retires_in else None,
        )
    for number, status in enumerate(_way(begun, offer.status), start=1):
        day = moment.working_day(max(7, 300 - number * 32) if is_new else 8)
        by = house.people["smo"] if status in {"approved", "chartered"} else service.owner
        with clock.standing_at(at(day, 10)):
            service = change_status(service, status, by=by, expected=service.version)
    return service


def _way(begun: str, wanted: str) -> list[str]:
    statuses = [status.value for status in Status][:-1]
    if wanted not in statuses:
        return []
    return statuses[statuses.index(begun) + 1 : statuses.index(wanted) + 1]


def _retire(shelf: Shelf, house: House) -> None:
    for code, offer in shelf.offers.items():
        if offer.status == "retired":
            service = shelf.rows[code]
            with clock.standing_at(house.moment.hour(140, 15)):
                change_status(
                    service,
                    "retired",
                    by=house.people["smo"],
                    expected=service.version,
                    reason="The last user has moved to e-mail.",
                )


def _promise(offer: Offer, service: Service, house: House) -> None:
    """Put the agreement in force; a new version a year ago where availability was raised."""
    if not offer.available:
        return
    targets = [
        Target(priority=priority, seconds=hours * 3600, attainment_target=Decimal(SHARES[priority]))
        for priority, hours in TARGETS[offer.tier].items()
    ]
    versions = [(DAYS + 10, offer.available)]
    if offer.tier == 1:
        versions = [(DAYS + 10, offer.available - 0.1), (365, offer.available)]
    for ago, share in versions:
        with clock.standing_at(house.moment.hour(ago, 11)):
            set_agreement(
                service,
                Terms(
                    calendar=house.calendars[offer.hours],
                    availability_target=Decimal(str(round(share, 2))),
                    degraded_weight=Decimal("0.5"),
                    targets=targets,
                ),
                by=house.people["smo"],
                starts_on=house.moment.day(ago),
            )


# --- Outages ------------------------------------------------------------------------------------


def _write_outages(shelf: Shelf, house: House) -> None:
    rows = [row for offer, service in shelf.live() for row in _outages(offer, service, house)]
    Outage.objects.bulk_create(rows, batch_size=500)
    for code, kind, ago, hour, minutes, title in STORIES:
        service = shelf.rows[code]
        begun = house.moment.hour(ago, hour) if minutes else at(house.moment.day(ago), hour)
        ended = begun + dt.timedelta(minutes=minutes) if minutes else None
        with clock.standing_at((ended or begun) + dt.timedelta(minutes=10)):
            record_outage(
                service, by=service.owner, kind=kind, starts_at=begun, ends_at=ended, title=title
            )
    audit.record(
        "demo.outages_written",
        Subject("unit", house.root.pk),
        by=None,
        after={"outages": len(rows)},
    )


def _outages(offer: Offer, service: Service, house: House) -> Iterator[Outage]:
    """Yield two years of outages, those of the last month apart: they are told by hand."""
    random = stream("outages", offer.code)
    kinds = (
        ("unplanned", offer.outages, (8, 16), (6, 45)),
        ("degraded", offer.outages * 0.6, (8, 15), (20, 110)),
        ("planned", 4.0, (18, 21), (30, 110)),
    )
    for kind, yearly, hours, minutes in kinds:
        count = max(1, poisson(random, yearly * DAYS / 365))
        for _number in range(count):
            begun = house.moment.hour(
                random.randint(31, DAYS - 20), random.randint(*hours), random.randrange(60)
            )
            length = random.triangular(minutes[0], minutes[1] * 2.2, minutes[0] * 2)
            yield Outage(
                service=service,
                kind=kind,
                starts_at=begun,
                ends_at=begun + dt.timedelta(minutes=round(length)),
                title=random.choice(OUTAGES[kind]),
                created_at=begun,
                updated_at=begun,
            )


# --- Readings -----------------------------------------------------------------------------------


def _write_readings(shelf: Shelf, house: House) -> None:
    points: list[MeasurePoint] = []
    for offer, service in shelf.live():
        with clock.standing_at(house.moment.hour(DAYS - 5, 13)):
            if offer.gauge:
                points += _weekly(_measure(offer.gauge, service), offer.gauge, house)
            if offer.survey:
                points += _yearly(service, offer.survey, house)
    MeasurePoint.objects.bulk_create(points, batch_size=500)
    audit.record(
        "demo.readings_written",
        Subject("unit", house.root.pk),
        by=None,
        after={"readings": len(points)},
    )


def _measure(gauge: Gauge, service: Service) -> Measure:
    return add_measure(
        service,
        by=service.owner,
        name=gauge.name,
        unit_text=gauge.unit,
        better=gauge.better,
        target=Decimal(str(gauge.target)),
        is_primary=True,
    )


def _weekly(measure: Measure, gauge: Gauge, house: House) -> Iterator[MeasurePoint]:
    """Yield a reading each Sunday: level, season, noise, and shifts that stayed."""
    random = stream("readings", measure.service.name)
    today = house.moment.today
    sunday = today - dt.timedelta(days=today.weekday() + 1)
    for back in range(WEEKS - 2, -1, -1):
        on = sunday - dt.timedelta(weeks=back)
        yearly = season(on.timetuple().tm_yday, peak=250, strength=gauge.season)
        level = gauge.level * yearly + sum(by for since, by in gauge.shifts if back < since)
        value = level + random.gauss(0, gauge.spread) + (gauge.last if back == 0 else 0)
        value = max(0.0, min(value, 99.9) if gauge.unit == "%" else value)
        yield MeasurePoint(
            measure=measure,
            on=on,
            value=Decimal(str(round(value, gauge.decimals))),
            n=random.randint(40, 400),
            source="Nordvik",
            entered_at=at(on, 22),
        )


def _yearly(service: Service, survey: tuple[float, float], house: House) -> Iterator[MeasurePoint]:
    level, target = survey
    random = stream("survey", service.name)
    measure = add_measure(
        service,
        by=service.owner,
        name="User survey",
        unit_text="1–5",
        target=Decimal(str(target)),
        is_satisfaction=True,
    )
    for number, ago in enumerate((600, 420, 235, 55)):
        drift = (number - 3) * 0.08 + random.gauss(0, 0.05)
        yield MeasurePoint(
            measure=measure,
            on=house.moment.working_day(ago),
            value=Decimal(str(round(level + (drift if number < 3 else 0), 1))),
            n=math.floor(random.uniform(180, 900)),
            source="Nordvik",
            entered_at=house.moment.hour(ago, 16),
        )


# --- Calendar -----------------------------------------------------------------------------------


def _plan(shelf: Shelf, house: House) -> None:
    for kind, code, unit, ahead, days, title in ENTRIES:
        first = house.moment.day(-ahead)
        hour = 18 if kind in {"change", "maintenance", "go_live"} else 0
        begun = at(first, hour)
        ended = at(first + dt.timedelta(days=days), 0) if not hour else at(first, 22)
        with clock.standing_at(house.moment.hour(25, 11)):
            add_calendar_entry(
                by=house.people["smo"],
                kind=kind,
                title=title,
                starts_at=begun,
                ends_at=ended,
                service=shelf.rows.get(code),
                unit=None if code else house.units[unit],
            )
