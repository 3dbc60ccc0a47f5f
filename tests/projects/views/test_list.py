"""The list of projects: what it shows, to whom, at what price."""

import datetime as dt
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts.domain.roles import Role
from common import clock
from projects.actions import change_overlay, publish_report, restand
from projects.models import Project
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project, make_project_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    return make_organisation()


@pytest.fixture
def unit(org):
    return make_unit(parent=org, name="Roads")


@pytest.fixture
def lead(org):
    return make_person(unit=org, role=Role.PMO_LEAD)


def login(person):
    """A browser where that person has logged in."""
    client = Client()
    client.force_login(person)
    return client


def stand():
    """Roll up now."""
    # Half-way through what the factory plans: whenever this runs, nothing is late by itself.
    restand(None, as_of=dt.date(2026, 6, 1), now=clock.now())


def text(response):
    """The body as text, streamed or not, with ordinary spaces."""
    body = b"".join(response) if response.streaming else response.content
    return body.decode("utf-8-sig").replace("\u00a0", " ")


def names(response):
    """The names of the rows, in order."""
    return [row.name for row in response.context["list_page"].records]


def test_filters_stand_in_the_address_and_narrow_the_list(org, unit, lead):
    below = make_unit(parent=unit)
    elsewhere = make_unit(parent=org)
    late = make_project(unit=below, name="Late", forecast_finish_on=dt.date(2027, 6, 1))
    make_project(unit=elsewhere, name="Well", tier="standard", phase="planning")
    held = make_project(unit=unit, name="Held", manager=lead)
    change_overlay(held, "on_hold", by=lead, version=1, reason="x")
    make_project(
        unit=elsewhere, name="Done", phase="closed", actual_finish_on=dt.date(2026, 10, 30)
    )
    stand()
    client = login(lead)
    kind = make_project_type(name="Bridge building")
    Project.objects.filter(pk=late.pk).update(project_type=kind)
    for query, found in [
        ("", {"Late", "Well", "Held", "Done"}),
        (f"unit={unit.pk}", {"Late", "Held"}),
        ("phase=planning", {"Well"}),
        ("phase=on_hold", {"Held"}),
        ("phase=open", {"Late", "Well", "Held"}),
        ("tier=standard", {"Well"}),
        (f"project_type={kind.pk}", {"Late"}),
        ("colour=red", {"Late"}),
        (f"manager={lead.pk}", {"Held"}),
        ("q=lat", {"Late"}),
        (f"q=PRJ-{late.pk}", {"Late"}),
        ("q=%25", set()),
        ("phase=nonsense", set()),
    ]:
        assert set(names(client.get(f"/projects/?{query}"))) == found, query


def test_reported_and_measured_that_differ_can_be_found(unit, lead):
    later = dt.date(2098, 10, 30)
    dates = dict.fromkeys(("planned_finish_on", "baseline_finish_on", "forecast_finish_on"), later)
    project = make_project(unit=unit, name="Differs", forecast_cost=Decimal(1_080_000), **dates)
    publish_report(
        project, {"summary": "x", "lines": {"cost": ("green", "Claim will be settled")}}, by=None
    )
    agrees = make_project(unit=unit, name="Agrees", **dates)
    publish_report(agrees, {"summary": "x"}, by=None)
    stand()
    response = login(lead).get("/projects/?differs=on")
    assert names(response) == ["Differs"]
    assert "Reported 1 step better than measured" in response.content.decode()


def test_sorted_as_a_swede_expects_and_by_severity(unit, lead):
    for name in ("Östra", "Ale", "Åby", "Ängen"):
        make_project(unit=unit, name=name)
    make_project(unit=unit, name="Zero", forecast_cost=Decimal(2_000_000))
    make_project(unit=unit, name="Yes", baseline_finish_on=None, planned_finish_on=None)
    stand()
    client = login(lead)
    assert names(client.get("/projects/?sort=name")) == [
        "Ale", "Yes", "Zero", "Åby", "Ängen", "Östra"
    ]  # fmt: skip
    first, *_, last = names(client.get("/projects/"))
    assert (first, last) == ("Zero", "Yes")


def test_what_is_empty_comes_last_either_way(unit, lead):
    for name, day in (
        ("Soon", dt.date(2026, 11, 1)),
        ("Never", None),
        ("Later", dt.date(2027, 1, 1)),
    ):
        make_project(unit=unit, name=name, forecast_finish_on=day)
    client = login(lead)
    assert names(client.get("/projects/?sort=forecast_finish")) == ["Soon", "Later", "Never"]
    assert names(client.get("/projects/?sort=-forecast_finish")) == ["Later", "Soon", "Never"]


def test_amounts_are_withheld_row_by_row(org, unit):
    """Money is a right of its own; what is withheld can be neither sorted by nor exported."""
    pm = make_person(unit=org, role=Role.PROJECT_MANAGER)
    make_project(unit=unit, name="Mine", manager=pm, current_budget=Decimal(1_111_111))
    make_project(unit=unit, name="Theirs", current_budget=Decimal(7_777_777))
    page = text(login(pm).get("/projects/?sort=-current_budget"))
    assert "1 111 111" in page
    assert "7 777 777" not in page
    export = text(login(pm).get("/projects/?format=csv&columns=name,current_budget"))
    assert "1111111" in export
    assert "7777777" not in export


def test_without_a_right_to_money_there_is_no_money_column(org, unit):
    reader = make_person(unit=org, role=Role.EXECUTIVE)
    make_project(unit=unit, current_budget=Decimal(7_777_777))
    client = login(reader)
    for query in ("", "?columns=name,current_budget", "?sort=-current_budget", "?format=csv"):
        content = text(client.get(f"/projects/{query}"))
        assert "7777777" not in content.replace(" ", "")
        assert "Current budget" not in content


def test_nobody_sees_what_the_role_does_not_reach(unit, org):
    make_project(unit=unit, name="Canary")
    make_project(unit=unit, name="Secret canary", is_confidential=True)
    outsider = make_person(unit=make_organisation(), role=Role.PMO_LEAD)
    reader = make_person(unit=org, role=Role.EXECUTIVE)
    for query in ("", "?q=secret", "?format=csv", "?format=xlsx&q=can"):
        hidden = login(outsider).get(f"/projects/{query}")
        assert b"Canary" not in (b"".join(hidden) if hidden.streaming else hidden.content)
    for query in ("", "?q=canary", "?format=csv"):
        shown = text(login(reader).get(f"/projects/{query}"))
        assert "Canary" in shown
        assert "Secret" not in shown


def test_the_file_is_what_is_on_screen(unit, lead):
    make_project(unit=unit, name="=cmd()", forecast_finish_on=dt.date(2026, 12, 1))
    make_project(unit=unit, name="Other")
    response = login(lead).get("/projects/?q=cmd&columns=name,forecast_finish&format=xlsx")
    body = b"".join(response) if response.streaming else response.content
    sheet = load_workbook(io.BytesIO(body)).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[0]] == ["Project", "Forecast finish"]
    assert len(rows) == 2
    assert rows[1][0].data_type == "s"
    assert rows[1][1].value == dt.datetime(2026, 12, 1)


@pytest.mark.parametrize("query", ["", "?q=project&sort=-slip&colour=green"])
def test_the_list_costs_the_same_at_one_row_and_at_three(unit, lead, query):
    counts = []
    client = login(lead)
    make_project(unit=unit, manager=lead)
    stand()
    client.get("/projects/")
    for more in (0, 2):
        for _ in range(more):
            make_project(unit=unit, manager=lead)
        stand()
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/projects/{query}").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12, [q["sql"][:90] for q in seen.captured_queries]


def test_filters_replace_only_the_results(unit, lead):
    make_project(unit=unit)
    response = login(lead).get(
        "/projects/", headers={"HX-Request": "true", "HX-Target": "list-results"}
    )
    content = response.content.decode()
    assert "<html" not in content
    assert "1 row" in content


def test_an_empty_organisation_is_shown_the_way(lead):
    content = login(lead).get("/projects/").content.decode()
    assert "No projects yet" in content
    assert "/projects/new/" in content
