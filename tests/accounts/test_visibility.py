"""`visible_to` on random trees: never a row outside what was granted, never one inside withheld.

The oracle walks the tree node by node, by names and parents, and knows nothing of paths.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access import authority, people_for, units_for
from accounts.actions import assign_role
from accounts.domain.roles import Capability, Reach, Role, capabilities
from accounts.models import Assignment, Unit, User
from common import clock
from improvements.access import visible_to as visible_improvements
from improvements.models import Improvement
from projects.access import money_where
from projects.access import visible_to as visible_projects
from projects.models import Project
from services.access import visible_to as visible_services
from services.models import Service
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db

C = Capability
EVERYDAY = [role for role in Role if role is not Role.APP_ADMIN]


@dataclass(frozen=True)
class Node:
    """A unit of a drawn tree: the place of its parent in the list, and whether it is shut."""

    parent: int | None
    is_shut: bool


@st.composite
def trees(draw: Any) -> list[Node]:
    nodes = [Node(None, False)]
    for place in range(1, draw(st.integers(1, 9))):
        parent = draw(st.one_of(st.none(), st.integers(0, place - 1)))
        nodes.append(Node(parent, parent is not None and draw(st.booleans())))
    return nodes


@st.composite
def towns(draw: Any) -> tuple[list[Node], list[tuple[Role, int, bool, int]], list[bool]]:
    nodes = draw(trees())
    place = st.integers(0, len(nodes) - 1)
    grants = draw(
        st.lists(
            st.tuples(
                st.sampled_from(list(Role)), place, st.booleans(), st.sampled_from([-1, 0, 1])
            ),
            max_size=4,
        )
    )
    secret = [draw(st.booleans()) for _ in nodes]
    return nodes, grants, secret


def _reaches(nodes: list[Node], granted: int, place: int) -> bool:
    """Return whether a grant at one node holds at another: below it, with no shut node between."""
    at: int | None = place
    while at is not None:
        if at == granted:
            return True
        if nodes[at].is_shut:
            return False
        at = nodes[at].parent
    return False


def _holds(
    nodes: list[Node],
    grants: Iterable[tuple[Role, int, bool, int]],
    capability: Capability,
    place: int,
) -> bool:
    return any(
        capabilities(role, with_money=money).get(capability) == Reach.SCOPE
        and _reaches(nodes, granted, place)
        for role, granted, money, day in grants
        if day == 0
    )


def _build(nodes: list[Node]) -> list[Unit]:
    units: list[Unit] = []
    for node in nodes:
        if node.parent is None:
            units.append(make_organisation())
        else:
            parent = Unit.objects.get(pk=units[node.parent].pk)
            units.append(make_unit(parent=parent, is_confidential=node.is_shut))
    return units


def _grant(person: User, units: list[Unit], grants: Iterable[tuple[Role, int, bool, int]]) -> None:
    today = clock.today()
    for role, place, money, day in grants:
        # -1 ended yesterday, 1 begins tomorrow: neither counts today.
        assign_role(
            person, role, units[place], by=None, with_money=money,
            starts_on=today + dt.timedelta(days=1) if day == 1 else None,
            ends_on=today - dt.timedelta(days=1) if day == -1 else None,
        )  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(town=towns())
def test_what_is_seen_is_what_was_granted(town: Any, db: None) -> None:
    nodes, grants, secret = town
    with transaction.atomic():
        units = _build(nodes)
        person = make_person()
        _grant(person, units, grants)
        projects = [
            make_project(unit=unit, is_confidential=shut)
            for unit, shut in zip(units, secret, strict=True)
        ]
        services = [
            make_service(unit=unit, is_confidential=shut)
            for unit, shut in zip(units, secret, strict=True)
        ]
        person = User.objects.get(pk=person.pk)

        for rows, visible, capability in (
            (projects, visible_projects(person), C.VIEW_PROJECTS),
            (services, visible_services(person), C.VIEW_SERVICES),
            (projects, Project.objects.filter(money_where(person)), C.VIEW_MONEY),
        ):
            expected = {
                row.pk
                for place, row in enumerate(rows)
                if not secret[place] and _holds(nodes, grants, capability, place)
            }
            assert set(visible.values_list("pk", flat=True)) == expected
        for capability in (C.VIEW_PROJECTS, C.EDIT_PROJECTS, C.IMPORT, C.VIEW_ROLLUP):
            here = {u.pk for u in units_for(person, capability)}
            assert here == {
                units[place].pk
                for place in range(len(nodes))
                if _holds(nodes, grants, capability, place)
            }
            for place, unit in enumerate(units):
                path = Unit.objects.get(pk=unit.pk).path
                held = authority(person).holds(capability, path)
                assert held == _holds(nodes, grants, capability, place)
        transaction.set_rollback(True)


@pytest.mark.parametrize("role", EVERYDAY)
def test_being_named_opens_a_confidential_record_for_who_may_see_its_kind(
    organisation: Unit, role: Role
) -> None:
    person = make_person(unit=organisation, role=role)
    project = make_project(unit=organisation, manager=person, is_confidential=True)
    service = make_service(unit=organisation, owner=person, is_confidential=True)

    assert list(visible_projects(person)) == [project]
    assert list(visible_services(person)) == [service]


def test_being_named_alone_opens_nothing(organisation: Unit) -> None:
    guest = make_person(unit=organisation)
    admin = make_person(unit=organisation, role=Role.APP_ADMIN)
    for person in (guest, admin):
        make_project(unit=organisation, manager=person)
        make_service(unit=organisation, owner=person)

        assert not visible_projects(person).exists()
        assert not visible_services(person).exists()
        assert not visible_improvements(person).exists()


@pytest.mark.parametrize("rows", [Project, Service, Improvement])
def test_nobody_sees_nothing(organisation: Unit, rows: Any) -> None:
    from django.contrib.auth.models import AnonymousUser

    make_project(unit=organisation)
    make_service(unit=organisation)
    visible = {
        Project: visible_projects, Service: visible_services, Improvement: visible_improvements,
    }[rows]  # fmt: skip

    assert not visible(AnonymousUser()).exists()


def test_money_follows_the_person_who_is_named_and_not_the_role(organisation: Unit) -> None:
    manager = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    mine = make_project(unit=organisation, manager=manager)
    make_project(unit=organisation)

    assert list(Project.objects.filter(money_where(manager))) == [mine]


def test_a_sibling_with_a_longer_number_is_not_below(organisation: Unit) -> None:
    """Paths have fixed widths: unit 1 is no prefix of unit 10."""
    units = [make_unit(parent=organisation) for _ in range(12)]
    person = make_person(unit=units[0], role=Role.PMO_LEAD)

    assert {unit.pk for unit in units_for(person, C.VIEW_PROJECTS)} == {units[0].pk}


def test_an_ended_assignment_ends_within_the_day(organisation: Unit) -> None:
    person = make_person(unit=organisation, role=Role.PMO_LEAD)
    make_project(unit=organisation)
    Assignment.objects.update(ends_on=clock.today() - dt.timedelta(days=1))

    assert not visible_projects(User.objects.get(pk=person.pk)).exists()


def test_people_are_chosen_from_one_s_own_organisation(
    organisation: Unit, pmo: User, stranger: User
) -> None:
    gone = make_person(unit=organisation)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert list(people_for(pmo)) == [pmo]
    assert list(people_for(stranger)) == [stranger]


def test_visible_to_is_one_statement_however_many_rows(
    organisation: Unit, pmo: User, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        make_project(unit=organisation)
    authority(pmo)

    with django_assert_num_queries(1):
        list(visible_projects(pmo))
