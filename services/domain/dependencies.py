"""What a service needs, directly and through others, and what it carries."""

from collections import deque
from collections.abc import Iterable, Mapping


def adjacency(edges: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """Return edges (service, needs) as service -> what it needs."""
    ways: dict[int, list[int]] = {}
    for service, needs in edges:
        ways.setdefault(service, []).append(needs)
    return ways


def path(edges: Iterable[tuple[int, int]], start: int, goal: int) -> tuple[int, ...]:
    """Return a shortest chain of needs from `start` to `goal`, both included; () if none."""
    ways = adjacency(edges)
    came_from: dict[int, int | None] = {start: None}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        if here == goal:
            return _back(came_from, goal)
        for needed in ways.get(here, ()):
            if needed not in came_from:
                came_from[needed] = here
                waiting.append(needed)
    return ()


def cycle(edges: Iterable[tuple[int, int]], service: int, needs: int) -> tuple[int, ...]:
    """Return the cycle that the new edge service -> needs would close, or () when it closes none.

    The answer begins and ends with `service`, so that it reads as a sentence.
    """
    chain = path(edges, needs, service)
    return (service, *chain) if chain else ()


def reach(edges: Iterable[tuple[int, int]], start: int) -> dict[int, int]:
    """Return everything `start` needs, directly or not, with the fewest steps to it."""
    ways = adjacency(edges)
    found = {start: 0}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for needed in ways.get(here, ()):
            if needed not in found:
                found[needed] = found[here] + 1
                waiting.append(needed)
    del found[start]
    return found


def _back(came_from: Mapping[int, int | None], goal: int) -> tuple[int, ...]:
    chain = [goal]
    while (before := came_from[chain[-1]]) is not None:
        chain.append(before)
    return tuple(reversed(chain))
