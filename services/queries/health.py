"""Gathers what the judgement of services is made of, set-wise.

Ten statements for any number of services of one zone; the two that read incidents repeat for
each further zone, because a month begins at another instant there.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from common.db import Keys, keys
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
from services.queries.promised import narrowed
from services.queries.windows import Window, unwatched_before, watched_from, window_of

FLOW_DAYS = 28
AGE_DAYS = (1, 7, 30)


def health_inputs(ids: Sequence[int] | None, *, now: dt.datetime) -> list[Inputs]:
    """Return the inputs of those services, or of all in use (None), read at `now`.

    Archived services have none.
    """
    services = _services(None if ids is None else keys(ids))
    chosen = None if ids is None else keys(row["id"] for row in services)
    windows = {zone: window_of(zone, now) for zone in {row["unit__root__zone"] for row in services}}
    earliest = min((window.since for window in windows.values()), default=now)
    agreed = promised.versions(chosen, windows)
    zones = {row["id"]: windows[row["unit__root__zone"]] for row in services}
    promises = promised.held(agreed, {pk: window.today for pk, window in zones.items()})
    before = promised.held(agreed, {pk: window.month_last for pk, window in zones.items()})
    hours, month_hours = promised.hours(services, promises), promised.hours(services, before)
    outages, gaps = _outages(chosen, earliest), _gaps(chosen, earliest)
    tallies = _tallies(chosen, windows)
    backlogs = _backlogs(chosen, now)
    courses = _courses(chosen)
    found = []
    for row in services:
        pk = row["id"]
        window = windows[row["unit__root__zone"]]
        now_held, then_held = promises.get(pk), before.get(pk)
        known = _known_from(row, window)
        course = courses.get(pk, {})
        found.append(
            Inputs(
                service_id=pk,
                read_at=now,
                window_start=window.start,
                month_start=window.month_start,
                month_end=window.month_end,
                is_live=row["status"] in {Status.RELEASED, Status.OPERATIONAL},
                has_owner=row["owner_id"] is not None or bool(row["owner_name"]),
                hours=hours[pk],
                promise=now_held[0] if now_held else None,
                is_watched=known is not None,
                outages=tuple(outages.get(pk, ())),
                gaps=(*gaps.get(pk, ()), *unwatched_before(known, window.since)),
                tallies=tuple(tallies.get(pk, ())),
                backlog=backlogs.get(pk, _NO_BACKLOG),
                newest_incident=_day(row["newest_incident"]),
                newest_outage=_day(max_of(row["newest_outage"], row["newest_gap"])),
                primary=course.get("primary"),
                satisfaction=course.get("satisfaction"),
                month_promise=then_held[0] if then_held else None,
                month_hours=month_hours[pk],
                month_on=window.month.start,
            )
        )
    return found


_NO_BACKLOG = Backlog()


def _known_from(row: Mapping[str, Any], window: Window) -> dt.datetime | None:
    first = min((at for at in (row["first_outage"], row["first_gap"]) if at), default=None)
    return watched_from(window.zone, first)


def max_of(*instants: dt.datetime | None) -> dt.datetime | None:
    """Return the latest of those that are there."""
    return max((at for at in instants if at is not None), default=None)


def _day(at: dt.datetime | None) -> dt.date | None:
    return at.date() if at else None


def _services(ids: Keys | None) -> list[dict[str, Any]]:
    return list(
        narrowed(Service.objects.in_use(), ids, "id")
        .annotate(
            newest_incident=access.edge_of(Incident.objects.all(), "-opened_at"),
            newest_outage=access.edge_of(Outage.objects.filter(archived_at=None), "-starts_at"),
            newest_gap=access.edge_of(MonitoringGap.objects.all(), "-starts_at"),
            first_outage=access.edge_of(Outage.objects.filter(archived_at=None), "starts_at"),
            first_gap=access.edge_of(MonitoringGap.objects.all(), "starts_at"),
        )
        .order_by("id")
        .values(
            "id",
            "status",
            "owner_id",
            "owner_name",
            "unit__root__zone",
            "calendar_id",
            "calendar__version",
            "unit__root__calendar_id",
            "unit__root__calendar__version",
            "newest_incident",
            "newest_outage",
            "newest_gap",
            "first_outage",
            "first_gap",
        )
    )


def _outages(ids: Keys | None, since: dt.datetime) -> dict[int, list[OutageFact]]:
    found: dict[int, list[OutageFact]] = defaultdict(list)
    rows = narrowed(
        Outage.objects.filter(Q(ends_at=None) | Q(ends_at__gt=since), archived_at=None),
        ids,
    ).values_list("id", "service_id", "kind", "starts_at", "ends_at")
    for pk, service, kind, starts_at, ends_at in rows:
        found[service].append(
            OutageFact(key=str(pk), start=starts_at, end=ends_at, kind=OutageKind(kind))
        )
    return found


def _gaps(ids: Keys | None, since: dt.datetime) -> dict[int, list[tuple[dt.datetime, dt.datetime]]]:
    found: dict[int, list[tuple[dt.datetime, dt.datetime]]] = defaultdict(list)
    rows = narrowed(MonitoringGap.objects.filter(ends_at__gt=since), ids)
    for service, starts_at, ends_at in rows.values_list("service_id", "starts_at", "ends_at"):
        found[service].append((starts_at, ends_at))
    return found


def _tallies(ids: Keys | None, windows: Mapping[str, Window]) -> dict[int, list[Tally]]:
    """Results by priority since the last complete month began.

    An open incident past its time has already missed, and counts.
    """
    found: dict[int, list[Tally]] = defaultdict(list)
    for zone, window in windows.items():
        rows = narrowed(Incident.objects.filter(resolved_at__gte=window.month_start), ids)
        if len(windows) > 1:
            rows = rows.filter(service__unit__root__zone=zone)
        grouped = (
            rows.order_by()
            .values_list("service_id", "priority")
            .annotate(
                kept=Count("id", filter=Q(met=True)),
                judged=Count("met"),
                answered=Count("id", filter=Q(respond_met=True)),
                awaited=Count("respond_met"),
            )
        )
        for service, priority, kept, judged, answered, awaited in grouped:
            if priority is None:
                continue
            if judged:
                found[service].append(
                    Tally(priority=priority, measure="resolve", met=kept, judged=judged)
                )
            if awaited:
                found[service].append(
                    Tally(priority=priority, measure="respond", met=answered, judged=awaited)
                )
    return found


def _backlogs(ids: Keys | None, now: dt.datetime) -> dict[int, Backlog]:
    edges = [now - dt.timedelta(days=days) for days in AGE_DAYS]
    since = now - dt.timedelta(days=FLOW_DAYS)
    open_rows = (
        narrowed(Incident.objects.still_open(), ids)
        .order_by()
        .values("service_id")
        .annotate(
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
    opened = dict(
        narrowed(Incident.objects.filter(opened_at__gte=since), ids)
        .order_by()
        .values_list("service_id")
        .annotate(count=Count("id"))
    )
    resolved = {
        row[0]: row[1:]
        for row in narrowed(Incident.objects.filter(resolved_at__gte=since), ids)
        .order_by()
        .values_list("service_id")
        .annotate(
            ended=Count("id"),
            reported=Count("id", filter=Q(met__isnull=False, made_sla_reported__isnull=False)),
            agrees=Count("id", filter=Q(met=F("made_sla_reported"))),
        )
    }
    still = {row["service_id"]: row for row in open_rows}
    return {
        service: _backlog(
            still.get(service), opened.get(service, 0), resolved.get(service, (0, 0, 0))
        )
        for service in still.keys() | opened.keys() | resolved.keys()
    }


def _backlog(row: Mapping[str, int] | None, opened: int, ended: tuple[int, int, int]) -> Backlog:
    resolved, reported, agrees = ended
    still = row or dict.fromkeys(("open", "late", "major", "without_target", *"abcd"), 0)
    return Backlog(
        open=still["open"],
        late=still["late"],
        major=still["major"],
        without_target=still["without_target"],
        ages=(still["a"], still["b"], still["c"], still["d"]),
        opened=opened,
        resolved=resolved,
        reported=reported,
        agrees=agrees,
    )


def _courses(ids: Keys | None) -> dict[int, dict[str, Course]]:
    """Return per service its leading measure and its survey, with their last readings."""
    watched = narrowed(
        Measure.objects.filter(Q(is_primary=True) | Q(is_satisfaction=True), archived_at=None), ids
    )
    readings: dict[int, list[tuple[dt.date, Any]]] = defaultdict(list)
    ranked = (
        MeasurePoint.objects.filter(is_current=True, measure__in=watched.values("id"))
        .annotate(back=Over(RowNumber(), partition_by=F("measure_id"), order_by=F("on").desc()))
        .filter(back__lte=SHOWN)
        .order_by("measure_id", "on")
        .values_list("measure_id", "on", "value")
    )
    for measure, on, value in ranked:
        readings[measure].append((on, value))
    found: dict[int, dict[str, Course]] = defaultdict(dict)
    for row in watched.order_by("id").values(
        "id", "service_id", "name", "better", "target", "is_primary", "is_satisfaction"
    ):
        days, values = zip(*readings[row["id"]], strict=True) if readings[row["id"]] else ((), ())
        course = Course(
            measure_id=row["id"],
            name=row["name"],
            is_lower_better=row["better"] == "down",
            target=row["target"],
            days=tuple(days),
            values=tuple(values),
        )
        if row["is_primary"]:
            found[row["service_id"]]["primary"] = course
        if row["is_satisfaction"]:
            found[row["service_id"]].setdefault("satisfaction", course)
    return found
