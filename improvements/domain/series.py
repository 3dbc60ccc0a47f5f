"""Dated readings of a measure: windows, points per period, stability, trend, re-bucketing.

Formulas: docs/domain/verdict.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import erfc, exp, sqrt

from common.domain.figure import Figure, quotient, require_finite
from common.domain.refusal import Refusal
from improvements.domain.ranks import mid_ranks

TREND_ALPHA = 0.01
SHIFT_ALPHA = 0.05
WEEK = timedelta(days=7)


class SeriesError(Refusal):
    """``not_a_number``, ``weight_not_positive``, ``window_reversed``, ``periods_overlap``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Half-open days: ``start`` belongs to it, ``end`` does not."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a window that ends before it starts; an empty one is allowed."""
        if self.end < self.start:
            raise SeriesError("window_reversed", start=str(self.start), end=str(self.end))

    def holds(self, other: "Window") -> bool:
        """Return whether the other window lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: "Window") -> bool:
        """Return whether the two share a day."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a measure over a period. ``weight``: how much it counts when readings merge
    (the number of cases behind a mean); 1 where every reading counts alike."""

    period: Window
    value: Decimal
    weight: Decimal = Decimal(1)

    def __post_init__(self) -> None:
        """Refuse what is not a number, and a weight that is not above zero."""
        require_finite(SeriesError, value=self.value, weight=self.weight)
        if self.weight <= 0:
            raise SeriesError("weight_not_positive", weight=str(self.weight))


def one_per_period(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return one reading per period in time order: the weighted mean of those that share it.

    The order in which readings come never matters. Raises SeriesError ``periods_overlap`` when
    two different periods share a day: such values are not comparable points.
    """
    shared: defaultdict[tuple[date, date], list[Reading]] = defaultdict(list)
    for reading in readings:
        shared[reading.period.start, reading.period.end].append(reading)
    points = [_merged(group[0].period, group) for _, group in sorted(shared.items())]
    for earlier, later in pairwise(points):
        if earlier.period.touches(later.period):
            raise SeriesError(
                "periods_overlap", first=str(earlier.period.start), second=str(later.period.start)
            )
    return tuple(points)


def _merged(period: Window, group: Sequence[Reading]) -> Reading:
    weight = sum((reading.weight for reading in group), Decimal(0))
    whole = sum((reading.value * reading.weight for reading in group), Decimal(0))
    return Reading(period=period, value=whole / weight, weight=weight)


def weekly(points: Sequence[Reading], window: Window, *, from_end: bool) -> tuple[Reading, ...]:
    """Return the points merged into seven-day blocks laid from one end of the window.

    A block that sticks out of the window is left out, so that no week is a part of one.
    """
    blocks = []
    step = -WEEK if from_end else WEEK
    start = window.end - WEEK if from_end else window.start
    while window.start <= start and start + WEEK <= window.end:
        block = Window(start=start, end=start + WEEK)
        inside = [point for point in points if block.holds(point.period)]
        if inside:
            blocks.append(_merged(block, inside))
        start += step
    return tuple(reversed(blocks) if from_end else blocks)


def is_finer_than_weekly(points: Sequence[Reading]) -> bool:
    """Return whether every point covers less than a week."""
    return bool(points) and all(p.period.end - p.period.start < WEEK for p in points)


def autocorrelation(values: Sequence[Decimal]) -> Figure:
    """Return r1, how much each value resembles the one before: -1..1.

    r1 = sum (x(i) - m)(x(i+1) - m) / sum (x(i) - m)^2 with m the mean. Undefined
    ``constant_series`` when nothing varies. Source: Box and Jenkins.
    """
    mean = sum(values, Decimal(0)) / max(len(values), 1)
    away = [value - mean for value in values]
    lagged = sum((a * b for a, b in pairwise(away)), Decimal(0))
    return quotient(lagged, sum((a * a for a in away), Decimal(0)), "constant_series")


def is_autocorrelated(values: Sequence[Decimal]) -> bool:
    """Return whether |r1| > 2 / sqrt(n): the values are not independent (bridge 6.4)."""
    r1 = autocorrelation(values).value
    return r1 is not None and r1 * r1 * len(values) > 4


def has_trend(values: Sequence[Decimal]) -> bool:
    """Return whether Mann and Kendall's test finds a trend (two-sided p < 0.01).

    Normal form with tie and continuity correction, good from ten values. Source: Kendall 1975.
    """
    n = len(values)
    score = sum((b > a) - (b < a) for i, b in enumerate(values) for a in values[:i])
    ties = [values.count(value) for value in set(values)]
    variance = n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)
    if variance <= 0:
        return False
    z = max(abs(score) - 1, 0) / sqrt(variance / 18)
    return erfc(z / sqrt(2)) < TREND_ALPHA


def has_shift(values: Sequence[Decimal]) -> bool:
    """Return whether Pettitt's test finds a change of level (p < 0.05).

    K = max over t of |2 (R1 + .. + Rt) - t (n + 1)|, p = 2 exp(-6 K^2 / (n^3 + n^2)), with R the
    mid-ranks. Source: Pettitt 1979. Conservative: on twelve steady values it errs in 1 of 120.
    """
    n = len(values)
    running, largest = Decimal(0), Decimal(0)
    for t, rank in enumerate(mid_ranks(values), start=1):
        running += rank
        largest = max(largest, abs(2 * running - t * (n + 1)))
    return n > 1 and 2 * exp(-6 * float(largest) ** 2 / (n**3 + n**2)) < SHIFT_ALPHA


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The least-squares line through a baseline, and how later points lie against it.

    ``slope_per_period`` is per median step between baseline points. ``difference``: the mean of
    the later points minus the line carried on; None without later points.
    """

    slope_per_period: Decimal
    difference: Decimal | None


def project(before: Sequence[Reading], after: Sequence[Reading]) -> Trend | None:
    """Return the baseline's trend carried on to the later points; None under two points.

    Time is counted in days, so a settling gap is bridged at the baseline's own pace.
    """
    if len(before) < 2:
        return None
    origin = before[0].period.start
    times = [Decimal((point.period.start - origin).days) for point in before]
    mean_time = sum(times, Decimal(0)) / len(times)
    mean_value = sum((point.value for point in before), Decimal(0)) / len(before)
    spread = sum(((t - mean_time) ** 2 for t in times), Decimal(0))
    cross = sum(((t - mean_time) * p.value for t, p in zip(times, before, strict=True)), Decimal(0))
    slope = cross / spread
    steps = sorted(b - a for a, b in pairwise(times))
    left = [
        p.value - mean_value - slope * ((p.period.start - origin).days - mean_time) for p in after
    ]
    return Trend(
        slope_per_period=slope * steps[len(steps) // 2],
        difference=sum(left, Decimal(0)) / len(left) if left else None,
    )
