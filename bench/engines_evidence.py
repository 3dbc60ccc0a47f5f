"""How often the verdict is wrong, and how often it sees what is there: a seeded simulation.

`judge_many` is `improvements.domain.verdict.judge` over whole arrays of series without ties;
tests/improvements/domain/test_verdict_simulation.py holds the two to the same answers.
"""

import sys
from collections.abc import Callable, Iterator
from functools import cache
from math import erfc, sqrt
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from improvements.domain.series import SHIFT_ALPHA, TREND_ALPHA
from improvements.domain.verdict import VISIBLE_FACTOR

DRAWS = 100_000
CHUNK = 50_000
SEED = 20_260_105
FALSE_AT_MOST, POWER_AT_LEAST = 0.025, 0.75
ALPHA = 0.05

Series = NDArray[np.float64]
Flags = NDArray[np.bool_]
UNSTABLE, IMPROVED, WORSE, NO_CHANGE = range(4)


@cache
def _least_u(n: int, m: int) -> int:
    """Return the least U whose one-sided exact p, without ties, is under 0.05."""
    ways: dict[tuple[int, int], NDArray[np.float64]] = {}
    for a in range(n + 1):
        for b in range(m + 1):
            if a == 0 or b == 0:
                ways[a, b] = np.ones(1)
                continue
            total = np.zeros(a * b + 1)
            total[b:] += ways[a - 1, b]
            total[: a * (b - 1) + 1] += ways[a, b - 1]
            ways[a, b] = total
    counts = ways[n, m]
    tail = counts[::-1].cumsum()[::-1] / counts.sum()
    return int(np.argmax(tail < ALPHA))


def _has_trend(values: Series) -> Flags:
    n = values.shape[1]
    score = np.zeros(len(values))
    for i in range(1, n):
        score += np.sign(values[:, [i]] - values[:, :i]).sum(axis=1)
    z = np.maximum(np.abs(score) - 1, 0) / sqrt(n * (n - 1) * (2 * n + 5) / 18)
    tail = {value: erfc(value / sqrt(2)) < TREND_ALPHA for value in np.unique(z)}
    return np.array([tail[value] for value in z], dtype=bool)


def _has_shift(values: Series) -> Flags:
    n = values.shape[1]
    ranks = values.argsort(axis=1).argsort(axis=1) + 1
    running = 2 * ranks.cumsum(axis=1) - np.arange(1, n + 1) * (n + 1)
    largest = np.abs(running).max(axis=1).astype(float)
    return np.asarray(2 * np.exp(-6 * largest**2 / (n**3 + n**2)) < SHIFT_ALPHA)


def _signal_windows(away: Series, reach: Series) -> Iterator[tuple[int, Flags]]:
    """Yield each level rule's window length with where it fires (by the window's last point).

    ``away`` is the distance from the centre in the direction looked at, ``reach`` three sigma.
    """
    yield 1, away > reach
    high, beyond = away > 0, 3 * away > 2 * reach
    both = np.zeros_like(high)
    both[:, 2:] = (
        (beyond[:, 2:].astype(int) + beyond[:, 1:-1] + beyond[:, :-2] >= 2)
        & high[:, 2:]
        & high[:, 1:-1]
        & high[:, :-2]
    )
    yield 3, both
    run, length = np.zeros_like(high), np.zeros(len(high), dtype=int)
    for j in range(high.shape[1]):
        length = np.where(high[:, j], length + 1, 0)
        run[:, j] = length >= 8
    yield 8, run


def _frozen(before: Series) -> tuple[Series, Series]:
    centre = before.mean(axis=1, keepdims=True)
    reach = 2.66 * np.abs(np.diff(before, axis=1)).mean(axis=1, keepdims=True)
    return centre, reach


def judge_many(before: Series, after: Series) -> NDArray[np.int8]:
    """Return the final outcome of each row; lower is better, no minimum shift, no ties."""
    n, m = before.shape[1], after.shape[1]
    centre, reach = _frozen(before)
    below = np.zeros(len(before), dtype=int)
    for i in range(n):
        below += (after < before[:, [i]]).sum(axis=1)
    found = np.full(len(before), NO_CHANGE, dtype=np.int8)
    for outcome, away, u in (
        (WORSE, after - centre, n * m - below),
        (IMPROVED, centre - after, below),
    ):
        fires = np.zeros(len(before), dtype=bool)
        for _, at in _signal_windows(away, reach):
            fires |= at.any(axis=1)
        found[fires & (u >= _least_u(n, m))] = outcome
    found[_has_trend(before) | _has_shift(before)] = UNSTABLE
    return found


Draw = Callable[[np.random.Generator], Flags]


def _fresh(n: int, m: int, shift: float = 0.0) -> Draw:
    def draw(random: np.random.Generator) -> Flags:
        values = random.standard_normal((CHUNK, n + m))
        return np.asarray(judge_many(values[:, :n], values[:, n:] - shift) == IMPROVED)

    return draw


def _selected(random: np.random.Generator) -> tuple[Series, NDArray[np.int64], Series]:
    """Return streams that ended on a bad signal, where its window began, and what came after.

    Twelve points set the chart, eight more are watched; kept are the streams in which a rule
    fires on the bad side with the last of them.
    """
    values = random.standard_normal((CHUNK * 8, 20))
    centre, reach = _frozen(values[:, :12])
    longest = np.zeros(len(values), dtype=np.int64)
    for length, at in _signal_windows(values[:, 12:] - centre, reach):
        longest = np.where(at[:, -1], length, longest)
    kept = longest > 0
    fresh = random.standard_normal((int(kept.sum()), 20))
    return values[kept], 20 - longest[kept], fresh


def _after_signal(*, guarded: bool, repeatedly: bool) -> Draw:
    """Draw from services whose chart had just signalled, though nothing changed.

    Guarded, the baseline is the twelve points before the signal's; otherwise it is the last
    twelve, the bad ones among them. Read repeatedly without the guard, the first "improved"
    among readings at 8 to 16 points counts.
    """

    def draw(random: np.random.Generator) -> Flags:
        values, start, fresh = _selected(random)
        first = start - 12 if guarded else np.full(len(values), 8)
        before = np.take_along_axis(values, first[:, None] + np.arange(12), axis=1)
        return _read(before, fresh, repeatedly=repeatedly and not guarded)

    return draw


def _worse_after_signal(random: np.random.Generator) -> Flags:
    """Show the price: a chart that cried wolf had its limits too narrow, so the usual level that
    follows reads as "worse" more often than it should."""
    values, start, fresh = _selected(random)
    before = np.take_along_axis(values, start[:, None] - 12 + np.arange(12), axis=1)
    return np.asarray(judge_many(before, fresh[:, :8]) == WORSE)


def _repeatedly(*, guarded: bool) -> Draw:
    def draw(random: np.random.Generator) -> Flags:
        values = random.standard_normal((CHUNK, 32))
        return _read(values[:, :12], values[:, 12:], repeatedly=not guarded)

    return draw


def _read(before: Series, after: Series, *, repeatedly: bool) -> Flags:
    """Return where "improved" was ever said: at the window's end (8 points), or at any of 8..16."""
    ends = range(8, 17) if repeatedly else range(8, 9)
    ever = np.zeros(len(before), dtype=bool)
    for end in ends:
        ever |= judge_many(before, after[:, :end]) == IMPROVED
    return ever


def _visible(n: int, m: int) -> float:
    return float(VISIBLE_FACTOR) * sqrt(1 / n + 1 / m)


def _better_by_chance(random: np.random.Generator) -> Flags:
    """Compare one bad month (over 1.5 sd) with the next: what closing by two points does."""
    bad = random.standard_normal(CHUNK * 8)
    bad = bad[bad > 1.5]
    return np.asarray(random.standard_normal(len(bad)) < bad)


FALSE, POWER, SHOWN = "at_most", "at_least", "shown"
ROWS: tuple[tuple[str, Draw, str, float], ...] = (
    ("false improved, fresh, 12/8", _fresh(12, 8), FALSE, FALSE_AT_MOST),
    ("false improved, fresh, 20/8", _fresh(20, 8), FALSE, FALSE_AT_MOST),
    ("false improved, fresh, 20/12", _fresh(20, 12), FALSE, FALSE_AT_MOST),
    (
        "false improved, selected by its signal, 12/8",
        _after_signal(guarded=True, repeatedly=False),
        FALSE,
        FALSE_AT_MOST,
    ),
    ("false improved, read repeatedly, 12/8", _repeatedly(guarded=True), FALSE, FALSE_AT_MOST),
    (
        "false improved, selected and read repeatedly, 12/8",
        _after_signal(guarded=True, repeatedly=True),
        FALSE,
        FALSE_AT_MOST,
    ),
    ("false worse, selected by its signal, 12/8", _worse_after_signal, SHOWN, FALSE_AT_MOST),
    ("power at 1.5 sd, 12/8", _fresh(12, 8, 1.5), POWER, POWER_AT_LEAST),
    ("power at 1.5 sd, 20/8", _fresh(20, 8, 1.5), POWER, POWER_AT_LEAST),
    ("power at 1.5 sd, 20/12", _fresh(20, 12, 1.5), POWER, POWER_AT_LEAST),
    ("power at the visible effect, 12/8", _fresh(12, 8, _visible(12, 8)), POWER, 0.8),
    ("power at the visible effect, 20/8", _fresh(20, 8, _visible(20, 8)), POWER, 0.8),
    ("power at the visible effect, 20/12", _fresh(20, 12, _visible(20, 12)), POWER, 0.8),
    (
        "without the guards: signal points in the baseline",
        _after_signal(guarded=False, repeatedly=False),
        SHOWN,
        FALSE_AT_MOST,
    ),
    ("without the guards: read repeatedly", _repeatedly(guarded=False), SHOWN, FALSE_AT_MOST),
    (
        "without the guards: both",
        _after_signal(guarded=False, repeatedly=True),
        SHOWN,
        FALSE_AT_MOST,
    ),
    ("without a verdict: the month after a bad one is better", _better_by_chance, SHOWN, 0.5),
)


def rate(draw: Draw, draws: int = DRAWS, seed: int = SEED) -> tuple[float, int]:
    """Return the share of draws that are flagged, over at least so many, and how many they were."""
    random = np.random.default_rng(seed)
    flagged = total = 0
    while total < draws:
        flags = draw(random)
        flagged += int(flags.sum())
        total += len(flags)
    return flagged / total, total


class Row(TypedDict):
    """A measured share and what it is held against.

    ``kind`` says how to read ``floor``: ``at_most``, ``at_least``, or ``shown`` for what happens
    without the guards, which nothing is required of. ``ratio`` is value over floor.
    """

    name: str
    value: float
    unit: str
    kind: str
    floor: float
    ratio: float
    draws: int
    passed: bool


def run(draws: int = DRAWS) -> list[Row]:
    """Return one row per case, over at least so many draws each."""
    rows: list[Row] = []
    for name, draw, kind, floor in ROWS:
        value, total = rate(draw, draws)
        rows.append(
            {
                "name": f"verdict: {name}",
                "value": round(value, 4),
                "unit": "share",
                "kind": kind,
                "floor": floor,
                "ratio": round(value / floor, 3),
                "draws": total,
                "passed": kind == SHOWN or (value <= floor if kind == FALSE else value >= floor),
            }
        )
    return rows


def main() -> int:
    """Print the rows; exit 1 when one misses its target."""
    rows = run()
    for row in rows:
        mark = "ok  " if row["passed"] else "MISS"
        print(f"{mark} {row['value']:.4f} {row['kind']:>8} {row['floor']}  {row['name']}")
    return 0 if all(row["passed"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
