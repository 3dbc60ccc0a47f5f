"""Benchmarks of schedules, their files and their simulation, each against its floor.

``run()`` returns rows of name, value, unit, floor and ratio. All are times: the floor is the
bare work no engine can avoid, the ratio value over floor, and the name says the target.
"""

import io
import random
import time
from collections.abc import Callable
from datetime import datetime
from typing import TypedDict
from xml.etree.ElementTree import iterparse

import numpy as np

from common.domain.worktime import Segment
from exchange.formats import mspdi, mspdi_writer
from exchange.formats.mspdi_codes import minutes_of, tenths_of
from exchange.formats.schedule_file import ScheduleFile
from exchange.formats.schedule_values import decimal_of, moment_of
from projects.domain.schedule import Link, Plan, PlanCalendar, Schedule, Task, schedule
from projects.domain.simulation import Activity, Dependency, Estimate, simulate

TASKS = 20_000
SIMULATED = 1_000
SAMPLES = 10_000
ROUNDS = 5
ALWAYS_WRITTEN = """
Type CreateDate OutlineNumber Priority Work ResumeValid EffortDriven Recurring OverAllocated
Estimated DisplayAsSummary IsSubproject IsSubprojectReadOnly ExternalTask StartVariance
FinishVariance WorkVariance StartSlack FinishSlack FixedCost FixedCostAccrual PercentWorkComplete
Cost OvertimeCost OvertimeWork ActualDuration ActualCost ActualOvertimeCost ActualWork
ActualOvertimeWork RegularWork RemainingCost RemainingWork RemainingOvertimeCost
RemainingOvertimeWork ACWP CV LevelAssignments LevelingCanSplit LevelingDelay LevelingDelayFormat
HideBar Rollup BCWS BCWP PhysicalPercentComplete EarnedValueMethod IsPublished CommitmentType
"""
START = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - plan time has no zone


class Row(TypedDict):
    """One measured time beside the floor it is held against."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float


def run() -> list[Row]:
    """Return the measured rows; the best of five rounds, in seconds of one core."""
    plan = _plan(TASKS)
    rows = [
        _row(
            f"schedule: {TASKS:,} tasks with calendars (target 1.0 s; floor: bare critical path)",
            lambda: schedule(plan),
            lambda: _bare_critical_path(plan),
        )
    ]
    content = _document(schedule(_plan(2_000)))
    rows.append(
        _row(
            f"mspdi: read {len(content) / 1e6:.1f} MB (target 2.5 x; floor: bare iterparse)",
            lambda: _read(content),
            lambda: _bare_iterparse(content),
        )
    )
    activities, links = _uncertain(SIMULATED)
    rows.append(
        _row(
            f"simulation: {SIMULATED:,} tasks x {SAMPLES:,} samples (target 1.0 s; floor: as many"
            " uniform draws)",
            lambda: simulate(activities, links, seed=1, samples=SAMPLES),
            lambda: np.random.default_rng(1).random((SIMULATED, SAMPLES)),
        )
    )
    return rows


def _row(name: str, work: Callable[[], object], bare: Callable[[], object]) -> Row:
    """Time both in turn, so that a busy moment of the machine meets both alike."""
    rounds = [(_timed(work), _timed(bare)) for _ in range(ROUNDS)]
    value, floor = (min(times) for times in zip(*rounds, strict=True))
    return Row(name=name, value=value, unit="s", floor=floor, ratio=value / floor)


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _plan(count: int) -> Plan:
    """A layered plan with two links a task, three calendars and a holiday."""
    draw = random.Random(7)
    hours = (Segment(480, 720), Segment(780, 1020))
    week = dict.fromkeys(range(5), hours)
    calendars = {
        "std": PlanCalendar(week=week, exceptions={datetime(2026, 5, 1).date(): ()}),  # noqa: DTZ001 - a date
        "six": PlanCalendar(week=dict.fromkeys(range(6), hours)),
        "shift": PlanCalendar(week=dict.fromkeys(range(7), (Segment(360, 1320),))),
    }
    tasks = tuple(
        Task(
            uid=str(number),
            duration=60 * draw.randint(1, 24),
            calendar=draw.choice((None, None, None, "six", "shift")),
        )
        for number in range(1, count + 1)
    )
    links = tuple(
        Link(predecessor=str(draw.randint(max(1, number - 200), number - 1)), successor=str(number))
        for number in range(2, count + 1)
        for _ in range(2)
    )
    return Plan(start=START, calendar="std", calendars=calendars, tasks=tasks, links=links)


def _bare_critical_path(plan: Plan) -> int:
    """Two passes over whole numbers: no calendars, lags, dates, floats or results."""
    places = {task.uid: place for place, task in enumerate(plan.tasks)}
    before: list[list[int]] = [[] for _ in plan.tasks]
    for link in plan.links:
        before[places[link.successor]].append(places[link.predecessor])
    finish = [0] * len(plan.tasks)
    for place, task in enumerate(plan.tasks):
        finish[place] = max((finish[p] for p in before[place]), default=0) + task.duration
    late = [max(finish)] * len(plan.tasks)
    for place in range(len(plan.tasks) - 1, -1, -1):
        start = late[place] - plan.tasks[place].duration
        for earlier in before[place]:
            late[earlier] = min(late[earlier], start)
    return sum(a == b for a, b in zip(late, finish, strict=True))


def _document(computed: Schedule) -> bytes:
    """A file as MS Project saves it: every task with the fields it always writes besides."""
    file = ScheduleFile(format="mspdi", title="bench", plan=computed.plan)
    content = mspdi_writer.write(file, computed=computed).content
    idle = "".join(f"<{name}>0</{name}>" for name in ALWAYS_WRITTEN.split()).encode()
    return content.replace(b"</Task>", idle + b"</Task>")


def _read(content: bytes) -> None:
    for memory in (minutes_of, moment_of, decimal_of, tenths_of):
        memory.cache_clear()
    mspdi.read(io.BytesIO(content))


def _bare_iterparse(content: bytes) -> None:
    for _, element in iterparse(io.BytesIO(content)):
        element.clear()


def _uncertain(count: int) -> tuple[list[Activity], list[Dependency]]:
    draw = random.Random(2)
    activities = []
    for number in range(count):
        low, likely, high = sorted(draw.uniform(1, 20) for _ in range(3))
        estimate = Estimate(low=low, likely=likely, high=high)
        activities.append(Activity(uid=str(number), estimate=estimate))
    links = [
        Dependency(before=str(draw.randint(max(0, number - 50), number - 1)), after=str(number))
        for number in range(1, count)
        for _ in range(2)
    ]
    return activities, links


def main() -> None:
    """Print the rows."""
    for row in run():
        print(f"{row['name']}: {row['value']:.3f} {row['unit']}, {row['ratio']:.1f} x floor")


if __name__ == "__main__":
    main()
