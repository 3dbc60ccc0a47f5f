"""A schedule under uncertainty: its network as simulated activities, minutes back to dates.

The simulation counts working minutes of the project calendar from the plan's start. Work on
another calendar is scaled by the project time it takes in the deterministic schedule, and lags
are taken as long as they are there: exact with one calendar, an approximation with several.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from projects.domain.schedule.calendars import Minute, datetime_of, minute_of
from projects.domain.schedule.network import Network
from projects.domain.schedule.nodes import Arc, Node, NodeKind
from projects.domain.schedule.passes import Dates
from projects.domain.schedule.plan import LinkKind, ProgressLogic
from projects.domain.schedule.result import Schedule
from projects.domain.simulation import (
    Activity,
    Dependency,
    Estimate,
    Shape,
    Simulation,
    SimulationError,
    fixed,
    simulate,
)

_KINDS = {
    (True, False): LinkKind.FINISH_START,
    (False, False): LinkKind.START_START,
    (True, True): LinkKind.FINISH_FINISH,
    (False, True): LinkKind.START_FINISH,
}


def simulate_schedule(
    computed: Schedule,
    estimates: Mapping[str, Estimate],
    *,
    seed: int,
    samples: int = 10_000,
) -> Simulation:
    """Return the finish distribution of a schedule and the criticality index of its leaf tasks.

    ``estimates`` are in working minutes of the task's own calendar, of the remaining work where
    a task has started; tasks without one keep their duration. Finished tasks stay. Raises
    SimulationError; its ``unknown_task`` also for an estimate of no leaf task.
    """
    builder = _Builder(computed)
    activities = builder.activities(estimates)
    run = simulate(activities, builder.dependencies(), seed=seed, samples=samples)
    leaves = {n.uid for n in computed.network.nodes if n.kind is NodeKind.LEAF}
    return Simulation(
        seed=run.seed,
        samples=run.samples,
        finishes=run.finishes,
        criticality={
            uid.removeprefix(_LEAF): share
            for uid, share in run.criticality.items()
            if uid.removeprefix(_LEAF) in leaves and uid.startswith(_LEAF)
        },
    )


def date_of(computed: Schedule, minutes: float) -> datetime:
    """Return the date of a simulated finish: so many project working minutes from the start."""
    line = computed.network.project_time
    return datetime_of(line.add(line.next_start(computed.network.start), round(minutes)))


def minutes_until(computed: Schedule, at: datetime) -> int:
    """Return project working minutes from the plan's start to a date, to ask its probability."""
    line = computed.network.project_time
    return line.total(minute_of(at)) - line.total(computed.network.start)


_LEAF, _EVENT = "task:", "event:"


class _Builder:
    """Translates nodes and arcs of a scheduled network."""

    def __init__(self, computed: Schedule) -> None:
        self.network: Network = computed.network
        self.dates: Dates = computed.dates
        self.line = self.network.project_time
        self.origin = self.line.total(self.network.start)
        self.retained = computed.plan.options.progress_logic is ProgressLogic.RETAINED

    def offset(self, at: Minute) -> int:
        """Return project working minutes from the plan's start, signed."""
        return self.line.total(at) - self.origin

    def name(self, place: int) -> str:
        """Return a node's name among the activities."""
        node = self.network.nodes[place]
        return (_LEAF if node.kind is NodeKind.LEAF else f"{_EVENT}{node.kind.value}:") + node.uid

    def activities(self, estimates: Mapping[str, Estimate]) -> list[Activity]:
        """Return one activity a node."""
        known = {n.uid for n in self.network.nodes if n.kind is NodeKind.LEAF}
        for uid in estimates:
            if uid not in known:
                raise SimulationError("unknown_task", task=uid)
        return [
            Activity(
                uid=self.name(place),
                estimate=self._estimate(node, place, estimates.get(node.uid)),
                not_before=self._not_before(node, place),
            )
            for place, node in enumerate(self.network.nodes)
        ]

    def _estimate(self, node: Node, place: int, estimate: Estimate | None) -> Estimate:
        if node.actual_finish is not None or node.kind is not NodeKind.LEAF:
            return fixed(0.0)
        left = node.duration if node.actual_start is None else node.remaining
        scale = self._scale(place, left)
        if estimate is None:
            return fixed(left * scale)
        return Estimate(
            shape=estimate.shape,
            low=estimate.low * scale,
            likely=estimate.likely * scale,
            high=estimate.high * scale,
            deviation=estimate.deviation * scale if estimate.shape is Shape.NORMAL else 0.0,
        )

    def _scale(self, place: int, left: int) -> float:
        if self.network.nodes[place].timeline is self.line or not left:
            return 1.0
        spent = self.offset(self.dates.early_finish[place]) - self.offset(self.dates.resume[place])
        return spent / left

    def _not_before(self, node: Node, place: int) -> float:
        if node.actual_finish is not None:
            return float(self.offset(node.actual_finish))
        bounds = [self.offset(self.dates.floor)]
        if node.actual_start is not None:
            done = max(node.duration - node.remaining, 0)
            bounds.append(self.offset(node.timeline.add(node.actual_start, done)))
        elif node.start_floor is not None:
            bounds.append(self.offset(node.start_floor))
        if node.finish_floor is not None:
            bounds.append(self.offset(node.finish_floor) - node.remaining)
        bounds += [
            self.offset(arc.push(self.dates.early_start[arc.before]))
            for arc in node.incoming
            if not arc.to_finish and self._is_fixed(arc) and self._waits(node)
        ]
        return float(max(bounds))

    def _is_fixed(self, arc: Arc) -> bool:
        """A started task's start is history: a link from it is a date."""
        return not arc.from_finish and self.network.nodes[arc.before].actual_start is not None

    def _waits(self, node: Node) -> bool:
        return node.actual_start is None or (node.actual_finish is None and self.retained)

    def dependencies(self) -> list[Dependency]:
        """Return the arcs that can still push; a summary starts with the leaf that did so."""
        return list(self._dependencies())

    def _dependencies(self) -> Iterator[Dependency]:
        for place, node in enumerate(self.network.nodes):
            if not self._waits(node):
                continue
            first_only = node.kind is NodeKind.SUMMARY_START
            for arc in [self.dates.arcs[place]] if first_only else node.incoming:
                if arc is None or self._is_fixed(arc):
                    continue
                yield Dependency(
                    before=self.name(arc.before),
                    after=self.name(place),
                    kind=_KINDS[arc.from_finish, arc.to_finish],
                    lag=float(self._lag(arc)),
                )

    def _lag(self, arc: Arc) -> int:
        """Return the project working time a lag takes where the deterministic schedule has it."""
        if not arc.lag:
            return 0
        dates = self.dates
        at = (dates.early_finish if arc.from_finish else dates.early_start)[arc.before]
        return self.offset(arc.push(at)) - self.offset(at)
