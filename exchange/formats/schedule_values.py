"""Values as schedule files write them: bounded, and None where a text is none."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from common.domain.worktime import Segment

MIDNIGHT = 1440
_MOST_DIGITS = 15


@lru_cache(maxsize=8192)
def moment_of(text: str) -> datetime | None:
    """Return the instant of an ISO date and time to the nearest minute; None when it is none."""
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=None)
        if at.second or at.microsecond:
            at = (at + timedelta(seconds=30)).replace(second=0, microsecond=0)
    except (ValueError, OverflowError):
        return None
    return at


def number_of(text: str) -> int | None:
    """Return a whole number of at most fifteen digits; None when the text is none."""
    return int(text) if text.isdecimal() and len(text) <= _MOST_DIGITS else None


@lru_cache(maxsize=8192)
def decimal_of(text: str) -> Decimal | None:
    """Return a finite decimal below 10^15; None when the text is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and value.adjusted() < _MOST_DIGITS else None


def minute_of_day(text: str) -> int | None:
    """Return the minute of HH:MM or HH:MM:SS; None when it is neither."""
    hours, _, rest = text.partition(":")
    minutes = rest[:2]
    hour, minute = number_of(hours), number_of(minutes)
    if hour is None or minute is None or hour > 24 or minute > 59:
        return None
    return min(hour * 60 + minute, MIDNIGHT)


def span_of(start: str, end: str) -> tuple[int, int] | None:
    """Return the minutes of a working time; an end at 00:00 is the day's end."""
    first, last = minute_of_day(start), minute_of_day(end)
    if first is None or last is None:
        return None
    last = last or MIDNIGHT
    return (first, last) if first < last else None


def segments_of(spans: Iterable[tuple[int, int]]) -> tuple[Segment, ...]:
    """Return working times sorted, joined where they touch or overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(Segment(start, end) for start, end in joined)
