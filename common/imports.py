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
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from common.audit import plain
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


@dataclass(slots=True, kw_only=True)
class Plan:
    """A record beside the row it is about, as it would stand, and what would change in it.

    `row` is None while nothing is known of it and nothing will be made.
    """

    record: ImportedRecord
    row: Any = None
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """Refused with a code; else new, changed, or the same."""
        if self.code:
            return "refused"
        if self.is_new:
            return "new"
        return "changed" if self.after else "same"

    @property
    def writes(self) -> bool:
        """Whether there is anything to write."""
        return self.state in {"new", "changed"}

    def refuse(self, column: str, code: str, **params: Any) -> "Plan":
        """Say why the record cannot come in; `column` is the field at fault, or empty."""
        self.column, self.code, self.params = column, code, params
        return self

    def set(self, name: str, value: Any) -> None:
        """Set a field of the row, and note it when it differs or the row is new."""
        old = getattr(self.row, name)
        if self.is_new or old != value:
            if not self.is_new:
                self.before[name] = old
            self.after[name] = value
            setattr(self.row, name, value)

    def outcome(self, kind: str) -> Outcome:
        """Return what the report says of it; the version only of a row that counts its own."""
        pk = self.row.pk if self.row is not None else None
        return Outcome(
            row=self.record.row,
            external_id=self.record.external_id,
            state=self.state,
            subject=Subject(kind, pk) if pk else None,
            version=getattr(self.row, "version", None) if pk else None,
            before=plain(self.before),
            after=plain(self.after),
            column=self.column,
            code=self.code,
            params=self.params,
        )


def stands_as(told: Outcome, subject: Subject, version: int | None) -> Outcome:
    """Return an outcome with the row it became and the version that has now."""
    return replace(told, subject=subject, version=version)


def undone(told: Outcome) -> Outcome:
    """Return that a record was taken back."""
    return Outcome(
        row=told.row, external_id=told.external_id, state="changed", subject=told.subject
    )


def kept(told: Outcome, code: str) -> Outcome:
    """Return that a record stays as it is, and why."""
    return Outcome(
        row=told.row,
        external_id=told.external_id,
        state="refused",
        subject=told.subject,
        version=told.version,
        code=code,
    )


def folded(name: Any) -> str:
    """Return a name as it is compared: neither case nor spaces count; empty for None."""
    return " ".join(str(name or "").split()).casefold()
