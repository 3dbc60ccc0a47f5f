"""Facts that health is judged from, gathered set-wise."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from common import rules
from common.db import Keys, keys
from common.statements import rows_among
from improvements.domain.health import CODE_VERSION, DEFAULTS, Inputs, Limits
from improvements.domain.lifecycle import State
from improvements.models import Improvement, ImprovementProject, ImprovementService

_STATES = {state.value: state for state in State}


class _Facts(NamedTuple):
    """An improvement's own columns, and what it is judged with beside them."""

    id: int
    state: str
    captured_at: datetime
    state_since: datetime
    updated_at: datetime
    parked_until: date | None
    respond_by: datetime | None
    first_response_at: datetime | None
    owner_id: int | None
    owner_name: str
    effort_days: Decimal | None
    expected_effect: str
    route: str
    zone: str
    services: int
    projects: int


_COLUMNS = _Facts._fields[: _Facts._fields.index("zone")]
_read = attrgetter(*_COLUMNS)


def limits() -> tuple[Limits, str]:
    """Return the limits in force and their version. One statement."""
    found = rules.current("improvements", DEFAULTS, CODE_VERSION)
    return Limits.of(found.values), found.version


def health_inputs(ids: Sequence[int]) -> list[Inputs]:
    """Return the dated facts of those improvements, by id. One statement."""
    return [
        _inputs(_Facts._make(row)) for row in rows_among("improvement facts", _facts, keys(ids))
    ]


def _facts(asked: Keys) -> Any:
    return (
        Improvement.objects.filter(pk__among=asked)
        .annotate(
            service_count=_count(ImprovementService.objects.all()),
            project_count=_count(ImprovementProject.objects.all()),
        )
        .order_by("pk")
        .values_list(*_COLUMNS, "unit__root__zone", "service_count", "project_count")
    )


def inputs_of(improvement: Improvement, *, services: int, projects: int) -> Inputs:
    """Return the same facts from a loaded row; its unit and root must be loaded too."""
    root = improvement.unit.root
    zone = root.zone if root else "UTC"
    return _inputs(_Facts._make((*_read(improvement), zone, services, projects)))


def _inputs(row: _Facts) -> Inputs:
    tz = ZoneInfo(row.zone or "UTC")
    awaits = row.respond_by if row.first_response_at is None else None
    return Inputs(
        id=row.id,
        state=_STATES[row.state],
        captured_on=row.captured_at.astimezone(tz).date(),
        state_since=row.state_since.astimezone(tz).date(),
        changed_on=row.updated_at.astimezone(tz).date(),
        parked_until=row.parked_until,
        respond_on=awaits.astimezone(tz).date() if awaits else None,
        services=row.services,
        projects=row.projects,
        has_owner=bool(row.owner_id or row.owner_name),
        has_effort=row.effort_days is not None,
        has_expected_effect=bool(row.expected_effect),
        route=row.route,
    )


def _count(links: QuerySet[Any]) -> Coalesce:
    """Return how many of those links an improvement has, as a subquery."""
    rows = (
        links.filter(improvement=OuterRef("pk"))
        .order_by()
        .values("improvement")
        .annotate(n=Count("pk"))
        .values("n")
    )
    return Coalesce(Subquery(rows), Value(0))
