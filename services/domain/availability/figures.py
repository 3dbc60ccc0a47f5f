"""What a period's availability is: pieces with codes, and the figures that are sums over them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from services.domain.availability.terms import AvailabilityPolicy


class PieceCode(StrEnum):
    """What a piece of agreed time was."""

    UP = "up"
    DOWN = "down"
    DEGRADED = "degraded"
    EXCUSED = "excused"
    REMOVED = "removed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the period with its open seconds, what it was, and the outages that made it."""

    start: datetime
    end: datetime
    open_seconds: int
    code: PieceCode
    outages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure that may not exist: its value, or the code of the reason it has none."""

    value: Decimal | None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One way of counting.

    A = (T - D) / T over the known agreed service time T, with weighted downtime D; availability
    is a ratio, the mean times are seconds: MTBSI = T / breaks = MTBF + MTRS,
    MTBF = (T - D) / breaks, MTRS = D / breaks.
    """

    service_seconds: int
    down_seconds: Decimal
    breaks: int
    availability: Measure

    @property
    def mtbf_seconds(self) -> Measure:
        """Mean time between failures: up after one and until the next."""
        return self._per_break(self.service_seconds - self.down_seconds)

    @property
    def mtrs_seconds(self) -> Measure:
        """Mean time to restore service."""
        return self._per_break(self.down_seconds)

    @property
    def mtbsi_seconds(self) -> Measure:
        """Mean time between service incidents: from one start to the next."""
        return self._per_break(self.service_seconds)

    def _per_break(self, seconds: Decimal | int) -> Measure:
        """Without a break a mean time is undefined, never infinite."""
        return ratio(seconds, self.breaks, self.availability.reason or "no_break_in_period")


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """Both truths of a period: with the agreement applied, and with nothing excluded.

    ``end`` is the period's, or the instant it was read at when that came first. ``coverage`` is
    the known share of the agreed time. The open seconds of ``pieces`` sum to ``open_seconds``.
    """

    start: datetime
    end: datetime
    open_seconds: int
    unknown_seconds: int
    agreed: Figures
    experienced: Figures
    coverage: Measure
    pieces: tuple[Piece, ...]
    policy: AvailabilityPolicy


def ratio(part: Decimal | int, whole: int, reason: str) -> Measure:
    """Return part over whole, or no value with ``reason`` where the whole is zero."""
    return Measure(value=Decimal(part) / whole) if whole else Measure(value=None, reason=reason)


def figures(service_seconds: int, down_seconds: Decimal, breaks: int, *, empty: str) -> Figures:
    """Return availability and the three mean times of known service time and its downtime.

    ``empty`` is the reason where there is no service time at all. Source: ITIL Service Design by
    ITSkeptic node 706.
    """
    return Figures(
        service_seconds=service_seconds,
        down_seconds=down_seconds,
        breaks=breaks,
        availability=ratio(service_seconds - down_seconds, service_seconds, empty),
    )
