"""Randomness that is the same every time: one stream per thing, so that none shifts another."""

import math
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
SEED = "nordvik-1"


def stream(*names: object) -> Random:
    """Return the random stream of a thing, named by what it is; equal names give equal streams."""
    return Random(":".join(map(str, (SEED, *names))))


def poisson(random: Random, mean: float) -> int:
    """Return how many events fall into an interval that has `mean` of them on average.

    Knuth's method, exact; meant for the small means of a service's day.
    """
    limit, count, product = math.exp(-mean), 0, random.random()
    while product > limit:
        count += 1
        product *= random.random()
    return count


def season(day_of_year: int, *, peak: int, strength: float) -> float:
    """Return a yearly factor around 1 that is highest on day `peak` of the year."""
    return 1 + strength * math.cos(2 * math.pi * (day_of_year - peak) / 365.25)


def weighted(random: Random, items: Sequence[tuple[T, float]]) -> T:
    """Return one of the items, each as likely as its weight says."""
    return random.choices([item for item, _ in items], [weight for _, weight in items])[0]
