"""Projects from another system's register: compared, applied in chunks, undone one by one.

The seam is common/imports.py. A source owns the fields it fills. It never rewrites the original
approval, and never decides anything: a phase that came in says in the log that it was imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User
from common import audit, clock
from common.audit import plain
from common.bulk import upsert
from common.db import CHUNK, locked
from common.errors import Refused
from common.imports import (
    ImportContext,
    ImportedRecord,
    Outcome,
    kept,
    stands_as,
    undone,
)
from common.models import AuditEvent
from common.subjects import Subject
from projects.actions.importing import FIGURE, Places, Reading, read_record
from projects.actions.milestones import import_milestones, milestones_of, restore_milestones
from projects.models import Project, ProjectFigure

#: project columns that an import may write, besides those of the record's own fields
_PLUMBING = ("extra", "source_fields", "version", "updated_at", "seen_at")


@dataclass(slots=True)
class Found:
    """What stands in the database for a chunk of records."""

    projects: dict[str, Project] = field(default_factory=dict)
    figures: dict[int, ProjectFigure] = field(default_factory=dict)
    milestones: dict[int, dict[str, list[Any]]] = field(default_factory=dict)


def compare_projects(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what an import of the records would do; writes nothing. At most 500 records."""
    places = Places.of(context)
    found = _found(records, context, lock=False)
    return [
        _outcome(read_record(record, found.projects.get(record.external_id), places), found)
        for record in records
    ]


def apply_projects(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 records inside the caller's transaction, and return what became of each.

    A constant number of statements, and three more for each unit that has to be created.
    """
    places = Places.of(context)
    found = _found(records, context, lock=True)
    readings = [
        read_record(record, found.projects.get(record.external_id), places) for record in records
    ]
    accepted = [reading for reading in readings if not reading.code]
    places.create_missing(accepted, context)
    outcomes = {reading.row: _outcome(reading, found) for reading in readings}
    _write_projects(accepted, outcomes, context)
    _write_figures(accepted, context)
    import_milestones(
        [(reading.project, reading.milestones) for reading in accepted if reading.milestones]
    )
    for reading in accepted:
        project = reading.project
        outcomes[reading.row] = stands_as(
            outcomes[reading.row], Subject("project", project.pk), project.version
        )
    _record(list(outcomes.values()), context)
    return [outcomes[record.row] for record in records]


def _found(records: Sequence[ImportedRecord], context: ImportContext, *, lock: bool) -> Found:
    rows = Project.objects.filter(
        source=context.source, external_id__in=[record.external_id for record in records]
    )
    projects = {row.external_id or "": row for row in (locked(rows) if lock else rows)}
    ids = [project.pk for project in projects.values()]
    newest: dict[int, ProjectFigure] = {}
    figures = ProjectFigure.objects.filter(
        project_id__in=ids, source=context.source, on__lte=context.as_of
    )
    for figure in figures.order_by("on"):
        newest[figure.project_id] = figure
    return Found(projects=projects, figures=newest, milestones=milestones_of(ids))


def _outcome(reading: Reading, found: Found) -> Outcome:
    if reading.code:
        return Outcome(
            row=reading.row,
            external_id=reading.external_id,
            state="refused",
            column=reading.column,
            code=reading.code,
            params=reading.params,
        )
    project = reading.project
    if project.pk is None:
        return Outcome(
            row=reading.row,
            external_id=reading.external_id,
            state="new",
            after=plain(reading.values | reading.milestone_values),
        )
    before, after = dict(reading.before), dict(reading.changed)
    old = found.milestones.get(project.pk, {})
    moved = {name: dates for name, dates in reading.milestones.items() if old.get(name) != dates}
    if moved:
        before["milestones"] = {name: old.get(name) for name in moved}
        after["milestones"] = moved
    if _says_more(reading, found.figures.get(project.pk)):
        after["reported"] = reading.figure["reported_colour"]
    return Outcome(
        row=reading.row,
        external_id=reading.external_id,
        state="changed" if after else "same",
        subject=Subject("project", project.pk),
        version=project.version,
        before=plain(before),
        after=plain(after),
    )


def _says_more(reading: Reading, newest: ProjectFigure | None) -> bool:
    """Whether the dated facts differ from the newest that the source gave up to that day."""
    if newest is None:
        return True
    return any(getattr(newest, name) != reading.figure[name] for name in FIGURE)


def _write_projects(
    accepted: Sequence[Reading], outcomes: Mapping[int, Outcome], context: ImportContext
) -> None:
    at = clock.now()
    new = [reading.project for reading in accepted if reading.project.pk is None]
    changed, same, names = [], [], set(_PLUMBING)
    for reading in accepted:
        project = reading.project
        for name, value in reading.changed.items():
            setattr(project, name, value)
        project.seen_at = at
        if project.pk is None:
            project.created_at = project.updated_at = at
        elif outcomes[reading.row].state == "changed" and context.is_newest:
            project.version, project.updated_at = project.version + 1, at
            names |= reading.changed.keys()
            changed.append(project)
        else:
            same.append(project.pk)
    Project.objects.bulk_create(new, batch_size=CHUNK)
    upsert(Project, changed, unique=["id"], update=sorted(names))
    Project.objects.filter(pk__in=same).update(seen_at=at)


def _write_figures(accepted: Sequence[Reading], context: ImportContext) -> None:
    upsert(
        ProjectFigure,
        [
            ProjectFigure(
                project=reading.project,
                on=context.as_of,
                source=context.source,
                **reading.figure,
            )
            for reading in accepted
        ],
        unique=["project", "source", "on"],
        update=FIGURE,
    )


def _record(outcomes: Sequence[Outcome], context: ImportContext) -> None:
    written = [
        ("project.imported", outcome.subject, outcome.before, outcome.after)
        for outcome in outcomes
        if outcome.subject and outcome.state in {"new", "changed"}
    ]
    audit.record_batch(
        "projects.imported",
        by=context.by,
        items=written,
        batch=context.batch,
        # One that stayed the same was still heard of: its freshness moves.
        affects=[outcome.subject for outcome in outcomes if outcome.subject],
    )


def undo_projects(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back what an import did to those projects; each for itself, in the caller's transaction.

    Returns an outcome per given one, refused with the reason where it has to stay.
    """
    return [_undone(told, context) for told in outcomes]


def _undone(told: Outcome, context: ImportContext) -> Outcome:
    try:
        if told.subject is None:
            raise Refused("projects.undo_moved_on")
        undo_project(
            told.subject,
            told.before,
            told.after,
            told.version or 0,
            context.by,
            batch=context.batch,
        )
    except Refused as refusal:
        return kept(told, refusal.code)
    return undone(told)


@transaction.atomic
def undo_project(
    subject: Subject,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    version: int,
    by: User | None,
    *,
    batch: AuditEvent | None = None,
) -> None:
    """Put an imported project back as it was before; refused when it has been changed since.

    One that the import created is deleted as long as nothing hangs on it. Dated facts stay: the
    source did say them that day.
    """
    project = locked(Project.objects.filter(pk=subject.id)).first()
    if project is None or project.version != version:
        raise Refused("projects.undo_moved_on")
    if not before and version == 1:
        _undo_new(project, by, after, batch)
        return
    restore_milestones(project, before.get("milestones") or {})
    names = [name for name in before if name != "milestones"]
    for name in names:
        column: Any = Project._meta.get_field(name)  # noqa: SLF001  Django's own public-by-convention name
        setattr(project, column.attname, column.to_python(before[name]))
    project.version, project.updated_at = version + 1, clock.now()
    project.save(update_fields=[*names, "version", "updated_at"])
    audit.record("project.import_undone", subject, by=by, before=after, after=before, batch=batch)


def _undo_new(
    project: Project, by: User | None, after: Mapping[str, Any], batch: AuditEvent | None
) -> None:
    subject = Subject("project", project.pk)
    if project.risks.exists() or project.issues.exists():
        raise Refused("projects.import_has_history")
    try:
        with transaction.atomic():
            project.delete()
    except ProtectedError as error:
        raise Refused("projects.import_has_history") from error
    audit.record("project.import_undone", subject, by=by, before=after, batch=batch)
