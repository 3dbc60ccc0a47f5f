"""Writes to outages, gaps in monitoring and the service calendar."""

import datetime as dt
from typing import Any

from django.db import transaction

from common import audit, clock
from common.db import save_version
from common.errors import Refused
from common.subjects import Subject
from services import access
from services.actions.services import subject_of
from services.domain.availability import OutageKind
from services.models import CalendarEntry, MonitoringGap, Outage, Service

OUTAGE_FIELDS = ("kind", "starts_at", "ends_at", "title")


@transaction.atomic
def record_outage(
    service: Service,
    *,
    by: Any,
    kind: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime | None = None,
    title: str = "",
) -> Outage:
    """Record an outage; without an end it goes on. Refused when it ends before it starts."""
    if by is not None:
        access.check_can_edit_service(by, service)
    _check_times(kind, starts_at, ends_at)
    now = clock.now()
    row = Outage.objects.create(
        service=service,
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        title=title.strip(),
        created_at=now,
        updated_at=now,
    )
    audit.record(
        "outage.recorded",
        Subject("outage", row.pk),
        by=by,
        after=audit.snapshot(row, OUTAGE_FIELDS),
        affects=[subject_of(service.pk)],
    )
    return row


@transaction.atomic
def edit_outage(outage: Outage, *, by: Any, expected: int, **values: Any) -> Outage:
    """Change an outage recorded here; one that a source owns is changed in the source."""
    access.check_can_edit_service(by, outage.service)
    if outage.source:
        raise Refused("services.source_owned", source=outage.source)
    told = {name: values.get(name, getattr(outage, name)) for name in OUTAGE_FIELDS}
    _check_times(told["kind"], told["starts_at"], told["ends_at"])
    return _save(outage, "outage.edited", by=by, expected=expected, values=values)


@transaction.atomic
def close_outage(outage: Outage, *, by: Any, expected: int, ends_at: dt.datetime) -> Outage:
    """End an open outage. Refused when it is already over."""
    access.check_can_edit_service(by, outage.service)
    if outage.ends_at is not None:
        raise Refused("services.outage_over", field="ends_at")
    _check_times(outage.kind, outage.starts_at, ends_at)
    return _save(outage, "outage.closed", by=by, expected=expected, values={"ends_at": ends_at})


@transaction.atomic
def withdraw_outage(outage: Outage, *, by: Any) -> Outage:
    """Take back an outage recorded here by mistake: it no longer counts, its record stays."""
    access.check_can_edit_service(by, outage.service)
    if outage.source:
        raise Refused("services.source_owned", source=outage.source)
    outage.archived_at = clock.now()
    save_version(outage, expected=outage.version, fields=["archived_at"], at=outage.archived_at)
    audit.record(
        "outage.withdrawn",
        Subject("outage", outage.pk),
        by=by,
        before=audit.snapshot(outage, OUTAGE_FIELDS),
        affects=[subject_of(outage.service_id)],
    )
    return outage


@transaction.atomic
def remove_gap(gap: MonitoringGap, *, by: Any) -> None:
    """Take back that nobody looked."""
    access.check_can_edit_service(by, gap.service)
    before = audit.snapshot(gap, ["starts_at", "ends_at", "title"])
    gap.delete()
    audit.record("service.gap_removed", subject_of(gap.service_id), by=by, before=before)


def _check_times(kind: str, starts_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    """Only planned work lies ahead; whatever else is recorded has happened or goes on."""
    _check_order(starts_at, ends_at)
    now = clock.now()
    if kind == OutageKind.PLANNED:
        return
    if starts_at > now:
        raise Refused("services.outage_ahead", field="starts_at")
    if ends_at is not None and ends_at > now:
        raise Refused("services.outage_end_ahead", field="ends_at")


def _save(outage: Outage, action: str, *, by: Any, expected: int, values: dict[str, Any]) -> Outage:
    names = [name for name in OUTAGE_FIELDS if name in values]
    before = audit.snapshot(outage, names)
    for name in names:
        setattr(outage, name, values[name])
    save_version(outage, expected=expected, fields=names, at=clock.now())
    audit.record(
        action,
        Subject("outage", outage.pk),
        by=by,
        before=before,
        after=audit.snapshot(outage, names),
        affects=[subject_of(outage.service_id)],
    )
    return outage


def _check_order(starts_at: dt.datetime, ends_at: dt.datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise Refused("services.ends_before_start", field="ends_at")


@transaction.atomic
def record_gap(
    service: Service, *, by: Any, starts_at: dt.datetime, ends_at: dt.datetime, title: str = ""
) -> MonitoringGap:
    """Record that nobody looked during an interval: it counts as neither up nor down."""
    if by is not None:
        access.check_can_edit_service(by, service)
    _check_order(starts_at, ends_at)
    row = MonitoringGap.objects.create(
        service=service, starts_at=starts_at, ends_at=ends_at, title=title.strip()
    )
    audit.record(
        "service.gap_recorded",
        subject_of(service.pk),
        by=by,
        after={"starts_at": starts_at, "ends_at": ends_at},
        note=title.strip(),
    )
    return row


@transaction.atomic
def add_calendar_entry(
    *,
    by: Any,
    kind: str,
    title: str,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    service: Service | None = None,
    unit: Any = None,
    source: Subject | None = None,
) -> CalendarEntry:
    """Put an interval on the calendar of a service, or of a unit and all services below it.

    With `source` (an upper app's subject) its earlier entry of that kind and place is replaced,
    so that writing the same plan twice leaves one entry.
    """
    if by is not None and source is None:
        if service is not None:
            access.check_can_edit_service(by, service)
        else:
            access.check_can_create_service(by, unit)
    _check_order(starts_at, ends_at)
    if source is not None:
        CalendarEntry.objects.filter(
            kind=kind, service=service, unit=unit, source_kind=source.kind, source_id=source.id
        ).delete()
    row = CalendarEntry.objects.create(
        kind=kind,
        title=title.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        service=service,
        unit=unit,
        source_kind=source.kind if source else "",
        source_id=source.id if source else None,
    )
    about = subject_of(service.pk) if service is not None else Subject("unit", unit.pk)
    audit.record(
        "calendar.entry_added",
        about,
        by=by,
        after={"kind": kind, "title": row.title, "starts_at": starts_at, "ends_at": ends_at},
    )
    return row


@transaction.atomic
def remove_calendar_entry(entry: CalendarEntry, *, by: Any) -> None:
    """Take an entry off the calendar. Refused for one that another record plans."""
    if entry.service is None:
        access.check_can_create_service(by, entry.unit)
    else:
        access.check_can_edit_service(by, entry.service)
    if entry.source_kind:
        raise Refused("services.entry_planned_elsewhere")
    about = (
        subject_of(entry.service_id) if entry.service_id else Subject("unit", entry.unit_id or 0)
    )
    before = audit.snapshot(entry, ["kind", "title", "starts_at", "ends_at"])
    entry.delete()
    audit.record("calendar.entry_removed", about, by=by, before=before)
