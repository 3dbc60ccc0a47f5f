"""What is planned on both sides in the weeks ahead, in one statement under the reader's rights."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import (
    CharField,
    DateField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Value,
)
from django.db.models.functions import Cast

from common.statements import rows_of
from common.subjects import Subject
from portfolio.queries.board import Place, asked, live_services, open_projects
from projects.models import Milestone
from services.models import CalendarEntry
from services.models.service import shown_name

MILESTONE = "milestone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """The days looked at, from `today` within the first week, and the same as instants."""

    first: dt.date
    today: dt.date
    last: dt.date
    now: dt.datetime
    end: dt.datetime


class Planned(NamedTuple):
    """A milestone, by its day, or an entry of the service calendar, by its instants.

    `owner` is the project or service whose it is; None for an entry of a whole unit. `path` is
    where in the tree an entry counts.
    """

    kind: str
    id: int
    title: str
    day: dt.date | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    owner: Subject | None
    owner_name: str
    path: str
    source: str


def planned(user: Any, place: Place, side: str, weeks: Weeks) -> list[Planned]:
    """Return what the reader may know of, the earliest first; `side` as the dashboard has it."""
    # By the minute the same statement would be built anew; what ended earlier today is left out
    # of what was read.
    key = asked(user, place, "weeks", side, weeks.today, weeks.end)
    rows = [_row(row) for row in rows_of(key, lambda: _all(user, place, side, weeks))]
    ahead = [row for row in rows if row.ends_at is None or row.ends_at > weeks.now]
    zone = weeks.end.tzinfo
    return sorted(ahead, key=lambda row: (_begins(row, zone), row.kind, row.id))


def _begins(row: Planned, zone: dt.tzinfo | None) -> dt.datetime:
    if row.starts_at:
        return row.starts_at
    return dt.datetime.combine(row.day or dt.date.min, dt.time(), zone)


def _row(row: tuple[Any, ...]) -> Planned:
    kind, pk, title, day, starts_at, ends_at, owner_kind, owner, name, unnamed, path, by, of = row
    return Planned(
        kind=kind,
        id=pk,
        title=title,
        day=day,
        starts_at=starts_at,
        ends_at=ends_at,
        owner=Subject(owner_kind, owner) if owner_kind else None,
        owner_name=shown_name(name, is_unassigned=bool(unnamed)),
        path=path,
        source=f"{by}-{of}" if by else "",
    )


def _all(user: Any, place: Place, side: str, weeks: Weeks) -> Any:
    services = live_services(user, place)
    day = dt.datetime.combine(weeks.today, dt.time(), weeks.end.tzinfo)
    entries = CalendarEntry.objects.filter(ends_at__gt=day, starts_at__lt=weeks.end).order_by()
    # Of a unit, where a service below it is the reader's to see: on its page it stands as well.
    below = services.filter(unit__path__startswith=OuterRef("unit__path")).order_by()
    of_services = entries.filter(service__in=services.order_by().values("pk"))
    of_units = entries.filter(Exists(below))
    milestones = Milestone.objects.filter(
        project__in=open_projects(user, place).order_by().values("pk"),
        actual_on=None,
        planned_on__gte=weeks.today,
        planned_on__lte=weeks.last,
    ).order_by()
    parts = {
        "services": [_entry(of_services, "service"), _entry(of_units, "unit")],
        "projects": [_milestone(milestones)],
    }
    first, *rest = parts[side] if side in parts else parts["services"] + parts["projects"]
    return first.union(*rest, all=True) if rest else first


def _entry(entries: Any, owner: str) -> Any:
    is_service = owner == "service"
    return entries.values_list(
        "kind",
        "pk",
        "title",
        Cast(Value(None), DateField()),
        "starts_at",
        "ends_at",
        Value("service" if is_service else "", CharField()),
        F(f"{owner}_id"),
        F(f"{owner}__name"),
        Cast(F("service__is_unassigned") if is_service else Value(0), IntegerField()),
        F("service__unit__path" if is_service else "unit__path"),
        "source_kind",
        "source_id",
    )


def _milestone(milestones: Any) -> Any:
    nothing = Value("", CharField())
    return milestones.values_list(
        Value(MILESTONE, CharField()),
        "pk",
        "name",
        "planned_on",
        Cast(Value(None), DateTimeField()),
        Cast(Value(None), DateTimeField()),
        Value("project", CharField()),
        F("project_id"),
        F("project__name"),
        Cast(Value(0), IntegerField()),
        F("project__unit__path"),
        nothing,
        Cast(Value(None), IntegerField()),
    )
