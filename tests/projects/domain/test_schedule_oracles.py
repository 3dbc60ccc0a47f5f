"""Worked examples of the network computation, each with its source."""

from datetime import datetime as at

import pytest

from common.domain.worktime import Segment
from projects.domain.schedule import Lag, Link, LinkKind, Plan, PlanCalendar, Task, schedule

HOURS_8_TO_17 = (Segment(480, 720), Segment(780, 1020))
WEEKDAYS = PlanCalendar(week=dict.fromkeys(range(5), HOURS_8_TO_17), name="Standard")
DAY_AND_NIGHT = PlanCalendar(week=dict.fromkeys(range(7), (Segment(0, 1440),)), name="24 h")
DAY = 480


def unit_plan(durations, links):
    """A plan that counts in whole units: one unit is one minute of a clock that never stops."""
    return Plan(
        start=at(2026, 1, 1),
        calendar="24 h",
        calendars={"24 h": DAY_AND_NIGHT},
        tasks=tuple(Task(uid=uid, duration=units) for uid, units in durations.items()),
        links=tuple(Link(predecessor=a, successor=b) for a, b in links),
    )


def units(plan, moment):
    return int((moment - plan.start).total_seconds() // 60)


# Oracle 1: dates MS Project stored in the MPXJ test file mspdirelations.xml
# (8 h day, start Thursday 21 September 2006, every task one day).
THU, FRI, MON = 21, 22, 25
ORACLE_1 = [
    # task, early start, early finish, late start, late finish, total, free
    ("1", (THU, 8), (THU, 17), (THU, 8), (THU, 17), 0, 0),
    ("2", (FRI, 8), (FRI, 17), (FRI, 8), (FRI, 17), 0, 0),
    ("3", (MON, 8), (MON, 17), (MON, 8), (MON, 17), 0, 0),
    ("4", (MON, 8), (MON, 17), (MON, 8), (MON, 17), 0, 0),
    ("5", (FRI, 8), (MON, 8), (MON, 8), (MON, 17), DAY, DAY),
]


@pytest.mark.parametrize(("uid", "es", "ef", "ls", "lf", "total", "free"), ORACLE_1)
def test_oracle_1_equals_ms_project(uid, es, ef, ls, lf, total, free):
    plan = Plan(
        start=at(2006, 9, 21, 8),
        calendar="Standard",
        calendars={"Standard": WEEKDAYS},
        tasks=tuple(Task(uid=str(number), duration=DAY) for number in range(1, 6)),
        links=(
            Link(predecessor="1", successor="2"),
            Link(predecessor="2", successor="3", kind=LinkKind.START_START, lag=Lag(amount=DAY)),
            Link(predecessor="3", successor="4", kind=LinkKind.FINISH_FINISH),
            Link(predecessor="4", successor="5", kind=LinkKind.START_FINISH),
        ),
    )

    row = schedule(plan).tasks[uid]

    assert (row.early_start, row.early_finish) == (at(2006, 9, *es), at(2006, 9, *ef))
    assert (row.late_start, row.late_finish) == (at(2006, 9, *ls), at(2006, 9, *lf))
    assert (row.total_float, row.free_float) == (total, free)
    assert row.is_critical == (total == 0)


# Oracle 3: PSPLIB j301_1 (Kolisch and Sprecher 1997), durations and successors as published;
# critical-path length 38 stands in the file, the floats were recomputed independently.
J301_1_DURATIONS = [
    0, 8, 4, 6, 3, 8, 5, 9, 2, 7, 9, 2, 6, 3, 9, 10, 6, 5, 3, 7, 2, 7, 2, 3, 3, 7, 8, 3, 7, 2, 2, 0,
]  # fmt: skip
J301_1_SUCCESSORS = {
    1: [2, 3, 4], 2: [6, 11, 15], 3: [7, 8, 13], 4: [5, 9, 10], 5: [20], 6: [30], 7: [27],
    8: [12, 19, 27], 9: [14], 10: [16, 25], 11: [20, 26], 12: [14], 13: [17, 18], 14: [17],
    15: [25], 16: [21, 22], 17: [22], 18: [20, 22], 19: [24, 29], 20: [23, 25], 21: [28],
    22: [23], 23: [24], 24: [30], 25: [30], 26: [31], 27: [28], 28: [31], 29: [32], 30: [32],
    31: [32],
}  # fmt: skip
ORACLE_3 = [
    # job, ES, LS, TF, FF
    (2, 0, 7, 7, 0),
    (5, 6, 21, 15, 8),
    (6, 8, 28, 20, 20),
    (10, 6, 7, 1, 0),
    (16, 13, 14, 1, 0),
    (19, 13, 28, 15, 0),
    (25, 24, 33, 9, 9),
    (29, 16, 31, 15, 15),
    (31, 28, 36, 8, 8),
]


def j301_1():
    return unit_plan(
        {str(job): units for job, units in enumerate(J301_1_DURATIONS, start=1)},
        [(str(a), str(b)) for a, after in J301_1_SUCCESSORS.items() for b in after],
    )


@pytest.mark.parametrize(("job", "es", "ls", "total", "free"), ORACLE_3)
def test_oracle_3_spot_values_of_psplib_j301_1(job, es, ls, total, free):
    plan = j301_1()

    row = schedule(plan).tasks[str(job)]

    assert (units(plan, row.early_start), units(plan, row.late_start)) == (es, ls)
    assert (row.total_float, row.free_float) == (total, free)


def test_oracle_3_length_and_critical_path():
    plan = j301_1()

    computed = schedule(plan)

    assert units(plan, computed.finish) == 38
    milestones = {"1", "32"}
    path = [int(uid) for uid in computed.critical if uid not in milestones]
    assert path == [3, 8, 12, 14, 17, 22, 23, 24, 30]


def test_oracle_4_bizhelp24_example():
    """bizhelp24: A1 > B3, C2; B > D3; C > E3; D, E > F2 > G2."""
    plan = unit_plan(
        {"A": 1, "B": 3, "C": 2, "D": 3, "E": 3, "F": 2, "G": 2},
        [("A", "B"), ("A", "C"), ("B", "D"), ("C", "E"), ("D", "F"), ("E", "F"), ("F", "G")],
    )

    computed = schedule(plan)

    assert units(plan, computed.finish) == 11
    assert computed.critical == ("A", "B", "D", "F", "G")
    rows = computed.tasks
    assert (rows["C"].total_float, rows["E"].total_float) == (1, 1)
    assert (rows["C"].free_float, rows["E"].free_float) == (0, 1)
    assert (rows["C"].interfering_float, rows["E"].interfering_float) == (1, 0)


def test_oracle_5_zametek_network():
    """Network of the Zametek.Maths.Graphs test suite (countincognito), recomputed."""
    durations = [6, 7, 8, 11, 8, 7, 4, 4, 10]
    after = {4: [2], 5: [1, 2, 3], 6: [3], 7: [4], 8: [4, 6], 9: [5]}
    plan = unit_plan(
        {str(n): units for n, units in enumerate(durations, start=1)},
        [(str(a), str(b)) for b, before in after.items() for a in before],
    )

    computed = schedule(plan)

    assert units(plan, computed.finish) == 26
    rows = [computed.tasks[str(n)] for n in range(1, 10)]
    assert [row.total_float for row in rows] == [2, 1, 0, 4, 0, 7, 4, 4, 0]
    assert [row.free_float for row in rows] == [2, 0, 0, 0, 0, 3, 4, 4, 0]
