"""Dates and date-times as people type them and files hold them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

from common.domain.parsing.errors import ParseError

_EXAMPLE = "2026-03-05"
_TIME_EXAMPLE = "2026-03-05 14:30"
_YEARS = range(1900, 2200)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_FIRST, _EPOCH_END = (
    int((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds()) for year in (1900, 2200)
)
_CENTURY_PIVOT = 69  # POSIX: 69–99 are 1969–1999, 00–68 are 2000–2068
_LONGEST = 64

_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2212": "-",
        "\ufeff": None,
    },
)
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NUMERIC = re.compile(r"([0-9]{1,4})([-/. ]) ?([0-9]{1,2})\2 ?([0-9]{1,4})\.?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_DAY = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.|:e|:a|e|a)?")
_WORD_SPLIT = re.compile(r"[ ,/-]+|(?<=[^\W\d])\. *")
_TIME = re.compile(
    r"(?P<day>.*?)(?:(?<=[0-9])t|,? +)(?:kl\.? *)?"
    r"(?P<hour>[0-9]{1,2})(?P<mark>[:.])(?P<minute>[0-9]{2})"
    r"(?:(?P=mark)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r" *(?P<half>[ap]\.?m\.?)? *(?P<offset>z|utc|gmt|[+-][0-9]{2}(?::?[0-9]{2})?)?",
)

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januari jan",
            "february februari feb",
            "march mars mar",
            "april apr",
            "may maj",
            "june juni jun",
            "july juli jul",
            "august augusti aug",
            "september sep sept",
            "october oktober oct okt",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

# The tokens a mapping's date format is written with, longest first.
_TOKENS = {
    "YYYY": r"(?P<year>[0-9]{4})",
    "YY": r"(?P<year>[0-9]{2})",
    "MMM": r"(?P<name>[^\W\d]+)\.?",
    "MM": r"(?P<month>[0-9]{2})",
    "M": r"(?P<month>[0-9]{1,2})",
    "DD": r"(?P<day>[0-9]{2})",
    "D": r"(?P<day>[0-9]{1,2})",
    "HH": r"(?P<hour>[0-9]{2})",
    "H": r"(?P<hour>[0-9]{1,2})",
    "mm": r"(?P<minute>[0-9]{2})",
    "ss": r"(?P<second>[0-9]{2})",
    "AM": r"(?P<half>[ap]\.?m\.?)",
}
_TOKEN = re.compile("|".join(sorted(_TOKENS, key=len, reverse=True)))


class DateOrder(StrEnum):
    """The order in which a source writes day, month and year in digits."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateFormat:
    """One exact way of writing a date, with or without a time of day.

    Tokens: ``YYYY YY MMM`` (a month's name in English or Swedish) ``MM M DD D HH H mm ss AM``;
    everything else stands for itself. A format without a day means the first of the month, without
    a month the first of January: ``YYYY-MM`` reads a month. Raises ``ValueError`` when it has no
    year or repeats a token.
    """

    pattern: str

    def __post_init__(self) -> None:
        _format_pattern(self.pattern)

    def match(self, text: str) -> datetime | None:
        """Return the naive date-time ``text`` states in this format, None where it does not fit."""
        found = _format_pattern(self.pattern).fullmatch(text.translate(_PLAIN).strip())
        if found is None:
            return None
        parts = found.groupdict()
        month = _MONTHS.get(parts["name"].casefold()) if parts.get("name") else parts.get("month")
        if month is None and parts.get("name"):
            return None
        try:
            return datetime(  # noqa: DTZ001 - naive on purpose: the zone is the caller's to add
                _full_year(parts["year"]),
                int(month or 1),
                int(parts.get("day") or 1),
                _hour(int(parts.get("hour") or 0), parts.get("half")),
                int(parts.get("minute") or 0),
                int(parts.get("second") or 0),
            )
        except ValueError:
            return None


@lru_cache(maxsize=128)
def _format_pattern(pattern: str) -> re.Pattern[str]:
    written, position = "", 0
    for token in _TOKEN.finditer(pattern):
        written += re.escape(pattern[position : token.start()]) + _TOKENS[token[0]]
        position = token.end()
    try:
        compiled = re.compile(written + re.escape(pattern[position:]), re.IGNORECASE)
    except re.error as error:  # a token given twice
        raise ValueError("format", pattern) from error
    if "year" not in compiled.groupindex:
        raise ValueError("format", pattern)
    return compiled


def from_excel_serial(serial: Decimal, *, since_1904: bool = False) -> datetime:
    """Return the naive date-time of a spreadsheet's day number, to the nearest second.

    Source: Excel counts days from 1899-12-31 but also a 29 February 1900 that never was; numbers
    below 61 are therefore refused as ambiguous between programs. Workbooks from old Macs count
    from 1904-01-01 (``since_1904``). Raises ``ParseError`` (``date_out_of_range``).
    """
    lowest = 0 if since_1904 else 61
    if not lowest <= serial < 110_000:
        raise ParseError("date_out_of_range", text=str(serial), example=_EXAMPLE)
    epoch = date(1904, 1, 1) if since_1904 else date(1899, 12, 30)
    seconds = int((serial * 86_400).to_integral_value())
    return datetime.combine(epoch, time()) + timedelta(seconds=seconds)


def from_epoch(count: Decimal, *, per_second: int = 1) -> datetime:
    """Return the UTC instant of a count since 1970-01-01 00:00 UTC, of seconds or parts of them.

    Source: POSIX, where every day has 86,400 seconds. ``per_second`` is 1000 for milliseconds.
    Raises ``ParseError`` (``date_out_of_range``) before 1900 or after 2199.
    """
    seconds = count / per_second
    if not _EPOCH_FIRST <= seconds < _EPOCH_END:
        raise ParseError("date_out_of_range", text=str(count), example=_TIME_EXAMPLE)
    microseconds = int((seconds * 1_000_000).to_integral_value())
    return _EPOCH + timedelta(microseconds=microseconds)


def parse_date(text: str, *, order: DateOrder | None = None, drop_time: bool = False) -> date:
    """Return the day ``text`` names.

    Understood without being told: ``2026-03-05``, ``2026/03/05``, ``20260305``, ``5 mars 2026``,
    ``March 5, 2026`` and digits with only one possible reading (``25/3/2026``). ``order`` settles
    the rest, two-digit years included (``30.06.08``, pivot 1969). Midnight after the date is
    ignored; another time of day is ``date_has_time`` unless ``drop_time``, which keeps the day as
    written.

    Raises ``ParseError``: ``empty``, ``not_a_date``, ``date_ambiguous`` (``example`` and
    ``alternative`` are the readings), ``date_impossible``, ``date_out_of_range`` (before 1900 or
    after 2199), ``date_has_time``.
    """
    plain = _plain(text, _EXAMPLE)
    match = _TIME.fullmatch(plain)
    if match is None:
        return _day(text, plain, order)
    day = _day(text, match["day"], order)
    if not drop_time and _time(text, match) != time():
        raise ParseError("date_has_time", text=text, example=day.isoformat())
    return day


def parse_datetime(
    text: str,
    *,
    order: DateOrder | None = None,
    zone: str | None = None,
    midnight: bool = False,
    fold: int | None = None,
) -> datetime:
    """Return the instant ``text`` names, as an aware UTC date-time.

    An offset in the text (``Z``, ``+02:00``) is obeyed; otherwise the time is local to ``zone``
    (an IANA name). A date alone is refused unless ``midnight`` says it means 00:00. A local time
    that occurs twice when clocks go back is refused unless ``fold`` (0 first, 1 second) chooses.

    Raises ``ParseError`` as :func:`parse_date` does, and ``not_a_datetime``,
    ``datetime_needs_time``, ``datetime_needs_zone``, ``time_skipped`` (clocks went forward),
    ``time_repeated``.
    """
    plain = _plain(text, _TIME_EXAMPLE)
    match = _TIME.fullmatch(plain)
    if match is None:
        day = _day(text, plain, order)
        if not midnight:
            example = f"{day.isoformat()} 14:30"
            raise ParseError("datetime_needs_time", text=text, example=example)
        return to_utc(datetime.combine(day, time()), zone=zone, text=text, fold=fold)
    day = _day(text, match["day"], order)
    written = datetime.combine(day, _time(text, match))
    if offset := match["offset"]:
        return written.replace(tzinfo=_offset(text, offset)).astimezone(UTC)
    return to_utc(written, zone=zone, text=text, fold=fold)


def to_utc(written: datetime, *, zone: str | None, text: str, fold: int | None = None) -> datetime:
    """Return the UTC instant of a naive local time; refuses as :func:`parse_datetime` does."""
    if zone is None:
        example = f"{written.isoformat(sep=' ', timespec='minutes')}+01:00"
        raise ParseError("datetime_needs_zone", text=text, example=example)
    if zone == "UTC":
        return written.replace(tzinfo=UTC)
    place = ZoneInfo(zone)
    first, second = (written.replace(tzinfo=place, fold=which) for which in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    instants = (first.astimezone(UTC), second.astimezone(UTC))
    if instants[0] > instants[1]:  # the gap: the earlier offset gives the later instant
        raise ParseError("time_skipped", text=text, example=instants[0].isoformat())
    if fold is None:
        readings = [instant.astimezone(place).isoformat() for instant in instants]
        raise ParseError("time_repeated", text=text, example=readings[0], alternative=readings[1])
    return instants[fold]


def _plain(text: str, example: str) -> str:
    plain = " ".join(text.translate(_PLAIN).split()).casefold()
    if not plain:
        raise ParseError("empty", text=text, example=example)
    if len(plain) > _LONGEST:
        raise ParseError("not_a_date", text=text, example=example)
    return plain


def _day(text: str, plain: str, order: DateOrder | None) -> date:
    """Return the day in ``plain``; ``text`` is what a refusal quotes."""
    if match := _ISO.fullmatch(plain) or _COMPACT.fullmatch(plain):
        return _checked(text, int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.fullmatch(plain):
        return _numeric_day(text, (match[1], match[3], match[4]), order)
    return _named_day(text, plain, order)


def _numeric_day(text: str, parts: tuple[str, str, str], order: DateOrder | None) -> date:
    first, second, third = parts
    if len(first) == 4:
        return _checked(text, int(first), int(second), int(third))
    if len(third) not in {2, 4} or (len(third) == 4 and order is DateOrder.YMD):
        raise ParseError("not_a_date", text=text, example=_EXAMPLE)
    if order is DateOrder.YMD:
        return _checked(text, _full_year(first), int(second), int(third))
    if order is DateOrder.DMY:
        return _checked(text, _full_year(third), int(second), int(first))
    if order is DateOrder.MDY:
        return _checked(text, _full_year(third), int(first), int(second))
    return _only_reading(text, parts)


def _only_reading(text: str, parts: tuple[str, str, str]) -> date:
    """Return the day where no order is stated and the digits allow one reading only.

    With two-digit years there is always more than one order to doubt, so those are refused.
    """
    first, second, third = parts
    orders = [(third, second, first), (third, first, second)]
    if len(third) == 2:
        # Dashes are what short ISO dates are written with, so that reading is offered first.
        orders.insert(0 if "-" in text else 2, (first, second, third))
    readings = []
    for year, month, day in orders:
        try:
            reading = date(_full_year(year), int(month), int(day))
        except ValueError:
            continue
        if reading not in readings:
            readings.append(reading)
    if not readings:
        raise ParseError("date_impossible", text=text, example=_EXAMPLE)
    if len(readings) == 1 and len(third) == 4:
        return _checked(text, readings[0].year, readings[0].month, readings[0].day)
    raise ParseError(
        "date_ambiguous",
        text=text,
        example=readings[0].isoformat(),
        alternative=readings[min(1, len(readings) - 1)].isoformat(),
    )


def _named_day(text: str, plain: str, order: DateOrder | None) -> date:
    words = [word for word in _WORD_SPLIT.split(plain.removeprefix("den ")) if word]
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    numbers = [word for word in words if word not in _MONTHS]
    if len(months) != 1 or len(numbers) != 2:
        raise ParseError("not_a_date", text=text, example=_EXAMPLE)
    position = _year_position(numbers, order)
    if position is None:
        raise ParseError("not_a_date", text=text, example="5 mars 2026")
    day = _DAY.fullmatch(numbers[1 - position])
    if day is None or not numbers[position].isdigit():
        raise ParseError("not_a_date", text=text, example=_EXAMPLE)
    return _checked(text, _full_year(numbers[position]), months[0], int(day[1]))


def _year_position(numbers: list[str], order: DateOrder | None) -> int | None:
    """Return which of two numbers beside a month's name is the year; None when nobody can tell."""
    full = [position for position, word in enumerate(numbers) if len(word) == 4]
    if len(full) == 1:
        return full[0]
    if full or order is None or len(numbers[0]) > 2 or len(numbers[1]) > 2:
        return None
    return 0 if order is DateOrder.YMD else 1


def _checked(text: str, year: int, month: int, day: int) -> date:
    if year not in _YEARS:
        raise ParseError("date_out_of_range", text=text, example=_EXAMPLE)
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ParseError("date_impossible", text=text, example=_EXAMPLE) from error


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (1900 if year >= _CENTURY_PIVOT else 2000)


def _hour(hour: int, half: str | None) -> int:
    """Return the hour of the day; ``ValueError`` where a twelve-hour clock does not have it."""
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError("hour", hour)
    return hour % 12 + (12 if half.casefold().startswith("p") else 0)


def _time(text: str, match: re.Match[str]) -> time:
    try:
        return time(
            _hour(int(match["hour"]), match["half"]),
            int(match["minute"]),
            int(match["second"] or 0),
            int((match["fraction"] or "")[:6].ljust(6, "0")),
        )
    except ValueError as error:
        raise ParseError("not_a_datetime", text=text, example=_TIME_EXAMPLE) from error


def _offset(text: str, written: str) -> timezone:
    if not written.startswith(("+", "-")):
        return UTC
    digits = written[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes > 14 * 60 or int(digits[2:]) > 59:
        raise ParseError("not_a_datetime", text=text, example=_TIME_EXAMPLE)
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
