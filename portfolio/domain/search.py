"""The search itself: branch and bound, the greedy list beside it, and the frontier.

Method and sources: docs/domain/selection.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from math import gcd
from types import MappingProxyType

from common.domain.figure import require_not_negative
from portfolio.domain.selection import (
    EXACT_UP_TO,
    NODE_BUDGET,
    Method,
    Model,
    Problem,
    Selection,
    SelectionError,
    describe,
    model,
)

SMALL_BUDGET = 2_000_000
"""Nodes for up to 25 items. Only sets built for it come near: many items of one value per unit,
to the cent, under several limits."""
MEMORY = 200_000

_Node = tuple[int, int, int, tuple[int, ...]]


def select(problem: Problem, node_budget: int = NODE_BUDGET) -> Selection:
    """Return the best selection: highest value, then least use of each limit in order.

    Up to 25 candidates it searches to the end. Beyond that it visits at most ``node_budget``
    nodes; where that ends it, ``proven`` is False and ``bound`` limits what was missed. Never
    worse than `greedy`. Raises SelectionError ``forced_items_exclude_each_other``,
    ``forced_items_over_limit``.
    """
    ready = model(problem)
    small = len(problem.candidates) <= EXACT_UP_TO
    search = _Search(ready, SMALL_BUDGET if small else node_budget)
    search.run()
    return describe(
        ready,
        search.best,
        method=Method.EXACT if small else Method.BRANCH_AND_BOUND,
        proven=search.is_complete,
        bound=search.unit * (search.best_value if search.is_complete else search.ceiling),
    )


def greedy(problem: Problem) -> Selection:
    """Return what picking by value per unit of the first limit gives, best ratio first.

    An item comes with what it needs, if all of it fits. Shown beside the optimum, because it is
    what a sorted list invites people to do.
    """
    ready = model(problem)
    chosen = _greedy(ready)
    value, _ = ready.total(chosen)
    return describe(ready, chosen, method=Method.GREEDY, proven=False, bound=value)


def _greedy(ready: Model) -> int:
    chosen, out = ready.start_in, ready.start_out
    for item in _by_ratio(ready, 0):
        if (chosen | out) >> item & 1 or ready.values[item] <= 0:
            continue
        grown = chosen | ready.together[item]
        if ready.fits(ready.total(grown)[1]):
            chosen, out = grown, out | ready.apart[item]
    return chosen


def _by_ratio(ready: Model, limit: int) -> list[int]:
    """Return the items by value per unit of a limit, best first; what uses nothing of it leads."""

    def key(item: int) -> tuple[bool, Decimal, int]:
        use, value = ready.uses[item][limit], ready.values[item]
        return (use > 0, -value / use if use else -value, item)

    return sorted(range(len(ready.values)), key=key)


def _whole(numbers: Sequence[Decimal]) -> tuple[list[int], Decimal]:
    """Return the numbers as multiples of their greatest common unit, and that unit."""
    places = max((-_exponent(number) for number in numbers), default=0)
    scaled = [int(number.scaleb(max(places, 0))) for number in numbers]
    unit = gcd(*scaled) or 1
    return [number // unit for number in scaled], Decimal(unit).scaleb(-max(places, 0))


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


class _Search:
    """Depth first, the item first in, most valuable per scarce unit first; in whole numbers.

    A branch is cut when the fractional optimum over any one limit, which no selection below it
    can pass, is under the best value so far; or equals it and cannot be reached with less use.
    A set of decisions that leads to where another has been is not followed twice.
    """

    def __init__(self, ready: Model, budget: int) -> None:
        self.ready = ready
        self.budget = budget
        self.nodes = 0
        self.is_complete = True
        self.values, self.unit = _whole(ready.values)
        columns = [
            _whole([limit, *(use[k] for use in ready.uses)])[0]
            for k, limit in enumerate(ready.limits)
        ]
        self.limits = [column[0] for column in columns]
        self.uses = [tuple(column[1 + i] for column in columns) for i in range(len(self.values))]
        self.orders = [
            [i for i in _by_ratio(ready, k) if self.values[i] > 0] for k in range(len(columns))
        ]
        self.branching = self._branching()
        self.best = _greedy(ready)
        self.best_value, self.best_used = self._total(self.best)
        self.ceiling = self.best_value
        self.seen: set[tuple[int, int, int, int, tuple[int, ...]]] = set()

    def run(self) -> None:
        """Search to the end or to the end of the budget."""
        stack: list[_Node] = [
            (self.ready.start_in, self.ready.start_out, *self._total(self.ready.start_in))
        ]
        while stack:
            if self.nodes >= self.budget:
                self.is_complete = False
                self.ceiling = max(self.best_value, *(self._bound(node) for node in stack))
                return
            self.nodes += 1
            node = stack.pop()
            self._keep(node)
            if not self._is_hopeless(node):
                stack.extend(self._branches(node))

    def _keep(self, node: _Node) -> None:
        chosen, _, value, used = node
        if (-value, used) < (-self.best_value, self.best_used):
            self.best, self.best_value, self.best_used = chosen, value, used

    def _branches(self, node: _Node) -> list[_Node]:
        """Return the branches without and with the next open item; the last is searched first."""
        chosen, out, value, used = node
        settled = chosen | out
        place = next((p for p, i in enumerate(self.branching) if not settled >> i & 1), None)
        if place is None or self._was_seen(place, node):
            return []
        item = self.branching[place]
        branches: list[_Node] = [(chosen, out | self.ready.dependants[item], value, used)]
        # What an open item needs is never out and what it bars never in: choosing or dropping
        # anything has already settled both for everything that depends on it.
        grown, banned = chosen | self.ready.together[item], out | self.ready.apart[item]
        worth, more = self._total(grown & ~chosen)
        use = tuple(a + b for a, b in zip(used, more, strict=True))
        if all(a <= limit for a, limit in zip(use, self.limits, strict=True)):
            branches.append((grown, banned, value + worth, use))
        return branches

    def _was_seen(self, place: int, node: _Node) -> bool:
        chosen, out, value, used = node
        later = self.later[place]
        state = (place, chosen & later, out & later, value, used)
        if state in self.seen:
            return True
        if len(self.seen) < MEMORY:
            self.seen.add(state)
        return False

    def _is_hopeless(self, node: _Node) -> bool:
        bound = self._bound(node)
        if bound != self.best_value:
            return bound < self.best_value
        least = tuple(self._least_use(node, k) for k in range(len(self.limits)))
        return least >= self.best_used

    def _bound(self, node: _Node) -> int:
        chosen, out, start, used = node
        settled = chosen | out
        bounds = []
        for k, order in enumerate(self.orders):
            room, value = self.limits[k] - used[k], start
            for item in order:
                if settled >> item & 1:
                    continue
                use = self.uses[item][k]
                if use > room:
                    value += self.values[item] * room // use
                    break
                room -= use
                value += self.values[item]
            bounds.append(value)
        return min(bounds)

    def _least_use(self, node: _Node, k: int) -> int:
        """Return the least use of a limit with which the best value could still be reached."""
        chosen, out, value, used = node
        settled, missing, use = chosen | out, self.best_value - value, used[k]
        for item in self.orders[k]:
            if missing <= 0:
                break
            if not settled >> item & 1:
                worth = self.values[item]
                part = min(missing, worth)
                use += -(-self.uses[item][k] * part // worth)
                missing -= part
        return use

    def _branching(self) -> list[int]:
        """Return the items by value per scarce unit, and remember what comes after each place."""
        shares = [
            sum((Decimal(u) / limit for u, limit in zip(use, self.limits, strict=True) if limit))
            for use in self.uses
        ]
        order = sorted(
            range(len(self.values)),
            key=lambda i: (-self.values[i] / (shares[i] or Decimal("1e-9")), i),
        )
        self.later = [sum(1 << i for i in order[place:]) for place in range(len(order))]
        return order

    def _total(self, items: int) -> tuple[int, tuple[int, ...]]:
        picked = [i for i in range(len(self.values)) if items >> i & 1]
        used = tuple(sum(self.uses[i][k] for i in picked) for k in range(len(self.limits)))
        return sum(self.values[i] for i in picked), used


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """The best selection at one level of the limit that varies."""

    level: Decimal
    selection: Selection


def frontier(
    problem: Problem, along: str, levels: Sequence[Decimal], node_budget: int = NODE_BUDGET
) -> tuple[FrontierPoint, ...]:
    """Return the best selection at each level of one limit, levels rising; value never falls.

    Where a search ends on its budget, the better selection of a lower level is kept: it still
    fits. Raises SelectionError ``limit_unknown``, ``levels_not_rising``,
    ``negative``, ``not_a_number``.
    """
    if along not in problem.limits:
        raise SelectionError("limit_unknown", limit=along)
    require_not_negative(SelectionError, **{f"level_{i}": x for i, x in enumerate(levels)})
    if any(later <= earlier for earlier, later in pairwise(levels)):
        raise SelectionError("levels_not_rising")
    points: list[FrontierPoint] = []
    for level in levels:
        found = select(_at(problem, along, level), node_budget)
        if points and points[-1].selection.value > found.value:
            found = replace(points[-1].selection, proven=False, bound=found.bound)
        points.append(FrontierPoint(level=level, selection=found))
    return tuple(points)


def _at(problem: Problem, along: str, level: Decimal) -> Problem:
    limits: Mapping[str, Decimal] = MappingProxyType({**problem.limits, along: level})
    return replace(problem, limits=limits)
