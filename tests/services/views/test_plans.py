"""The calendar of a service: what is planned, what it collides with, and taking it off again."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from common.subjects import Subject
from services.actions import add_calendar_entry
from services.models import CalendarEntry, ServiceDependency
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_organisation()


@pytest.fixture
def lead(root, client):
    person = make_person(unit=root, role=Role.SMO_LEAD)
    client.force_login(person)
    return person


def plan(kind, title, day, hours=4, **where):
    # A part of a second that no database rounds to a thousandth unnoticed.
    ten = clock.now().replace(hour=10, minute=0, second=0, microsecond=123456)
    starts_at = ten + dt.timedelta(days=day)
    return add_calendar_entry(
        by=None,
        kind=kind,
        title=title,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=hours),
        **where,
    )


def page(client, service):
    return client.get(reverse("services:detail", args=[service.key])).content.decode()


def test_a_change_shows_what_it_collides_with(root, lead, client):
    service = make_service(unit=make_unit(parent=root))
    plan("change", "Patch", 5, service=service)
    assert "Inside the freeze" not in page(client, service)
    plan("freeze", "Year end", 4, hours=72, unit=root)
    plan("maintenance", "Sunday", 9, service=service)
    plan("change", "Firewall", 5, service=service)
    shown = page(client, service)
    assert "Inside the freeze “Year end”." in shown
    assert "Outside every maintenance window." in shown
    assert "At the same time as “Firewall”." in shown


def test_one_that_ends_when_another_begins_does_not_collide(root, lead, client):
    service = make_service(unit=root)
    first = plan("change", "Patch", 5, hours=4, service=service)
    add_calendar_entry(
        by=None,
        kind="change",
        title="Firewall",
        starts_at=first.ends_at,
        ends_at=first.ends_at + dt.timedelta(hours=1),
        service=service,
    )
    assert "At the same time" not in page(client, service)


def test_a_change_on_a_service_it_needs_is_named_but_not_one_the_reader_may_not_see(
    root, lead, client
):
    web, disk = make_service(unit=root), make_service(unit=root, name="Disk")
    hidden = make_service(unit=root, name="Witness list", is_confidential=True)
    for other in (disk, hidden):
        ServiceDependency.objects.create(service=web, needs=other)
    plan("change", "Patch", 5, service=web)
    plan("change", "New shelf", 5, service=disk)
    plan("change", "Secret", 5, service=hidden)
    shown = page(client, web)
    assert "At the same time as “New shelf” on Disk." in shown
    assert "Secret" not in shown
    # What is planned for the other is a reason against this, not a plan of this.
    assert shown.count("New shelf") == 1


def test_what_was_planned_here_can_be_taken_off_here(root, lead, client):
    service = make_service(unit=root)
    own = plan("change", "Patch", 5, service=service)
    plan("go_live", "Release", 9, service=service, source=Subject("project", 7))
    plan("freeze", "Year end", 20, unit=root)
    shown = page(client, service)
    url = reverse("services:remove_calendar_entry", args=[service.key, own.pk])
    assert url in shown
    assert shown.count("off the calendar") == 1
    assert client.post(url).status_code == 303
    assert sorted(CalendarEntry.objects.values_list("title", flat=True)) == ["Release", "Year end"]
