"""A mapping at work: rows of a file in, fields of ours out.

A :class:`Mapping` is made by ``exchange.domain.loading`` from a TOML text and holds everything
precompiled, because an event log has a hundred thousand rows. It knows no database and no file.
"""

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as Cells
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from common.domain.parsing import parse_text
from exchange.domain.cells import Cell, CellSettings, Value, as_text, fold
from exchange.domain.errors import CellError, MappingError
from exchange.domain.kinds import KINDS, Kind
from exchange.domain.parts import FileSettings, LogSettings, Milestone, RowResult, Unpivot
from exchange.domain.readers import (
    CACHED_CELLS,
    CACHED_LENGTH,
    UNKNOWN,
    FieldReader,
    GateReader,
    added,
)

_KEY_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """How one file's columns become our fields.

    ``source`` is the register the file is an edition of: keys are unique in it. ``currency`` is
    what its money is stated in; whoever imports compares it with the organisation's. ``creates``
    holds ``units`` and ``services`` where unknown parents may be made.
    ``dropped`` columns never leave the file. ``strict`` makes an unknown column stop the import.
    """

    name: str
    title: str
    source: str
    kind: Kind
    is_log: bool
    file: FileSettings
    settings: CellSettings
    readers: tuple[FieldReader, ...]
    constants: dict[str, Value]
    key: tuple[str, ...]
    key_fallback: tuple[str, ...]
    gates: tuple[GateReader, ...]
    skip: dict[str, frozenset[str]]
    dropped: frozenset[str]
    strict: bool
    creates: frozenset[str]
    log: LogSettings
    required: frozenset[str]
    used: frozenset[str]
    optional: frozenset[str]
    unpivot: Unpivot | None = None
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _known_texts: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def currency(self) -> str:
        """The ISO code of the currency the file's money is stated in."""
        return self.settings.currency

    def check_columns(self, columns: Iterable[str]) -> None:
        """Raise ``MappingError`` where a file has not the columns this mapping reads.

        ``missing_columns`` names those that are absent, with the nearest header as the example;
        ``unknown_columns`` those a strict mapping does not know.
        """
        present = set(columns)
        made: frozenset[str] = frozenset()
        if self.unpivot:
            spread = self.unpivot.among(present)
            # A pattern that no column fits is as absent as a column.
            made = self.unpivot.made if spread else frozenset()
            present -= set(spread)
        absent = sorted(self.used - present - self.optional - made)
        if absent:
            near = get_close_matches(absent[0], sorted(present), n=1, cutoff=0.5)
            example = near[0] if near else ", ".join(sorted(present)[:5])
            names = ", ".join(absent)
            raise MappingError("missing_columns", key="fields", example=example, columns=names)
        unknown = sorted(present - self.used - self.dropped)
        if self.strict and unknown:
            raise MappingError(
                "unknown_columns",
                key="dropped",
                example=unknown[0],
                columns=", ".join(unknown),
            )

    def fitted(self, columns: Iterable[str]) -> "Mapping":
        """Return the mapping with the names a file has for its columns.

        A column that is not there by its own name is looked for without regard to case, then under
        its aliases in their order. A column of the file is never taken twice.
        """
        present = {fold(column): column for column in columns}
        taken = (self.used | self.dropped) & set(present.values())
        names: dict[str, str] = {}
        for wanted in sorted(self.used | self.dropped):
            if wanted in taken:
                continue
            for alias in (wanted, *self.aliases.get(wanted, ())):
                found = present.get(fold(alias))
                if found is not None and found not in taken:
                    names[wanted] = found
                    taken |= {found}
                    break
        return renamed(self, names) if names else self

    def unread(self, columns: Iterable[str]) -> list[str]:
        """Return those of a file's columns that fill no field, and are kept as text."""
        spread = self.unpivot.among(columns) if self.unpivot else []
        known = self.used | self.dropped | set(spread)
        return [column for column in columns if column not in known]

    def records_in(self, row: Cells[str, Cell]) -> Iterator[Cells[str, Cell]]:
        """Yield the cells of each record of a row: itself, or one for each unpivoted cell."""
        if self.unpivot is None:
            yield row
            return
        spread = dict.fromkeys(self.unpivot.among(row))
        rest = {column: cell for column, cell in row.items() if column not in spread}
        for column in spread:
            if not self.settings.is_missing(fold(as_text(row[column]))):
                yield {**rest, self.unpivot.name: column, self.unpivot.value: row[column]}

    def read_row(self, row: Cells[str, Cell], *, as_of: date | None = None) -> RowResult:
        """Return what ``row``, cells by column name, holds.

        ``as_of`` decides whether a gate given by a single day has been passed; without it such a
        day is a plan. Never raises for what a file contains: refused cells are in ``errors``.
        """
        fields: dict[str, object] = dict(self.constants)
        errors: list[CellError] = []
        extra = self._extra(row, errors)
        for reader in self.readers:
            self._read(reader, row, fields, extra, errors)
        if self.gates:
            fields["gates"] = self._gates(row, as_of, errors)
        if self.is_log:
            fields["paused"] = self._is(fields, self.log.pauses)
            fields["terminal"] = self._is(fields, self.log.terminal)
        key = self._key(row, errors)
        if key and "external_id" in KINDS[self.kind].fields:
            fields["external_id"] = fields.get("external_id") or key
        return RowResult(
            fields=fields,
            extra=extra,
            errors=tuple(errors),
            external_key=key,
            blocked=bool(errors) and self._is_blocked(key, fields, errors),
            skipped=self._skipped(row) if self.skip else "",
        )

    def _is_blocked(
        self,
        key: str,
        fields: Cells[str, object],
        errors: Iterable[CellError],
    ) -> bool:
        return (
            not key
            or any(fields.get(name) is None for name in self.required)
            or any(error.code == "cell_without_header" for error in errors)
        )

    def _is(self, fields: Cells[str, object], statuses: frozenset[str]) -> bool:
        word = fields.get("status_word")
        return fields.get("status") in statuses or (
            isinstance(word, str) and fold(word) in statuses
        )

    def _read(
        self,
        reader: FieldReader,
        row: Cells[str, Cell],
        fields: dict[str, object],
        extra: dict[str, str],
        errors: list[CellError],
    ) -> None:
        """Put the reader's field into ``fields``, or why not into ``errors``."""
        cell, value = self._first(reader, row, extra)
        if reader.word and value is not UNKNOWN:
            fields[reader.word] = as_text(cell).strip()[:_KEY_LIMIT] if value is not None else None
        if reader.after:
            value = added(value, reader, fields)
        if reader.otherwise is not None and (value is None or value is UNKNOWN):
            value = reader.otherwise
        if reader.required and (value is None or value is UNKNOWN):
            params = {"field": reader.name, "example": ""}
            value = CellError(column=reader.columns[0], code="required_missing", params=params)
        if isinstance(value, CellError):
            errors.append(value)
        elif value is not UNKNOWN:
            fields[reader.name] = value

    def _first(
        self,
        reader: FieldReader,
        row: Cells[str, Cell],
        extra: dict[str, str],
    ) -> tuple[Cell, object]:
        """Return the first cell that is not missing with what it was read as.

        None where all are missing, ``UNKNOWN`` where the row has none of the columns at all.
        """
        if reader.joined:
            together = self._together(reader, row)
            return together, reader.outcome(reader.columns[0], together)
        cell: Cell = ""
        nothing: object = UNKNOWN
        for column in reader.columns:
            if column not in row:
                continue
            cell, nothing = row[column], None
            value = reader.outcome(column, cell)
            if value is not None:
                return cell, value
            if reader.settings.missing_prefixes:
                self._keep_explanation(reader, column, cell, extra)
        return cell, nothing

    def _together(self, reader: FieldReader, row: Cells[str, Cell]) -> str:
        """Return the reader's columns as one text, without those that are missing."""
        parts = (as_text(row.get(column, "")).strip() for column in reader.columns)
        return " ".join(part for part in parts if not reader.settings.is_missing(fold(part)))

    def _keep_explanation(
        self,
        reader: FieldReader,
        column: str,
        cell: Cell,
        extra: dict[str, str],
    ) -> None:
        """Keep a text such as "Exempt under …": it gives no value but says why."""
        if isinstance(cell, str) and fold(cell).startswith(reader.settings.missing_prefixes):
            extra[column] = parse_text(cell)

    def _extra(self, row: Cells[str, Cell], errors: list[CellError]) -> dict[str, str]:
        extra: dict[str, str] = {}
        used, dropped = self.used, self.dropped
        for column, cell in row.items():
            if column in used or column in dropped:
                continue
            text = self._extra_text(cell)
            if not text:
                continue
            extra[column] = text
            if column[:1] == "+" and column[1:].isdigit():
                params = {"text": text[:80], "example": ""}
                errors.append(
                    CellError(column=column, code="cell_without_header", params=params),
                )
        return extra

    def _extra_text(self, cell: Cell) -> str:
        """Return an unmapped cell as text, empty when it gives no value."""
        if not isinstance(cell, str):
            return as_text(cell)
        text = self._known_texts.get(cell)
        if text is None:
            text = parse_text(cell)
            text = "" if self.settings.is_missing(fold(text)) else text
            if len(cell) <= CACHED_LENGTH:
                if len(self._known_texts) >= CACHED_CELLS:
                    self._known_texts.clear()
                self._known_texts[cell] = text
        return text

    def _gates(
        self,
        row: Cells[str, Cell],
        as_of: date | None,
        errors: list[CellError],
    ) -> tuple[Milestone, ...]:
        found = []
        for gate in self.gates:
            planned = self._day(gate.planned, row, errors)
            actual = self._day(gate.actual, row, errors)
            dated = self._day(gate.dated, row, errors)
            if dated is not None:
                planned = planned or dated
                actual = actual or (dated if as_of is not None and dated <= as_of else None)
            if planned or actual:
                found.append(Milestone(name=gate.name, planned_on=planned, actual_on=actual))
        return tuple(found)

    def _day(
        self,
        reader: FieldReader | None,
        row: Cells[str, Cell],
        errors: list[CellError],
    ) -> date | None:
        if reader is None:
            return None
        for column in reader.columns:
            value = reader.outcome(column, row.get(column, ""))
            if isinstance(value, CellError):
                errors.append(value)
                return None
            if isinstance(value, date):
                return value
        return None

    def _key(self, row: Cells[str, Cell], errors: list[CellError]) -> str:
        key = self._joined(row, self.key) or self._joined(row, self.key_fallback)
        if key and len(key) <= _KEY_LIMIT:
            return key
        # A key is never cut: two long names with one beginning would become one record.
        code = "text_too_long" if key else "key_missing"
        params = {"text": key[:80], "limit": str(_KEY_LIMIT), "example": ""}
        errors.append(CellError(column=self.key[0], code=code, params=params))
        return ""

    def _joined(self, row: Cells[str, Cell], columns: Collection[str]) -> str:
        """Return the columns' texts joined by " / ", or nothing when one of them is missing."""
        parts = []
        for column in columns:
            text = " ".join(as_text(row.get(column, "")).split())
            if self.settings.is_missing(text.casefold()):
                return ""
            parts.append(text)
        return " / ".join(parts)

    def _skipped(self, row: Cells[str, Cell]) -> str:
        for column, words in self.skip.items():
            if fold(as_text(row.get(column, ""))) in words:
                return column
        return ""


def renamed(mapping: Mapping, names: Cells[str, str]) -> Mapping:
    """Return a mapping that reads other columns; a name that is not among ``names`` stays."""

    def to(columns: Iterable[str]) -> tuple[str, ...]:
        return tuple(names.get(column, column) for column in columns)

    return replace(
        mapping,
        readers=tuple(reader.over(to(reader.columns)) for reader in mapping.readers),
        gates=tuple(gate.over(to) for gate in mapping.gates),
        key=to(mapping.key),
        key_fallback=to(mapping.key_fallback),
        skip={names.get(column, column): words for column, words in mapping.skip.items()},
        dropped=frozenset(to(mapping.dropped)),
        used=frozenset(to(mapping.used)),
        optional=frozenset(to(mapping.optional)),
    )
