"""Every page of services: full page, fragment, statuses, statements."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from services.actions.clocks import recompute
from services.actions.standing import restand
from services.models import Incident, MeasurePoint, Outage, Service
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.services import (
    make_agreement,
    make_incident,
    make_measure,
    make_outage,
    make_service,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    root = make_organisation()
    return root, make_unit(parent=root, name="Digital services")


@pytest.fixture
def lead(office, client):
    person = make_person(unit=office[0], role=Role.SMO_LEAD)
    client.force_login(person)
    return person


def busy(unit, **values):
    now = clock.now()
    service = make_service(unit=unit, name="Identity", **values)
    agreement = make_agreement(service=service)
    outage = make_outage(service=service, hours=3)
    measure = make_measure(service=service)
    done = make_incident(
        service=service,
        opened_at=now - dt.timedelta(days=40),
        resolved_at=now - dt.timedelta(days=39),
    )
    recompute([done.pk])
    restand(None, as_of=now.date(), now=now)
    return service, agreement, outage, measure, done


def get(client, name, *args, **headers):
    return client.get(reverse(f"services:{name}", args=args), **headers)


def test_every_page_opens(office, lead, client):
    service, agreement, outage, measure, incident = busy(office[1])
    for name, args in [
        ("list", []),
        ("create", []),
        ("detail", [service.key]),
        ("edit", [service.key]),
        ("status", [service.key]),
        ("history", [service.key]),
        ("add_dependency", [service.key]),
        ("dependencies", [service.key]),
        ("incidents", [service.key]),
        ("incident", [service.key, incident.pk]),
        ("availability", [service.key]),
        ("outages", [service.key]),
        ("record_outage", [service.key]),
        ("edit_outage", [service.key, outage.pk]),
        ("close_outage", [service.key, outage.pk]),
        ("agreements", [service.key]),
        ("set_agreement", [service.key]),
        ("end_agreement", [service.key, agreement.pk]),
        ("add_measure", [service.key]),
        ("measure", [service.key, measure.pk]),
        ("edit_measure", [service.key, measure.pk]),
        ("add_calendar_entry", [service.key]),
    ]:
        response = get(client, name, *args)
        assert response.status_code == 200, name
        assert "Brygga</title>" in response.content.decode(), name


def test_an_empty_service_opens_too(office, lead, client):
    service = make_service(unit=office[1], status="requirements")
    page = get(client, "detail", service.key).content.decode()
    assert "Nothing is promised yet" in page
    assert "its availability is unknown" in page


def test_what_may_not_be_seen_is_not_there(office, client):
    service, *_, incident = busy(office[1])
    client.force_login(make_person(unit=make_organisation(), role=Role.SMO_LEAD))
    for name, args in [
        ("detail", [service.key]),
        ("edit", [service.key]),
        ("incidents", [service.key]),
        ("incident", [service.key, incident.pk]),
    ]:
        assert get(client, name, *args).status_code == 404
    assert "Identity" not in get(client, "list").content.decode()


def test_an_incident_of_another_service_is_not_there(office, lead, client):
    *_, incident = busy(office[1])
    other = make_service(unit=office[1])
    assert get(client, "incident", other.key, incident.pk).status_code == 404


def test_a_reader_who_may_not_edit_is_refused(office, client):
    service, *_ = busy(office[1])
    client.force_login(make_person(unit=office[0], role=Role.EXECUTIVE))
    assert get(client, "detail", service.key).status_code == 200
    for name, args in [
        ("create", []),
        ("edit", [service.key]),
        ("status", [service.key]),
        ("record_outage", [service.key]),
        ("set_agreement", [service.key]),
    ]:
        assert get(client, name, *args).status_code == 403, name


def test_those_who_have_not_logged_in_are_sent_to_the_log_in(client):
    assert get(client, "list").status_code == 302


class TestStatements:
    @pytest.mark.parametrize("count", [1, 3])
    def test_list(self, office, lead, client, django_assert_num_queries, count):
        for _ in range(count):
            busy(make_unit(parent=office[0]))
        get(client, "list")
        with django_assert_num_queries(8):
            get(client, "list")

    @pytest.mark.parametrize("count", [1, 3])
    def test_detail(self, office, lead, client, django_assert_num_queries, count):
        service, *_ = busy(office[1])
        for n in range(count):
            make_outage(service=service, starts_at=clock.now() - dt.timedelta(days=5 + n))
            make_measure(service=service, name=f"Measure {n}")
        get(client, "detail", service.key)
        with django_assert_num_queries(11):
            get(client, "detail", service.key)

    @pytest.mark.parametrize("count", [1, 3])
    def test_incidents(self, office, lead, client, django_assert_num_queries, count):
        service, *_ = busy(office[1])
        for _ in range(count):
            make_incident(service=service, opened_at=clock.now())
        get(client, "incidents", service.key)
        with django_assert_num_queries(7):
            get(client, "incidents", service.key)


class TestList:
    def test_htmx_gets_the_results_alone(self, office, lead, client):
        busy(office[1])
        response = get(client, "list", headers={"HX-Request": "true", "HX-Target": "list-results"})
        text = response.content.decode()
        assert "Identity" in text
        assert "<html" not in text

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", {"Payroll", "School"}),
            ("status=planned", {"School"}),
            ("status=phased_out", set()),
            ("tier=1", {"Payroll"}),
            ("q=payr", {"Payroll"}),
            ("colour=grey", {"Payroll", "School"}),
            ("colour=red", set()),
            ("status=nonsense", set()),
        ],
    )
    def test_filters(self, office, lead, client, query, found):
        make_service(unit=office[1], name="Payroll", tier=1)
        make_service(unit=office[1], name="School", tier=3, status="approved")
        page = client.get(f"{reverse('services:list')}?{query}").content.decode()
        assert {name for name in ("Payroll", "School") if f">{name}</a>" in page} == found

    def test_unit_filter_takes_the_subtree(self, office, lead, client):
        lower = make_unit(parent=office[1])
        make_service(unit=lower, name="Payroll")
        make_service(unit=office[0], name="School")
        page = client.get(f"{reverse('services:list')}?unit={office[1].pk}").content.decode()
        assert ">Payroll</a>" in page
        assert ">School</a>" not in page

    def test_a_file_holds_what_is_on_screen(self, office, lead, client):
        make_service(unit=office[1], name="Payroll", tier=1)
        make_service(unit=office[1], name="School")
        url = f"{reverse('services:list')}?tier=1&columns=name,tier&format=csv"
        text = b"".join(client.get(url)).decode("utf-8-sig")
        assert [line.split(";")[0] for line in text.splitlines()] == ["Service", "Payroll"]

    def test_cost_is_a_column_only_for_those_who_see_money(self, office, client):
        make_service(unit=office[1], name="Payroll", yearly_cost=123456)
        url = f"{reverse('services:list')}?columns=name,cost"
        client.force_login(make_person(unit=office[0], role=Role.SMO_LEAD))
        assert "123\u00a0456" in client.get(url).content.decode()
        client.force_login(make_person(unit=office[0], role=Role.EXECUTIVE))
        assert "123\u00a0456" not in client.get(url).content.decode()


class TestSaving:
    def test_create_and_double_click(self, office, lead, client):
        url = reverse("services:create")
        data = {
            "name": "Payroll",
            "unit": office[1].pk,
            "status": "operational",
            "tier": "2",
            "form_key": "6f1dfb0a-8a35-4d3c-8b1e-2a0c6a3f7b11",
        }
        first, second = client.post(url, data), client.post(url, data)
        assert first.status_code == second.status_code == 303
        assert first.url == second.url == f"/services/{Service.objects.get().key}/"

    def test_what_is_wrong_keeps_what_was_typed(self, office, lead, client):
        response = client.post(
            reverse("services:create"),
            {"name": "Payroll", "unit": office[1].pk, "tier": "2", "users_count": "1,5"},
        )
        assert response.status_code == 422
        assert 'value="Payroll"' in response.content.decode()
        assert not Service.objects.exists()

    def test_a_conflict_shows_both(self, office, lead, client):
        service = make_service(unit=office[1], name="Payroll")
        data = {"name": "Mine", "unit": office[1].pk, "tier": "2", "version": "1"}
        url = reverse("services:edit", args=[service.key])
        assert client.post(url, data | {"name": "Theirs"}).status_code == 303
        response = client.post(url, data)
        text = response.content.decode()
        assert response.status_code == 409
        assert "Theirs" in text
        assert 'value="Mine"' in text
        assert "Change Theirs" in text
        assert 'name="version" value="2"' in text
        assert client.post(url, data | {"version": "2"}).status_code == 303
        assert Service.objects.get().name == "Mine"

    def test_a_refused_step_says_what_is_missing(self, office, lead, client):
        service = make_service(unit=office[1], status="requirements")
        response = client.post(
            reverse("services:status", args=[service.key]), {"target": "defined", "version": "1"}
        )
        assert response.status_code == 422
        assert "a purpose, a service owner" in response.content.decode()

    def test_terms_become_the_next_version(self, office, lead, client):
        service, agreement, *_ = busy(office[1])
        response = client.post(
            reverse("services:set_agreement", args=[service.key]) + f"?from={agreement.pk}",
            {
                "kind": "sla",
                "starts_on": "2026-11-01",
                "availability_target": "99,9",
                "degraded_weight": "0,5",
                "change_mode": "keep",
                "reopen": "resume",
                "resolve_1": "2 h 30 min",
                "share_1": "95",
            },
        )
        assert response.status_code == 303
        last = service.agreements.get(version_no=2)
        assert (str(last.availability_target), last.targets.get().seconds) == ("99.9000", 9000)
        agreement.refresh_from_db()
        assert agreement.ends_on == dt.date(2026, 11, 1)

    def test_an_outage_is_recorded_in_local_time_and_ended(self, office, lead, client):
        service = make_service(unit=office[1])
        client.post(
            reverse("services:record_outage", args=[service.key]),
            {"kind": "unplanned", "starts_at": "2026-07-01 10:00", "title": "Down"},
        )
        outage = Outage.objects.get()
        assert outage.starts_at == dt.datetime(2026, 7, 1, 8, 0, tzinfo=dt.UTC)
        url = reverse("services:close_outage", args=[service.key, outage.pk])
        early = client.post(url, {"ends_at": "2026-07-01 09:00", "version": "1"})
        assert early.status_code == 422
        assert client.post(url, {"ends_at": "2026-07-01 11:00", "version": "1"}).status_code == 303
        outage.refresh_from_db()
        assert (outage.ends_at - outage.starts_at) == dt.timedelta(hours=1)

    def test_a_corrected_reading_is_a_new_revision(self, office, lead, client):
        service = make_service(unit=office[1])
        measure = make_measure(service=service, values=[20, 21], last_on=dt.date(2026, 11, 16))
        url = reverse("services:measure", args=[service.key, measure.pk])
        data = {
            "on_0": "2026-11-09",
            "value_0": "20",
            "on_1": "2026-11-16",
            "value_1": "19,5",
            "on_2": "2026-11-20",
            "value_2": "18",
        }
        assert client.post(url, data).status_code == 303
        rows = MeasurePoint.objects.order_by("on", "revision").values_list("value", "revision")
        assert [(str(value.normalize()), revision) for value, revision in rows] == [
            ("2E+1", 1),
            ("21", 1),
            ("19.5", 2),
            ("18", 1),
        ]
        assert client.post(url, {"on_0": "2026-11-09"}).status_code == 422

    def test_archived_services_leave_the_list_and_come_back(self, office, lead, client):
        service = make_service(unit=office[1], name="Payroll")
        url = reverse("services:archive", args=[service.key])
        client.post(url)
        assert ">Payroll</a>" not in get(client, "list").content.decode()
        assert get(client, "detail", service.key).status_code == 200
        client.post(url)
        assert ">Payroll</a>" in get(client, "list").content.decode()


def test_a_promise_opens_to_the_incidents_that_made_it(office, lead, client):
    service, *_ = busy(office[1])
    months = {
        f"{row.resolved_at.astimezone(ZoneInfo('Europe/Stockholm')):%Y-%m}"
        for row in service.incidents.all()
    }
    url = reverse("services:incidents", args=[service.key])
    for month in months:
        assert "1 row" in client.get(f"{url}?priority=3&month={month}").content.decode()
    assert "0 rows" in client.get(f"{url}?priority=3&month=2025-01").content.decode()
    assert "priority=3&amp;month=20" in get(client, "detail", service.key).content.decode()


def test_history_is_a_panel_for_those_who_may_read_it(office, client):
    service, *_ = busy(office[1])
    url = reverse("services:history", args=[service.key])
    panel = {"HX-Request": "true", "HX-Target": "history"}
    client.force_login(make_person(unit=office[0], role=Role.AUDITOR))
    text = client.get(url, headers=panel).content.decode()
    assert "Outage recorded" in text or "Service created" in text
    assert "<html" not in text
    client.force_login(make_person(unit=office[0], role=Role.EXECUTIVE))
    refused = client.get(url, headers=panel)
    assert refused.status_code == 403
    assert "read by those who work here" in refused.content.decode()
    detail = client.get(reverse("services:detail", args=[service.key])).content.decode()
    assert url not in detail


def test_both_times_of_an_open_incident_are_those_so_far(office, lead, client):
    service = make_service(unit=office[1])
    row = make_incident(service=service, opened_at=clock.now() - dt.timedelta(days=40))
    bare = get(client, "incident", service.key, row.pk).content.decode()
    assert "so far" in bare
    assert "40\u00a0d" in bare
    make_agreement(service=service)
    page = get(client, "incident", service.key, row.pk).content.decode()
    # Forty days hold at least 26 working days of nine hours.
    assert max(int(hours) for hours in re.findall(r"(\d+)\u00a0h", page)) >= 26 * 9


def test_an_incident_explains_every_interval(office, lead, client):
    *_, incident = busy(office[1])
    page = get(client, "incident", incident.service.key, incident.pk).content.decode()
    assert "counted: service hours" in page
    assert "not counted: outside service hours" in page
    assert Incident.objects.get(pk=incident.pk).met is not None
