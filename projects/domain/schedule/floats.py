"""Float in working minutes of each task's own calendar, and what is critical.

Total float is LF - EF (equal to LS - ES for unstarted work); free float the smallest slack over
outgoing links; interfering float their difference. Negative total float means a date is broken.
"""

from projects.domain.schedule.calendars import Minute
from projects.domain.schedule.network import Network
from projects.domain.schedule.nodes import Arc, NodeKind
from projects.domain.schedule.passes import Dates, Driver, event_room, room
from projects.domain.schedule.plan import Criticality


def total_floats(network: Network, dates: Dates) -> list[int]:
    """Return total float by node place; finished work has none to give and counts zero."""
    floats = [0] * len(network.nodes)
    for place, node in enumerate(network.nodes):
        early, late = dates.early_finish[place], dates.late_finish[place]
        if early != late and node.actual_finish is None:
            floats[place] = node.timeline.total(late) - node.timeline.total(early)
    return floats


def free_floats(network: Network, dates: Dates) -> list[int]:
    """Return free float by node place: what a task can slip without moving any other.

    The project finish bounds it too: without a successor it is the float to that finish, and a
    lead past the finish gives no more.
    """
    floats = [0] * len(network.nodes)
    rooms: dict[int, Minute] = {}
    for place in reversed(network.order):
        node = network.nodes[place]
        if node.kind is not NodeKind.LEAF:
            at = event_room(network, dates, place, rooms)
            if at is not None:
                rooms[place] = at
        elif node.actual_finish is None:
            floats[place] = _free_float(network, dates, place, rooms)
    return floats


def _free_float(network: Network, dates: Dates, place: int, rooms: dict[int, Minute]) -> int:
    node = network.nodes[place]
    total = node.timeline.total
    finish = total(dates.early_finish[place])
    free = total(dates.project_finish) - finish
    for arc in node.outgoing:
        at = room(network, dates, arc, rooms)
        if at is None or (not arc.from_finish and node.actual_start is not None):
            continue
        slack = total(at) - (finish if arc.from_finish else total(dates.early_start[place]))
        if slack < free:
            free = slack
    return free


def critical_places(network: Network, dates: Dates, floats: list[int]) -> set[int]:
    """Return the places of critical leaves by the plan's definition; finished work never is."""
    options = network.plan.options
    if options.criticality is Criticality.LONGEST_PATH:
        places = longest_path(network, dates)
    else:
        places = {p for p, slack in enumerate(floats) if slack <= options.float_threshold}
    nodes = network.nodes
    return {
        place
        for place in places
        if nodes[place].kind is NodeKind.LEAF and nodes[place].actual_finish is None
    }


def longest_path(network: Network, dates: Dates) -> set[int]:
    """Return all places that drive the project finish, through every tied driving link."""
    waiting = [
        place
        for place, node in enumerate(network.nodes)
        if node.kind is NodeKind.LEAF and dates.early_finish[place] == dates.project_finish
    ]
    found = set(waiting)
    while waiting:
        place = waiting.pop()
        for arc in network.nodes[place].incoming:
            if arc.before not in found and is_driving(network, dates, arc):
                found.add(arc.before)
                waiting.append(arc.before)
    return found


def is_driving(network: Network, dates: Dates, arc: Arc) -> bool:
    """Whether this arc alone would give ``after`` the early date it has."""
    place, node = arc.after, network.nodes[arc.after]
    if dates.drivers[place] is not Driver.LINK:
        return False
    at = (dates.early_finish if arc.from_finish else dates.early_start)[arc.before]
    at = arc.push(at)
    if arc.to_finish:
        return node.timeline.settle(at) == dates.early_finish[place]
    if node.duration and node.actual_start is None:
        return node.timeline.next_start(at) == dates.early_start[place]
    if node.remaining and node.actual_start is not None:
        return node.timeline.next_start(at) == dates.resume[place]
    return node.timeline.settle(at) == dates.resume[place]
