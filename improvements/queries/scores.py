"""Scores as the formulas take them, gathered set-wise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from common.db import Keys, keys
from common.statements import rows_among
from improvements.domain.approvals import Office
from improvements.domain.compare import Estimates
from improvements.domain.joint_score import Ballot, JointScore, joint, joint_by
from improvements.domain.weighting import Criterion, scales
from improvements.models import Score, ScoringCriterion
from improvements.models.scoring import HIGHEST

_OFFICES = {office.value: office for office in Office}
_WHOLE = {value: Decimal(value) for value in range(HIGHEST + 1)}


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
    return _ballot(score.scorer_id, score.office, score.ratings)


def _ballot(scorer: int, office: str, ratings: Mapping[str, int]) -> Ballot:
    # Ratings are whole numbers, or half ones from a file; a whole one needs no way through text.
    rated = {key: _WHOLE.get(value) or Decimal(str(value)) for key, value in ratings.items()}
    return Ballot(scorer=scorer, office=_OFFICES[office], ratings=rated)


def ballots(ids: Sequence[int]) -> dict[int, list[Ballot]]:
    """Return what was given to each of those improvements that has a score. One statement."""
    found: dict[int, list[Ballot]] = defaultdict(list)
    for pk, scorer, office, ratings in rows_among("improvement scores", _scores, keys(ids)):
        found[pk].append(_ballot(scorer, office, ratings))
    return found


def joint_scores(
    ids: Sequence[int], known: Sequence[Criterion] | None = None
) -> dict[int, JointScore]:
    """Return the joint score of each of those improvements. One statement, two without `known`.

    An installation without a default model has no scores.
    """
    using = as_criteria(criteria()) if known is None else known
    if not any(criterion.weight for criterion in using):
        return {pk: JointScore(offices=frozenset()) for pk in ids}
    given, model = ballots(ids), scales(using)
    return {pk: joint_by(model, given.get(pk, ())) for pk in ids}


def _scores(asked: Keys) -> Any:
    rows = Score.objects.filter(improvement_id__among=asked)
    return rows.values_list("improvement_id", "scorer_id", "office", "ratings")


def joint_of(scores: Iterable[Score], known: Sequence[Criterion]) -> JointScore:
    """Return the joint score of one improvement from its rows; no statement."""
    if not any(criterion.weight for criterion in known):
        return JointScore(offices=frozenset())
    return joint(known, [ballot(score) for score in scores])


def estimates(score: Score, effort_days: Decimal | None) -> Estimates:
    """Return what one person gave for the other methods, with the improvement's own effort."""
    return Estimates(
        reach=score.reach,
        impact=score.impact,
        confidence=score.confidence,
        effort_days=effort_days,
        business_value=score.business_value,
        time_criticality=score.time_criticality,
        risk_reduction=score.risk_reduction,
        job_size=score.job_size,
        cost_of_delay=score.cost_of_delay,
        duration_weeks=score.duration_weeks,
    )
