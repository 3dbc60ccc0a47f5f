"""What loads the scale set: the organisation that its rows hang on, and COPY as text."""

import datetime as dt
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from accounts.actions import assign_role, create_person, create_unit
from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import clock
from common.db import columns_of
from common.models import WorkCalendar, WorkSegment


@dataclass(slots=True)
class Frame:
    """What every row hangs on."""

    root: Unit
    units: Sequence[int]
    people: Sequence[int]
    calendar: WorkCalendar
    now: dt.datetime

    @property
    def today(self) -> dt.date:
        """The day of the set."""
        return self.now.date()

    def back(self, days: float) -> dt.datetime:
        """The instant so many days ago."""
        return self.now - dt.timedelta(days=days)


def frame(name: str, *, departments: int = 100, username: str) -> Frame:
    """Make an organisation with departments, people and one reader who sees all, with money."""
    calendar = WorkCalendar.objects.create(name=f"{name} hours", zone="Europe/Stockholm")
    WorkSegment.objects.bulk_create(
        WorkSegment(calendar=calendar, weekday=day, start_minute=480, end_minute=1020)
        for day in range(5)
    )
    root = create_unit(name, by=None, currency="SEK", zone="Europe/Stockholm", calendar=calendar)
    units = [
        create_unit(f"Department {n}", by=None, parent=root).pk for n in range(departments)
    ] or [root.pk]
    reader = create_person(username, by=None, name=f"Reader of {name}", unit=root, password=None)
    assign_role(reader, Role.PMO_LEAD, root, by=None)
    assign_role(reader, Role.SMO_LEAD, root, by=None)
    people = User.objects.bulk_create(
        User(username=f"{username}-{n}", first_name="Person", last_name=str(n), password="!")
        for n in range(min(200, departments * 2) or 1)
    )
    return Frame(root, units, [person.pk for person in people], calendar, clock.now())


def load(
    model: type[models.Model], rows: Iterable[dict[str, Any]], *, same: dict[str, Any]
) -> None:
    """Insert rows by COPY as text; `same` is what all of them share, the rest are defaults.

    The first row says which columns differ from row to row.
    """
    listed = iter(rows)
    first = next(listed, None)
    if first is None:
        return
    varying = list(first)
    fixed = {
        f.attname: same.get(f.attname, f.get_default())
        for f in columns_of(model)
        if f.attname not in first and not (f.primary_key and f.attname not in same)
    }
    quote = connection.ops.quote_name
    column = {f.attname: quote(str(f.column)) for f in columns_of(model)}
    names = ", ".join(column[name] for name in [*varying, *fixed])
    tail = "".join("\t" + _cell(value) for value in fixed.values()) + "\n"
    with connection.cursor() as cursor:
        table = quote(model._meta.db_table)  # noqa: SLF001  Django's public-by-convention name
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for block in _blocks(itertools.chain([first], listed), tail):
                copy.write(block)


def _blocks(rows: Iterator[dict[str, Any]], tail: str) -> Iterator[str]:
    while piece := list(itertools.islice(rows, 5000)):
        out = io.StringIO()
        for row in piece:
            out.write("\t".join(map(_cell, row.values())))
            out.write(tail)
        yield out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value)


def next_key(model: type[models.Model]) -> int:
    """Return the key after the highest."""
    rows = model._base_manager  # noqa: SLF001  the manager no subclass narrows
    return (rows.aggregate(n=models.Max("pk"))["n"] or 0) + 1


def pick(items: Sequence[int], n: int) -> int:
    """Return one of the items for a row's number, neighbours far apart."""
    # A step prime to every length used here spreads neighbours over all of them.
    return items[(n * 7919) % len(items)]
