"""Compound availability: what a service can promise, given what it stands on.

Series, redundant groups (k of n) and soft dependencies; a component that several paths share is
factored once, by conditioning on it in a binary decision diagram. All own availabilities are
taken as independent. Conventions and sources: ``docs/domain/compound.md``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.domain.refusal import Refusal
from services.domain.ordering import dependencies_first

MOST_ENTANGLED = 200
"""Components between a service and what its paths share; beyond this nothing is computed."""
MOST_CASES = 200_000
"""Combinations looked at before giving up: about a second."""
ONE, ZERO = Decimal(1), Decimal(0)


class CompoundError(Refusal):
    """``availability_out_of_range``, ``component_unknown``, ``component_repeated``,
    ``member_repeated``, ``group_size``, ``dependency_cycle`` (with its path), ``too_entangled``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """A dependency: at least ``at_least`` of ``members`` must work.

    One member is a hard dependency; several with ``at_least`` below their number a redundant
    group. A soft one degrades the service: it is listed and never computed with.
    Raises CompoundError ``group_size``, ``member_repeated``.
    """

    members: tuple[str, ...]
    at_least: int = 1
    is_soft: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.at_least <= len(self.members):
            raise CompoundError("group_size", at_least=self.at_least, members=len(self.members))
        member, times = Counter(self.members).most_common(1)[0]
        if times > 1:
            raise CompoundError("member_repeated", key=member)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """A service or supplier with its own availability (None: unknown) and what it needs."""

    key: str
    own: Decimal | None
    needs: tuple[Needs, ...] = ()

    def __post_init__(self) -> None:
        if self.own is not None:
            _checked(self.own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """The modelled availability of one service, with the parts that explain it.

    ``value`` is None with the reason ``availability_unknown`` when a component it stands on has
    no figure (``unknown`` names them). ``naive`` is what ignoring shared components would give;
    ``modelled`` the exact figure of everything the service stands on, itself included.
    ``weakest`` bounds the value from above: no chain is stronger than it, most are weaker.
    """

    value: Decimal | None
    reason: str | None
    naive: Decimal | None
    modelled: Mapping[str, Decimal]
    shared: tuple[str, ...]
    weakest: str | None
    unknown: tuple[str, ...]
    soft: tuple[str, ...]


def series(availabilities: Sequence[Decimal]) -> Decimal:
    """Return the product: all must work. Nothing at all works always (1)."""
    result = ONE
    for availability in availabilities:
        result *= _checked(availability)
    return result


def parallel(availabilities: Sequence[Decimal]) -> Decimal:
    """Return 1 minus the product of unavailabilities: one must work."""
    return k_of_n(1, availabilities)


def k_of_n(at_least: int, availabilities: Sequence[Decimal]) -> Decimal:
    """Return the probability that at least k of n independent parts work.

    With equal parts it is the upper tail of the binomial; the parts may differ. Raises
    CompoundError ``group_size``, ``availability_out_of_range``.
    """
    if not 1 <= at_least <= len(availabilities):
        raise CompoundError("group_size", at_least=at_least, members=len(availabilities))
    spare = len(availabilities) - at_least
    failed = [ONE] + [ZERO] * spare
    for availability in availabilities:
        up, down = _checked(availability), 1 - availability
        for count in range(spare, 0, -1):
            failed[count] = failed[count] * up + failed[count - 1] * down
        failed[0] *= up
    return sum(failed, ZERO)


def compound(components: Sequence[Component], root: str) -> Compound:
    """Return the modelled availability of ``root`` over everything it stands on.

    A(x) = own(x) times, for each dependency, the probability that enough of it works; where
    paths share a component the probability is taken over its states once (C10). Components that
    ``root`` does not reach are ignored. Raises CompoundError as the class lists.
    """
    index = _indexed(components)
    order = tuple(dependencies_first([root], lambda key: _known_members(index, key), CompoundError))
    uses = Counter(key for parent in order for key in _members(index[parent]))
    shared = {key for key in order if uses[key] > 1}
    unknown = tuple(sorted(key for key in order if index[key].own is None))
    naive = None if unknown else _naive(index, order)
    modelled = {} if naive is None else _modelled(index, order, naive, shared)
    return Compound(
        value=modelled.get(root),
        reason="availability_unknown" if unknown else None,
        naive=None if naive is None else naive[root],
        modelled=modelled,
        shared=tuple(sorted(shared)),
        weakest=_weakest(index, root),
        unknown=unknown,
        soft=_soft(index, order),
    )


def promised_components(
    needs: Mapping[str, Sequence[Needs]], promised: Mapping[str, Decimal | None], root: str
) -> tuple[Component, ...]:
    """Return what a service stands on as components, from what each of them promises.

    A promise covers everything below it, so what a component may fail by itself is what its
    promise leaves over what it stands on. Below a component that stands on something without a
    promise its own promise speaks for all of it. The root itself is taken never to fail: the
    result is the most that is possible.
    """
    order = dependencies_first([root], lambda key: _hard(needs.get(key, ())), CompoundError)
    total: dict[str, Decimal | None] = {}
    made = []
    for key in order:
        below = [need for need in needs.get(key, ()) if not need.is_soft]
        figures = [[total[member] for member in need.members] for need in below]
        known = all(value is not None for values in figures for value in values)
        stands = series(
            [
                k_of_n(need.at_least, [value or ZERO for value in values])
                for need, values in zip(below, figures, strict=True)
            ]
        )
        own = ONE if key == root else promised.get(key)
        if key != root and own is not None and known and stands:
            own, total[key] = min(ONE, own / stands), min(own, stands)
        else:
            total[key] = own
        is_whole = key == root or known
        kept = tuple(needs.get(key, ())) if is_whole else ()
        made.append(Component(key=key, own=own, needs=kept))
    return tuple(made)


def _hard(needs: Sequence[Needs]) -> Iterator[str]:
    for need in needs:
        if not need.is_soft:
            yield from need.members


def _indexed(components: Sequence[Component]) -> dict[str, Component]:
    index: dict[str, Component] = {}
    for component in components:
        if component.key in index:
            raise CompoundError("component_repeated", key=component.key)
        index[component.key] = component
    return index


def _members(component: Component) -> Iterator[str]:
    for needs in component.needs:
        if not needs.is_soft:
            yield from needs.members


def _known_members(index: Mapping[str, Component], key: str) -> Iterator[str]:
    if key not in index:
        raise CompoundError("component_unknown", key=key)
    for needs in index[key].needs:
        for member in needs.members:
            if member not in index:
                raise CompoundError("component_unknown", key=member)
    return _members(index[key])


def _naive(index: Mapping[str, Component], order: Sequence[str]) -> dict[str, Decimal]:
    """Every component as if no other stood on the same."""
    naive: dict[str, Decimal] = {}
    for key in order:
        hard = [needs for needs in index[key].needs if not needs.is_soft]
        naive[key] = _own(index[key]) * _all_met(hard, naive)
    return naive


def _modelled(
    index: Mapping[str, Component],
    order: Sequence[str],
    naive: Mapping[str, Decimal],
    shared: set[str],
) -> dict[str, Decimal]:
    """Every component exactly; ``naive`` is exact wherever nothing below is shared."""
    tangle = _tangle(index, order, shared)
    cases = {*tangle, *(key for joint in tangle.values() for n in joint for key in n.members)}
    if len(cases) > MOST_ENTANGLED:
        raise CompoundError("too_entangled", components=len(cases))
    # Services first, what they share last: reading down the diagram follows the dependencies.
    diagram = _Diagram([key for key in reversed(order) if key in cases])
    chance = dict(naive)
    works: dict[str, int] = {}
    for key in order:
        if key not in cases:
            continue
        works[key] = diagram.case(key)
        if key in tangle:
            private = [n for n in index[key].needs if not n.is_soft and n not in tangle[key]]
            chance[key] = _own(index[key]) * _all_met(private, naive)
            for needs in tangle[key]:
                enough = diagram.at_least(needs.at_least, [works[m] for m in needs.members])
                works[key] = diagram.both(works[key], enough)
    exact = diagram.probabilities(chance)
    return {key: exact[works[key]] if key in tangle else naive[key] for key in order}


def _tangle(
    index: Mapping[str, Component], order: Sequence[str], shared: set[str]
) -> dict[str, list[Needs]]:
    """Components above something shared, each with the dependencies that lead to it."""
    tangle: dict[str, list[Needs]] = {}
    for key in order:
        joint = [
            needs
            for needs in index[key].needs
            if not needs.is_soft and any(m in shared or m in tangle for m in needs.members)
        ]
        if joint:
            tangle[key] = joint
    return tangle


def _own(component: Component) -> Decimal:
    return ZERO if component.own is None else component.own


def _all_met(needs: Sequence[Needs], naive: Mapping[str, Decimal]) -> Decimal:
    return series([k_of_n(n.at_least, [naive[m] for m in n.members]) for n in needs])


def _weakest(index: Mapping[str, Component], root: str) -> str | None:
    """The lowest own availability among ``root`` and all it cannot do without."""
    needed, pending = {root}, [root]
    while pending:
        for needs in index[pending.pop()].needs:
            if not needs.is_soft and needs.at_least == len(needs.members):
                pending += set(needs.members) - needed
                needed.update(needs.members)
    known = [(own, key) for key in needed if (own := index[key].own) is not None]
    return min(known)[1] if known else None


def _soft(index: Mapping[str, Component], order: Sequence[str]) -> tuple[str, ...]:
    needs = [needs for key in order for needs in index[key].needs if needs.is_soft]
    return tuple(sorted({member for soft in needs for member in soft.members} - set(order)))


class _Diagram:
    """A binary decision diagram: which combinations of working components make a service work.

    A node is (case, result when it fails, result when it works); 0 is never, 1 is always. Equal
    nodes are one, so each shared component is decided once however many paths lead to it.
    """

    def __init__(self, cases: Sequence[str]) -> None:
        self._cases = cases
        self._places = {key: place for place, key in enumerate(cases)}
        # Below every case come the two ends.
        self._nodes: list[tuple[int, int, int]] = [(len(cases), 0, 0), (len(cases), 1, 1)]
        self._known: dict[tuple[int, int, int], int] = {}
        self._joined: dict[tuple[bool, int, int], int] = {}

    def case(self, key: str) -> int:
        """Return the node that works when this component does."""
        return self._node(self._places[key], 0, 1)

    def both(self, a: int, b: int) -> int:
        """Return the node that works when both do."""
        return self._join(a, b, ends=False)

    def at_least(self, count: int, parts: Sequence[int]) -> int:
        """Return the node that works when at least ``count`` of the parts do."""
        enough = [1] + [0] * count
        for part in parts:
            for have in range(count, 0, -1):
                one_more = self._join(part, enough[have - 1], ends=False)
                enough[have] = self._join(enough[have], one_more, ends=True)
        return enough[count]

    def probabilities(self, chance: Mapping[str, Decimal]) -> list[Decimal]:
        """Return the probability of every node; a node's branches always stand before it."""
        result = [ZERO, ONE]
        for place, fails, works in self._nodes[2:]:
            up = chance[self._cases[place]]
            result.append((1 - up) * result[fails] + up * result[works])
        return result

    def _node(self, place: int, fails: int, works: int) -> int:
        if fails == works:
            return fails
        node = (place, fails, works)
        if node not in self._known:
            self._known[node] = len(self._nodes)
            self._nodes.append(node)
        return self._known[node]

    def _join(self, a: int, b: int, *, ends: bool) -> int:
        """And (``ends`` False) or or (True): the end that decides alone is ``int(ends)``."""
        if a in (b, ends) or b == 1 - ends:
            return a
        if a == 1 - ends or b == ends:
            return b
        key = (ends, min(a, b), max(a, b))
        if key not in self._joined:
            if len(self._joined) >= MOST_CASES:
                raise CompoundError("too_entangled", components=len(self._cases))
            (place_a, *branches_a), (place_b, *branches_b) = self._nodes[a], self._nodes[b]
            place = min(place_a, place_b)
            fails, works = (
                self._join(
                    branches_a[way] if place_a == place else a,
                    branches_b[way] if place_b == place else b,
                    ends=ends,
                )
                for way in (0, 1)
            )
            self._joined[key] = self._node(place, fails, works)
        return self._joined[key]


def _checked(availability: Decimal) -> Decimal:
    if not availability.is_finite() or not 0 <= availability <= 1:
        raise CompoundError("availability_out_of_range", value=str(availability))
    return availability
