"""What a service stands on: the page, its drawing, and whether the promise can be kept."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from services import actions
from services.models import ServiceDependency
from tests.factories.accounts import make_calendar, make_organisation, make_person
from tests.factories.services import make_agreement, make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    return make_organisation()


@pytest.fixture
def lead(root, client):
    person = make_person(unit=root, role=Role.SMO_LEAD)
    client.force_login(person)
    return person


def promising(root, name, availability, **values):
    service = make_service(unit=root, name=name, **values)
    if availability is not None:
        make_agreement(service=service, availability=Decimal(availability), hours={})
    return service


def needs(service, other, **values):
    kind = "group" if values else "hard"
    return ServiceDependency.objects.create(service=service, needs=other, kind=kind, **values)


def page(client, service, **headers):
    response = client.get(reverse("services:dependencies", args=[service.key]), headers=headers)
    assert response.status_code == 200
    return response.content.decode().replace("\u00a0", " ")


def test_both_ways_through_others_in_tables_and_drawn(root, lead, client):
    web, login, disk = (promising(root, name, None) for name in ("Web", "Login", "Disk"))
    needs(web, login)
    needs(login, disk)
    of_web, of_disk = page(client, web), page(client, disk)
    assert "through others, 2 steps" in of_web
    assert "through others, 2 steps" in of_disk
    assert 'aria-label="Web needs 2 services and carries 0 services"' in of_web
    assert 'aria-label="Disk needs 0 services and carries 2 services"' in of_disk
    # Three boxes and two arrows, the box it is about no link to itself.
    drawing = of_web[of_web.index('aria-label="Web needs') :].split("</svg>")[0]
    assert (drawing.count("<rect"), drawing.count("s-ink2"), drawing.count("<a ")) == (3, 2, 2)


def test_a_chain_is_never_better_than_what_it_stands_on(root, lead, client):
    # C1 of spec services 4.5: 0.9995 x 0.9995 = 99.900025 %.
    web, a, b = (
        promising(root, name, promise)
        for name, promise in [("Web", "99.95"), ("A", "99.95"), ("B", "99.95")]
    )
    needs(web, a)
    assert "Everything it stands on bears its promise." in page(client, web)
    needs(web, b)
    shown = page(client, web)
    assert "99,950 % is promised, 99,900 % is possible by what it stands on." in shown


def test_what_is_shared_below_two_redundant_ones_is_counted_once(root, lead, client):
    # Two that promise 98.901 % each, all of a 99.9 % database included: 99 % of their own. One of
    # two must work: C10 of spec services 4.5, 99.8900 %, where the naive figure is 99.9879 %.
    web, a, b = promising(root, "Web", "99.95"), *(promising(root, n, "98.901") for n in "AB")
    database = promising(root, "Database", "99.9")
    for one in (a, b):
        needs(web, one, group="Sites", minimum=1)
        needs(one, database)
    shown = page(client, web)
    assert "At most 99,890 % is possible" in shown
    assert "Counted once, though several stand on it: Database." in shown


def test_a_group_that_wants_more_than_it_has_needs_all_of_it(root, lead, client):
    web, a = promising(root, "Web", "99"), promising(root, "A", "99.5")
    needs(web, a, group="Sites", minimum=3)
    assert "At most 99,500 % is possible" in page(client, web)


def test_what_promises_nothing_leaves_it_unproven_and_is_named(root, lead, client):
    web, a = promising(root, "Web", "99"), promising(root, "A", None)
    needs(web, a)
    shown = page(client, web)
    assert "Nothing is agreed with A." in shown
    assert "no availability is promised by A." in shown
    assert "is possible by what these services promise" not in shown


def test_the_first_broken_link_is_named_with_its_hours(root, lead, client):
    # "99.9 promised ...; supplier hours end 17:00" (spec services 5.3)
    web = make_service(unit=root, name="Web")
    late = make_calendar(from_hour=8, to_hour=18)
    make_agreement(service=web, availability=None, hours={3: 4}, calendar=late)
    actions.set_agreement(
        web,
        actions.Terms(
            calendar=make_calendar(from_hour=8, to_hour=17),
            targets=[actions.Target(priority=3, seconds=3600)],
        ),
        by=None,
        starts_on=dt.date(2020, 1, 1),
        kind="uc",
        party="Hosting Ltd",
    )
    shown = page(client, web)
    assert "Hosting Ltd is closed in promised hours: first from" in shown
    assert "in all 20 h in four weeks" in shown


def test_tier_one_does_not_stand_on_a_lower_tier(root, lead, client):
    web = promising(root, "Web", "99", tier=1)
    needs(web, promising(root, "A", "99.5", tier=3))
    assert "It is of tier 1 and cannot do without A of tier 3." in page(client, web)


def test_what_may_not_be_seen_is_counted_and_not_named(root, lead, client):
    web = promising(root, "Web", "99")
    needs(web, promising(root, "Witness list", "97", is_confidential=True))
    shown = page(client, web)
    assert "Witness list" not in shown
    assert "97,0" not in shown
    assert "1 service that you cannot open is left out." in shown


def test_the_panel_on_the_overview_stays_away_when_nothing_is_promised(root, lead, client):
    web, a = promising(root, "Web", None), promising(root, "A", "99")
    needs(web, a)
    url = reverse("services:dependencies", args=[web.key])
    panel = {"HX-Request": "true", "HX-Target": "promise"}
    assert client.get(url, headers=panel).status_code == 204
    make_agreement(service=web, availability=Decimal(98), hours={})
    text = client.get(url, headers=panel).content.decode()
    assert "Everything it stands on bears its promise." in text
    assert "<html" not in text
    assert (
        f'hx-get="{url}"' in client.get(reverse("services:detail", args=[web.key])).content.decode()
    )


@pytest.mark.parametrize("count", [1, 3, 20])
def test_statements(root, lead, client, django_assert_num_queries, count):
    web = promising(root, "Web", "99")
    for number in range(count):
        needs(web, promising(root, f"A{number}", "99.9"))
    page(client, web)
    with django_assert_num_queries(8):
        page(client, web)
