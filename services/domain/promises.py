"""The promise chain: can a service keep what it promises, given what it stands on?

Every link is compared with the promise above it, in a fixed order; the first broken one is
named. Conventions and sources: ``docs/domain/promises.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from common.domain.localtime import epoch, zone_info
from common.domain.refusal import Refusal, Scalar
from common.domain.worktime import CalendarError, WorkCalendar

HIGHEST_TIER = 1


class PromiseError(Refusal):
    """``availability_out_of_range``, ``target_not_positive``, ``tier_not_positive``,
    ``interval_reversed``, ``link_repeated``."""


class PromiseKind(StrEnum):
    """Who promises whom: provider to customer, team to team, supplier to provider."""

    SLA = "sla"
    OLA = "ola"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One agreement: its hours, its availability, and its targets in open seconds by name.

    ``ends_on`` is the first day it no longer holds, None without an end. Raises PromiseError.
    """

    key: str
    kind: PromiseKind
    hours: WorkCalendar
    availability: Decimal | None = None
    targets: Mapping[str, int] = field(default_factory=dict)
    ends_on: date | None = None

    def __post_init__(self) -> None:
        if self.availability is not None:
            _checked(self.availability)
        for name, seconds in self.targets.items():
            if seconds <= 0:
                raise PromiseError("target_not_positive", key=self.key, target=name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Something the service stands on: its tier, and what its provider has promised, if anything.

    A soft link is not checked: without it the service is worse, not broken.
    """

    key: str
    tier: int
    promise: Promise | None
    is_hard: bool = True

    def __post_init__(self) -> None:
        if self.tier < HIGHEST_TIER:
            raise PromiseError("tier_not_positive", key=self.key)


class FindingCode(StrEnum):
    """What is wrong with a link, in the order in which a link is checked."""

    NO_AGREEMENT = "no_agreement"
    ENDS_FIRST = "agreement_ends_first"
    HOURS_SHORT = "hours_short"
    TARGET_MISSING = "target_missing"
    TARGET_SHORT = "target_short"
    AVAILABILITY_MISSING = "availability_missing"
    AVAILABILITY_SHORT = "availability_short"
    TIER_LOWER = "tier_lower"
    MODEL_UNKNOWN = "modelled_availability_unknown"
    MODEL_SHORT = "modelled_availability_short"


_UNPROVEN = {
    FindingCode.TARGET_MISSING,
    FindingCode.AVAILABILITY_MISSING,
    FindingCode.MODEL_UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing wrong with the chain; ``link`` is None where it concerns the whole model."""

    code: FindingCode
    link: str | None
    params: Mapping[str, Scalar]

    @property
    def is_broken(self) -> bool:
        """Whether the promise cannot be kept, rather than cannot be shown to be kept."""
        return self.code not in _UNPROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseCheck:
    """Every finding, in order of the links; ``first_broken`` is the one to name."""

    promise: Promise
    findings: tuple[Finding, ...]

    @property
    def first_broken(self) -> Finding | None:
        """The first finding that breaks the promise."""
        return next((finding for finding in self.findings if finding.is_broken), None)

    @property
    def is_kept(self) -> bool | None:
        """True when nothing was found, False when broken, None when it cannot be shown."""
        if self.first_broken is not None:
            return False
        return None if self.findings else True


def check_promise(
    promise: Promise,
    *,
    tier: int,
    links: Sequence[Link],
    start: datetime,
    end: datetime,
    modelled: Decimal | None = None,
    is_modelled: bool = False,
) -> PromiseCheck:
    """Return what breaks, or leaves unproven, a promise over ``[start, end)``.

    Calendars are compared hour by hour within that span, so take some weeks. ``modelled`` is the
    compound availability of everything the service stands on; with ``is_modelled`` and no value
    it is unknown. Raises PromiseError ``interval_reversed``, ``link_repeated``.
    """
    if epoch(end) <= epoch(start):
        raise PromiseError("interval_reversed", start=start.isoformat(), end=end.isoformat())
    findings: list[Finding] = []
    seen: set[str] = set()
    for link in links:
        if link.key in seen:
            raise PromiseError("link_repeated", key=link.key)
        seen.add(link.key)
        if link.is_hard:
            findings += _of_link(promise, tier, link, start, end)
    if promise.availability is not None and (is_modelled or modelled is not None):
        findings += _of_model(promise.availability, modelled)
    return PromiseCheck(promise=promise, findings=tuple(findings))


def _of_link(
    promise: Promise, tier: int, link: Link, start: datetime, end: datetime
) -> Iterator[Finding]:
    under = link.promise
    if under is None:
        yield Finding(code=FindingCode.NO_AGREEMENT, link=link.key, params={})
    else:
        for code, params in _of_agreement(promise, under, start, end):
            facts = {"agreement": under.key, "kind": under.kind.value, **params}
            yield Finding(code=code, link=link.key, params=facts)
    if tier == HIGHEST_TIER < link.tier:
        tiers = {"tier": tier, "link_tier": link.tier}
        yield Finding(code=FindingCode.TIER_LOWER, link=link.key, params=tiers)


Found = tuple[FindingCode, dict[str, Scalar]]


def _of_agreement(
    promise: Promise, under: Promise, start: datetime, end: datetime
) -> Iterator[Found]:
    until = promise.ends_on or end.astimezone(zone_info(promise.hours.zone)).date()
    if under.ends_on is not None and under.ends_on < until:
        yield FindingCode.ENDS_FIRST, {"ends_on": str(under.ends_on), "needed_until": str(until)}
    yield from _of_hours(promise.hours, under.hours, start, end)
    for name, seconds in promise.targets.items():
        yield from _of_target(promise, under, name, seconds, (start, end))
    if promise.availability is not None:
        yield from _of_availability(promise.availability, under.availability)


def _of_hours(
    promised: WorkCalendar, under: WorkCalendar, start: datetime, end: datetime
) -> Iterator[Found]:
    """The first stretch promised above and not covered below, and how much there is in all."""
    gaps = list(_uncovered(promised, under, start, end))
    if not gaps:
        return
    seconds = sum((b - a) // timedelta(seconds=1) for a, b in gaps)
    zone = zone_info(promised.zone)
    first_from, first_until = (at.astimezone(zone).isoformat() for at in gaps[0])
    yield (
        FindingCode.HOURS_SHORT,
        {"from": first_from, "until": first_until, "uncovered_seconds": seconds},
    )


def _uncovered(
    promised: WorkCalendar, under: WorkCalendar, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    for begun, done in promised.intervals(start, end):
        at = begun
        for opening, closing in under.intervals(begun, done):
            if opening > at:
                yield at, opening
            at = closing
        if at < done:
            yield at, done


def _of_target(
    promise: Promise, under: Promise, name: str, seconds: int, span: tuple[datetime, datetime]
) -> Iterator[Found]:
    supported = under.targets.get(name)
    if supported is None:
        yield FindingCode.TARGET_MISSING, {"target": name, "promised_seconds": seconds}
        return
    worst = _latest(promise.hours, seconds, under.hours, supported, span)
    if worst is not None:
        opened, late = worst
        yield (
            FindingCode.TARGET_SHORT,
            {
                "target": name,
                "promised_seconds": seconds,
                "supported_seconds": supported,
                "opened_at": opened.isoformat(),
                "late_seconds": late,
            },
        )


def _latest(
    promised: WorkCalendar,
    seconds: int,
    under: WorkCalendar,
    supported: int,
    span: tuple[datetime, datetime],
) -> tuple[datetime, int | None] | None:
    """The opening in the span for which the lower target comes latest after the upper one.

    Both dues are piecewise linear in the opening instant and bend only where a calendar opens
    or closes, then or at the due; so those instants hold the worst case.
    """
    worst: tuple[datetime, int | None] | None = None
    for opened in sorted(_bends(promised, seconds, span) | _bends(under, supported, span)):
        try:
            due = promised.due(opened, seconds)
        except CalendarError:
            return None
        try:
            late = (under.due(opened, supported) - due) // timedelta(seconds=1)
        except CalendarError:
            return opened, None
        if late > 0 and (worst is None or late > (worst[1] or 0)):
            worst = opened, late
    return worst


def _bends(calendar: WorkCalendar, seconds: int, span: tuple[datetime, datetime]) -> set[datetime]:
    start, end = span
    try:
        until = calendar.due(end, seconds)
    except CalendarError:
        until = end
    edges = {edge for interval in calendar.intervals(start, until) for edge in interval}
    images = set()
    for edge in edges:
        try:
            images.add(calendar.back(edge, seconds))
        except CalendarError:
            continue
    # The second after a bend is looked at too: at a close itself due is still the close.
    bends = {start, *edges, *images}
    bends |= {bend + timedelta(seconds=1) for bend in bends}
    return {bend for bend in bends if start <= bend < end}


def _of_availability(promised: Decimal, under: Decimal | None) -> Iterator[Found]:
    if under is None:
        yield FindingCode.AVAILABILITY_MISSING, {"promised": str(promised)}
    elif under < promised:
        yield FindingCode.AVAILABILITY_SHORT, {"promised": str(promised), "supported": str(under)}


def _of_model(promised: Decimal, modelled: Decimal | None) -> Iterator[Finding]:
    if modelled is None:
        params: dict[str, Scalar] = {"promised": str(promised)}
        yield Finding(code=FindingCode.MODEL_UNKNOWN, link=None, params=params)
    elif _checked(modelled) < promised:
        params = {"promised": str(promised), "modelled": str(modelled)}
        yield Finding(code=FindingCode.MODEL_SHORT, link=None, params=params)


def _checked(availability: Decimal) -> Decimal:
    if not availability.is_finite() or not 0 <= availability <= 1:
        raise PromiseError("availability_out_of_range", value=str(availability))
    return availability
