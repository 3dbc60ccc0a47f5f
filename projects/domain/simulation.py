"""Uncertain durations: three-point estimates, PERT by hand, and network Monte Carlo.

Durations are in one working unit of the caller's choice (days, minutes); estimates of different
tasks are independent. The seed is the caller's and is kept with the result.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from common.domain.refusal import Refusal
from projects.domain.schedule.plan import LinkKind

Floats = NDArray[np.float64]

MOST_SAMPLES = 1_000_000
LARGEST = 1e12
"""Beyond this a figure counts as not finite: sums over a network must stay exact enough."""
_CELLS = 2_000_000
"""Draws held at once: a block of samples is this many divided by the number of tasks."""
_GRID = np.linspace(0.0, 1.0, 1025)
_TOLERANCE = 1e-9


class SimulationError(Refusal):
    """An estimate, a network or a run that cannot be simulated."""


class Shape(StrEnum):
    """How a duration is spread."""

    BETA_PERT = "beta_pert"
    TRIANGULAR = "triangular"
    UNIFORM = "uniform"
    NORMAL = "normal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A duration with its spread.

    ``low``, ``likely`` and ``high`` for beta-PERT and triangular; ``low`` and ``high`` for
    uniform; for normal ``likely`` is the mean and ``deviation`` the standard deviation (draws
    below zero count as zero). Equal points are a fixed duration. Raises SimulationError
    ``estimate_not_finite``, ``estimate_negative``, ``estimate_out_of_order`` or
    ``deviation_negative``.
    """

    shape: Shape = Shape.BETA_PERT
    low: float = 0.0
    likely: float = 0.0
    high: float = 0.0
    deviation: float = 0.0

    def __post_init__(self) -> None:
        figures = (self.low, self.likely, self.high, self.deviation)
        if not all(isinstance(f, int | float) and abs(f) <= LARGEST for f in figures):
            raise SimulationError("estimate_not_finite", given=str(figures))
        if self.deviation < 0:
            raise SimulationError("deviation_negative", given=str(self.deviation))
        if min(figures) < 0:
            raise SimulationError("estimate_negative", given=str(figures))
        points = {
            Shape.NORMAL: (self.likely,),
            Shape.UNIFORM: (self.low, self.high),
        }.get(self.shape, (self.low, self.likely, self.high))
        if list(points) != sorted(points):
            raise SimulationError("estimate_out_of_order", given=str(figures))

    @property
    def mean(self) -> float:
        """Expected duration; for beta-PERT (O + 4M + P) / 6 (Malcolm et al. 1959)."""
        match self.shape:
            case Shape.BETA_PERT:
                return (self.low + 4 * self.likely + self.high) / 6
            case Shape.TRIANGULAR:
                return (self.low + self.likely + self.high) / 3
            case Shape.UNIFORM:
                return (self.low + self.high) / 2
            case Shape.NORMAL:
                return self.likely

    @property
    def standard_deviation(self) -> float:
        """Spread; for beta-PERT the convention (P - O) / 6, not the beta's own moment."""
        width = self.high - self.low
        match self.shape:
            case Shape.BETA_PERT:
                return width / 6
            case Shape.TRIANGULAR:
                low, mode, high = self.low, self.likely, self.high
                squares = low * low + mode * mode + high * high
                return math.sqrt(max(squares - low * mode - low * high - mode * high, 0.0) / 18)
            case Shape.UNIFORM:
                return width / math.sqrt(12)
            case Shape.NORMAL:
                return self.deviation


def fixed(duration: float) -> Estimate:
    """Return an estimate without spread."""
    return Estimate(shape=Shape.UNIFORM, low=duration, high=duration)


def chain(estimates: Iterable[Estimate]) -> NormalDist:
    """Return the normal approximation of tasks one after the other (PERT): sums of mean, variance.

    ``chain(...).inv_cdf(0.8)`` is P80. It ignores merge bias; a network needs ``simulate``.
    """
    several = tuple(estimates)
    variance = sum(e.standard_deviation**2 for e in several)
    return NormalDist(sum(e.mean for e in several), math.sqrt(variance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A task of a simulated network; it starts no earlier than ``not_before``."""

    uid: str
    estimate: Estimate
    not_before: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """A link of a simulated network, with its lag in the network's unit."""

    before: str
    after: str
    kind: LinkKind = LinkKind.FINISH_START
    lag: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulation:
    """The outcome of a run: sorted finishes, and how often each task was critical."""

    seed: int
    samples: int
    finishes: Floats = field(repr=False)
    criticality: Mapping[str, float]

    @property
    def mean(self) -> float:
        """Mean finish."""
        return float(self.finishes.mean())

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the finish (of a sample: n - 1; 0 for a single run)."""
        return float(self.finishes.std(ddof=1)) if self.samples > 1 else 0.0

    def percentile(self, percent: float) -> float:
        """Return the finish that so many percent of the runs reach (P50, P80, P90)."""
        if not 0 <= percent <= 100:
            raise SimulationError("percentile_out_of_range", given=str(percent))
        return float(np.quantile(self.finishes, percent / 100))

    def probability(self, by: float) -> float:
        """Return the share of runs finished at ``by`` or earlier, 0 to 1."""
        if math.isnan(by):
            raise SimulationError("target_not_a_number")
        return float(np.searchsorted(self.finishes, by + _TOLERANCE, side="right")) / self.samples


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arc:
    before: int
    after: int
    from_finish: bool
    to_finish: bool
    lag: float


def simulate(
    activities: Sequence[Activity],
    dependencies: Sequence[Dependency],
    *,
    seed: int,
    samples: int = 10_000,
) -> Simulation:
    """Return the finish distribution and criticality index of a network of uncertain tasks.

    Draws are stratified per task (Latin hypercube; McKay et al. 1979) and independent between
    tasks. The criticality index is the share of runs in which a task has no total float
    (Van Slyke 1963). The same seed gives the same result. Raises SimulationError
    ``samples_out_of_range``, ``seed_negative``, ``no_tasks``, ``duplicate_task``,
    ``unknown_task``, ``lag_not_finite``, ``not_before_not_finite`` or ``cycle``.
    """
    _check_run(seed, samples)
    arcs, order = _network(activities, dependencies)
    rng = np.random.default_rng(seed)
    block = max(min(samples, _CELLS // len(activities)), 1)
    finishes: list[Floats] = []
    critical = np.zeros(len(activities))
    for done in range(0, samples, block):
        size = min(block, samples - done)
        durations = _draws(activities, size, rng)
        starts, ends = _forward(activities, arcs, order, durations)
        finish = ends.max(axis=0)
        critical += _critical(arcs, order, starts, ends, finish)
        finishes.append(finish)
    shares = critical / samples
    return Simulation(
        seed=seed,
        samples=samples,
        finishes=np.sort(np.concatenate(finishes)),
        criticality={a.uid: float(share) for a, share in zip(activities, shares, strict=True)},
    )


def _check_run(seed: int, samples: int) -> None:
    if type(samples) is not int or not 1 <= samples <= MOST_SAMPLES:
        raise SimulationError("samples_out_of_range", given=str(samples), most=MOST_SAMPLES)
    if type(seed) is not int or seed < 0:
        raise SimulationError("seed_negative", given=str(seed))


def _network(
    activities: Sequence[Activity], dependencies: Sequence[Dependency]
) -> tuple[list[_Arc], list[int]]:
    places = _places(activities)
    arcs = []
    for link in dependencies:
        for uid in (link.before, link.after):
            if uid not in places:
                raise SimulationError("unknown_task", task=uid)
        if not abs(link.lag) <= LARGEST:
            raise SimulationError("lag_not_finite", before=link.before, after=link.after)
        arcs.append(
            _Arc(
                before=places[link.before],
                after=places[link.after],
                from_finish=link.kind in (LinkKind.FINISH_START, LinkKind.FINISH_FINISH),
                to_finish=link.kind in (LinkKind.FINISH_FINISH, LinkKind.START_FINISH),
                lag=link.lag,
            )
        )
    return arcs, _order(activities, arcs)


def _places(activities: Sequence[Activity]) -> dict[str, int]:
    if not activities:
        raise SimulationError("no_tasks")
    places: dict[str, int] = {}
    for place, activity in enumerate(activities):
        if activity.uid in places:
            raise SimulationError("duplicate_task", task=activity.uid)
        if not abs(activity.not_before) <= LARGEST:
            raise SimulationError("not_before_not_finite", task=activity.uid)
        places[activity.uid] = place
    return places


def _order(activities: Sequence[Activity], arcs: list[_Arc]) -> list[int]:
    waits = [0] * len(activities)
    after: list[list[int]] = [[] for _ in activities]
    for arc in arcs:
        waits[arc.after] += 1
        after[arc.before].append(arc.after)
    order = [place for place, count in enumerate(waits) if not count]
    for place in order:
        for follower in after[place]:
            waits[follower] -= 1
            if not waits[follower]:
                order.append(follower)
    if len(order) < len(activities):
        stuck = next(a.uid for a, count in zip(activities, waits, strict=True) if count)
        raise SimulationError("cycle", task=stuck)
    return order


def _draws(activities: Sequence[Activity], size: int, rng: np.random.Generator) -> Floats:
    """Return durations: one row a task, one column a run."""
    durations = np.empty((len(activities), size))
    strata = np.arange(size)
    for row, activity in zip(durations, activities, strict=True):
        estimate = activity.estimate
        if estimate.shape is Shape.NORMAL:
            row[:] = np.maximum(rng.normal(estimate.likely, estimate.deviation, size), 0.0)
        elif estimate.low == estimate.high:
            row[:] = estimate.low
        else:
            uniform = (strata + rng.random(size)) / size
            row[:] = rng.permutation(_quantiles(estimate, uniform))
    return durations


def _quantiles(estimate: Estimate, uniform: Floats) -> Floats:
    """Return durations at ascending probabilities."""
    width = estimate.high - estimate.low
    if estimate.shape is Shape.UNIFORM:
        return estimate.low + width * uniform
    mode = (estimate.likely - estimate.low) / width
    if estimate.shape is Shape.BETA_PERT:
        return estimate.low + width * np.interp(uniform, _pert_distribution(mode), _GRID)
    split = int(np.searchsorted(uniform, mode))
    rising = np.sqrt(uniform[:split] * mode)
    falling = 1 - np.sqrt((1 - uniform[split:]) * (1 - mode))
    return estimate.low + width * np.concatenate((rising, falling))


@lru_cache(maxsize=4096)
def _pert_distribution(mode: float) -> Floats:
    """Return the beta-PERT distribution function on the grid of 0 to 1.

    alpha = 1 + 4 (M - O) / (P - O), beta = 1 + 4 (P - M) / (P - O) (Vose 2008), by trapezoids:
    both exponents lie in 0 to 4, so the density is bounded and the error below 1e-5.
    """
    density = _GRID ** (4 * mode) * (1 - _GRID) ** (4 * (1 - mode))
    total = np.concatenate(([0.0], np.cumsum(density[1:] + density[:-1])))
    return np.asarray(total / total[-1], dtype=np.float64)


def _forward(
    activities: Sequence[Activity], arcs: list[_Arc], order: list[int], durations: Floats
) -> tuple[Floats, Floats]:
    """Return early starts and finishes; ``durations`` becomes the finishes in place."""
    incoming: list[list[_Arc]] = [[] for _ in activities]
    for arc in arcs:
        incoming[arc.after].append(arc)
    starts, ends = np.zeros_like(durations), durations
    for place in order:
        start = starts[place]
        start += activities[place].not_before
        for arc in incoming[place]:
            bound = (ends if arc.from_finish else starts)[arc.before]
            if arc.lag:
                bound = bound + arc.lag
            if arc.to_finish:
                bound = bound - durations[place]
            np.maximum(start, bound, out=start)
        ends[place] += start
    return starts, ends


def _critical(
    arcs: list[_Arc], order: list[int], starts: Floats, ends: Floats, finish: Floats
) -> Floats:
    """Return, per task, in how many runs its latest finish equals its early one."""
    outgoing: list[list[_Arc]] = [[] for _ in order]
    for arc in arcs:
        outgoing[arc.before].append(arc)
    late = np.empty_like(ends)
    counts = np.empty(len(order))
    slack = _TOLERANCE * (1.0 + float(np.abs(finish).max()))
    for place in reversed(order):
        latest = late[place]
        latest[:] = finish
        duration = ends[place] - starts[place]
        for arc in outgoing[place]:
            bound = late[arc.after]
            if not arc.to_finish:
                bound = bound - (ends[arc.after] - starts[arc.after])
            if arc.lag:
                bound = bound - arc.lag
            if not arc.from_finish:
                bound = bound + duration
            np.minimum(latest, bound, out=latest)
        counts[place] = np.count_nonzero(latest - ends[place] <= slack)
    return counts
