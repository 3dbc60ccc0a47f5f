"""Restanding: what is written, what is left alone, and in how many statements."""

import datetime as dt
from decimal import Decimal

import pytest

from services.actions.standing import restand
from services.models import ServiceStanding
from tests.factories.accounts import make_organisation, make_unit
from tests.factories.services import (
    make_agreement,
    make_incident,
    make_measure,
    make_outage,
    make_service,
)

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 23, 6, 2, tzinfo=dt.UTC)
TODAY = NOW.date()


def days_ago(days, hours=0):
    return NOW - dt.timedelta(days=days, hours=hours)


def busy_service(unit):
    service = make_service(unit=unit)
    make_agreement(service=service)
    make_outage(service=service, starts_at=days_ago(3), hours=5)
    make_measure(service=service, last_on=dt.date(2026, 11, 20))
    make_incident(service=service, opened_at=days_ago(2), resolved_at=days_ago(1), met=True)
    make_incident(service=service, opened_at=days_ago(2), is_major=True, due_at=days_ago(1))
    return service


def test_a_new_standing_is_a_change_from_nothing():
    unit = make_unit(parent=make_organisation())
    service = busy_service(unit)
    (change,) = restand(None, as_of=TODAY, now=NOW)
    row = ServiceStanding.objects.get(service=service)
    assert (change.subject.id, change.old, change.new) == (service.pk, None, row.overall)
    assert row.overall == row.incidents == "red"
    assert row.reasons["incidents"][0] == ["services.major_open", {"count": 1}]
    assert (row.open_incidents, row.open_major, row.attainment) == (1, 1, Decimal(100))
    assert row.drag in {"availability", "incidents"}
    assert row.satisfaction is None
    assert row.spark["points"][-1] == "22"
    assert row.spark["name"]
    assert row.spark["variation"] in {
        "ordinary",
        "better_up",
        "better_down",
        "worse_up",
        "worse_down",
    }
    assert row.stood_at == NOW


def test_what_stands_as_before_is_not_written():
    unit = make_unit(parent=make_organisation())
    service = busy_service(unit)
    restand(None, as_of=TODAY, now=NOW)
    later = NOW + dt.timedelta(seconds=5)
    assert restand([service.pk], as_of=TODAY, now=later) == []
    assert ServiceStanding.objects.get().stood_at == NOW


def test_an_ended_major_incident_changes_the_colour():
    unit = make_unit(parent=make_organisation())
    service = make_service(unit=unit)
    incident = make_incident(service=service, opened_at=days_ago(1), is_major=True)
    restand(None, as_of=TODAY, now=NOW)
    incident.resolved_at = NOW
    incident.save()
    (change,) = restand([service.pk], as_of=TODAY, now=NOW)
    assert (change.old, change.new) == ("red", "green")


def test_archived_services_are_not_judged():
    service = make_service()
    service.archived_at = NOW
    service.save()
    assert restand(None, as_of=TODAY, now=NOW) == []


@pytest.mark.parametrize("count", [1, 3])
def test_statements_do_not_grow_with_services(count, django_assert_num_queries):
    unit = make_unit(parent=make_organisation())
    for _ in range(count):
        busy_service(unit)
    restand(None, as_of=TODAY, now=NOW)
    with django_assert_num_queries(14):
        restand(None, as_of=TODAY, now=NOW)
