"""Today, search, about and the pulse."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import life
from common.models import Heartbeat
from portfolio import actions
from projects.actions import add_milestone, publish_report
from tests.factories.accounts import make_person, make_unit
from tests.factories.improvements import make_improvement
from tests.factories.projects import make_project, make_risk
from tests.factories.services import make_service
from tests.factories.world import make_keeper, make_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def inside(pmo: User) -> Client:
    client = Client()
    client.force_login(pmo)
    return client


def test_the_pulse_says_204_until_something_is_judged(organisation: Unit, inside: Client) -> None:
    make_project(unit=organisation)
    actions.sweep()
    mark = inside.get("/pulse/")["X-Pulse"]

    quiet = inside.get(f"/pulse/?since={mark}")
    make_project(unit=organisation)
    actions.sweep()
    moved = inside.get(f"/pulse/?since={mark}")

    assert (quiet.status_code, quiet.content) == (204, b"")
    assert moved.status_code == 200
    assert moved["X-Pulse"] != mark
    assert inside.get(f"/pulse/?since={moved['X-Pulse']}").status_code == 204


@pytest.mark.parametrize("since", ["", "abc", "-1", "٣"])
def test_a_strange_pulse_is_answered_with_the_mark(inside: Client, since: str) -> None:
    assert inside.get("/pulse/", {"since": since}).status_code == 200


def test_a_key_opens_the_record_at_once(organisation: Unit, inside: Client) -> None:
    project = make_project(unit=organisation)

    answer = inside.get("/search/", {"q": f" {project.key.lower()} "})

    assert (answer.status_code, answer["Location"]) == (303, f"/projects/{project.key}/")


def test_a_key_of_what_one_may_not_see_finds_nothing(organisation: Unit, inside: Client) -> None:
    hidden = make_project(unit=organisation, name="Merger", is_confidential=True)

    for text in (hidden.key, "merger", "MERG"):
        answer = inside.get("/search/", {"q": text})
        assert answer.status_code == 200
        assert answer.context["hits"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ånge", ["Ånge återvinning"]),
        ("ÅTERVINNING ånge", ["Ånge återvinning"]),
        ("ange", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("<script>", []),
        ("   ", []),
        ("wi-fi", ["Wi-Fi"]),
    ],
)
def test_search_folds_case_and_takes_every_sign_as_text(
    organisation: Unit, inside: Client, text: str, found: list[str]
) -> None:
    make_project(unit=organisation, name="Ånge återvinning")
    make_service(unit=organisation, name="Wi-Fi")

    answer = inside.get("/search/", {"q": text})

    assert [hit.title for hit in answer.context["hits"]] == found
    assert b"<script>" not in answer.content


def test_an_archived_record_is_not_found_by_search(organisation: Unit, inside: Client) -> None:
    project = make_project(unit=organisation, name="Over")
    type(project).objects.update(archived_at=dt.datetime.now(dt.UTC))

    assert inside.get("/search/?q=over").context["hits"] == []


def test_today_shows_what_waits_for_this_person_only(organisation: Unit) -> None:
    anna = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    bo = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    hers = make_project(unit=organisation, name="Hers", manager=anna)
    make_project(unit=organisation, name="Theirs alone", manager=bo)
    actions.full()
    client = Client()
    client.force_login(anna)

    page = client.get("/today/")

    assert [found["row"].title for found in page.context["due"]] == ["Hers"]
    assert page.context["due"][0]["url"] == f"/projects/{hers.key}/reports/new/"
    assert "Theirs alone" not in page.content.decode()


def test_today_names_what_is_overdue_and_lets_its_manager_change_it(organisation: Unit) -> None:
    anna = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    bo = make_person(unit=organisation, role=Role.EXECUTIVE)
    project = make_project(unit=organisation, manager=anna)
    past = dt.date(2026, 1, 15)
    milestone = add_milestone(project, by=None, name="Pilot", planned_on=past)
    risk = make_risk(project=project, title="Supplier leaves", owner=bo, due_on=past)
    make_risk(project=project, title="Done with", owner=bo, due_on=past, state="closed")
    seen = {}
    for person in (anna, bo):
        client = Client()
        client.force_login(person)
        seen[person] = {row.title: row.edit_url for row in client.get("/today/").context["overdue"]}
        page = client.get(f"/projects/{project.key}/").content.decode()
        assert project.name in page

    assert seen[anna] == {"Pilot": f"/projects/{project.key}/milestones/{milestone.pk}/"}
    assert seen[bo] == {risk.title: ""}


def test_what_is_done_in_a_dialog_over_today_leads_back_there(organisation: Unit) -> None:
    """Acting in place: the milestone is reached, the proposal answered, the reader still here."""
    anna = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    lead = make_person(unit=organisation, role=Role.PMO_LEAD)
    project = make_project(unit=organisation, manager=anna)
    milestone = add_milestone(project, by=None, name="Pilot", planned_on=dt.date(2026, 1, 15))
    row = make_improvement(by=make_keeper(organisation), unit=organisation)
    over = {"HX-Request": "true", "HX-Target": "dialog-body"}
    over["HX-Current-URL"] = "http://testserver/today/"
    client = Client(headers=over)
    for person, address, typed in (
        (
            anna,
            f"/projects/{project.key}/milestones/{milestone.pk}/",
            {"name": "Pilot", "planned_on": "2026-01-15", "actual_on": "2026-01-20", "version": 1},
        ),
        (
            lead,
            f"/improvements/review/{row.key}/ask/?from=page",
            {"reason": "How often?", "version": row.version},
        ),
    ):
        client.force_login(person)
        form = client.get(address).context["form"]
        answer = client.post(address, typed | {"form_key": form["form_key"].value()})
        assert answer.headers["HX-Redirect"] == "/today/"
    client.force_login(lead)
    assert "Ask for more" in client.get(f"/improvements/{row.key}/consider/").content.decode()


def test_a_report_takes_its_line_off_today(organisation: Unit) -> None:
    anna = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    project = make_project(unit=organisation, manager=anna)
    actions.full()
    client = Client()
    client.force_login(anna)
    before = len(client.get("/today/").context["due"])

    publish_report(project, {"summary": "On track."}, by=anna)
    actions.sweep()

    assert (before, len(client.get("/today/").context["due"])) == (1, 0)


def test_every_colour_but_green_needs_a_look(organisation: Unit) -> None:
    owner = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    make_project(unit=organisation, manager=owner, forecast_cost=Decimal(1_900_000))
    actions.full()
    client = Client()
    client.force_login(owner)

    attention = client.get("/today/").context["attention"]

    assert len(attention) == 1
    assert attention[0]["why"]


def test_the_page_says_when_the_machinery_stands_still(inside: Client) -> None:
    for name in ("worker", "beat", "sweep"):
        life.beat_once(name)
    fresh = inside.get("/today/").content.decode()
    Heartbeat.objects.filter(name="worker").update(
        at=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=4)
    )

    stale = inside.get("/today/").content.decode()

    assert "has stood still" not in fresh
    assert "The worker has stood still" in stale


def test_the_log_of_runs_is_for_administrators(organisation: Unit, inside: Client) -> None:
    make_project(unit=organisation)
    actions.full()
    admin = Client()
    admin.force_login(make_person(unit=organisation, role=Role.APP_ADMIN))

    assert len(admin.get("/about/").context["runs"]) >= 1
    assert not inside.get("/about/").context["runs"]


def test_an_administrator_sees_no_record_on_any_page(organisation: Unit) -> None:
    school = make_unit(parent=organisation)
    make_records(unit=school, word="Zebra", by=make_keeper(school))
    actions.full()
    client = Client()
    client.force_login(make_person(unit=organisation, role=Role.APP_ADMIN))

    for url in ("/", "/today/", "/search/?q=zeb", "/projects/", "/services/", "/improvements/"):
        assert "Zebra" not in client.get(url).content.decode(), url


@pytest.mark.parametrize("language", ["en", "sv"])
def test_pages_speak_the_language_of_the_person(
    organisation: Unit, pmo: User, inside: Client, language: str
) -> None:
    pmo.language = language
    pmo.save()

    page: Any = inside.get("/today/")

    assert page["Content-Language"] == language
    assert f'<html lang="{language}"' in page.content.decode()
