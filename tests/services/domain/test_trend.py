"""The newest reading against the natural limits: which way, and whether that is wanted."""

import datetime as dt
from decimal import Decimal

import pytest

from services.domain.trend import Course, trend

STEADY = [24, 26, 23, 25, 27, 22, 24, 26, 25, 23, 24, 25]


def course(last: int, *, is_lower_better: bool) -> Course:
    values = [*STEADY, last]
    start = dt.date(2026, 1, 5)
    return Course(
        measure_id=1,
        name="Hours to restore",
        is_lower_better=is_lower_better,
        target=None,
        days=tuple(start + dt.timedelta(weeks=n) for n in range(len(values))),
        values=tuple(Decimal(value) for value in values),
    )


@pytest.mark.parametrize(
    ("last", "is_lower_better", "variation"),
    [
        (25, True, "ordinary"),
        (60, True, "worse_up"),
        (60, False, "better_up"),
        (1, True, "better_down"),
        (1, False, "worse_down"),
    ],
)
def test_a_signal_says_its_direction_and_whether_it_is_wanted(
    last: int, is_lower_better: bool, variation: str
) -> None:
    assert trend(course(last, is_lower_better=is_lower_better)).variation == variation
