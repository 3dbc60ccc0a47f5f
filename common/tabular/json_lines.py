"""Reading JSON: one object a line, or a document with a list of objects."""

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import chain, islice
from typing import IO, NoReturn

from common.tabular.errors import TabularError
from common.tabular.table import Cell, Row, Table, TableFormat

LINE_LIMIT = 1_000_000
"""Bytes in one line."""

DOCUMENT_LIMIT = 30_000_000
"""Bytes in a document, which unlike lines is held whole."""

_NAMING = 100
_LIST = re.compile(rb"\[\s*[{\]]")
_MARK = b"\xef\xbb\xbf"


def looks_like_json(head: bytes) -> bool:
    """Return whether a file begins as an object or a list of objects does."""
    text = head.removeprefix(_MARK).lstrip()
    return text.startswith(b"{") or _LIST.match(text) is not None


def open_json(file: IO[bytes], close: Callable[[], None], *, records: str | None) -> Table:
    """Return the table of JSON objects in UTF-8: one a line, a list, or the list under ``records``.

    The first hundred name the columns, because an object leaves out what it does not know. A key
    that only later ones have is still among their cells.
    An object inside an object becomes columns named with a dot (``owner.name``); a list of plain
    values is joined by ``; `` and any other list is kept as JSON text. Rows are numbered by line,
    or by their place in the list.
    """
    head = file.read(4096)
    file.seek(0)
    if records is None and not _LIST.match(head.removeprefix(_MARK).lstrip()):
        rows = _rows(file)
    else:
        rows = _listed(file, records)
    first = list(islice(rows, _NAMING))
    if not first:
        raise TabularError("empty_file")
    return Table(
        columns=tuple(dict.fromkeys(name for row in first for name in row.cells)),
        renamed=(),
        format=TableFormat.JSON_LINES,
        encoding="utf-8",
        separator="",
        sheets=(),
        _rows=chain(first, rows),
        _close=close,
    )


def _rows(file: IO[bytes]) -> Iterator[Row]:
    number = 0
    while line := file.readline(LINE_LIMIT + 1):
        number += 1
        if len(line) > LINE_LIMIT:
            raise TabularError("cell_too_large", row=number, line=number)
        if not line.strip():
            continue
        try:
            found = _read(line)
        except (ValueError, ArithmeticError, RecursionError) as error:
            _refuse_one_object(file, number)
            raise TabularError("broken_json", row=number, line=number) from error
        if not isinstance(found, dict):
            raise TabularError("broken_json", row=number, line=number)
        yield Row(number, dict(_flat("", found)))


def _read(content: bytes) -> object:
    return json.loads(content.removeprefix(_MARK), parse_float=Decimal, parse_int=Decimal)


def _document(file: IO[bytes]) -> object:
    """Return a whole document; raises ``file_too_large`` or ``broken_json``."""
    file.seek(0)
    content = file.read(DOCUMENT_LIMIT + 1)
    if len(content) > DOCUMENT_LIMIT:
        raise TabularError("file_too_large", limit=DOCUMENT_LIMIT)
    try:
        return _read(content)
    except (ValueError, ArithmeticError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        raise TabularError("broken_json", row=line, line=line) from error


def _listed(file: IO[bytes], records: str | None) -> Iterator[Row]:
    """Yield the objects of a list, or of the list that a dotted path leads to."""
    found = _document(file)
    for name in records.split(".") if records and isinstance(found, dict) else ():
        if not isinstance(found, dict) or name not in found:
            _refuse_place(found)
        found = found[name]
    if not isinstance(found, list):
        _refuse_place(found)
    for number, item in enumerate(found, start=1):
        if not isinstance(item, dict):
            raise TabularError("broken_json", row=number, line=number)
        yield Row(number, dict(_flat("", item)))


def _refuse_one_object(file: IO[bytes], line: int) -> None:
    """Raise ``json_records_missing`` where the file is one object over several lines."""
    if line == 1:
        try:
            found = _document(file)
        except TabularError:
            return
        _refuse_place(found)


def _refuse_place(found: object) -> NoReturn:
    lists = (
        [name for name, value in found.items() if isinstance(value, list)]
        if isinstance(found, dict)
        else []
    )
    raise TabularError("json_records_missing", lists=", ".join(lists) or "–")


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
