"""Ranks of series that may hold ties: mid-ranks and the two rank correlations.

Nothing here knows what is ranked; `scoring` compares methods with it, `verdict` judges series.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.domain.figure import Figure, defined, undefined


def mid_ranks(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Return the rank of each value, 1 for the smallest; equal values share their mean rank."""
    times = Counter(values)
    rank: dict[Decimal, Decimal] = {}
    below = 0
    for value in sorted(times):
        rank[value] = below + Decimal(times[value] + 1) / 2
        below += times[value]
    return tuple(rank[value] for value in values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """How two series order the same items, pair by pair; the five counts sum to n(n-1)/2."""

    concordant: int
    discordant: int
    tied_in_first: int
    tied_in_second: int
    tied_in_both: int


def compare_pairs(first: Sequence[Decimal], second: Sequence[Decimal]) -> Pairs:
    """Return the counts of agreeing, disagreeing and tied pairs of two equally long series."""
    tally: Counter[str] = Counter()
    for i in range(len(first)):
        for j in range(i):
            a, b = first[i] - first[j], second[i] - second[j]
            if a and b:
                tally["same" if (a > 0) == (b > 0) else "opposite"] += 1
            elif a or b:
                tally["second" if a else "first"] += 1
            else:
                tally["both"] += 1
    return Pairs(
        concordant=tally["same"],
        discordant=tally["opposite"],
        tied_in_first=tally["first"],
        tied_in_second=tally["second"],
        tied_in_both=tally["both"],
    )


def kendall_tau_b(first: Sequence[Decimal], second: Sequence[Decimal]) -> Figure:
    """Return Kendall's tau-b: (C - D) / sqrt((P - T1)(P - T2)), -1..1, corrected for ties.

    C, D: concordant and discordant pairs; P = n(n-1)/2; T1, T2: pairs tied in the first and
    the second series. Source: Kendall 1945. Undefined ``too_few_items`` under two items,
    ``all_tied`` when either series is constant.
    """
    pairs = compare_pairs(first, second)
    agreed, opposed = Decimal(pairs.concordant), Decimal(pairs.discordant)
    if len(first) < 2:
        return undefined("too_few_items", items=Decimal(len(first)))
    untied_first = agreed + opposed + pairs.tied_in_second
    untied_second = agreed + opposed + pairs.tied_in_first
    parts = {"concordant": agreed, "discordant": opposed}
    if untied_first == 0 or untied_second == 0:
        return undefined("all_tied", **parts)
    return defined((agreed - opposed) / (untied_first * untied_second).sqrt(), **parts)


def spearman_rho(first: Sequence[Decimal], second: Sequence[Decimal]) -> Figure:
    """Return Spearman's rho: Pearson's correlation of the mid-ranks, -1..1, right with ties.

    Undefined ``too_few_items`` under two items, ``all_tied`` when either series is constant.
    """
    n = Decimal(len(first))
    if n < 2:
        return undefined("too_few_items", items=n)
    middle = (n + 1) / 2
    a = [rank - middle for rank in mid_ranks(first)]
    b = [rank - middle for rank in mid_ranks(second)]
    cross = sum((x * y for x, y in zip(a, b, strict=True)), Decimal(0))
    spread_a, spread_b = sum(x * x for x in a), sum(y * y for y in b)
    if not spread_a or not spread_b:
        return undefined("all_tied", items=n)
    return defined(cross / (Decimal(spread_a) * Decimal(spread_b)).sqrt(), items=n)
