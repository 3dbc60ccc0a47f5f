"""One record as it would be written, and the answer it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Unit
from common.audit import plain
from common.imports import ImportedRecord, Outcome, State
from common.subjects import Subject


@dataclass(slots=True, kw_only=True)
class Plan:
    """A record beside the row it is about; `before` and `after` hold what differs."""

    record: ImportedRecord
    kind: str
    row: Any
    is_new: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    column: str = ""
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> State:
        """What becomes of the record."""
        if self.code:
            return "refused"
        if self.is_new:
            return "new"
        return "changed" if self.after else "same"

    def refuse(self, column: str, code: str, **params: Any) -> "Plan":
        """Return itself as refused, with field and reason."""
        self.column, self.code, self.params = column, f"accounts.{code}", params
        return self

    def outcome(self) -> Outcome:
        """Return the answer."""
        return Outcome(
            row=self.record.row,
            external_id=self.record.external_id,
            state=self.state,
            subject=Subject(self.kind, self.row.pk)
            if self.row is not None and self.row.pk
            else None,
            before=plain(self.before),
            after=plain(self.after),
            column=self.column,
            code=self.code,
            params=self.params,
        )


def folded(name: Any) -> str:
    """Return a name as it is compared: case and spaces do not count."""
    return " ".join(str(name or "").split()).casefold()


def units_by_name(root: Unit) -> dict[str, Unit]:
    """Return the units of an organisation by folded name and source number; one statement."""
    found: dict[str, Unit] = {}
    # Of two with one name the one nearer to the root wins.
    for unit in Unit.objects.below(root.path).filter(archived_at=None).order_by("-path"):
        if unit.external_id:
            found[folded(unit.external_id)] = unit
        found[folded(unit.name)] = unit
    return found


def answer(told: Outcome, code: str = "") -> Outcome:
    """Return what undo made of an outcome: refused with the code, else taken back."""
    return Outcome(
        row=told.row,
        external_id=told.external_id,
        state="refused" if code else "changed",
        subject=told.subject,
        code=code,
    )


def moved_on(told: Outcome, now: Mapping[str, Any]) -> bool:
    """Return whether a row is no longer as the import left it."""
    return any(plain(now.get(name)) != value for name, value in told.after.items() if name in now)


def items_of(deed: str, told: Sequence[Outcome]) -> list[tuple[str, Subject, Any, Any]]:
    """Return the audit items of outcomes that were taken back."""
    return [(deed, one.subject, one.after, one.before) for one in told if one.subject]
