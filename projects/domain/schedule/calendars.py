"""Working time of a plan: a local week with exceptions, compiled to a searchable timeline.

Plan time has no zone (MS Project and Primavera store none), so instants are counted in whole
minutes of a proleptic local clock and an hour is never skipped.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from common.domain.localtime import DAY_MINUTES
from common.domain.refusal import Refusal
from common.domain.worktime import Segment

Minute = int
"""Minutes since 0001-01-01 00:00 of local plan time."""

FIRST_YEAR, LAST_YEAR = 1900, 2199
_FIRST_DAY = date(FIRST_YEAR, 1, 1).toordinal()
_END_DAY = date(LAST_YEAR + 1, 1, 1).toordinal()
_FIRST_MINUTE, _END_MINUTE = (_FIRST_DAY - 1) * DAY_MINUTES, (_END_DAY - 1) * DAY_MINUTES
_ORIGIN = datetime(1, 1, 1)  # noqa: DTZ001 - plan time has no zone
_CHUNK_DAYS = 732
WHOLE_DAY = (Segment(0, DAY_MINUTES),)


class PlanCalendarError(Refusal):
    """A calendar without working time, or an instant outside the years it is kept for."""


def minute_of(at: datetime) -> Minute:
    """Return the plan minute of a naive local datetime.

    Raises PlanCalendarError ``date_has_zone``, ``date_not_whole_minute`` or
    ``date_out_of_range``.
    """
    if at.tzinfo is not None:
        raise PlanCalendarError("date_has_zone", at=at.isoformat())
    if at.second or at.microsecond:
        raise PlanCalendarError("date_not_whole_minute", at=at.isoformat())
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise PlanCalendarError("date_out_of_range", year=at.year)
    return (at.toordinal() - 1) * DAY_MINUTES + at.hour * 60 + at.minute


def datetime_of(minute: Minute) -> datetime:
    """Return the naive local datetime of a plan minute.

    Raises PlanCalendarError ``date_out_of_range``.
    """
    if not _FIRST_MINUTE <= minute < _END_MINUTE:
        raise PlanCalendarError("date_out_of_range", year=minute // (DAY_MINUTES * 365) + 1)
    return _ORIGIN + timedelta(minutes=minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCalendar:
    """A local working week (0 is Monday) with dated exceptions; no segments is a day off.

    Raises PlanCalendarError ``calendar_without_working_time``, ``unknown_weekday`` or
    ``segments_overlap``.
    """

    week: Mapping[int, tuple[Segment, ...]]
    exceptions: Mapping[date, tuple[Segment, ...]] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        if not any(self.week.values()):
            raise PlanCalendarError("calendar_without_working_time", calendar=self.name)
        unknown = sorted(day for day in self.week if day not in range(7))
        if unknown:
            raise PlanCalendarError("unknown_weekday", calendar=self.name, weekday=unknown[0])
        for segments in (*self.week.values(), *self.exceptions.values()):
            ends = [0, *(s.end_minute for s in segments)]
            if any(s.start_minute < end for s, end in zip(segments, ends, strict=False)):
                raise PlanCalendarError("segments_overlap", calendar=self.name)

    def segments(self, day: date) -> tuple[Segment, ...]:
        """Return the working segments of a day."""
        exception = self.exceptions.get(day)
        return self.week.get(day.weekday(), ()) if exception is None else exception


def union(calendars: Iterable[PlanCalendar]) -> PlanCalendar:
    """Return the calendar that works when any of the given ones does."""
    return _combined(tuple(calendars), lambda open_in: open_in > 0)


def intersection(calendars: Iterable[PlanCalendar]) -> PlanCalendar:
    """Return the calendar that works when all of the given ones do.

    Raises PlanCalendarError ``calendar_without_working_time`` when they never meet in a week.
    """
    several = tuple(calendars)
    return _combined(several, lambda open_in: open_in == len(several))


def _combined(several: tuple[PlanCalendar, ...], wanted: Callable[[int], bool]) -> PlanCalendar:
    days = {day for calendar in several for day in calendar.exceptions}
    return PlanCalendar(
        week={
            weekday: _swept([c.week.get(weekday, ()) for c in several], wanted)
            for weekday in range(7)
        },
        exceptions={day: _swept([c.segments(day) for c in several], wanted) for day in days},
        name=" + ".join(c.name for c in several),
    )


def _swept(
    several: list[tuple[Segment, ...]], wanted: Callable[[int], bool]
) -> tuple[Segment, ...]:
    """Sweep one day's segments and keep the stretches where the count of open ones is wanted."""
    changes: dict[int, int] = {}
    for segment in (s for segments in several for s in segments):
        changes[segment.start_minute] = changes.get(segment.start_minute, 0) + 1
        changes[segment.end_minute] = changes.get(segment.end_minute, 0) - 1
    kept: list[Segment] = []
    open_in, since = 0, None
    for minute in sorted(changes):
        open_in += changes[minute]
        if wanted(open_in) and open_in and since is None:
            since = minute
        elif since is not None and not (wanted(open_in) and open_in):
            kept.append(Segment(since, minute))
            since = None
    return tuple(kept)


class Timeline:
    """A calendar as a searchable line of working stretches with running totals.

    It is kept for the years around the plan and grows on demand in both directions.
    """

    __slots__ = ("_before", "_calendar", "_closes", "_lower", "_opens", "_through", "_upper")

    def __init__(self, calendar: PlanCalendar, near: Minute) -> None:
        day = near // DAY_MINUTES + 1
        self._calendar = calendar
        self._lower = self._upper = min(max(day - 31, _FIRST_DAY), _END_DAY)
        self._opens: list[Minute] = []
        self._closes: list[Minute] = []
        self._before: list[int] = []
        self._through: list[int] = []
        self._grow_later()

    def total(self, at: Minute) -> int:
        """Return working minutes from a fixed origin of this timeline up to ``at``."""
        while at > self._upper_minute():
            self._grow_later()
        while at < self._opens[0]:
            self._grow_earlier()
        place = bisect_right(self._opens, at) - 1
        worked = at - self._opens[place]
        through = self._through[place]
        before = self._before[place]
        return min(before + worked, through)

    def next_start(self, at: Minute) -> Minute:
        """Return the first instant from ``at`` on at which work can start."""
        place = bisect_right(self._closes, at)
        while place >= len(self._closes):
            self._grow_later()
            place = bisect_right(self._closes, at)
        if place == 0 and at < self._opens[0]:
            self.total(at)  # the timeline may not reach back to ``at`` yet
            place = bisect_right(self._closes, at)
        return max(at, self._opens[place])

    def previous_finish(self, at: Minute) -> Minute:
        """Return the last instant up to ``at`` at which work can finish."""
        self.total(at)
        place = bisect_left(self._opens, at) - 1
        while place < 0:
            self._grow_earlier()
            place = bisect_left(self._opens, at) - 1
        return min(at, self._closes[place])

    def settle(self, at: Minute) -> Minute:
        """Return ``at`` when it lies in or at an edge of working time, else the next start."""
        return at if self.previous_finish(at) == at else self.next_start(at)

    def settle_back(self, at: Minute) -> Minute:
        """Return ``at`` when it lies in or at an edge of working time, else the last finish."""
        return at if self.next_start(at) == at else self.previous_finish(at)

    def add(self, at: Minute, minutes: int) -> Minute:
        """Return the instant at which ``minutes`` of work begun at ``at`` are finished.

        Zero returns ``at`` itself; a negative amount goes back to a start.
        """
        if minutes <= 0:
            return self.subtract(at, -minutes) if minutes else at
        work = self.total(at) + minutes
        while work > self._through[-1]:
            self._grow_later()
        place = bisect_left(self._through, work)
        return self._opens[place] + work - self._before[place]

    def subtract(self, at: Minute, minutes: int) -> Minute:
        """Return the latest start from which ``minutes`` of work end by ``at``."""
        if minutes <= 0:
            return self.add(at, -minutes) if minutes else at
        work = self.total(at) - minutes
        while work < self._before[0]:
            self._grow_earlier()
        place = bisect_right(self._before, work) - 1
        return self._opens[place] + work - self._before[place]

    def _chunk(self) -> int:
        """Days to grow by: doubling, so that a far date costs no more than its distance."""
        return max(_CHUNK_DAYS, self._upper - self._lower)

    def _upper_minute(self) -> Minute:
        return (self._upper - 1) * DAY_MINUTES

    def _stretches(self, lower: int, upper: int) -> tuple[list[Minute], list[Minute]]:
        week = [self._calendar.week.get((day + 6) % 7, ()) for day in range(7)]
        exceptions = {d.toordinal(): s for d, s in self._calendar.exceptions.items()}
        opens: list[Minute] = []
        closes: list[Minute] = []
        for day in range(lower, upper):
            segments = exceptions.get(day) if day in exceptions else week[day % 7]
            midnight = (day - 1) * DAY_MINUTES
            for segment in segments or ():
                opens.append(midnight + segment.start_minute)
                closes.append(midnight + segment.end_minute)
        return opens, closes

    def _grow_later(self) -> None:
        if self._upper >= _END_DAY:
            raise PlanCalendarError("date_out_of_range", year=LAST_YEAR + 1)
        lower, self._upper = self._upper, min(self._upper + self._chunk(), _END_DAY)
        opens, closes = self._stretches(lower, self._upper)
        worked = self._through[-1] if self._through else 0
        for start, end in zip(opens, closes, strict=True):
            self._before.append(worked)
            worked += end - start
            self._through.append(worked)
        self._opens += opens
        self._closes += closes
        if not self._opens:  # the calendar's first stretch lies in a later year
            self._grow_later()

    def _grow_earlier(self) -> None:
        if self._lower <= _FIRST_DAY:
            raise PlanCalendarError("date_out_of_range", year=FIRST_YEAR - 1)
        upper, self._lower = self._lower, max(self._lower - self._chunk(), _FIRST_DAY)
        opens, closes = self._stretches(self._lower, upper)
        worked = self._before[0]
        before: list[int] = []
        through: list[int] = []
        for start, end in zip(reversed(opens), reversed(closes), strict=True):
            through.append(worked)
            worked -= end - start
            before.append(worked)
        self._before = before[::-1] + self._before
        self._through = through[::-1] + self._through
        self._opens = opens + self._opens
        self._closes = closes + self._closes


class ElapsedTimeline(Timeline):
    """Time that never stops: every minute counts and no instant is moved."""

    __slots__ = ()

    def __init__(self) -> None:
        """Need no calendar: nothing is looked up."""

    def total(self, at: Minute) -> int:
        """Return the minute itself."""
        return at

    def next_start(self, at: Minute) -> Minute:
        """Return the instant itself."""
        return at

    def previous_finish(self, at: Minute) -> Minute:
        """Return the instant itself."""
        return at

    def add(self, at: Minute, minutes: int) -> Minute:
        """Return the instant that many minutes later."""
        return at + minutes

    def subtract(self, at: Minute, minutes: int) -> Minute:
        """Return the instant that many minutes earlier."""
        return at - minutes


ELAPSED = ElapsedTimeline()
"""The one timeline of elapsed time."""
