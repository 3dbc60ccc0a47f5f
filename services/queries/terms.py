"""The agreements of services as their incidents' clocks need them."""

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common import calendars
from common.domain.periods import local_day_bounds
from services.domain.clock import ClockAgreement
from services.domain.incidents import Terms
from services.models import Agreement, AgreementTarget


@dataclass(frozen=True, slots=True)
class ServiceTerms:
    """Every version of a service's SLA, oldest first, and a mark that moves with any of them."""

    versions: tuple[Terms, ...]
    clocks: Mapping[int, ClockAgreement]
    mark: str


#: counts up when the same rows are read to another result, so that open incidents are read anew
READING = 2

NO_TERMS = ServiceTerms((), {}, "none")


def terms_of(service_ids: Sequence[int]) -> dict[int, ServiceTerms]:
    """Return the terms of those services; at most four statements.

    Where a service has agreements with several parties, the first by name rules the clocks, as
    it does in the judgement of its health.
    """
    rows = _rows(service_ids)
    targets: dict[int, dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    for agreement, measure, priority, seconds in AgreementTarget.objects.filter(
        agreement__in=[row["id"] for row in rows]
    ).values_list("agreement_id", "measure", "priority", "seconds"):
        targets[agreement][measure][priority] = seconds
    chosen = {row["id"]: _calendar(row) for row in rows}
    hours = calendars.hours({pk: version for pk, version, _name in chosen.values() if pk})
    versions: dict[int, list[Terms]] = defaultdict(list)
    marks: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        zone = row["service__root__zone"]
        pk, version, name = chosen[row["id"]]
        held = targets[row["id"]]
        versions[row["service_id"]].append(
            Terms(
                agreement_id=row["id"],
                version_no=row["version_no"],
                starts_at=local_day_bounds(zone, row["starts_on"])[0],
                ends_at=_midnight(zone, row["ends_on"]),
                calendar=hours[pk] if pk else calendars.always_open(zone),
                resolve=dict(held["resolve"]),
                respond=dict(held["respond"]),
                change_mode=row["change_mode"],
                reopen=row["reopen"],
                hours_name=name,
                hours_version=version or None,
            )
        )
        marks[row["service_id"]].append((row["id"], str(row["ends_on"]), pk, version))
    return {
        service: ServiceTerms(
            tuple(found),
            {terms.agreement_id: terms.clock() for terms in found},
            _mark(marks[service]),
        )
        for service, found in versions.items()
    }


def _rows(service_ids: Sequence[int]) -> list[dict[str, Any]]:
    rows: list[Any] = list(
        Agreement.objects.filter(service__in=service_ids, kind="sla")
        .order_by("service_id", "party", "version_no")
        .values(
            "id",
            "service_id",
            "party",
            "version_no",
            "starts_on",
            "ends_on",
            "change_mode",
            "reopen",
            "service__root__zone",
            *(f"{prefix}{name}" for prefix in _PLACES for name in _CALENDAR),
        )
    )
    speaks: dict[int, str] = {}
    for row in rows:
        speaks.setdefault(row["service_id"], row["party"])
    return [row for row in rows if row["party"] == speaks[row["service_id"]]]


#: where the hours that count stand: in the agreement, else on the service, else on the root
_PLACES = ("", "service__", "service__root__")
_CALENDAR = ("calendar_id", "calendar__version", "calendar__name")


def _calendar(row: Mapping[str, Any]) -> tuple[int, int, str]:
    """Return (id, version, name) of the hours that count."""
    for prefix in _PLACES:
        if row[f"{prefix}calendar_id"]:
            pk, version, name = (row[f"{prefix}{field}"] for field in _CALENDAR)
            return pk, version, name
    return 0, 0, ""


def _midnight(zone: str, day: Any) -> datetime | None:
    return local_day_bounds(zone, day)[0] if day else None


def _mark(parts: Sequence[Any]) -> str:
    parts = (READING, *parts)
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
