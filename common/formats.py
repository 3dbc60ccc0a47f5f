"""Figures, dates and durations as every screen shows them, whatever its language.

A figure read out in a meeting must look the same on every screen (visual language, section 8):
thousands parted by a non-breaking space, decimal comma, a real minus sign, ISO dates joined by
non-breaking hyphens. Nothing here is translated. What these functions write, the parser in
``common.domain.parsing`` reads back.

A missing value is shown as an en dash, never as zero.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

NBSP = "\u00a0"
MINUS = "\u2212"
HYPHEN = "\u2011"
NOTHING = "\u2013"

_STEPS = tuple(Decimal(1).scaleb(-decimals) for decimals in range(10))
_SHOWN = str.maketrans({",": NBSP, ".": ",", "-": MINUS})
_SIGNS = {"SEK": "kr", "EUR": "€", "GBP": "£"}
_MILLIONS = {"SEK": "Mkr", "EUR": "M€", "GBP": "M£"}
_WHOLE_FROM = 10_000
_MILLION = 1_000_000
_ISO_SHOWN = str.maketrans({"-": HYPHEN})
_HUNDRED = Decimal(100)
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def format_number(
    value: Decimal | int | None,
    decimals: int = 0,
    *,
    signed: bool = False,
) -> str:
    """Return ``value`` with exactly ``decimals`` decimals, rounded half away from zero.

    ``signed`` puts a plus before what is above zero, for differences. None is an en dash.
    """
    if value is None:
        return NOTHING
    if isinstance(value, Decimal):
        value = value.quantize(_STEPS[decimals], rounding=ROUND_HALF_UP)
        shown = f"{value or abs(value):,f}".translate(_SHOWN)
    else:
        shown = f"{value:,.{decimals}f}" if decimals else f"{value:,}"
        shown = shown.translate(_SHOWN)
    return f"+{shown}" if signed and value > 0 else shown


def format_money(
    value: Decimal | int | None,
    currency: str = "SEK",
    *,
    signed: bool = False,
    exact: bool = False,
) -> str:
    """Return an amount such as ``1 234 567 kr``.

    From 10 000 no decimals are shown; below, two where there are any. ``exact`` always shows two,
    for accounts and contracts. The currency stands last, by its sign where it has one of its own.
    """
    if value is None:
        return NOTHING
    whole = value == int(value) or not -_WHOLE_FROM < value < _WHOLE_FROM
    figure = format_number(value, 2 if exact or not whole else 0, signed=signed)
    return f"{figure}{NBSP}{_SIGNS.get(currency, currency)}"


def format_money_short(
    value: Decimal | int | None,
    currency: str = "SEK",
    *,
    signed: bool = False,
) -> str:
    """Return an amount for tiles and axes: ``12,3 Mkr`` from one million, else as in full."""
    if value is None or -_MILLION < value < _MILLION:
        return format_money(value, currency, signed=signed)
    figure = format_number(Decimal(value) / _MILLION, 1, signed=signed)
    return f"{figure}{NBSP}{_MILLIONS.get(currency, f'M{currency}')}"


def format_percent(
    value: Decimal | int | None,
    decimals: int = 1,
    *,
    signed: bool = False,
) -> str:
    """Return a percentage given as its figure: ``Decimal("99.95")`` is ``99,95 %``."""
    if value is None:
        return NOTHING
    return f"{format_number(value, decimals, signed=signed)}{NBSP}%"


def format_share(value: Decimal | None, decimals: int = 0) -> str:
    """Return a share of one as a percentage: ``Decimal("0.86")`` is ``86 %``."""
    return format_percent(None if value is None else value * _HUNDRED, decimals)


def format_date(day: date | None) -> str:
    """Return an ISO date that does not break at its hyphens."""
    return NOTHING if day is None else f"{day:%Y-%m-%d}".translate(_ISO_SHOWN)


def format_date_dense(day: date | None, as_of: date) -> str:
    """Return month and day within the coming year after ``as_of``, else the whole date.

    For dense lists, where the whole date stands as the title.
    """
    if day is None or not 0 <= (day - as_of).days < 365:
        return format_date(day)
    return f"{day:%m-%d}".translate(_ISO_SHOWN)


def format_datetime(instant: datetime | None, zone: str) -> str:
    """Return an aware instant as local date and time to the minute in ``zone`` (an IANA name)."""
    if instant is None:
        return NOTHING
    local = instant.astimezone(ZoneInfo(zone))
    return f"{local:%Y-%m-%d}".translate(_ISO_SHOWN) + f"{NBSP}{local:%H:%M}"


def format_week(day: date, *, word: str = "w") -> str:
    """Return the ISO week after ``word``; a letter is joined (``w48``), a word not (``week 48``).

    The word is the caller's, since it is the one part that has a language.
    """
    gap = NBSP if len(word) > 1 else ""
    return f"{word}{gap}{day.isocalendar().week}"


def format_duration(seconds: int | None, *, days: bool = True) -> str:
    """Return a length of time in its two largest units, rounded: ``3 d 4 h``, ``45 min``.

    The units are the SI's signs, alike in both languages. ``days=False`` stops at hours: business
    time has no 24-hour days.
    """
    if seconds is None:
        return NOTHING
    units = _UNITS if days else _UNITS[1:]
    left = abs(seconds)
    for (_, size), (_, part) in pairwise(units):
        if left >= size:
            # Rounded before it is split: 1 h 59 min 59 s is 2 h, never 1 h 60 min.
            left = (left + part // 2) // part * part
            break
    for (large, size), (small, part) in pairwise(units):
        if left >= size:
            rest = left % size // part
            pieces = [format_number(left // size), large, *([str(rest), small] if rest else [])]
            break
    else:
        pieces = [str(left), "s"]
    return (MINUS if seconds < 0 else "") + NBSP.join(pieces)
