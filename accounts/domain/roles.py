"""Roles as fixed bundles of capabilities (spec: trust B4).

A capability reaches either everything in the assignment's part of the unit tree (`SCOPE`) or only
records where the person is named: manager, sponsor, owner, deputy (`OWN`). Rights add up; there is
no deny. The technical administrator sees no business records and no money by that role.
"""

from collections.abc import Mapping
from enum import StrEnum


class Capability(StrEnum):
    """What a person may do. The words are used by state tables and access checks."""

    VIEW_PROJECTS = "view_projects"
    VIEW_SERVICES = "view_services"
    VIEW_IMPROVEMENTS = "view_improvements"
    EDIT_PROJECTS = "edit_projects"
    EDIT_SERVICES = "edit_services"
    PROPOSE = "propose"
    TRIAGE = "triage"
    APPROVE_PROJECT_SIDE = "approve_project_side"
    APPROVE_SERVICE_SIDE = "approve_service_side"
    VIEW_MONEY = "view_money"
    PROPOSE_BUDGET = "propose_budget"
    APPROVE_BUDGET = "approve_budget"
    VIEW_ROLLUP = "view_rollup"
    VIEW_MONEY_ROLLUP = "view_money_rollup"
    FREEZE_PERIODS = "freeze_periods"
    IMPORT = "import"
    EXPORT = "export"
    ASSIGN_PROJECT_SIDE = "assign_project_side"
    ASSIGN_SERVICE_SIDE = "assign_service_side"
    VIEW_AUDIT = "view_audit"
    VIEW_IMPORTS = "view_imports"
    CONFIGURE = "configure"


class Reach(StrEnum):
    """How far a capability reaches."""

    OWN = "own"
    SCOPE = "scope"


class Role(StrEnum):
    """The fixed roles."""

    EXECUTIVE = "executive"
    PROJECT_MANAGER = "project_manager"
    SERVICE_OWNER = "service_owner"
    PROCESS_OWNER = "process_owner"
    IMPROVEMENT_MANAGER = "improvement_manager"
    PMO_LEAD = "pmo_lead"
    SMO_LEAD = "smo_lead"
    AUDITOR = "auditor"
    APP_ADMIN = "app_admin"


C, OWN, SCOPE = Capability, Reach.OWN, Reach.SCOPE
_READ = {
    C.VIEW_PROJECTS: SCOPE,
    C.VIEW_SERVICES: SCOPE,
    C.VIEW_IMPROVEMENTS: SCOPE,
    C.VIEW_ROLLUP: SCOPE,
    C.VIEW_AUDIT: SCOPE,
    C.EXPORT: SCOPE,
}
_MONEY = {C.VIEW_MONEY: SCOPE, C.VIEW_MONEY_ROLLUP: SCOPE}

GRANTS: Mapping[Role, Mapping[Capability, Reach]] = {
    Role.EXECUTIVE: {**_READ, C.VIEW_AUDIT: OWN, C.PROPOSE: SCOPE, C.VIEW_MONEY_ROLLUP: SCOPE},
    Role.PROJECT_MANAGER: {
        **_READ,
        C.PROPOSE: SCOPE,
        C.EDIT_PROJECTS: OWN,
        C.VIEW_MONEY: OWN,
        C.PROPOSE_BUDGET: OWN,
        C.IMPORT: OWN,
    },
    Role.SERVICE_OWNER: {
        **_READ,
        C.PROPOSE: SCOPE,
        C.EDIT_SERVICES: OWN,
        C.VIEW_MONEY: OWN,
        C.IMPORT: OWN,
        C.TRIAGE: OWN,
    },
    Role.PROCESS_OWNER: {**_READ, C.PROPOSE: SCOPE, C.TRIAGE: OWN, C.IMPORT: OWN},
    Role.IMPROVEMENT_MANAGER: {**_READ, C.PROPOSE: SCOPE, C.TRIAGE: SCOPE, C.IMPORT: SCOPE},
    Role.PMO_LEAD: {
        **_READ,
        **_MONEY,
        C.PROPOSE: SCOPE,
        C.TRIAGE: SCOPE,
        C.EDIT_PROJECTS: SCOPE,
        C.PROPOSE_BUDGET: SCOPE,
        C.APPROVE_BUDGET: SCOPE,
        C.APPROVE_PROJECT_SIDE: SCOPE,
        C.FREEZE_PERIODS: SCOPE,
        C.IMPORT: SCOPE,
        C.ASSIGN_PROJECT_SIDE: SCOPE,
        C.VIEW_IMPORTS: SCOPE,
    },
    Role.SMO_LEAD: {
        **_READ,
        **_MONEY,
        C.PROPOSE: SCOPE,
        C.TRIAGE: SCOPE,
        C.EDIT_SERVICES: SCOPE,
        C.APPROVE_SERVICE_SIDE: SCOPE,
        C.FREEZE_PERIODS: SCOPE,
        C.IMPORT: SCOPE,
        C.ASSIGN_SERVICE_SIDE: SCOPE,
        C.VIEW_IMPORTS: SCOPE,
    },
    Role.AUDITOR: {**_READ, **_MONEY, C.VIEW_IMPORTS: SCOPE},
    Role.APP_ADMIN: {C.CONFIGURE: SCOPE},
}


def capabilities(role: Role, *, with_money: bool) -> Mapping[Capability, Reach]:
    """Return what a role may do; `with_money` adds the money rights that some roles get by flag."""
    granted = GRANTS[role]
    if with_money and C.VIEW_ROLLUP in granted:
        return {**granted, **_MONEY}
    return granted
