"""Benchmarks of business time and agreement clocks, each against its floor.

``run()`` returns rows of name, value, unit, floor and ratio (value over floor, so 1 or more
passes); ``main()`` prints them.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict

from common.domain.worktime import Segment, WorkCalendar
from services.domain.clock import (
    ClockAgreement,
    Event,
    Opened,
    OpenTime,
    PriorityChanged,
    StateChanged,
    read,
)

CLOCKS_FLOOR = 20_000
DUES_FLOOR = 200_000
SIZE = 20_000


class Row(TypedDict):
    """One measured figure beside the floor it is held against."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float


def run() -> list[Row]:
    """Return the measured rows; the best of three rounds, on one core."""
    calendar = _office_hours()
    histories = _histories(calendar)
    as_of = datetime(2025, 9, 1, 9, tzinfo=UTC)
    starts = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=17 * n) for n in range(SIZE)]

    def read_clocks() -> None:
        for events in histories:
            read(events, as_of)

    def reach_due() -> None:
        for start in starts:
            calendar.due(start, 40 * 3600)

    return [
        _row(
            "clock: read with pause, priority change and three warnings", read_clocks, CLOCKS_FLOOR
        ),
        _row("worktime: due in forty open hours", reach_due, DUES_FLOOR),
    ]


def main() -> None:
    """Print every row."""
    for row in run():
        print(
            f"{row['name']}: {row['value']:,.0f} {row['unit']}"
            f" (floor {row['floor']:,.0f}, x{row['ratio']:.2f})"
        )


def _row(name: str, work: Callable[[], None], floor: float) -> Row:
    work()
    best = min(_seconds(work) for _ in range(3))
    rate = SIZE / best
    return Row(name=name, value=rate, unit="per second", floor=floor, ratio=rate / floor)


def _seconds(work: Callable[[], None]) -> float:
    # The floors are per core, so what counts is the processor's time, not the clock's.
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _office_hours() -> WorkCalendar:
    day = (Segment(8 * 60, 12 * 60), Segment(13 * 60, 17 * 60))
    holidays = {date(2025, 1, 1): (), date(2025, 4, 18): (), date(2025, 5, 1): ()}
    return WorkCalendar("Europe/Stockholm", dict.fromkeys(range(5), day), holidays)


def _histories(calendar: WorkCalendar) -> list[list[Event]]:
    agreement = ClockAgreement(
        key="SLA-1",
        version=1,
        calendar=calendar,
        targets={p: OpenTime(p * 8 * 3600) for p in range(1, 6)},
        pauses_in=frozenset({"waiting"}),
    )
    histories: list[list[Event]] = []
    for number in range(SIZE):
        at = datetime(2025, 1, 1, 6, tzinfo=UTC) + timedelta(minutes=17 * number)
        later = [at + timedelta(hours=hours) for hours in (3, 7, 31, 55)]
        events: list[Event] = [
            Opened(at=at, state="new", priority=number % 5 + 1, agreement=agreement),
            StateChanged(at=later[0], state="waiting"),
            StateChanged(at=later[1], state="working"),
            PriorityChanged(at=later[2], priority=3),
        ]
        if number % 3:
            events.append(StateChanged(at=later[3], state="solved"))
        histories.append(events)
    return histories


if __name__ == "__main__":
    main()
