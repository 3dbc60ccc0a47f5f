"""Writes to measures and their readings."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from common import audit, clock
from common.db import save_version
from common.errors import Refused
from services import access
from services.actions.services import subject_of
from services.models import Measure, MeasurePoint, Service

FIELDS = ("name", "unit_text", "better", "target", "is_primary", "is_satisfaction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value of a day, with how many observations stand behind it where known."""

    on: dt.date
    value: Decimal
    n: int | None = None


@transaction.atomic
def add_measure(service: Service, *, by: Any, name: str, **values: Any) -> Measure:
    """Add a measure. The first one leads; a new leading one takes the lead from the other."""
    if by is not None:
        access.check_can_edit_service(by, service)
    if not name.strip():
        raise Refused("services.name_needed", field="name")
    if Measure.objects.filter(service=service, name=name.strip()).exists():
        raise Refused("services.measure_twice", field="name", name=name.strip())
    leads = values.pop("is_primary", False)
    led = Measure.objects.filter(service=service, is_primary=True, archived_at=None)
    if leads:
        led.update(is_primary=False)
    now = clock.now()
    row = Measure.objects.create(
        service=service,
        name=name.strip(),
        is_primary=leads or not led.exists(),
        created_at=now,
        updated_at=now,
        **values,
    )
    audit.record(
        "service.measure_added",
        subject_of(service.pk),
        by=by,
        after={"measure": row.pk} | audit.snapshot(row, FIELDS),
    )
    return row


@transaction.atomic
def edit_measure(measure: Measure, *, by: Any, expected: int, **values: Any) -> Measure:
    """Change a measure; making it the leading one takes the lead from the other."""
    access.check_can_edit_service(by, measure.service)
    name = values.get("name", measure.name).strip()
    others = Measure.objects.filter(service_id=measure.service_id).exclude(pk=measure.pk)
    if others.filter(name=name).exists():
        raise Refused("services.measure_twice", field="name", name=name)
    if values.get("is_primary"):
        others.filter(is_primary=True).update(is_primary=False)
    names = [field for field in FIELDS if field in values]
    before = audit.snapshot(measure, names)
    for field in names:
        setattr(measure, field, values[field])
    save_version(measure, expected=expected, fields=names, at=clock.now())
    audit.record(
        "service.measure_edited",
        subject_of(measure.service_id),
        by=by,
        before=before,
        after={"measure": measure.pk} | audit.snapshot(measure, names),
    )
    return measure


def add_point(measure: Measure, reading: Reading, *, by: Any, source: str = "") -> int:
    """Enter one reading; see `add_points`."""
    return add_points(measure, [reading], by=by, source=source)


@transaction.atomic
def add_points(measure: Measure, readings: Sequence[Reading], *, by: Any, source: str = "") -> int:
    """Enter readings; one that differs from the day's present one is a new revision of it.

    Returns how many were written; equal ones are left alone. Refused for a day given twice or in
    the future. Five statements whatever the number.
    """
    if by is not None:
        access.check_can_edit_service(by, measure.service)
    days = [reading.on for reading in readings]
    if len(set(days)) != len(days):
        raise Refused("services.day_twice", field="readings")
    now = clock.now()
    late = [day for day in days if day > now.date() + dt.timedelta(days=1)]
    if late:
        raise Refused("services.day_ahead", field="readings", day=min(late).isoformat())
    current = {row.on: row for row in MeasurePoint.objects.filter(measure=measure, is_current=True)}
    fresh = [
        reading
        for reading in readings
        if reading.on not in current
        or (current[reading.on].value, current[reading.on].n) != (reading.value, reading.n)
    ]
    replaced = [current[reading.on].pk for reading in fresh if reading.on in current]
    MeasurePoint.objects.filter(pk__in=replaced).update(is_current=False)
    MeasurePoint.objects.bulk_create(
        [
            MeasurePoint(
                measure=measure,
                on=reading.on,
                value=reading.value,
                n=reading.n,
                source=source,
                entered_at=now,
                revision=current[reading.on].revision + 1 if reading.on in current else 1,
            )
            for reading in fresh
        ],
        batch_size=500,
    )
    if fresh:
        audit.record(
            "service.readings_entered",
            subject_of(measure.service_id),
            by=by,
            before={
                f"{measure.pk}.{row.on}": row.value
                for row in current.values()
                if row.pk in set(replaced)
            },
            after={f"{measure.pk}.{reading.on}": reading.value for reading in fresh},
        )
    return len(fresh)
