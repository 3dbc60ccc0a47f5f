"""Capturing and shaping: what is asked, what is promised, what is kept."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from accounts.actions import assign_role
from accounts.domain.roles import Role
from common.errors import NotAllowed, Refused, Stale
from common.models import AuditEvent, CalendarException
from improvements.actions import capture, edit
from improvements.models import ImprovementService
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.improvements import make_improvement
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
UTC = dt.UTC


@pytest.fixture
def root():
    return make_organisation()


@pytest.fixture
def person(root):
    return make_person(unit=root, role=Role.EXECUTIVE)


@pytest.fixture
def triager(root):
    return make_person(unit=root, role=Role.IMPROVEMENT_MANAGER)


def test_a_service_gives_the_unit_and_is_the_primary_one(root, person):
    unit = make_unit(parent=root)
    service = make_service(unit=unit)
    improvement = capture("Faster access", "It takes 4 days.", by=person, service=service)
    assert improvement.unit == unit
    assert improvement.state == "captured"
    link = ImprovementService.objects.get(improvement=improvement)
    assert (link.service, link.is_primary) == (service, True)
    event = AuditEvent.objects.about("improvement", improvement.pk).get()
    assert event.action == "improvement.captured"
    assert event.after["service"] == service.pk


@pytest.mark.parametrize(
    ("title", "problem", "code", "field"),
    [
        (" ", "It takes 4 days.", "improvements.title_needed", "title"),
        ("Faster access", "", "improvements.problem_needed", "problem"),
    ],
)
def test_title_and_problem_are_needed(root, person, title, problem, code, field):
    with pytest.raises(Refused) as refused:
        capture(title, problem, by=person, unit=root)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_place_is_needed(person):
    with pytest.raises(Refused) as refused:
        capture("Faster access", "It takes 4 days.", by=person)
    assert refused.value.code == "improvements.place_needed"


def test_who_may_not_propose_there_is_refused(root):
    admin = make_person(unit=root, role=Role.APP_ADMIN)
    elsewhere = make_person(unit=make_organisation(), role=Role.EXECUTIVE)
    for somebody in (admin, elsewhere):
        with pytest.raises(NotAllowed):
            capture("Faster access", "It takes 4 days.", by=somebody, unit=root)


def test_a_hidden_service_cannot_be_named(root, person):
    hidden = make_service(unit=root, is_confidential=True)
    with pytest.raises(Refused) as refused:
        capture("Faster access", "It takes 4 days.", by=person, unit=root, service=hidden)
    assert refused.value.code == "improvements.service_unknown"


@time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False)
def test_the_answer_is_promised_in_working_days(root, person):
    # Friday plus five working days, with the Wednesday closed: Monday 30 November at 17 local.
    CalendarException.objects.create(calendar=root.calendar, on=dt.date(2026, 11, 25))
    # Every edit of a calendar counts its version up; hours are kept by it.
    root.calendar.version += 1000
    root.calendar.save()
    improvement = make_improvement(by=person, unit=root)
    assert improvement.respond_by == dt.datetime(2026, 11, 30, 16, tzinfo=UTC)


@time_machine.travel(dt.datetime(2026, 11, 20, 9, tzinfo=UTC), tick=False)
def test_what_turns_out_small_is_promised_sooner_and_never_later(root, person, triager):
    improvement = make_improvement(by=person, unit=root)
    edit(improvement, {"effort_days": Decimal(3)}, by=triager, expected=1)
    assert improvement.respond_by == dt.datetime(2026, 11, 23, 16, tzinfo=UTC)
    edit(improvement, {"effort_days": Decimal(90)}, by=triager, expected=2)
    assert improvement.respond_by == dt.datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_the_proposer_edits_until_it_is_shaped(root, person):
    improvement = make_improvement(by=person, unit=root)
    edit(improvement, {"title": "Faster access for new staff"}, by=person, expected=1)
    improvement.refresh_from_db()
    assert (improvement.title, improvement.version) == ("Faster access for new staff", 2)
    improvement.state = "shaped"
    with pytest.raises(NotAllowed):
        edit(improvement, {"title": "Other"}, by=person, expected=2)


def test_somebody_elses_save_is_not_overwritten(root, triager):
    improvement = make_improvement(by=triager, unit=root)
    edit(improvement, {"title": "First"}, by=triager, expected=1)
    with pytest.raises(Stale):
        edit(improvement, {"title": "Second"}, by=triager, expected=1)


def test_another_route_than_the_advised_one_needs_a_reason(root, triager):
    improvement = make_improvement(by=triager, service=make_service(unit=root))
    edit(improvement, {"effort_days": Decimal(12)}, by=triager, expected=1)
    with pytest.raises(Refused) as refused:
        edit(improvement, {"route": "project", "route_reason": ""}, by=triager, expected=2)
    assert refused.value.field == "route_reason"
    improvement.refresh_from_db()
    edit(
        improvement,
        {"route": "project", "route_reason": "Three suppliers must move together."},
        by=triager,
        expected=2,
    )
    improvement.refresh_from_db()
    assert improvement.route == "project"


def test_the_route_stays_once_it_is_approved(root, triager):
    improvement = make_improvement(by=triager, service=make_service(unit=root))
    improvement.state = "approved"
    with pytest.raises(NotAllowed) as refused:
        edit(improvement, {"route": "change"}, by=triager, expected=1)
    assert refused.value.code == "improvements.route_is_decided"


def test_what_a_source_owns_stays(root, triager):
    improvement = make_improvement(by=triager, unit=root, title="As imported")
    improvement.source = "ideas"
    edit(improvement, {"title": "Changed here", "owner": triager}, by=triager, expected=1)
    improvement.refresh_from_db()
    assert (improvement.title, improvement.owner) == ("As imported", triager)


def test_it_does_not_leave_its_organisation(root, triager):
    improvement = make_improvement(by=triager, unit=root)
    other = make_organisation()
    assign_role(triager, Role.IMPROVEMENT_MANAGER, other, by=None)
    del triager._authority
    with pytest.raises(Refused) as refused:
        edit(improvement, {"unit": other}, by=triager, expected=1)
    assert refused.value.code == "improvements.stays_in_organisation"
