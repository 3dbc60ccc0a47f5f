"""The forward and backward pass: early and late dates in plan minutes.

S start, F finish, L lag: FS S_j >= F_i + L; SS S_j >= S_i + L; FF F_j >= F_i + L;
SF F_j >= S_i + L. The backward pass mirrors them (Kelley and Walker 1959; lag as in PDM).
"""

from dataclasses import dataclass
from enum import StrEnum

from projects.domain.schedule.calendars import Minute
from projects.domain.schedule.network import Network
from projects.domain.schedule.nodes import Arc, Node, NodeKind
from projects.domain.schedule.plan import ConstraintKind, ProgressLogic


class Driver(StrEnum):
    """What set a task's early dates."""

    PROJECT_START = "project_start"
    LINK = "link"
    CONSTRAINT = "constraint"
    PIN = "pinned_constraint"
    AS_LATE_AS_POSSIBLE = "as_late_as_possible"
    ACTUAL_START = "actual_start"
    ACTUAL_FINISH = "actual_finish"
    STATUS_DATE = "status_date"


@dataclass(slots=True)
class Dates:
    """Dates of all nodes, by place; ``resume`` is where unfinished work starts.

    ``floor`` is the earliest start of work not yet started: the project start, or the status
    date when that is later.
    """

    early_start: list[Minute]
    early_finish: list[Minute]
    resume: list[Minute]
    late_start: list[Minute]
    late_finish: list[Minute]
    drivers: list[Driver]
    arcs: list[Arc | None]
    floor: Minute
    floor_driver: Driver = Driver.PROJECT_START
    project_finish: Minute = 0


def compute(network: Network) -> Dates:
    """Return early and late dates of every node of a network."""
    size = len(network.nodes)
    blank = [0] * size
    dates = Dates(
        blank[:],
        blank[:],
        blank[:],
        blank[:],
        blank[:],
        [Driver.PROJECT_START] * size,
        [None] * size,
        network.start,
    )
    if network.status is not None and network.status > network.start:
        dates.floor, dates.floor_driver = network.status, Driver.STATUS_DATE
    for place in network.order:
        _forward(network, dates, place)
    leaves = [p for p, node in enumerate(network.nodes) if node.kind is NodeKind.LEAF]
    dates.project_finish = max((dates.early_finish[p] for p in leaves), default=network.start)
    for place in reversed(network.order):
        _backward(network, dates, place)
    if any(node.is_late for node in network.nodes):
        _move_late_tasks(network, dates)
    return dates


def _forward(network: Network, dates: Dates, place: int) -> None:
    node = network.nodes[place]
    if node.actual_start is not None:
        _forward_started(network, dates, place)
        return
    if node.kind is NodeKind.SUMMARY_START:
        _forward_summary_start(dates, node, place)
        return
    start, finish, start_arc, finish_arc = _bounds(dates.floor, node, dates)
    timeline = node.timeline
    driver, arc = (Driver.LINK if start_arc else dates.floor_driver), start_arc
    if node.start_floor is not None and node.start_floor > start:
        start, driver, arc = node.start_floor, Driver.CONSTRAINT, None
    if node.finish_floor is not None and (finish is None or node.finish_floor > finish):
        finish, finish_arc = node.finish_floor, None
    if node.duration:
        early_start = timeline.next_start(start)
        early_finish = timeline.add(early_start, node.duration)
    else:
        early_start = early_finish = timeline.settle(start)
    if finish is not None and finish > early_finish:
        early_finish = timeline.settle(finish)
        early_start = timeline.subtract(early_finish, node.duration)
        driver, arc = (Driver.LINK if finish_arc else Driver.CONSTRAINT), finish_arc
    dates.early_start[place] = dates.resume[place] = early_start
    dates.early_finish[place] = early_finish
    dates.drivers[place] = driver
    dates.arcs[place] = arc
    if node.pins:
        _pin(node, dates, place)


def _bounds(
    floor: Minute, node: Node, dates: Dates
) -> tuple[Minute, Minute | None, Arc | None, Arc | None]:
    """Return the earliest start and finish the incoming arcs allow, and the arcs that say so."""
    start, finish = floor, None
    start_arc = finish_arc = None
    for arc in node.incoming:
        at = (dates.early_finish if arc.from_finish else dates.early_start)[arc.before]
        if arc.lag:
            at = arc.lag_time.add(at, arc.lag)
        if arc.to_finish:
            if finish is None or at > finish:
                finish, finish_arc = at, arc
        elif at > start or (start_arc is None and at == start):
            start, start_arc = at, arc
    return start, finish, start_arc, finish_arc


def _forward_summary_start(dates: Dates, node: Node, place: int) -> None:
    """A summary starts with the first of its leaves."""
    first = min(node.incoming, key=lambda arc: dates.early_start[arc.before])
    at = dates.early_start[first.before]
    dates.early_start[place] = dates.early_finish[place] = dates.resume[place] = at
    dates.drivers[place], dates.arcs[place] = Driver.LINK, first


def _forward_started(network: Network, dates: Dates, place: int) -> None:
    """A started task keeps its actual start; only the rest of its work can still move."""
    node = network.nodes[place]
    actual = node.actual_start or 0
    dates.early_start[place] = actual
    if node.actual_finish is not None:
        dates.early_finish[place] = dates.resume[place] = node.actual_finish
        dates.drivers[place] = Driver.ACTUAL_FINISH
        return
    done = max(node.duration - node.remaining, 0)
    resume, driver, arc = node.timeline.add(actual, done), Driver.ACTUAL_START, None
    if network.status is not None and network.status > resume:
        resume, driver = network.status, Driver.STATUS_DATE
    finish, finish_arc = node.finish_floor, None
    if network.plan.options.progress_logic is ProgressLogic.RETAINED:
        start, bound, start_arc, bound_arc = _bounds(resume, node, dates)
        if start_arc is not None and start > resume:
            resume, driver, arc = start, Driver.LINK, start_arc
        if bound is not None and (finish is None or bound > finish):
            finish, finish_arc = bound, bound_arc
    if node.remaining:
        resume = node.timeline.next_start(resume)
        early_finish = node.timeline.add(resume, node.remaining)
    else:
        early_finish = resume
    if finish is not None and finish > early_finish:
        early_finish = node.timeline.settle(finish)
        driver, arc = (Driver.LINK if finish_arc else Driver.CONSTRAINT), finish_arc
    dates.resume[place], dates.early_finish[place] = resume, early_finish
    dates.drivers[place], dates.arcs[place] = driver, arc


def _pin(node: Node, dates: Dates, place: int) -> None:
    """Hold early dates at a pinned constraint, whatever the logic says."""
    start, finish = dates.early_start[place], dates.early_finish[place]
    for kind, at in node.pins:
        is_start = kind in (ConstraintKind.MUST_START_ON, ConstraintKind.START_NO_LATER_THAN)
        is_must = kind in (ConstraintKind.MUST_START_ON, ConstraintKind.MUST_FINISH_ON)
        if (start if is_start else finish) == at or (
            not is_must and (start if is_start else finish) < at
        ):
            continue
        if is_start:
            start, finish = at, node.timeline.add(at, node.duration)
        else:
            start, finish = node.timeline.subtract(at, node.duration), at
        dates.drivers[place], dates.arcs[place] = Driver.PIN, None
    dates.early_start[place] = dates.resume[place] = start
    dates.early_finish[place] = finish


def _waits(network: Network, arc: Arc) -> bool:
    """Whether the end of ``arc.after`` can still be delayed through this arc."""
    after = network.nodes[arc.after]
    if after.actual_start is None:
        return True
    if after.actual_finish is not None:
        return False
    return network.plan.options.progress_logic is ProgressLogic.RETAINED


def _backward(network: Network, dates: Dates, place: int) -> None:
    node = network.nodes[place]
    if node.actual_finish is not None:
        dates.late_start[place] = dates.early_start[place]
        dates.late_finish[place] = dates.early_finish[place]
        return
    finish = _last_finish(network, dates, place)
    start: Minute | None = node.start_ceiling if node.actual_start is None else None
    for arc in node.outgoing:
        if not _waits(network, arc) or not _holds(network, dates, arc):
            continue
        at = (dates.late_finish if arc.to_finish else dates.late_start)[arc.after]
        if arc.lag:
            at = arc.lag_time.add(at, -arc.lag)
        if arc.from_finish:
            finish = min(finish, at)
        elif node.actual_start is None and (start is None or at < start):
            start = at
    _settle_late(dates, node, place, finish, start)


def _holds(network: Network, dates: Dates, arc: Arc) -> bool:
    """Only the leaf that starts first holds its summary's start."""
    if network.nodes[arc.after].kind is not NodeKind.SUMMARY_START:
        return True
    return dates.early_start[arc.before] == dates.early_start[arc.after]


def _last_finish(network: Network, dates: Dates, place: int) -> Minute:
    """Return the late finish before any successor speaks: project finish, date or deadline."""
    node = network.nodes[place]
    finish = dates.project_finish if network.required_finish is None else network.required_finish
    if network.plan.options.open_ends_are_critical and not node.outgoing:
        finish = min(finish, dates.early_finish[place])
    if node.finish_ceiling is not None:
        finish = min(finish, node.finish_ceiling)
    return finish


def _settle_late(
    dates: Dates, node: Node, place: int, finish: Minute, start: Minute | None
) -> None:
    """Store late dates; late start of a started task is that of the rest of its work."""
    timeline = node.timeline
    left = node.duration if node.actual_start is None else node.remaining
    if start is not None:
        finish = min(finish, timeline.add(start, left))
    if left:
        finish = timeline.previous_finish(finish)
        dates.late_start[place] = timeline.subtract(finish, left)
    else:
        finish = timeline.settle_back(finish)
        dates.late_start[place] = finish
    dates.late_finish[place] = finish


def room(network: Network, dates: Dates, arc: Arc, rooms: dict[int, Minute]) -> Minute | None:
    """Return how late ``before`` may be without moving ``after``; None when it cannot move it.

    ``rooms`` holds the same for a summary's events, which have no dates of their own to keep.
    """
    if not _waits(network, arc) or not _holds(network, dates, arc):
        return None
    if network.nodes[arc.after].kind is not NodeKind.LEAF:
        return rooms.get(arc.after)
    return arc.pull((dates.early_finish if arc.to_finish else dates.resume)[arc.after])


def event_room(
    network: Network, dates: Dates, place: int, rooms: dict[int, Minute]
) -> Minute | None:
    """Return how late a summary's event may be without moving any task after it."""
    bounds = [room(network, dates, arc, rooms) for arc in network.nodes[place].outgoing]
    return min((at for at in bounds if at is not None), default=None)


def _move_late_tasks(network: Network, dates: Dates) -> None:
    rooms: dict[int, Minute] = {}
    for place in reversed(network.order):
        if network.nodes[place].kind is NodeKind.LEAF:
            _move_late(network, dates, place, rooms)
        elif (at := event_room(network, dates, place, rooms)) is not None:
            rooms[place] = at
    for place in network.order:
        node = network.nodes[place]
        if node.kind is NodeKind.SUMMARY_START:
            _forward_summary_start(dates, node, place)
        elif node.kind is NodeKind.SUMMARY_FINISH:
            _forward(network, dates, place)


def _move_late(network: Network, dates: Dates, place: int, rooms: dict[int, Minute]) -> None:
    """Move an as-late-as-possible task as far as it delays nobody (P6: zero free float)."""
    node = network.nodes[place]
    if not node.is_late or node.actual_start is not None or node.pins:
        return
    finish = dates.late_finish[place]
    for arc in node.outgoing:
        at = room(network, dates, arc, rooms)
        if at is not None and not arc.from_finish:
            at = node.timeline.add(at, node.duration)
        finish = finish if at is None else min(finish, at)
    finish = (
        node.timeline.previous_finish(finish)
        if node.duration
        else node.timeline.settle_back(finish)
    )
    if finish <= dates.early_finish[place]:
        return
    start = node.timeline.subtract(finish, node.duration)
    dates.early_start[place] = dates.resume[place] = start
    dates.early_finish[place] = finish
    dates.drivers[place], dates.arcs[place] = Driver.AS_LATE_AS_POSSIBLE, None
