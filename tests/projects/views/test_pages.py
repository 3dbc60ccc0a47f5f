"""The pages of the project office, as their readers get them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from common import clock
from projects.actions import (
    add_issue,
    add_milestone,
    archive_project,
    change_phase,
    edit_issue,
    edit_project,
    edit_risk,
    publish_report,
    restand,
)
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


def test_the_log_says_who_moved_it_under_which_role_and_what_changed(house):
    """A small organisation lets one person prepare and approve; the record says so."""
    house.org.is_small = True
    house.org.save()
    project = house.project
    edit_project(project, {"manager": house.lead}, by=house.lead, version=1)
    change_phase(project, "closing", by=house.lead, version=2)
    edit_project(project, {"actual_finish_on": dt.date(2026, 6, 1)}, by=house.lead, version=3)
    change_phase(project, "closed", by=house.lead, version=4, reason="All is done.")
    risk = make_risk(project=project, title="Supplier leaves")
    edit_risk(
        risk, {"title": risk.title, "probability": 5, "consequence": 2}, by=house.lead, version=1
    )
    page = login(house.lead).get(f"/projects/{project.key}/log/").content.decode()
    assert "as project office lead" in page
    assert "own project, small organisation" in page
    assert "All is done." in page
    assert f"Project manager: {house.pm} → {house.lead}" in page
    assert "Probability: 2 → 5" in page
    assert "Consequence:" not in page


def test_an_archived_project_offers_the_way_back(house):
    client, project = login(house.pm), house.project
    archive_project(project, by=house.pm, version=1, reason="Registered twice")
    address = f"/projects/{project.key}/archive/"
    assert address in client.get(f"/projects/{project.key}/").content.decode()
    assert address not in login(house.executive).get(f"/projects/{project.key}/").content.decode()
    form = client.get(address)
    assert "returns to the lists" in form.content.decode()
    key = form.context["form"]["form_key"].value()
    client.post(address, {"form_key": key, "version": 2, "reason": "Wrong one"})
    project.refresh_from_db()
    assert project.archived_at is None
    assert login(house.executive).get(address).status_code == 403


def test_a_closed_issue_stays_readable_in_the_register(house):
    issue = add_issue(house.project, {"title": "Supplier left"}, by=None)
    edit_issue(issue, {"state": "closed", "resolution": "Another one."}, by=None, version=1)
    client = login(house.executive)
    page = client.get(f"/projects/{house.project.key}/").content.decode()
    assert f"/projects/{house.project.key}/risks/#issues" in page
    register = client.get(f"/projects/{house.project.key}/risks/").content.decode()
    assert "Supplier left" in register
    assert "Another one." in register
