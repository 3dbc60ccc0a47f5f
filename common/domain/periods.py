"""Reporting periods: half-open spans of local days, by calendar or by fiscal year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from common.domain.localtime import DAY_MINUTES, epoch, instant, local_epoch, zone_info
from common.domain.refusal import Refusal


class PeriodError(Refusal):
    """No such period: ``period_reversed``, ``fiscal_start_unknown``, ``beyond_horizon``."""


class PeriodKind(StrEnum):
    """What a period is called; every kind but the week is whole months."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    TERTIAL = "tertial"
    HALF_YEAR = "half_year"
    FISCAL_YEAR = "fiscal_year"


_MONTHS = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.TERTIAL: 4,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.FISCAL_YEAR: 12,
}
_LETTERS = {PeriodKind.QUARTER: "Q", PeriodKind.TERTIAL: "T", PeriodKind.HALF_YEAR: "H"}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Period:
    """The days ``[start, end)``; ``fiscal_start`` is the month its fiscal year begins with.

    Build one with ``period_of``. Raises PeriodError ``period_reversed``.
    """

    start: date
    end: date
    kind: PeriodKind
    fiscal_start: int = 1

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise PeriodError("period_reversed", start=str(self.start), end=str(self.end))

    @property
    def days(self) -> int:
        """The number of local days in it."""
        return (self.end - self.start).days

    @property
    def year(self) -> int:
        """The calendar year its fiscal year begins in; of a week, the ISO year."""
        if self.kind is PeriodKind.WEEK:
            return self.start.isocalendar().year
        return self.start.year - (self.start.month < self.fiscal_start)

    @property
    def number(self) -> int:
        """Which of its kind it is in its fiscal year, from 1; of a month, the calendar month."""
        match self.kind:
            case PeriodKind.WEEK:
                return self.start.isocalendar().week
            case PeriodKind.MONTH:
                return self.start.month
            case _:
                return (self.start.month - self.fiscal_start) % 12 // _MONTHS[self.kind] + 1

    @property
    def code(self) -> str:
        """A stable label code: 2026-W07, 2026-03, 2026-Q1, 2026-T2, 2026-H1, 2026.

        A fiscal year that does not begin in January is named by both years: 2026/27-Q1.
        """
        if self.kind is PeriodKind.WEEK:
            return f"{self.year}-W{self.number:02}"
        if self.kind is PeriodKind.MONTH:
            return f"{self.start.year}-{self.number:02}"
        both = "" if self.fiscal_start == 1 else f"/{(self.year + 1) % 100:02}"
        part = f"-{_LETTERS[self.kind]}{self.number}" if self.kind in _LETTERS else ""
        return f"{self.year}{both}{part}"

    def previous(self) -> "Period":
        """Return the period of the same kind that ends where this one begins."""
        return period_of(self.kind, _days_from(self.start, -1), self.fiscal_start)

    def next(self) -> "Period":
        """Return the period of the same kind that begins where this one ends."""
        return period_of(self.kind, self.end, self.fiscal_start)

    def bounds(self, zone: str) -> tuple[datetime, datetime]:
        """Return its half-open span in UTC, by the local days of ``zone``."""
        return local_day_bounds(zone, self.start)[0], local_day_bounds(zone, self.end)[0]


def period_of(kind: PeriodKind, day: date, fiscal_start: int = 1) -> Period:
    """Return the period of ``kind`` that holds ``day``.

    Quarters, tertials and half-years are counted from ``fiscal_start`` (1 = January); weeks are
    ISO weeks. Raises PeriodError ``fiscal_start_unknown``, ``beyond_horizon`` (year 1 or 9999).
    """
    if fiscal_start not in range(1, 13):
        raise PeriodError("fiscal_start_unknown", month=str(fiscal_start))
    if kind is PeriodKind.WEEK:
        start = _days_from(day, -day.weekday())
        return Period(kind=kind, start=start, end=_days_from(start, 7), fiscal_start=fiscal_start)
    months = _MONTHS[kind]
    into = (day.month - fiscal_start) % 12 % months
    first = day.year * 12 + day.month - 1 - into
    return Period(
        kind=kind,
        start=_first_of(first),
        end=_first_of(first + months),
        fiscal_start=fiscal_start,
    )


def periods_between(
    kind: PeriodKind, start: date, end: date, fiscal_start: int = 1
) -> Iterator[Period]:
    """Yield, in order, every period of ``kind`` with a day in ``[start, end)``."""
    if start >= end:
        return
    period = period_of(kind, start, fiscal_start)
    while period.start < end:
        yield period
        period = period.next()


def local_day(zone: str, at: datetime) -> date:
    """Return the date the clocks of ``zone`` show at an aware instant."""
    return instant(epoch(at)).astimezone(zone_info(zone)).date()


def local_day_bounds(zone: str, day: date) -> tuple[datetime, datetime]:
    """Return the half-open local day in UTC: 23, 24 or 25 hours long.

    Raises CalendarError ``zone_unknown``, ``beyond_horizon``.
    """
    tz = zone_info(zone)
    return instant(local_epoch(tz, day, 0)), instant(local_epoch(tz, day, DAY_MINUTES))


def _days_from(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        raise PeriodError("beyond_horizon", day=str(day)) from None


def _first_of(month_count: int) -> date:
    year, month = divmod(month_count, 12)
    if not 1 <= year <= 9999:
        raise PeriodError("beyond_horizon", year=year)
    return date(year, month + 1, 1)
