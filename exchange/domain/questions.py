"""What the cells of a matched file leave open: asked of a person, never guessed.

A question is there when at least one cell needs its answer. An answer is proposed only where the
cells allow no other: `25/3/2026` beside `5/3/2026` shows the day first.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial

from common.domain.parsing import (
    DateOrder,
    NumberConvention,
    ParseError,
    from_epoch,
    from_excel_serial,
    parse_date,
    parse_datetime,
)
from exchange.domain.cells import EPOCHS, CellSettings, as_text, cell_reader
from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.domain.matching import Matching
from exchange.domain.survey import Survey

SETTINGS = ("numbers_as", "date_order", "zone", "bare_days", "clocks_back", "decimal", "rounding")
"""Everything that may be asked."""

_NUMBERS = (FieldType.MONEY, FieldType.NUMBER, FieldType.INTEGER)
_OWN_ZONE = "organisation"
_COUNT = re.compile(r"-?[0-9]{2,14}(?:[.,][0-9]{1,9})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer, and what the example would be by it."""

    value: str
    reading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One setting of a mapping that a file needs: which columns, a cell that shows it, answers."""

    setting: str
    columns: tuple[str, ...]
    example: str
    choices: tuple[Choice, ...]
    proposed: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What the organisation's own answers are: its currency and its zone."""

    currency: str = "SEK"
    zone: str = "Europe/Stockholm"


def questions(kind: Kind, survey: Survey, matching: Matching, ground: Ground) -> list[Question]:
    """Return what is to be asked, in the order it is understood."""
    asked = [
        _numbers_as(kind, survey, matching),
        _date_order(kind, survey, matching),
        _zone(kind, survey, matching),
        _bare_days(kind, survey, matching),
        _clocks_back(kind, survey, matching, ground),
        _decimal(kind, survey, matching, ground),
        _rounding(kind, survey, matching, ground),
    ]
    return [question for question in asked if question is not None]


def cells_of(
    survey: Survey, matching: Matching, columns: Iterable[str], *, only_text: bool = False
) -> list[tuple[str, str]]:
    """Return (column, cell) of what those columns hold, without what means no value."""
    return [
        (name, cell)
        for name in columns
        for cell in (survey.column(name).texts if only_text else survey.column(name).cells)
        if not matching.is_missing(cell)
    ]


def fault_of(read: Callable[[], object]) -> str:
    """Return the code of the refusal that reading gives, or nothing."""
    try:
        read()
    except ParseError as refusal:
        return refusal.code
    return ""


def _put(
    setting: str,
    cells: Sequence[tuple[str, str]],
    choices: Sequence[Choice],
    proposed: str = "",
) -> Question | None:
    """Return the question those cells put, None where there are none."""
    if not cells:
        return None
    return Question(
        setting=setting,
        columns=tuple(dict.fromkeys(column for column, _cell in cells)),
        example=cells[0][1],
        choices=tuple(choices),
        proposed=proposed,
    )


def _only(fitting: Sequence[str]) -> str:
    return fitting[0] if len(fitting) == 1 else ""


def counts_in(kind: Kind, survey: Survey, matching: Matching) -> list[tuple[str, str]]:
    """Return the cells of dates and moments that are bare numbers, and no date by themselves."""
    columns = matching.columns_of(kind, FieldType.DATE, FieldType.DATETIME)
    return [
        (column, cell)
        for column, cell in cells_of(survey, matching, columns)
        if _COUNT.fullmatch(cell) and fault_of(lambda cell=cell: parse_date(cell))  # type: ignore[misc]
    ]


def _numbers_as(kind: Kind, survey: Survey, matching: Matching) -> Question | None:
    """Ask what bare numbers count; each answer that gives a moment is shown with it."""
    counts = counts_in(kind, survey, matching)
    if not counts:
        return None
    ways: dict[str, Callable[[Decimal], datetime]] = {
        "days": from_excel_serial,
        **{unit: partial(from_epoch, per_second=parts) for unit, parts in EPOCHS.items()},
    }
    example = Decimal(counts[0][1].replace(",", "."))
    choices = [
        Choice(value=way, reading=f"{read(example):%Y-%m-%d %H:%M}")
        for way, read in ways.items()
        if not fault_of(partial(read, example))
    ]
    return _put("numbers_as", counts, choices) if choices else None


def order_of(matching: Matching) -> DateOrder | None:
    """Return the stated order of day, month and year."""
    stated = matching.settings.get("date_order", "")
    return DateOrder(stated) if stated in set(DateOrder) else None


def _date_order(kind: Kind, survey: Survey, matching: Matching) -> Question | None:
    columns = matching.columns_of(kind, FieldType.DATE, FieldType.DATETIME)
    cells = cells_of(survey, matching, columns)

    def reads(cell: str, order: DateOrder | None) -> bool:
        return not fault_of(lambda: parse_date(cell, order=order, drop_time=True))

    doubtful = [
        (column, cell)
        for column, cell in cells
        if fault_of(lambda cell=cell: parse_date(cell, drop_time=True)) == "date_ambiguous"  # type: ignore[misc]
    ]
    if not doubtful:
        return None
    example = doubtful[0][1]
    orders = [order for order in DateOrder if reads(example, order)]
    days = [cell for _column, cell in cells if any(reads(cell, order) for order in DateOrder)]
    fitting = [order.value for order in orders if all(reads(cell, order) for cell in days)]
    choices = [
        Choice(
            value=order.value,
            reading=parse_date(example, order=order, drop_time=True).isoformat(),
        )
        for order in orders
    ]
    return _put("date_order", doubtful, choices, _only(fitting))


def _moments(kind: Kind, survey: Survey, matching: Matching) -> list[tuple[str, str]]:
    return cells_of(survey, matching, matching.columns_of(kind, FieldType.DATETIME))


def _moment_fault(
    cell: str, matching: Matching, *, zone: str | None, midnight: bool, fold: int | None = None
) -> str:
    order = order_of(matching) or DateOrder.DMY
    return fault_of(
        lambda: parse_datetime(cell, order=order, zone=zone, midnight=midnight, fold=fold)
    )


def _zone(kind: Kind, survey: Survey, matching: Matching) -> Question | None:
    local = [
        (column, cell)
        for column, cell in _moments(kind, survey, matching)
        if _moment_fault(cell, matching, zone=None, midnight=True) == "datetime_needs_zone"
    ]
    # A spreadsheet's day number is local; whose day an instant is, must be said of days.
    wanting = (
        FieldType.DATETIME if matching.settings.get("numbers_as") == "days" else FieldType.DATE
    )
    columns = (
        set(matching.columns_of(kind, wanting)) if "numbers_as" in matching.settings else set()
    )
    local += [one for one in counts_in(kind, survey, matching) if one[0] in columns]
    return _put("zone", local, [Choice(value=_OWN_ZONE), Choice(value="UTC")], _OWN_ZONE)


def _bare_days(kind: Kind, survey: Survey, matching: Matching) -> Question | None:
    bare = [
        (column, cell)
        for column, cell in _moments(kind, survey, matching)
        if _moment_fault(cell, matching, zone="UTC", midnight=False) == "datetime_needs_time"
    ]
    return _put("bare_days", bare, [Choice(value="midnight"), Choice(value="refuse")])


def _clocks_back(kind: Kind, survey: Survey, matching: Matching, ground: Ground) -> Question | None:
    if matching.settings.get("zone", _OWN_ZONE) != _OWN_ZONE:
        return None
    twice = [
        (column, cell)
        for column, cell in _moments(kind, survey, matching)
        if _moment_fault(cell, matching, zone=ground.zone, midnight=True) == "time_repeated"
    ]
    return _put("clocks_back", twice, [Choice(value="first"), Choice(value="second")])


def convention_of(survey: Survey, matching: Matching, kind: Kind) -> NumberConvention | None:
    """Return the marks of the file's numbers where a person has said which is the decimal one."""
    decimal = matching.settings.get("decimal", "")
    if decimal not in {",", "."}:
        return None
    return _by(decimal, [cell for _column, cell in _figures(kind, survey, matching)])


def _figures(kind: Kind, survey: Survey, matching: Matching) -> list[tuple[str, str]]:
    """Return the numbers that are text: a workbook's own have no marks to doubt."""
    return cells_of(survey, matching, matching.columns_of(kind, *_NUMBERS), only_text=True)


def _by(decimal: str, cells: Iterable[str]) -> NumberConvention:
    """Return the convention with that decimal mark and whatever else groups the digits."""
    other = "." if decimal == "," else ","
    together = [" ".join(cell.split()) for cell in cells]
    digits = ["".join(c if c in " '.," or c.isdigit() else "" for c in one) for one in together]
    for mark in (other, " ", "'"):
        if any(mark in one.strip(" .,'") for one in digits):
            return NumberConvention(decimal=decimal, thousands=mark)
    return NumberConvention(decimal=decimal, thousands=" ")


def _decimal(kind: Kind, survey: Survey, matching: Matching, ground: Ground) -> Question | None:
    cells = _figures(kind, survey, matching)
    loose = CellSettings(currency=ground.currency, rounding=True)
    reads = _reader(kind, matching)
    doubtful = [one for one in cells if reads(*one, loose)[1] == "number_ambiguous"]
    if not doubtful:
        return None
    texts = [cell for _column, cell in cells]
    ways = {mark: replace(loose, convention=_by(mark, texts)) for mark in (",", ".")}
    figures = [one for one in cells if any(not reads(*one, way)[1] for way in ways.values())]
    fitting = [
        mark for mark, way in ways.items() if not any(reads(*one, way)[1] for one in figures)
    ]
    choices = [
        Choice(value=mark, reading=reads(*doubtful[0], way)[0]) for mark, way in ways.items()
    ]
    return _put("decimal", doubtful, choices, _only(fitting))


def _reader(kind: Kind, matching: Matching) -> Callable[[str, str, CellSettings], tuple[str, str]]:
    """Return what reads a cell of a column into (what it says, why it does not)."""
    fields = KINDS[kind].fields

    def read(column: str, cell: str, settings: CellSettings) -> tuple[str, str]:
        try:
            value = cell_reader(fields[matching.targets[column]], settings, None)(cell)
        except ParseError as refusal:
            return "", refusal.code
        return as_text(value) if not isinstance(value, int) else str(value), ""  # type: ignore[arg-type]

    return read


def _rounding(kind: Kind, survey: Survey, matching: Matching, ground: Ground) -> Question | None:
    money = matching.columns_of(kind, FieldType.MONEY)
    reads = _reader(kind, matching)
    stated = convention_of(survey, matching, kind)

    def is_precise(column: str, cell: str) -> bool:
        is_typed = cell in survey.column(column).typed
        settings = CellSettings(
            currency=ground.currency,
            convention=NumberConvention() if is_typed else stated,
            scale=Decimal(matching.scales.get(column, "1")),
        )
        return reads(column, cell, settings)[1] == "money_too_precise"

    precise = [one for one in cells_of(survey, matching, money) if is_precise(*one)]
    return _put("rounding", precise, [Choice(value="round"), Choice(value="refuse")])
