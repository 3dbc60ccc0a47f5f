"""Facts that health is judged from, gathered set-wise."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from common import rules
from common.db import Keys, keys
from common.statements import rows_among
from improvements.domain.health import CODE_VERSION, DEFAULTS, Inputs, Limits
from improvements.domain.joint_score import JointScore
from improvements.domain.lifecycle import State
from improvements.models import Improvement, ImprovementProject, ImprovementService
from improvements.queries.scores import joint_scores

_COLUMNS = (
    "id",
    "state",
    "captured_at",
    "state_since",
    "updated_at",
    "parked_until",
    "respond_by",
    "first_response_at",
    "owner_id",
    "owner_name",
    "effort_days",
    "expected_effect",
    "route",
)
_FIELDS = (*_COLUMNS, "unit__root__zone", "service_count", "project_count")


def limits() -> tuple[Limits, str]:
    """Return the limits in force and their version. One statement."""
    found = rules.current("improvements", DEFAULTS, CODE_VERSION)
    return Limits.of(found.values), found.version


def health_inputs(
    ids: Sequence[int], scores: Mapping[int, JointScore] | None = None
) -> list[Inputs]:
    """Return the dated facts of those improvements, by id. One statement when `scores` is given."""
    scored = joint_scores(ids) if scores is None else scores
    found = []
    for row in rows_among("improvement facts", _facts, keys(ids)):
        facts = dict(zip(_FIELDS, row, strict=True))
        services, projects = facts["service_count"], facts["project_count"]
        found.append(inputs_of(facts, scored[facts["id"]], services=services, projects=projects))
    return found


def _facts(asked: Keys) -> Any:
    return (
        Improvement.objects.filter(pk__among=asked)
        .annotate(
            service_count=_count(ImprovementService.objects.all()),
            project_count=_count(ImprovementProject.objects.all()),
        )
        .order_by("pk")
        .values_list(*_FIELDS)
    )


def inputs_of(
    facts: Mapping[str, Any], score: JointScore, *, services: int, projects: int
) -> Inputs:
    """Return the dated facts of one improvement from its columns and what is linked to it."""
    tz = ZoneInfo(facts["unit__root__zone"] or "UTC")
    awaits = facts["respond_by"] if facts["first_response_at"] is None else None
    return Inputs(
        id=facts["id"],
        state=State(facts["state"]),
        captured_on=_day(facts["captured_at"], tz),
        state_since=_day(facts["state_since"], tz),
        changed_on=_day(facts["updated_at"], tz),
        parked_until=facts["parked_until"],
        respond_on=_day(awaits, tz) if awaits else None,
        services=services,
        projects=projects,
        has_owner=bool(facts["owner_id"] or facts["owner_name"]),
        has_effort=facts["effort_days"] is not None,
        has_expected_effect=bool(facts["expected_effect"]),
        route=facts["route"],
        has_both_scores=score.is_in,
    )


def facts_of(improvement: Improvement) -> dict[str, Any]:
    """Return the same columns from a loaded row; its unit and root must be loaded too."""
    root = improvement.unit.root
    columns = {name: getattr(improvement, name) for name in _COLUMNS}
    return {**columns, "unit__root__zone": root.zone if root else "UTC"}


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


def _day(at: datetime, tz: ZoneInfo) -> date:
    return at.astimezone(tz).date()
