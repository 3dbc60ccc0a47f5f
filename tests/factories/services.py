"""Services and what happens to them, for tests: explicit, with realistic defaults."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from accounts.models import Unit
from common import clock
from services.actions import (
    Reading,
    Target,
    Terms,
    add_measure,
    add_points,
    create_service,
    record_outage,
    set_agreement,
)
from services.models import Agreement, Incident, Measure, Outage, Service, StatusSpan
from tests.factories.accounts import make_organisation, make_unit

_numbers = itertools.count(1)
HOUR = 3600


def make_service(
    *,
    unit: Unit | None = None,
    name: str | None = None,
    status: str = "operational",
    tier: int = 2,
    **values: Any,
) -> Service:
    """An operational service in a department of a new organisation, unless told otherwise."""
    return create_service(
        by=None,
        name=name or f"Service {next(_numbers)}",
        unit=unit or make_unit(parent=make_organisation()),
        status=status,
        tier=tier,
        **values,
    )


def make_agreement(
    *,
    service: Service,
    hours: dict[int, int] | None = None,
    share: Decimal = Decimal(90),
    availability: Decimal | None = Decimal("99.5"),
    starts_on: dt.date = dt.date(2020, 1, 1),
    **terms: Any,
) -> Agreement:
    """An SLA that restores priority 1 in 4 h and priority 3 in 16 h, and is 99.5 % available."""
    targets = hours if hours is not None else {1: 4, 3: 16}
    return set_agreement(
        service,
        Terms(
            availability_target=availability,
            targets=[
                Target(priority=priority, seconds=length * HOUR, attainment_target=share)
                for priority, length in targets.items()
            ],
            **terms,
        ),
        by=None,
        starts_on=starts_on,
    )


def make_incident(
    *,
    service: Service,
    opened_at: dt.datetime,
    resolved_at: dt.datetime | None = None,
    priority: int | None = 3,
    paused: tuple[dt.datetime, dt.datetime | None] | None = None,
    **values: Any,
) -> Incident:
    """An incident with the spans that its instants tell; its clock is not yet computed."""
    number = next(_numbers)
    row = Incident.objects.create(
        service=service,
        title=values.pop("title", f"Incident {number}"),
        priority=priority,
        state=values.pop("state", "resolved" if resolved_at else "in_progress"),
        opened_at=opened_at,
        resolved_at=resolved_at,
        source=values.pop("source", "test"),
        external_id=values.pop("external_id", f"INC{number:06d}"),
        **values,
    )
    steps = [("new", opened_at, False)]
    if paused:
        steps.append(("on_hold", paused[0], True))
        if paused[1]:
            steps.append(("in_progress", paused[1], False))
    if resolved_at:
        steps.append(("resolved", resolved_at, False))
    ends = [at for _, at, _ in steps[1:]] + [None]
    StatusSpan.objects.bulk_create(
        [
            StatusSpan(incident=row, status=status, is_paused=is_paused, starts_at=at, ends_at=end)
            for (status, at, is_paused), end in zip(steps, ends, strict=True)
        ]
    )
    return row


def make_outage(
    *,
    service: Service,
    starts_at: dt.datetime | None = None,
    hours: float | None = 1,
    kind: str = "unplanned",
    title: str = "Sign-in down",
) -> Outage:
    """An outage of an hour, two days ago unless told otherwise; hours None leaves it open."""
    begun = starts_at or clock.now() - dt.timedelta(days=2)
    return record_outage(
        service,
        by=None,
        kind=kind,
        starts_at=begun,
        ends_at=None if hours is None else begun + dt.timedelta(hours=hours),
        title=title,
    )


def make_measure(
    *,
    service: Service,
    name: str = "Hours to access",
    better: str = "down",
    target: Decimal | None = Decimal(24),
    values: list[int] | None = None,
    last_on: dt.date | None = None,
    **more: Any,
) -> Measure:
    """A measure with weekly readings that end last week unless told otherwise."""
    measure = add_measure(service, by=None, name=name, better=better, target=target, **more)
    given = values if values is not None else [20, 22, 21, 23, 20, 22, 21, 20, 22, 21, 23, 22]
    end = last_on or clock.today() - dt.timedelta(days=3)
    add_points(
        measure,
        [
            Reading(on=end - dt.timedelta(weeks=len(given) - 1 - at), value=Decimal(value))
            for at, value in enumerate(given)
        ],
        by=None,
    )
    return measure
