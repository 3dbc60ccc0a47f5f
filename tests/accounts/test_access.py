"""Rights add up, go downwards, stop at confidential units, and end with their date."""

import datetime as dt

import pytest

from accounts import actions
from accounts.access import authority, can_configure, may, units_for
from accounts.domain.roles import Capability, Role
from accounts.models import Unit
from common import clock
from common.errors import Refused
from tests.factories.accounts import make_organisation, make_person, make_unit

pytestmark = pytest.mark.django_db
C = Capability


def test_a_role_counts_in_its_unit_and_below_but_not_beside(organisation: Unit) -> None:
    school, care = make_unit(parent=organisation), make_unit(parent=organisation)
    below = make_unit(parent=school)
    person = make_person(unit=school, role=Role.PMO_LEAD)

    assert may(person, C.EDIT_PROJECTS, path=below.path)
    assert not may(person, C.EDIT_PROJECTS, path=care.path)
    assert not may(person, C.EDIT_PROJECTS, path=organisation.path)


def test_rights_from_above_stop_at_a_confidential_unit(organisation: Unit) -> None:
    secret = make_unit(parent=organisation, is_confidential=True)
    inside = make_unit(parent=secret)
    above = make_person(unit=organisation, role=Role.PMO_LEAD)
    assigned = make_person(unit=secret, role=Role.PMO_LEAD)

    assert not may(above, C.VIEW_PROJECTS, path=inside.path)
    assert may(assigned, C.VIEW_PROJECTS, path=inside.path)
    assert set(units_for(above, C.VIEW_PROJECTS)) == {organisation}


def test_a_grant_above_and_one_inside_a_confidential_unit_both_count(organisation: Unit) -> None:
    secret = make_unit(parent=organisation, is_confidential=True)
    person = make_person(unit=organisation, role=Role.PMO_LEAD)
    actions.assign_role(person, Role.EXECUTIVE, secret, by=None)

    assert may(person, C.VIEW_PROJECTS, path=secret.path)
    assert not may(person, C.EDIT_PROJECTS, path=secret.path)


@pytest.mark.parametrize(
    ("starts", "ends", "counts"),
    [(-5, 5, True), (0, 0, True), (1, None, False), (None, -1, False), (None, None, True)],
)
def test_an_assignment_counts_between_its_dates(
    organisation: Unit, starts: int | None, ends: int | None, counts: bool
) -> None:
    day = {n: clock.today() + dt.timedelta(days=n) for n in (starts, ends) if n is not None}
    person = make_person(unit=organisation)
    actions.assign_role(
        person,
        Role.EXECUTIVE,
        organisation,
        by=None,
        starts_on=day.get(starts),
        ends_on=day.get(ends),
    )

    assert may(person, C.VIEW_PROJECTS, path=organisation.path) is counts


def test_money_is_a_right_of_its_own(organisation: Unit) -> None:
    plain = make_person(unit=organisation, role=Role.EXECUTIVE)
    flagged = make_person(unit=organisation, role=Role.EXECUTIVE, with_money=True)

    assert not may(plain, C.VIEW_MONEY, path=organisation.path)
    assert may(flagged, C.VIEW_MONEY, path=organisation.path)


def test_the_administrator_sees_neither_records_nor_money(organisation: Unit) -> None:
    admin = make_person(unit=organisation, role=Role.APP_ADMIN)

    assert can_configure(admin)
    assert authority(admin).paths(C.VIEW_PROJECTS) == authority(admin).paths(C.VIEW_MONEY) == ()


def test_own_reach_needs_being_named(organisation: Unit) -> None:
    manager = make_person(unit=organisation, role=Role.PROJECT_MANAGER)

    assert not may(manager, C.EDIT_PROJECTS, path=organisation.path)
    assert may(manager, C.EDIT_PROJECTS, path=organisation.path, is_named=True)


def test_somebody_who_has_left_may_nothing(organisation: Unit) -> None:
    person = make_person(unit=organisation, role=Role.PMO_LEAD)
    person.is_active = False

    assert not may(person, C.VIEW_PROJECTS, path=organisation.path)


def test_authority_is_one_statement_a_request(
    organisation: Unit, django_assert_num_queries: object
) -> None:
    person = make_person(unit=organisation, role=Role.PMO_LEAD)

    with django_assert_num_queries(1):  # type: ignore[operator]
        authority(person)
        authority(person).holds(C.VIEW_PROJECTS, organisation.path)


def test_a_unit_moves_with_all_below_it_and_never_into_itself(organisation: Unit) -> None:
    school, care = make_unit(parent=organisation), make_unit(parent=organisation)
    classroom = make_unit(parent=school)

    actions.move_unit(school, parent=care, by=None)

    classroom.refresh_from_db()
    assert classroom.path.startswith(care.path)
    with pytest.raises(Refused, match="below it"):
        actions.move_unit(Unit.objects.get(pk=care.pk), parent=classroom, by=None)


def test_a_unit_does_not_leave_its_organisation(organisation: Unit) -> None:
    other = make_organisation()
    school = make_unit(parent=organisation)

    with pytest.raises(Refused, match="stays in its organisation"):
        actions.move_unit(school, parent=other, by=None)
