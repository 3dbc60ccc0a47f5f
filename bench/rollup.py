"""The roll-up against the bare SQL that carries the same rows, and what a sweep costs."""

import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db import connection, reset_queries, transaction
from django.test.utils import CaptureQueriesContext

from bench.table import Row, ratio
from common import clock, marks
from common.db import columns_of
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
    full, written = _beside(_full, _bare_writes(), rounds=3, before=_forget)
    name = "full run, every standing written"
    both = "bare SQL, reads and writes"
    rows.append(ratio(AREA, name, full, bare + written, 4, both))
    rows.append(ratio(AREA, f"{name}, over its reads alone", full, bare, None, "bare SQL, reads"))
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


def _bare_writes() -> Callable[[], None]:
    """Return what writes every standing as the full run does, from text that is ready: by COPY
    into a temporary table and one merge for each kind.
    """
    prepared = []
    for kind, side in SIDES.items():
        with connection.cursor() as cursor, cursor.copy(f"COPY {_table(side)} TO STDOUT") as copy:
            prepared.append((kind, side, b"".join(bytes(block) for block in copy)))

    def work() -> None:
        for kind, side, rows in prepared:
            columns = [field.column for field in columns_of(side.standing)]
            sets = ", ".join(
                f"{name} = EXCLUDED.{name}" for name in columns if name != f"{kind}_id"
            )
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "CREATE TEMP TABLE bare_rows ON COMMIT DROP AS "
                    f"SELECT * FROM {_table(side)} WITH NO DATA"
                )
                with cursor.copy("COPY bare_rows FROM STDIN") as copy:
                    copy.write(rows)
                cursor.execute(
                    f"INSERT INTO {_table(side)} SELECT * FROM bare_rows "
                    f"ON CONFLICT ({kind}_id) DO UPDATE SET {sets}"
                )

    return work


def _table(side: Any) -> str:
    return str(side.standing._meta.db_table)  # noqa: SLF001  Django's public-by-convention name


def _beside(
    work: Callable[[], object],
    floor: Callable[[], object],
    *,
    rounds: int = 5,
    before: Callable[[], object] = lambda: None,
) -> tuple[float, float]:
    """Return the best round of each, taken in turn so that both meet the same machine.

    `before` comes ahead of each round of the work and is not timed.
    """
    taken = []
    for _ in range(rounds):
        before()
        taken.append((_timed(work), _timed(floor)))
    return min(one for one, _ in taken), min(other for _, other in taken)


def _timed(work: Callable[[], object]) -> float:
    reset_queries()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _full() -> None:
    actions.full()


def _forget() -> None:
    """Let no standing be found unchanged."""
    for side in SIDES.values():
        side.standing.objects.update(input_hash=ANEW)


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
