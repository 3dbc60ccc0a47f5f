"""Gathers what the judgement of services is made of, set-wise.

Ten statements for any number of services of one zone; the two that read incidents repeat for
each further zone, because a month begins at another instant there.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Window as Over
from django.db.models.functions import RowNumber

from common import calendars
from common.db import Keys, keys
from common.domain.periods import PeriodKind, local_day, local_day_bounds, period_of
from common.domain.worktime import WorkCalendar
from services.domain.availability import Outage as OutageFact
from services.domain.availability import OutageKind
from services.domain.facts import Backlog, Inputs, Promise, Tally, TargetFacts
from services.domain.lifecycle import Status
from services.domain.trend import SHOWN, Course
from services.models import (
    Agreement,
    AgreementTarget,
    Incident,
    Measure,
    MeasurePoint,
    MonitoringGap,
    Outage,
    Service,
)
from services.models.incident import past_time

WINDOW_DAYS = 30
FLOW_DAYS = 28
AGE_DAYS = (1, 7, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The instants that matter in one zone at one moment."""

    now: dt.datetime
    start: dt.datetime
    month_start: dt.datetime
    month_end: dt.datetime

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
    return Window(now=now, start=back, month_start=start, month_end=end)


def health_inputs(ids: Sequence[int] | None, *, now: dt.datetime) -> list[Inputs]:
    """Return the inputs of those services, or of all in use (None), read at `now`.

    Archived services have none.
    """
    services = _services(None if ids is None else keys(ids))
    chosen = None if ids is None else keys(row["id"] for row in services)
    windows = {zone: window_of(zone, now) for zone in {row["unit__root__zone"] for row in services}}
    earliest = min((window.since for window in windows.values()), default=now)
    promises = _promises(chosen, windows, now)
    hours = _hours(services, promises)
    outages, gaps = _outages(chosen, earliest), _gaps(chosen, earliest)
    tallies = _tallies(chosen, windows)
    backlogs = _backlogs(chosen, now)
    courses = _courses(chosen)
    found = []
    for row in services:
        pk = row["id"]
        window = windows[row["unit__root__zone"]]
        agreed = promises.get(pk)
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
                promise=agreed[0] if agreed else None,
                is_watched=row["newest_outage"] is not None or row["newest_gap"] is not None,
                outages=tuple(outages.get(pk, ())),
                gaps=tuple(gaps.get(pk, ())),
                tallies=tuple(tallies.get(pk, ())),
                backlog=backlogs.get(pk, _NO_BACKLOG),
                newest_incident=_day(row["newest_incident"]),
                newest_outage=_day(max_of(row["newest_outage"], row["newest_gap"])),
                primary=course.get("primary"),
                satisfaction=course.get("satisfaction"),
            )
        )
    return found


_NO_BACKLOG = Backlog()


def max_of(*instants: dt.datetime | None) -> dt.datetime | None:
    """Return the latest of those that are there."""
    return max((at for at in instants if at is not None), default=None)


def _day(at: dt.datetime | None) -> dt.date | None:
    return at.date() if at else None


def _of(queryset: QuerySet[Any], ids: Keys | None, field: str = "service_id") -> Any:
    """Narrow rows to those services; None leaves all of them."""
    return queryset if ids is None else queryset.filter(**{f"{field}__among": ids})


def _services(ids: Keys | None) -> list[dict[str, Any]]:
    def newest(rows: QuerySet[Any], field: str) -> Subquery:
        # One step down the (service, time) index each, never a scan of a million rows.
        return Subquery(rows.filter(service=OuterRef("pk")).order_by(f"-{field}").values(field)[:1])

    return list(
        _of(Service.objects.in_use(), ids, "id")
        .annotate(
            newest_incident=newest(Incident.objects.all(), "opened_at"),
            newest_outage=newest(Outage.objects.filter(archived_at=None), "starts_at"),
            newest_gap=newest(MonitoringGap.objects.all(), "starts_at"),
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
        )
    )


_Promised = tuple[Promise, tuple[int, int] | None]


def _promises(
    ids: Keys | None, windows: Mapping[str, Window], now: dt.datetime
) -> dict[int, _Promised]:
    """Return per service what its SLA in force promises, and its calendar (id, version)."""
    today = {zone: local_day(zone, now) for zone in windows}
    last = max(today.values(), default=now.date())
    rows = _of(
        Agreement.objects.in_force(last).filter(kind="sla").order_by("party", "-version_no"), ids
    ).values(
        "id",
        "service_id",
        "version_no",
        "availability_target",
        "degraded_weight",
        "counts_planned",
        "calendar_id",
        "calendar__version",
    )
    # Where several parties are promised something, the first by name speaks for the service.
    first: dict[int, dict[str, Any]] = {}
    for row in rows:
        first.setdefault(row["service_id"], row)
    targets: dict[int, list[TargetFacts]] = defaultdict(list)
    for agreement, priority, measure, share in _of(
        AgreementTarget.objects.filter(
            agreement__in=Agreement.objects.in_force(last).filter(kind="sla")
        ),
        ids,
        "agreement__service_id",
    ).values_list("agreement_id", "priority", "measure", "attainment_target"):
        targets[agreement].append(TargetFacts(priority=priority, measure=measure, share=share))
    return {
        pk: (
            Promise(
                version_no=row["version_no"],
                availability=row["availability_target"],
                degraded_weight=row["degraded_weight"],
                counts_planned=row["counts_planned"],
                targets=tuple(
                    sorted(targets[row["id"]], key=lambda fact: (fact.measure, fact.priority))
                ),
            ),
            (row["calendar_id"], row["calendar__version"]) if row["calendar_id"] else None,
        )
        for pk, row in first.items()
    }


def _hours(
    services: Iterable[Mapping[str, Any]], promises: Mapping[int, _Promised]
) -> dict[int, WorkCalendar]:
    """Return each service's hours: the agreement's, else its own, else the organisation's."""
    chosen: dict[int, tuple[int, int] | None] = {}
    for row in services:
        own = (row["calendar_id"], row["calendar__version"])
        default = (row["unit__root__calendar_id"], row["unit__root__calendar__version"])
        agreed = promises[row["id"]][1] if row["id"] in promises else None
        chosen[row["id"]] = agreed or (own if own[0] else default if default[0] else None)
    kept = calendars.hours(dict(calendar for calendar in chosen.values() if calendar))
    return {
        row["id"]: kept[calendar[0]]
        if (calendar := chosen[row["id"]])
        else calendars.always_open(row["unit__root__zone"])
        for row in services
    }


def _outages(ids: Keys | None, since: dt.datetime) -> dict[int, list[OutageFact]]:
    found: dict[int, list[OutageFact]] = defaultdict(list)
    rows = _of(
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
    rows = _of(MonitoringGap.objects.filter(ends_at__gt=since), ids)
    for service, starts_at, ends_at in rows.values_list("service_id", "starts_at", "ends_at"):
        found[service].append((starts_at, ends_at))
    return found


def _tallies(ids: Keys | None, windows: Mapping[str, Window]) -> dict[int, list[Tally]]:
    """Results by priority since the last complete month began.

    An open incident past its time has already missed, and counts.
    """
    found: dict[int, list[Tally]] = defaultdict(list)
    for zone, window in windows.items():
        rows = _of(Incident.objects.filter(resolved_at__gte=window.month_start), ids)
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
        _of(Incident.objects.still_open(), ids)
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
        _of(Incident.objects.filter(opened_at__gte=since), ids)
        .order_by()
        .values_list("service_id")
        .annotate(count=Count("id"))
    )
    resolved = {
        row[0]: row[1:]
        for row in _of(Incident.objects.filter(resolved_at__gte=since), ids)
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
    watched = _of(
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
