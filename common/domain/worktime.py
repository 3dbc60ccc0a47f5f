"""Business time: the one implementation of open hours for agreements, availability and schedules.

A calendar is a local week with exceptions. Every answer comes from a table of its opening
intervals in UTC seconds with running totals, built lazily by whole years and searched by
bisection. Rules R1-R13 of the service agreements are in ``docs/domain/worktime.md``.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from common.domain.localtime import DAY_MINUTES, epoch, instant, local_epoch, zone_info
from common.domain.localtime import CalendarError as CalendarError

FIRST_YEAR, LAST_YEAR = 1900, 2199
_LONGEST_SECONDS = (LAST_YEAR - FIRST_YEAR + 1) * 366 * 86_400


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """Half-open minutes ``[start_minute, end_minute)`` of one local day; 1440 is 24:00.

    Raises CalendarError ``segment_out_of_day``, ``segment_empty`` or, for an end before its
    start, ``segment_crosses_midnight``: split such a shift with ``week_from_shifts``.
    """

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        params = {"start": self.start_minute, "end": self.end_minute}
        if not all(
            type(minute) is int and 0 <= minute <= DAY_MINUTES for minute in params.values()
        ):
            raise CalendarError("segment_out_of_day", **{k: str(v) for k, v in params.items()})
        if self.start_minute == self.end_minute:
            raise CalendarError("segment_empty", **params)
        if self.end_minute < self.start_minute:
            raise CalendarError("segment_crosses_midnight", **params)


def week_from_shifts(
    shifts: Mapping[int, Sequence[tuple[int, int]]],
) -> dict[int, tuple[Segment, ...]]:
    """Return a week of segments from (start, end) minutes, splitting shifts that pass midnight.

    ``{4: [(1320, 360)]}`` is Friday 22:00 to Saturday 06:00. A shift ending when it starts
    lasts a whole day.
    """
    week: dict[int, list[Segment]] = {}
    for weekday, pairs in shifts.items():
        for start, end in pairs:
            if start < end:
                week.setdefault(weekday, []).append(Segment(start, end))
                continue
            week.setdefault(weekday, []).append(Segment(start, DAY_MINUTES))
            if end:
                week.setdefault((weekday + 1) % 7, []).append(Segment(0, end))
    return {weekday: tuple(sorted(segments)) for weekday, segments in week.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Opening intervals of whole local years, with the open seconds before and through each."""

    first_year: int
    last_year: int
    lower: int
    upper: int
    opens: list[int]
    closes: list[int]
    before: list[int]
    through: list[int]

    def total(self, at: int) -> int:
        """Open seconds from the table's first year up to ``at``."""
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return 0
        close = self.closes[place]
        return self.before[place] + (at if at < close else close) - self.opens[place]


@dataclass(frozen=True, slots=True, eq=False)
class WorkCalendar:
    """Open hours in one IANA zone: a week of segments, and exceptions by date that replace it.

    ``week`` maps weekday (0 = Monday) to segments; a missing weekday is closed. ``exceptions``
    maps a date to its segments: ``()`` closes the day, anything else is its opening instead.
    Two calendars with the same content are equal and share a hash; ``version`` is its digest.
    Instants are aware; answers are UTC and whole seconds (fractions are cut off).

    Raises CalendarError: ``zone_unknown``, ``weekday_unknown``, ``segments_overlap``; and from
    questions ``instant_naive``, ``interval_reversed``, ``seconds_negative``, ``never_open``,
    ``beyond_horizon`` (outside 1900-2199).
    """

    zone: str
    week: Mapping[int, tuple[Segment, ...]]
    exceptions: Mapping[date, tuple[Segment, ...]] = field(default_factory=dict)
    version: str = field(init=False, repr=False)
    _tz: ZoneInfo = field(init=False, repr=False)
    _table: _Table | None = field(init=False, repr=False, default=None)
    #: working days of a week before each weekday; exceptions by date, and what they add up to
    _in_week: list[int] = field(init=False, repr=False)
    _shift_days: list[date] = field(init=False, repr=False)
    _shifts: list[int] = field(init=False, repr=False)
    #: what has been counted before, by day: a portfolio asks for the same few thousand days
    _before: dict[date, int] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        strangers = set(self.week) - set(range(7))
        if strangers:
            raise CalendarError("weekday_unknown", weekday=min(map(str, strangers)))
        week = {day: _in_order(segs) for day, segs in sorted(self.week.items()) if segs}
        exceptions = {day: _in_order(segs) for day, segs in sorted(self.exceptions.items())}
        content = repr((self.zone, list(week.items()), list(exceptions.items())))
        put = object.__setattr__
        put(self, "_tz", zone_info(self.zone))
        put(self, "week", MappingProxyType(week))
        put(self, "exceptions", MappingProxyType(exceptions))
        put(self, "_in_week", list(accumulate((day in week for day in range(6)), initial=0)))
        shifts = (bool(segs) - (day.weekday() in week) for day, segs in exceptions.items())
        put(self, "_shift_days", list(exceptions))
        put(self, "_shifts", list(accumulate(shifts, initial=0)))
        put(self, "version", hashlib.sha256(content.encode()).hexdigest()[:16])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkCalendar) and self.version == other.version

    def __hash__(self) -> int:
        return hash(self.version)

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        """Pickle and copy by content; the table is rebuilt where it is needed."""
        return WorkCalendar, (self.zone, dict(self.week), dict(self.exceptions))

    # Questions in instants.

    def open_seconds(self, start: datetime, end: datetime) -> int:
        """Return the open seconds in the half-open interval ``[start, end)``."""
        return self.open_seconds_epoch(epoch(start), epoch(end))

    def due(self, start: datetime, seconds: int) -> datetime:
        """Return the first instant by which ``seconds`` of open time have passed since ``start``.

        A target that is used up exactly at closing is due at that close, not at the next
        opening; zero seconds are due at ``start``.
        """
        return instant(self.due_epoch(epoch(start), seconds))

    def back(self, end: datetime, seconds: int) -> datetime:
        """Return the last instant that leaves ``seconds`` of open time before ``end``."""
        return instant(self.back_epoch(epoch(end), seconds))

    def intervals(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open intervals within ``[start, end)``, in order, joined where they touch."""
        lower, upper = _ordered(epoch(start), epoch(end))
        table = self._covering(lower, upper)
        place = bisect_right(table.closes, lower)
        while lower < upper and place < len(table.opens) and table.opens[place] < upper:
            opening, closing = table.opens[place], table.closes[place]
            yield instant(max(opening, lower)), instant(min(closing, upper))
            place += 1

    def is_open(self, at: datetime) -> bool:
        """Return whether the second that begins at ``at`` is open."""
        second = epoch(at)
        table = self._covering(second, second)
        place = bisect_right(table.opens, second) - 1
        return place >= 0 and second < table.closes[place]

    def next_opening(self, at: datetime) -> datetime:
        """Return ``at`` when open then, else the next opening after it (R9)."""
        return instant(self.due_epoch(epoch(at), 1) - 1)

    # The same questions in whole seconds since 1970, for loops over many thousands.

    def open_seconds_epoch(self, start: int, end: int) -> int:
        """``open_seconds`` on seconds since 1970-01-01 UTC."""
        if end < start:
            raise CalendarError("interval_reversed", start=start, end=end)
        table = self._table
        if table is None or start < table.lower or end > table.upper:
            table = self._covering(start, end)
        return table.total(end) - table.total(start)

    def due_epoch(self, start: int, seconds: int) -> int:
        """``due`` on seconds since 1970-01-01 UTC."""
        if seconds <= 0:
            return _unmoved(start, seconds)
        table = self._table
        if table is None or not table.lower <= start <= table.upper:
            table = self._covering(start, start)
        while True:
            target = table.total(start) + seconds
            place = bisect_left(table.through, target)
            if place < len(table.through):
                return table.opens[place] + target - table.before[place]
            table = self._later(table, seconds)

    def back_epoch(self, end: int, seconds: int) -> int:
        """``back`` on seconds since 1970-01-01 UTC."""
        if seconds <= 0:
            return _unmoved(end, seconds)
        table = self._covering(end, end)
        while True:
            target = table.total(end) - seconds
            if target >= 0:
                place = bisect_right(table.before, target) - 1
                return table.opens[place] + target - table.before[place]
            table = self._earlier(table, seconds)

    # Questions in local days.

    def segments_on(self, day: date) -> tuple[Segment, ...]:
        """Return the segments of one local day: its exception if it has one, else its weekday's."""
        if day in self.exceptions:
            return self.exceptions[day]
        return self.week.get(day.weekday(), ())

    def working_days(self, first: date, last: date) -> int:
        """Return how many days of ``[first, last)`` have any open hours."""
        if last < first:
            raise CalendarError("interval_reversed", start=str(first), end=str(last))
        return self._days_before(last) - self._days_before(first)

    def _days_before(self, day: date) -> int:
        """Return the working days before ``day``, counted from a Monday long ago."""
        known = self._before.get(day)
        if known is None:
            weeks, rest = divmod(day.toordinal() - 1, 7)
            usual = weeks * len(self.week) + self._in_week[rest]
            known = usual + self._shifts[bisect_left(self._shift_days, day)]
            self._before[day] = known
        return known

    def add_working_days(self, day: date, days: int) -> date:
        """Return the ``days``-th working day after ``day`` (before it when negative).

        Zero gives ``day`` itself, or the next working day when it is none.
        """
        step = timedelta(days=-1 if days < 0 else 1)
        left = abs(days)
        if days == 0:
            day, left = day - step, 1
        while left:
            day += step
            if not FIRST_YEAR <= day.year <= LAST_YEAR:
                raise CalendarError("beyond_horizon", seconds=days * 86_400)
            left -= bool(self.segments_on(day))
        return day

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """Return the close of the ``days``-th working day after the local day of ``start`` (R13).

        The day of ``start`` is day zero and never counts; zero days means the close of that day,
        or of the next working day when it is none.
        """
        if days < 0:
            raise CalendarError("seconds_negative", seconds=days)
        day = instant(epoch(start)).astimezone(self._tz).date()
        day = self.add_working_days(day, days)
        return instant(local_epoch(self._tz, day, self.segments_on(day)[-1].end_minute))

    # The table.

    def _covering(self, lower: int, upper: int) -> _Table:
        table = self._table
        if table is not None and table.lower <= lower and upper <= table.upper:
            return table
        first, last = instant(lower).year, instant(upper).year
        if first < FIRST_YEAR or last > LAST_YEAR:
            raise CalendarError("beyond_horizon", start=lower, end=upper)
        # A year more on either side: the local year differs from UTC's at its ends.
        first, last = first - 1, last + 1
        if table is not None:
            first, last = min(first, table.first_year), max(last, table.last_year)
        return self._build(first, last)

    def _later(self, table: _Table, seconds: int) -> _Table:
        exhausted = not self.week and (
            not self.exceptions or max(self.exceptions).year < table.last_year
        )
        if exhausted:
            raise CalendarError("never_open", seconds=seconds)
        if table.last_year >= LAST_YEAR or seconds > _LONGEST_SECONDS:
            raise CalendarError("beyond_horizon", seconds=seconds)
        span = table.last_year - table.first_year + 1
        return self._build(table.first_year, min(table.last_year + span, LAST_YEAR))

    def _earlier(self, table: _Table, seconds: int) -> _Table:
        exhausted = not self.week and (
            not self.exceptions or min(self.exceptions).year > table.first_year
        )
        if exhausted:
            raise CalendarError("never_open", seconds=seconds)
        if table.first_year <= FIRST_YEAR or seconds > _LONGEST_SECONDS:
            raise CalendarError("beyond_horizon", seconds=seconds)
        span = table.last_year - table.first_year + 1
        return self._build(max(table.first_year - span, FIRST_YEAR), table.last_year)

    def _build(self, first_year: int, last_year: int) -> _Table:
        opens: list[int] = []
        closes: list[int] = []
        first, beyond = date(first_year, 1, 1).toordinal(), date(last_year + 1, 1, 1).toordinal()
        for ordinal in range(first, beyond):
            for opening, closing in self._openings(date.fromordinal(ordinal)):
                if closes and closes[-1] == opening:
                    closes[-1] = closing
                else:
                    opens.append(opening)
                    closes.append(closing)
        before: list[int] = []
        through: list[int] = []
        total = 0
        for opening, closing in zip(opens, closes, strict=True):
            before.append(total)
            total += closing - opening
            through.append(total)
        table = _Table(
            first_year=first_year,
            last_year=last_year,
            lower=local_epoch(self._tz, date.fromordinal(first), 0),
            upper=local_epoch(self._tz, date.fromordinal(beyond), 0),
            opens=opens,
            closes=closes,
            before=before,
            through=through,
        )
        object.__setattr__(self, "_table", table)
        return table

    def _openings(self, day: date) -> Iterator[tuple[int, int]]:
        segments = self.segments_on(day)
        if not segments:
            return
        midnight = local_epoch(self._tz, day, 0)
        even = local_epoch(self._tz, day, DAY_MINUTES) - midnight == 86_400
        for segment in segments:
            if even:
                yield midnight + segment.start_minute * 60, midnight + segment.end_minute * 60
                continue
            opening = local_epoch(self._tz, day, segment.start_minute)
            closing = local_epoch(self._tz, day, segment.end_minute)
            if opening < closing:
                yield opening, closing


@lru_cache(maxsize=256)
def ALWAYS_OPEN(zone: str) -> WorkCalendar:  # noqa: N802 - the calendar 24x7, a constant per zone
    """Return the calendar that never closes, with local days of ``zone``."""
    return WorkCalendar(zone, dict.fromkeys(range(7), (Segment(0, DAY_MINUTES),)))


def _unmoved(at: int, seconds: int) -> int:
    if seconds < 0:
        raise CalendarError("seconds_negative", seconds=seconds)
    return at


def _ordered(start: int, end: int) -> tuple[int, int]:
    if end < start:
        raise CalendarError("interval_reversed", start=start, end=end)
    return start, end


def _in_order(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    ordered = tuple(sorted(segments))
    for earlier, later in pairwise(ordered):
        if later.start_minute < earlier.end_minute:
            raise CalendarError(
                "segments_overlap", end=earlier.end_minute, start=later.start_minute
            )
    return ordered
