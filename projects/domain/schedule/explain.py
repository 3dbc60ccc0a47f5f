"""Why a task has the date it has: the chain of what drove it, back to where it began."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from common.domain.refusal import Scalar
from projects.domain.schedule.network import leaves_of
from projects.domain.schedule.nodes import Arc, Node, NodeKind
from projects.domain.schedule.passes import Driver
from projects.domain.schedule.plan import HARD_CONSTRAINTS, ConstraintKind, Link, ScheduleError
from projects.domain.schedule.result import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One task of a driving chain: its early dates, and what set them.

    ``reason`` is a code; ``params`` holds what a sentence about it needs, for a link also
    ``closed_minutes``: how long the task then waited for its calendar to open.
    """

    uid: str
    reason: Driver
    start: datetime
    finish: datetime
    link: Link | None = None
    params: Mapping[str, Scalar] = field(default_factory=dict)


def explain(computed: Schedule, uid: str | None = None) -> tuple[Step, ...]:
    """Return the chain that drives a task's early dates, first step first, the task last.

    A summary is explained by its leaf that finishes last, and so is the project finish when no
    task is named; a plan without tasks has no chain. Raises ScheduleError ``unknown_task``.
    """
    places = {
        node.uid: place
        for place, node in enumerate(computed.network.nodes)
        if node.kind is NodeKind.LEAF
    }
    children = computed.network.children
    among = [leaf.uid for leaf in leaves_of(uid, children)] if uid in children else [*places]
    if uid is None or uid in children:
        uid = max(among, key=lambda leaf: computed.tasks[leaf].early_finish, default=None)
        if uid is None:
            return ()
    if uid not in places:
        raise ScheduleError("unknown_task", task=uid)
    steps: list[Step] = []
    place: int | None = places[uid]
    while place is not None:
        steps.append(_step(computed, place))
        place = _cause(computed, place)
    return tuple(reversed(steps))


def driving_arc(computed: Schedule, place: int) -> Arc | None:
    """Return the arc that set a node's dates; None when something else did."""
    if computed.dates.drivers[place] is not Driver.LINK:
        return None
    return computed.dates.arcs[place]


def _cause(computed: Schedule, place: int) -> int | None:
    """Return the task before, passing over the events of summaries."""
    arc = driving_arc(computed, place)
    while arc is not None and computed.network.nodes[arc.before].kind is not NodeKind.LEAF:
        arc = driving_arc(computed, arc.before)
    return None if arc is None else arc.before


def _step(computed: Schedule, place: int) -> Step:
    node, dates = computed.network.nodes[place], computed.dates
    row = computed.tasks[node.uid]
    reason = dates.drivers[place]
    arc = driving_arc(computed, place)
    link = None if arc is None else computed.plan.links[arc.link]
    return Step(
        uid=node.uid,
        reason=reason,
        start=row.early_start,
        finish=row.early_finish,
        link=link,
        params=_link_params(computed, arc, link)
        if arc and link
        else _params(computed, node, reason),
    )


def _link_params(computed: Schedule, arc: Arc, link: Link) -> dict[str, Scalar]:
    dates = computed.dates
    at = (dates.early_finish if arc.from_finish else dates.early_start)[arc.before]
    reached = (dates.early_finish if arc.to_finish else dates.resume)[arc.after]
    return {
        "predecessor": link.predecessor,
        "kind": link.kind.value,
        "lag": link.lag.amount,
        "lag_kind": link.lag.kind.value,
        "closed_minutes": max(reached - arc.push(at), 0),
    }


def _params(computed: Schedule, node: Node, reason: Driver) -> dict[str, Scalar]:
    if reason is Driver.PROJECT_START:
        return {"at": computed.plan.start.isoformat()}
    if reason is Driver.STATUS_DATE and computed.plan.status_date is not None:
        return {"at": computed.plan.status_date.isoformat()}
    if reason in (Driver.CONSTRAINT, Driver.PIN):
        return _constraint_params(node, is_pinned=reason is Driver.PIN)
    return {}


def _constraint_params(node: Node, *, is_pinned: bool) -> dict[str, Scalar]:
    """Name the constraint that holds: a pin, or the latest of those that push."""
    ceilings = {ConstraintKind.START_NO_LATER_THAN, ConstraintKind.FINISH_NO_LATER_THAN}
    held = [
        (constraint.at, constraint.kind)
        for constraint in (() if node.task is None else node.task.constraints)
        if constraint.at is not None
        and (
            constraint.is_pinned and constraint.kind in HARD_CONSTRAINTS
            if is_pinned
            else constraint.kind not in ceilings
        )
    ]
    at, kind = max(held)
    return {"constraint": kind.value, "at": at.isoformat()}
