"""Lengths of time as people type them and tools export them."""

import re
from datetime import timedelta

from common.domain.parsing.errors import ParseError
from common.domain.parsing.numbers import NumberConvention, parse_number

_EXAMPLE = "1:30"
_CLOCK = re.compile(r"(?P<first>[0-9]{1,6}):(?P<second>[0-5][0-9])(?::(?P<third>[0-5][0-9]))?")
_PART = re.compile(r"(?P<number>[0-9]+(?:[.,][0-9]+)?) *(?P<word>[^\W\d]+)\.?,? *(?:and |och )?")
_WORDS = {
    word: timedelta(seconds=seconds)
    for seconds, words in {
        1: "s sec secs second seconds sek sekund sekunder",
        60: "m min mins minute minutes minut minuter",
        3_600: "h hr hrs hour hours t tim timme timmar",
        86_400: "d day days dag dagar dygn",
    }.items()
    for word in words.split()
}
_LONGEST = 64


def parse_length(
    text: str, *, unit: timedelta, convention: NumberConvention | None = None
) -> timedelta:
    """Return how long ``text`` says: a bare number counts in ``unit``.

    ``1:30:00`` is hours, minutes and seconds; ``1:30`` hours and minutes, or minutes and seconds
    where the unit is minutes. Parts carry their own words: ``2 d 3 h``, ``1 h 30 min``,
    ``1,5 timmar``.

    Raises ``ParseError`` as :func:`parse_number` does, and ``not_a_length``.
    """
    plain = " ".join(text.split()).casefold()
    if match := _CLOCK.fullmatch(plain):
        first, second, third = (int(match[name] or 0) for name in ("first", "second", "third"))
        if match["third"] is None and unit == timedelta(minutes=1):
            return timedelta(minutes=first, seconds=second)
        if match["third"] is None and unit != timedelta(hours=1):
            raise ParseError("not_a_length", text=text, example=f"{match[0]}:00")
        return timedelta(hours=first, minutes=second, seconds=third)
    if len(plain) <= _LONGEST and plain.rstrip(".")[-1:].isalpha() and plain[:1].isdigit():
        return _worded(text, plain)
    try:
        return float(parse_number(text, convention=convention)) * unit
    except OverflowError as error:
        raise ParseError("not_a_length", text=text, example=_EXAMPLE) from error


def _worded(text: str, plain: str) -> timedelta:
    length, position = timedelta(), 0
    while position < len(plain):
        part = _PART.match(plain, position)
        word = _WORDS.get(part["word"]) if part else None
        if part is None or word is None:
            raise ParseError("not_a_length", text=text, example="1 h 30 min")
        try:
            length += float(part["number"].replace(",", ".")) * word
        except OverflowError as error:
            raise ParseError("not_a_length", text=text, example=_EXAMPLE) from error
        position = part.end()
    return length
