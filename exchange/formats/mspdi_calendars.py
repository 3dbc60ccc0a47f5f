"""Calendars of MS Project XML: inherited weeks, dated and recurring exceptions, work weeks.

Day types: 1 Sunday to 7 Saturday, 0 an exception (files before 2007). Recurrence types: 1 every
day, 2 yearly by day, 3 yearly by position, 4 monthly by day, 5 monthly by position, 6 weekly,
7 every n days (MS-MSPDI schema, element Exception).
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from xml.etree.ElementTree import Element

from common.domain.worktime import Segment
from exchange.formats.schedule_file import Ledger
from exchange.formats.schedule_values import number_of, segments_of, span_of
from projects.domain.schedule import PlanCalendar, PlanCalendarError

_MOST_NAMES = 4096
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
_DAILY, _YEARLY_DAY, _YEARLY_PLACE, _MONTHLY_DAY, _MONTHLY_PLACE, _WEEKLY, _EVERY_N = range(1, 8)


@dataclass(slots=True, kw_only=True)
class RawCalendar:
    """A calendar as it stands in the file, before its base is known."""

    uid: str
    name: str
    base: str
    week: dict[int, tuple[Segment, ...]] = field(default_factory=dict)
    exceptions: dict[date, tuple[Segment, ...]] = field(default_factory=dict)


class _Names(dict[str, str]):
    """Element names without their namespace, each cut once."""

    def __missing__(self, tag: str) -> str:
        if len(self) >= _MOST_NAMES:  # a hostile file may invent names without end
            self.clear()
        name = self[tag] = tag.rpartition("}")[2]
        return name


NAMES = _Names()


def local(tag: str) -> str:
    """Return an element's name without its namespace."""
    return NAMES[tag]


def texts(element: Element) -> dict[str, str]:
    """Return the texts of an element's simple children by name."""
    return {NAMES[child.tag]: child.text or "" for child in element}


def read_calendar(element: Element, ledger: Ledger) -> RawCalendar:
    """Return one Calendar element; unreadable parts go to the ledger."""
    fields = texts(element)
    raw = RawCalendar(
        uid=fields.get("UID", ""),
        name=fields.get("Name", ""),
        base=fields.get("BaseCalendarUID", "-1"),
    )
    weeks = {local(child.tag): child for child in element}
    for week in weeks.get("WorkWeeks", ()):
        _read_work_week(raw, week, ledger)
    for day in weeks.get("WeekDays", ()):
        _read_weekday(raw, day, ledger)
    for exception in weeks.get("Exceptions", ()):
        _read_exception(raw, exception, ledger)
    return raw


def resolve(raws: Mapping[str, RawCalendar], ledger: Ledger) -> dict[str, PlanCalendar]:
    """Return usable calendars by UID, each with its base's week and exceptions under its own."""
    found: dict[str, PlanCalendar] = {}
    for uid, raw in raws.items():
        week: dict[int, tuple[Segment, ...]] = {}
        exceptions: dict[date, tuple[Segment, ...]] = {}
        for ancestor in reversed(list(_line(raw, raws))):
            week.update(ancestor.week)
            exceptions.update(ancestor.exceptions)
        try:
            found[uid] = PlanCalendar(
                week={day: week[day] for day in sorted(week)},
                exceptions=dict(sorted(exceptions.items())),
                name=raw.name,
            )
        except PlanCalendarError as error:
            ledger.drop(error.code, raw.name or uid)
    return found


def _line(raw: RawCalendar, raws: Mapping[str, RawCalendar]) -> Iterator[RawCalendar]:
    seen: set[str] = set()
    current: RawCalendar | None = raw
    while current is not None and current.uid not in seen:
        seen.add(current.uid)
        yield current
        current = raws.get(current.base)


def _read_weekday(raw: RawCalendar, element: Element, ledger: Ledger) -> None:
    fields = texts(element)
    kind = fields.get("DayType", "")
    if kind == "0":
        for day in _period(element, ledger):
            raw.exceptions[day] = _hours(element, fields)
    elif kind in {"1", "2", "3", "4", "5", "6", "7"}:
        raw.week[(int(kind) + 5) % 7] = _hours(element, fields)
    else:
        ledger.drop("calendar_day_unknown", raw.name, of=kind)


def _read_work_week(raw: RawCalendar, element: Element, ledger: Ledger) -> None:
    """A week of its own for a stretch of dates becomes one exception per date."""
    inner = RawCalendar(uid=raw.uid, name=raw.name, base="-1")
    for child in element:
        if local(child.tag) == "WeekDays":
            for day in child:
                _read_weekday(inner, day, ledger)
    for date_ in _period(element, ledger):
        if date_.weekday() in inner.week:
            raw.exceptions[date_] = inner.week[date_.weekday()]
    ledger.translate("work_week_as_exceptions", raw.name)


def _read_exception(raw: RawCalendar, element: Element, ledger: Ledger) -> None:
    fields = texts(element)
    hours = _hours(element, fields)
    period = list(_period(element, ledger))
    if not period:
        return
    kind = _number(fields, "Type", _DAILY)
    if kind not in range(_DAILY, _EVERY_N + 1):
        ledger.drop("calendar_recurrence_unknown", raw.name, of=str(kind))
        return
    if kind != _DAILY:
        ledger.translate("recurring_exception_as_dates", fields.get("Name", ""))
    days = occurrences(kind, fields, period[0], period[-1])
    limit = _number(fields, "Occurrences", 0) if fields.get("EnteredByOccurrences") == "1" else 0
    for number, day in enumerate(days, start=1):
        if limit and number > limit:
            break
        raw.exceptions[day] = hours


def occurrences(kind: int, fields: Mapping[str, str], first: date, last: date) -> Iterator[date]:
    """Yield the dates of a recurring exception from ``first`` to ``last``."""
    step = max(_number(fields, "Period", 1), 1)
    if kind in (_DAILY, _EVERY_N):
        stride = 1 if kind == _DAILY else step
        days: Iterable[date] = _range(first, last, stride)
    elif kind == _WEEKLY:
        days = _weekly(_number(fields, "DaysOfWeek", 0), step, first, last)
    else:
        days = _by_month(kind, fields, step, first, last)
    return (day for day in days if first <= day <= last)


def _range(first: date, last: date, stride: int) -> Iterator[date]:
    for offset in range(0, (last - first).days + 1, stride):
        yield first + timedelta(days=offset)


def _weekly(mask: int, step: int, first: date, last: date) -> Iterator[date]:
    """Weeks run from Sunday; bit 0 is Sunday."""
    sunday = first - timedelta(days=(first.weekday() + 1) % 7)
    for start in _range(sunday, last, 7 * step):
        for bit in range(7):
            if mask >> bit & 1:
                yield start + timedelta(days=bit)


def _by_month(
    kind: int, fields: Mapping[str, str], step: int, first: date, last: date
) -> Iterator[date]:
    yearly = kind in (_YEARLY_DAY, _YEARLY_PLACE)
    month = _number(fields, "Month", 0) if yearly else first.month - 1
    stride = 12 if yearly else step
    place = first.year * 12 + month
    while place <= last.year * 12 + last.month - 1:
        day = _day_in_month(kind, fields, place // 12, place % 12 + 1)
        if day is not None:
            yield day
        place += stride


def _day_in_month(kind: int, fields: Mapping[str, str], year: int, month: int) -> date | None:
    length = monthrange(year, month)[1]
    if kind in (_YEARLY_DAY, _MONTHLY_DAY):
        number = _number(fields, "MonthDay", 1)
        return date(year, month, number) if 1 <= number <= length else None
    wanted = _weekdays_of_item(_number(fields, "MonthItem", 0))
    days = [d for d in (date(year, month, n + 1) for n in range(length)) if d.weekday() in wanted]
    position = _number(fields, "MonthPosition", 0)
    return days[-1] if position >= 4 else days[position]


def _weekdays_of_item(item: int) -> frozenset[int]:
    """MonthItem: 0 any day, 1 weekday, 2 weekend day, 3 Sunday to 9 Saturday."""
    if item == 1:
        return frozenset(range(5))
    if item == 2:
        return frozenset((5, 6))
    return frozenset(((item + 3) % 7,)) if 3 <= item <= 9 else frozenset(range(7))


def _number(fields: Mapping[str, str], name: str, default: int) -> int:
    number = number_of(fields.get(name, ""))
    return default if number is None else number


def _hours(element: Element, fields: Mapping[str, str]) -> tuple[Segment, ...]:
    """Return the working hours of a day, sorted, joined where they touch or overlap."""
    if fields.get("DayWorking") != "1":
        return ()
    spans: list[tuple[int, int]] = []
    for times in element:
        if local(times.tag) == "WorkingTimes":
            rows = [texts(time) for time in times]
            spans += [
                span
                for row in rows
                if (span := span_of(row.get("FromTime", ""), row.get("ToTime", "")))
            ]
    return segments_of(spans)


def _period(element: Element, ledger: Ledger) -> Iterator[date]:
    for child in element:
        if local(child.tag) != "TimePeriod":
            continue
        fields = texts(child)
        try:
            first = date.fromisoformat(fields.get("FromDate", "")[:10])
            last = date.fromisoformat(fields.get("ToDate", "")[:10])
        except ValueError:
            ledger.drop("calendar_period_unreadable")
            continue
        if first < _FIRST or last > _LAST:
            ledger.translate("calendar_period_shortened")
        yield from _range(max(first, _FIRST), min(last, _LAST), 1)
