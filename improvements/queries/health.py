"""Facts that health and scores are judged from, gathered set-wise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from common import rules
from improvements.domain.approvals import Office
from improvements.domain.health import CODE_VERSION, DEFAULTS, Inputs, Limits
from improvements.domain.joint_score import Ballot, JointScore, joint
from improvements.domain.lifecycle import State
from improvements.domain.scoring import Criterion
from improvements.models import (
    Improvement,
    ImprovementProject,
    ImprovementService,
    Score,
    ScoringCriterion,
)
from improvements.models.scoring import HIGHEST

_FIELDS = (
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
    "unit__root__zone",
    "service_count",
    "project_count",
)


def limits() -> tuple[Limits, str]:
    """Return the limits in force and their version. One statement."""
    found = rules.current("improvements", DEFAULTS, CODE_VERSION)
    return Limits.of(found.values), found.version


def criteria() -> list[ScoringCriterion]:
    """Return the criteria of the model that orders the joint review. One statement."""
    return list(ScoringCriterion.objects.filter(model__is_default=True).order_by("order", "pk"))


def as_criteria(rows: Iterable[ScoringCriterion]) -> list[Criterion]:
    """Return the rows as the scoring formula takes them."""
    return [
        Criterion(
            key=row.key,
            weight=row.weight,
            lowest=Decimal(0),
            highest=Decimal(HIGHEST),
            inverted=row.is_inverted,
            mandatory_from=Decimal(HIGHEST) if row.is_mandatory else None,
        )
        for row in rows
    ]


def ballot(score: Score) -> Ballot:
    """Return a stored score as the formula takes it."""
    return Ballot(
        scorer=score.scorer_id,
        office=Office(score.office),
        ratings={key: Decimal(str(value)) for key, value in score.ratings.items()},
    )


def joint_scores(
    ids: Sequence[int], known: Sequence[Criterion] | None = None
) -> dict[int, JointScore]:
    """Return the joint score of each of those improvements. One statement, two without `known`.

    An installation without a default model has no scores.
    """
    using = as_criteria(criteria()) if known is None else known
    if not any(criterion.weight for criterion in using):
        return {pk: JointScore(offices=frozenset()) for pk in ids}
    ballots: dict[int, list[Ballot]] = defaultdict(list)
    for score in Score.objects.filter(improvement_id__in=ids):
        ballots[score.improvement_id].append(ballot(score))
    return {pk: joint(using, ballots[pk]) for pk in ids}


def health_inputs(
    ids: Sequence[int], scores: Mapping[int, JointScore] | None = None
) -> list[Inputs]:
    """Return the dated facts of those improvements, by id. One statement when `scores` is given."""
    scored = joint_scores(ids) if scores is None else scores
    rows = (
        Improvement.objects.filter(pk__in=ids)
        .annotate(
            service_count=_count(ImprovementService.objects.all()),
            project_count=_count(ImprovementProject.objects.all()),
        )
        .order_by("pk")
        .values(*_FIELDS)
    )
    zones: dict[str, ZoneInfo] = {}
    found = []
    for row in rows:
        zone = row["unit__root__zone"] or "UTC"
        tz = zones.setdefault(zone, ZoneInfo(zone))
        awaits = row["respond_by"] if row["first_response_at"] is None else None
        found.append(
            Inputs(
                id=row["id"],
                state=State(row["state"]),
                captured_on=_day(row["captured_at"], tz),
                state_since=_day(row["state_since"], tz),
                changed_on=_day(row["updated_at"], tz),
                parked_until=row["parked_until"],
                respond_on=_day(awaits, tz) if awaits else None,
                services=row["service_count"],
                projects=row["project_count"],
                has_owner=bool(row["owner_id"] or row["owner_name"]),
                has_effort=row["effort_days"] is not None,
                has_expected_effect=bool(row["expected_effect"]),
                route=row["route"],
                has_both_scores=scored[row["id"]].is_in,
            )
        )
    return found


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
