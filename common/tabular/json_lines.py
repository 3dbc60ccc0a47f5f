"""Reading one JSON object a line."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import IO

from common.tabular.errors import TabularError
from common.tabular.table import Cell, Row, Table, TableFormat

LINE_LIMIT = 1_000_000
"""Bytes in one line."""


def open_json_lines(file: IO[bytes], close: Callable[[], None]) -> Table:
    """Return the table of JSON objects, one a line, in UTF-8; the first one names the columns.

    A key that only later objects have is still among their cells. An object inside an object
    becomes columns named with a dot (``owner.name``); a list of plain values is joined by ``; ``
    and any other list is kept as JSON text.
    """
    rows = _rows(file)
    first = next(rows, None)
    if first is None:
        raise TabularError("empty_file")
    return Table(
        columns=tuple(first.cells),
        renamed=(),
        format=TableFormat.JSON_LINES,
        encoding="utf-8",
        separator="",
        sheets=(),
        _rows=_with_first(first, rows),
        _close=close,
    )


def _with_first(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def _rows(file: IO[bytes]) -> Iterator[Row]:
    number = 0
    while line := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            raise TabularError("cell_too_large", row=number, line=number)
        if not line.strip():
            continue
        try:
            found = json.loads(
                line.removeprefix(b"\xef\xbb\xbf"),
                parse_float=Decimal,
                parse_int=Decimal,
            )
        except (ValueError, ArithmeticError, RecursionError) as error:
            raise TabularError("broken_json", row=number, line=number) from error
        if not isinstance(found, dict):
            raise TabularError("broken_json", row=number, line=number)
        yield Row(number, dict(_flat("", found)))


def _flat(prefix: str, found: dict[str, object]) -> Iterator[tuple[str, Cell]]:
    for key, value in found.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _flat(f"{name}.", value)
        else:
            yield name, _cell(value)


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool | Decimal):
        return value
    if isinstance(value, float):  # NaN and Infinity, which JSON does not have, but Python reads
        return str(value)
    if isinstance(value, list):
        if all(isinstance(item, str | Decimal) for item in value):
            return "; ".join(str(item) for item in value)
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
