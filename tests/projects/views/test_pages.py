"""The pages of the project office, as their readers get them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from projects.actions import add_issue, add_milestone, publish_report, restand
from projects.models import StatusReport
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project, make_risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """An organisation with a project manager, an office lead, an executive and one project."""

    class House:
        org = make_organisation()
        unit = make_unit(parent=org)
        pm = make_person(unit=unit, role=Role.PROJECT_MANAGER)
        lead = make_person(unit=org, role=Role.PMO_LEAD)
        executive = make_person(unit=org, role=Role.EXECUTIVE)
        stranger = make_person(unit=make_organisation(), role=Role.EXECUTIVE)
        project = make_project(unit=unit, manager=pm, name="Permit portal", tier="standard")

    return House


def login(person):
    """A browser where that person has logged in."""
    client = Client()
    client.force_login(person)
    return client


def full(house):
    """Give the project one of everything."""
    make_risk(project=house.project, probability=5, consequence=5)
    add_issue(house.project, {"title": "Supplier left"}, by=None)
    add_milestone(house.project, by=None, name="Go-live", planned_on=dt.date(2026, 3, 1))
    publish_report(house.project, {"summary": "It goes."}, by=house.pm)


def test_every_page_opens_for_its_manager(house):
    full(house)
    restand(None, as_of=clock.today(), now=clock.now())
    client, project = login(house.pm), house.project
    report = StatusReport.objects.get()
    row = {name: getattr(project, name).get().pk for name in ("risks", "issues", "milestones")}
    for name, args in [
        ("list", []),
        ("create", []),
        ("detail", [project.key]),
        ("edit", [project.key]),
        ("move", [project.key]),
        ("archive", [project.key]),
        ("log", [project.key]),
        ("milestone_new", [project.key]),
        ("milestone", [project.key, row["milestones"]]),
        ("risks", [project.key]),
        ("risk_new", [project.key]),
        ("risk", [project.key, row["risks"]]),
        ("issue_new", [project.key]),
        ("issue", [project.key, row["issues"]]),
        ("reports", [project.key]),
        ("report_new", [project.key]),
        ("report", [project.key, report.pk]),
    ]:
        response = client.get(reverse(f"projects:{name}", args=args))
        assert response.status_code == 200, name
        assert b"<h1" in response.content, name
