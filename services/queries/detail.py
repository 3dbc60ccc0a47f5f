"""What a service's page reads: one statement each, whatever the service has."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Count,
    FilteredRelation,
    IntegerField,
    Q,
    Value,
    When,
)

from accounts.access import authority
from common import subjects
from common.db import Keys, keys
from common.statements import rows_among
from common.subjects import Subject
from services import access
from services.models import (
    Agreement,
    Incident,
    Measure,
    Service,
    ServiceDependency,
    StatusEntry,
)
from services.models.service import shown_name


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """A promised time for a priority."""

    priority: int
    measure: str
    seconds: int
    share: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementRow:
    """A version of an agreement in force, with its targets."""

    id: int
    kind: str
    party: str
    version_no: int
    starts_on: dt.date
    ends_on: dt.date | None
    calendar_id: int | None
    calendar_version: int | None
    calendar_name: str
    availability_target: Any
    degraded_weight: Any
    counts_planned: bool
    targets: tuple[TargetRow, ...]

    def share_of(self, priority: int, measure: str) -> Any:
        """Return the share promised for a priority; None where nothing is."""
        return next(
            (
                row.share
                for row in self.targets
                if (row.priority, row.measure) == (priority, measure)
            ),
            None,
        )

    def holds(self, on: dt.date) -> bool:
        """Return whether it holds on a day."""
        return self.starts_on <= on and (self.ends_on is None or on < self.ends_on)


_AGREED = (
    "id",
    "service_id",
    "kind",
    "party",
    "version_no",
    "starts_on",
    "ends_on",
    "calendar_id",
    "calendar__version",
    "calendar__name",
    "availability_target",
    "degraded_weight",
    "counts_planned",
    "targets__priority",
    "targets__measure",
    "targets__seconds",
    "targets__attainment_target",
)


def agreements_held(service: Service, since: dt.date, until: dt.date) -> list[AgreementRow]:
    """Return the versions that held on any of these days: SLA first, by party, the newest first."""
    return agreements_of([service.pk], since, until).get(service.pk, [])


def agreements_of(
    service_ids: Sequence[int], since: dt.date, until: dt.date
) -> dict[int, list[AgreementRow]]:
    """Return per service the versions that held on any of these days. One statement."""
    rows = rows_among(
        ("agreements", since, until),
        lambda these: (
            Agreement.objects.held(since, until)
            .filter(service__among=these)
            .order_by("-kind", "party", "targets__measure", "targets__priority")
            .values_list(*_AGREED)
        ),
        keys(service_ids),
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(dict(zip(_AGREED, row, strict=True)))
    kinds = ["sla", "ola", "uc"]
    made: dict[int, list[AgreementRow]] = defaultdict(list)
    for parts in found.values():
        made[parts[0]["service_id"]].append(_agreement(parts))
    for line in made.values():
        line.sort(key=lambda row: (kinds.index(row.kind), row.party, -row.version_no))
    return made


def _agreement(parts: Sequence[dict[str, Any]]) -> AgreementRow:
    head = parts[0]
    return AgreementRow(
        id=head["id"],
        kind=head["kind"],
        party=head["party"],
        version_no=head["version_no"],
        starts_on=head["starts_on"],
        ends_on=head["ends_on"],
        calendar_id=head["calendar_id"],
        calendar_version=head["calendar__version"],
        calendar_name=head["calendar__name"] or "",
        availability_target=head["availability_target"],
        degraded_weight=head["degraded_weight"],
        counts_planned=head["counts_planned"],
        targets=tuple(
            TargetRow(
                priority=part["targets__priority"],
                measure=part["targets__measure"],
                seconds=part["targets__seconds"],
                share=part["targets__attainment_target"],
            )
            for part in parts
            if part["targets__priority"] is not None
        ),
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of those judged were in time."""

    kept: int
    judged: int


def attainment_by_month(
    service: Service, edges: Sequence[dt.datetime]
) -> dict[tuple[int, str, int], Kept]:
    """Return (priority, measure, month) -> result, months between consecutive edges, from 0."""
    rows = rows_among(
        ("attainment", *edges), lambda these: _attainment(these, edges), keys([service.pk])
    )
    found: dict[tuple[int, str, int], Kept] = {}
    for priority, at, kept, judged, answered, awaited in rows:
        found[priority, "resolve", at] = Kept(kept, judged)
        found[priority, "respond", at] = Kept(answered, awaited)
    return found


def _attainment(these: Keys, edges: Sequence[dt.datetime]) -> Any:
    month = Case(
        *(When(resolved_at__lt=edge, then=Value(at)) for at, edge in enumerate(edges[1:])),
        default=Value(len(edges) - 1),
        output_field=IntegerField(),
    )
    return (
        Incident.objects.filter(
            service__among=these, resolved_at__gte=edges[0], resolved_at__lt=edges[-1]
        )
        .exclude(priority=None)
        .annotate(month=month)
        .order_by()
        .values_list("priority", "month")
        .annotate(
            kept=Count("id", filter=Q(met=True)),
            judged=Count("met"),
            answered=Count("id", filter=Q(respond_met=True)),
            awaited=Count("respond_met"),
        )
        .values_list("priority", "month", "kept", "judged", "answered", "awaited")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """A measure with its readings of the last year, oldest first."""

    id: int
    name: str
    unit_text: str
    better: str
    target: Any
    is_primary: bool
    is_satisfaction: bool
    days: tuple[dt.date, ...]
    values: tuple[Any, ...]


_MEASURED = ("id", "name", "unit_text", "better", "target", "is_primary", "is_satisfaction")


def measures(service: Service, since: dt.date) -> list[MeasureRow]:
    """Return the measures of a service with their readings since a day. One statement."""
    rows = rows_among(
        ("measures", since),
        lambda these: (
            Measure.objects.filter(service__among=these, archived_at=None)
            .annotate(
                read=FilteredRelation(
                    "points", condition=Q(points__is_current=True, points__on__gte=since)
                )
            )
            .order_by("-is_primary", "name", "read__on")
            .values_list(*_MEASURED, "read__on", "read__value")
        ),
        keys([service.pk]),
    )
    found: dict[tuple[Any, ...], list[tuple[dt.date, Any]]] = defaultdict(list)
    for *own, on, value in rows:
        found[tuple(own)].append((on, value))
    return [
        MeasureRow(
            **dict(zip(_MEASURED, own, strict=True)),
            days=tuple(on for on, _value in points if on),
            values=tuple(value for on, value in points if on),
        )
        for own, points in found.items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """A service at the other end of a dependency; `is_need` when this one needs it."""

    id: int
    service_id: int
    is_need: bool
    kind: str
    group: str
    minimum: int
    key: str
    name: str
    colour: str
    availability: Any


def links(service: Service, user: Any) -> list[LinkRow]:
    """Return what a service needs and what it carries, as far as the reader may see."""
    rows = rows_among(
        ("links", user.pk, authority(user)),
        lambda these: _links(these, user),
        keys([service.pk]),
    )
    found = []
    for number, kind, group, minimum, needed_by, *ends in rows:
        is_need = needed_by == service.pk
        pk, name, is_unassigned, colour, availability = ends[5:] if is_need else ends[:5]
        found.append(
            LinkRow(
                id=number,
                service_id=pk,
                is_need=is_need,
                kind=kind,
                group=group,
                minimum=minimum,
                key=subjects.key(Subject("service", pk)),
                name=shown_name(name, is_unassigned=is_unassigned),
                colour=colour or "grey",
                availability=availability,
            )
        )
    return sorted(found, key=lambda link: (link.kind != "hard", link.name))


def _links(these: Keys, user: Any) -> Any:
    seen = access.visible_to(user).filter(archived_at=None).values("pk")
    ends = [
        f"{end}__{name}"
        for end in ("service", "needs")
        for name in (
            "id",
            "name",
            "is_unassigned",
            "standing__overall",
            "standing__availability_agreed",
        )
    ]
    return ServiceDependency.objects.filter(
        Q(service__among=these, needs__in=seen) | Q(needs__among=these, service__in=seen)
    ).values_list("pk", "kind", "group", "minimum", "service_id", *ends)


def entries(service: Service) -> list[StatusEntry]:
    """Return the statuses a service has entered, oldest first."""
    return list(StatusEntry.objects.filter(service=service).order_by("id"))
