"""Outages and gaps: what may be recorded, and taking back what was recorded by mistake."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from common.errors import Refused
from common.models import AuditEvent
from services import actions
from services.actions.standing import restand
from services.models import MonitoringGap, Outage, ServiceStanding
from tests.factories.accounts import make_organisation, make_person
from tests.factories.services import make_agreement, make_outage, make_service

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def service():
    return make_service(unit=make_organisation())


@pytest.fixture
def lead(service, client):
    person = make_person(unit=service.root, role=Role.SMO_LEAD)
    client.force_login(person)
    return person


@pytest.mark.parametrize("kind", ["unplanned", "degraded"])
@pytest.mark.parametrize(
    ("start", "end", "code", "field"),
    [
        (1, None, "services.outage_ahead", "starts_at"),
        (-1, 1, "services.outage_end_ahead", "ends_at"),
        (-1, -2, "services.ends_before_start", "ends_at"),
    ],
)
def test_what_has_not_happened_is_refused(service, lead, kind, start, end, code, field):
    now = clock.now()
    with pytest.raises(Refused) as refused:
        actions.record_outage(
            service,
            by=lead,
            kind=kind,
            starts_at=now + start * HOUR,
            ends_at=None if end is None else now + end * HOUR,
        )
    assert (refused.value.code, refused.value.params.get("field", field)) == (code, field)
    assert not Outage.objects.exists()


def test_planned_work_may_lie_ahead(service, lead):
    now = clock.now()
    actions.record_outage(
        service, by=lead, kind="planned", starts_at=now + HOUR, ends_at=now + 2 * HOUR
    )
    assert Outage.objects.count() == 1


def test_an_edit_cannot_move_it_into_what_lies_ahead(service, lead):
    row = make_outage(service=service)
    with pytest.raises(Refused) as refused:
        actions.edit_outage(row, by=lead, expected=1, ends_at=clock.now() + HOUR)
    assert refused.value.code == "services.outage_end_ahead"


def test_a_withdrawn_outage_counts_no_longer_and_leaves_its_trace(service, lead, client):
    make_agreement(service=service)
    make_outage(service=service, starts_at=clock.now() - dt.timedelta(days=80))
    wrong = make_outage(service=service, hours=None)
    now = clock.now()
    restand([service.pk], as_of=now.date(), now=now)
    assert ServiceStanding.objects.get().availability == "red"
    url = reverse("services:withdraw_outage", args=[service.key, wrong.pk])
    assert url in client.get(reverse("services:outages", args=[service.key])).content.decode()
    assert client.post(url).status_code == 303
    restand([service.pk], as_of=now.date(), now=now)
    assert ServiceStanding.objects.get().availability == "green"
    assert AuditEvent.objects.filter(action="outage.withdrawn").count() == 1
    assert client.post(url).status_code == 404


def test_what_a_source_owns_is_not_withdrawn_here(service, lead, client):
    row = make_outage(service=service)
    Outage.objects.filter(pk=row.pk).update(source="monitor", external_id="1")
    row.refresh_from_db()
    with pytest.raises(Refused) as refused:
        actions.withdraw_outage(row, by=lead)
    assert refused.value.code == "services.source_owned"
    shown = client.get(reverse("services:outages", args=[service.key])).content.decode()
    assert "monitor" in shown
    assert "/withdraw/" not in shown


def test_a_gap_is_removed(service, lead, client):
    now = clock.now()
    gap = actions.record_gap(service, by=lead, starts_at=now - 3 * HOUR, ends_at=now - HOUR)
    url = reverse("services:remove_gap", args=[service.key, gap.pk])
    assert url in client.get(reverse("services:outages", args=[service.key])).content.decode()
    assert client.post(url).status_code == 303
    assert not MonitoringGap.objects.exists()


def test_an_agreement_does_not_end_later_than_its_successor_begins(service, lead):
    first = make_agreement(service=service)
    make_agreement(service=service, starts_on=dt.date(2027, 3, 1))
    first.refresh_from_db()
    with pytest.raises(Refused) as refused:
        actions.end_agreement(first, by=lead, ends_on=dt.date(2027, 6, 1))
    assert refused.value.code == "services.agreement_ends_already"
    assert actions.end_agreement(first, by=lead, ends_on=dt.date(2027, 2, 1)).ends_on


@pytest.mark.parametrize(
    ("days", "code"), [(1, "services.status_ahead"), (-40, "services.status_before")]
)
def test_a_status_is_entered_on_a_day_that_has_been(service, lead, days, code):
    today = clock.today("Europe/Stockholm")
    one = make_service(
        unit=service.root,
        status="designed",
        status_on=today - dt.timedelta(days=30),
    )
    with pytest.raises(Refused) as refused:
        actions.change_status(
            one, "developed", by=lead, expected=1, on=today + dt.timedelta(days=days)
        )
    assert refused.value.code == code
    moved = actions.change_status(one, "developed", by=lead, expected=1, on=today)
    assert moved.status_on == today
