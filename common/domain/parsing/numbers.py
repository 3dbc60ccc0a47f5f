"""Numbers and money as people type them and files hold them."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from common.domain.parsing.errors import ParseError

MONEY_LIMIT = Decimal("1e16")
"""Money is stored with 18 digits, 2 of them decimals: its absolute value stays below this."""

_NUMBER_LIMIT = Decimal("1e20")
_CENT = Decimal("0.01")
_LONGEST = 64
_EXAMPLE = "1234,56"

# Every space a spreadsheet or a web page puts between thousands, every dash used as a minus, and
# the apostrophe an editor has made typographic. A byte order mark is nothing.
_PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2007": " ",
        "\u2212": "-",
        "\u2013": "-",
        "\u2019": "'",
        "\ufeff": None,
    },
)
_SIGNED = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>(?:[^\d\s.,+-]+\.?)?)\s*(?P<inner>[+-]?)\s*"
    r"(?P<body>(?:[.,][0-9]+|[0-9](?:[0-9 .,']*[0-9])?)(?:[eE][+-]?[0-9]+)?)"
    r"(?P<last>-?)\s*(?P<after>\D*)",
)
_NOT_FINITE = re.compile(r"[+-]?\s*(?:s?nan|inf|infinity|∞)", re.IGNORECASE)
_EXPONENT = re.compile(r"(?P<mantissa>[0-9]+(?:[.,][0-9]+)?)[eE](?P<power>[+-]?[0-9]+)")
_SPACED = re.compile(r"[0-9]{1,3}(?:(?P<mark>[ '])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?:[.,][0-9]+)?")
_POINT_THEN_COMMA = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]+")
_COMMA_THEN_POINT = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]+")
_REPEATED = re.compile(r"[0-9]{1,3}(?P<mark>[.,])[0-9]{3}(?:(?P=mark)[0-9]{3})+")
_ONE_MARK = re.compile(r"(?P<whole>[0-9]*)[.,](?P<part>[0-9]+)")

_CURRENCY_SIGNS = {
    "SEK": ("kr", "kr.", "sek", ":-", ",-"),
    "NOK": ("kr", "kr.", "nok", ":-", ",-"),
    "DKK": ("kr", "kr.", "dkk", ":-", ",-"),
    "EUR": ("€", "eur"),
    "GBP": ("£", "gbp"),
    "USD": ("$", "usd", "us$"),
    "CAD": ("$", "cad", "c$", "ca$"),
    "AUD": ("$", "aud", "a$", "au$"),
    "CHF": ("chf", "fr."),
}
# Amounts in thousands, millions and billions as Swedish offices write them.
_SCALE_WORDS = {
    "tkr": ("SEK", Decimal(1_000)),
    "ksek": ("SEK", Decimal(1_000)),
    "tsek": ("SEK", Decimal(1_000)),
    "mkr": ("SEK", Decimal(1_000_000)),
    "mnkr": ("SEK", Decimal(1_000_000)),
    "msek": ("SEK", Decimal(1_000_000)),
    "mdkr": ("SEK", Decimal(1_000_000_000)),
    "mdrkr": ("SEK", Decimal(1_000_000_000)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberConvention:
    """How one source writes its numbers.

    ``decimal`` is the decimal sign, ``thousands`` the grouping sign (empty when it groups nothing)
    and ``signs`` the currency or unit signs that may stand before or after the digits, whatever
    their case. Raises ``ValueError`` when the two marks are alike or not ones that occur.
    """

    decimal: str = "."
    thousands: str = ""
    signs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.decimal not in {".", ","}:
            raise ValueError("decimal", self.decimal)
        if self.thousands not in {"", " ", ".", ",", "'"} or self.thousands == self.decimal:
            raise ValueError("thousands", self.thousands)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A number's text in pieces: its sign, its digits and marks, and the words around them."""

    negative: bool
    body: str
    units: tuple[str, ...]


def parse_number(text: str, *, convention: NumberConvention | None = None) -> Decimal:
    """Return the number ``text`` means.

    Without a ``convention`` both decimal signs are understood where only one reading is possible:
    ``1234,56``, ``1 234,56`` (any space), ``1.234,56`` and ``1,234,567`` are, ``1,234`` and
    ``1.234`` are not. With one, only its marks and signs are. ``(5)`` and ``5-`` are negative.

    Raises ``ParseError``: ``empty``, ``not_a_number``, ``number_ambiguous`` (``example`` and
    ``alternative`` are the two readings), ``number_not_finite``, ``number_too_large`` (from 1e20).
    """
    parts = _split(text)
    allowed = {sign.casefold() for sign in convention.signs} if convention else set()
    if not allowed.issuperset(parts.units):
        raise ParseError("not_a_number", text=text, example=_EXAMPLE)
    return _value(text, parts, convention)


def parse_integer(text: str, *, convention: NumberConvention | None = None) -> int:
    """Return the whole number ``text`` means; ``3,0`` is one, ``3,5`` is ``not_an_integer``.

    Raises ``ParseError`` as :func:`parse_number` does, and ``not_an_integer``.
    """
    value = parse_number(text, convention=convention)
    if value != value.to_integral_value():
        raise ParseError("not_an_integer", text=text, example=str(int(value)))
    return int(value)


def parse_percent(text: str, *, convention: NumberConvention | None = None) -> Decimal:
    """Return a percentage as its figure: both ``24`` and ``24 %`` are 24, not 0.24.

    Raises ``ParseError`` as :func:`parse_number` does.
    """
    parts = _split(text)
    if not {"%", "procent", "percent"}.issuperset(parts.units):
        raise ParseError("not_a_number", text=text, example="24 %")
    return _value(text, parts, convention)


def parse_money(
    text: str,
    *,
    currency: str = "SEK",
    convention: NumberConvention | None = None,
    scale: Decimal = Decimal(1),
    rounding: bool = False,
) -> Decimal:
    """Return an amount in whole units of ``currency`` with two decimals.

    The currency's own signs may stand around the figure, as may the Swedish scale words (``1,5
    Mkr`` is 1 500 000); ``scale`` multiplies what a file states in thousands or millions.
    More than two decimals are refused unless ``rounding`` (half away from zero) is asked for.

    Raises ``ParseError`` as :func:`parse_number` does, and ``money_other_currency``,
    ``money_scale_twice`` (a scale word where a scale is stated), ``money_too_precise``,
    ``money_too_large`` (from 1e16).
    """
    parts = _split(text)
    factor = _money_scale(text, parts, currency, convention, scale)
    amount = _value(text, parts, convention, too_large="money_too_large") * factor
    if abs(amount) >= MONEY_LIMIT:
        raise ParseError("money_too_large", text=text, example="999999999,00")
    cents = amount.quantize(_CENT, rounding=ROUND_HALF_UP)
    if cents != amount and not rounding:
        raise ParseError("money_too_precise", text=text, example=f"{cents}".replace(".", ","))
    return cents + 0  # adding zero turns −0.00 into 0.00


def _money_scale(
    text: str,
    parts: _Parts,
    currency: str,
    convention: NumberConvention | None,
    scale: Decimal,
) -> Decimal:
    """Return what to multiply with, after checking each sign around the figure."""
    own = {*_CURRENCY_SIGNS.get(currency, ()), currency.casefold()}
    if convention:
        own.update(sign.casefold() for sign in convention.signs)
    factor = scale
    for unit in parts.units:
        if unit in own:
            continue
        worded_currency, worded_scale = _SCALE_WORDS.get(unit, ("", Decimal(1)))
        if worded_currency != currency:
            code = "money_other_currency" if _is_currency(unit) else "not_a_number"
            raise ParseError(code, text=text, example=f"{_EXAMPLE} {currency}", currency=currency)
        if factor != 1:
            raise ParseError("money_scale_twice", text=text, example=_EXAMPLE)
        factor = worded_scale
    return factor


def _is_currency(unit: str) -> bool:
    return unit in _SCALE_WORDS or any(unit in signs for signs in _CURRENCY_SIGNS.values())


def _split(text: str) -> _Parts:
    """Return the pieces of ``text``; raises ``empty``, ``number_not_finite``, ``not_a_number``."""
    plain = text.translate(_PLAIN).strip()
    if not plain:
        raise ParseError("empty", text=text, example=_EXAMPLE)
    if _NOT_FINITE.fullmatch(plain):
        raise ParseError("number_not_finite", text=text, example=_EXAMPLE)
    # Books write a negative amount in brackets.
    in_brackets = plain.startswith("(") and plain.endswith(")")
    if in_brackets:
        plain = plain[1:-1].strip()
    match = _SIGNED.fullmatch(plain) if len(plain) <= _LONGEST else None
    # A minus stands before the digits or, as ledgers print it, right after them; once.
    signs = [match[name] for name in ("sign", "inner", "last") if match[name]] if match else []
    if match is None or len(signs) + in_brackets > 1:
        raise ParseError("not_a_number", text=text, example=_EXAMPLE)
    units = (match["before"].casefold(), match["after"].strip().casefold())
    return _Parts(
        negative=in_brackets or signs == ["-"],
        body=match["body"],
        units=tuple(unit for unit in units if unit),
    )


def _value(
    text: str,
    parts: _Parts,
    convention: NumberConvention | None,
    *,
    too_large: str = "number_too_large",
) -> Decimal:
    """Return the signed value of the pieces, or raise for ``text``."""
    digits = _stated(parts.body, convention) if convention else _inferred(text, parts.body)
    if digits is None:
        raise ParseError("not_a_number", text=text, example=_EXAMPLE)
    value = Decimal(digits)
    # The exponent is looked at before any arithmetic: 1e999999 must not become digits.
    if value and value.adjusted() >= _NUMBER_LIMIT.adjusted():
        raise ParseError(too_large, text=text, example="999999999")
    if value.adjusted() < -_LONGEST:
        raise ParseError("not_a_number", text=text, example=_EXAMPLE)
    return -value if parts.negative and value else value


def _inferred(text: str, body: str) -> str | None:
    """Return plain digits with a decimal point where only one reading exists, None for nonsense.

    Raises ``number_ambiguous`` for one mark followed by exactly three digits.
    """
    if body.isdigit():
        return body
    if match := _EXPONENT.fullmatch(body):
        return f"{match['mantissa'].replace(',', '.')}e{match['power'][:6]}"
    if _SPACED.fullmatch(body):
        return body.replace(" ", "").replace("'", "").replace(",", ".")
    if _POINT_THEN_COMMA.fullmatch(body):
        return body.replace(".", "").replace(",", ".")
    if _COMMA_THEN_POINT.fullmatch(body):
        return body.replace(",", "")
    if _REPEATED.fullmatch(body):
        return body.replace(".", "").replace(",", "")
    return _one_mark(text, body)


def _one_mark(text: str, body: str) -> str | None:
    match = _ONE_MARK.fullmatch(body)
    if match is None:
        return None
    whole, part = match["whole"], match["part"]
    # Thousands need one to three digits first, not starting with zero, and exactly three after.
    if len(part) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0"):
        raise ParseError(
            "number_ambiguous",
            text=text,
            example=f"{whole}{part}",
            alternative=f"{whole},{part}0",
        )
    return f"{whole or '0'}.{part}"


def _stated(body: str, convention: NumberConvention) -> str | None:
    """Return plain digits with a decimal point by the stated marks, None where they do not fit."""
    if not _stated_pattern(convention.decimal, convention.thousands).fullmatch(body):
        return None
    ungrouped = body.replace(convention.thousands, "") if convention.thousands else body
    return ungrouped.replace(convention.decimal, ".")


@lru_cache(maxsize=64)
def _stated_pattern(decimal: str, thousands: str) -> re.Pattern[str]:
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|" if thousands else ""
    fraction = rf"(?:{re.escape(decimal)}[0-9]+)?"
    return re.compile(rf"(?:{grouped}[0-9]+){fraction}(?:[eE][+-]?[0-9]{{1,6}})?|{fraction}")
