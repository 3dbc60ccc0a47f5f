"""Readers of single fields, made once for a mapping and used for every row."""

from collections.abc import Callable, Iterable
from collections.abc import Mapping as Cells
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from common.domain.parsing import ParseError
from exchange.domain.cells import Cell, CellSettings, Value, error_in, fold
from exchange.domain.errors import CellError

CACHED_CELLS = 20_000
CACHED_LENGTH = 64
UNKNOWN = object()
"""What a field gets whose column is not there, or whose start was refused: not even None."""

_MISSING = object()


@dataclass(slots=True, kw_only=True)
class FieldReader:
    """Reads one field out of a row: the first of its columns that is not missing decides.

    ``word`` names a text field that keeps the cell as written beside the value it was read as.
    ``otherwise`` is the value where every column is missing. With ``joined`` the columns are parts
    of one text (a date and a time of day), put together by a space. With ``after`` the cell is a
    length of time that is added to another field (an outage given by its start and its minutes).
    What short texts were read as is remembered, since registers repeat themselves.
    """

    name: str
    columns: tuple[str, ...]
    read: Callable[[Cell], Value]
    settings: CellSettings
    required: bool = False
    word: str = ""
    otherwise: Value | None = None
    optional: bool = False
    joined: bool = False
    after: str = ""
    _known: dict[str, object] = field(default_factory=dict)

    def outcome(self, column: str, cell: Cell) -> object:
        """Return the cell's value, ``None`` when it is missing, or a :class:`CellError`."""
        if not isinstance(cell, str):
            return self._outcome(column, cell)
        found = self._known.get(cell, _MISSING)
        if found is _MISSING:
            found = self._outcome(column, cell)
            if len(cell) <= CACHED_LENGTH:
                if len(self._known) >= CACHED_CELLS:
                    self._known.clear()
                self._known[cell] = found
        return found

    def over(self, columns: tuple[str, ...]) -> "FieldReader":
        """Return a reader of other columns that remembers nothing of these."""
        return replace(self, columns=columns, _known={})

    def _outcome(self, column: str, cell: Cell) -> object:
        if isinstance(cell, str) and self.settings.is_missing(fold(cell)):
            return None
        try:
            return self.read(cell)
        except ParseError as refusal:
            return error_in(column, refusal)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReader:
    """Reads one milestone: ``dated`` is a day that is a plan until it has passed."""

    name: str
    planned: FieldReader | None
    actual: FieldReader | None
    dated: FieldReader | None

    def over(self, to: Callable[[Iterable[str]], tuple[str, ...]]) -> "GateReader":
        """Return the gate read from other columns."""
        return GateReader(
            name=self.name,
            planned=self.planned and self.planned.over(to(self.planned.columns)),
            actual=self.actual and self.actual.over(to(self.actual.columns)),
            dated=self.dated and self.dated.over(to(self.dated.columns)),
        )

    @property
    def readers(self) -> tuple[FieldReader, ...]:
        """The readers in use."""
        return tuple(reader for reader in (self.planned, self.actual, self.dated) if reader)


def added(value: object, reader: FieldReader, fields: Cells[str, object]) -> object:
    """Return the moment or day a length of time leads to, where both it and its start are known."""
    if not isinstance(value, timedelta):
        return value
    start = fields.get(reader.after, UNKNOWN)
    if not isinstance(start, date):
        return start
    try:
        return start + value
    except OverflowError:
        params = {"text": str(value)[:80], "example": "90"}
        return CellError(column=reader.columns[0], code="out_of_range", params=params)
