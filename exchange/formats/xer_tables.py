"""The tables of a Primavera XER export and the calendars in one of their columns.

XER is tab-separated text: ``%T`` a table, ``%F`` its columns, ``%R`` a row, ``%E`` the end. A
calendar is a nest of ``(0||name(attributes)(children))``; dates count days from 1899-12-30.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import BinaryIO

from common.domain.worktime import Segment
from exchange.formats.schedule_file import FormatError, Ledger
from exchange.formats.schedule_values import segments_of, span_of
from projects.domain.schedule import PlanCalendar, PlanCalendarError

Row = Mapping[str, str]

_DAY_ZERO = date(1899, 12, 30)
_LAST_SERIAL = (date(2199, 12, 31) - _DAY_ZERO).days
_DEEPEST = 12
_NODE = re.compile(r"\(0\|\|([^()]*)\(([^()]*)\)\(")
_BLANK = str.maketrans("", "", "\x7f\r\n\t ")


def read_tables(source: BinaryIO, wanted: frozenset[str]) -> dict[str, list[Row]]:
    """Return the rows of the wanted tables, read line by line.

    Raises FormatError ``not_xer``, or ``xer_truncated`` when the end mark is missing.
    """
    lines = _lines(source)
    if next(lines, "").partition("\t")[0] != "ERMHDR":
        raise FormatError("not_xer")
    tables: dict[str, list[Row]] = {}
    columns: list[str] = []
    rows: list[Row] | None = None
    for line in lines:
        mark, _, rest = line.partition("\t")
        if mark == "%R" and rows is not None:
            rows.append(dict(zip(columns, rest.split("\t"), strict=False)))
        elif mark == "%F":
            columns = rest.split("\t")
        elif mark == "%T":
            table, columns = rest.strip(), []
            rows = tables.setdefault(table, []) if table in wanted else None
        elif mark == "%E":
            return tables
    raise FormatError("xer_truncated")


def _lines(source: BinaryIO) -> Iterator[str]:
    """Decode line by line: Primavera writes the machine's code page, newer versions UTF-8."""
    for raw in source:
        stripped = raw.rstrip(b"\r\n")
        try:
            yield stripped.decode("utf-8")
        except UnicodeDecodeError:
            yield stripped.decode("cp1252", errors="replace")


def read_calendars(rows: list[Row], ledger: Ledger) -> dict[str, PlanCalendar]:
    """Return usable calendars by id; a base calendar's exceptions are inherited."""
    found: dict[str, PlanCalendar] = {}
    nodes = {row.get("clndr_id", ""): _nodes(row, ledger) for row in rows}
    bases = {row.get("clndr_id", ""): row.get("base_clndr_id", "") for row in rows}
    for row in rows:
        uid = row.get("clndr_id", "")
        inherited = _exceptions(nodes.get(bases[uid], ()), ledger)
        try:
            found[uid] = PlanCalendar(
                week=_week(nodes[uid]),
                exceptions={**inherited, **_exceptions(nodes[uid], ledger)},
                name=row.get("clndr_name", ""),
            )
        except PlanCalendarError as error:
            ledger.drop(error.code, row.get("clndr_name", "") or uid)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Node:
    """One entry of a calendar's nest, with the names above it."""

    path: tuple[str, ...]
    name: str
    attributes: str


def _nodes(row: Row, ledger: Ledger) -> tuple[_Node, ...]:
    """Return a calendar's entries flat, in order, without recursion."""
    text = row.get("clndr_data", "").translate(_BLANK)
    found: list[_Node] = []
    path: list[str] = []
    place = 0
    while place < len(text):
        match = _NODE.match(text, place)
        if match is not None:
            found.append(_Node(path=tuple(path), name=match.group(1), attributes=match.group(2)))
            path.append(match.group(1))
            place = match.end()
        elif text.startswith("))", place) and path:
            path.pop()
            place += 2
        else:
            ledger.drop("calendar_unreadable", row.get("clndr_name", ""))
            return ()
        if len(path) > _DEEPEST:
            ledger.drop("calendar_unreadable", row.get("clndr_name", ""))
            return ()
    return tuple(found)


def _week(nodes: tuple[_Node, ...]) -> dict[int, tuple[Segment, ...]]:
    """Days count from 1, Sunday."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for node in nodes:
        if len(node.path) == 3 and node.path[1] == "DaysOfWeek" and node.path[2] in "1234567":
            span = _span(node.attributes)
            if span is not None:
                spans.setdefault((int(node.path[2]) + 5) % 7, []).append(span)
    return {day: segments_of(found) for day, found in sorted(spans.items())}


def _exceptions(nodes: tuple[_Node, ...], ledger: Ledger) -> dict[date, tuple[Segment, ...]]:
    spans: dict[date, list[tuple[int, int]]] = {}
    day: date | None = None
    for node in nodes:
        if len(node.path) == 2 and node.path[1] == "Exceptions":
            day = _date(node.attributes)
            if day is None:
                ledger.drop("calendar_period_unreadable")
            else:
                spans.setdefault(day, [])
        elif len(node.path) == 3 and node.path[1] == "Exceptions" and day is not None:
            span = _span(node.attributes)
            if span is not None:
                spans[day].append(span)
    return {day: segments_of(found) for day, found in sorted(spans.items())}


def _date(attributes: str) -> date | None:
    serial = attributes.removeprefix("d|")
    if not serial.isdecimal() or len(serial) > 6 or int(serial) > _LAST_SERIAL:
        return None
    return _DAY_ZERO + timedelta(days=int(serial))


def _span(attributes: str) -> tuple[int, int] | None:
    words = attributes.split("|")
    values = dict(zip(words[::2], words[1::2], strict=False))
    return span_of(values.get("s", ""), values.get("f", ""))
