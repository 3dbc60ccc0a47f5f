"""From a plan to a network of leaves: everything validated, summaries expanded, order found.

A link on a summary passes through an event of that summary: its finish is the last finish of
its leaves, its start their first start. So m leaves before n leaves cost m + n arcs, not m x n.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from projects.domain.schedule.calendars import ELAPSED, Minute, Timeline, minute_of
from projects.domain.schedule.nodes import (
    Arc,
    Node,
    NodeKind,
    Times,
    check_whole,
    leaf_node,
    minute_or_none,
)
from projects.domain.schedule.plan import (
    Lag,
    LagCalendar,
    LagKind,
    Link,
    LinkKind,
    Plan,
    ScheduleError,
    Task,
)


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


def build(plan: Plan) -> Network:
    """Return the network of a plan.

    Raises ScheduleError with the codes of ``docs/domain/schedule.md``, among them ``cycle``
    naming its loop, and PlanCalendarError for calendars and dates.
    """
    by_uid = _by_uid(plan.tasks)
    children = _children(plan.tasks, by_uid)
    times = Times(plan)
    nodes = [leaf_node(task, times.of(task)) for task in plan.tasks if task.uid not in children]
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
        status=minute_or_none(plan.status_date),
        required_finish=minute_or_none(plan.required_finish),
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


@dataclass(slots=True, kw_only=True)
class _Arcs:
    """Turns links into arcs between nodes, adding a summary's events when first needed."""

    plan: Plan
    by_uid: dict[str, Task]
    children: dict[str, list[Task]]
    nodes: list[Node]
    times: Times
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
        check_whole(self.by_uid[uid], duration, "duration")
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
