"""A read row as JSON can hold it, and back: what is staged is exactly what is applied."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.domain.log import TicketHistory
from exchange.domain.parts import Milestone, RowResult

_READ: dict[FieldType, Callable[[str], Any]] = {
    FieldType.DATE: date.fromisoformat,
    FieldType.DATETIME: datetime.fromisoformat,
    FieldType.MONEY: Decimal,
    FieldType.NUMBER: Decimal,
}


def pack(fields: Mapping[str, Any], extra: Mapping[str, str]) -> dict[str, Any]:
    """Return fields and extra cells as one JSON-ready mapping, without what is empty."""
    packed: dict[str, Any] = {"f": {name: _plain(value) for name, value in fields.items()}}
    if extra:
        packed["x"] = dict(extra)
    return packed


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):  # bool is an int
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Milestone):
        return [value.name, _plain(value.planned_on), _plain(value.actual_on)]
    return [_plain(item) for item in value]


def unpack(kind: Kind, packed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a packed row with their Python values.

    `gates` come as (name, planned, actual), `history` as (status, at, is paused, word, priority).
    """
    known = KINDS[kind].fields
    fields: dict[str, Any] = {}
    for name, value in packed["f"].items():
        field = known.get(name)
        read = _READ.get(field.type) if field and value is not None else None
        fields[name] = read(value) if read else value
    if "gates" in fields:
        fields["gates"] = [
            (name, _day(planned), _day(actual)) for name, planned, actual in fields["gates"]
        ]
    if "history" in fields:
        fields["history"] = [
            (status, datetime.fromisoformat(at), *rest) for status, at, *rest in fields["history"]
        ]
    return fields


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def extra_of(packed: Mapping[str, Any]) -> dict[str, str]:
    """Return the unmapped cells of a packed row."""
    return dict(packed.get("x", {}))


def event(kind: Kind, key: str, packed: Mapping[str, Any]) -> RowResult:
    """Return a packed row of a log as the fold takes it."""
    return RowResult(
        fields=unpack(kind, packed), extra=extra_of(packed), errors=(), external_key=key
    )


def history_of(ticket: TicketHistory) -> list[tuple[str, datetime, bool, str, int | None]]:
    """Return a folded ticket's changes as its app takes them."""
    return [(one.status, one.at, one.paused, one.word, one.priority) for one in ticket.events]
