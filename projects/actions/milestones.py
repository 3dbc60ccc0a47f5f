"""Writes to milestones."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from common import audit, clock
from common.bulk import upsert
from common.db import save_version
from common.errors import Refused
from common.subjects import Subject
from projects.access import check_can_edit_project
from projects.models import Milestone, Project


@transaction.atomic
def add_milestone(
    project: Project,
    *,
    by: User | None,
    name: str,
    planned_on: dt.date,
    actual_on: dt.date | None = None,
    baseline_on: dt.date | None = None,
) -> Milestone:
    """Add a milestone; the day first planned is its promise and stays."""
    if by is not None:
        check_can_edit_project(by, project)
    _check_milestone(project, None, name=name, actual_on=actual_on)
    at = clock.now()
    milestone = Milestone.objects.create(
        project=project,
        name=name.strip(),
        planned_on=planned_on,
        baseline_on=baseline_on or planned_on,
        actual_on=actual_on,
        created_at=at,
        updated_at=at,
    )
    audit.record(
        "project.milestone_added",
        Subject("project", project.pk),
        by=by,
        after=audit.snapshot(milestone, ["id", "name", "planned_on", "actual_on"]),
    )
    return milestone


@transaction.atomic
def edit_milestone(
    milestone: Milestone,
    *,
    by: User | None,
    version: int,
    name: str,
    planned_on: dt.date,
    actual_on: dt.date | None = None,
) -> Milestone:
    """Move, rename or reach a milestone."""
    if by is not None:
        check_can_edit_project(by, milestone.project)
    _check_milestone(milestone.project, milestone.pk, name=name, actual_on=actual_on)
    fields = ["name", "planned_on", "actual_on"]
    before = audit.snapshot(milestone, fields)
    milestone.name, milestone.planned_on, milestone.actual_on = name.strip(), planned_on, actual_on
    save_version(milestone, expected=version, fields=fields, at=clock.now())
    audit.record(
        "project.milestone_changed",
        Subject("project", milestone.project_id),
        by=by,
        before=before,
        after=audit.snapshot(milestone, fields),
        note=milestone.name,
    )
    return milestone


@transaction.atomic
def remove_milestone(milestone: Milestone, *, by: User | None) -> None:
    """Take a milestone away; what it was stays in the log."""
    if by is not None:
        check_can_edit_project(by, milestone.project)
    before = audit.snapshot(milestone, ["id", "name", "planned_on", "actual_on"])
    milestone.delete()
    audit.record(
        "project.milestone_removed",
        Subject("project", milestone.project_id),
        by=by,
        before=before,
    )


def _check_milestone(
    project: Project, pk: int | None, *, name: str, actual_on: dt.date | None
) -> None:
    if not name.strip():
        raise Refused("projects.name_needed", field="name")
    others = [other for other in project.milestones.all() if other.pk != pk]
    if any(other.name == name.strip() for other in others):
        raise Refused("projects.milestone_twice", field="name", name=name.strip())
    if actual_on and actual_on > clock.today(project.zone):
        raise Refused("projects.not_yet", field="actual_on")


# --- From a source ------------------------------------------------------------------------------


def milestones_of(ids: Sequence[int]) -> dict[int, dict[str, list[Any]]]:
    """Return milestones by project and name as [planned, reached]. One statement."""
    found: dict[int, dict[str, list[Any]]] = {}
    for row in Milestone.objects.filter(project_id__in=ids):
        found.setdefault(row.project_id, {})[row.name] = [row.planned_on, row.actual_on]
    return found


def import_milestones(named: Sequence[tuple[Project, Mapping[str, list[Any]]]]) -> None:
    """Write milestones that a source gives, by name; the day first promised stays.

    Audited by the import that calls it. Those the source does not name are left alone.
    """
    at = clock.now()
    upsert(
        Milestone,
        [
            Milestone(
                project=project,
                name=name,
                baseline_on=planned,
                planned_on=planned,
                actual_on=reached,
                created_at=at,
                updated_at=at,
            )
            for project, milestones in named
            for name, (planned, reached) in milestones.items()
        ],
        unique=["project", "name"],
        update=["planned_on", "actual_on", "updated_at"],
    )


def restore_milestones(project: Project, before: Mapping[str, Any]) -> None:
    """Put milestones back as an import found them; None takes away the one it made."""
    gone = [name for name, dates in before.items() if dates is None]
    Milestone.objects.filter(project=project, name__in=gone).delete()
    kept = {
        name: [dt.date.fromisoformat(day) if day else None for day in dates]
        for name, dates in before.items()
        if dates is not None
    }
    import_milestones([(project, kept)])
