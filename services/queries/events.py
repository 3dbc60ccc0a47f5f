"""What happened to a service and what is planned for it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, Coalesce, Concat

from common.db import Keys, keys
from common.statements import rows_among
from services.models import CalendarEntry, MonitoringGap, Outage, Service, ServiceDependency

_HERE = Value("", output_field=CharField())
_SOURCE = Coalesce(Cast("source", CharField()), _HERE)
_ORIGIN = Case(
    When(
        source_id__isnull=False,
        then=Concat("source_kind", Value("-"), Cast("source_id", CharField())),
    ),
    default=_HERE,
    output_field=CharField(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """Something that happened to a service or is planned: `table` outage, gap or plan."""

    table: str
    kind: str
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    title: str
    id: int
    #: the service it is of; None for a plan of a unit above
    place: int | None
    #: the source of an outage, or the subject that planned it ("project-12"); empty: made here
    origin: str


def events(service: Service, since: dt.datetime) -> list[EventRow]:
    """Return outages, gaps and plans that reach past an instant, oldest first. One statement.

    Plans of the services directly above and below are among them: what is planned here may
    collide with those. Whoever shows them asks whether the reader may see that service.
    """

    above = tuple(int(step) for step in service.unit.path.split(".") if step)
    rows = rows_among(
        ("events", above, since), lambda these: _events(these, above, since), keys([service.pk])
    )
    return sorted(
        (
            EventRow(
                table=table,
                kind=what,
                starts_at=begins,
                ends_at=over,
                title=words,
                id=number,
                place=place,
                origin=origin,
            )
            for table, what, begins, over, words, number, place, origin in rows
        ),
        key=lambda row: (row.starts_at, row.id),
    )


def _events(these: Keys, above: Sequence[int], since: dt.datetime) -> Any:
    needs, carries = (
        ServiceDependency.objects.filter(**{f"{end}__among": these}).values(other)
        for end, other in (("service", "needs"), ("needs", "service"))
    )
    outages = Outage.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=since), service__among=these, archived_at=None
    )
    gaps = MonitoringGap.objects.filter(service__among=these, ends_at__gt=since)
    plans = CalendarEntry.objects.filter(
        Q(service__among=these) | Q(unit__in=above) | Q(service__in=needs) | Q(service__in=carries),
        ends_at__gt=since,
    )
    kind = Cast(F("kind"), CharField())
    no_data = Value("no_data", output_field=CharField())
    return _cells(outages, "outage", kind, _SOURCE).union(
        _cells(gaps, "gap", no_data, _HERE), _cells(plans, "plan", kind, _ORIGIN), all=True
    )


def _cells(rows: Any, table: str, kind: Any, origin: Any) -> Any:
    cells = {
        "table_name": Value(table, output_field=CharField()),
        "kind_name": kind,
        "begins": F("starts_at"),
        "over": F("ends_at"),
        "words": F("title"),
        "number": Cast(F("id"), BigIntegerField()),
        "place": Cast(F("service_id"), BigIntegerField()),
        "origin": origin,
    }
    return rows.order_by().annotate(**cells).values_list(*cells)
