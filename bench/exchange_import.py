"""Benchmark of an import: a ticket log as large as a real one, from the file to the tables.

The log is generated: 20,769 tickets with six events each on average, as in the public log the
floor was set for. ``run()`` returns rows of name, value, unit, floor and ratio (1 or more passes).
It writes into the database it is given, under an organisation of its own.
"""

import datetime as dt
import io
import resource
import time
from collections.abc import Iterator
from typing import TypedDict

from accounts.actions import create_unit
from accounts.models import Unit
from common.jobs import run_to_end
from exchange.actions import Until, begin, confirm, prepare
from exchange.domain.kinds import Kind
from exchange.models import ImportBatch

ROWS_FLOOR = 5_000
MEMORY_CEILING = 100
EVENTS = 119_998
TICKETS = 20_769
_START = dt.datetime(2026, 1, 5, 6, tzinfo=dt.UTC)
_STATES = ("New", "Active", "Active", "Waiting", "Resolved", "Closed")
MAPPING = """kind = "tickets"
mode = "log"
[cells]
zone = "UTC"
[key]
columns = "number"
[fields]
service = "category"
opened_at = "opened"
priority = "priority"
status = { column = "state", values = "state", word = "status_word" }
status_at = "changed"
group_name = "group"
[values.state]
"New" = "new"
"Active" = "in_progress"
"Waiting" = "on_hold"
"Resolved" = "resolved"
"Closed" = "closed"
[create]
services = true
"""


class Row(TypedDict):
    """One measured figure beside the floor it is held against."""

    name: str
    value: float
    unit: str
    floor: float
    ratio: float


def run(events: int = EVENTS) -> list[Row]:
    """Return rows a second from file to tables, and the memory that took, in MB."""
    root = create_unit(f"Bench {time.monotonic_ns()}", by=None, currency="SEK", zone="UTC")
    file = io.BytesIO("".join(_log(events)).encode())
    before = _memory()
    began = time.perf_counter()
    batch = _import(file, root)
    seconds = time.perf_counter() - began
    grown = max(_memory() - before, 1.0)
    if batch.state != "done" or batch.refused:
        raise RuntimeError(f"the import ended as {batch.state} with {batch.refused} refused")
    speed = events / seconds
    return [
        {
            "name": "import: event log, file to tables",
            "value": round(speed),
            "unit": "rows/s",
            "floor": ROWS_FLOOR,
            "ratio": round(speed / ROWS_FLOOR, 2),
        },
        {
            "name": "import: memory it took, at most",
            "value": round(grown, 1),
            "unit": "MB",
            "floor": MEMORY_CEILING,
            "ratio": round(MEMORY_CEILING / grown, 2),
        },
    ]


def _import(file: io.BytesIO, root: Unit) -> ImportBatch:
    mapping = (f"bench-{root.pk}", MAPPING)
    batch = begin(file, kind=Kind.TICKETS, mapping=mapping, root=root, by=None, file_name="log.csv")
    prepare(batch, Until(), source=file, compares=False)
    run_to_end(confirm(batch, by=None))
    batch.refresh_from_db()
    return batch


def _log(events: int) -> Iterator[str]:
    """Yield the lines of a log; the events of a ticket stand far apart, as in a real one."""
    yield "number,state,priority,category,group,opened,changed,location,contact,knowledge\n"
    tickets = max(1, events * TICKETS // EVENTS)
    for number in range(events):
        ticket, step = number % tickets, number // tickets
        opened = _START + dt.timedelta(minutes=7 * ticket)
        changed = opened + dt.timedelta(hours=3 * step)
        yield (
            f"INC{ticket:07d},{_STATES[min(step, 5)]},{1 + ticket % 5},Category {ticket % 50},"
            f"Group {ticket % 70},{opened:%Y-%m-%d %H:%M},{changed:%Y-%m-%d %H:%M},"
            f"Location {ticket % 90},Phone,false\n"
        )


def _memory() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the rows."""
    for row in run():
        print(
            f"{row['name']}: {row['value']} {row['unit']} (floor {row['floor']}, × {row['ratio']})"
        )


if __name__ == "__main__":
    import django

    django.setup()
    main()
