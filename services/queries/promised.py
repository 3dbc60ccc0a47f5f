"""What services promise on a day, and the hours that count for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from common import calendars
from common.db import Keys
from common.domain.worktime import WorkCalendar
from common.statements import rows_among
from services.domain.facts import Promise, TargetFacts
from services.models import Agreement, AgreementTarget
from services.queries.windows import Window

Promised = tuple[Promise, tuple[int, int] | None]
Version = tuple[dt.date, dt.date | None, Promised]


class HasHours(Protocol):
    """What the hours of a service follow from where no agreement names any."""

    @property
    def id(self) -> int: ...
    @property
    def zone(self) -> str: ...
    @property
    def calendar_id(self) -> int | None: ...
    @property
    def calendar_version(self) -> int | None: ...
    @property
    def root_calendar_id(self) -> int | None: ...
    @property
    def root_calendar_version(self) -> int | None: ...


def versions(asked: Keys, windows: Mapping[str, Window]) -> dict[int, list[Version]]:
    """Return per service every version of its SLAs that held since the last month's last day.

    The first party by name comes first: where several are promised something, it speaks.
    """
    last = max((window.today for window in windows.values()), default=dt.date.min)
    since = min((window.month_last for window in windows.values()), default=dt.date.max)

    def wanted(asked: Keys) -> Any:
        return Agreement.objects.held(since, last).filter(kind="sla", service_id__among=asked)

    def terms(asked: Keys) -> Any:
        return (
            AgreementTarget.objects.filter(agreement__in=wanted(asked))
            .order_by("agreement_id", "measure", "priority")
            .values_list("agreement_id", "priority", "measure", "attainment_target")
        )

    def agreements(asked: Keys) -> Any:
        return (
            wanted(asked)
            .order_by("party", "-version_no")
            .values_list(
                "id",
                "service_id",
                "starts_on",
                "ends_on",
                "calendar_id",
                "calendar__version",
                "version_no",
                "availability_target",
                "degraded_weight",
                "counts_planned",
            )
        )

    targets: dict[int, list[TargetFacts]] = defaultdict(list)
    for agreement, priority, measure, share in rows_among(
        ("service targets", since, last), terms, asked
    ):
        targets[agreement].append(TargetFacts(priority=priority, measure=measure, share=share))
    found: dict[int, list[Version]] = defaultdict(list)
    for pk, service, starts_on, ends_on, calendar, edition, *promise in rows_among(
        ("service agreements", since, last), agreements, asked
    ):
        version_no, availability, weight, counts_planned = promise
        made = Promise(
            version_no=version_no,
            availability=availability,
            degraded_weight=weight,
            counts_planned=counts_planned,
            targets=tuple(targets.get(pk, ())),
        )
        held_by = (calendar, edition) if calendar else None
        found[service].append((starts_on, ends_on, (made, held_by)))
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
    services: Sequence[HasHours], promises: Mapping[int, Promised]
) -> dict[int, WorkCalendar]:
    """Return each service's hours: the agreement's, else its own, else the organisation's."""
    chosen: dict[int, tuple[int, Any]] = {}
    for row in services:
        agreed = promises.get(row.id)
        if agreed and agreed[1]:
            chosen[row.id] = agreed[1]
        elif row.calendar_id:
            chosen[row.id] = (row.calendar_id, row.calendar_version)
        elif row.root_calendar_id:
            chosen[row.id] = (row.root_calendar_id, row.root_calendar_version)
    kept = calendars.hours(dict(set(chosen.values())))
    return {
        row.id: kept[calendar[0]]
        if (calendar := chosen.get(row.id))
        else calendars.always_open(row.zone)
        for row in services
    }
