"""The pages of improvements: list, capture, detail, edit, links, score, panels."""

import csv
import io
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain.roles import Role
from improvements.actions import Wish, change_state, decide, edit, link_project, link_service
from improvements.domain.approvals import Deed, Office
from improvements.domain.lifecycle import State
from improvements.models import Improvement, ImprovementProject, ImprovementService, Score
from projects.models import ProjectType
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.improvements import (
    make_improvement,
    make_score,
    make_scoring_model,
    make_shaped,
)
from tests.factories.projects import make_project, make_project_type
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
LIST, NEW = "/improvements/", "/improvements/new/"
DIALOG = {"HX-Request": "true", "HX-Target": "dialog-body"}


@pytest.fixture
def root():
    make_scoring_model()
    return make_organisation()


@pytest.fixture
def manager(root):
    return make_person(unit=root, role=Role.IMPROVEMENT_MANAGER)


@pytest.fixture
def pmo(root):
    return make_person(unit=root, role=Role.PMO_LEAD)


@pytest.fixture
def smo(root):
    return make_person(unit=root, role=Role.SMO_LEAD)


@pytest.fixture
def reader(root):
    return make_person(unit=root, role=Role.EXECUTIVE)


@pytest.fixture
def service(root):
    return make_service(unit=root, name="Identity and access")


def page(row, name="detail"):
    return reverse(f"improvements:{name}", args=[row.key])


def statements(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


class TestList:
    def test_the_number_of_statements_is_constant(self, client, manager, service):
        make_improvement(by=manager, service=service)
        client.force_login(manager)
        one = statements(client, LIST)
        for _ in range(2):
            make_improvement(by=manager, service=service)
        assert statements(client, LIST) == one <= 12

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"q": "badge"}, ["Badge"]),
            ({"state": "shaped"}, ["Shaped"]),
            ({"state": "open"}, ["Badge", "Elsewhere", "Shaped"]),
            ({"state": "declined"}, ["Refused"]),
            ({"route": "change"}, ["Shaped"]),
            ({"route": "none"}, ["Badge", "Elsewhere", "Refused"]),
            ({"service": "identity"}, ["Badge", "Refused", "Shaped"]),
            ({"service": "no such"}, []),
            ({"waits_for": "project"}, ["Badge", "Elsewhere"]),
            ({"older": "30"}, []),
            ({"late": "yes"}, []),
            ({"origin": "audit"}, []),
        ],
    )
    def test_filters(self, client, root, manager, pmo, service, query, found):
        make_improvement(by=manager, service=service, title="Badge")
        make_improvement(by=manager, unit=make_unit(parent=root), title="Elsewhere")
        shaped = make_shaped(by=manager, service=service, route="change", title="Shaped")
        make_score(shaped, by=pmo, office=Office.PROJECT)
        refused = make_improvement(by=manager, service=service, title="Refused")
        decide(refused, Wish(deed=Deed.DECLINE, reason="Too small."), by=manager, expected=1)
        client.force_login(manager)
        rows = client.get(LIST, {**query, "sort": "title"}).context["list_page"].records
        assert [row.title for row in rows] == found

    def test_keys_are_found(self, client, manager, service, root):
        row = make_improvement(by=manager, service=service)
        project = make_project(unit=root)
        link_project(row, project, by=manager, expected=row.version)
        make_improvement(by=manager, unit=root)
        client.force_login(manager)
        for query in ({"q": row.key}, {"service": service.key}, {"project": project.key}):
            found = client.get(LIST, query).context["list_page"].records
            assert [record.pk for record in found] == [row.pk]

    def test_the_export_is_what_is_on_screen(self, client, manager, service):
        make_improvement(by=manager, service=service, title="=Formula")
        client.force_login(manager)
        response = client.get(LIST, {"format": "csv", "columns": "title,state"})
        text = b"".join(response).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), delimiter=";"))
        assert rows == [["Improvement", "State"], ["'=Formula", "captured"]]
        assert client.get(LIST, {"format": "xlsx"}).status_code == 200

    def test_hidden_ones_are_in_no_row_export_or_filter(self, client, manager, smo, service):
        make_improvement(by=manager, service=service, title="Secret plan", is_confidential=True)
        client.force_login(smo)
        assert client.get(LIST).context["list_page"].count == 0
        assert b"Secret" not in b"".join(client.get(LIST, {"format": "csv"}))

    def test_the_name_of_a_hidden_service_is_withheld(self, client, manager, smo, root):
        hidden = make_service(unit=root, name="Secret service", is_confidential=True, owner=smo)
        row = make_improvement(by=smo, service=hidden, title="Faster")
        client.force_login(manager)
        for address in (LIST, page(row), "/improvements/review/", f"{LIST}?service=secret"):
            assert "Secret service" not in client.get(address).content.decode()
        client.force_login(smo)
        assert "Secret service" in client.get(LIST).content.decode()

    def test_an_empty_list_leads_to_the_first_capture(self, client, manager):
        client.force_login(manager)
        assert NEW in client.get(LIST).content.decode()

    def test_a_fragment_is_the_results_alone(self, client, manager, root):
        make_improvement(by=manager, unit=root)
        client.force_login(manager)
        body = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "list-results"})
        assert "<html" not in body.content.decode()


class TestCapture:
    def test_three_answers_are_enough(self, client, reader, service):
        client.force_login(reader)
        form = client.get(NEW).context["form"]
        asked = [n for n, f in form.fields.items() if f.required and not f.widget.is_hidden]
        assert asked == ["title", "problem"]
        response = client.post(
            NEW, {"title": "Faster access", "problem": "It takes 4 days.", "service": "identity"}
        )
        row = Improvement.objects.get()
        assert response.status_code == 303
        assert response["Location"] == f"/improvements/{row.key}/"
        assert row.proposed_by == reader
        assert row.service_links.get().service == service

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"title": "", "problem": "x", "service": "identity"}, "title"),
            ({"title": "x", "problem": "", "service": "identity"}, "problem"),
            ({"title": "x", "problem": "x"}, "service"),
            ({"title": "x", "problem": "x", "service": "nothing like it"}, "service"),
        ],
    )
    def test_a_refusal_names_the_field_and_keeps_what_was_typed(
        self, client, reader, service, data, field
    ):
        client.force_login(reader)
        response = client.post(NEW, data)
        assert response.status_code == 422
        assert response.context["form"].errors[field]
        assert not Improvement.objects.exists()

    def test_in_the_dialog_it_answers_with_the_form_or_the_way(self, client, reader, service):
        client.force_login(reader)
        part = client.get(NEW, headers=DIALOG).content.decode()
        assert "<html" not in part
        assert client.post(NEW, {"title": "x"}, headers=DIALOG).status_code == 422
        done = client.post(
            NEW, {"title": "x", "problem": "y", "service": service.key}, headers=DIALOG
        )
        assert done["HX-Redirect"] == f"/improvements/{Improvement.objects.get().key}/"

    def test_from_a_service_or_a_project_the_place_is_known(self, client, reader, service, root):
        project = make_project(unit=root)
        client.force_login(reader)
        assert service.key in client.get(f"{NEW}?service={service.key}").content.decode()
        client.post(
            f"{NEW}?project={project.key}",
            {"title": "x", "problem": "y", "unit": root.pk, "origin": "project"},
        )
        row = Improvement.objects.get()
        assert row.origin == "project"
        assert ImprovementProject.objects.get(improvement=row).project == project

    def test_a_double_click_captures_once(self, client, reader, root):
        client.force_login(reader)
        data = {"title": "x", "problem": "y", "unit": root.pk, "form_key": str(uuid.uuid4())}
        assert client.post(NEW, data)["Location"] == client.post(NEW, data)["Location"]
        assert Improvement.objects.count() == 1

    def test_who_may_not_propose_is_refused(self, client, root):
        client.force_login(make_person(unit=root, role=Role.APP_ADMIN))
        assert client.get(NEW).status_code == 403

    def test_a_hidden_service_cannot_be_guessed(self, client, reader, root):
        hidden = make_service(unit=root, is_confidential=True)
        client.force_login(reader)
        assert client.get(f"{NEW}?service={hidden.key}").status_code == 404
        data = {"title": "x", "problem": "y", "service": hidden.key}
        assert client.post(NEW, data).status_code == 422


class TestDetail:
    def test_the_number_of_statements_is_constant(self, client, manager, pmo, root):
        row = make_shaped(by=manager, service=make_service(unit=root))
        client.force_login(manager)
        counted = []
        for _ in range(3):
            link_service(row, make_service(unit=root), by=manager, expected=row.version)
            link_project(row, make_project(unit=root), by=manager, expected=row.version)
            decide(row, Wish(deed=Deed.APPROVE, reason="Yes."), by=pmo, expected=row.version)
            decide(row, Wish(deed=Deed.ASK, reason="How many?"), by=pmo, expected=row.version)
            change_state(row, State.SHAPED, by=manager, expected=row.version)
            counted.append(statements(client, page(row)))
        assert counted[0] == counted[1] == counted[2] <= 12

    def test_the_score_shows_its_parts_once_both_are_in(self, client, manager, pmo, smo, service):
        row = make_shaped(by=manager, service=service)
        make_score(row, by=pmo, office=Office.PROJECT, value=2, urgency=1, risk=1)
        client.force_login(pmo)
        assert client.get(page(row)).context["page"].parts == []
        make_score(row, by=smo, office=Office.SERVICE, value=5, urgency=5, risk=0)
        parts = client.get(page(row)).context["page"].parts
        assert next(part.label for part in parts) == "Value to users"
        assert sum(part.part.contribution for part in parts) == 72.5

    def test_a_merged_one_leads_to_its_target_and_back(self, client, manager, service):
        source = make_shaped(by=manager, service=service, title="Twin")
        target = make_shaped(by=manager, service=service, title="First")
        wish = Wish(deed=Deed.MERGE, reason="The same.", target=target)
        decide(source, wish, by=manager, expected=source.version)
        client.force_login(manager)
        assert page(target) in client.get(page(source)).content.decode()
        assert "Twin" in client.get(page(target)).content.decode()

    def test_the_reason_of_the_suggested_route_stands_beside_it(self, client, manager, service):
        row = make_shaped(by=manager, service=service, route="project")
        client.force_login(manager)
        assert (
            "34 person-days; a change is for at most 20" in client.get(page(row)).content.decode()
        )

    @pytest.mark.parametrize("name", ["detail", "edit", "score", "methods", "trail", "services"])
    def test_what_one_cannot_see_is_not_there(self, client, manager, smo, service, name):
        row = make_improvement(by=manager, service=service, is_confidential=True)
        client.force_login(smo)
        assert client.get(page(row, name)).status_code == 404

    @pytest.mark.parametrize("key", ["IMP-0", "PRJ-1", "IMP-99999999999999999999", "x"])
    def test_a_key_that_is_none_is_not_there(self, client, manager, key):
        client.force_login(manager)
        assert client.get(f"/improvements/{key}/").status_code == 404

    def test_the_trail_is_for_those_who_work_on_it(self, client, manager, reader, service):
        row = make_improvement(by=manager, service=service)
        client.force_login(manager)
        assert "Improvement captured" in client.get(page(row, "trail")).content.decode()
        client.force_login(reader)
        assert client.get(page(row, "trail")).status_code == 403

    def test_methods_are_compared_over_what_both_have_scored(
        self, client, manager, pmo, smo, service
    ):
        for value, delay in ((5, 30), (1, 4)):
            row = make_shaped(by=manager, service=service)
            make_score(
                row,
                by=pmo,
                office=Office.PROJECT,
                value=value,
                cost_of_delay=Decimal(delay),
                duration_weeks=Decimal(4),
            )
            make_score(row, by=smo, office=Office.SERVICE, value=value)
        client.force_login(manager)
        rows = {r["name"]: r for r in client.get(page(row, "methods")).context["rows"]}
        delay = rows["Cost of delay (CD3)"]
        assert (delay["value"], delay["place"], delay["agreement"]) == (1, 2, 1)
        assert rows["RICE"]["value"] is None


class TestEdit:
    def data(self, row, **changes):
        return {
            "version": row.version,
            "title": row.title,
            "problem": row.problem,
            "origin": row.origin,
            "unit": row.unit_id,
            **changes,
        }

    def test_facts_are_saved_and_shaped_in_one_go(self, client, manager, service):
        row = make_improvement(by=manager, service=service)
        client.force_login(manager)
        data = self.data(row, effort_days="12,5", route="change", owner=manager.pk, shape="yes")
        assert client.post(page(row, "edit"), data).status_code == 303
        row.refresh_from_db()
        assert (row.state, row.route, row.owner) == ("shaped", "change", manager)
        assert str(row.effort_days) == "12.5"

    def test_shaping_without_a_service_saves_nothing(self, client, manager, root):
        row = make_improvement(by=manager, unit=root)
        client.force_login(manager)
        response = client.post(page(row, "edit"), self.data(row, title="New", shape="yes"))
        assert response.status_code == 422
        assert "a service" in response.content.decode()
        row.refresh_from_db()
        assert (row.state, row.version) == ("captured", 1)

    def test_both_versions_are_shown_when_somebody_else_was_first(self, client, manager, service):
        row = make_improvement(by=manager, service=service)
        data = self.data(row, title="Mine")
        edit(row, {"title": "Theirs"}, by=manager, expected=1)
        client.force_login(manager)
        response = client.post(page(row, "edit"), data)
        body = response.content.decode()
        assert response.status_code == 409
        assert "Theirs" in body
        assert "Mine" in body
        again = client.post(page(row, "edit"), {**data, "version": row.version})
        assert again.status_code == 303

    @pytest.mark.parametrize("said", ["1.234", "many", "-1"])
    def test_an_effort_that_could_mean_two_things_is_refused(self, client, manager, service, said):
        row = make_improvement(by=manager, service=service)
        client.force_login(manager)
        response = client.post(page(row, "edit"), self.data(row, effort_days=said))
        assert response.status_code == 422
        assert said in response.content.decode()

    def test_a_reader_is_refused(self, client, manager, reader, service):
        row = make_improvement(by=manager, service=service)
        client.force_login(reader)
        assert client.get(page(row, "edit")).status_code == 403

    def test_links_come_and_go(self, client, manager, service, root):
        row = make_improvement(by=manager, unit=root)
        project = make_project(unit=root, name="Access for all")
        client.force_login(manager)
        for name, record in (("services", service), ("projects", project)):
            row.refresh_from_db()
            data = {"record": record.name, "version": row.version}
            assert client.post(page(row, name), data).status_code == 303
        assert ImprovementService.objects.get(improvement=row).service == service
        row.refresh_from_db()
        data = {"remove": project.pk, "version": row.version}
        assert client.post(page(row, "projects"), data).status_code == 303
        assert not ImprovementProject.objects.exists()

    def test_a_link_that_is_gone_is_not_there(self, client, manager, service):
        row = make_improvement(by=manager, service=service)
        client.force_login(manager)
        data = {"remove": 999_999, "version": row.version}
        assert client.post(page(row, "services"), data).status_code == 404


class TestMove:
    def test_a_step_is_taken_from_the_page(self, client, manager, service):
        row = make_improvement(by=manager, service=service)
        client.force_login(manager)
        response = client.post(page(row, "move"), {"target": "shaped", "version": row.version})
        assert response.status_code == 303
        row.refresh_from_db()
        assert row.state == "shaped"

    def test_exits_are_no_steps(self, client, manager, service):
        row = make_shaped(by=manager, service=service)
        client.force_login(manager)
        steps = client.get(page(row)).context["page"].steps
        assert steps == []
        assert client.get(f"{page(row, 'move')}?to=parked").status_code == 404

    def test_a_reader_moves_nothing(self, client, manager, reader, service):
        row = make_improvement(by=manager, service=service)
        client.force_login(reader)
        assert client.post(page(row, "move"), {"target": "shaped"}).status_code == 403


class TestScore:
    RATINGS = {"rate_value": "4", "rate_urgency": "3", "rate_risk": "1", "rate_law": ""}

    def test_ones_own_ratings_are_kept_and_nobody_elses_shown(
        self, client, manager, pmo, smo, service
    ):
        row = make_shaped(by=manager, service=service)
        make_score(row, by=smo, office=Office.SERVICE, value=1)
        client.force_login(pmo)
        form = client.get(page(row, "score")).context["form"]
        assert "rate_value" not in form.initial
        data = {"office": "project", **self.RATINGS, "confidence": "80", "impact": "0.5"}
        assert client.post(page(row, "score"), data).status_code == 303
        mine = Score.objects.get(improvement=row, scorer=pmo)
        assert mine.ratings == {"value": 4, "urgency": 3, "risk": 1}
        assert (str(mine.confidence), str(mine.impact)) == ("0.80", "0.50")
        assert client.get(page(row, "score")).context["form"].initial["rate_value"] == 4

    def test_a_criterion_with_weight_is_needed(self, client, manager, pmo, service):
        row = make_shaped(by=manager, service=service)
        client.force_login(pmo)
        data = {"office": "project", **self.RATINGS, "rate_value": ""}
        assert client.post(page(row, "score"), data).status_code == 422

    @pytest.mark.parametrize("state", ["shaped", "declined"])
    def test_who_and_when_one_may_not(self, client, manager, reader, pmo, service, state):
        row = make_shaped(by=manager, service=service)
        person = reader
        if state == "declined":
            decide(row, Wish(deed=Deed.DECLINE, reason="No."), by=pmo, expected=row.version)
            person = pmo
        client.force_login(person)
        assert client.get(page(row, "score")).status_code == 403


class TestPanels:
    def test_a_service_shows_its_improvements(self, client, manager, service):
        row = make_improvement(by=manager, service=service, title="Faster access")
        client.force_login(manager)
        address = reverse("improvements:service_panel", args=[service.key])
        part = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "<html" not in part
        assert row.key in part
        assert "<html" in client.get(address).content.decode()

    def test_a_project_shows_what_it_delivers(self, client, manager, root):
        project = make_project(unit=root)
        row = make_improvement(by=manager, unit=root)
        link_project(row, project, by=manager, expected=row.version)
        client.force_login(manager)
        address = reverse("improvements:project_panel", args=[project.key])
        assert row.key in client.get(address).content.decode()

    def test_the_lower_page_decides_first(self, client, manager, root):
        hidden = make_service(unit=root, is_confidential=True)
        client.force_login(manager)
        address = reverse("improvements:service_panel", args=[hidden.key])
        assert client.get(address).status_code == 404

    def test_hidden_rows_are_left_out(self, client, manager, smo, service):
        make_improvement(by=manager, service=service, title="Secret", is_confidential=True)
        client.force_login(smo)
        address = reverse("improvements:service_panel", args=[service.key])
        assert "Secret" not in client.get(address).content.decode()


def test_a_decision_says_who_when_why_and_under_which_role(client, manager, service, reader, smo):
    row = make_shaped(by=manager, service=service)
    wish = Wish(deed=Deed.DECLINE, reason="The system is being retired.")
    decide(row, wish, by=smo, expected=row.version)
    client.force_login(reader)
    shown = client.get(page(row)).content.decode()
    log = shown[shown.index('id="log-title"') :]
    for said in ("Declined", str(smo), "(service office lead)", "The system is being retired."):
        assert said in log
    client.force_login(smo)
    trail = client.get(page(row, "trail")).content.decode()
    assert "as service office lead" in trail


def test_a_merged_one_offers_the_way_back_to_who_may_take_it(client, manager, service, reader):
    row, target = make_shaped(by=manager, service=service), make_shaped(by=manager, service=service)
    wish = Wish(deed=Deed.MERGE, reason="The same thing.", target=target)
    decide(row, wish, by=manager, expected=row.version)
    way_back = reverse("improvements:decide", args=[row.key, "reopen"])
    client.force_login(reader)
    assert way_back not in client.get(page(row)).content.decode()
    client.force_login(manager)
    assert way_back in client.get(page(row)).content.decode()


class TestStartProject:
    def test_what_is_known_is_carried_over_and_the_two_are_linked(self, client, pmo, service):
        make_project_type(name="IT")
        row = make_shaped(by=pmo, service=service, expected_effect="Half the calls.")
        client.force_login(pmo)
        assert page(row, "start_project") in client.get(page(row)).content.decode()
        form = client.get(page(row, "start_project")).context["form"]
        started = {name: form[name].value() for name in ("name", "unit", "purpose", "tier")}
        assert started == {
            "name": row.title,
            "unit": row.unit_id,
            "purpose": "Half the calls.",
            "tier": "light",
        }
        typed = started | {
            "project_type": ProjectType.objects.get().pk,
            "form_key": form["form_key"].value(),
        }
        answer = client.post(page(row, "start_project"), typed)
        project = ImprovementProject.objects.get(improvement=row).project
        assert (project.name, answer.url) == (row.title, f"/projects/{project.key}/")
        client.post(page(row, "start_project"), typed)
        assert ImprovementProject.objects.count() == 1

    def test_a_lighter_route_and_a_reader_start_none(self, client, pmo, manager, service):
        light = make_shaped(by=pmo, service=service, route="change")
        row = make_shaped(by=pmo, service=service)
        for person, record in ((pmo, light), (manager, row)):
            client.force_login(person)
            assert client.get(page(record, "start_project")).status_code == 403
            assert page(record, "start_project") not in client.get(page(record)).content.decode()
