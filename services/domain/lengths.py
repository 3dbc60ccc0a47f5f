"""Lengths of business time as people write them: "4 h", "30 min", "1 h 30 min"."""

import re

from common.domain.refusal import Refusal

_SECONDS = {"h": 3600, "t": 3600, "tim": 3600, "min": 60, "m": 60}
_PART = re.compile(r"(\d{1,5})\s*(h|tim|t|min|m)\b")


class LengthError(Refusal):
    """``not_a_length``."""


def parse_length(text: str) -> int:
    """Return open seconds. Days are refused: a working day has as many hours as its calendar says.

    Raises LengthError ``not_a_length`` for anything but hours and minutes above zero.
    """
    plain = " ".join(text.replace("\u00a0", " ").casefold().split())
    seconds = sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(plain))
    if not seconds or _PART.sub("", plain).strip():
        raise LengthError("not_a_length", text=text)
    return seconds


def show_length(seconds: int) -> str:
    """Return a length as `parse_length` reads it; odd seconds are rounded up to the minute."""
    minutes = -(-seconds // 60)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest} min")
    return " ".join(parts)
