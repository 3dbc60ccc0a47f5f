"""The roll-up against the bare SQL that carries the same rows, and what a sweep costs."""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

from bench.table import Row, ratio
from common import clock, marks
from common.subjects import Subject
from config.celery import spare_the_collector
from improvements.queries import ballots
from improvements.queries import health_inputs as improvement_inputs
from portfolio import actions
from portfolio.actions.rollup import ANEW
from portfolio.sides import SIDES
from projects.queries import health_inputs as project_inputs
from services.queries.health import health_inputs as service_inputs

AREA = "Roll-up"
CHUNK = 5000


def run() -> list[Row]:
    """Return the rows; the database holds the scale set."""
    actions.full()
    spare_the_collector()  # as the worker does
    gathered, bare, rows = 0.0, 0.0, []
    for name, kind, gather in _gathers():
        ids = list(SIDES[kind].model.objects.order_by("pk").values_list("pk", flat=True))
        whole = partial(_gather, gather, ids)
        ours, floor = _beside(whole, partial(_bare, _statements(whole)))
        gathered, bare = gathered + ours, bare + floor
        rows.append(ratio(AREA, f"gather: {len(ids):,} {name}", ours, floor, None, "bare SQL"))
    rows.append(ratio(AREA, "gather: all three", gathered, bare, 1.5, "bare SQL"))
    rows.append(ratio(AREA, "full run, every standing written", _full(), bare, 4, "bare SQL"))
    return [*rows, *_one(), *_sweeps()]


def _gathers() -> list[tuple[str, str, Callable[..., object]]]:
    today, now = clock.today("Europe/Stockholm"), clock.now()
    return [
        ("projects", "project", partial(project_inputs, as_of=today)),
        ("services", "service", partial(service_inputs, now=now)),
        ("improvements", "improvement", lambda ids: (improvement_inputs(ids), ballots(ids))),
    ]


def _gather(gather: Callable[..., object], ids: Sequence[int]) -> None:
    for start in range(0, len(ids), CHUNK):
        gather(ids[start : start + CHUNK])


def _statements(work: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        work()
    return [query["sql"] for query in seen.captured_queries]


def _bare(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            cursor.fetchall()


def _beside(work: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Return the best of five rounds of each, taken in turn so that both meet the same machine."""
    rounds = [(_timed(work), _timed(floor)) for _ in range(5)]
    return min(one for one, _ in rounds), min(other for _, other in rounds)


def _timed(work: Callable[[], object]) -> float:
    reset_queries()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _full() -> float:
    def forget() -> None:
        for side in SIDES.values():
            side.standing.objects.update(input_hash=ANEW)

    times = []
    for _ in range(2):
        forget()
        times.append(_timed(actions.full))
    return min(times)


def _one() -> list[Row]:
    """One changed record re-stood: marked, swept, written."""
    rows = []
    for name, kind, target in (
        ("project", "project", 0.020),
        ("service", "service", None),
        ("improvement", "improvement", None),
    ):
        side = SIDES[kind]
        pk = side.model.objects.order_by("pk")[37].pk
        times = []
        for _ in range(30):
            side.standing.objects.filter(**{kind: pk}).update(input_hash=ANEW)
            times.append(_timed(partial(_restand, side, pk)))
        rows.append(
            Row(
                area=AREA,
                name=f"one changed {name} re-stood (median)",
                value=statistics.median(times) * 1000,
                unit="ms",
                target=None if target is None else target * 1000,
            )
        )
    return rows


def _restand(side: Any, pk: int) -> None:
    side.restand([pk], as_of=clock.today("Europe/Stockholm"), now=clock.now())


def _sweeps() -> list[Row]:
    """A sweep costs by what changed: the same at the scale set as in an empty house."""
    projects = SIDES["project"].model.objects
    ids = list(projects.order_by("pk").values_list("pk", flat=True)[:500])
    rows = []
    for count in (0, 1, 50, 500):
        times = []
        for _ in range(9 if count < 500 else 3):
            marks.mark(Subject("project", pk) for pk in ids[:count])
            times.append(_timed(actions.sweep))
        rows.append(
            Row(
                area=AREA,
                name=f"sweep with {count} marked among {projects.count():,} projects",
                value=statistics.median(times) * 1000,
                unit="ms",
            )
        )
    return rows
