"""What an import hands to an app, and what the app answers: the seam between doors and rooms.

`exchange` reads files, stages rows and paces the work; the app that owns the table decides what a
record means. Each app offers, per kind, a function pair in `<app>/actions/imports.py`::

    compare_projects(records, context) -> list[Outcome]     # reads only: the preview
    apply_projects(records, context) -> list[Outcome]       # writes <= 500 records

`apply` runs inside the caller's transaction, in a constant number of statements for the chunk,
is idempotent on (source, external_id), writes audit items to `context.batch` and leaves marks.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from common.models import AuditEvent
from common.subjects import Subject

State = Literal["new", "changed", "same", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRecord:
    """One record of a file: parsed fields by their settled names, the rest as text in `extra`."""

    #: row number as in the file, header included, so that a person finds it
    row: int
    external_id: str
    fields: Mapping[str, Any]
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportContext:
    """What holds for the whole file."""

    #: name of the source, e.g. the mapping's; unique together with a record's external id
    source: str
    by: Any
    #: root unit whose currency and zone hold, and below which units are looked up by name
    root: Any
    #: the day the file speaks of
    as_of: dt.date
    #: False when a newer import of this source is in: then only dated facts are written
    is_newest: bool = True
    creates_parents: bool = True
    batch: AuditEvent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one record. `before` and `after` hold the changed fields as plain values."""

    row: int
    external_id: str
    state: State
    subject: Subject | None = None
    #: version of the row after the write; undo is refused when it has moved on
    version: int | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    column: str = ""
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
