"""The exact one-sided rank test and the Hodges-Lehmann shift, for series with ties.

Formulas: docs/domain/verdict.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import comb, erfc, sqrt

from common.domain.xmr import Direction, median
from improvements.domain.ranks import mid_ranks

EXACT_UP_TO = 100
"""Values in both series together; above it the normal form with tie correction is used."""


class Exactness(StrEnum):
    """How a p value was found."""

    EXACT = "exact"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class RankTest:
    """Wilcoxon, Mann and Whitney's rank-sum test, one-sided.

    ``u``: pairs (before, after) in which after is better, a tie counting one half; at most
    ``u_max``. ``p``: the chance of a ``u`` at least as large if nothing had changed.
    """

    u: Decimal
    u_max: int
    p: Decimal
    exactness: Exactness


def rank_test(before: Sequence[Decimal], after: Sequence[Decimal], better: Direction) -> RankTest:
    """Return the test of "after is better than before". Both series hold at least one value.

    Exact permutation distribution of the mid-ranks, so ties need no correction, up to 100 values
    together; beyond that the normal form with tie and continuity correction.
    Source: Lehmann, Nonparametrics (1975), chapter 1.
    """
    ranks = mid_ranks([better.sign * value for value in (*before, *after)])
    n, m = len(before), len(after)
    total = sum(ranks[n:], Decimal(0))
    u = total - Decimal(m * (m + 1)) / 2
    exact = n + m <= EXACT_UP_TO
    p = _exact_tail(ranks, n) if exact else _normal_tail(ranks, n, u)
    return RankTest(u=u, u_max=n * m, p=p, exactness=Exactness.EXACT if exact else Exactness.NORMAL)


def _exact_tail(ranks: Sequence[Decimal], n: int) -> Decimal:
    """Return the share of all ways to choose the after series whose rank sum is as large.

    The counts of subsets by size and (doubled, hence whole) rank sum are the coefficients of a
    polynomial, held in one integer per size with a fixed number of bits per coefficient.
    """
    doubled = [int(2 * rank) for rank in ranks]
    size = len(doubled)
    bits = size + 1
    m = size - n
    ways = [1] + [0] * m
    for i, rank in enumerate(doubled):
        for k in range(min(i + 1, m), 0, -1):
            ways[k] += ways[k - 1] << (rank * bits)
    observed = sum(doubled[n:])
    # Digits in base 2**bits sum to the number modulo 2**bits - 1, and no sum reaches that.
    as_large = (ways[m] >> (observed * bits)) % ((1 << bits) - 1)
    return Decimal(as_large) / Decimal(comb(size, m))


def _normal_tail(ranks: Sequence[Decimal], n: int, u: Decimal) -> Decimal:
    size, m = len(ranks), len(ranks) - n
    middle = Decimal(size + 1) / 2
    variance = n * m * sum((r - middle) ** 2 for r in ranks) / Decimal(size * (size - 1))
    if not variance:
        return Decimal(1)
    z = (float(u) - n * m / 2 - 0.5) / sqrt(float(variance))
    return Decimal(erfc(z / sqrt(2)) / 2)


def hodges_lehmann(before: Sequence[Decimal], after: Sequence[Decimal]) -> Decimal:
    """Return the median of all differences after - before: how far the typical value moved."""
    return median([b - a for a in before for b in after])
