"""Gathers what the judgement of services is made of, set-wise.

Ten statements for any number of services of one zone, one more for all in use; that of results
repeats for each further zone, because a month begins at another instant there.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import Count, F, Q
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from common.db import Keys, keys
from common.statements import rows_among, rows_now
from services import access
from services.domain.availability import Outage as OutageFact
from services.domain.availability import OutageKind
from services.domain.facts import Backlog, Inputs, Tally
from services.domain.lifecycle import Status
from services.domain.trend import SHOWN, Course
from services.models import (
    Incident,
    Measure,
    MeasurePoint,
    MonitoringGap,
    Outage,
    Service,
)
from services.models.incident import past_time
from services.queries import promised
from services.queries.windows import Window, unwatched_before, watched_from, window_of

FLOW_DAYS = 28
AGE_DAYS = (1, 7, 30)


class _Service(NamedTuple):
    """What is read of a service itself, and when something first and last happened to it."""

    id: int
    status: str
    owner_id: int | None
    owner_name: str
    zone: str
    calendar_id: int | None
    calendar_version: int | None
    root_calendar_id: int | None
    root_calendar_version: int | None
    newest_incident: dt.datetime | None
    newest_outage: dt.datetime | None
    newest_gap: dt.datetime | None
    first_outage: dt.datetime | None
    first_gap: dt.datetime | None


def health_inputs(ids: Sequence[int] | None, *, now: dt.datetime) -> list[Inputs]:
    """Return the inputs of those services, or of all in use (None), read at `now`.

    Archived services have none.
    """
    if ids is None:
        ids = list(Service.objects.in_use().values_list("pk", flat=True))
    asked = keys(ids)
    services = [_Service._make(row) for row in rows_among("service facts", _services, asked)]
    windows = {zone: window_of(zone, now) for zone in {row.zone for row in services}}
    earliest = min((window.since for window in windows.values()), default=now)
    agreed = promised.versions(asked, windows)
    promises = promised.held(agreed, {row.id: windows[row.zone].today for row in services})
    before = promised.held(agreed, {row.id: windows[row.zone].month_last for row in services})
    hours, month_hours = promised.hours(services, promises), promised.hours(services, before)
    outages, gaps = _outages(asked, earliest), _gaps(asked, earliest)
    tallies = _tallies(asked, windows)
    backlogs = _backlogs(asked, now)
    primary, surveys = _courses(asked)
    found = []
    for row in services:
        pk = row.id
        window = windows[row.zone]
        now_held, then_held = promises.get(pk), before.get(pk)
        known = watched_from(window.zone, _first_of(row))
        found.append(
            Inputs(
                service_id=pk,
                read_at=now,
                window_start=window.start,
                month_start=window.month_start,
                month_end=window.month_end,
                is_live=row.status in _LIVE,
                has_owner=row.owner_id is not None or bool(row.owner_name),
                hours=hours[pk],
                promise=now_held[0] if now_held else None,
                is_watched=known is not None,
                outages=tuple(outages.get(pk, ())),
                gaps=(*gaps.get(pk, ()), *unwatched_before(known, window.since)),
                tallies=tuple(tallies.get(pk, ())),
                backlog=backlogs.get(pk, _NO_BACKLOG),
                newest_incident=_day(row.newest_incident),
                newest_outage=_day(max_of(row.newest_outage, row.newest_gap)),
                primary=primary.get(pk),
                satisfaction=surveys.get(pk),
                month_promise=then_held[0] if then_held else None,
                month_hours=month_hours[pk],
                month_on=window.month.start,
            )
        )
    return found


_NO_BACKLOG = Backlog()
_LIVE = frozenset({Status.RELEASED, Status.OPERATIONAL})


def _first_of(row: _Service) -> dt.datetime | None:
    if row.first_outage and row.first_gap:
        return min(row.first_outage, row.first_gap)
    return row.first_outage or row.first_gap


def max_of(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    """Return the later of those that are there."""
    return max(one, other) if one and other else one or other


def _day(at: dt.datetime | None) -> dt.date | None:
    return at.date() if at else None


def _services(asked: Keys) -> Any:
    outages, gaps = Outage.objects.filter(archived_at=None), MonitoringGap.objects.all()
    return (
        Service.objects.in_use()
        .filter(pk__among=asked)
        .order_by("id")
        .values_list(
            "id",
            "status",
            "owner_id",
            "owner_name",
            "unit__root__zone",
            "calendar_id",
            "calendar__version",
            "unit__root__calendar_id",
            "unit__root__calendar__version",
            access.edge_of(Incident.objects.all(), "-opened_at"),
            access.edge_of(outages, "-starts_at"),
            access.edge_of(gaps, "-starts_at"),
            access.edge_of(outages, "starts_at"),
            access.edge_of(gaps, "starts_at"),
        )
    )


def _outages(asked: Keys, since: dt.datetime) -> dict[int, list[OutageFact]]:
    def build(asked: Keys) -> Any:
        lasting = Q(ends_at=None) | Q(ends_at__gt=since)
        return Outage.objects.filter(
            lasting, service_id__among=asked, archived_at=None
        ).values_list("id", "service_id", "kind", "starts_at", "ends_at")

    found: dict[int, list[OutageFact]] = defaultdict(list)
    for pk, service, kind, starts_at, ends_at in rows_among(
        ("service outages", since), build, asked
    ):
        found[service].append(
            OutageFact(key=str(pk), start=starts_at, end=ends_at, kind=OutageKind(kind))
        )
    return found


def _gaps(asked: Keys, since: dt.datetime) -> dict[int, list[tuple[dt.datetime, dt.datetime]]]:
    def build(asked: Keys) -> Any:
        return MonitoringGap.objects.filter(service_id__among=asked, ends_at__gt=since).values_list(
            "service_id", "starts_at", "ends_at"
        )

    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    for service, starts_at, ends_at in rows_among(("service gaps", since), build, asked):
        found[service].append((starts_at, ends_at))
    return found


def _tallies(asked: Keys, windows: Mapping[str, Window]) -> dict[int, list[Tally]]:
    """Results by priority since the last complete month began.

    An open incident past its time has already missed, and counts.
    """
    found: dict[int, list[Tally]] = defaultdict(list)
    for zone, window in windows.items():
        only = zone if len(windows) > 1 else None
        for service, priority, kept, judged, answered, awaited in rows_among(
            ("service results", window.month_start, only),
            partial(_results, since=window.month_start, zone=only),
            asked,
        ):
            if judged:
                found[service].append(
                    Tally(priority=priority, measure="resolve", met=kept, judged=judged)
                )
            if awaited:
                found[service].append(
                    Tally(priority=priority, measure="respond", met=answered, judged=awaited)
                )
    return found


def _results(asked: Keys, *, since: dt.datetime, zone: str | None) -> Any:
    rows = Incident.objects.filter(
        service_id__among=asked, resolved_at__gte=since, priority__isnull=False
    )
    if zone is not None:
        rows = rows.filter(service__unit__root__zone=zone)
    return (
        rows.order_by()
        .values_list("service_id", "priority")
        .annotate(
            kept=Count("id", filter=Q(met=True)),
            judged=Count("met"),
            answered=Count("id", filter=Q(respond_met=True)),
            awaited=Count("respond_met"),
        )
    )


def _backlogs(asked: Keys, now: dt.datetime) -> dict[int, Backlog]:
    """Return what is open and what came and went; read at this very instant, so built anew."""
    edges = [now - dt.timedelta(days=days) for days in AGE_DAYS]
    since = now - dt.timedelta(days=FLOW_DAYS)
    ours = Incident.objects.filter(service_id__among=asked).order_by().values_list("service_id")
    still = {
        row[0]: row[1:]
        for row in rows_now(
            ours.filter(resolved_at=None).annotate(
                open=Count("id"),
                late=Count("id", filter=past_time(now)),
                major=Count("id", filter=Q(is_major=True)),
                without_target=Count("id", filter=Q(due_at=None)),
                a=Count("id", filter=Q(opened_at__gt=edges[0])),
                b=Count("id", filter=Q(opened_at__lte=edges[0], opened_at__gt=edges[1])),
                c=Count("id", filter=Q(opened_at__lte=edges[1], opened_at__gt=edges[2])),
                d=Count("id", filter=Q(opened_at__lte=edges[2])),
            )
        )
    }
    opened = dict(rows_now(ours.filter(opened_at__gte=since).annotate(count=Count("id"))))
    resolved = {
        row[0]: row[1:]
        for row in rows_now(
            ours.filter(resolved_at__gte=since).annotate(
                ended=Count("id"),
                reported=Count("id", filter=Q(met__isnull=False, made_sla_reported__isnull=False)),
                agrees=Count("id", filter=Q(met=F("made_sla_reported"))),
            )
        )
    }
    return {
        service: _backlog(
            still.get(service, _NOTHING_OPEN),
            opened.get(service, 0),
            resolved.get(service, (0, 0, 0)),
        )
        for service in still.keys() | opened.keys() | resolved.keys()
    }


_NOTHING_OPEN = (0,) * 8


def _backlog(still: Sequence[int], opened: int, ended: Sequence[int]) -> Backlog:
    count, late, major, without_target, *ages = still
    resolved, reported, agrees = ended
    return Backlog(
        open=count,
        late=late,
        major=major,
        without_target=without_target,
        ages=(ages[0], ages[1], ages[2], ages[3]),
        opened=opened,
        resolved=resolved,
        reported=reported,
        agrees=agrees,
    )


def _courses(asked: Keys) -> tuple[dict[int, Course], dict[int, Course]]:
    """Return each service's leading measure and its survey, with their last readings."""
    readings: dict[int, list[tuple[Any, ...]]] = {
        measure: list(zip(*rows, strict=True))
        for measure, rows in groupby(
            rows_among("service readings", _readings, asked), key=itemgetter(0)
        )
    }
    primary: dict[int, Course] = {}
    surveys: dict[int, Course] = {}
    for pk, service, name, better, target, is_primary, is_survey in rows_among(
        "service measures", _measures, asked
    ):
        _, days, values = readings.get(pk, ((), (), ()))
        course = Course(
            measure_id=pk,
            name=name,
            is_lower_better=better == "down",
            target=target,
            days=days,
            values=values,
        )
        if is_primary:
            primary[service] = course
        if is_survey:
            surveys.setdefault(service, course)
    return primary, surveys


def _watched(asked: Keys) -> Any:
    return Measure.objects.filter(
        Q(is_primary=True) | Q(is_satisfaction=True), service_id__among=asked, archived_at=None
    )


def _measures(asked: Keys) -> Any:
    return (
        _watched(asked)
        .order_by("id")
        .values_list(
            "id", "service_id", "name", "better", "target", "is_primary", "is_satisfaction"
        )
    )


def _readings(asked: Keys) -> Any:
    return (
        MeasurePoint.objects.filter(is_current=True, measure__in=_watched(asked).values("id"))
        .annotate(back=Over(RowNumber(), partition_by=F("measure_id"), order_by=F("on").desc()))
        .filter(back__lte=SHOWN)
        .order_by("measure_id", "on")
        .values_list("measure_id", "on", "value")
    )
