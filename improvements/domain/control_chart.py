"""A measure's control chart: limits, signals, and the two icons, variation and assurance.

The verdict on an improvement uses the same limits and rules against a frozen baseline.
Formulas: docs/domain/control_chart.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from common.domain.figure import require_finite
from common.domain.xmr import (
    ChartError,
    Direction,
    Grade,
    Limits,
    check_finite,
    grade,
    limits,
)
from improvements.domain.chart_rules import RULES, RuleSet, Side, Signal, signals


class Variation(StrEnum):
    """What the newest point says (the first of the two NHS icons)."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    COMMON_CAUSE = "common_cause"
    UNKNOWN = "unknown"


class Assurance(StrEnum):
    """Whether the process can be relied on to meet its target (the second icon)."""

    CONSISTENTLY_PASSES = "consistently_passes"
    HIT_AND_MISS = "hit_and_miss"
    CONSISTENTLY_FAILS = "consistently_fails"


def assurance(against: Limits, target: Decimal, direction: Direction) -> Assurance:
    """Return where the target lies: beyond the favourable limit the process consistently fails
    it, beyond the unfavourable one it consistently passes, between (limits included) it hits and
    misses. Limits are not goals."""
    require_finite(ChartError, target=target)
    if target < against.lower:
        failing = direction is Direction.LOWER
    elif target > against.upper:
        failing = direction is Direction.HIGHER
    else:
        return Assurance.HIT_AND_MISS
    return Assurance.CONSISTENTLY_FAILS if failing else Assurance.CONSISTENTLY_PASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChart:
    """A drawn chart's facts. ``limits`` is None, and nothing is a signal, under five points.

    ``cautions``: ``constant_series``, ``many_zeros`` (half the values or more: use time between
    events instead).
    """

    limits: Limits | None
    grade: Grade
    signals: tuple[Signal, ...]
    variation: Variation
    assurance: Assurance | None
    cautions: tuple[str, ...]


def chart(
    values: Sequence[Decimal],
    *,
    direction: Direction,
    rule_set: RuleSet = RuleSet.NHS,
    baseline_points: int | None = None,
    target: Decimal | None = None,
) -> ControlChart:
    """Return limits, signals, variation and assurance of a series in time order.

    ``baseline_points`` freezes the limits on the first so many points; by default all count.
    Raises ChartError ``baseline_points_out_of_range``, ``not_a_number``.
    """
    check_finite(values)
    count = len(values) if baseline_points is None else baseline_points
    if not 0 <= count <= len(values):
        raise ChartError("baseline_points_out_of_range", points=len(values), baseline=count)
    frozen = limits(values[:count])
    found = signals(values, frozen, RULES[rule_set]) if frozen else ()
    return ControlChart(
        limits=frozen,
        grade=grade(count),
        signals=found,
        variation=_variation(found, len(values), direction) if frozen else Variation.UNKNOWN,
        assurance=assurance(frozen, target, direction) if frozen and target is not None else None,
        cautions=_cautions(values),
    )


def _variation(found: Sequence[Signal], points: int, direction: Direction) -> Variation:
    newest = [s for s in found if s.end == points and s.side is not Side.NEITHER]
    if not newest:
        return Variation.COMMON_CAUSE
    # Of opposite signals the one nearest in time wins: the shortest window tells of today.
    shortest = max(newest, key=lambda signal: signal.start)
    return Variation.IMPROVEMENT if shortest.favours(direction) else Variation.CONCERN


def _cautions(values: Sequence[Decimal]) -> tuple[str, ...]:
    codes = []
    if len(values) > 1 and len(set(values)) == 1:
        codes.append("constant_series")
    if values and 2 * sum(value == 0 for value in values) >= len(values):
        codes.append("many_zeros")
    return tuple(codes)
