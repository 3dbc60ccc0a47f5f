"""What waits for whom: the conditions of the list against the rules that decide."""

import datetime as dt

import pytest
import time_machine

from accounts.domain.roles import Role
from improvements.access import can_triage
from improvements.actions import Wish, change_state, decide, edit
from improvements.domain.approvals import Deed
from improvements.domain.lifecycle import State
from improvements.models import Improvement
from improvements.panel import panel_of
from improvements.queries import limits
from improvements.queries.waiting import waiting
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import make_improvement, make_shaped
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 30)


class World:
    """Both offices, two service owners, a manager of improvements and a reader."""

    def __init__(self):
        self.root = make_organisation()
        self.pmo = make_person(unit=self.root, role=Role.PMO_LEAD)
        self.smo = make_person(unit=self.root, role=Role.SMO_LEAD)
        self.owner = make_person(unit=self.root, role=Role.SERVICE_OWNER)
        self.other = make_person(unit=self.root, role=Role.SERVICE_OWNER)
        self.deputy = make_person(unit=self.root, role=Role.SERVICE_OWNER)
        self.manager = make_person(unit=self.root, role=Role.IMPROVEMENT_MANAGER)
        self.reader = make_person(unit=self.root, role=Role.EXECUTIVE)
        self.builder = make_person(unit=self.root, role=Role.PROJECT_MANAGER)
        self.service = make_service(unit=self.root, owner=self.owner)
        self.service.deputies.add(self.deputy)

    @property
    def people(self):
        """Everybody by name."""
        return {
            name: getattr(self, name)
            for name in ("pmo", "smo", "owner", "other", "deputy", "manager", "reader", "builder")
        }


@pytest.fixture
def world():
    return World()


def for_whom(world, improvement):
    """What it waits for, and the names of those it waits for."""
    found, deeds = set(), set()
    for name, person in world.people.items():
        row = waiting(Improvement.objects.filter(pk=improvement.pk), person, TODAY).first()
        if row is None:
            return None, set()
        deeds.add(row.waits_for)
        found |= {name} if row.waits_for_me else set()
    (deed,) = deeds
    return deed, found


def take(improvement, deed, by, **wish):
    improvement.refresh_from_db()
    wish = {"reason": "Because.", **wish}
    return decide(improvement, Wish(deed=deed, **wish), by=by, expected=improvement.version)


def test_a_captured_one_waits_for_those_who_may_answer_and_not_for_its_author(world):
    improvement = make_improvement(by=world.manager, service=world.service)
    assert for_whom(world, improvement) == ("answer", {"pmo", "smo", "owner", "deputy"})


def test_what_is_asked_waits_for_the_proposer_until_it_is_answered(world):
    improvement = make_improvement(by=world.reader, service=world.service)
    take(improvement, Deed.ASK, world.smo, reason="How many people wait?")
    deed, whom = for_whom(world, improvement)
    assert (deed, whom) == ("more", {"reader"})
    row = waiting(Improvement.objects.all(), world.reader, TODAY).get()
    assert row.question == "How many people wait?"
    improvement.refresh_from_db()
    edit(
        improvement,
        {"problem": "Forty people wait."},
        by=world.reader,
        expected=improvement.version,
    )
    assert for_whom(world, improvement) == ("answer", {"pmo", "smo", "owner", "deputy", "manager"})


@pytest.mark.parametrize(
    ("route", "author", "whom"),
    [
        ("do_now", "manager", {"owner", "deputy"}),
        ("change", "manager", {"owner", "deputy", "smo"}),
        ("project", "manager", {"pmo", "smo"}),
        ("project", "pmo", {"smo"}),
        ("do_now", "owner", {"smo"}),
        ("change", "owner", {"smo"}),
        ("change", "smo", {"owner", "deputy"}),
    ],
)
def test_a_shaped_one_waits_for_the_seats_of_its_route(world, route, author, whom):
    improvement = make_shaped(
        by=world.people[author], service=world.service, owner=world.reader, route=route
    )
    assert for_whom(world, improvement) == ("decide", whom)


def test_who_has_approved_waits_for_the_other_seat_until_another_decision(world):
    improvement = make_shaped(by=world.manager, service=world.service)
    take(improvement, Deed.APPROVE, world.pmo)
    assert for_whom(world, improvement) == ("decide", {"smo"})
    take(improvement, Deed.ASK, world.smo)
    change_state(improvement, State.SHAPED, by=world.manager, expected=improvement.version)
    assert for_whom(world, improvement) == ("decide", {"pmo", "smo"})


def test_one_without_an_owner_waits_to_be_completed(world):
    improvement = make_shaped(by=world.manager, service=world.service)
    edit(improvement, {"owner": None}, by=world.manager, expected=improvement.version)
    deed, whom = for_whom(world, improvement)
    assert (deed, "manager" in whom, "reader" in whom) == ("complete", True, False)


@time_machine.travel("2026-11-23T09:00:00Z", tick=False)
def test_a_parked_one_comes_back_after_its_day(world):
    improvement = make_shaped(by=world.manager, service=world.service)
    take(improvement, Deed.PARK, world.smo, until=TODAY)
    assert for_whom(world, improvement) == (None, set())
    row = Improvement.objects.filter(pk=improvement.pk)
    assert waiting(row, world.manager, TODAY + dt.timedelta(days=1)).get().waits_for_me


@pytest.mark.parametrize("route", ["do_now", "change", "project"])
@pytest.mark.parametrize("has_owner", [True, False])
@pytest.mark.parametrize("is_small", [True, False])
@pytest.mark.parametrize("author", ["manager", "owner", "pmo", "smo"])
def test_whoever_is_told_to_decide_can_and_nobody_else(world, route, has_owner, is_small, author):
    """The condition over many rows and the rule over one agree, person by person."""
    type(world.root).objects.filter(pk=world.root.pk).update(is_small=is_small)
    service = world.service if has_owner else make_service(unit=world.root)
    improvement = make_shaped(by=world.manager, service=service, owner=world.reader, route=route)
    Improvement.objects.update(proposed_by=world.people[author])
    _deed, whom = for_whom(world, improvement)
    could = set()
    for name, person in world.people.items():
        row = Improvement.objects.select_related("unit__root").get()
        offered = panel_of(row, person, [], limits()[0]).buttons
        could |= {name for button in offered if button.deed == Deed.APPROVE}
    assert whom == could
    # Only an office lead's own proposal for a service without an owner has nobody: name an owner.
    assert whom or (author == "smo" and not has_owner and route != "project")


@pytest.mark.parametrize("state", ["captured", "shaped", "parked"])
def test_what_waits_for_a_first_step_waits_for_those_who_may_take_it(world, state):
    """Owning it is not enough: a project manager is told of nothing they could not do."""
    improvement = make_shaped(by=world.pmo, service=world.service, owner=world.builder)
    values = {"owner": world.builder, "route": "", "proposed_by": None, "state": state}
    Improvement.objects.update(parked_until=TODAY - dt.timedelta(days=1), **values)
    improvement.refresh_from_db()

    _deed, whom = for_whom(world, improvement)

    assert whom == {name for name, one in world.people.items() if can_triage(one, improvement)}
    assert "manager" in whom
    assert "builder" not in whom
