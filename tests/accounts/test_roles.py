"""The table of roles, cell by cell, and the one rule of who reads what has been done."""

import pytest
from django.test import Client

from accounts.domain.roles import GRANTS, Capability, Reach, Role
from accounts.models import Unit, User
from tests.factories.accounts import make_person, make_unit
from tests.factories.improvements import make_improvement
from tests.factories.projects import make_project
from tests.factories.services import make_service

ROLES = tuple(Role)
# Columns: executive, project manager, service owner, process owner, improvement manager, project
# office, service office, auditor, administrator. `all` is the whole scope, `own` where one is
# named, `-` not at all.
TABLE = """
view_projects         all all all all all all all all -
view_services         all all all all all all all all -
view_improvements     all all all all all all all all -
view_rollup           all all all all all all all all -
export                all all all all all all all all -
propose               all all all all all all all -   -
edit_projects         -   own -   -   -   all -   -   -
edit_services         -   -   own -   -   -   all -   -
triage                -   -   own own all all all -   -
approve_project_side  -   -   -   -   -   all -   -   -
approve_service_side  -   -   -   -   -   -   all -   -
view_money            -   own own -   -   all all all -
view_money_rollup     all -   -   -   -   all all all -
propose_budget        -   own -   -   -   all -   -   -
approve_budget        -   -   -   -   -   all -   -   -
freeze_periods        -   -   -   -   -   all all -   -
import                -   own own own all all all -   -
view_imports          -   -   -   -   -   all all all -
assign_project_side   -   -   -   -   -   all -   -   -
assign_service_side   -   -   -   -   -   -   all -   -
view_audit            own all all all all all all all -
configure             -   -   -   -   -   -   -   -   all
"""
REACH = {"all": Reach.SCOPE, "own": Reach.OWN, "-": None}
PATHS = {"project": "/projects/{}/log/", "service": "/services/{}/history/",
         "improvement": "/improvements/{}/trail/"}  # fmt: skip


def test_every_role_holds_what_the_table_says() -> None:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    told = {
        (role, Capability(name)): REACH[cell]
        for name, *cells in lines
        for role, cell in zip(ROLES, cells, strict=True)
    }

    assert {capability for _role, capability in told} == set(Capability)
    assert {cell: GRANTS[cell[0]].get(cell[1]) for cell in told} == told


@pytest.fixture
def school(organisation: Unit) -> Unit:
    return make_unit(parent=organisation, name="School")


def _answers(person: User, unit: Unit, *, is_named: bool) -> dict[str, int]:
    keeper = make_person(unit=unit, role=Role.PMO_LEAD)
    project = make_project(unit=unit, **({"sponsor": person} if is_named else {}))
    service = make_service(unit=unit, **({"owner": person} if is_named else {}))
    improvement = make_improvement(by=person if is_named else keeper, unit=unit)
    client = Client()
    client.force_login(person)
    keys = {"project": project.key, "service": service.key, "improvement": improvement.key}
    found = {kind: client.get(PATHS[kind].format(key)).status_code for kind, key in keys.items()}
    for kind, key in keys.items():
        page = client.get(f"/{kind}s/{key}/")
        offered = PATHS[kind].format(key) in page.content.decode()
        assert offered == (found[kind] == 200), "a page offers a log that it does not show"
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_what_has_been_done_is_read_alike_on_all_three_kinds(school: Unit, role: Role) -> None:
    person = make_person(unit=school, role=role)
    expected = {Role.EXECUTIVE: 403, Role.APP_ADMIN: 404}.get(role, 200)

    assert set(_answers(person, school, is_named=False).values()) == {expected}


@pytest.mark.django_db
def test_an_executive_reads_it_where_named(school: Unit) -> None:
    person = make_person(unit=school, role=Role.EXECUTIVE)

    assert set(_answers(person, school, is_named=True).values()) == {200}


@pytest.mark.django_db
def test_a_role_elsewhere_reads_nothing_here(organisation: Unit, school: Unit) -> None:
    person = make_person(unit=make_unit(parent=organisation, name="Care"), role=Role.AUDITOR)

    assert set(_answers(person, school, is_named=False).values()) == {404}
