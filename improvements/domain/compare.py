"""The same improvement by the other methods, so that a queue is never one formula's opinion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from improvements.domain.scoring import (
    Method,
    Placed,
    RankAgreement,
    Score,
    cd3,
    rank_agreement,
    ranking,
    rice,
    wsjf,
)

DAYS_A_MONTH = Decimal(20)
"""Person-days in a person-month, for the effort in RICE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """What one person gave for one improvement; None where they gave nothing."""

    reach: Decimal | None = None
    impact: Decimal | None = None
    confidence: Decimal | None = None
    effort_days: Decimal | None = None
    business_value: Decimal | None = None
    time_criticality: Decimal | None = None
    risk_reduction: Decimal | None = None
    job_size: Decimal | None = None
    cost_of_delay: Decimal | None = None
    duration_weeks: Decimal | None = None


def scores_of(given: Estimates) -> dict[Method, Score]:
    """Return the score of each method whose inputs are all there.

    Raises ScoringError for what a method refuses, e.g. ``impact_off_scale``.
    """
    found: dict[Method, Score] = {}
    if (
        given.reach is not None
        and given.impact is not None
        and given.confidence is not None
        and given.effort_days is not None
    ):
        found[Method.RICE] = rice(
            reach=given.reach,
            impact=given.impact,
            confidence=given.confidence,
            effort_months=given.effort_days / DAYS_A_MONTH,
        )
    if (
        given.business_value is not None
        and given.time_criticality is not None
        and given.risk_reduction is not None
        and given.job_size is not None
    ):
        found[Method.WSJF] = wsjf(
            business_value=given.business_value,
            time_criticality=given.time_criticality,
            risk_reduction=given.risk_reduction,
            size=given.job_size,
        )
    if given.cost_of_delay is not None and given.duration_weeks is not None:
        found[Method.CD3] = cd3(
            cost_of_delay_per_week=given.cost_of_delay, duration_weeks=given.duration_weeks
        )
    return found


def mean_values(scores: Iterable[Mapping[Method, Score]]) -> dict[Method, Decimal]:
    """Return the mean value of each method over the people who gave its inputs."""
    values: dict[Method, list[Decimal]] = {}
    for by_method in scores:
        for method, score in by_method.items():
            if score.value is not None:
                values.setdefault(method, []).append(score.value)
    return {method: sum(given, Decimal(0)) / len(given) for method, given in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One method beside the weighted score.

    ``items`` is how many improvements both have scored; ``agreement`` is None below two. ``placed``
    is None when this method has not scored the improvement asked about.
    """

    method: Method
    value: Decimal | None
    placed: Placed | None
    items: int
    agreement: RankAgreement | None


def compare(
    key: str, weighted: Mapping[str, Decimal], others: Mapping[Method, Mapping[str, Decimal]]
) -> tuple[Compared, ...]:
    """Return each method's value and place for one improvement, and how far it agrees.

    ``weighted`` and each of ``others`` map improvements to values. A method is ranked over what
    it has scored, and compared over what it shares with the weighted score.
    """
    rows = []
    for method, values in {Method.WEIGHTED: weighted, **others}.items():
        shared = sorted(values.keys() & weighted.keys())
        agreement = None
        if method is not Method.WEIGHTED and len(shared) > 1:
            agreement = rank_agreement(
                {each: weighted[each] for each in shared}, {each: values[each] for each in shared}
            )
        placed = next((row for row in ranking(values) if row.key == key), None)
        rows.append(
            Compared(
                method=method,
                value=values.get(key),
                placed=placed,
                items=len(shared),
                agreement=agreement,
            )
        )
    return tuple(rows)
