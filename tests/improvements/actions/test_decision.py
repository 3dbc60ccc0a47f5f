"""Deciding: who may, from which seat, with what, and what stays written."""

import datetime as dt

import pytest
import time_machine

from accounts.actions import assign_role
from accounts.domain.roles import Role
from common.errors import NotAllowed, Refused, Stale
from common.models import AuditEvent
from improvements.actions import Wish, change_state, decide, edit, link_project, link_service
from improvements.domain.approvals import Deed, Office
from improvements.domain.lifecycle import State
from improvements.models import (
    Decision,
    ImprovementProject,
    ImprovementService,
    ImprovementStanding,
    Score,
)
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import (
    make_improvement,
    make_score,
    make_scoring_model,
    make_shaped,
)
from tests.factories.projects import make_project
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
WHY = "It pays for itself within a year."


class World:
    """An organisation with both offices, a service owner and somebody who proposes."""

    def __init__(self):
        self.root = make_organisation()
        self.pmo = make_person(unit=self.root, role=Role.PMO_LEAD)
        self.smo = make_person(unit=self.root, role=Role.SMO_LEAD)
        self.owner = make_person(unit=self.root, role=Role.SERVICE_OWNER)
        self.proposer = make_person(unit=self.root, role=Role.IMPROVEMENT_MANAGER)
        self.service = make_service(unit=self.root, owner=self.owner)

    def shaped(self, route="project", **values):
        return make_shaped(by=self.proposer, service=self.service, route=route, **values)


@pytest.fixture
def world():
    return World()


def approve(improvement, by, reason=WHY):
    return decide(
        improvement, Wish(deed=Deed.APPROVE, reason=reason), by=by, expected=improvement.version
    )


def take(improvement, deed, by, **wish):
    return decide(improvement, Wish(deed=deed, **wish), by=by, expected=improvement.version)


def test_a_project_is_approved_by_both_offices_and_not_before(world):
    improvement = world.shaped("project")
    first = approve(improvement, world.pmo)
    improvement.refresh_from_db()
    assert (improvement.state, first.office, first.to_state) == ("shaped", "project", "shaped")
    second = approve(improvement, world.smo)
    improvement.refresh_from_db()
    assert (improvement.state, second.office) == ("approved", "service")
    assert (second.stands_with, second.to_state) == (first, "approved")


def test_a_change_asks_the_service_owner_and_the_service_office(world):
    improvement = world.shaped("change")
    approve(improvement, world.smo)
    assert improvement.state == "shaped"
    approve(improvement, world.owner)
    assert improvement.state == "approved"


def test_do_now_is_the_service_owners_alone(world):
    improvement = world.shaped("do_now")
    for somebody in (world.smo, world.pmo):
        with pytest.raises(NotAllowed) as refused:
            approve(improvement, somebody)
        assert refused.value.code == "improvements.not_your_seat"
    approve(improvement, world.owner)
    assert improvement.state == "approved"


def test_a_deputy_of_the_primary_service_has_the_owners_seat(world):
    deputy = make_person(unit=world.root, role=Role.SERVICE_OWNER)
    world.service.deputies.add(deputy)
    improvement = world.shaped("do_now")
    approve(improvement, deputy)
    assert improvement.state == "approved"


def test_the_service_office_decides_for_a_service_without_an_owner(world):
    world.service = make_service(unit=world.root)
    improvement = world.shaped("do_now")
    approve(improvement, world.smo)
    assert improvement.state == "approved"


@pytest.mark.parametrize("route", ["do_now", "change"])
def test_what_the_service_owner_proposes_the_service_office_approves(world, route):
    """The owner has proposed it and so consented; without the rule nobody could decide it."""
    world.proposer = world.owner
    improvement = world.shaped(route)
    with pytest.raises(NotAllowed):
        approve(improvement, world.owner)
    decision = approve(improvement, world.smo)
    improvement.refresh_from_db()
    assert (improvement.state, decision.seat, decision.is_own) == (
        "approved",
        "service_side",
        False,
    )


def test_a_decision_keeps_the_role_it_was_taken_under(world):
    improvement = world.shaped("do_now")
    asked = take(improvement, Deed.ASK, world.proposer, reason="How often?")
    assert (asked.role, asked.seat) == ("improvement_manager", "")
    change_state(improvement, State.SHAPED, by=world.smo, expected=improvement.version)
    approved = approve(improvement, world.owner)
    assert (approved.role, approved.seat) == ("service_owner", "service_owner")
    roles = [
        event.after["role"] for event in AuditEvent.objects.about("improvement", improvement.pk)[:3]
    ]
    assert roles == ["service_owner", "smo_lead", "improvement_manager"]


def test_nobody_approves_their_own_proposal(world):
    world.proposer = world.pmo
    improvement = world.shaped("project")
    with pytest.raises(NotAllowed) as refused:
        approve(improvement, world.pmo)
    assert refused.value.code == "improvements.own_proposal"
    assert not Decision.objects.exists()


def test_a_small_organisation_may_and_the_record_says_so(world):
    world.proposer = world.pmo
    improvement = world.shaped("project")
    world.root.is_small = True
    improvement.unit = world.root
    world.root.save()
    improvement.unit.refresh_from_db()
    improvement.unit.root.refresh_from_db()
    decision = approve(improvement, world.pmo)
    assert decision.is_own
    event = AuditEvent.objects.about("improvement", improvement.pk).first()
    assert event.after["is_own"] is True


def test_nobody_takes_both_seats(world):
    both = make_person(unit=world.root, role=Role.PMO_LEAD)
    assign_role(both, Role.SMO_LEAD, world.root, by=None)
    improvement = world.shaped("project")
    approve(improvement, both)
    with pytest.raises(NotAllowed) as refused:
        approve(improvement, both)
    assert refused.value.code == "improvements.second_seat"


@pytest.mark.parametrize(("lacking", "word"), [("owner", "an owner"), ("route", "a route")])
def test_approval_names_what_is_missing(world, lacking, word):
    improvement = world.shaped("project")
    change = {"owner": {"owner": None}, "route": {"route": ""}}[lacking]
    edit(improvement, change, by=world.proposer, expected=improvement.version)
    with pytest.raises(Refused) as refused:
        approve(improvement, world.pmo)
    assert refused.value.code == "common.evidence_missing"
    assert word in str(refused.value)


def test_a_captured_one_is_shaped_first(world):
    improvement = make_improvement(by=world.proposer, service=world.service)
    with pytest.raises(Refused) as refused:
        approve(improvement, world.pmo)
    assert refused.value.code == "common.move_not_allowed"


@pytest.mark.parametrize("deed", list(Deed))
def test_a_decision_without_a_reason_is_refused(world, deed):
    improvement = world.shaped()
    with pytest.raises(Refused) as refused:
        take(improvement, deed, world.smo, reason="  ")
    assert (refused.value.code, refused.value.field) == ("common.reason_needed", "reason")


@time_machine.travel("2026-11-23T09:00:00Z", tick=False)
def test_parking_takes_a_reason_and_may_take_a_day_to_come(world):
    improvement = world.shaped()
    with pytest.raises(Refused) as refused:
        take(improvement, Deed.PARK, world.smo, until=dt.date(2027, 1, 15))
    assert refused.value.field == "reason"
    with pytest.raises(Refused) as refused:
        take(improvement, Deed.PARK, world.smo, reason="x", until=dt.date(2026, 11, 23))
    assert refused.value.field == "until"
    take(improvement, Deed.PARK, world.smo, reason="After new year.", until=dt.date(2027, 1, 15))
    improvement.refresh_from_db()
    assert (improvement.state, improvement.parked_until) == ("parked", dt.date(2027, 1, 15))


def test_asking_for_more_sends_it_back_and_answers_the_proposer(world):
    improvement = world.shaped()
    take(improvement, Deed.ASK, world.pmo, reason="How many people wait?")
    improvement.refresh_from_db()
    assert improvement.state == "captured"
    assert improvement.first_response_at is not None


def test_a_question_about_a_captured_one_is_an_answer_but_no_move(world):
    improvement = make_improvement(by=world.proposer, service=world.service)
    since = improvement.state_since
    decision = take(improvement, Deed.ASK, world.smo, reason="Which service is it?")
    improvement.refresh_from_db()
    assert (improvement.state, improvement.state_since) == ("captured", since)
    assert improvement.first_response_at == decision.at


def test_what_is_reopened_goes_back_where_it_was_and_needs_approval_anew(world):
    improvement = world.shaped()
    approve(improvement, world.pmo)
    declined = take(improvement, Deed.DECLINE, world.smo, reason="The system is being retired.")
    reopened = take(improvement, Deed.REOPEN, world.smo, reason="The retirement was put off.")
    assert (improvement.state, reopened.supersedes) == ("shaped", declined)
    approve(improvement, world.smo)
    improvement.refresh_from_db()
    assert improvement.state == "shaped"


def test_who_may_not_triage_decides_nothing(world):
    improvement = world.shaped()
    reader = make_person(unit=world.root, role=Role.EXECUTIVE)
    with pytest.raises(NotAllowed):
        take(improvement, Deed.DECLINE, reader, reason="No.")


def test_a_merge_moves_links_and_scores_and_stays_readable(world):
    make_scoring_model()
    other_service = make_service(unit=world.root)
    project = make_project(unit=world.root)
    source, target = world.shaped(title="Twin"), world.shaped(title="First")
    link_service(source, other_service, by=world.proposer, expected=source.version)
    link_project(source, project, by=world.proposer, expected=source.version)
    make_score(source, by=world.pmo, office=Office.PROJECT, value=1)
    make_score(source, by=world.smo, office=Office.SERVICE, value=5)
    make_score(target, by=world.pmo, office=Office.PROJECT, value=4)
    take(source, Deed.MERGE, world.smo, reason="The same thing.", target=target)
    source.refresh_from_db()
    assert (source.state, source.merged_into) == ("merged", target)
    assert list(target.merged.all()) == [source]
    services = ImprovementService.objects.filter(improvement=target)
    assert set(services.values_list("service_id", flat=True)) == {
        world.service.pk,
        other_service.pk,
    }
    assert services.filter(is_primary=True).get().service == world.service
    assert ImprovementProject.objects.filter(improvement=target, project=project).exists()
    kept = Score.objects.get(improvement=target, scorer=world.pmo)
    assert kept.ratings["value"] == 4
    moved = Score.objects.get(improvement=target, scorer=world.smo)
    assert (moved.ratings["value"], moved.merged_from) == (5, source)
    assert ImprovementStanding.objects.get(improvement=target).score is not None
    assert ImprovementStanding.objects.get(improvement=source).score is None
    events = AuditEvent.objects.about("improvement", target.pk)
    assert events.first().action == "improvement.took_over"


def test_a_mistaken_merge_can_be_taken_back_with_its_scores(world):
    make_scoring_model()
    source, target = world.shaped(title="Looked alike"), world.shaped(title="First")
    make_score(source, by=world.smo, office=Office.SERVICE, value=5)
    make_score(target, by=world.pmo, office=Office.PROJECT, value=2)
    take(source, Deed.MERGE, world.smo, reason="The same thing.", target=target)
    source.refresh_from_db()
    take(source, Deed.REOPEN, world.pmo, reason="It is another log-in.")
    source.refresh_from_db()
    assert (source.state, source.merged_into) == ("shaped", None)
    assert Score.objects.get(improvement=source).scorer == world.smo
    assert Score.objects.get(improvement=target).scorer == world.pmo
    event = AuditEvent.objects.about("improvement", target.pk).first()
    assert (event.action, event.after["from"]) == ("improvement.gave_back", source.pk)


def test_scores_stay_where_they_have_been_decided_on(world):
    make_scoring_model()
    source, target = world.shaped(), world.shaped()
    make_score(source, by=world.smo, office=Office.SERVICE, value=5)
    take(source, Deed.MERGE, world.smo, reason="The same thing.", target=target)
    target.refresh_from_db()
    approve(target, world.pmo)
    approve(target, world.smo)
    source.refresh_from_db()
    take(source, Deed.REOPEN, world.pmo, reason="It is another log-in.")
    assert Score.objects.get().improvement == target


@pytest.mark.parametrize("kind", ["itself", "over", "hidden", "elsewhere"])
def test_a_merge_needs_an_open_target_one_may_work_on(world, kind):
    source = world.shaped()
    target = source
    if kind == "over":
        target = world.shaped()
        take(target, Deed.DECLINE, world.smo, reason="Too small.")
    elif kind == "hidden":
        target = world.shaped(is_confidential=True)
    elif kind == "elsewhere":
        target = World().shaped()
    with pytest.raises(Refused) as refused:
        take(source, Deed.MERGE, world.smo, reason="The same thing.", target=target)
    assert refused.value.field == "target"
    source.refresh_from_db()
    assert source.state == "shaped"


def test_two_deciders_do_not_overwrite_each_other(world):
    improvement = world.shaped()
    seen = improvement.version
    take(improvement, Deed.PARK, world.smo, reason="After the election.")
    improvement.refresh_from_db()
    with pytest.raises(Stale):
        decide(
            improvement,
            Wish(deed=Deed.REOPEN, reason="Now."),
            by=world.pmo,
            expected=seen,
        )


def test_decisions_are_never_edited_or_removed(world):
    improvement = world.shaped()
    decision = take(improvement, Deed.DECLINE, world.smo, reason="Too small.")
    decision.reason = "Other"
    for deed in (
        decision.save,
        decision.delete,
        Decision.objects.all().delete,
        lambda: Decision.objects.update(reason="Other"),
    ):
        with pytest.raises(TypeError):
            deed()


def test_every_decision_leaves_an_audit_line_and_a_row(world):
    improvement = world.shaped()
    take(improvement, Deed.PARK, world.smo, reason="After the election.")
    row = Decision.objects.get(improvement=improvement)
    event = AuditEvent.objects.about("improvement", improvement.pk).first()
    assert (row.by, row.reason, row.from_state) == (world.smo, "After the election.", "shaped")
    assert (event.action, event.note) == ("improvement.parked", "After the election.")
    assert (event.before["state"], event.after["state"]) == ("shaped", "parked")


class TestChangeState:
    def approved(self, world, route="change"):
        improvement = world.shaped(route)
        if route == "change":
            approve(improvement, world.owner)
            approve(improvement, world.smo)
        else:
            approve(improvement, world.pmo)
            approve(improvement, world.smo)
        return improvement

    def move(self, improvement, target, by, **more):
        return change_state(improvement, target, by=by, expected=improvement.version, **more)

    def test_a_project_route_starts_with_its_project(self, world):
        improvement = self.approved(world, "project")
        with pytest.raises(Refused) as refused:
            self.move(improvement, State.DELIVERING, world.pmo)
        assert "project" in str(refused.value)
        project = make_project(unit=world.root)
        link_project(improvement, project, by=world.pmo, expected=improvement.version)
        self.move(improvement, State.DELIVERING, world.pmo)
        with pytest.raises(Refused):
            self.move(improvement, State.MEASURING, world.pmo)
        self.move(improvement, State.EARLY_LIFE, world.pmo)

    def test_it_closes_with_a_grade_of_evidence(self, world):
        improvement = self.approved(world)
        self.move(improvement, State.DELIVERING, world.owner)
        self.move(improvement, State.MEASURING, world.owner)
        with pytest.raises(Refused):
            self.move(improvement, State.CLOSED, world.owner)
        self.move(improvement, State.CLOSED, world.owner, grade="judged")
        improvement.refresh_from_db()
        assert (improvement.state, improvement.evidence) == ("closed", "judged")

    @pytest.mark.parametrize("target", [State.APPROVED, State.PARKED, State.CAPTURED])
    def test_what_is_a_decision_is_not_a_plain_move(self, world, target):
        improvement = world.shaped()
        with pytest.raises(Refused) as refused:
            self.move(improvement, target, world.smo, reason="Because.")
        assert refused.value.code == "improvements.needs_decision"

    def test_a_step_back_says_why(self, world):
        improvement = self.approved(world)
        self.move(improvement, State.DELIVERING, world.owner)
        with pytest.raises(Refused) as refused:
            self.move(improvement, State.APPROVED, world.owner)
        assert refused.value.field == "reason"
        self.move(improvement, State.APPROVED, world.owner, reason="The supplier withdrew.")
        assert improvement.state == "approved"
