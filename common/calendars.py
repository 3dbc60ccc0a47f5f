"""Work calendars from their rows to the domain's value, kept by version."""

import datetime as dt
from collections import defaultdict

from common.domain.worktime import ALWAYS_OPEN, Segment
from common.domain.worktime import WorkCalendar as Hours
from common.models import WorkCalendar

_KEPT: dict[tuple[int, int], Hours] = {}


def hours(calendars: dict[int, int]) -> dict[int, Hours]:
    """Return the opening hours of calendars given as {id: version}; at most two statements.

    Values are kept in this process by id and version, so an edited calendar is read anew.
    """
    missing = {pk for pk, version in calendars.items() if (pk, version) not in _KEPT}
    if missing:
        for row in WorkCalendar.objects.filter(pk__in=missing).prefetch_related(
            "segments", "exceptions"
        ):
            _KEPT[row.pk, row.version] = _hours(row)
    return {pk: _KEPT[pk, version] for pk, version in calendars.items() if (pk, version) in _KEPT}


def always_open(zone: str) -> Hours:
    """Return the calendar that never closes, in a zone."""
    return ALWAYS_OPEN(zone)


def _hours(row: WorkCalendar) -> Hours:
    week: dict[int, list[Segment]] = defaultdict(list)
    for segment in row.segments.all():
        week[segment.weekday].append(
            Segment(start_minute=segment.start_minute, end_minute=segment.end_minute)
        )
    exceptions: dict[dt.date, list[Segment]] = {}
    for exception in row.exceptions.all():
        opened = exceptions.setdefault(exception.on, [])
        if exception.start_minute is not None and exception.end_minute is not None:
            opened.append(
                Segment(start_minute=exception.start_minute, end_minute=exception.end_minute)
            )
    return Hours(
        zone=row.zone,
        week={day: tuple(segments) for day, segments in week.items()},
        exceptions={day: tuple(segments) for day, segments in exceptions.items()},
    )
