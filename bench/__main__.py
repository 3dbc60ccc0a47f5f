"""Run the benchmarks: `python -m bench [quick] [--write] [--only AREA...]`.

Makes a database of its own on the PostgreSQL that DATABASE_URL (or the local default) names,
loads the scale set, measures, prints one table and drops the database. Without a PostgreSQL the
parts that need one are named and left out. `--write` keeps the table in docs/performance.md.
"""

import argparse
import contextlib
import importlib
import importlib.util
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench.table import Row, from_engine, lines

ROOT = Path(__file__).resolve().parent.parent
BASE = "postgres://root@127.0.0.1:5432/postgres"
NAME = f"brygga_bench_{os.getpid()}"
AREAS = ("rollup", "pages", "memory", "engines")
ENGINES = {
    "Business time and clocks": "bench.engines_services",
    "Schedules": "bench.engines_schedule",
    "Evidence": "bench.engines_evidence",
    "Import": "bench.exchange_import",
}
READER = "bench"
SMALL = {"1": "bench-one", "3": "bench-three"}
MARK = "<!-- measured -->\n"


def main() -> int:
    """Measure, print, and return 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("size", nargs="?", choices=["quick", "full"], default="full")
    parser.add_argument("--write", action="store_true", help="keep it in docs/performance.md")
    parser.add_argument("--only", nargs="+", choices=AREAS, default=list(AREAS))
    chosen = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="brygga-bench-") as folder, database() as url:
        prepare(folder, url)
        if url:
            rows += on_postgres(chosen.size, chosen.only)
        else:
            print("No PostgreSQL answers: pages, roll-up and import are not measured.")
        if "engines" in chosen.only:
            rows += engines(with_database=bool(url))
        if "memory" in chosen.only:
            rows += importlib.import_module("bench.memory").run()
        disconnect()
    text = "\n".join(lines(rows))
    print(text)
    if chosen.write:
        write(text, chosen.size)
    missed = [row for row in rows if row.holds is False]
    print(f"\n{len(missed)} of {sum(row.target is not None for row in rows)} targets missed.")
    return 1 if missed else 0


@contextlib.contextmanager
def database() -> Iterator[str | None]:
    """Make a database for the block and drop it afterwards; None when no server answers."""
    base = os.environ.get("DATABASE_URL") or BASE
    try:
        server = psycopg.connect(base, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        yield None
        return
    with server:
        server.execute(f'CREATE DATABASE "{NAME}"')
        try:
            yield f"{base.rpartition('/')[0]}/{NAME}"
        finally:
            server.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')


def prepare(folder: str, url: str | None) -> None:
    """Point the settings at the bench's own database and folder, then start Django."""
    os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
    os.environ |= {"STATEMENT_TIMEOUT_MS": "600000"} if url else {}
    os.environ.pop("DATABASE_URL", None)
    if url:
        os.environ["DATABASE_URL"] = url
    django = importlib.import_module("django")
    django.setup()
    call = importlib.import_module("django.core.management").call_command
    call("messages", compile=True)
    call("migrate", interactive=False, verbosity=0)
    call("createcachetable", verbosity=0)
    call("collectstatic", interactive=False, verbosity=0)


def on_postgres(size: str, only: list[str]) -> list[Row]:
    """Load the scale set and measure what stands on it."""
    if not {"rollup", "pages"} & set(only):
        return []
    scale = importlib.import_module("bench.scale")
    connection = importlib.import_module("django.db").connection
    begun = time.perf_counter()
    chosen = scale.FULL if size == "full" else scale.QUICK
    scale.build("Scale", chosen, username=READER)
    for number, username in SMALL.items():
        n = int(number)
        few = scale.Size(projects=n, services=n, incidents=n, improvements=n)
        scale.build(f"Small {n}", few, username=username, departments=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"Loaded in {time.perf_counter() - begun:.0f} s.", flush=True)
    rows: list[Row] = []
    rollup = importlib.import_module("bench.rollup")
    if "rollup" in only:
        rows += rollup.run()
    else:
        rollup.actions.full()
    if "pages" in only:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # after runs that rewrote every standing
        rows += importlib.import_module("bench.pages").run(READER, SMALL)
    return rows


def engines(*, with_database: bool) -> list[Row]:
    """Run the engines' own benchmarks; one that is not there, or needs a database, is left out."""
    rows = []
    for area, module in ENGINES.items():
        is_import = module.endswith("exchange_import")
        if (is_import and not with_database) or importlib.util.find_spec(module) is None:
            continue
        rows += from_engine(area, importlib.import_module(module).run())
    return rows


def disconnect() -> None:
    """Close our own connections, so that the database can be dropped."""
    importlib.import_module("django.db").connections.close_all()


def write(text: str, size: str) -> None:
    """Put the table into docs/performance.md, below the mark."""
    path = ROOT / "docs" / "performance.md"
    head = path.read_text().partition(MARK)[0]
    path.write_text(f"{head}{MARK}\nMeasured with `python -m bench {size} --write`.\n\n{text}\n")


if __name__ == "__main__":
    sys.exit(main())
