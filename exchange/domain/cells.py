"""Reading one cell into one field, by the field's type and the file's way of writing."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from common.domain.parsing import (
    DateFormat,
    DateOrder,
    NumberConvention,
    ParseError,
    from_epoch,
    from_excel_serial,
    parse_bool,
    parse_date,
    parse_datetime,
    parse_integer,
    parse_length,
    parse_money,
    parse_number,
    parse_text,
)
from exchange.domain.errors import CellError
from exchange.domain.kinds import Field, FieldType

Cell = str | Decimal | datetime | bool
Value = str | Decimal | int | bool | date | datetime | timedelta

_PLAIN_NUMBERS = NumberConvention()
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_SERIAL = re.compile(r"[0-9]{2,6}(?:[.,][0-9]+)?")
_COUNT = re.compile(r"-?[0-9]{1,14}(?:[.,][0-9]{1,9})?")
EPOCHS = {"seconds": 1, "milliseconds": 1_000}
"""What a count since 1970 may be of, and how many of it a second has."""

_SHOWN_WORDS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSettings:
    """How a file, or one of its columns, writes its cells.

    ``missing`` are words that mean no value and ``missing_prefixes`` beginnings of such texts,
    all folded as :func:`fold` does. ``convention`` None infers marks where only one reading
    exists. ``date_formats``, where given, are the only ones understood. ``time`` is ``drop`` (a
    date keeps its day when a time follows) or ``midnight`` (a moment may be a bare date).
    ``epoch`` says what bare numbers count since 1970, ``serial_dates`` that they are a
    spreadsheet's days.
    """

    missing: frozenset[str] = frozenset()
    missing_prefixes: tuple[str, ...] = ()
    convention: NumberConvention | None = None
    currency: str = "SEK"
    scale: Decimal = Decimal(1)
    rounding: bool = False
    date_order: DateOrder | None = None
    date_formats: tuple[DateFormat, ...] = ()
    zone: str | None = None
    fold: int | None = None
    time: str = ""
    serial_dates: bool = False
    epoch: str = ""

    def is_missing(self, folded: str) -> bool:
        """Return whether a folded text stands for no value."""
        return (
            not folded
            or folded in self.missing
            or (bool(self.missing_prefixes) and folded.startswith(self.missing_prefixes))
        )


def fold(text: str) -> str:
    """Return ``text`` for comparing words: case and the amount of white space do not count."""
    return " ".join(text.split()).casefold()


def as_text(cell: Cell) -> str:
    """Return what a typed cell would be as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        has_time = (cell.hour, cell.minute, cell.second) != (0, 0, 0)
        return cell.isoformat(sep=" ", timespec="seconds") if has_time else cell.date().isoformat()
    return f"{cell.normalize():f}"


def cell_reader(
    field: Field,
    settings: CellSettings,
    values: Mapping[str, Value] | None,
) -> Callable[[Cell], Value]:
    """Return what reads a cell that is not missing into ``field``.

    ``values`` maps words to values, already of the field's type. A word that is not among them is
    an error for a CODE field and read as usual for any other. The reader raises ``ParseError``.
    """
    read = _typed_reader(field, settings)
    if field.type is FieldType.CODE and values is None:
        values = {code: code for code in field.codes}
    if values is None:
        return read
    known = {fold(word): value for word, value in values.items()}
    words = list(values)
    shown = ", ".join(words[:_SHOWN_WORDS]) + (", …" if len(words) > _SHOWN_WORDS else "")

    def look_up(cell: Cell) -> Value:
        text = as_text(cell)
        found = known.get(fold(text))
        if found is not None:
            return found
        if field.type is FieldType.CODE:
            raise ParseError("unknown_value", text=text, example=words[0], known=shown)
        return read(cell)

    return look_up


def length_reader(unit: timedelta, settings: CellSettings) -> Callable[[Cell], Value]:
    """Return what reads a length of time; a bare number counts in ``unit``."""
    return lambda cell: parse_length(
        as_text(cell), unit=unit, convention=_convention(cell, settings)
    )


def _typed_reader(field: Field, settings: CellSettings) -> Callable[[Cell], Value]:
    readers: dict[FieldType, Callable[[Field, CellSettings, Cell], Value]] = {
        FieldType.TEXT: _read_text,
        FieldType.EMAIL: _read_email,
        FieldType.CODE: _read_text,
        FieldType.DATE: _read_date,
        FieldType.DATETIME: _read_datetime,
        FieldType.MONEY: _read_money,
        FieldType.NUMBER: _read_number,
        FieldType.INTEGER: _read_integer,
        FieldType.BOOLEAN: _read_boolean,
    }
    read = readers[field.type]
    return lambda cell: read(field, settings, cell)


def _read_text(field: Field, _settings: CellSettings, cell: Cell) -> str:
    return parse_text(as_text(cell), limit=field.limit)


def _read_email(field: Field, _settings: CellSettings, cell: Cell) -> str:
    address = parse_text(as_text(cell), limit=field.limit)
    if not _EMAIL.fullmatch(address):
        raise ParseError("not_an_email", text=address, example="anna.berg@example.org")
    return address.casefold()


def _read_boolean(_field: Field, _settings: CellSettings, cell: Cell) -> bool:
    return cell if isinstance(cell, bool) else parse_bool(as_text(cell))


def _convention(cell: Cell, settings: CellSettings) -> NumberConvention | None:
    """Return how to read the cell's digits: a number from a workbook has no marks to doubt."""
    return settings.convention if isinstance(cell, str) else _PLAIN_NUMBERS


def _read_number(_field: Field, settings: CellSettings, cell: Cell) -> Decimal:
    return parse_number(as_text(cell), convention=_convention(cell, settings)) * settings.scale


def _read_integer(field: Field, settings: CellSettings, cell: Cell) -> int:
    text = as_text(cell)
    number = parse_integer(text, convention=_convention(cell, settings))
    lowest = field.lowest if field.lowest is not None else number
    highest = field.highest if field.highest is not None else number
    if not lowest <= number <= highest:
        raise ParseError(
            "out_of_range",
            text=text,
            example=str(lowest),
            lowest=str(lowest),
            highest=str(highest),
        )
    return number


def _read_money(_field: Field, settings: CellSettings, cell: Cell) -> Decimal:
    return parse_money(
        as_text(cell),
        currency=settings.currency,
        convention=_convention(cell, settings),
        scale=settings.scale,
        rounding=settings.rounding,
    )


def _read_date(_field: Field, settings: CellSettings, cell: Cell) -> date:
    text = _dated_text(settings, cell)
    drop_time = settings.time == "drop"
    if settings.date_formats and isinstance(cell, str):
        written = _by_format(text, settings)
        text = written.isoformat(sep=" ")
    elif settings.epoch and text != as_text(cell):
        text = _local(text, settings.zone)
    return parse_date(text, order=settings.date_order, drop_time=drop_time)


def _read_datetime(_field: Field, settings: CellSettings, cell: Cell) -> datetime:
    text = _dated_text(settings, cell)
    midnight = settings.time == "midnight"
    if settings.date_formats and isinstance(cell, str):
        text = _by_format(text, settings).isoformat(sep=" ")
    elif isinstance(cell, datetime):
        text = cell.isoformat(sep=" ")  # midnight in a workbook's date-time is a time of day
    return parse_datetime(
        text,
        order=settings.date_order,
        zone=settings.zone,
        midnight=midnight,
        fold=settings.fold,
    )


def _dated_text(settings: CellSettings, cell: Cell) -> str:
    """Return the cell as date text; a day number counts only where the mapping says so."""
    text = as_text(cell)
    if isinstance(cell, datetime):
        return text
    plain = text.strip()
    if settings.serial_dates and _SERIAL.fullmatch(plain):
        return from_excel_serial(Decimal(plain.replace(",", "."))).isoformat(sep=" ")
    if settings.epoch and _COUNT.fullmatch(plain):
        count = Decimal(plain.replace(",", "."))
        return from_epoch(count, per_second=EPOCHS[settings.epoch]).isoformat(sep=" ")
    return text


def _local(instant: str, zone: str | None) -> str:
    """Return an instant as the date and time it was in a zone: whose day it is, must be said."""
    if zone is None:
        raise ParseError("datetime_needs_zone", text=instant, example=instant)
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def _by_format(text: str, settings: CellSettings) -> datetime:
    for date_format in settings.date_formats:
        written = date_format.match(text)
        if written is not None:
            return written
    patterns = "; ".join(date_format.pattern for date_format in settings.date_formats)
    raise ParseError("not_a_date", text=text, example=patterns)


def error_in(column: str, refusal: ParseError) -> CellError:
    """Return a parser's refusal as the error of a column."""
    return CellError(column=column, code=refusal.code, params=refusal.params)
