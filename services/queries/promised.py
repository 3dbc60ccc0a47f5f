"""What services promise on a day, and the hours that count for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from common import calendars
from common.db import Keys
from common.domain.worktime import WorkCalendar
from services.domain.facts import Promise, TargetFacts
from services.models import Agreement, AgreementTarget
from services.queries.windows import Window

Promised = tuple[Promise, tuple[int, int] | None]
Version = tuple[dt.date, dt.date | None, Promised]


def narrowed(queryset: QuerySet[Any], ids: Keys | None, field: str = "service_id") -> Any:
    """Narrow rows to those services; None leaves all of them."""
    return queryset if ids is None else queryset.filter(**{f"{field}__among": ids})


def versions(ids: Keys | None, windows: Mapping[str, Window]) -> dict[int, list[Version]]:
    """Return per service every version of its SLAs that held since the last month's last day.

    The first party by name comes first: where several are promised something, it speaks.
    """
    last = max((window.today for window in windows.values()), default=dt.date.min)
    since = min((window.month_last for window in windows.values()), default=dt.date.max)
    wanted = Agreement.objects.held(since, last).filter(kind="sla")
    targets: dict[int, list[TargetFacts]] = defaultdict(list)
    for agreement, priority, measure, share in narrowed(
        AgreementTarget.objects.filter(agreement__in=wanted), ids, "agreement__service_id"
    ).values_list("agreement_id", "priority", "measure", "attainment_target"):
        targets[agreement].append(TargetFacts(priority=priority, measure=measure, share=share))
    found: dict[int, list[Version]] = defaultdict(list)
    for row in narrowed(wanted.order_by("party", "-version_no"), ids).values(
        "id",
        "service_id",
        "version_no",
        "starts_on",
        "ends_on",
        "availability_target",
        "degraded_weight",
        "counts_planned",
        "calendar_id",
        "calendar__version",
    ):
        promise = Promise(
            version_no=row["version_no"],
            availability=row["availability_target"],
            degraded_weight=row["degraded_weight"],
            counts_planned=row["counts_planned"],
            targets=tuple(
                sorted(targets[row["id"]], key=lambda fact: (fact.measure, fact.priority))
            ),
        )
        calendar = (row["calendar_id"], row["calendar__version"]) if row["calendar_id"] else None
        found[row["service_id"]].append((row["starts_on"], row["ends_on"], (promise, calendar)))
    return found


def held(
    versions: Mapping[int, Sequence[Version]], days: Mapping[int, dt.date]
) -> dict[int, Promised]:
    """Return per service what was promised on its day, and the calendar (id, version) of that."""
    found: dict[int, Promised] = {}
    for pk, rows in versions.items():
        for starts_on, ends_on, promised in rows:
            if pk in days and starts_on <= days[pk] and (ends_on is None or days[pk] < ends_on):
                found.setdefault(pk, promised)
    return found


def hours(
    services: Iterable[Mapping[str, Any]], promises: Mapping[int, Promised]
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
