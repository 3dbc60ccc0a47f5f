"""Improvements from another system's list: compared, applied in chunks, undone.

The seam is common/imports.py. The source owns title, problem and origin; what the offices have
worked out here (effort, services, route, decisions) is filled once and then theirs. Nothing that
came in has been decided: it starts captured, and its first answer was promised by nobody.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from accounts.access import authority
from accounts.domain.roles import Capability, Reach
from accounts.models import Unit
from common import audit, clock
from common.audit import plain
from common.bulk import upsert
from common.db import CHUNK, locked
from common.imports import ImportContext, ImportedRecord, Outcome, folded, kept, stands_as
from common.subjects import Subject
from improvements.models import (
    Decision,
    Improvement,
    ImprovementProject,
    ImprovementService,
    ImprovementStanding,
    Score,
)
from improvements.models.improvement import ORIGINS
from services.models import Service

#: columns that a later file rewrites; effort only while nobody has estimated it
_FIELDS = ("title", "problem", "origin", "owner_name", "effort_days", "extra")
_TITLE_LIMIT = 200
_KNOWN_ORIGINS = frozenset(code for code, _label in ORIGINS)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One record: the improvement it is about, and what it says of it."""

    record: ImportedRecord
    improvement: Improvement | None
    service: Service | None
    values: dict[str, Any]
    column: str = ""
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> dict[str, Any]:
        """The fields that differ from the row; all that say something for a new one."""
        if self.improvement is None:
            return {name: value for name, value in self.values.items() if value not in ("", None)}
        return {n: v for n, v in self.values.items() if getattr(self.improvement, n) != v}


def compare_improvements(
    records: Sequence[ImportedRecord], context: ImportContext
) -> list[Outcome]:
    """Return what an import of the records would do; writes nothing. At most 500 records."""
    return [_outcome(reading, context) for reading in _read(records, context, lock=False)]


def apply_improvements(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 records inside the caller's transaction, and say what became of each.

    A constant number of statements. Idempotent on source and number.
    """
    readings = _read(records, context, lock=True)
    before = {reading.record.row: _outcome(reading, context) for reading in readings}
    now = clock.now()
    made = [reading for reading in readings if before[reading.record.row].state == "new"]
    _create(made, context, now)
    moved = [reading for reading in readings if before[reading.record.row].state == "changed"]
    _change(moved, now)
    same = [
        reading.improvement.pk
        for reading in readings
        if reading.improvement and before[reading.record.row].state == "same"
    ]
    Improvement.objects.filter(pk__in=same).update(seen_at=now)
    outcomes = [_written(reading, before[reading.record.row]) for reading in readings]
    _record("improvement.imported", "improvements.imported", outcomes, context)
    return outcomes


def undo_improvements(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Put back at most 500 imported improvements, inside the caller's transaction.

    One that has been changed, scored, decided or linked since is kept, and its outcome says so.
    """
    ids = [outcome.subject.id for outcome in outcomes if outcome.subject]
    rows = {row.pk: row for row in locked(Improvement.objects.filter(pk__in=ids))}
    used = _used(ids)
    answers, removed, restored = [], [], []
    for outcome in outcomes:
        row = rows.get(outcome.subject.id) if outcome.subject else None
        if row is None or row.version != outcome.version or row.pk in used:
            answers.append(kept(outcome, "improvements.import.moved_on"))
            continue
        answers.append(outcome)
        if outcome.state == "new":
            removed.append(row.pk)
        else:
            restored.append(_restore(row, outcome.before))
    ImprovementService.objects.filter(improvement__in=removed).delete()
    ImprovementStanding.objects.filter(improvement__in=removed).delete()
    Improvement.objects.filter(pk__in=removed).delete()
    upsert(Improvement, restored, unique=["id"], update=[*_FIELDS, "version", "updated_at"])
    _record("improvement.import_undone", "improvements.import_undone", answers, context)
    return answers


def _read(
    records: Sequence[ImportedRecord], context: ImportContext, *, lock: bool
) -> list[_Reading]:
    rows = Improvement.objects.filter(
        source=context.source, external_id__in=[record.external_id for record in records]
    ).select_related("unit")
    known = {row.external_id: row for row in (locked(rows) if lock else rows)}
    services = _services(records, context)
    seen: set[str] = set()
    readings = []
    for record in records:
        name = str(record.fields.get("service") or "")
        row, service = known.get(record.external_id), services.get(folded(name))
        reading = _Reading(
            record=record,
            improvement=row,
            service=service,
            values=_values(record, row, is_unknown=bool(name) and service is None),
        )
        _judge(reading, context, is_repeated=record.external_id in seen)
        seen.add(record.external_id)
        readings.append(reading)
    return readings


def _services(records: Sequence[ImportedRecord], context: ImportContext) -> dict[str, Service]:
    """Return the organisation's services by name and by number in their source. One statement."""
    if not any(record.fields.get("service") for record in records):
        return {}
    found: dict[str, Service] = {}
    for service in Service.objects.filter(root=context.root, archived_at=None).select_related(
        "unit"
    ):
        for name in (service.name, service.external_id or ""):
            found.setdefault(folded(name), service)
    found.pop("", None)
    return found


def _values(record: ImportedRecord, row: Improvement | None, *, is_unknown: bool) -> dict[str, Any]:
    """Return what the record says, by model field; words we cannot place stay in `extra`."""
    fields, extra = record.fields, dict(record.extra)
    origin = str(fields.get("origin") or "")
    if origin and origin not in _KNOWN_ORIGINS:
        extra["origin"] = origin
    if is_unknown:
        extra["service"] = str(fields["service"])
    title = str(fields.get("title") or "").strip()
    effort: Decimal | None = fields.get("effort_days")
    # Rounded as the column keeps it, so that the same file is the same again.
    effort = None if effort is None else effort.quantize(Decimal("0.1"))
    if row is not None and row.effort_days is not None:
        effort = row.effort_days
    return {
        "title": title[:_TITLE_LIMIT],
        "problem": str(fields.get("problem") or "").strip() or title,
        "origin": origin if origin in _KNOWN_ORIGINS else "import",
        "owner_name": str(fields.get("owner_name") or ""),
        "effort_days": effort,
        "extra": extra,
    }


def _judge(reading: _Reading, context: ImportContext, *, is_repeated: bool) -> None:
    """Refuse what may not come in, with the field and the reason."""
    effort = reading.values["effort_days"]
    if is_repeated:
        reading.column, reading.code = "external_id", "repeated"
        reading.params = {"number": reading.record.external_id}
    elif not reading.values["title"]:
        reading.column, reading.code = "title", "title_missing"
    elif effort is not None and effort < 0:
        reading.column, reading.code = "effort_days", "effort_negative"
    elif not _may_import(reading, context):
        reading.column, reading.code = "service", "not_yours"


def _may_import(reading: _Reading, context: ImportContext) -> bool:
    """Return whether the importer reaches the place; those who import only their own, own it."""
    if context.by is None:
        return True
    place = reading.improvement.unit if reading.improvement else _place(reading, context)
    rights = authority(context.by)
    if rights.holds(Capability.IMPORT, place.path):
        return True
    owner = reading.service.owner_id if reading.service else None
    return owner == context.by.pk and rights.holds(Capability.IMPORT, place.path, Reach.OWN)


def _place(reading: _Reading, context: ImportContext) -> Unit:
    root: Unit = context.root
    return reading.service.unit if reading.service else root


def _outcome(reading: _Reading, context: ImportContext) -> Outcome:
    record, row = reading.record, reading.improvement
    if reading.code:
        return Outcome(
            row=record.row,
            external_id=record.external_id,
            state="refused",
            column=reading.column,
            code=f"improvements.import.{reading.code}",
            params=reading.params,
        )
    changes = reading.changes if row is None or context.is_newest else {}
    if row is None:
        return Outcome(
            row=record.row, external_id=record.external_id, state="new", after=plain(changes)
        )
    return Outcome(
        row=record.row,
        external_id=record.external_id,
        state="changed" if changes else "same",
        subject=Subject("improvement", row.pk),
        version=row.version,
        before=plain({name: getattr(row, name) for name in changes}),
        after=plain(changes),
    )


def _create(made: Sequence[_Reading], context: ImportContext, now: dt.datetime) -> None:
    captured = _captured_at(context, now)
    for reading in made:
        reading.improvement = Improvement(
            source=context.source,
            external_id=reading.record.external_id,
            seen_at=now,
            unit=_place(reading, context),
            captured_at=captured,
            state_since=captured,
            created_at=now,
            updated_at=now,
            **reading.values,
        )
    Improvement.objects.bulk_create(
        [reading.improvement for reading in made if reading.improvement], batch_size=CHUNK
    )
    ImprovementService.objects.bulk_create(
        [
            ImprovementService(
                improvement=reading.improvement, service=reading.service, is_primary=True
            )
            for reading in made
            if reading.service
        ],
        batch_size=CHUNK,
    )


def _captured_at(context: ImportContext, now: dt.datetime) -> dt.datetime:
    """Return the noon of the day the file speaks of, never later than now."""
    noon = dt.datetime.combine(context.as_of, dt.time(12), ZoneInfo(context.root.zone or "UTC"))
    return min(now, noon.astimezone(dt.UTC))


def _change(moved: Sequence[_Reading], now: dt.datetime) -> None:
    rows = []
    for reading in moved:
        row = reading.improvement
        if row is None:
            continue
        for name, value in reading.values.items():
            setattr(row, name, value)
        row.version, row.updated_at, row.seen_at = row.version + 1, now, now
        rows.append(row)
    names = [*_FIELDS, "version", "updated_at", "seen_at"]
    upsert(Improvement, rows, unique=["id"], update=names)


def _written(reading: _Reading, outcome: Outcome) -> Outcome:
    """Return the outcome with the row it became and the version it has now."""
    row = reading.improvement
    if outcome.state == "refused" or row is None:
        return outcome
    return stands_as(outcome, Subject("improvement", row.pk), row.version)


def _used(ids: Sequence[int]) -> set[int]:
    """Return which of them somebody has worked on here. Three statements."""
    used: set[int] = set()
    for model in (Score, Decision, ImprovementProject):
        links: Any = model
        used |= set(
            links.objects.filter(improvement__in=ids).values_list("improvement_id", flat=True)
        )
    return used


def _restore(row: Improvement, before: Mapping[str, Any]) -> Improvement:
    for name, value in before.items():
        column: Any = Improvement._meta.get_field(name)  # noqa: SLF001  Django's own public-by-convention name
        setattr(row, name, column.to_python(value))
    row.version, row.updated_at = row.version + 1, clock.now()
    return row


def _record(
    action: str, batch_action: str, outcomes: Sequence[Outcome], context: ImportContext
) -> None:
    is_undo = action.endswith("undone")
    items = [
        (
            action,
            outcome.subject,
            outcome.after if is_undo else outcome.before,
            outcome.before if is_undo else outcome.after,
        )
        for outcome in outcomes
        if outcome.subject and outcome.state in {"new", "changed"}
    ]
    if items:
        audit.record_batch(batch_action, by=context.by, items=items, batch=context.batch)
