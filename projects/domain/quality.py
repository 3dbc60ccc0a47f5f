"""Schedule quality: the fourteen points of the US Defense Contract Management Agency (DCMA).

Checks look at incomplete leaf tasks. A check with nothing to look at is not applicable, which is
neither a pass nor a failure. Source: DCMA 14-Point Schedule Assessment; thresholds of
``spec`` 4.6 as shipped defaults.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from common.domain.refusal import Refusal
from projects.domain.schedule import Link, LinkKind, Schedule, Task, TaskDates, schedule
from projects.domain.schedule.plan import HARD_CONSTRAINTS


class QualityError(Refusal):
    """A threshold or a baseline that cannot be used."""


class Check(StrEnum):
    """The fourteen points, in their published order."""

    LOGIC = "logic"
    LEADS = "leads"
    LAGS = "lags"
    FINISH_START = "finish_start"
    HARD_CONSTRAINTS = "hard_constraints"
    HIGH_FLOAT = "high_float"
    NEGATIVE_FLOAT = "negative_float"
    HIGH_DURATION = "high_duration"
    INVALID_DATES = "invalid_dates"
    RESOURCES = "resources"
    MISSED_TASKS = "missed_tasks"
    CRITICAL_PATH_TEST = "critical_path_test"
    CPLI = "cpli"
    BEI = "bei"


class Verdict(StrEnum):
    """What a check says; ``reported`` has no threshold."""

    PASSED = "passed"
    FAILED = "failed"
    REPORTED = "reported"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits of the checks: shares of 1, days of ``minutes_a_day``, indices."""

    missing_logic: Decimal = Decimal("0.05")
    leads: int = 0
    lags: Decimal = Decimal("0.05")
    finish_start: Decimal = Decimal("0.90")
    hard_constraints: Decimal = Decimal("0.05")
    high_float: Decimal = Decimal("0.05")
    high_float_days: int = 44
    negative_float: int = 0
    high_duration: Decimal = Decimal("0.05")
    high_duration_days: int = 44
    invalid_dates: int = 0
    missed_tasks: Decimal = Decimal("0.05")
    cpli: Decimal = Decimal("0.95")
    bei: Decimal = Decimal("0.95")
    minutes_a_day: int = 480
    test_delay_days: int = 600

    def __post_init__(self) -> None:
        if self.minutes_a_day <= 0 or self.test_delay_days <= 0:
            raise QualityError("threshold_not_positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One check's answer.

    ``value`` is a share, a count or an index; ``parts`` the numbers it was made of; ``found``
    the tasks, or links as "a > b", to look at, in plan order.
    """

    check: Check
    verdict: Verdict
    value: Decimal | None
    limit: Decimal | None
    parts: Mapping[str, int] = field(default_factory=dict)
    found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The fourteen answers in order."""

    points: tuple[Point, ...]

    def __getitem__(self, check: Check) -> Point:
        """Return the answer of one check."""
        return next(point for point in self.points if point.check is check)

    @property
    def failed(self) -> tuple[Check, ...]:
        """Checks that failed."""
        return tuple(p.check for p in self.points if p.verdict is Verdict.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is assessed: a computed schedule, when, and what the network does not know.

    ``baseline_finishes`` are approved finishes by task; ``resourced`` the tasks that have a
    resource or a cost.
    """

    computed: Schedule
    as_of: datetime
    baseline_finishes: Mapping[str, datetime] = field(default_factory=dict)
    resourced: frozenset[str] = frozenset()


def assess(evidence: Evidence, thresholds: Thresholds | None = None) -> Assessment:
    """Return the fourteen points of a schedule.

    Raises QualityError ``unknown_task`` for a baseline or resource of a task not in the plan.
    """
    for uid in (*evidence.baseline_finishes, *sorted(evidence.resourced)):
        if uid not in evidence.computed.tasks:
            raise QualityError("unknown_task", task=uid)
    view = _View(evidence, thresholds or Thresholds())
    return Assessment(points=tuple(check(view) for check in _CHECKS))


class _View:
    """The leaf tasks and links the checks look at."""

    def __init__(self, evidence: Evidence, limits: Thresholds) -> None:
        self.evidence, self.limits = evidence, limits
        self.computed = evidence.computed
        self.rows: Mapping[str, TaskDates] = evidence.computed.tasks
        plan = evidence.computed.plan
        self.leaves = [t for t in plan.tasks if not self.rows[t.uid].is_summary]
        self.open = [t for t in self.leaves if t.actual_finish is None]
        unfinished = {task.uid for task in self.open}
        unfinished |= {uid for uid, row in self.rows.items() if row.is_summary}
        self.links = [link for link in plan.links if link.successor in unfinished]

    def share(
        self, check: Check, found: list[str], of: int, limit: Decimal, *, at_least: bool = False
    ) -> Point:
        """Return a check of a share; ``found`` are the offenders even when more is better."""
        if not of:
            return Point(
                check=check,
                verdict=Verdict.NOT_APPLICABLE,
                value=None,
                limit=limit,
                parts={"of": 0},
            )
        count = of - len(found) if at_least else len(found)
        value = Decimal(count) / of
        passed = value >= limit if at_least else value <= limit
        return Point(
            check=check,
            verdict=Verdict.PASSED if passed else Verdict.FAILED,
            value=value,
            limit=limit,
            parts=MappingProxyType({"count": count, "of": of}),
            found=tuple(found),
        )

    def count(self, check: Check, found: list[str], limit: int) -> Point:
        """Return a check of a count."""
        return Point(
            check=check,
            verdict=Verdict.PASSED if len(found) <= limit else Verdict.FAILED,
            value=Decimal(len(found)),
            limit=Decimal(limit),
            parts=MappingProxyType({"count": len(found)}),
            found=tuple(found),
        )

    def index(self, check: Check, above: int, below: int, limit: Decimal) -> Point:
        """Return a check of an index; without a denominator it does not apply."""
        parts = MappingProxyType({"numerator": above, "denominator": below})
        if below <= 0:
            return Point(
                check=check, verdict=Verdict.NOT_APPLICABLE, value=None, limit=limit, parts=parts
            )
        value = Decimal(above) / below
        verdict = Verdict.PASSED if value >= limit else Verdict.FAILED
        return Point(check=check, verdict=verdict, value=value, limit=limit, parts=parts)


def _named(link: Link) -> str:
    return f"{link.predecessor} > {link.successor}"


def _logic(view: _View) -> Point:
    """1: incomplete tasks without a predecessor or without a successor.

    A summary's link is its leaves'. The first and the last task of the plan each lack one
    side by nature and are counted all the same, as DCMA does; the allowance is for them.
    """
    network = view.computed.network
    bare = {n.uid for n in network.nodes if n.task and (not n.incoming or not n.outgoing)}
    found = [task.uid for task in view.open if task.uid in bare]
    return view.share(Check.LOGIC, found, len(view.open), view.limits.missing_logic)


def _leads(view: _View) -> Point:
    """2: links with negative lag."""
    found = [_named(link) for link in view.links if link.lag.amount < 0]
    return view.count(Check.LEADS, found, view.limits.leads)


def _lags(view: _View) -> Point:
    """3: links with positive lag."""
    found = [_named(link) for link in view.links if link.lag.amount > 0]
    return view.share(Check.LAGS, found, len(view.links), view.limits.lags)


def _finish_start(view: _View) -> Point:
    """4: share of finish-to-start links; the others are listed."""
    others = [_named(link) for link in view.links if link.kind is not LinkKind.FINISH_START]
    return view.share(
        Check.FINISH_START, others, len(view.links), view.limits.finish_start, at_least=True
    )


def _hard_constraints(view: _View) -> Point:
    """5: incomplete tasks held by must-start, must-finish or no-later-than."""
    found = [
        task.uid for task in view.open if any(c.kind in HARD_CONSTRAINTS for c in task.constraints)
    ]
    limit = view.limits.hard_constraints
    return view.share(Check.HARD_CONSTRAINTS, found, len(view.open), limit)


def _high_float(view: _View) -> Point:
    """6: incomplete tasks with more than 44 working days of total float."""
    most = view.limits.high_float_days * view.limits.minutes_a_day
    found = [task.uid for task in view.open if view.rows[task.uid].total_float > most]
    return view.share(Check.HIGH_FLOAT, found, len(view.open), view.limits.high_float)


def _negative_float(view: _View) -> Point:
    """7: incomplete tasks that are already too late."""
    found = [task.uid for task in view.open if view.rows[task.uid].total_float < 0]
    return view.count(Check.NEGATIVE_FLOAT, found, view.limits.negative_float)


def _high_duration(view: _View) -> Point:
    """8: incomplete tasks longer than 44 working days."""
    most = view.limits.high_duration_days * view.limits.minutes_a_day
    found = [task.uid for task in view.open if task.duration > most]
    return view.share(Check.HIGH_DURATION, found, len(view.open), view.limits.high_duration)


def _invalid_dates(view: _View) -> Point:
    """9: forecasts before the date of assessment, actuals after it."""
    found = [task.uid for task in view.leaves if _is_invalid(view, task)]
    return view.count(Check.INVALID_DATES, found, view.limits.invalid_dates)


def _is_invalid(view: _View, task: Task) -> bool:
    row, as_of = view.rows[task.uid], view.evidence.as_of
    actuals = [at for at in (task.actual_start, task.actual_finish) if at is not None]
    if any(at > as_of for at in actuals):
        return True
    if task.actual_finish is not None:
        return False
    is_late_start = task.actual_start is None and row.early_start < as_of
    return is_late_start or row.early_finish < as_of


def _resources(view: _View) -> Point:
    """10: incomplete tasks of a day or more without a resource or a cost; only reported."""
    day = view.limits.minutes_a_day
    sized = [task for task in view.open if task.duration >= day]
    found = tuple(t.uid for t in sized if t.uid not in view.evidence.resourced)
    return Point(
        check=Check.RESOURCES,
        verdict=Verdict.REPORTED if sized else Verdict.NOT_APPLICABLE,
        value=Decimal(len(found)) / len(sized) if sized else None,
        limit=None,
        parts=MappingProxyType({"count": len(found), "of": len(sized)}),
        found=found,
    )


def _due(view: _View) -> list[Task]:
    finishes, as_of = view.evidence.baseline_finishes, view.evidence.as_of
    return [t for t in view.leaves if t.uid in finishes and finishes[t.uid] <= as_of]


def _missed_tasks(view: _View) -> Point:
    """11: tasks due by now in the baseline that finished, or are expected, later than that."""
    due = _due(view)
    finishes = view.evidence.baseline_finishes
    found = [t.uid for t in due if _finish(view, t) > finishes[t.uid]]
    return view.share(Check.MISSED_TASKS, found, len(due), view.limits.missed_tasks)


def _finish(view: _View, task: Task) -> datetime:
    """An unfinished task cannot finish before the date of assessment."""
    if task.actual_finish is not None:
        return task.actual_finish
    return max(view.rows[task.uid].early_finish, view.evidence.as_of)


def _critical_path_test(view: _View) -> Point:
    """12: a large delay of the first critical task must move the end by as much."""
    critical = [t for t in view.open if view.rows[t.uid].is_critical and t.duration]
    if not critical:
        return Point(
            check=Check.CRITICAL_PATH_TEST, verdict=Verdict.NOT_APPLICABLE, value=None, limit=None
        )
    first = min(critical, key=lambda task: view.rows[task.uid].early_finish)
    delay = view.limits.test_delay_days * view.limits.minutes_a_day
    left = first.remaining
    delayed = replace(
        first,
        duration=first.duration + delay,
        remaining=None if left is None else left + delay,
    )
    plan = view.computed.plan
    tasks = tuple(delayed if task.uid == first.uid else task for task in plan.tasks)
    later = schedule(replace(plan, tasks=tasks))
    pushed = later.work_between(
        view.rows[first.uid].early_finish, later.tasks[first.uid].early_finish
    )
    moved = later.work_between(view.computed.finish, later.finish)
    return Point(
        check=Check.CRITICAL_PATH_TEST,
        verdict=Verdict.PASSED if moved == pushed > 0 else Verdict.FAILED,
        value=Decimal(moved) / pushed if pushed else Decimal(0),
        limit=Decimal(1),
        parts=MappingProxyType({"delayed": pushed, "moved": moved}),
        found=(first.uid,),
    )


def _cpli(view: _View) -> Point:
    """13: (remaining critical length + total float) / length, in working minutes from now."""
    length = view.computed.work_between(view.evidence.as_of, view.computed.finish)
    least = min((view.rows[task.uid].total_float for task in view.open), default=0)
    return view.index(Check.CPLI, length + least, length if view.open else 0, view.limits.cpli)


def _bei(view: _View) -> Point:
    """14: tasks finished / (baseline tasks due by now + tasks without a baseline)."""
    finished = sum(1 for task in view.leaves if task.actual_finish is not None)
    without = sum(1 for t in view.leaves if t.uid not in view.evidence.baseline_finishes)
    if not view.evidence.baseline_finishes:
        return view.index(Check.BEI, finished, 0, view.limits.bei)
    return view.index(Check.BEI, finished, len(_due(view)) + without, view.limits.bei)


_CHECKS: tuple[Callable[[_View], Point], ...] = (
    _logic,
    _leads,
    _lags,
    _finish_start,
    _hard_constraints,
    _high_float,
    _negative_float,
    _high_duration,
    _invalid_dates,
    _resources,
    _missed_tasks,
    _critical_path_test,
    _cpli,
    _bei,
)
