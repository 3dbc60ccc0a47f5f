"""A computed schedule: dates and floats of every task, summaries rolled up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from common.domain.refusal import Scalar
from projects.domain.schedule.calendars import datetime_of, minute_of
from projects.domain.schedule.floats import critical_places, free_floats, total_floats
from projects.domain.schedule.network import Network, build, leaves_of
from projects.domain.schedule.passes import Dates, compute
from projects.domain.schedule.plan import Plan, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDates:
    """Dates of one task in local plan time, floats in working minutes of its calendar.

    A finish is inclusive (17:00, not the next 08:00). A started task's late start is its actual
    start. A summary spans its leaves, with the float of its own dates.
    """

    uid: str
    early_start: datetime
    early_finish: datetime
    late_start: datetime
    late_finish: datetime
    total_float: int
    free_float: int
    is_critical: bool
    is_summary: bool = False

    @property
    def interfering_float(self) -> int:
        """Slip that moves other tasks but not the project finish: total less free float."""
        return self.total_float - self.free_float


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something the engine accepted that a planner should see: a code with parameters."""

    code: str
    task: str
    params: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The schedule of a plan. ``tasks`` keeps the plan's order."""

    plan: Plan
    start: datetime
    finish: datetime
    tasks: Mapping[str, TaskDates]
    notices: tuple[Notice, ...]
    network: Network = field(repr=False, compare=False)
    dates: Dates = field(repr=False, compare=False)

    @property
    def critical(self) -> tuple[str, ...]:
        """Critical leaf tasks in plan order."""
        return tuple(u for u, d in self.tasks.items() if d.is_critical and not d.is_summary)

    def work_between(self, start: datetime, finish: datetime) -> int:
        """Return working minutes between two instants on the project calendar, signed."""
        total = self.network.project_time.total
        return total(minute_of(finish)) - total(minute_of(start))


def schedule(plan: Plan) -> Schedule:
    """Return early and late dates, floats and criticality of every task of a plan.

    Raises ScheduleError (``cycle``, ``unknown_task``, ``duplicate_task``, ``unknown_calendar``,
    ``duration_negative`` ... see ``docs/domain/schedule.md``) and PlanCalendarError.
    """
    network = build(plan)
    dates = compute(network)
    rows = _leaf_rows(network, dates)
    leaf_starts = [row.early_start for row in rows.values()]
    if network.children:
        rows = _with_summaries(network, rows)
    start = min(leaf_starts, default=plan.start)
    return Schedule(
        plan=plan,
        start=start,
        finish=datetime_of(dates.project_finish),
        tasks=MappingProxyType(rows),
        notices=tuple(_notices(plan)),
        network=network,
        dates=dates,
    )


def _leaf_rows(network: Network, dates: Dates) -> dict[str, TaskDates]:
    total = total_floats(network, dates)
    free = free_floats(network, dates)
    critical = critical_places(network, dates, total)
    rows: dict[str, TaskDates] = {}
    for place, node in enumerate(network.nodes):
        if node.task is None:
            continue
        early_start = datetime_of(dates.early_start[place])
        is_started = node.actual_start is not None
        rows[node.uid] = TaskDates(
            uid=node.uid,
            early_start=early_start,
            early_finish=datetime_of(dates.early_finish[place]),
            late_start=early_start if is_started else datetime_of(dates.late_start[place]),
            late_finish=datetime_of(dates.late_finish[place]),
            total_float=total[place],
            free_float=free[place],
            is_critical=place in critical,
        )
    return rows


def _with_summaries(network: Network, leaves: dict[str, TaskDates]) -> dict[str, TaskDates]:
    rows: dict[str, TaskDates] = {}
    for task in network.plan.tasks:
        if task.uid in network.children:
            below = [leaves[leaf.uid] for leaf in leaves_of(task.uid, network.children)]
            rows[task.uid] = _summary_row(network, task, below)
        else:
            rows[task.uid] = leaves[task.uid]
    return rows


def _summary_row(network: Network, task: Task, below: list[TaskDates]) -> TaskDates:
    early_start = min(row.early_start for row in below)
    early_finish = max(row.early_finish for row in below)
    late_start = min(row.late_start for row in below)
    late_finish = max(row.late_finish for row in below)
    slack = min(
        _slack(network, early_start, late_start), _slack(network, early_finish, late_finish)
    )
    last = [row.free_float for row in below if row.early_finish == early_finish]
    return TaskDates(
        uid=task.uid,
        early_start=early_start,
        early_finish=early_finish,
        late_start=late_start,
        late_finish=late_finish,
        total_float=slack,
        free_float=min(*last, slack) if last else slack,
        is_critical=any(row.is_critical for row in below),
        is_summary=True,
    )


def _slack(network: Network, early: datetime, late: datetime) -> int:
    total = network.project_time.total
    return total(minute_of(late)) - total(minute_of(early))


def _notices(plan: Plan) -> list[Notice]:
    """Actual dates later than the status date stand as recorded and are pointed out."""
    status = plan.status_date
    if status is None:
        return []
    return [
        Notice(code=f"{name}_after_status_date", task=task.uid, params={"at": at.isoformat()})
        for task in plan.tasks
        for name, at in (
            ("actual_start", task.actual_start),
            ("actual_finish", task.actual_finish),
        )
        if at is not None and at > status
    ]
