"""The joint review: order, blindness, decisions one after the other, with and without script."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.domain.roles import Role
from improvements.actions import Wish, decide, restand
from improvements.domain.approvals import Deed, Office
from improvements.models import Decision
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import (
    make_improvement,
    make_score,
    make_scoring_model,
    make_shaped,
)
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
WHY = "It pays for itself within a year."


@pytest.fixture
def root():
    make_scoring_model()
    return make_organisation()


@pytest.fixture
def pmo(root):
    return make_person(unit=root, role=Role.PMO_LEAD)


@pytest.fixture
def smo(root):
    return make_person(unit=root, role=Role.SMO_LEAD)


@pytest.fixture
def manager(root):
    return make_person(unit=root, role=Role.IMPROVEMENT_MANAGER)


@pytest.fixture
def shaped(root, manager, pmo, smo):
    """Make a shaped improvement; scored by both offices unless told otherwise."""
    service = make_service(unit=root, name="Identity and access")

    def make(title="Faster access", *, value=3, is_scored=True, route="project", **values):
        row = make_shaped(by=manager, service=service, route=route, title=title, **values)
        if is_scored:
            make_score(row, by=pmo, office=Office.PROJECT, value=value)
            make_score(row, by=smo, office=Office.SERVICE, value=value)
        return row

    return make


URL = "/improvements/review/"


def decision_url(row, deed="approve"):
    return reverse("improvements:decide", args=[row.key, deed])


def rows_of(response):
    return re.findall(r'id="row-(IMP-\d+)"', response.content.decode())


def test_the_highest_score_comes_first_then_what_waits_for_scores(
    client, pmo, shaped, manager, root
):
    captured = make_improvement(by=manager, unit=root)
    low, high = shaped(value=1), shaped(value=5)
    waiting = shaped(is_scored=False)
    client.force_login(pmo)
    response = client.get(URL)
    assert rows_of(response) == [high.key, low.key, waiting.key, captured.key]
    assert response.context["review"].panel.improvement == high


def test_equal_scores_share_a_place(client, pmo, shaped):
    shaped(value=5), shaped(value=3), shaped(value=3), shaped(value=1)
    client.force_login(pmo)
    rows = client.get(URL).context["review"].parts[0].rows
    assert [row.place for row in rows] == [1, 2, 2, 4]


def test_no_score_shows_before_both_offices_have_scored(client, pmo, shaped):
    row = shaped(is_scored=False)
    make_score(row, by=pmo, office=Office.PROJECT, value=4)
    client.force_login(pmo)
    response = client.get(URL)
    review = response.context["review"]
    (only,) = review.parts[0].rows
    assert (only.score, only.gap, only.band) == (None, None, "")
    assert not review.panel.joint.is_in
    assert "hidden until both are in" in response.content.decode()


def test_the_figures_above_the_list(client, pmo, smo, shaped):
    wide = shaped(is_scored=False)
    make_score(wide, by=pmo, office=Office.PROJECT, value=0)
    make_score(wide, by=smo, office=Office.SERVICE, value=5)
    shaped(), shaped(is_scored=False)
    client.force_login(pmo)
    values = [tile.value for tile in client.get(URL).context["review"].tiles]
    assert values[:3] == ["2", "1", "0"]


def statements(client, url):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_number_of_statements_is_constant(client, pmo, shaped):
    shaped()
    client.force_login(pmo)
    one = statements(client, URL)
    shaped(), shaped()
    assert statements(client, URL) == one <= 12


def test_a_row_is_selected_by_the_address(client, pmo, shaped):
    shaped(value=5)
    second = shaped(value=1)
    client.force_login(pmo)
    response = client.get(URL, {"selected": second.key})
    assert response.context["review"].panel.improvement == second
    assert response.content.decode().count('aria-selected="true"') == 1


@pytest.mark.parametrize("selected", ["IMP-999999", "nonsense", "IMP-" + "9" * 30])
def test_what_is_not_there_selects_the_first(client, pmo, shaped, selected):
    first = shaped()
    client.force_login(pmo)
    review = client.get(URL, {"selected": selected}).context["review"]
    assert review.panel.improvement == first


def test_a_hidden_one_is_in_no_row_count_or_panel(client, smo, manager, shaped):
    seen, hidden = shaped("Open to all"), shaped("Secret plan", is_confidential=True)
    client.force_login(smo)
    response = client.get(URL, {"selected": hidden.key})
    assert "Secret plan" not in response.content.decode()
    assert response.context["review"].count == 1
    assert response.context["review"].panel.improvement == seen
    client.force_login(manager)
    assert client.get(URL).context["review"].count == 2


def test_only_what_one_may_do_is_offered(client, pmo, manager, root, shaped):
    shaped()
    reader = make_person(unit=root, role=Role.EXECUTIVE)
    for person, deeds in (
        (pmo, ["approve", "park", "merge", "decline", "ask"]),
        (manager, ["park", "merge", "decline", "ask"]),
        (reader, []),
    ):
        client.force_login(person)
        buttons = client.get(URL).context["review"].panel.buttons
        assert [button.deed for button in buttons] == deeds


def test_the_panel_names_what_an_approval_lacks(client, pmo, manager, shaped):
    row = shaped()
    row.owner = None
    row.save()
    client.force_login(pmo)
    response = client.get(URL)
    assert list(response.context["review"].panel.missing) == ["an owner"]
    assert "approve" not in [b.deed for b in response.context["review"].panel.buttons]


def test_an_empty_review_says_so(client, pmo):
    client.force_login(pmo)
    assert "Nothing waits for a decision." in client.get(URL).content.decode()


def test_an_administrator_without_a_business_role_is_refused(client, root):
    client.force_login(make_person(unit=root, role=Role.APP_ADMIN))
    assert client.get(URL).status_code == 403


def test_htmx_gets_the_region_alone(client, pmo, shaped):
    row = shaped()
    client.force_login(pmo)
    body = client.get(
        URL, {"selected": row.key}, headers={"HX-Request": "true", "HX-Target": "review"}
    ).content.decode()
    assert "<html" not in body
    assert row.key in body


class TestDeciding:
    def post(self, client, row, deed="approve", **data):
        data = {"version": row.version, "reason": WHY, **data}
        headers = data.pop("headers", {})
        return client.post(decision_url(row, deed), data, headers=headers)

    def test_without_script_the_next_one_is_selected(self, client, pmo, shaped):
        first, second = shaped(value=5), shaped(value=1)
        client.force_login(pmo)
        response = self.post(client, first)
        assert response.status_code == 303
        assert response["Location"] == f"{URL}?selected={second.key}"
        assert Decision.objects.get(improvement=first).by == pmo

    def test_the_last_one_leads_to_the_one_before(self, client, pmo, shaped):
        first, last = shaped(value=5), shaped(value=1)
        client.force_login(pmo)
        response = self.post(client, last, "decline")
        assert response["Location"] == f"{URL}?selected={first.key}"

    def test_with_script_the_region_is_swapped_and_the_next_one_announced(
        self, client, pmo, shaped
    ):
        first, second = shaped(value=5), shaped("Next in line", value=1)
        client.force_login(pmo)
        response = self.post(
            client,
            first,
            "decline",
            headers={
                "HX-Request": "true",
                "HX-Target": "dialog-body",
                "HX-Current-URL": f"http://testserver{URL}",
            },
        )
        body = response.content.decode()
        assert response["HX-Retarget"] == "#review"
        assert "close-dialog" in response["HX-Trigger"]
        assert response["HX-Push-Url"] == f"{URL}?selected={second.key}"
        assert f"{first.key}: declined." in body
        assert f"Next: {second.key}, Next in line" in body
        assert "data-focus" in body
        assert "<html" not in body

    def test_half_an_approval_says_that_another_seat_is_awaited(self, client, pmo, shaped):
        row = shaped()
        client.force_login(pmo)
        self.post(client, row)
        body = client.get(URL).content.decode()
        assert "another seat is awaited" in body

    def test_a_form_stands_on_a_page_of_its_own_and_in_the_dialog(self, client, pmo, shaped):
        row = shaped()
        client.force_login(pmo)
        page = client.get(decision_url(row)).content.decode()
        assert "<html" in page
        part = client.get(
            decision_url(row), headers={"HX-Request": "true", "HX-Target": "dialog-body"}
        ).content.decode()
        assert "<html" not in part
        assert f'hx-post="{decision_url(row)}"' in part

    def test_without_a_reason_it_is_refused_on_the_field(self, client, pmo, shaped):
        row = shaped()
        client.force_login(pmo)
        response = self.post(client, row, reason="")
        assert response.status_code == 422
        assert response.context["form"].errors["reason"]

    def test_a_bad_target_is_refused_on_its_field_and_the_reason_kept(self, client, pmo, shaped):
        row = shaped()
        client.force_login(pmo)
        response = self.post(client, row, "merge", target="No such thing")
        assert response.status_code == 422
        assert response.context["form"].errors["target"]
        assert WHY in response.content.decode()

    def test_a_merge_by_number_and_by_part_of_the_title(self, client, pmo, shaped):
        target = shaped("Access in one day")
        client.force_login(pmo)
        for said in (target.key, "in one day"):
            row = shaped()
            assert self.post(client, row, "merge", target=said).status_code == 303
            row.refresh_from_db()
            assert row.merged_into == target

    def test_an_ambiguous_title_names_both(self, client, pmo, shaped):
        row, first, second = shaped("Alone"), shaped("Access one"), shaped("Access two")
        client.force_login(pmo)
        response = self.post(client, row, "merge", target="Access")
        (error,) = response.context["form"].errors["target"]
        assert first.key in error
        assert second.key in error

    def test_somebody_elses_decision_is_shown_and_the_reason_kept(self, client, pmo, smo, shaped):
        row = shaped()
        seen = row.version
        decide(row, Wish(deed=Deed.ASK, reason="How many?"), by=smo, expected=seen)
        decide(row, Wish(deed=Deed.ASK, reason="How long?"), by=smo, expected=row.version)
        client.force_login(pmo)
        row.version = seen
        response = self.post(client, row, "decline")
        assert response.status_code == 409
        body = response.content.decode()
        assert "Somebody else saved first" in body
        assert WHY in body
        row.refresh_from_db()
        again = client.post(decision_url(row, "decline"), {"version": row.version, "reason": WHY})
        assert again.status_code == 303

    def test_in_two_tabs_the_second_is_told_what_the_first_decided(self, client, pmo, smo, shaped):
        row = shaped()
        seen = row.version
        decide(row, Wish(deed=Deed.PARK, reason="After the election."), by=smo, expected=seen)
        client.force_login(pmo)
        row.version = seen
        response = self.post(client, row)
        assert response.status_code == 409
        assert "and is now parked" in response.content.decode()
        assert WHY in response.content.decode()
        assert Decision.objects.get(improvement=row).by == smo

    def test_a_seat_one_does_not_hold_is_refused(self, client, manager, pmo, root, shaped):
        row = shaped()
        client.force_login(make_person(unit=root, role=Role.IMPROVEMENT_MANAGER))
        assert self.post(client, row).status_code == 403
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("deed", ["approve", "nonsense"])
    def test_what_one_cannot_see_or_what_is_no_deed_is_not_there(
        self, client, smo, shaped, root, deed
    ):
        row = shaped(is_confidential=deed == "approve")
        client.force_login(smo)
        assert self.post(client, row, deed).status_code == 404

    def test_a_double_click_decides_once(self, client, pmo, shaped):
        row, key = shaped(), "6f2b5a3e-8d2b-4b73-9d69-0a4f6a1d2c11"
        client.force_login(pmo)
        first = self.post(client, row, form_key=key)
        second = self.post(client, row, form_key=key)
        assert first["Location"] == second["Location"]
        assert Decision.objects.count() == 1

    def test_parking_asks_for_a_day_in_an_unambiguous_way(self, client, smo, shaped):
        row = shaped()
        client.force_login(smo)
        refused = self.post(client, row, "park", until="5/3/2027")
        assert refused.status_code == 422
        assert self.post(client, row, "park", until="2099-01-15").status_code == 303
        row.refresh_from_db()
        assert row.parked_until == dt.date(2099, 1, 15)


def test_late_ones_are_marked_after_the_sweep(client, pmo, shaped):
    row = shaped()
    restand(None, as_of=dt.date(2099, 1, 1), now=dt.datetime(2099, 1, 1, tzinfo=dt.UTC))
    client.force_login(pmo)
    (only,) = client.get(URL).context["review"].parts[0].rows
    assert only.improvement.pk == row.pk
    assert only.is_late
