"""What stands in a file, column by column: enough to say what each is, and no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange.domain.cells import Cell, as_text

ROWS_SEEN = 5_000
"""So many rows are looked at; what comes later is judged when the file is read."""

_CELLS_KEPT = 300
_LONGEST = 80
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, up to 300 different short cells, and how many rows fill it.

    ``typed`` are those of its cells that are no text: a workbook's own numbers and dates, whose
    marks nobody needs to doubt. ``is_cut`` says that there were more or longer ones.
    """

    name: str
    cells: tuple[str, ...] = ()
    typed: frozenset[str] = frozenset()
    samples: tuple[str, ...] = ()
    filled: int = 0
    is_cut: bool = False

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells that are text."""
        return tuple(cell for cell in self.cells if cell not in self.typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A file's columns, and where its table was found."""

    columns: tuple[Column, ...]
    rows: int
    is_whole: bool
    header_row: int = 1
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    records: str = ""

    def column(self, name: str) -> Column:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)


class _Seen:
    """What has been seen of one column."""

    def __init__(self) -> None:
        self.cells: dict[str, bool] = {}
        self.samples: list[str] = []
        self.filled = 0
        self.is_cut = False

    def see(self, cell: Cell) -> None:
        text = _storable(" ".join(as_text(cell).split()))
        if not text:
            return
        self.filled += 1
        if len(self.samples) < _SHOWN and text[:_LONGEST] not in self.samples:
            self.samples.append(text[:_LONGEST])
        if len(text) > _LONGEST or (len(self.cells) >= _CELLS_KEPT and text not in self.cells):
            self.is_cut = True
        else:
            self.cells.setdefault(text, not isinstance(cell, str))


def look_over(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Cell]],
    *,
    header_row: int = 1,
    sheet: str = "",
    sheets: Sequence[str] = (),
    records: str = "",
) -> Survey:
    """Return what the first rows of a table hold."""
    seen = {name: _Seen() for name in columns}
    count, is_whole = 0, True
    for row in rows:
        if count == ROWS_SEEN:
            is_whole = False
            break
        count += 1
        for name, column in seen.items():
            column.see(row.get(name, ""))
    return Survey(
        columns=tuple(
            Column(
                name=_storable(name),
                cells=tuple(column.cells),
                typed=frozenset(text for text, is_typed in column.cells.items() if is_typed),
                samples=tuple(column.samples),
                filled=column.filled,
                is_cut=column.is_cut,
            )
            for name, column in seen.items()
        ),
        rows=count,
        is_whole=is_whole,
        header_row=header_row,
        sheet=sheet,
        sheets=tuple(sheets),
        records=records,
    )


def _storable(text: str) -> str:
    """Return text that both databases can hold as JSON: without NUL and half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def pack(survey: Survey) -> dict[str, Any]:
    """Return a survey as JSON can hold it."""
    return {
        "columns": [
            {
                "name": column.name,
                "cells": list(column.cells),
                "typed": sorted(column.typed),
                "samples": list(column.samples),
                "filled": column.filled,
                "is_cut": column.is_cut,
            }
            for column in survey.columns
        ],
        "rows": survey.rows,
        "is_whole": survey.is_whole,
        "header_row": survey.header_row,
        "sheet": survey.sheet,
        "sheets": list(survey.sheets),
        "records": survey.records,
    }


def unpack(packed: Mapping[str, Any]) -> Survey:
    """Return a survey from what JSON held."""
    columns = tuple(
        Column(
            name=one["name"],
            cells=tuple(one["cells"]),
            typed=frozenset(one["typed"]),
            samples=tuple(one["samples"]),
            filled=one["filled"],
            is_cut=one["is_cut"],
        )
        for one in packed["columns"]
    )
    return Survey(
        columns=columns,
        rows=packed["rows"],
        is_whole=packed["is_whole"],
        header_row=packed["header_row"],
        sheet=packed["sheet"],
        sheets=tuple(packed["sheets"]),
        records=packed["records"],
    )
