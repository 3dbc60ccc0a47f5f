"""The eight weeks ahead: whose plans are shown to whom, and which of them collide."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import clock
from portfolio.views.weeks import ROWS_MOST
from projects.actions import add_milestone
from projects.models import Milestone
from services.actions import add_calendar_entry
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db

URL = "/weeks/"
PANEL = {"HX-Request": "true", "HX-Target": "weeks"}


def after(days: float) -> dt.datetime:
    return clock.now() + dt.timedelta(days=days)


def plan(title: str, kind: str, start: float, end: float, **place: Any) -> None:
    add_calendar_entry(
        by=None, kind=kind, title=title, starts_at=after(start), ends_at=after(end), **place
    )


def page_of(user: User, query: str = "", **headers: str) -> str:
    client = Client()
    client.force_login(user)
    answer = client.get(URL + query, headers=headers)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def school(organisation: Unit) -> Unit:
    return make_unit(parent=organisation, name="School")


@pytest.fixture
def plans(organisation: Unit, school: Unit) -> None:
    """A plan of each kind in the weeks ahead, and some outside them."""
    care = make_unit(parent=organisation, name="Care")
    project = make_project(unit=school, name="New timetable")
    add_milestone(project, by=None, name="Pilot over", planned_on=after(10).date())
    add_milestone(project, by=None, name="Far away", planned_on=after(80).date())
    add_milestone(project, by=None, name="Long gone", planned_on=after(-3).date())
    hidden = make_project(unit=school, is_confidential=True)
    add_milestone(hidden, by=None, name="Hidden step", planned_on=after(10).date())
    closed = make_project(unit=school, phase="closed")
    add_milestone(closed, by=None, name="Closed step", planned_on=after(10).date())
    service = make_service(unit=school, name="Timetable service")
    other = make_service(unit=care, name="Care records")
    plan("Timetable opens", "go_live", 20, 20.2, service=service)
    plan("Care upgrade", "change", 30, 30.1, service=other)
    plan("Yesterday's change", "change", -1, -0.9, service=service)
    plan("Term start freeze", "freeze", 18, 25, unit=school)
    plan("Next spring", "maintenance", 90, 91, service=service)


def test_both_offices_plans_stand_on_one_page_and_only_those_ahead(plans: None, pmo: User) -> None:
    page = page_of(pmo)

    for said in ("Pilot over", "Timetable opens", "Care upgrade", "Term start freeze"):
        assert said in page, said
    for unsaid in ("Far away", "Long gone", "Hidden step", "Closed step", "Yesterday's", "spring"):
        assert unsaid not in page, unsaid
    assert "1 go-live, 1 milestone, 1 freeze, 1 hard collision" in page


def test_a_plan_that_cannot_stand_says_why_in_the_drawing_and_in_the_table(
    plans: None, pmo: User
) -> None:
    page = page_of(pmo)

    reason = "Inside the freeze “Term start freeze”."
    assert f"<td>1. {reason}</td>" in page
    assert re.search(r"<b>1</b> Timetable opens: " + re.escape(reason), page)
    assert 's-cn s-mid">1<' in page
    assert "Care upgrade: Inside" not in page


@pytest.mark.parametrize(
    ("side", "shown", "hidden"),
    [("projects", "Pilot over", "Timetable opens"), ("services", "Timetable opens", "Pilot over")],
)
def test_an_office_sees_its_own_side(
    plans: None, pmo: User, side: str, shown: str, hidden: str
) -> None:
    page = page_of(pmo, f"?side={side}")

    assert shown in page
    assert hidden not in page


def test_a_unit_narrows_both_sides_and_keeps_the_freezes_above_it(
    plans: None, pmo: User, organisation: Unit, school: Unit
) -> None:
    plan("Year-end", "freeze", 30, 40, unit=organisation)

    page = page_of(pmo, f"?unit={school.pk}")

    assert "Pilot over" in page
    assert "Year-end" in page
    assert "Care upgrade" not in page


def test_nobody_sees_the_plans_of_what_they_may_not_open(plans: None, school: Unit) -> None:
    stranger = make_person(unit=make_organisation(), role=Role.PMO_LEAD)
    without_role = make_person(unit=school)

    for user in (stranger, without_role):
        page = page_of(user)
        assert "Nothing is planned in the next eight weeks." in page
        assert "Term start freeze" not in page


def test_milestones_of_a_day_share_a_mark_and_stand_each_in_the_table(
    pmo: User, school: Unit
) -> None:
    for name in ("One", "Two", "Three"):
        add_milestone(make_project(unit=school), by=None, name=name, planned_on=after(9).date())

    page = page_of(pmo)

    assert page.count("s-project-t") == 1
    assert "3 milestones" in page
    assert all(f"<td>{name}</td>" in page for name in ("One", "Two", "Three"))


def test_the_table_says_what_it_leaves_out(pmo: User, school: Unit) -> None:
    project, day = make_project(unit=school), after(9).date()
    Milestone.objects.bulk_create(
        Milestone(
            project=project,
            name=f"M{n}",
            baseline_on=day,
            planned_on=day,
            created_at=clock.now(),
            updated_at=clock.now(),
        )
        for n in range(ROWS_MOST + 2)
    )

    page = page_of(pmo)

    assert f"{ROWS_MOST + 2} milestones" in page
    assert "The table leaves out the last 2" in page


def test_the_dashboard_fetches_the_panel_of_its_own_place_and_side(
    plans: None, pmo: User, school: Unit
) -> None:
    client = Client()
    client.force_login(pmo)
    board = client.get(f"/?unit={school.pk}&side=services").content.decode()

    (address,) = set(re.findall(r'href="(/weeks/[^"]*)"', board))
    assert f'hx-get="{address}"' in board
    panel = page_of(pmo, address.replace("&amp;", "&").removeprefix(URL), **PANEL)

    assert "<html" not in panel
    assert panel.strip().startswith('<section class="b-panel c12" id="weeks"')
    assert "Timetable opens" in panel
    assert "Pilot over" not in panel


def test_all_plans_are_one_statement_however_many(plans: None, pmo: User, school: Unit) -> None:
    client = Client()
    client.force_login(pmo)

    def statements() -> list[str]:
        client.get(URL, headers=PANEL)
        with CaptureQueriesContext(connection) as asked:
            client.get(URL, headers=PANEL)
        return [query["sql"] for query in asked]

    few = statements()
    for n in range(3):
        project, service = make_project(unit=school), make_service(unit=school)
        add_milestone(project, by=None, name=f"M{n}", planned_on=after(9).date())
        plan(f"C{n}", "change", 9 + n, 9.1 + n, service=service)
    many = statements()

    assert len(few) == len(many) <= 12
    assert sum("projects_milestone" in sql for sql in many) == 1
    assert sum("services_calendarentry" in sql for sql in many) == 1


def test_the_page_is_swedish_for_who_reads_swedish(plans: None, pmo: User) -> None:
    pmo.language = "sv"
    pmo.save()

    page = page_of(pmo)

    assert "De närmaste åtta veckorna" in page
    assert "1 driftsättning, 1 milstolpe, 1 ändringsstopp, 1 hård kalenderkrock" in page
    assert "Driftsättningar" in page
    assert reverse("portfolio:weeks") == URL
