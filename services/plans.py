"""What is planned for a service, and what each plan collides with."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.wording import say
from services.domain.collisions import (
    PLACED,
    Collision,
    CollisionPolicy,
    Entry,
    EntryKind,
    ServiceFacts,
    Severity,
    collisions,
)
from services.models import Service
from services.queries.detail import LinkRow
from services.queries.events import EventRow

_KINDS = {"measuring": EntryKind.MEASUREMENT}


def kind_of(code: str) -> EntryKind:
    """Return what an entry of that code is to the rules of collisions."""
    return _KINDS.get(code) or EntryKind(code)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClashRow:
    """A reason against a plan, in words; a hard one should stop it."""

    is_hard: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A planned interval with what it collides with; `is_own` was planned here."""

    entry: EventRow
    is_own: bool
    clashes: tuple[ClashRow, ...]


def plan_rows(
    service: Service, happened: Iterable[EventRow], links: Sequence[LinkRow], now: dt.datetime
) -> tuple[PlanRow, ...]:
    """Return what is planned for a service, judged also against the services it is linked to."""
    seen = {link.service_id: link for link in links} | {service.pk: None}
    ahead = [
        row
        for row in happened
        if row.table == "plan"
        and row.ends_at
        and row.ends_at > now
        and (row.place or service.pk) in seen
    ]
    standing = getattr(service, "standing", None)
    facts = ServiceFacts(
        key=str(service.pk),
        upstream=frozenset(str(link.service_id) for link in links if link.is_need),
        downstream=frozenset(str(link.service_id) for link in links if not link.is_need),
        has_open_major=bool(standing and standing.open_major),
    )
    entries = {row.id: _entry(row, service) for row in ahead}
    policy = CollisionPolicy(zone=service.root.zone or "UTC")
    names = {str(row.id): row.title for row in ahead}
    places = {str(pk): link.name for pk, link in seen.items() if link}
    rows = []
    for row in ahead:
        if row.place not in {None, service.pk}:
            continue
        entry = entries[row.id]
        judged = entry.kind in PLACED
        found = collisions(entry, entries.values(), {facts.key: facts}, policy) if judged else ()
        clashes = tuple(worded(clash, names, places) for clash in found)
        is_own = row.place is not None and not row.origin
        rows.append(PlanRow(entry=row, is_own=is_own, clashes=clashes))
    return tuple(rows)


def _entry(row: EventRow, service: Service) -> Entry:
    return Entry(
        key=str(row.id),
        kind=kind_of(row.kind),
        start=row.starts_at,
        end=row.ends_at or row.starts_at,
        services=frozenset({str(row.place or service.pk)}),
        source=row.origin,
    )


def worded(clash: Collision, names: dict[str, str], places: dict[str, str]) -> ClashRow:
    """Return a collision in words; `names` are of entries and `places` of services, by key."""
    params = dict(clash.params) | {"other": names.get(clash.other or "", "")}
    params["linked"] = places.get(str(params.get("linked", "")), "")
    text = say(f"services.collision.{clash.code.value}", params)
    return ClashRow(is_hard=clash.severity is Severity.HARD, text=text)
