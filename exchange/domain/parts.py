"""What a mapping is made of and what it gives: settings, and a row that has been read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from exchange.domain.errors import CellError


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """What opens the file, as ``common.tabular.open_table`` takes it; None is detected."""

    encoding: str | None = None
    separator: str | None = None
    header_row: int = 1
    sheet: str | None = None
    records: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A named gate of a project with its planned and actual day, either of which may be unknown."""

    name: str
    planned_on: date | None
    actual_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """One row, read.

    ``fields`` holds each mapped field: None where the file gives no value, absent where its cell
    was refused or the file has no such column, so that neither wipes what is stored. Projects may
    carry ``gates`` (a tuple of milestones), rows of a log ``paused`` and ``terminal`` (whether its
    status stops the clock, or ends the record).
    ``extra`` holds unmapped cells as text, and the words of a cell that said why it gives nothing.
    ``external_key`` is empty when neither the key nor its fallback has a value; an error says so.
    ``blocked`` says that no record can be made of the row: it has no key, no value in a required
    field, or cells beyond the header. An event of a log is not blocked by its own status or time.
    ``skipped`` names the column whose word leaves the row out, else it is empty.
    """

    fields: dict[str, object]
    extra: dict[str, str]
    errors: tuple[CellError, ...]
    external_key: str
    blocked: bool = False
    skipped: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Which statuses, by our code or the source's own word, pause and which end."""

    pauses: frozenset[str] = frozenset()
    terminal: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpivot:
    """Columns that are values of one thing (a column a month): each filled cell is a record.

    Its header then stands in the column ``name`` and the cell in the column ``value``.
    ``columns`` are names, or patterns with ``*``.
    """

    columns: tuple[str, ...]
    name: str
    value: str

    @property
    def made(self) -> frozenset[str]:
        """The columns that no file has."""
        return frozenset({self.name, self.value})

    def among(self, columns: Iterable[str]) -> list[str]:
        """Return those of a file's columns that are meant."""
        return [
            column
            for column in columns
            if any(fnmatchcase(column, pattern) for pattern in self.columns)
        ]
