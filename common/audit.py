"""The only writer of audit events. Every action calls it inside its own transaction."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models

from common import clock, marks
from common.bulk import insert_rows
from common.db import column_attribute
from common.models import AuditEvent
from common.subjects import Subject

_COLUMNS = (
    "at",
    "actor",
    "action",
    "kind",
    "object_id",
    "before",
    "after",
    "note",
    "batch",
)
_PLAIN = frozenset({str, int, bool, float})


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: dates as ISO text, amounts as text, rows as their key."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    if isinstance(value, Decimal | uuid.UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def snapshot(obj: models.Model, fields: Iterable[str]) -> dict[str, Any]:
    """Return those fields of a row as plain values, foreign keys as ids."""
    return {name: plain(getattr(obj, column_attribute(type(obj), name))) for name in fields}


def record(
    action: str,
    subject: Subject,
    *,
    by: Any,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    note: str = "",
    affects: Iterable[Subject] = (),
    batch: AuditEvent | None = None,
) -> AuditEvent:
    """Write one event, and the change marks of what it affects.

    `action` is a dotted word such as ``project.phase_changed``. Values equal on both sides are
    left out. `affects` names the aggregates whose standing may move (the project, not its risk);
    without it the subject itself. `by` is None for the machinery.
    """
    old, new = plain(before or {}), plain(after or {})
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    event = AuditEvent.objects.create(
        at=clock.now(),
        actor=by,
        action=action,
        kind=subject.kind,
        object_id=subject.id,
        before={name: old[name] for name in sorted(changed & old.keys())},
        after={name: new[name] for name in sorted(changed & new.keys())},
        note=note,
        batch=batch,
    )
    marks.mark(tuple(affects) or (subject,))
    return event


def record_batch(
    action: str,
    *,
    by: Any,
    items: Iterable[tuple[str, Subject, Mapping[str, Any], Mapping[str, Any]]],
    batch: AuditEvent | None = None,
    note: str = "",
    affects: Iterable[Subject] | None = None,
) -> AuditEvent:
    """Write one batch event (or continue `batch`) and one item event per changed record.

    `items` are (action, subject, before, after). Returns the batch event.
    """
    at = clock.now()
    if batch is None:
        batch = AuditEvent.objects.create(
            at=at, actor=by, action=action, kind="", object_id=None, note=note
        )
    listed = list(items)
    actor = by.pk if by is not None else None
    insert_rows(
        AuditEvent,
        _COLUMNS,
        [
            (
                at,
                actor,
                deed,
                subject.kind,
                subject.id,
                json.dumps(plain(before), ensure_ascii=False),
                json.dumps(plain(after), ensure_ascii=False),
                "",
                batch.pk,
            )
            for deed, subject, before, after in listed
        ],
    )
    marks.mark(affects if affects is not None else [subject for _, subject, _, _ in listed])
    return batch
