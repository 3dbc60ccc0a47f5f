"""The course of a measure: its last readings, their natural limits, and what stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from common.domain.xmr import Grade, grade, limits

SHOWN = 20
"""Readings in a sparkline; limits stand on the same readings, so that what is drawn is judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The readings of a measure in order of day, and what its owner wants of it."""

    measure_id: int
    name: str
    is_lower_better: bool
    target: Decimal | None
    days: tuple[date, ...]
    values: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Mean and natural limits of the last readings; None of them under five readings.

    `signals` are positions outside the limits with whether that is better. `is_trial`: fewer
    than twelve readings. Source: bridge 6.3 (XmR, mean ± 2.66 × mean moving range).
    """

    values: tuple[Decimal, ...]
    days: tuple[date, ...]
    mean: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    signals: tuple[tuple[int, bool], ...]
    is_trial: bool
    target: Decimal | None
    last_misses_target: bool

    @property
    def last_is_worse(self) -> bool:
        """Whether the newest reading lies outside the limits on the worse side."""
        return (len(self.values) - 1, False) in self.signals

    @property
    def variation(self) -> str:
        """What the newest reading is: ``ordinary``, or a signal such as ``worse_up``.

        The second word is the data's direction, the first whether that is wanted.
        """
        good = dict(self.signals).get(len(self.values) - 1)
        if good is None or self.upper is None:
            return "ordinary"
        return f"{'better' if good else 'worse'}_{'up' if self.values[-1] > self.upper else 'down'}"

    @property
    def last(self) -> Decimal | None:
        """The newest reading."""
        return self.values[-1] if self.values else None


def trend(course: Course) -> Trend:
    """Return the trend of a measure over its last twenty readings."""
    values, days = course.values[-SHOWN:], course.days[-SHOWN:]
    found = limits(values) if values else None
    signals = []
    if found is not None:
        for at, value in enumerate(values):
            if value > found.upper:
                signals.append((at, not course.is_lower_better))
            elif value < found.lower:
                signals.append((at, course.is_lower_better))
    return Trend(
        values=values,
        days=days,
        mean=found.centre if found else None,
        lower=found.lower if found else None,
        upper=found.upper if found else None,
        signals=tuple(signals),
        is_trial=grade(len(values)) in {Grade.NONE, Grade.TRIAL},
        target=course.target,
        last_misses_target=_misses(course, values),
    )


def _misses(course: Course, values: Sequence[Decimal]) -> bool:
    if not values or course.target is None:
        return False
    if course.is_lower_better:
        return values[-1] > course.target
    return values[-1] < course.target
