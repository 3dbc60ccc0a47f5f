"""Carry out a deed again and again, killed before its first, second, third ... write.

Started by test_kills.py as a program of its own. Each turn begins with a copy of the same
database, is killed without a word, and is then finished by a process that knows nothing of it.
Prints, as JSON, what stands after each turn; the last turn is the one that was not killed.
"""

import datetime as dt
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 11, 26, 0, 10, tzinfo=dt.UTC)
#: later than a run that was killed is taken for dead
LATER = dt.timedelta(minutes=4)


def fill() -> None:
    """Make an organisation with a few of each kind, all waiting to be judged."""
    from tests.factories.accounts import make_organisation
    from tests.factories.improvements import make_improvement
    from tests.factories.projects import make_project
    from tests.factories.services import make_service
    from tests.factories.world import make_keeper

    root = make_organisation(name="Nordvik")
    keeper = make_keeper(root)
    for _ in range(5):
        make_project(unit=root, approved_budget=100, forecast_cost=150)
    for _ in range(2):
        make_service(unit=root)
        make_improvement(by=keeper, unit=root)


def sweep() -> None:
    """Follow all marks."""
    from portfolio import actions

    while actions.sweep():
        pass


def day_end() -> None:
    """Write the days that have ended."""
    from portfolio import actions

    actions.close_missed_days()


def full() -> None:
    """Judge everything."""
    from portfolio import actions

    actions.full()


def verify() -> None:
    """Judge everything from nothing."""
    from portfolio import actions

    actions.verify()


#: deed -> (what goes before it, when it happens)
DEEDS: dict[str, tuple[Callable[[], None], tuple[Callable[[], None], ...], dt.datetime]] = {
    "sweep": (sweep, (fill,), NOON),
    "full": (full, (fill,), NOON),
    "verify": (verify, (fill, full), NOON),
    "day_end": (day_end, (fill, sweep), NIGHT),
}


def apart(do: Callable[[], Any], at: dt.datetime, *, kill_before: int = 0) -> tuple[int, Any]:
    """Do it in a process of its own; return how that ended and what `do` gave."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _in_the_child(do, at, kill_before, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return status, json.loads(said) if said else None


def _in_the_child(do: Callable[[], Any], at: dt.datetime, kill_before: int, writing: int) -> None:
    from django.db import connection

    from common import clock

    left = [kill_before]

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        if not sql.lstrip().upper().startswith("SELECT"):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *rest)

    with clock.standing_at(at), connection.execute_wrapper(count):
        found = do()
    os.write(writing, json.dumps(found, default=str).encode())
    connection.close()
    os._exit(0)


def facts() -> dict[str, Any]:
    """Return what must be the same whatever was killed."""
    from common.models import ChangeMark
    from portfolio.models import Snapshot, SnapshotDay, StandingChange, UnitTotal
    from portfolio.sides import SIDES

    unlike = {"stood_at", "id", "run_id", "at", "closed_at"}

    def rows(model: Any) -> list[list[str]]:
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in unlike]
        return sorted([str(value) for value in row] for row in model.objects.values_list(*names))

    found = {side.kind: rows(side.standing) for side in SIDES.values()}
    for model in (StandingChange, Snapshot, SnapshotDay, UnitTotal):
        found[model.__name__] = rows(model)
    return {**found, "marks": ChangeMark.objects.count()}


def main(name: str) -> None:
    """Print a line for each turn."""
    from tests.faults.house import SERVER

    deed, before, at = DEEDS[name]
    for step in before:
        apart(step, NOON)
    kept = _keep(SERVER)

    def finish() -> dict[str, Any]:
        deed()
        sweep()
        return facts()

    for turn in range(1, 500):
        _bring_back(kept, SERVER)
        status, _ = apart(deed, at, kill_before=turn)
        sys.stdout.write(json.dumps([status, apart(finish, at + LATER)[1]]) + "\n")
        if status == 0:
            return


def _keep(server: str) -> str:
    name = os.environ["DATABASE_URL"].rpartition("/")[2] if server else ""
    if server:
        from tests.faults.house import on_server

        on_server(f'create database "{name}_kept" template "{name}"')
        return name
    file = Path(os.environ["DATA_DIR"]) / "brygga.sqlite3"
    shutil.copy(file, file.with_suffix(".kept"))
    return str(file)


def _bring_back(kept: str, server: str) -> None:
    if server:
        from tests.faults.house import on_server

        on_server(f'drop database if exists "{kept}" with (force)')
        on_server(f'create database "{kept}" template "{kept}_kept"')
        return
    for leftover in Path(kept).parent.glob("brygga.sqlite3-*"):
        leftover.unlink()
    shutil.copy(Path(kept).with_suffix(".kept"), kept)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    import common.db

    common.db.CHUNK = 2  # several transactions a deed, as with many records
    main(sys.argv[1])
