"""From nothing to a dashboard: founding, three steps, and when they are offered."""

import pytest
from django.test import Client

from accounts.domain.roles import Role
from accounts.models import Unit, User
from exchange.domain.kinds import Kind
from tests.factories.accounts import make_organisation, make_person
from tests.factories.exchange import imported

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def superuser():
    return User.objects.create_superuser("root", "root@example.org", "long enough to be one")


def test_a_superuser_founds_the_first_organisation_and_leads_it(superuser):
    client = client_of(superuser)
    assert "Found the organisation" in client.get("/exchange/welcome/").text
    answer = client.post(
        "/exchange/welcome/organisation/",
        {"name": "Nordvik", "currency": "SEK", "zone": "Europe/Stockholm", "leads": "on"},
    )
    assert (answer.status_code, answer.url) == (303, "/exchange/welcome/")
    root = Unit.objects.get()
    assert (root.name, root.currency, root.zone) == ("Nordvik", "SEK", "Europe/Stockholm")
    assert root.calendar.segments.count() == 5
    assert set(superuser.assignments.values_list("role", flat=True)) == {
        Role.PMO_LEAD,
        Role.SMO_LEAD,
        Role.APP_ADMIN,
    }
    page = client.get("/exchange/welcome/")
    assert "Table to fill in" in page.text
    assert client.get("/").status_code == 200


def test_nobody_founds_a_second_one(superuser):
    make_organisation(name="Nordvik")
    assert client_of(superuser).get("/exchange/welcome/organisation/").status_code == 404


def test_a_reader_founds_nothing():
    reader = make_person(username="reader")
    assert client_of(reader).get("/exchange/welcome/").status_code == 404
    assert client_of(reader).post("/exchange/welcome/organisation/").status_code == 404


def test_the_dashboard_offers_the_steps_until_there_is_something(organisation, pmo):
    client = client_of(pmo)
    assert "/exchange/welcome/panel/" in client.get("/").text
    assert "Services or tickets" in client.get("/exchange/welcome/panel/").text
    imported(root=organisation, by=pmo)
    assert client.get("/exchange/welcome/panel/").status_code == 204


def test_who_cannot_import_is_offered_nothing(organisation):
    reader = make_person(unit=organisation, role=Role.EXECUTIVE)
    assert client_of(reader).get("/exchange/welcome/panel/").status_code == 204


@pytest.mark.parametrize("kind", list(Kind))
def test_tables_to_fill_in_are_downloads_in_the_readers_language(organisation, pmo, kind):
    answer = client_of(pmo).get(f"/exchange/lists/{kind.value}.csv")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")


def test_there_is_no_table_for_what_is_no_kind(organisation, pmo):
    assert client_of(pmo).get("/exchange/lists/secrets.csv").status_code == 404
