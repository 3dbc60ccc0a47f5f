"""The sweep over a period that gives every piece of agreed time its code."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from common.domain.localtime import epoch, instant
from services.domain.availability.figures import (
    Availability,
    Piece,
    PieceCode,
    figures,
    ratio,
)
from services.domain.availability.terms import (
    AvailabilityError,
    AvailabilityPolicy,
    Outage,
    OutageKind,
    Overlap,
    Treatment,
)

NO_AGREED_TIME, NOTHING_KNOWN = "no_agreed_time", "nothing_known"


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    outage: Outage


def measure(
    outages: Sequence[Outage],
    *,
    policy: AvailabilityPolicy,
    start: datetime,
    end: datetime,
    as_of: datetime,
    unknown: Sequence[tuple[datetime, datetime]] = (),
) -> Availability:
    """Return the availability of ``[start, end)`` as known at ``as_of``.

    An open outage lasts until ``as_of``. ``unknown`` are half-open intervals nobody watched; a
    recorded outage in one is known all the same. Experienced counts every outage in full over
    all agreed hours. Raises AvailabilityError ``interval_reversed``, ``outage_repeated``;
    CalendarError for naive or far instants.
    """
    lower, upper = epoch(start), min(epoch(end), epoch(as_of))
    if epoch(end) < lower:
        raise AvailabilityError("interval_reversed", key="")
    upper = max(lower, upper)
    spans = _clipped(outages, lower, upper)
    pieces = tuple(_pieces(spans, _unwatched(unknown), policy, lower, upper))
    seconds = dict.fromkeys(PieceCode, 0)
    for piece in pieces:
        seconds[piece.code] += piece.open_seconds
    total = sum(seconds.values())
    known = total - seconds[PieceCode.UNKNOWN]
    empty = _empty(pieces, known)
    return Availability(
        start=instant(lower),
        end=instant(upper),
        open_seconds=total,
        unknown_seconds=total - known,
        agreed=figures(
            known - seconds[PieceCode.REMOVED],
            policy.degraded_weight * seconds[PieceCode.DEGRADED] + seconds[PieceCode.DOWN],
            _breaks([span for span in spans if _is_break(span, policy)], policy),
            empty=empty,
        ),
        experienced=figures(
            known, Decimal(known - seconds[PieceCode.UP]), _breaks(spans, policy), empty=empty
        ),
        coverage=ratio(known, total, NO_AGREED_TIME),
        pieces=pieces,
        policy=policy,
    )


def _empty(pieces: Sequence[Piece], known: int) -> str:
    """Why there is no service time: nobody watched any, or none was agreed or left agreed."""
    return NOTHING_KNOWN if pieces and not known else NO_AGREED_TIME


def _clipped(outages: Sequence[Outage], lower: int, upper: int) -> list[_Span]:
    """The parts of outages within the period, in order of start."""
    keys: set[str] = set()
    spans = []
    for outage in outages:
        if outage.key in keys:
            raise AvailabilityError("outage_repeated", key=outage.key)
        keys.add(outage.key)
        end = upper if outage.end is None else min(epoch(outage.end), upper)
        begun = max(epoch(outage.start), lower)
        if begun < end:
            spans.append(_Span(begun, end, outage))
    return sorted(spans, key=lambda span: (span.start, span.end, span.outage.key))


def _unwatched(unknown: Sequence[tuple[datetime, datetime]]) -> list[tuple[int, int]]:
    intervals = [(epoch(start), epoch(end)) for start, end in unknown]
    if any(end < start for start, end in intervals):
        raise AvailabilityError("interval_reversed", key="")
    return intervals


def _pieces(
    spans: Sequence[_Span],
    unknown: Sequence[tuple[int, int]],
    policy: AvailabilityPolicy,
    lower: int,
    upper: int,
) -> Iterator[Piece]:
    """Sweep the period from edge to edge, knowing at each what lies over it."""
    edges = _edges(spans, unknown, lower, upper)
    active: dict[str, Outage] = {}
    blind = 0
    at = lower
    for edge in sorted(edges):
        if edge > at:
            piece = _piece(at, edge, list(active.values()), policy, is_blind=blind > 0)
            if piece.open_seconds:
                yield piece
            at = edge
        for begins, outage in edges[edge]:
            if outage is None:
                blind += 1 if begins else -1
            elif begins:
                active[outage.key] = outage
            else:
                del active[outage.key]


def _edges(
    spans: Sequence[_Span], unknown: Sequence[tuple[int, int]], lower: int, upper: int
) -> dict[int, list[tuple[bool, Outage | None]]]:
    """What begins (True) and ends at each second; None stands for time nobody watched."""
    edges: dict[int, list[tuple[bool, Outage | None]]] = {lower: [], upper: []}
    stretches: list[tuple[int, int, Outage | None]] = [(s.start, s.end, s.outage) for s in spans]
    stretches += [(max(start, lower), min(end, upper), None) for start, end in unknown]
    for start, end, outage in stretches:
        if start < end:
            edges.setdefault(start, []).append((True, outage))
            edges.setdefault(end, []).append((False, outage))
    return edges


def _piece(
    start: int, end: int, over: list[Outage], policy: AvailabilityPolicy, *, is_blind: bool
) -> Piece:
    return Piece(
        start=instant(start),
        end=instant(end),
        open_seconds=policy.hours.open_seconds_epoch(start, end),
        code=_code(over, policy, is_blind=is_blind),
        outages=tuple(sorted(outage.key for outage in over)),
    )


def _code(over: list[Outage], policy: AvailabilityPolicy, *, is_blind: bool) -> PieceCode:
    """What counts most decides; a recorded outage makes an unwatched stretch known."""
    if not over:
        return PieceCode.UNKNOWN if is_blind else PieceCode.UP
    treated = {(policy.treatment(outage), outage.kind is OutageKind.DEGRADED) for outage in over}
    if (Treatment.COUNT, False) in treated:
        return PieceCode.DOWN
    if (Treatment.COUNT, True) in treated:
        return PieceCode.DEGRADED
    is_excused = any(treatment is Treatment.EXCUSE for treatment, _ in treated)
    return PieceCode.EXCUSED if is_excused else PieceCode.REMOVED


def _is_break(span: _Span, policy: AvailabilityPolicy) -> bool:
    counts = policy.treatment(span.outage) is Treatment.COUNT
    return counts and (span.outage.kind is not OutageKind.DEGRADED or policy.degraded_is_break)


def _breaks(spans: Sequence[_Span], policy: AvailabilityPolicy) -> int:
    """Count the breaks with any open second; spans come in order of start."""
    stretches: list[tuple[int, int]] = []
    for span in spans:
        is_joined = policy.overlap is Overlap.UNION and stretches and span.start <= stretches[-1][1]
        if is_joined:
            stretches[-1] = stretches[-1][0], max(stretches[-1][1], span.end)
        else:
            stretches.append((span.start, span.end))
    return sum(policy.hours.open_seconds_epoch(*stretch) > 0 for stretch in stretches)
