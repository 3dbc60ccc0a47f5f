"""Moves of a project: from phase to phase, on hold, stopped and back."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from common import audit, clock
from common.db import locked, save_version
from common.domain.transitions import StateTable
from common.errors import Refused, Stale
from common.subjects import Subject
from projects.access import check_can_decide, is_self_approval, role_of
from projects.actions.projects import ORIGINALS
from projects.domain.lifecycle import (
    OVERLAYS,
    Overlay,
    Record,
    approves_plan,
    evidence,
    phase_table,
)
from projects.models import Project
from projects.wording import names_of


@transaction.atomic
def change_phase(
    project: Project, target: str, *, by: User | None, version: int, reason: str = ""
) -> Project:
    """Move a project to another phase when the table, its evidence and the person allow it.

    The first approval of the plan fixes the original: approved finish and budget are copied from
    the plan where they are empty, and stay for ever.
    """
    project = _locked(project, version)
    source = project.phase
    _check_source(project)
    table = phase_table(project.overlay_state)
    if table is None:
        raise Refused("projects.on_hold_stands_still", field="target")
    under = _check_move(table, source, target, project, by=by, reason=reason)
    names = ["phase"]
    if approves_plan(source, target):
        names += [name for name in ORIGINALS if getattr(project, name) is None]
    if target == "executing" and project.actual_start_on is None:
        names.append("actual_start_on")
    before = audit.snapshot(project, names)
    _take_move(project, names, target)
    save_version(project, expected=version, fields=names, at=clock.now())
    _record_move("project.phase_changed", project, by, (before, names), reason, under=under)
    return project


@transaction.atomic
def change_overlay(
    project: Project, target: str, *, by: User | None, version: int, reason: str
) -> Project:
    """Put a project on hold, stop it, or let it run again; always with a reason."""
    project = _locked(project, version)
    _check_source(project)
    under = _check_move(OVERLAYS, project.overlay_state, target, project, by=by, reason=reason)
    before = audit.snapshot(project, ["overlay"])
    project.overlay = "" if target == Overlay.RUNNING else target
    save_version(project, expected=version, fields=["overlay"], at=clock.now())
    _record_move("project.overlay_changed", project, by, (before, ["overlay"]), reason, under=under)
    return project


def _locked(project: Project, version: int) -> Project:
    """Return the row as it stands; Stale when it has moved on, before that is judged."""
    row: Project = locked(
        Project.objects.select_related(
            "unit__root", "project_type", "sponsor", "manager", "standing"
        )
    ).get(pk=project.pk)
    if row.version != version:
        raise Stale(row)
    return row


def _check_source(project: Project) -> None:
    if "phase" in project.owned_by_source:
        raise Refused("projects.source_owns", field="target", fields=names_of(["phase"]))


def record_of(project: Project) -> Record:
    """Return what is on record of a project as evidence for its moves. Two statements."""
    states = list(project.risks.values_list("state", flat=True))
    return Record(
        tier=project.tier,
        has_purpose=bool(project.purpose.strip()),
        has_manager=bool(project.manager_text),
        has_planned_finish=project.planned_finish_on is not None,
        has_budget=project.current_budget is not None or project.approved_budget is not None,
        has_actual_finish=project.actual_finish_on is not None,
        risks=len(states),
        open_risks=states.count("open"),
        open_issues=project.issues.filter(state="open").count(),
    )


def _check_move(
    table: StateTable, source: str, target: str, project: Project, *, by: User | None, reason: str
) -> dict[str, Any]:
    """Refuse a move the table, the person or the evidence does not allow, in that order.

    Returns what the log keeps of the right it was made by: the role, and whether a small
    organisation's relaxation was used.
    """
    verdict = table.judge(source, target, evidence=evidence(record_of(project)), reason=reason)
    if verdict.move is None:
        raise Refused(
            verdict.code, field="target", source=names_of([source]), target=names_of([target])
        )
    if by is not None:
        check_can_decide(by, verdict.move.by, project)
    if not verdict.allowed:
        raise Refused(
            verdict.code,
            field="reason" if verdict.code == "common.reason_needed" else "target",
            missing=names_of(verdict.missing),
        )
    if by is None:
        return {}
    under = {"role": role_of(by, verdict.move.by, project)}
    return (
        under | {"self_approved": True} if is_self_approval(by, verdict.move.by, project) else under
    )


def _take_move(project: Project, names: list[str], target: str) -> None:
    project.phase = target
    if "baseline_finish_on" in names:
        project.baseline_finish_on = project.planned_finish_on
    if "approved_budget" in names:
        project.approved_budget = project.current_budget
    if "actual_start_on" in names:
        project.actual_start_on = clock.today(project.zone)


def _record_move(
    action: str,
    project: Project,
    by: User | None,
    moved: tuple[Mapping[str, Any], list[str]],
    reason: str,
    *,
    under: Mapping[str, Any],
) -> None:
    before, names = moved
    audit.record(
        action,
        Subject("project", project.pk),
        by=by,
        before=before,
        after={**audit.snapshot(project, names), **under},
        note=reason.strip(),
    )
