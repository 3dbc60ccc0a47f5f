"""Instants, zones and local days: what business time and periods both stand on."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from common.domain.refusal import Refusal

DAY_MINUTES = 1440
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class CalendarError(Refusal):
    """A calendar, or a question to one, that has no honest answer."""


def epoch(at: datetime) -> int:
    """Return whole seconds since 1970-01-01 UTC; a naive instant is refused."""
    if at.tzinfo is None:
        raise CalendarError("instant_naive", at=at.isoformat())
    return int(at.timestamp() // 1)


def instant(second: int) -> datetime:
    """Return the aware UTC datetime of seconds since 1970-01-01 UTC."""
    try:
        return datetime.fromtimestamp(second, UTC)
    except (OverflowError, ValueError, OSError):
        raise CalendarError("beyond_horizon", start=second, end=second) from None


@cache
def zone_info(zone: str) -> ZoneInfo:
    """Return the IANA zone of that name; CalendarError ``zone_unknown`` when there is none."""
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError, TypeError):
        raise CalendarError("zone_unknown", zone=str(zone)) from None


def local_epoch(tz: ZoneInfo, day: date, minute: int) -> int:
    """Return when a local day's clock first shows ``minute``, in seconds since 1970 UTC.

    A time the clock skips in spring is the instant of the skip; one it shows twice in autumn
    is the first. So neighbouring segments neither overlap nor leave a gap.
    """
    days, minute = divmod(minute, DAY_MINUTES)
    ordinal = day.toordinal() + days
    if ordinal > date.max.toordinal():
        raise CalendarError("beyond_horizon", day=str(day))
    wall = (ordinal - _EPOCH_ORDINAL) * 86_400 + minute * 60
    local = datetime.fromordinal(ordinal).replace(hour=minute // 60, minute=minute % 60, tzinfo=tz)
    shift, late_shift = _offset(local), _offset(local.replace(fold=1))
    if late_shift <= shift:
        return wall - shift
    skip_after, skip_by = wall - late_shift, wall - shift
    while skip_by - skip_after > 1:
        middle = (skip_after + skip_by) // 2
        is_past = _offset(instant(middle).astimezone(tz)) >= late_shift
        skip_after, skip_by = (skip_after, middle) if is_past else (middle, skip_by)
    return skip_by


def _offset(local: datetime) -> int:
    shift = local.utcoffset() or timedelta()
    return shift.days * 86_400 + shift.seconds
