"""When clocks are computed anew, and when they are not."""

import datetime as dt

import pytest

from common import clock, jobs
from common.models import AuditEvent, ChangeMark, Job
from services.actions import clocks
from services.models import Incident
from services.queries.health import health_inputs
from tests.factories.accounts import make_calendar, make_organisation, make_unit
from tests.factories.services import make_agreement, make_incident, make_outage, make_service

pytestmark = pytest.mark.django_db
#: Monday 09:00 in Stockholm, winter time
MONDAY = dt.datetime(2026, 11, 16, 8, tzinfo=dt.UTC)


@pytest.fixture
def service():
    root = make_organisation(calendar=make_calendar(from_hour=8, to_hour=17))
    return make_service(unit=make_unit(parent=root))


def incident(service, hours, **values):
    return make_incident(
        service=service,
        opened_at=MONDAY,
        resolved_at=None if hours is None else MONDAY + dt.timedelta(hours=hours),
        **values,
    )


def test_a_new_agreement_computes_what_it_reaches(service):
    late, kept, still = incident(service, 5), incident(service, 3), incident(service, None)
    make_agreement(service=service, hours={3: 4})
    rows = Incident.objects.in_bulk([late.pk, kept.pk, still.pk])
    # The open one has used its four hours up long ago: it can no longer be in time.
    assert (rows[late.pk].met, rows[kept.pk].met, rows[still.pk].met) == (False, True, False)
    assert rows[still.pk].due_at == MONDAY + dt.timedelta(hours=4)
    assert AuditEvent.objects.filter(action="services.clocks_recomputed").count() == 1


def test_parking_a_late_incident_does_not_make_it_timely(service):
    # Four hours from Monday 09:00 are used up at 13:00; a clock that waits uses none.
    make_agreement(service=service, hours={3: 4})
    waits = {"state": "on_hold", "paused": (MONDAY + dt.timedelta(hours=2), None)}
    in_time = incident(service, None, **waits)
    too_late = incident(service, None, **waits | {"paused": (MONDAY + dt.timedelta(hours=5), None)})
    clocks.recompute([in_time.pk, too_late.pk], now=MONDAY + dt.timedelta(hours=6))
    later = MONDAY + dt.timedelta(days=30)
    assert [row.pk for row in Incident.objects.late(later)] == [too_late.pk]
    (facts,) = health_inputs([service.pk], now=later)
    assert (facts.backlog.open, facts.backlog.late) == (2, 1)


def test_new_terms_leave_those_that_were_over_alone(service):
    first = make_agreement(service=service, hours={3: 4})
    done = incident(service, 3)
    clocks.recompute([done.pk])
    make_agreement(service=service, hours={3: 1}, starts_on=dt.date(2026, 11, 18))
    done.refresh_from_db()
    assert (done.met, done.agreement_id) == (True, first.pk)


def test_an_edited_calendar_moves_open_ones_only(service):
    make_agreement(service=service, hours={3: 10})
    done, still = incident(service, 12), incident(service, None)
    clocks.recompute([done.pk, still.pk])
    before = Incident.objects.get(pk=done.pk).business_seconds
    assert Incident.objects.get(pk=still.pk).due_at == MONDAY + dt.timedelta(hours=25)
    calendar = service.root.calendar
    calendar.segments.update(end_minute=20 * 60)
    calendar.version += 1
    calendar.save()
    assert clocks.refresh_open() == 1
    assert Incident.objects.get(pk=still.pk).due_at == MONDAY + dt.timedelta(hours=10)
    assert Incident.objects.get(pk=done.pk).business_seconds == before
    assert clocks.refresh_open() == 0


def test_computing_twice_writes_once_and_marks_the_service(service, monkeypatch):
    from common import marks

    monkeypatch.setattr(marks, "_CONSUMERS", {"standing": frozenset({"service"})})
    make_agreement(service=service, hours={3: 4})
    row = incident(service, 3)
    ChangeMark.objects.all().delete()
    assert clocks.recompute([row.pk]) == 1
    assert [mark.object_id for mark in ChangeMark.objects.all()] == [service.pk]
    assert clocks.recompute([row.pk]) == 0


def test_what_only_time_moves_is_marked(service, monkeypatch):
    from common import marks

    monkeypatch.setattr(marks, "_CONSUMERS", {"standing": frozenset({"service"})})
    root = service.root
    due, down, over = (make_service(unit=root) for _ in range(3))
    make_agreement(service=due, hours={3: 4})
    row = make_incident(service=due, opened_at=MONDAY)
    clocks.recompute([row.pk], now=MONDAY)
    make_outage(service=down, starts_at=MONDAY, hours=None)
    make_outage(service=over, starts_at=MONDAY, hours=1)
    ChangeMark.objects.all().delete()
    late = MONDAY + dt.timedelta(hours=4, minutes=3)
    clocks.mark_what_time_moves(since=late - dt.timedelta(minutes=5), now=late)
    assert {mark.object_id for mark in ChangeMark.objects.all()} == {due.pk, down.pk}


def test_many_are_left_to_a_job_that_ends(service, monkeypatch):
    monkeypatch.setattr(clocks, "AT_ONCE", 1)
    rows = [incident(service, 3), incident(service, 6)]
    make_agreement(service=service, hours={3: 4})
    assert Incident.objects.filter(met=None).count() == 2
    job = jobs.run_to_end(Job.objects.get(work=clocks.WORK))
    assert (job.state, job.done) == ("done", 2)
    assert list(
        Incident.objects.filter(pk__in=[row.pk for row in rows])
        .order_by("pk")
        .values_list("met", flat=True)
    ) == [True, False]


@pytest.mark.parametrize("count", [1, 5])
def test_statements_do_not_grow_with_incidents(service, count, django_assert_num_queries):
    make_agreement(service=service, hours={3: 4})
    ids = [incident(service, 3).pk for _ in range(count)]
    clocks.recompute([incident(service, 3).pk])
    with django_assert_num_queries(8):
        clocks.recompute(ids, now=clock.now())
