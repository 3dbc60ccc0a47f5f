"""Which candidates to choose under several limits: exact search, greedy beside it, frontier.

A 0/1 knapsack with needs, exclusions and forced items. Method and sources:
docs/domain/selection.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from common.domain.figure import require_finite, require_not_negative
from common.domain.health import Reason
from common.domain.refusal import Refusal

EXACT_UP_TO = 25
"""Items searched to the end; a larger set is searched within a budget of nodes."""
NODE_BUDGET = 100_000
ZERO = Decimal(0)


class SelectionError(Refusal):
    """``not_a_number``, ``negative``, ``key_repeated``, ``no_limits``, ``limit_unknown``,
    ``candidate_unknown``, ``forced_in_and_out``, ``forced_items_exclude_each_other``,
    ``forced_items_over_limit``, ``levels_not_rising``."""


class Method(StrEnum):
    """How a selection was found."""

    EXACT = "exact"
    BRANCH_AND_BOUND = "branch_and_bound"
    GREEDY = "greedy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that could be done: its value and what it uses of each limit.

    A limit it does not name it does not use. ``needs``: chosen only together with these;
    ``excludes``: never together with these. ``stated_ratio``: value per unit of the first limit
    as its source prints it, checked by `misprints`.
    """

    key: str
    value: Decimal
    uses: Mapping[str, Decimal]
    needs: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    stated_ratio: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Candidates and limits. The order of the limits matters: of equal values the selection that
    uses less of the first (money) wins, then of the second (hours), and so on."""

    candidates: tuple[Candidate, ...]
    limits: Mapping[str, Decimal]
    forced_in: frozenset[str] = frozenset()
    forced_out: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Refuse what is not a number, unknown names and contradictory wishes."""
        if not self.limits:
            raise SelectionError("no_limits")
        require_not_negative(SelectionError, **self.limits)
        keys = {candidate.key for candidate in self.candidates}
        if len(keys) < len(self.candidates):
            raise SelectionError("key_repeated")
        for candidate in self.candidates:
            _check(candidate, self.limits, keys)
        for key in sorted((self.forced_in | self.forced_out) - keys):
            raise SelectionError("candidate_unknown", candidate=key)
        if both := sorted(self.forced_in & self.forced_out):
            raise SelectionError("forced_in_and_out", candidate=both[0])


def _check(candidate: Candidate, limits: Mapping[str, Decimal], keys: set[str]) -> None:
    require_finite(SelectionError, value=candidate.value)
    if candidate.stated_ratio is not None:
        require_finite(SelectionError, stated_ratio=candidate.stated_ratio)
    require_not_negative(SelectionError, **candidate.uses)
    for name in sorted(candidate.uses.keys() - limits.keys()):
        raise SelectionError("limit_unknown", limit=name, candidate=candidate.key)
    for key in sorted((candidate.needs | candidate.excludes) - keys):
        raise SelectionError("candidate_unknown", candidate=key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was chosen, in the order of the candidates.

    ``proven``: no better selection exists; otherwise ``bound`` says how much a better one could
    be worth at most. ``left_out`` says of each other candidate why it is out.
    """

    method: Method
    chosen: tuple[str, ...]
    value: Decimal
    used: Mapping[str, Decimal]
    proven: bool
    bound: Decimal
    left_out: Mapping[str, Reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A problem with its items as bits of an integer, candidates in their given order.

    ``together``: an item with everything it needs, directly or not. ``apart``: everything that
    must be out when the item is in. ``dependants``: everything that must be out when it is out.
    """

    problem: Problem
    names: tuple[str, ...]
    values: tuple[Decimal, ...]
    uses: tuple[tuple[Decimal, ...], ...]
    limits: tuple[Decimal, ...]
    together: tuple[int, ...]
    apart: tuple[int, ...]
    dependants: tuple[int, ...]
    start_in: int = field(default=0)
    start_out: int = field(default=0)

    def total(self, chosen: int) -> tuple[Decimal, tuple[Decimal, ...]]:
        """Return value and use of a set of items."""
        picked = [i for i in range(len(self.values)) if chosen >> i & 1]
        used = tuple(
            sum((self.uses[i][limit] for i in picked), ZERO) for limit in range(len(self.limits))
        )
        return sum((self.values[i] for i in picked), ZERO), used

    def fits(self, used: Sequence[Decimal]) -> bool:
        """Return whether no limit is passed."""
        return all(use <= limit for use, limit in zip(used, self.limits, strict=True))


def model(problem: Problem) -> Model:
    """Return the problem ready for search, with forced items and their consequences settled.

    Raises SelectionError ``forced_items_exclude_each_other``, ``forced_items_over_limit``.
    """
    index = {candidate.key: i for i, candidate in enumerate(problem.candidates)}
    together = _closures(problem, index)
    apart = _apart(problem, index, together)
    names = tuple(problem.limits)
    count = range(len(index))
    ready = Model(
        problem=problem,
        names=names,
        values=tuple(candidate.value for candidate in problem.candidates),
        uses=tuple(tuple(c.uses.get(name, ZERO) for name in names) for c in problem.candidates),
        limits=tuple(problem.limits.values()),
        together=together,
        apart=apart,
        dependants=tuple(sum(1 << j for j in count if together[j] >> i & 1) for i in count),
    )
    return _forced(ready, index)


def _forced(ready: Model, index: Mapping[str, int]) -> Model:
    chosen = out = 0
    for key in ready.problem.forced_in:
        chosen |= ready.together[index[key]]
        out |= ready.apart[index[key]]
    for key in ready.problem.forced_out:
        out |= ready.dependants[index[key]]
    for i, closure in enumerate(ready.together):
        if closure & ready.apart[i]:  # it needs what it excludes
            out |= ready.dependants[i]
    if clash := chosen & out:
        first = (clash & -clash).bit_length() - 1
        raise SelectionError(
            "forced_items_exclude_each_other", candidate=ready.problem.candidates[first].key
        )
    _, used = ready.total(chosen)
    for name, use, limit in zip(ready.names, used, ready.limits, strict=True):
        if use > limit:
            raise SelectionError(
                "forced_items_over_limit", limit=name, used=str(use), available=str(limit)
            )
    return Model(
        problem=ready.problem,
        names=ready.names,
        values=ready.values,
        uses=ready.uses,
        limits=ready.limits,
        together=ready.together,
        apart=ready.apart,
        dependants=ready.dependants,
        start_in=chosen,
        start_out=out,
    )


def _closures(problem: Problem, index: Mapping[str, int]) -> tuple[int, ...]:
    direct = [sum(1 << index[key] for key in c.needs) for c in problem.candidates]
    closed = []
    for i in range(len(direct)):
        mask, frontier = 1 << i, direct[i]
        while frontier & ~mask:
            new = frontier & ~mask
            mask |= new
            for j in range(len(direct)):
                if new >> j & 1:
                    frontier |= direct[j]
        closed.append(mask)
    return tuple(closed)


def _apart(problem: Problem, index: Mapping[str, int], together: Sequence[int]) -> tuple[int, ...]:
    count = range(len(together))
    direct = [sum(1 << index[key] for key in c.excludes) for c in problem.candidates]
    for i in count:  # exclusion holds both ways
        for j in count:
            if direct[i] >> j & 1:
                direct[j] |= 1 << i
    masks = []
    for i in count:
        excluded = 0
        for j in count:
            if together[i] >> j & 1:
                excluded |= direct[j]
        # What needs an excluded item is excluded with it.
        masks.append(sum(1 << j for j in count if together[j] & excluded))
    return tuple(masks)


def describe(
    ready: Model, chosen: int, *, method: Method, proven: bool, bound: Decimal
) -> Selection:
    """Return the selection of a set of items, with the reason each other candidate is out."""
    value, used = ready.total(chosen)
    keys = [candidate.key for candidate in ready.problem.candidates]
    return Selection(
        method=method,
        chosen=tuple(key for i, key in enumerate(keys) if chosen >> i & 1),
        value=value,
        used=MappingProxyType(dict(zip(ready.names, used, strict=True))),
        proven=proven,
        bound=bound,
        left_out=MappingProxyType(
            {key: _why(ready, i, chosen) for i, key in enumerate(keys) if not chosen >> i & 1}
        ),
    )


def _why(ready: Model, item: int, chosen: int) -> Reason:
    candidates = ready.problem.candidates
    if candidates[item].key in ready.problem.forced_out:
        return Reason(code="forced_out", params={})
    if clash := ready.apart[item] & chosen:
        other = candidates[(clash & -clash).bit_length() - 1].key
        return Reason(code="excluded_by", params={"candidate": other})
    if missing := ready.together[item] & ~chosen & ready.start_out & ~(1 << item):
        other = candidates[(missing & -missing).bit_length() - 1].key
        return Reason(code="needs_what_is_out", params={"candidate": other})
    _, used = ready.total(chosen | ready.together[item])
    for name, use, limit in zip(ready.names, used, ready.limits, strict=True):
        if use > limit:
            return Reason(code="no_room", params={"limit": name, "over_by": str(use - limit)})
    return Reason(code="adds_no_value", params={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Misprint:
    """A candidate whose stated ratio is not its value over its use of the first limit."""

    key: str
    stated: Decimal
    computed: Decimal | None


def misprints(problem: Problem, tolerance: Decimal = Decimal("0.01")) -> tuple[Misprint, ...]:
    """Return the candidates whose stated ratio is off by more than the tolerance (a share).

    A candidate that uses nothing of the first limit has no ratio to state.
    """
    first = next(iter(problem.limits))
    found = []
    for each in problem.candidates:
        use = each.uses.get(first, ZERO)
        computed = each.value / use if use else None
        if each.stated_ratio is None:
            continue
        if computed is None or abs(each.stated_ratio - computed) > tolerance * abs(computed):
            found.append(Misprint(key=each.key, stated=each.stated_ratio, computed=computed))
    return tuple(found)
