"""Natural process limits of an XmR chart: centre, moving ranges, and how far to trust them.

Formulas: docs/domain/control_chart.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from common.domain.figure import require_finite
from common.domain.refusal import Refusal

TRIAL_FROM, USABLE_FROM, PREFERRED_FROM = 5, 12, 20
LIMIT_FACTOR = Decimal("2.66")
"""3 / d2 with d2 = 1.128 for ranges of two, in the textbook's two decimals."""
MEDIAN_FACTOR = Decimal("3.14")
RANGE_FACTOR = Decimal("3.267")


class ChartError(Refusal):
    """``not_a_number``, ``baseline_points_out_of_range``."""


class Direction(StrEnum):
    """Which way is better for a measure."""

    LOWER = "lower"
    HIGHER = "higher"

    @property
    def sign(self) -> int:
        """1 when higher is better, -1 when lower is."""
        return 1 if self is Direction.HIGHER else -1

    @property
    def opposite(self) -> "Direction":
        """The way that is worse."""
        return Direction.LOWER if self is Direction.HIGHER else Direction.HIGHER


class Grade(StrEnum):
    """How far limits can be trusted: under 5 points none, under 12 trial, 20 preferred."""

    NONE = "none"
    TRIAL = "trial"
    USABLE = "usable"
    PREFERRED = "preferred"


def grade(points: int) -> Grade:
    """Return the grade of limits made of so many points. Source: bridge 6.3."""
    if points < TRIAL_FROM:
        return Grade.NONE
    if points < USABLE_FROM:
        return Grade.TRIAL
    return Grade.USABLE if points < PREFERRED_FROM else Grade.PREFERRED


class RangeMethod(StrEnum):
    """What the limits stand on: the mean moving range, or its median (robust to a few jumps)."""

    MEAN = "mean"
    MEDIAN = "median"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Natural process limits of ``points`` values.

    ``moving_range`` is the mean (or median) moving range the limits stand on and
    ``range_limit`` 3.267 times the mean one. The lower limit is never clipped: a floor of the
    measure is a matter of display.
    """

    points: int
    centre: Decimal
    moving_range: Decimal
    lower: Decimal
    upper: Decimal
    range_limit: Decimal
    method: RangeMethod
    ranges_left_out: int

    @property
    def sigma(self) -> Decimal:
        """A third of the way from the centre to a limit."""
        return (self.upper - self.centre) / 3

    def shown_lower(self, floor: Decimal | None) -> Decimal:
        """Return where to draw the lower limit of a measure that cannot fall below ``floor``."""
        return self.lower if floor is None else max(self.lower, floor)


def moving_ranges(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return |x(i) - x(i-1)|, one fewer than the values."""
    return tuple(abs(b - a) for a, b in pairwise(values))


def limits(
    values: Sequence[Decimal],
    *,
    method: RangeMethod = RangeMethod.MEAN,
    drop_large_ranges: bool = False,
) -> Limits | None:
    """Return mean +/- 2.66 x mean moving range, or +/- 3.14 x the median one; None under 5 points.

    ``drop_large_ranges`` leaves out, once, moving ranges at or above 3.267 times their mean, so
    that a single jump does not widen the limits. Source: bridge 6.3.
    """
    check_finite(values)
    if grade(len(values)) is Grade.NONE:
        return None
    ranges = moving_ranges(values)
    kept = _without_large(ranges) if drop_large_ranges else ranges
    centre, mean_range = mean(values), mean(kept)
    if method is RangeMethod.MEAN:
        typical, width = mean_range, LIMIT_FACTOR * mean_range
    else:
        typical = median(kept)
        width = MEDIAN_FACTOR * typical
    return Limits(
        points=len(values),
        centre=centre,
        moving_range=typical,
        lower=centre - width,
        upper=centre + width,
        range_limit=RANGE_FACTOR * mean_range,
        method=method,
        ranges_left_out=len(ranges) - len(kept),
    )


def _without_large(ranges: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    cut = RANGE_FACTOR * mean(ranges)
    # A constant series has a cut of zero, and every one of its ranges would be "large".
    return tuple(r for r in ranges if r < cut) if cut else ranges


def mean(values: Sequence[Decimal]) -> Decimal:
    """Return the arithmetic mean of a series that has any values."""
    return sum(values, Decimal(0)) / len(values)


def median(values: Sequence[Decimal]) -> Decimal:
    """Return the middle value, or the mean of the two middle ones, of a series that has any."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def check_finite(values: Sequence[Decimal]) -> None:
    """Raise ChartError ``not_a_number`` naming the position of the first value that is none."""
    require_finite(ChartError, **{str(i): value for i, value in enumerate(values)})
