"""Who may change an improvement, and who may decide about it (trust B4, "triage/rank backlog")."""

import pytest
from django.urls import reverse

from accounts.domain.roles import Role
from common.errors import NotAllowed
from improvements import access
from improvements.actions import Wish, change_state, decide, edit
from improvements.domain.approvals import Deed
from improvements.domain.lifecycle import State
from improvements.models import Improvement
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import make_improvement, make_shaped
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db

#: a role, and whether somebody with it edits and decides: nothing of theirs, the improvement is
#: theirs, its service is theirs
TABLE = [
    (Role.EXECUTIVE, "- -", "edits -", "- -"),
    (Role.PROJECT_MANAGER, "- -", "edits -", "- -"),
    (Role.SERVICE_OWNER, "- -", "edits decides", "edits decides"),
    (Role.PROCESS_OWNER, "- -", "edits decides", "edits decides"),
    (Role.IMPROVEMENT_MANAGER, "edits decides", "edits decides", "edits decides"),
    (Role.PMO_LEAD, "edits decides", "edits decides", "edits decides"),
    (Role.SMO_LEAD, "edits decides", "edits decides", "edits decides"),
    (Role.AUDITOR, "- -", "- -", "- -"),
    (Role.APP_ADMIN, "- -", "- -", "- -"),
]
CASES = [
    (role, owns, told)
    for role, *cells in TABLE
    for owns, told in zip(("nothing", "improvement", "service"), cells, strict=True)
]


class World:
    """A shaped improvement of somebody's, in an organisation with an office that wrote it."""

    def __init__(self):
        self.root = make_organisation()
        self.lead = make_person(unit=self.root, role=Role.PMO_LEAD)

    def shaped(self, role, owns):
        """Somebody with a role, and an improvement of which they own so much."""
        person = make_person(unit=self.root, role=role)
        service = make_service(unit=self.root, owner=person if owns == "service" else None)
        owner = person if owns == "improvement" else self.lead
        return person, make_shaped(by=self.lead, service=service, owner=owner)


@pytest.fixture
def world():
    return World()


def tried(do):
    try:
        do()
    except NotAllowed as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(("role", "owns", "told"), CASES)
def test_who_edits_and_who_decides(world, role, owns, told):
    person, improvement = world.shaped(role, owns)
    edits, decides = (cell != "-" for cell in told.split())

    assert access.can_edit_improvement(person, improvement) == edits
    assert access.can_triage(person, improvement) == decides
    edited = tried(
        lambda: edit(
            improvement, {"problem": "It takes five."}, by=person, expected=improvement.version
        )
    )
    parked = tried(
        lambda: decide(
            improvement,
            Wish(deed=Deed.PARK, reason="Not this year."),
            by=person,
            expected=improvement.version,
        )
    )
    assert (edited, parked) == (
        "" if edits else "improvements.edit_not_yours",
        "" if decides else "improvements.triage_not_yours",
    )


@pytest.mark.parametrize("deed", list(Deed))
def test_a_project_manager_takes_no_decision_about_what_they_own(world, deed):
    person, improvement = world.shaped(Role.PROJECT_MANAGER, "improvement")
    other = make_improvement(by=world.lead, unit=world.root)
    wish = Wish(deed=deed, reason="Because.", target=other if deed is Deed.MERGE else None)

    with pytest.raises(NotAllowed):
        decide(improvement, wish, by=person, expected=improvement.version)

    assert Improvement.objects.get(pk=improvement.pk).state == State.SHAPED


def test_nor_moves_it_nor_chooses_its_route(world):
    person, improvement = world.shaped(Role.PROJECT_MANAGER, "improvement")

    with pytest.raises(NotAllowed):
        change_state(improvement, State.DELIVERING, by=person, expected=improvement.version)
    with pytest.raises(NotAllowed):
        edit(
            improvement,
            {"route": "change", "route_reason": "Smaller than it looked."},
            by=person,
            expected=improvement.version,
        )

    assert Improvement.objects.get(pk=improvement.pk).route == "project"


def test_the_owner_changes_the_rest_until_it_is_closed_and_nothing_after(world):
    person, improvement = world.shaped(Role.PROJECT_MANAGER, "improvement")
    for state in State:
        improvement.state = state
        is_open = state not in {State.CLOSED, State.PARKED, State.DECLINED, State.MERGED}
        assert access.can_edit_improvement(person, improvement) == is_open, state


def test_the_page_of_the_owner_offers_what_they_may_and_says_who_decides(client, world):
    person, improvement = world.shaped(Role.PROJECT_MANAGER, "improvement")
    client.force_login(person)
    address = f"/improvements/{improvement.key}/"

    page = client.get(address).content.decode()
    form = client.get(f"{address}edit/").context["form"]
    refused = client.get(reverse("improvements:decide", args=[improvement.key, "park"]))

    assert f"{address}edit/" in page
    assert f"{address}move/" not in page
    assert reverse("improvements:decide", args=[improvement.key, "park"]) not in page
    assert form.fields["route"].disabled
    assert refused.status_code == 403
    assert "The service owner, the improvement managers and the two offices" in (
        refused.content.decode()
    )


def test_a_route_posted_past_a_closed_field_changes_nothing(client, world):
    person, improvement = world.shaped(Role.PROJECT_MANAGER, "improvement")
    client.force_login(person)
    address = f"/improvements/{improvement.key}/edit/"
    shown = client.get(address).context["form"]
    form = {field.html_name: field.value() for field in shown if field.value() is not None}
    form |= {"route": "do_now", "problem": "It takes five.", "is_confidential": ""}

    assert client.post(address, form).status_code == 303

    improvement.refresh_from_db()
    assert (improvement.route, improvement.problem) == ("project", "It takes five.")


def test_who_scores_for_an_office_finds_the_joint_review_in_the_menu(client, world):
    for role, is_there in ((Role.PROJECT_MANAGER, True), (Role.EXECUTIVE, False)):
        client.force_login(make_person(unit=world.root, role=role))
        assert ("/improvements/review/" in client.get("/today/").content.decode()) == is_there
