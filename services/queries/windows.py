"""The stretches of time that judgements look at, and from when anything is known at all."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from common.domain.periods import Period, PeriodKind, local_day, local_day_bounds, period_of

WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The instants that matter in one zone at one moment."""

    zone: str
    now: dt.datetime
    start: dt.datetime
    month_start: dt.datetime
    month_end: dt.datetime
    today: dt.date
    month: Period

    @property
    def month_last(self) -> dt.date:
        """The last day of the last complete month."""
        return self.month.end - dt.timedelta(days=1)

    @property
    def since(self) -> dt.datetime:
        """The earliest instant any figure looks back to."""
        return min(self.start, self.month_start)


def window_of(zone: str, now: dt.datetime) -> Window:
    """Return 30 local days back from now, and the last complete local month."""
    today = local_day(zone, now)
    month = period_of(PeriodKind.MONTH, today).previous()
    start, end = month.bounds(zone)
    back, _ = local_day_bounds(zone, today - dt.timedelta(days=WINDOW_DAYS))
    return Window(
        zone=zone,
        now=now,
        start=back,
        month_start=start,
        month_end=end,
        today=today,
        month=month,
    )


def watched_from(zone: str, first: dt.datetime | None) -> dt.datetime | None:
    """Return the start of the local month of the first outage or gap: nobody looked before."""
    if first is None:
        return None
    return _month_start(zone, local_day(zone, first))


@lru_cache(maxsize=4096)
def _month_start(zone: str, day: dt.date) -> dt.datetime:
    return period_of(PeriodKind.MONTH, day).bounds(zone)[0]


def unwatched_before(
    known: dt.datetime | None, since: dt.datetime
) -> tuple[tuple[dt.datetime, dt.datetime], ...]:
    """Return the stretch from an instant to where knowledge begins, as a gap, if there is one."""
    return ((since, known),) if known is not None and since < known else ()
