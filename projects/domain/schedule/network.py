"""From a plan to a network of leaves: everything validated, summaries expanded, order found.

A link on a summary passes through an event of that summary: its finish is the last finish of
its leaves, its start their first start. So m leaves before n leaves cost m + n arcs, not m x n.
"""

from collections.abc import Sequence
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
from projects.domain.schedule.plan import (
    ConstraintKind,
    Lag,
    LagCalendar,
    LagKind,
    Link,
    LinkKind,
    Plan,
    ScheduleError,
    Task,
)


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


@dataclass(slots=True, kw_only=True)
class Network:
    """Nodes in the plan's order with arcs both ways, and the order in which to visit them."""

    plan: Plan
    nodes: list[Node]
    order: list[int]
    children: dict[str, list[Task]]
    project_time: Timeline
    start: Minute
    status: Minute | None
    required_finish: Minute | None


class _Times:
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


def build(plan: Plan) -> Network:
    """Return the network of a plan.

    Raises ScheduleError with the codes of ``docs/domain/schedule.md``, among them ``cycle``
    naming its loop, and PlanCalendarError for calendars and dates.
    """
    by_uid = _by_uid(plan.tasks)
    children = _children(plan.tasks, by_uid)
    times = _Times(plan)
    nodes = [_node(task, times.of(task)) for task in plan.tasks if task.uid not in children]
    builder = _Arcs(plan=plan, by_uid=by_uid, children=children, nodes=nodes, times=times)
    for index, link in enumerate(plan.links):
        builder.add(index, link)
    return Network(
        plan=plan,
        nodes=nodes,
        order=_order(nodes),
        children=children,
        project_time=times.project,
        start=minute_of(plan.start),
        status=_minute(plan.status_date),
        required_finish=_minute(plan.required_finish),
    )


def leaves_of(uid: str, children: dict[str, list[Task]]) -> list[Task]:
    """Return the leaf tasks under a summary, in plan order."""
    found: list[Task] = []
    waiting = list(reversed(children[uid]))
    while waiting:
        task = waiting.pop()
        if task.uid in children:
            waiting.extend(reversed(children[task.uid]))
        else:
            found.append(task)
    return found


def _minute(at: datetime | None) -> Minute | None:
    return None if at is None else minute_of(at)


def _by_uid(tasks: Sequence[Task]) -> dict[str, Task]:
    by_uid: dict[str, Task] = {}
    for task in tasks:
        if task.uid in by_uid:
            raise ScheduleError("duplicate_task", task=task.uid)
        by_uid[task.uid] = task
    return by_uid


def _children(tasks: Sequence[Task], by_uid: dict[str, Task]) -> dict[str, list[Task]]:
    """Return children by summary; refuse unknown parents and parents in a circle."""
    children: dict[str, list[Task]] = {}
    for task in tasks:
        if task.parent is None:
            continue
        if task.parent not in by_uid:
            raise ScheduleError("unknown_parent", task=task.uid, parent=task.parent)
        children.setdefault(task.parent, []).append(task)
    rooted = {task.uid for task in tasks if task.parent is None}
    waiting = list(rooted)
    while waiting:
        below = [child.uid for child in children.get(waiting.pop(), ())]
        rooted.update(below)
        waiting.extend(below)
    for task in tasks:
        if task.uid not in rooted:
            raise ScheduleError("summary_circle", task=task.uid)
    return children


def _whole(task: Task, figure: object, code: str) -> None:
    if type(figure) is not int:
        raise ScheduleError(f"{code}_not_whole_minutes", task=task.uid, given=str(figure))
    if figure < 0:
        raise ScheduleError(f"{code}_negative", task=task.uid, given=figure)


def _node(task: Task, timeline: Timeline) -> Node:
    _whole(task, task.duration, "duration")
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
        _whole(task, task.remaining, "remaining")
        node.duration = node.remaining = task.remaining
    return node


def _progress(node: Node, task: Task) -> None:
    if task.actual_start is None:
        raise ScheduleError("finished_without_start", task=task.uid)
    node.actual_start = minute_of(task.actual_start)
    node.actual_finish = _minute(task.actual_finish)
    if node.actual_finish is not None and node.actual_finish < node.actual_start:
        raise ScheduleError("finished_before_start", task=task.uid)
    if task.remaining is not None:
        _whole(task, task.remaining, "remaining")
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


@dataclass(slots=True, kw_only=True)
class _Arcs:
    """Turns links into arcs between nodes, adding a summary's events when first needed."""

    plan: Plan
    by_uid: dict[str, Task]
    children: dict[str, list[Task]]
    nodes: list[Node]
    times: _Times
    index: dict[str, int] = field(init=False)
    events: dict[tuple[str, NodeKind], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.index = {node.uid: place for place, node in enumerate(self.nodes)}

    def add(self, number: int, link: Link) -> None:
        """Add the arcs of one link."""
        self._check(link)
        from_finish = link.kind in (LinkKind.FINISH_START, LinkKind.FINISH_FINISH)
        to_finish = link.kind in (LinkKind.FINISH_FINISH, LinkKind.START_FINISH)
        before = self.index.get(link.predecessor)
        if before is None:
            kind = NodeKind.SUMMARY_FINISH if from_finish else NodeKind.SUMMARY_START
            before = self._event(link.predecessor, kind)
        if link.successor in self.children:
            afters = [self.index[t.uid] for t in leaves_of(link.successor, self.children)]
        else:
            afters = [self.index[link.successor]]
        for after in afters:
            lag, lag_time = self._lag(link, self.nodes[before], self.nodes[after])
            self._join(Arc(before, after, from_finish, to_finish, lag, lag_time, number))

    def _check(self, link: Link) -> None:
        for uid in (link.predecessor, link.successor):
            if uid not in self.by_uid:
                raise ScheduleError(
                    "unknown_task",
                    task=uid,
                    predecessor=link.predecessor,
                    successor=link.successor,
                )
        if type(link.lag.amount) is not int:
            raise ScheduleError(
                "lag_not_whole", predecessor=link.predecessor, successor=link.successor
            )
        if self.children:
            self._check_family(link.predecessor, link.successor)
            self._check_family(link.successor, link.predecessor)

    def _check_family(self, ancestor: str, uid: str) -> None:
        parent = self.by_uid[uid].parent if ancestor in self.children else None
        while parent is not None:
            if parent == ancestor:
                raise ScheduleError("link_within_own_summary", summary=ancestor, task=uid)
            parent = self.by_uid[parent].parent

    def _join(self, arc: Arc) -> None:
        self.nodes[arc.before].outgoing.append(arc)
        self.nodes[arc.after].incoming.append(arc)

    def _event(self, uid: str, kind: NodeKind) -> int:
        place = self.events.get((uid, kind))
        if place is not None:
            return place
        place = self.events[uid, kind] = len(self.nodes)
        duration = self.by_uid[uid].duration
        self.nodes.append(Node(uid=uid, kind=kind, duration=0, timeline=ELAPSED))
        _whole(self.by_uid[uid], duration, "duration")
        at_finish = kind is NodeKind.SUMMARY_FINISH
        for leaf in leaves_of(uid, self.children):
            self._join(Arc(self.index[leaf.uid], place, at_finish, at_finish, 0, ELAPSED, -1))
        return place

    def _lag(self, link: Link, before: Node, after: Node) -> tuple[int, Timeline]:
        lag = link.lag
        if not lag.amount:
            return 0, ELAPSED
        if lag.kind in (LagKind.ELAPSED, LagKind.ELAPSED_PERCENT):
            timeline: Timeline = ELAPSED
        else:
            timeline = self._lag_time(before, after)
        return self._lag_minutes(lag, self.by_uid[link.predecessor]), timeline

    def _lag_time(self, before: Node, after: Node) -> Timeline:
        match self.plan.options.lag_calendar:
            case LagCalendar.PREDECESSOR:
                is_summary = before.kind is not NodeKind.LEAF
                return self.times.project if is_summary else before.timeline
            case LagCalendar.SUCCESSOR:
                return after.timeline
            case LagCalendar.PROJECT:
                return self.times.project
            case LagCalendar.ELAPSED:
                return ELAPSED

    def _lag_minutes(self, lag: Lag, predecessor: Task) -> int:
        if lag.kind in (LagKind.WORKING, LagKind.ELAPSED):
            return lag.amount
        # Half a minute rounds away from zero, so a lead mirrors a lag of the same size.
        size = (2 * predecessor.duration * abs(lag.amount) + 100) // 200
        return size if lag.amount > 0 else -size


def _order(nodes: list[Node]) -> list[int]:
    """Return node places so that predecessors come first; refuse a cycle naming its loop."""
    waits = [len(node.incoming) for node in nodes]
    order = [place for place, count in enumerate(waits) if not count]
    for place in order:
        for arc in nodes[place].outgoing:
            waits[arc.after] -= 1
            if not waits[arc.after]:
                order.append(arc.after)
    if len(order) < len(nodes):
        loop = _loop(nodes, {place for place, count in enumerate(waits) if count})
        raise ScheduleError("cycle", loop=" > ".join(loop), length=len(loop) - 1)
    return order


def _loop(nodes: list[Node], stuck: set[int]) -> list[str]:
    """Walk back from a stuck node to stuck predecessors until one repeats."""
    place = min(stuck)
    seen: dict[int, int] = {}
    path: list[int] = []
    while place not in seen:
        seen[place] = len(path)
        path.append(place)
        place = next(arc.before for arc in nodes[place].incoming if arc.before in stuck)
    loop = [nodes[p].uid for p in reversed(path[seen[place] :])]
    first = loop.index(min(loop))
    loop = loop[first:] + loop[:first]
    # A leaf and its summary's event stand for the same line of the plan: name each once.
    named = [uid for spot, uid in enumerate(loop) if uid != loop[spot - 1] or len(loop) == 1]
    return [*named, named[0]]
