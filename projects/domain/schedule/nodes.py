"""The nodes of a network: leaf tasks and summaries' events, with dates as plan minutes."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from projects.domain.schedule.calendars import (
    ELAPSED,
    Minute,
    PlanCalendar,
    Timeline,
    intersection,
    minute_of,
    union,
)
from projects.domain.schedule.plan import ConstraintKind, Plan, ScheduleError, Task


class NodeKind(IntEnum):
    """What a node of the network is."""

    LEAF = 0
    SUMMARY_FINISH = 1
    SUMMARY_START = 2


class Arc(NamedTuple):
    """One inequality: the end of ``after`` is no earlier than the end of ``before`` plus lag."""

    before: int
    after: int
    from_finish: bool
    to_finish: bool
    lag: int
    lag_time: Timeline
    link: int

    def push(self, at: Minute) -> Minute:
        """Return the earliest instant ``after`` may have when ``before`` has ``at``."""
        return self.lag_time.add(at, self.lag) if self.lag else at

    def pull(self, at: Minute) -> Minute:
        """Return the latest instant ``before`` may have when ``after`` has ``at``."""
        return self.lag_time.add(at, -self.lag) if self.lag else at


@dataclass(slots=True, kw_only=True)
class Node:
    """A leaf task or a summary's event, with its dates as plan minutes."""

    uid: str
    kind: NodeKind
    duration: int
    timeline: Timeline
    task: Task | None = None
    start_floor: Minute | None = None
    finish_floor: Minute | None = None
    start_ceiling: Minute | None = None
    finish_ceiling: Minute | None = None
    pins: tuple[tuple[ConstraintKind, Minute], ...] = ()
    is_late: bool = False
    actual_start: Minute | None = None
    actual_finish: Minute | None = None
    remaining: int = 0
    incoming: list[Arc] = field(default_factory=list)
    outgoing: list[Arc] = field(default_factory=list)


class Times:
    """Timelines by calendar name, combined calendars included, each compiled once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._near = minute_of(plan.start)
        self._lines: dict[tuple[str | None, tuple[str, ...]], Timeline] = {}
        self.project = self._line((plan.calendar, ()))

    def of(self, task: Task) -> Timeline:
        """Return the timeline a task's work is counted on."""
        if task.is_elapsed:
            return ELAPSED
        resources = () if task.ignores_resource_calendars else task.resource_calendars
        if task.calendar is None and not resources:
            return self.project
        return self._line((task.calendar, resources))

    def _line(self, key: tuple[str | None, tuple[str, ...]]) -> Timeline:
        line = self._lines.get(key)
        if line is None:
            own, resources = key
            calendars = [self._calendar(own)] if own is not None else []
            if resources:
                several = [self._calendar(name) for name in dict.fromkeys(resources)]
                calendars.append(several[0] if len(several) == 1 else union(several))
            calendar = calendars[0] if len(calendars) == 1 else intersection(calendars)
            line = self._lines[key] = Timeline(calendar, self._near)
        return line

    def _calendar(self, name: str) -> PlanCalendar:
        try:
            return self._plan.calendars[name]
        except KeyError:
            raise ScheduleError("unknown_calendar", calendar=name) from None


def minute_or_none(at: datetime | None) -> Minute | None:
    """Return the plan minute of a date that may be missing."""
    return None if at is None else minute_of(at)


def check_whole(task: Task, figure: object, code: str) -> None:
    """Refuse a figure that is no whole number of minutes, or negative."""
    if type(figure) is not int:
        raise ScheduleError(f"{code}_not_whole_minutes", task=task.uid, given=str(figure))
    if figure < 0:
        raise ScheduleError(f"{code}_negative", task=task.uid, given=figure)


def leaf_node(task: Task, timeline: Timeline) -> Node:
    """Return the node of a leaf task; refuses figures and dates that cannot be."""
    check_whole(task, task.duration, "duration")
    node = Node(
        uid=task.uid,
        kind=NodeKind.LEAF,
        duration=task.duration,
        timeline=timeline,
        task=task,
        remaining=task.duration,
    )
    if task.constraints:
        _constrain(node, task)
    if task.deadline is not None:
        deadline = minute_of(task.deadline)
        ceiling = node.finish_ceiling
        node.finish_ceiling = deadline if ceiling is None else min(ceiling, deadline)
    if task.actual_start is not None or task.actual_finish is not None:
        _progress(node, task)
    elif task.remaining is not None:
        check_whole(task, task.remaining, "remaining")
        node.duration = node.remaining = task.remaining
    return node


def _progress(node: Node, task: Task) -> None:
    if task.actual_start is None:
        raise ScheduleError("finished_without_start", task=task.uid)
    node.actual_start = minute_of(task.actual_start)
    node.actual_finish = minute_or_none(task.actual_finish)
    if node.actual_finish is not None and node.actual_finish < node.actual_start:
        raise ScheduleError("finished_before_start", task=task.uid)
    if task.remaining is not None:
        check_whole(task, task.remaining, "remaining")
        node.remaining = task.remaining


_FLOORS = {
    ConstraintKind.START_NO_EARLIER_THAN: "start_floor",
    ConstraintKind.MUST_START_ON: "start_floor",
    ConstraintKind.FINISH_NO_EARLIER_THAN: "finish_floor",
    ConstraintKind.MUST_FINISH_ON: "finish_floor",
}
_CEILINGS = {
    ConstraintKind.START_NO_LATER_THAN: "start_ceiling",
    ConstraintKind.MUST_START_ON: "start_ceiling",
    ConstraintKind.FINISH_NO_LATER_THAN: "finish_ceiling",
    ConstraintKind.MUST_FINISH_ON: "finish_ceiling",
}


def _constrain(node: Node, task: Task) -> None:
    """Turn constraints into floors of the forward and ceilings of the backward pass."""
    pins: list[tuple[ConstraintKind, Minute]] = []
    for constraint in task.constraints:
        kind = constraint.kind
        if kind is ConstraintKind.AS_LATE_AS_POSSIBLE:
            node.is_late = True
        if kind not in _FLOORS and kind not in _CEILINGS:
            continue
        if constraint.at is None:
            raise ScheduleError("constraint_without_date", task=task.uid, constraint=kind.value)
        at = minute_of(constraint.at)
        for names, tighter in ((_FLOORS, max), (_CEILINGS, min)):
            if kind in names:
                known = getattr(node, names[kind])
                setattr(node, names[kind], at if known is None else tighter(known, at))
        if constraint.is_pinned and kind in _CEILINGS:
            pins.append((kind, at))
    node.pins = tuple(pins)
