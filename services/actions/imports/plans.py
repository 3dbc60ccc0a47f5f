"""What one record comes to, from the preview to the report and back."""

from dataclasses import dataclass, field
from typing import Any

from common import audit
from common.imports import ImportedRecord, Outcome, State
from common.subjects import Subject


@dataclass(slots=True, kw_only=True)
class Plan:
    """A record, the row as it would stand, and what would change in it.

    `row` is None while nothing is known of it and nothing will be made.
    """

    record: ImportedRecord
    row: Any = None
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)

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
        old = getattr(self.row, name) if not self.is_new else None
        if self.is_new or old != value:
            if not self.is_new:
                self.before[name] = old
            self.after[name] = value
            setattr(self.row, name, value)

    def outcome(self, kind: str) -> Outcome:
        """Return what the report says of it."""
        pk = self.row.pk if self.row is not None else None
        return Outcome(
            row=self.record.row,
            external_id=self.record.external_id,
            state=self.state,
            subject=Subject(kind, pk) if pk else None,
            version=self.row.version if pk else None,
            before=audit.plain(self.before),
            after=audit.plain(self.after),
            column=self.column,
            code=self.code,
            params=self.params,
        )


def undone(told: Outcome) -> Outcome:
    """Return that a record was taken back."""
    return Outcome(
        row=told.row, external_id=told.external_id, state="changed", subject=told.subject
    )


def kept(told: Outcome) -> Outcome:
    """Return that a record stays, because somebody has changed it since."""
    return Outcome(
        row=told.row,
        external_id=told.external_id,
        state="refused",
        subject=told.subject,
        code="services.import_moved_on",
    )


def is_untouched(row: Any, told: Outcome) -> bool:
    """Return whether what an import wrote still stands as it left it."""
    return row is not None and row.version == told.version and told.state in {"new", "changed"}
