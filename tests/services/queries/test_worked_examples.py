"""The worked examples of clocks and availability, from rows in the database to what pages print.

Sources: S1-S16 and A1-A11 of spec services 4.3 and 4.4; the engines prove them on values, here the
way there and back is proved: calendars, agreements, incidents, outages and gaps as they are stored.
"""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from accounts.domain.roles import Role
from common.models import CalendarException, WorkCalendar, WorkSegment
from services import access
from services.actions import Target, Terms, clocks, record_gap, set_agreement
from services.explain import availability_between, explain_clock
from services.models import Incident
from tests.factories.accounts import make_organisation, make_person
from tests.factories.services import make_agreement, make_incident, make_outage, make_service

pytestmark = pytest.mark.django_db
WEEKDAYS, EVERY_DAY = range(5), range(7)
LATER = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def hours(*segments, days=WEEKDAYS, zone="UTC", holidays=()):
    calendar = WorkCalendar.objects.create(name="Hours", zone=zone)
    WorkSegment.objects.bulk_create(
        [
            WorkSegment(
                calendar=calendar, weekday=day, start_minute=begin * 60, end_minute=end * 60
            )
            for day in days
            for begin, end in segments
        ]
    )
    CalendarException.objects.bulk_create(
        [CalendarException(calendar=calendar, on=day) for day in holidays]
    )
    return calendar


def promised(calendar, seconds):
    service = make_service(unit=make_organisation())
    set_agreement(
        service,
        Terms(calendar=calendar, targets=[Target(priority=3, seconds=seconds)]),
        by=None,
        starts_on=dt.date(2010, 1, 1),
    )
    return service


def instant(text, zone="UTC"):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def counted(service, opened, resolved=None, *, zone="UTC"):
    row = make_incident(
        service=service,
        opened_at=instant(opened, zone),
        resolved_at=instant(resolved, zone) if resolved else None,
    )
    clocks.recompute([row.pk], now=LATER)
    return Incident.objects.get(pk=row.pk)


BERLIN = "Europe/Berlin"
MAY_DAY = dt.date(2025, 5, 1)


class TestDue:
    @pytest.mark.parametrize(
        ("segments", "more", "opened", "target", "due"),
        [
            ([(8, 18)], {"days": EVERY_DAY}, "2025-06-03T16:00", 4, "2025-06-04T10:00"),
            ([(8, 18)], {}, "2025-06-02T10:00", 4, "2025-06-02T14:00"),
            ([(8, 18)], {}, "2025-06-02T17:00", 4, "2025-06-03T11:00"),
            ([(8, 17)], {"days": EVERY_DAY}, "2025-06-03T16:00", 8, "2025-06-04T15:00"),
            ([(9, 17)], {}, "2025-06-06T16:00", 8, "2025-06-09T16:00"),
            ([(9, 17)], {}, "2025-06-06T16:00", 2, "2025-06-09T10:00"),
            ([(8, 18)], {"days": EVERY_DAY}, "2025-06-03T16:00", 6, "2025-06-04T12:00"),
            ([(8, 12), (13, 17)], {}, "2025-06-02T11:00", 4, "2025-06-02T16:00"),
            (
                [(9, 17)],
                {"zone": BERLIN, "holidays": (MAY_DAY,)},
                "2025-04-30T15:00",
                8,
                "2025-05-02T15:00",
            ),
            # 24:00 closes at midnight, not a minute before it (zammad #3180)
            ([(0, 24)], {"days": EVERY_DAY}, "2025-06-03T23:00", 2, "2025-06-04T01:00"),
        ],
        ids=["S1", "S2", "S3", "S6", "S7", "S7b", "S9", "S10", "S11", "24:00"],
    )
    def test_due(self, segments, more, opened, target, due):
        service = promised(hours(*segments, **more), target * 3600)
        zone = more.get("zone", "UTC")
        assert counted(service, opened, zone=zone).due_at == instant(due, zone)


class TestElapsed:
    @pytest.mark.parametrize(
        ("segments", "more", "opened", "resolved", "business", "wall"),
        [
            ([(9, 17)], {}, "2025-06-03T14:00", "2025-06-04T09:00", 3, 19),
            ([(8, 17)], {}, "2014-12-12T21:00", "2014-12-15T09:30", 1.5, 60.5),
            ([(0, 6)], {"days": EVERY_DAY}, "2025-03-30T00:00", "2025-03-30T12:00", 5, 11),
            ([(0, 6)], {"days": EVERY_DAY}, "2025-10-26T00:00", "2025-10-26T12:00", 7, 13),
            ([(0, 24)], {"days": EVERY_DAY}, "2025-03-24T00:00", "2025-03-31T00:00", 167, 167),
            ([(0, 24)], {"days": EVERY_DAY}, "2025-10-20T00:00", "2025-10-27T00:00", 169, 169),
        ],
        ids=["S4", "S5", "S14 spring", "S14 autumn", "S15 spring", "S15 autumn"],
    )
    def test_both_times(self, segments, more, opened, resolved, business, wall):
        zone = BERLIN if more else "UTC"
        service = promised(hours(*segments, **more, zone=zone), 8 * 3600)
        row = counted(service, opened, resolved, zone=zone)
        assert (row.business_seconds, row.wall_seconds) == (business * 3600, wall * 3600)

    def test_s5_is_printed_as_a_share_of_its_target(self):
        service = promised(hours((8, 17)), 8 * 3600)
        row = counted(service, "2014-12-12T21:00", "2014-12-15T09:30")
        (run,) = explain_clock(row, LATER).runs
        assert run.run.percent == Decimal("18.75")
        assert run.run.wall_percent == Decimal("756.25")
        assert [(part.seconds, part.counted) for part in run.intervals] == [
            (59 * 3600, False),
            (5400, True),
        ]

    def test_s16_is_not_rounded_to_a_breach(self):
        service = promised(hours((0, 24), days=EVERY_DAY), 100_000)
        opened = instant("2025-06-02T00:00")
        met = []
        for seconds in (99_951, 100_000, 100_001):
            row = make_incident(
                service=service,
                opened_at=opened,
                resolved_at=opened + dt.timedelta(seconds=seconds),
            )
            clocks.recompute([row.pk], now=LATER)
            met.append(Incident.objects.get(pk=row.pk).met)
        assert met == [True, True, False]


def watched(weight="1", calendar=None):
    """A service promised round the clock unless told otherwise, as its reader gets it."""
    root = make_organisation()
    service = make_service(unit=root)
    make_agreement(
        service=service,
        hours={},
        degraded_weight=Decimal(weight),
        calendar=calendar or hours((0, 24), days=EVERY_DAY),
    )
    return service, make_person(unit=root, role=Role.SMO_LEAD)


def available(service, reader, start, length):
    seen = access.get_service_for(reader, service.key)
    end = start + dt.timedelta(hours=length)
    return availability_between(seen, start, end, day=end.date(), now=LATER)


def down(service, start, *stretches, kind="unplanned"):
    for begin, length in stretches:
        begun = start + dt.timedelta(hours=begin)
        make_outage(service=service, starts_at=begun, hours=length, kind=kind)


class TestAvailability:
    YEAR = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)

    def test_a1(self):
        service, reader = watched()
        down(service, self.YEAR, (100, 6), (2000, 14))
        found = available(service, reader, self.YEAR, 5020)
        assert round(found.agreed, 4) == Decimal("99.6016")
        agreed, _experienced = found.means
        assert (agreed.breaks, agreed.mtbsi, agreed.mtbf, agreed.mtrs) == (
            2,
            "2\u00a0510\u00a0h",
            "2\u00a0500\u00a0h",
            "10\u00a0h",
        )

    def test_a2_counts_agreed_hours_only(self):
        monday = dt.datetime(2025, 6, 2, tzinfo=dt.UTC)
        service, reader = watched(calendar=hours((0, 24)))
        down(service, monday, (29, 2), (88, 4), (104, 3), (130, 9))
        found = available(service, reader, monday, 7 * 24)
        assert (found.found.open_seconds, found.down_seconds) == (120 * 3600, 9 * 3600)
        assert round(found.agreed, 4) == Decimal("92.5000")
        assert [(row.mtbf, row.mtrs, row.mtbsi) for row in found.means] == [
            ("37\u00a0h", "3\u00a0h", "40\u00a0h")
        ] * 2

    @pytest.mark.parametrize(
        ("weight", "agreed"),
        [("0.3", "99.9306"), ("0.7", "99.8997"), ("1", "99.8765"), ("0", "99.9537")],
    )
    def test_a7_weighs_reduced_function(self, weight, agreed):
        service, reader = watched(weight)
        down(service, self.YEAR, (10, 1))
        down(service, self.YEAR, (50, 100 / 60), kind="degraded")
        found = available(service, reader, self.YEAR, 90 * 24)
        assert round(found.agreed, 4) == Decimal(agreed)
        # Experienced leaves nothing out, whatever the agreement weighs.
        assert round(found.experienced, 4) == Decimal("99.8765")
        assert found.degraded_weight == Decimal(weight)

    def test_a8_reduced_function_as_up(self):
        service, reader = watched("0")
        down(service, self.YEAR, (10 / 60, 0.5), kind="degraded")
        down(service, self.YEAR, (40 / 60, 20 / 60))
        assert round(available(service, reader, self.YEAR, 1).agreed, 3) == Decimal("66.667")

    def test_a10_overlapping_outages_are_one_break(self):
        service, reader = watched()
        down(service, self.YEAR, (10, 1), (10.5, 1))
        found = available(service, reader, self.YEAR, 24)
        assert (found.down_seconds, found.means[0].breaks) == (5400, 1)

    def test_a11_what_nobody_saw_is_neither_up_nor_down(self):
        service, reader = watched()
        down(service, self.YEAR, (3, 1))
        record_gap(
            service,
            by=None,
            starts_at=self.YEAR + dt.timedelta(hours=10),
            ends_at=self.YEAR + dt.timedelta(hours=12),
        )
        found = available(service, reader, self.YEAR, 24)
        assert round(found.agreed, 4) == Decimal("95.4545")
        assert round(found.found.coverage.value * 100, 3) == Decimal("91.667")

    def test_planned_work_is_excused_but_met_by_users_all_the_same(self):
        service, reader = watched()
        down(service, self.YEAR, (3, 6), kind="planned")
        found = available(service, reader, self.YEAR, 24)
        assert (found.agreed, found.experienced) == (100, 75)

    def test_an_open_outage_counts_to_now(self):
        service, reader = watched()
        start = LATER - dt.timedelta(hours=100)
        make_outage(service=service, starts_at=LATER - dt.timedelta(hours=25), hours=None)
        assert available(service, reader, start, 200).agreed == 75
