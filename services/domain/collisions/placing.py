"""The rules themselves: why a placement collides, and where it would be free."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from common.domain.localtime import epoch, instant
from common.domain.periods import local_day, local_day_bounds
from common.domain.refusal import Scalar
from services.domain.collisions.terms import (
    FURTHEST_DAYS,
    PLACED,
    Collision,
    CollisionCode,
    CollisionError,
    CollisionPolicy,
    Entry,
    EntryKind,
    ServiceFacts,
    Severity,
    Slot,
)

HORIZON_DAYS = 90

Found = tuple[CollisionCode, Entry | None, str | None, dict[str, Scalar]]


def collisions(
    entry: Entry,
    others: Iterable[Entry],
    services: Mapping[str, ServiceFacts],
    policy: CollisionPolicy,
) -> tuple[Collision, ...]:
    """Return every reason against an entry where it stands, the hard ones first.

    ``entry`` itself may be among ``others``; it never collides with itself. Raises
    CollisionError ``kind_not_placed``, ``service_unknown``.
    """
    others = [other for other in others if other.key != entry.key]
    facts = _facts(entry, services)
    found = [
        Collision(
            code=code,
            severity=policy.severity(code),
            other=None if other is None else other.key,
            service=service,
            params=params,
        )
        for code, other, service, params in (
            *_in_time(entry, others, facts, policy),
            *_in_itself(entry, facts),
        )
    ]
    order = list(CollisionCode)
    return tuple(
        sorted(
            found,
            key=lambda c: (
                c.severity is not Severity.HARD,
                order.index(c.code),
                c.other or "",
                c.service or "",
            ),
        )
    )


def next_free_slots(
    entry: Entry,
    others: Iterable[Entry],
    services: Mapping[str, ServiceFacts],
    policy: CollisionPolicy,
    *,
    earliest: datetime,
    count: int = 3,
    horizon_days: int = HORIZON_DAYS,
) -> tuple[Slot, ...]:
    """Return the first slots, as long as the entry, in which nothing in time collides with it.

    Slots do not overlap and lie within the horizon from ``earliest``. What does not depend on
    time (approver, budget, major incident) is left out: no slot would cure it. Raises
    CollisionError ``count_not_positive`` and as ``collisions``.
    """
    if count < 1 or horizon_days < 1:
        raise CollisionError("count_not_positive", count=min(count, horizon_days))
    if horizon_days > FURTHEST_DAYS:
        raise CollisionError("horizon_too_far", days=horizon_days)
    facts = _facts(entry, services)
    length = entry.end - entry.start
    horizon = instant(epoch(earliest) + horizon_days * 86_400)
    others = [other for other in others if other.key != entry.key and other.start < horizon]
    points = sorted({earliest, *_turns(entry, others, policy)})
    slots: list[Slot] = []
    while points and len(slots) < count:
        start = heapq.heappop(points)
        if horizon - start < length:
            break
        if start < (slots[-1].end if slots else earliest):
            continue
        placed = replace(entry, start=start, end=start + length)
        if next(_in_time(placed, others, facts, policy), None) is None:
            slots.append(Slot(start=placed.start, end=placed.end))
            heapq.heappush(points, placed.end)
    return tuple(slots)


def _facts(entry: Entry, services: Mapping[str, ServiceFacts]) -> list[ServiceFacts]:
    if entry.kind not in PLACED:
        raise CollisionError("kind_not_placed", key=entry.key, kind=entry.kind.value)
    for key in sorted(entry.services):
        if key not in services:
            raise CollisionError("service_unknown", key=entry.key, service=key)
    return [services[key] for key in sorted(entry.services)]


def _in_time(
    entry: Entry, others: Sequence[Entry], facts: Sequence[ServiceFacts], policy: CollisionPolicy
) -> Iterator[Found]:
    """Everything that another time might cure."""
    for other in others:
        match other.kind:
            case EntryKind.FREEZE:
                yield from _with_freeze(entry, other, facts)
            case EntryKind.EARLY_LIFE:
                yield from _with_early_life(entry, other, facts)
            case EntryKind.CHANGE | EntryKind.GO_LIVE:
                yield from _with_placed(entry, other, facts, policy)
            case EntryKind.MAINTENANCE | EntryKind.MEASUREMENT:
                continue
    for service in facts:
        yield from _with_windows(entry, others, service)


def _in_itself(entry: Entry, facts: Sequence[ServiceFacts]) -> Iterator[Found]:
    """What no other time cures."""
    if entry.approver is not None and entry.approver == entry.implementer:
        yield CollisionCode.APPROVER_IMPLEMENTS, None, None, {"person": entry.approver}
    is_go_live = entry.kind is EntryKind.GO_LIVE
    spent = CollisionCode.BUDGET_HOLDS_GO_LIVE if is_go_live else CollisionCode.BUDGET_SPENT
    for service in facts:
        if service.is_budget_spent:
            yield spent, None, service.key, {}
        if service.has_open_major:
            yield CollisionCode.MAJOR_OPEN, None, service.key, {}


def _with_freeze(entry: Entry, freeze: Entry, facts: Sequence[ServiceFacts]) -> Iterator[Found]:
    if not entry.overlaps(freeze):
        return
    code = CollisionCode.INSIDE_FREEZE if freeze.is_hard else CollisionCode.INSIDE_SOFT_FREEZE
    params: dict[str, Scalar] = {}
    if freeze.is_hard and entry.is_emergency and entry.authoriser:
        code, params = CollisionCode.FREEZE_AUTHORISED, {"authoriser": entry.authoriser}
    for service in facts:
        reach = _reach(freeze, service)
        if reach is not None:
            yield code, freeze, service.key, {"reach": reach, **params}


def _with_early_life(entry: Entry, period: Entry, facts: Sequence[ServiceFacts]) -> Iterator[Found]:
    """A project's own early life support is no obstacle to it."""
    is_own = bool(entry.source) and entry.source == period.source
    if is_own or not entry.overlaps(period):
        return
    for service in facts:
        reach = _reach(period, service)
        if reach is not None:
            params: dict[str, Scalar] = {"reach": reach, "source": period.source}
            yield CollisionCode.EARLY_LIFE, period, service.key, params


def _with_placed(
    entry: Entry, other: Entry, facts: Sequence[ServiceFacts], policy: CollisionPolicy
) -> Iterator[Found]:
    overlaps = entry.overlaps(other)
    is_shared = bool(entry.services & other.services)
    for service in facts:
        if service.key in other.services:
            if overlaps:
                yield CollisionCode.SAME_SERVICE, other, service.key, {}
            yield from _too_close(entry, other, service, policy)
        elif overlaps and not is_shared:
            # With a service in common, what else is linked would only repeat the warning.
            yield from _linked(other, service)
    if overlaps:
        for person in sorted(entry.occupied & other.occupied):
            yield CollisionCode.SAME_PERSON, other, None, {"person": person}


def _linked(other: Entry, service: ServiceFacts) -> Iterator[Found]:
    for key in sorted((service.upstream | service.downstream) & other.services):
        side = "upstream" if key in service.upstream else "downstream"
        yield CollisionCode.LINKED_SERVICE, other, service.key, {"linked": key, "side": side}


def _too_close(
    entry: Entry, other: Entry, service: ServiceFacts, policy: CollisionPolicy
) -> Iterator[Found]:
    if entry.kind is not EntryKind.GO_LIVE or other.kind is not EntryKind.GO_LIVE:
        return
    days = abs((_day(entry, policy) - _day(other, policy)).days)
    if days < policy.go_live_gap_days:
        params: dict[str, Scalar] = {"days": days, "least": policy.go_live_gap_days}
        yield CollisionCode.GO_LIVES_CLOSE, other, service.key, params


def _with_windows(entry: Entry, others: Sequence[Entry], service: ServiceFacts) -> Iterator[Found]:
    """A service that has maintenance windows is changed within one, or within touching ones."""
    windows = sorted(
        (
            other
            for other in others
            if other.kind is EntryKind.MAINTENANCE and _covers(other, service)
        ),
        key=lambda window: window.start,
    )
    if not windows:
        return
    reached, last = entry.start, None
    for window in windows:
        if window.start <= reached < window.end:
            reached, last = window.end, window
    if last is None:
        yield CollisionCode.OUTSIDE_WINDOW, None, service.key, {}
    elif reached < entry.end:
        over = epoch(entry.end) - epoch(reached)
        yield CollisionCode.OVERRUNS_WINDOW, last, service.key, {"seconds_over": over}


def _covers(entry: Entry, service: ServiceFacts) -> bool:
    return service.key in entry.services or bool(entry.units & service.units)


def _reach(entry: Entry, service: ServiceFacts) -> str | None:
    """How an entry comes to concern a service: its own, inherited from a unit, or upstream."""
    if service.key in entry.services:
        return "own"
    if entry.units & service.units:
        return "inherited"
    return "upstream" if entry.services & service.upstream else None


def _turns(entry: Entry, others: Sequence[Entry], policy: CollisionPolicy) -> Iterator[datetime]:
    """Instants at which an obstacle may end: a free slot moved earlier stops at one of them."""
    for other in others:
        yield other.start if other.kind is EntryKind.MAINTENANCE else other.end
        if entry.kind is other.kind is EntryKind.GO_LIVE:
            free_from = _day(other, policy) + timedelta(days=policy.go_live_gap_days)
            yield local_day_bounds(policy.zone, free_from)[0]


def _day(entry: Entry, policy: CollisionPolicy) -> date:
    return local_day(policy.zone, entry.start)
