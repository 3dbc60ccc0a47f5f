"""Reads what a service stands on and what stands on it, through as many steps as there are."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common import calendars
from common.domain.worktime import WorkCalendar
from services import access
from services.domain import dependencies
from services.models import Service, ServiceDependency
from services.queries.detail import AgreementRow, agreements_of


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeRow:
    """A service needs another."""

    service: int
    needs: int
    kind: str
    group: str
    minimum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A service's surroundings as a reader may see them; `hidden` counts what they may not."""

    edges: tuple[EdgeRow, ...]
    services: Mapping[int, Service]
    #: service -> fewest steps to it
    needs: Mapping[int, int]
    carries: Mapping[int, int]
    hidden: int
    agreements: Mapping[int, Sequence[AgreementRow]]


def chain_of(service: Service, user: Any, on: dt.date) -> Chain:
    """Return everything a service needs and carries. Four statements."""
    rows = [
        EdgeRow(service=one, needs=other, kind=kind, group=group, minimum=minimum)
        for one, other, kind, group, minimum in ServiceDependency.objects.filter(
            service__root_id=service.root_id,
            service__archived_at=None,
            needs__archived_at=None,
        ).values_list("service_id", "needs_id", "kind", "group", "minimum")
    ]
    every = _around(rows, service.pk)
    seen = {
        row.pk: row
        for row in access.visible_to(user)
        .filter(pk__in=every)
        .select_related("standing", "owner", "calendar")
        .order_by("name")
    }
    seen[service.pk] = service
    edges = tuple(row for row in rows if row.service in seen and row.needs in seen)
    pairs = [(edge.service, edge.needs) for edge in edges]
    needs = dependencies.reach(pairs, service.pk)
    carries = dependencies.reach(_turned(pairs), service.pk)
    return Chain(
        edges=edges,
        services=seen,
        needs=needs,
        carries=carries,
        hidden=len(every - seen.keys()),
        agreements=agreements_of([service.pk, *needs, *carries], on, on),
    )


def _around(rows: Iterable[EdgeRow], pk: int) -> set[int]:
    pairs = [(row.service, row.needs) for row in rows]
    return {*dependencies.reach(pairs, pk), *dependencies.reach(_turned(pairs), pk)}


def _turned(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(needs, service) for service, needs in pairs]


def sla_of(chain: Chain, pk: int) -> AgreementRow | None:
    """Return what speaks for a service: its SLA with the first party by name."""
    return next((row for row in chain.agreements.get(pk, ()) if row.kind == "sla"), None)


def hours_by_agreement(chain: Chain, root: Any) -> dict[int, WorkCalendar]:
    """Return agreement -> hours that count for it; at most two statements, kept by version."""
    chosen: dict[int, tuple[int, int] | None] = {}
    for pk, rows in chain.agreements.items():
        own = chain.services[pk].calendar or root.calendar
        for row in rows:
            if row.calendar_id and row.calendar_version:
                chosen[row.id] = (row.calendar_id, row.calendar_version)
            else:
                chosen[row.id] = (own.pk, own.version) if own else None
    kept = calendars.hours(dict(pair for pair in chosen.values() if pair))
    always = calendars.always_open(root.zone or "UTC")
    return {row: kept[pair[0]] if pair else always for row, pair in chosen.items()}


def grouped(edges: Iterable[EdgeRow]) -> dict[int, dict[tuple[str, str], list[EdgeRow]]]:
    """Return service -> its needs, members of one redundant group together."""
    found: dict[int, dict[tuple[str, str], list[EdgeRow]]] = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        name = edge.group if edge.kind == "group" else str(edge.needs)
        found[edge.service][edge.kind, name].append(edge)
    return found
