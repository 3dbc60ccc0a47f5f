"""Writes to a project: one function per use case, audit inside.

`by` is None for the machinery (demo, import), which is past access checks.
"""

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict

from django.db import transaction

from accounts.domain.roles import Capability
from accounts.models import Unit, User
from common import audit, clock
from common.db import save_version
from common.errors import NotAllowed, Refused
from common.subjects import Subject
from projects.access import (
    can_change_budget,
    can_restore_project,
    can_see_money,
    check_can_create_project,
    check_can_decide,
    check_can_edit_project,
    check_can_place_project,
)
from projects.models import Project, ProjectType
from projects.models.project import AMOUNTS
from projects.wording import names_of


class ProjectValues(TypedDict, total=False):
    """What a person may set on a project; phase and overlay have moves of their own."""

    name: str
    unit: Unit
    project_type: ProjectType
    tier: str
    purpose: str
    sponsor: User | None
    manager: User | None
    is_confidential: bool
    starts_on: dt.date | None
    actual_start_on: dt.date | None
    planned_finish_on: dt.date | None
    baseline_finish_on: dt.date | None
    forecast_finish_on: dt.date | None
    actual_finish_on: dt.date | None
    approved_budget: Decimal | None
    current_budget: Decimal | None
    forecast_cost: Decimal | None
    actual_cost: Decimal | None


FIELDS = tuple(ProjectValues.__annotations__)
#: the original approval: set once, never rewritten
ORIGINALS = ("baseline_finish_on", "approved_budget")


@transaction.atomic
def create_project(
    values: ProjectValues,
    *,
    by: User | None,
    phase: str = "initiating",
    now: dt.datetime | None = None,
) -> Project:
    """Create a project; needs at least name, unit and project_type.

    `phase` and `now` are for the demo and for history that is entered afterwards.
    """
    at = now or clock.now()
    project = Project(**values, phase=phase, created_at=at, updated_at=at)
    project.name = project.name.strip()
    _check_facts(project, now=at)
    if by is not None:
        check_can_create_project(by)
        check_can_place_project(by, project.unit, project.manager_id)
    project.save(force_insert=True)
    audit.record(
        "project.created",
        Subject("project", project.pk),
        by=by,
        after=audit.snapshot(project, [*values, "phase"]),
    )
    return project


@transaction.atomic
def edit_project(
    project: Project, values: ProjectValues, *, by: User | None, version: int
) -> Project:
    """Change facts of a project; Stale when somebody else saved after `version`."""
    if by is not None:
        check_can_edit_project(by, project)
    new: dict[str, Any] = {**values}
    names = [name for name, value in new.items() if getattr(project, name) != value]
    owned = [name for name in names if name in project.owned_by_source]
    if owned:
        raise Refused("projects.source_owns", field=owned[0], fields=names_of(owned))
    _check_rights_to(names, project, by)
    before = audit.snapshot(project, names)
    for name in names:
        setattr(project, name, new[name])
    _check_facts(project, now=clock.now(), changed=set(names))
    if by is not None and {"unit", "manager"} & set(names):
        check_can_place_project(by, project.unit, project.manager_id)
    save_version(project, expected=version, fields=names, at=clock.now())
    if names:
        audit.record(
            "project.changed",
            Subject("project", project.pk),
            by=by,
            before=before,
            after=audit.snapshot(project, names),
        )
    return project


def _check_rights_to(names: list[str], project: Project, by: User | None) -> None:
    """Refuse amounts to those who may not see them, and the original to those who ask for it."""
    for name in ORIGINALS:
        if name in names and getattr(project, name) is not None:
            raise Refused("projects.original_stays", field=name)
    if by is None:
        return
    if set(AMOUNTS) & set(names) and not can_see_money(by, project):
        raise NotAllowed("projects.money_not_yours")
    if set(ORIGINALS) & set(names):
        check_can_decide(by, Capability.APPROVE_BUDGET, project)
    if "current_budget" in names and not can_change_budget(by, project):
        raise NotAllowed("projects.budget_not_yours", field="current_budget")


@transaction.atomic
def archive_project(project: Project, *, by: User | None, version: int, reason: str) -> Project:
    """Take a project out of the lists; nothing is deleted, links to it stay."""
    if by is not None:
        check_can_edit_project(by, project)
    if not reason.strip():
        raise Refused("common.reason_needed", field="reason")
    project.archived_at = clock.now()
    save_version(project, expected=version, fields=["archived_at"], at=project.archived_at)
    audit.record(
        "project.archived",
        Subject("project", project.pk),
        by=by,
        after={"archived_at": project.archived_at},
        note=reason.strip(),
    )
    return project


@transaction.atomic
def restore_project(project: Project, *, by: User | None, version: int, reason: str) -> Project:
    """Put an archived project back into the lists, as it was."""
    if by is not None and not can_restore_project(by, project):
        raise NotAllowed("projects.edit_not_yours")
    if not reason.strip():
        raise Refused("common.reason_needed", field="reason")
    before = audit.snapshot(project, ["archived_at"])
    project.archived_at = None
    save_version(project, expected=version, fields=["archived_at"], at=clock.now())
    audit.record(
        "project.restored",
        Subject("project", project.pk),
        by=by,
        before=before,
        after={"archived_at": None},
        note=reason.strip(),
    )
    return project


def _check_facts(project: Project, *, now: dt.datetime, changed: set[str] | None = None) -> None:
    """Refuse what cannot be: no name, dates that run backwards, negative amounts, a future past.

    With `changed`, only pairs that were touched are judged: an old flaw does not block an edit.
    """
    if not project.name:
        raise Refused("projects.name_needed", field="name")
    touched = changed if changed is not None else set(FIELDS)
    for start, finish in (
        ("starts_on", "planned_finish_on"),
        ("starts_on", "baseline_finish_on"),
        ("actual_start_on", "actual_finish_on"),
    ):
        first, last = getattr(project, start), getattr(project, finish)
        if {start, finish} & touched and first and last and last < first:
            raise Refused("projects.finish_before_start", field=finish, start=first, finish=last)
    for name in ("actual_start_on", "actual_finish_on"):
        day = getattr(project, name)
        if name in touched and day and day > now.date() + dt.timedelta(days=1):
            raise Refused("projects.not_yet", field=name)
    for name in AMOUNTS:
        amount = getattr(project, name)
        if name in touched and amount is not None and amount < 0:
            raise Refused("projects.amount_negative", field=name)
