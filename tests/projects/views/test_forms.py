"""Forms of the project office: 200, 303, 403, 404, 409 and 422, with nothing typed lost."""

import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import Role
from common import clock
from projects.actions import add_issue, add_milestone, edit_project, publish_report
from projects.models import Milestone, Project, ProjectFigure, Risk, StatusReport
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project, make_project_type, make_risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    return make_organisation()


@pytest.fixture
def unit(org):
    return make_unit(parent=org)


@pytest.fixture
def pm(unit):
    return make_person(unit=unit, role=Role.PROJECT_MANAGER)


@pytest.fixture
def project(unit, pm):
    return make_project(unit=unit, manager=pm, name="Permit portal")


def login(person):
    """A browser where that person has logged in."""
    client = Client()
    client.force_login(person)
    return client


def typed(form, **changes):
    """What a browser would post from a form as it was shown, with some fields changed."""
    values = {}
    for name in form.fields:
        value = form[name].value()
        if value is not None and value is not False:
            values[name] = getattr(value, "pk", value)
    return values | changes


def test_a_light_project_needs_four_fields(unit, pm):
    """Few fields, and a light project never needs more (DESIGN section 4)."""
    client = login(pm)
    form = client.get("/projects/new/").context["form"]
    assert [name for name, field in form.fields.items() if field.required] == [
        "name",
        "unit",
        "project_type",
        "tier",
    ]
    values = typed(form, name="New", unit=unit.pk, project_type=make_project_type().pk)
    response = client.post("/projects/new/", values)
    project = Project.objects.get()
    assert (response.status_code, response.url) == (303, f"/projects/{project.key}/")
    assert project.manager == pm


def test_the_same_form_twice_makes_one_project(unit, pm):
    client = login(pm)
    form = client.get("/projects/new/").context["form"]
    values = typed(form, name="Once", unit=unit.pk, project_type=make_project_type().pk)
    first, second = client.post("/projects/new/", values), client.post("/projects/new/", values)
    assert first.url == second.url
    assert Project.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "required"),
        ({"starts_on": "5/3/2026"}, "2026"),
        ({"current_budget": "1,234"}, ""),
        ({"starts_on": "2026-05-01", "planned_finish_on": "2026-04-01"}, "lies before the start"),
        ({"unit": "999999"}, "valid choice"),
        ({"project_type": "drop table"}, "valid choice"),
    ],
)
def test_bad_input_is_a_sentence_and_what_was_typed_stays(unit, pm, changes, said):
    client = login(pm)
    form = client.get("/projects/new/").context["form"]
    values = typed(
        form,
        name="Kept text",
        unit=unit.pk,
        project_type=make_project_type().pk,
        purpose="Kept too",
    )
    response = client.post("/projects/new/", values | changes)
    content = response.content.decode()
    assert response.status_code == 422
    assert said in content
    assert "Kept too" in content
    assert not Project.objects.exists()


def test_a_unit_out_of_reach_cannot_be_chosen(pm, unit):
    elsewhere = make_unit(parent=make_organisation(), name="Canary unit")
    client = login(pm)
    shown = client.get("/projects/new/")
    assert "Canary unit" not in shown.content.decode()
    values = typed(
        shown.context["form"], name="x", unit=elsewhere.pk, project_type=make_project_type().pk
    )
    assert client.post("/projects/new/", values).status_code == 422
    assert not Project.objects.exists()


def test_fields_that_no_form_shows_are_ignored(project, pm):
    """Mass assignment (trust B6, T10)."""
    client = login(pm)
    url = f"/projects/{project.key}/edit/"
    values = typed(client.get(url).context["form"], phase="closed", version="1", source="x")
    assert (
        client.post(url, values | {"approved_budget": "1", "archived_at": "2026-01-01"}).status_code
        == 303
    )
    project.refresh_from_db()
    assert (project.phase, project.source, project.approved_budget, project.archived_at) == (
        "executing",
        "",
        Decimal(1_000_000),
        None,
    )


def test_two_writers_both_see_both_versions(project, pm):
    client = login(pm)
    url = f"/projects/{project.key}/edit/"
    values = typed(client.get(url).context["form"], name="Mine")
    edit_project(project, {"name": "Theirs"}, by=None, version=1)
    response = client.post(url, values)
    content = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else saved first" in content
    assert "Theirs" in content
    assert 'value="Mine"' in content
    assert f"{project.key} Mine" not in " ".join(content.split())
    assert Project.objects.get().name == "Theirs"
    again = typed(response.context["form"], form_key=str(uuid.uuid4()))
    assert again["version"] == "2"
    assert client.post(url, again).status_code == 303
    assert Project.objects.get().name == "Mine"


def test_a_person_without_money_neither_sees_nor_writes_it(org, project):
    """Sponsor and manager are named; a process owner is not and has no money right."""
    lead = make_person(unit=org, role=Role.EXECUTIVE)
    page = login(lead).get(f"/projects/{project.key}/").content.decode()
    assert "1\u00a0000\u00a0000" not in page
    assert "Approved budget" not in page
    log = login(lead).get(f"/projects/{project.key}/log/").content.decode()
    assert "000000" not in log.replace("\u00a0", "")


def test_the_unseen_does_not_exist_and_the_refused_says_why(org, project, pm):
    make_risk(project=project)
    stranger = login(make_person(unit=make_organisation(), role=Role.PMO_LEAD))
    reader = login(make_person(unit=org, role=Role.EXECUTIVE))
    for page in (
        "edit/", "archive/", "milestones/new/", "risks/new/", f"risks/{Risk.objects.get().pk}/",
        "issues/new/", "reports/new/",
    ):  # fmt: skip
        url = f"/projects/{project.key}/{page}"
        assert stranger.get(url).status_code == stranger.post(url).status_code == 404, page
        refused = reader.get(url)
        assert refused.status_code == 403, page
        assert "project manager" in refused.content.decode(), page
    for page in ("", "phase/", "risks/", "reports/"):
        url = f"/projects/{project.key}/{page}"
        assert stranger.get(url).status_code == 404, page
        assert reader.get(url).status_code == 200, page
    assert reader.get("/projects/new/").status_code == 403
    assert login(pm).get("/projects/PRJ-999999/").status_code == 404
    assert login(pm).get("/projects/SVC-1/").status_code == 404


def test_a_child_of_another_project_is_not_found(project, unit, pm):
    """Mixed ids (trust B6, T3)."""
    other = make_project(unit=unit, manager=pm)
    risk, client = make_risk(project=other), login(pm)
    row = add_milestone(other, by=None, name="x", planned_on=dt.date(2026, 1, 1))
    issue = add_issue(other, {"title": "x"}, by=None)
    report = publish_report(other, {"summary": "x"}, by=None)
    for page in (
        f"risks/{risk.pk}/",
        f"milestones/{row.pk}/",
        f"issues/{issue.pk}/",
        f"reports/{report.pk}/",
    ):
        assert client.get(f"/projects/{project.key}/{page}").status_code == 404, page
    assert client.post(f"/projects/{project.key}/milestones/{row.pk}/remove/").status_code == 404
    assert Milestone.objects.exists()


def test_a_move_shows_what_it_needs_and_names_what_lacks(org, unit, pm):
    project = make_project(unit=unit, manager=pm, phase="planning", planned_finish_on=None)
    lead = login(make_person(unit=org, role=Role.PMO_LEAD))
    url = f"/projects/{project.key}/phase/"
    content = lead.get(url).content.decode()
    assert "Approve the plan and start" in content
    assert "not met" in content
    assert "assessed risk" not in content
    form = {"version": "1", "target": "executing", "form_key": str(uuid.uuid4())}
    response = lead.post(url, form)
    assert response.status_code == 422
    assert "a planned finish" in response.content.decode()
    assert login(pm).post(url, form | {"form_key": str(uuid.uuid4())}).status_code == 403
    assert lead.post(url, form | {"target": "on_hold", "reason": "Waits"}).status_code == 303
    assert Project.objects.get().overlay == "on_hold"
    stale = lead.post(
        url, form | {"target": "stopped", "reason": "x", "form_key": str(uuid.uuid4())}
    )
    assert stale.status_code == 409
    assert "Somebody else saved first" in stale.content.decode()


def test_what_somebody_else_moved_meanwhile_is_said_first(org, project):
    """Not that the move is impossible now, which would not say why."""
    Project.objects.update(phase="executing")
    client = login(make_person(unit=org, role=Role.PMO_LEAD))
    address = f"/projects/{project.key}/phase/"
    form = {"version": "1", "target": "closing", "reason": "Delivered."}
    assert client.post(address, form | {"form_key": str(uuid.uuid4())}).status_code == 303
    late = client.post(address, form | {"form_key": str(uuid.uuid4())})
    assert late.status_code == 409
    assert "Somebody else saved first" in late.content.decode()
    gone = client.post(f"/projects/{project.key}/archive/", {"version": "1", "reason": "x"})
    assert gone.status_code == 409
    assert "Somebody else saved first" in gone.content.decode()


def test_rows_are_added_changed_and_refused(project, pm):
    client, base = login(pm), f"/projects/{project.key}"
    for page, values, bad in [
        ("risks", {"title": "Late", "probability": "4"}, {"probability": "9"}),
        ("issues", {"title": "Late"}, {"title": " "}),
        ("milestones", {"name": "Go-live", "planned_on": "2026-12-01"}, {"planned_on": "1/2/26"}),
    ]:  # fmt: skip
        form = client.get(f"{base}/{page}/new/").context["form"]
        assert client.post(f"{base}/{page}/new/", typed(form) | values | bad).status_code == 422
        assert client.post(f"{base}/{page}/new/", typed(form) | values).status_code == 303
        row = getattr(project, page).get()
        url = f"{base}/{page}/{row.pk}/"
        again = typed(client.get(url).context["form"])
        assert client.post(url, again).status_code == 303
        assert client.post(url, again | {"form_key": str(uuid.uuid4())}).status_code == 409
    risk = Risk.objects.get()
    response = client.post(f"{base}/risks/{risk.pk}/happened/", {"version": risk.version})
    assert response.status_code == 303
    assert project.issues.filter(risk=risk).exists()
    assert client.post(f"{base}/risks/{risk.pk}/happened/", {"version": "x"}).status_code == 422


# --- Status report ------------------------------------------------------------------------------


def test_a_judgement_that_agreed_follows_the_measure(project, pm):
    """Only a difference is the writer's own; the rest moves with what is measured by now."""
    publish_report(project, {"summary": "x"}, by=pm, on=dt.date(2026, 1, 20))
    edit_project(project, {"forecast_cost": Decimal(1_070_000)}, by=pm, version=1)
    form = login(pm).get(f"/projects/{project.key}/reports/new/").context["form"]
    assert form["reported_cost"].value() == "amber"
    assert not form["reason_cost"].value()


def test_a_report_is_prefilled_from_the_last_and_published(project, pm):
    publish_report(
        project,
        {"summary": "Last words", "lines": {"cost": ("amber", "A claim")}},
        by=pm,
        on=clock.today() - dt.timedelta(days=7),
    )
    client, url = login(pm), f"/projects/{project.key}/reports/new/"
    form = client.get(url).context["form"]
    assert form["summary"].value() == "Last words"
    assert (form["reported_cost"].value(), form["reason_cost"].value()) == ("amber", "A claim")
    response = client.post(url, typed(form, summary="New words"))
    report = StatusReport.objects.get(is_newest=True)
    assert (response.status_code, response.url) == (
        303,
        f"/projects/{project.key}/reports/{report.pk}/",
    )
    page = client.get(response.url).content.decode()
    assert "New words" in page
    assert "A claim" in page


def test_the_writer_sees_the_difference_before_publishing(project, pm):
    client = login(pm)
    form = client.get(f"/projects/{project.key}/reports/new/").context["form"]
    values = typed(form, summary="x", reported_cost="amber")
    shown = client.post(
        f"/projects/{project.key}/reports/check/",
        values,
        headers={"HX-Request": "true", "HX-Target": "report-lines"},
    )
    content = shown.content.decode()
    assert shown.status_code == 200
    assert "<html" not in content
    assert "Reported 1 step worse than measured" in content
    assert not StatusReport.objects.exists()
    refused = client.post(f"/projects/{project.key}/reports/new/", values)
    assert refused.status_code == 422
    assert "why you judge it differently" in refused.content.decode()
    two = client.post(f"/projects/{project.key}/reports/new/", values | {"reported_cost": "red"})
    assert two.status_code == 422
    assert not StatusReport.objects.exists()


def checked(client, project, values):
    """The dimensions as they are judged while the report is being written."""
    answer = client.post(
        f"/projects/{project.key}/reports/check/",
        values,
        headers={"HX-Request": "true", "HX-Target": "report-lines"},
    )
    return answer.content.decode()


def chosen(page, name):
    """The colour that a select of the page stands on."""
    select = page[page.index(f'<select name="{name}"') :]
    return re.search(r'<option value="(\w+)" selected', select)[1]


def test_figures_are_brought_up_to_date_in_the_report_itself(project, pm):
    """A report in two minutes: no other page is opened first; nothing is saved while writing."""
    client, url = login(pm), f"/projects/{project.key}/reports/new/"
    form = client.get(url).context["form"]
    assert form["forecast_cost"].value() == "1000000"
    values = typed(form, summary="x", forecast_cost="1 070 000", was_cost="green")
    shown = checked(client, project, values)
    assert "Forecast 7,0 % above the approved budget" in shown
    assert chosen(shown, "reported_cost") == "amber"
    assert Project.objects.get().forecast_cost == Decimal(1_000_000)
    kept = checked(client, project, values | {"was_cost": "amber"})
    assert chosen(kept, "reported_cost") == "green"
    assert client.post(url, values | {"reported_cost": "amber"}).status_code == 303
    report, saved = StatusReport.objects.get(), Project.objects.get()
    assert report.lines.get(dimension="cost").measured == "amber"
    assert report.figures["forecast_cost"] == "1070000.00"
    assert saved.forecast_cost == Decimal(1_070_000)


def test_a_refused_report_changes_no_figure(project, pm):
    client, url = login(pm), f"/projects/{project.key}/reports/new/"
    values = typed(client.get(url).context["form"], summary="x", forecast_cost="1 070 000")
    assert client.post(url, values | {"reported_cost": "green"}).status_code == 422
    assert client.post(url, values | {"forecast_cost": "7 %"}).status_code == 422
    edit_project(project, {"forecast_cost": Decimal(1_020_000)}, by=pm, version=1)
    late = client.post(url, values | {"reported_cost": "amber", "version": 1})
    assert late.status_code == 409
    assert 'value="1 070 000"' in late.content.decode()
    assert Project.objects.get().forecast_cost == Decimal(1_020_000)
    assert not StatusReport.objects.exists()


def test_nothing_sent_is_refused_in_words_and_changes_no_figure(project, pm):
    client = login(pm)
    for address, status in (("new", 422), ("check", 200)):
        answer = client.post(f"/projects/{project.key}/reports/{address}/", {})
        assert answer.status_code == status
    assert Project.objects.get().forecast_cost == Decimal(1_000_000)


def test_figures_of_a_source_and_amounts_without_the_right_are_not_asked_for(org, unit, pm):
    project = make_project(unit=unit, manager=pm)
    Project.objects.update(source="erp", external_id="7", source_fields=["forecast_cost"])
    form = login(pm).get(f"/projects/{project.key}/reports/new/").context["form"]
    assert form.fields["forecast_cost"].disabled
    assert not form.fields["actual_cost"].disabled


def test_a_published_report_hides_amounts_from_those_without_the_right(project, pm, org):
    report = publish_report(project, {"summary": "x"}, by=pm)
    url = f"/projects/{project.key}/reports/{report.pk}/"
    reader = make_person(unit=org, role=Role.EXECUTIVE)
    assert "1\u00a0000\u00a0000" in login(pm).get(url).content.decode()
    assert "1\u00a0000\u00a0000" not in login(reader).get(url).content.decode()


# --- The page -----------------------------------------------------------------------------------


def test_the_page_costs_the_same_however_much_it_shows(project, pm):
    client = login(pm)
    counts = []
    for times in (1, 3):
        for _ in range(times):
            make_risk(project=project, owner=pm)
            add_issue(project, {"title": "x", "owner": pm}, by=None)
            publish_report(project, {"summary": "x"}, by=pm)
        client.get(f"/projects/{project.key}/")
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/projects/{project.key}/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12, [q["sql"][:100] for q in seen.captured_queries]


def test_what_a_source_says_is_shown_and_its_amounts_are_not(project, pm, org):
    """Unmapped columns may hold money, so they are for those who may see it."""
    Project.objects.filter(pk=project.pk).update(extra={"Whole cost": "9 999 999"})
    ProjectFigure.objects.create(
        project=project,
        on=clock.today(),
        source="register",
        reported_colour="amber",
        reported_word="Amber/Red",
        reported_reason="The supplier is late.",
    )
    url = f"/projects/{project.key}/"
    for person, sees in ((pm, True), (make_person(unit=org, role=Role.EXECUTIVE), False)):
        content = login(person).get(url).content.decode()
        assert "Amber/Red" in content
        assert "The supplier is late." in content
        assert ("9 999 999" in content) is sees


def test_what_people_type_is_shown_as_text(unit, pm):
    project = make_project(unit=unit, manager=pm, name="<script>alert(1)</script>")
    make_risk(project=project, title="<img src=x onerror=alert(1)>")
    for page in (f"/projects/{project.key}/", "/projects/", f"/projects/{project.key}/risks/"):
        content = login(pm).get(page).content.decode()
        assert "<script>alert" not in content
        assert "<img src=x" not in content
