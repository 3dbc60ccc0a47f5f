"""What an opened file offers: named columns and a stream of rows."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from itertools import zip_longest
from types import TracebackType
from typing import NamedTuple, Self

Cell = str | Decimal | datetime | bool
"""Text from CSV; a workbook and JSON also know numbers, naive date-times and truth values."""


class TableFormat(StrEnum):
    """The kinds of file that are read."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON_LINES = "jsonl"


class Row(NamedTuple):
    """One row: its number as a spreadsheet shows it (from 1, header and blank rows counted) and
    its cells by column name. Cells the file leaves out at the end of a row are empty; a key that an
    object of a JSON file has not is absent.

    A cell beyond the last named column stands under ``+`` and its position (``+15``): it is never
    dropped, because it usually means a separator inside an unquoted text.
    """

    number: int
    cells: dict[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenamedColumn:
    """A column whose header could not be its name: repeated, or empty."""

    position: int
    header: str
    column: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """An open table. Iterating streams its non-blank rows once, in constant memory.

    Raises ``TabularError`` while iterating when the file breaks further down. ``encoding`` and
    ``separator`` are empty where the format has none. Close it, or use it in a ``with`` statement.
    """

    columns: tuple[str, ...]
    renamed: tuple[RenamedColumn, ...]
    format: TableFormat
    encoding: str
    separator: str
    sheets: tuple[str, ...]
    _rows: Iterator[Row]
    _close: Callable[[], None]

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def close(self) -> None:
        """Let go of the file; a file object that was handed in stays open."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def name_columns(
    headers: Sequence[str],
) -> tuple[tuple[str, ...], tuple[RenamedColumn, ...]]:
    """Return distinct column names for ``headers``, and which of them had to be made up.

    White space is collapsed. A repeated header gets ``#2``, ``#3`` … after it; an empty one is
    named ``#`` and its position. Empty headers at the end are no columns.
    """
    tidy = [unicodedata.normalize("NFC", " ".join(header.split())) for header in headers]
    while tidy and not tidy[-1]:
        tidy.pop()
    names: list[str] = []
    renamed: list[RenamedColumn] = []
    for position, header in enumerate(tidy, start=1):
        name = header
        if not header or header in names:
            name = _new_name(header, position, {*tidy, *names})
            renamed.append(RenamedColumn(position=position, header=header, column=name))
        names.append(name)
    return tuple(names), tuple(renamed)


def _new_name(header: str, position: int, taken: set[str]) -> str:
    """Return a name that is neither in use nor another column's own."""
    name = f"{header}#2" if header else f"#{position}"
    repeat = 2
    while name in taken:
        repeat += 1
        name = f"{header or f'#{position}'}#{repeat}"
    return name


def number_rows(
    columns: tuple[str, ...],
    records: Iterator[Sequence[Cell]],
    *,
    first: int,
) -> Iterator[Row]:
    """Yield the records that hold anything, numbered from ``first`` with blank ones counted."""
    width = len(columns)
    for number, record in enumerate(records, start=first):
        cells = dict(zip_longest(columns, record[:width], fillvalue=""))
        if len(record) > width:
            for position, cell in enumerate(record[width:], start=width + 1):
                if cell != "":
                    cells[f"+{position}"] = cell
        if any(cell.strip() if isinstance(cell, str) else True for cell in record):
            yield Row(number, cells)
