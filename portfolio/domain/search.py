"""The search itself: branch and bound, the greedy list beside it, and the frontier.

Method and sources: docs/domain/selection.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType

from portfolio.domain.selection import (
    EXACT_UP_TO,
    NODE_BUDGET,
    ZERO,
    Method,
    Model,
    Problem,
    Selection,
    SelectionError,
    describe,
    model,
)

_Rank = tuple[Decimal, ...]


def select(problem: Problem, node_budget: int = NODE_BUDGET) -> Selection:
    """Return the best selection: highest value, then least use of each limit in order.

    Up to 25 candidates the answer is always proven. Beyond that the search visits at most
    ``node_budget`` nodes; where that ends it, ``proven`` is False and ``bound`` limits what was
    missed. Never worse than `greedy`. Raises SelectionError ``forced_items_exclude_each_other``,
    ``forced_items_over_limit``.
    """
    ready = model(problem)
    small = len(problem.candidates) <= EXACT_UP_TO
    search = _Search(ready, budget=None if small else node_budget)
    search.run()
    return describe(
        ready,
        search.best,
        method=Method.EXACT if small else Method.BRANCH_AND_BOUND,
        proven=search.is_complete,
        bound=search.best_rank[0] if search.is_complete else search.ceiling,
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
        if grown & (out | ready.apart[item]):
            continue
        if ready.fits(ready.total(grown)[1]):
            chosen, out = grown, out | ready.apart[item]
    return chosen


def _by_ratio(ready: Model, limit: int) -> list[int]:
    """Return the items by value per unit of a limit, best first; what uses nothing of it leads."""

    def key(item: int) -> tuple[bool, Decimal, int]:
        use, value = ready.uses[item][limit], ready.values[item]
        return (use > 0, -value / use if use else -value, item)

    return sorted(range(len(ready.values)), key=key)


class _Search:
    """Depth first, the item first in, most valuable per scarce unit first.

    A branch is cut when the fractional optimum over any one limit, which no selection below it
    can pass, is under the best value so far; or equal to it while already using more.
    """

    def __init__(self, ready: Model, budget: int | None) -> None:
        self.ready = ready
        self.budget = budget
        self.nodes = 0
        self.ceiling = ZERO
        self.is_complete = True
        self.orders = [_by_ratio(ready, limit) for limit in range(len(ready.limits))]
        self.branching = self._branching()
        self.best = _greedy(ready)
        self.best_rank = self._rank(*ready.total(self.best))

    def run(self) -> None:
        """Search to the end or to the end of the budget."""
        ready = self.ready
        value, used = ready.total(ready.start_in)
        stack = [(ready.start_in, ready.start_out, value, used)]
        while stack:
            if self.budget is not None and self.nodes >= self.budget:
                self._stop(stack)
                return
            self.nodes += 1
            chosen, out, value, used = stack.pop()
            rank = self._rank(value, used)
            if rank > self.best_rank:
                self.best, self.best_rank = chosen, rank
            if self._is_hopeless(chosen, out, rank):
                continue
            item = next((i for i in self.branching if not (chosen | out) >> i & 1), None)
            if item is None:
                continue
            stack.append((chosen, out | ready.dependants[item], value, used))
            stack.extend(self._taken(chosen, out, item))

    def _taken(
        self, chosen: int, out: int, item: int
    ) -> list[tuple[int, int, Decimal, tuple[Decimal, ...]]]:
        ready = self.ready
        grown = chosen | ready.together[item]
        banned = out | ready.apart[item]
        if grown & banned:
            return []
        value, used = ready.total(grown)
        return [(grown, banned, value, used)] if ready.fits(used) else []

    def _is_hopeless(self, chosen: int, out: int, rank: _Rank) -> bool:
        bound = self._bound(chosen, out, rank)
        if bound != self.best_rank[0]:
            return bound < self.best_rank[0]
        # Only an equal value is left to find, and use can only grow on the way to it.
        return rank[1:] <= self.best_rank[1:]

    def _bound(self, chosen: int, out: int, rank: _Rank) -> Decimal:
        ready = self.ready
        settled = chosen | out
        bounds = []
        for limit, order in enumerate(self.orders):
            room, value = ready.limits[limit] + rank[1 + limit], rank[0]
            for item in order:
                worth = ready.values[item]
                if settled >> item & 1 or worth <= 0:
                    continue
                use = ready.uses[item][limit]
                if use > room:
                    value += worth * room / use
                    break
                room -= use
                value += worth
            bounds.append(value)
        return min(bounds)

    def _branching(self) -> list[int]:
        ready = self.ready

        def scarcity(item: int) -> Decimal:
            shares = [
                use / limit
                for use, limit in zip(ready.uses[item], ready.limits, strict=True)
                if limit
            ]
            return sum(shares, ZERO)

        def key(item: int) -> tuple[Decimal, int]:
            return (-ready.values[item] / (scarcity(item) or Decimal("1e-9")), item)

        return sorted(range(len(ready.values)), key=key)

    def _stop(self, stack: Sequence[tuple[int, int, Decimal, tuple[Decimal, ...]]]) -> None:
        self.is_complete = False
        open_bounds = [self._bound(c, o, self._rank(v, u)) for c, o, v, u in stack]
        self.ceiling = max([self.best_rank[0], *open_bounds])

    @staticmethod
    def _rank(value: Decimal, used: Sequence[Decimal]) -> _Rank:
        return (value, *(-use for use in used))


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
    fits. Raises SelectionError ``limit_unknown``, ``levels_not_rising``.
    """
    if along not in problem.limits:
        raise SelectionError("limit_unknown", limit=along)
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
