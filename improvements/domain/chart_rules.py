"""The named rule sets of a control chart, as data, and the signals they find.

Formulas: docs/domain/control_chart.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from common.domain.xmr import Direction, Limits, check_finite


class Shape(StrEnum):
    """What a rule looks for in a window of points. Rules about levels need limits to hold."""

    OUTSIDE = "outside"
    RUN = "run"
    BEYOND = "beyond"
    TREND = "trend"
    ALTERNATING = "alternating"
    INSIDE = "inside"
    AVOIDING = "avoiding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named rule: ``needed`` of ``window`` successive points, ``sigmas`` from the centre.

    ``same_side``: the whole window lies on one side of the centre, not only the needed points.
    """

    code: str
    shape: Shape
    window: int
    needed: int
    sigmas: int = 0
    same_side: bool = False


def _run(length: int) -> Rule:
    return Rule(code=f"run_of_{length}", shape=Shape.RUN, window=length, needed=length)


def _trend(length: int) -> Rule:
    return Rule(code=f"trend_of_{length}", shape=Shape.TREND, window=length, needed=length)


def _beyond(needed: int, window: int, sigmas: int, *, same_side: bool = False) -> Rule:
    return Rule(
        code=f"{needed}_of_{window}_beyond_{sigmas}_sigma",
        shape=Shape.BEYOND,
        window=window,
        needed=needed,
        sigmas=sigmas,
        same_side=same_side,
    )


_OUTSIDE = Rule(code="outside_limits", shape=Shape.OUTSIDE, window=1, needed=1, sigmas=3)


class RuleSet(StrEnum):
    """A published set of rules; the administrator chooses one by name."""

    NHS = "nhs_plot_the_dots"
    WESTERN_ELECTRIC = "western_electric"
    NELSON = "nelson"
    KPI_SIGNALS = "kpi_signals"


RULES: Mapping[RuleSet, tuple[Rule, ...]] = MappingProxyType(
    {
        RuleSet.NHS: (_OUTSIDE, _run(7), _trend(7), _beyond(2, 3, 2, same_side=True)),
        RuleSet.WESTERN_ELECTRIC: (_OUTSIDE, _beyond(2, 3, 2), _beyond(4, 5, 1), _run(8)),
        RuleSet.NELSON: (
            _OUTSIDE,
            _run(9),
            _trend(6),
            Rule(code="alternating_14", shape=Shape.ALTERNATING, window=14, needed=14),
            _beyond(2, 3, 2),
            _beyond(4, 5, 1),
            Rule(code="15_within_1_sigma", shape=Shape.INSIDE, window=15, needed=15, sigmas=1),
            Rule(code="8_outside_1_sigma", shape=Shape.AVOIDING, window=8, needed=8, sigmas=1),
        ),
        RuleSet.KPI_SIGNALS: (_OUTSIDE, _beyond(3, 4, 2, same_side=True), _run(7)),
    }
)
"""The rules of each set (bridge 6.3; KPI Signals: bridge section 3)."""


class Side(StrEnum):
    """Where a signal points; a rule about spread or rhythm has no side."""

    HIGH = "high"
    LOW = "low"
    NEITHER = "neither"


LEVEL_RULES = (_OUTSIDE, _run(8), _beyond(2, 3, 2, same_side=True))
"""The rules a verdict uses: about the level against a frozen baseline, none about trend or rhythm
within the new points. Their behaviour is simulated in bridge 6.4 and in the benchmarks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """A rule that fired on the points ``start`` to before ``end`` (positions from 0)."""

    rule: str
    side: Side
    start: int
    end: int

    def favours(self, direction: Direction) -> bool:
        """Return whether the signal points the better way."""
        return self.side is (Side.HIGH if direction is Direction.HIGHER else Side.LOW)


def signals(
    values: Sequence[Decimal], against: Limits, rules: Sequence[Rule]
) -> tuple[Signal, ...]:
    """Return every signal in the series against these limits, by rule and then by time.

    Overlapping windows of one rule and side are one signal. "Outside" and "beyond" are strict,
    and a point exactly on the centre is on neither side, so it ends a run.
    """
    check_finite(values)
    found: list[Signal] = []
    for rule in rules:
        for side in Side:
            starts = [
                i
                for i in range(len(values) - rule.window + 1)
                if _fires(rule, side, values[i : i + rule.window], against)
            ]
            found += _merge(rule, side, starts)
    return tuple(found)


def _fires(rule: Rule, side: Side, window: Sequence[Decimal], against: Limits) -> bool:
    if side is Side.NEITHER:
        judge = _SIDELESS.get(rule.shape)
        return judge is not None and judge(rule, window, against)
    sign = 1 if side is Side.HIGH else -1
    away = [sign * (value - against.centre) for value in window]
    # Thirds of the limits themselves, so that no rounding of sigma moves a border.
    reach = rule.sigmas * (against.upper - against.centre)
    match rule.shape:
        case Shape.OUTSIDE | Shape.BEYOND:
            beyond = sum(3 * distance > reach for distance in away)
            return beyond >= rule.needed and not (rule.same_side and min(away) <= 0)
        case Shape.RUN:
            return min(away) > 0
        case Shape.TREND:
            return all(b > a for a, b in pairwise(away))
        case _:
            return False


def _alternates(_rule: Rule, window: Sequence[Decimal], _against: Limits) -> bool:
    steps = [b - a for a, b in pairwise(window)]
    return all(a * b < 0 for a, b in pairwise(steps))


def _hugs(rule: Rule, window: Sequence[Decimal], against: Limits) -> bool:
    reach = rule.sigmas * (against.upper - against.centre)
    return all(3 * abs(value - against.centre) < reach for value in window)


def _avoids(rule: Rule, window: Sequence[Decimal], against: Limits) -> bool:
    reach = rule.sigmas * (against.upper - against.centre)
    return all(3 * abs(value - against.centre) > reach for value in window)


_SIDELESS: Mapping[Shape, Callable[[Rule, Sequence[Decimal], Limits], bool]] = MappingProxyType(
    {Shape.ALTERNATING: _alternates, Shape.INSIDE: _hugs, Shape.AVOIDING: _avoids}
)


def _merge(rule: Rule, side: Side, starts: Sequence[int]) -> list[Signal]:
    merged: list[Signal] = []
    for start in starts:
        joined = bool(merged) and start < merged[-1].end
        first = merged.pop().start if joined else start
        merged.append(Signal(rule=rule.code, side=side, start=first, end=start + rule.window))
    return merged
