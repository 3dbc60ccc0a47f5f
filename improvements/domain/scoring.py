"""What to do next: scores that show their arithmetic, and how far the methods agree.

A score orders this backlog only; none is an amount of money. Formulas: docs/domain/scoring.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from common.domain.figure import (
    Figure,
    defined,
    quotient,
    require_finite,
    require_not_negative,
    undefined,
)
from common.domain.refusal import Refusal
from improvements.domain.ranks import Pairs, compare_pairs, kendall_tau_b, spearman_rho

EFFORT_FLOOR = Decimal("0.5")
"""Nothing is divided by less: a tiny effort would let any wish win (bridge 6.1)."""
RICE_IMPACTS = tuple(map(Decimal, ("3", "2", "1", "0.5", "0.25")))
FULL_SCORE = Decimal(100)


class ScoringError(Refusal):
    """``not_a_number``, ``negative``, ``weights_zero``, ``scale_empty``, ``rating_off_scale``,
    ``criterion_repeated``, ``criterion_unknown``, ``impact_off_scale``, ``confidence_over_one``,
    ``duration_not_positive``, ``items_differ``, ``no_scorers``, ``improved_over_verdicts``."""


class Method(StrEnum):
    """A way of scoring."""

    WEIGHTED = "weighted"
    RICE = "rice"
    WSJF = "wsjf"
    CD3 = "cd3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One row of a score's arithmetic.

    ``given`` is what the scorer entered and ``used`` what the formula saw: normalised to 0..1,
    inverted, or lifted to the floor. ``contribution`` is None in a product; in a weighted score
    the contributions add up to the value.
    """

    name: str
    given: Decimal
    used: Decimal
    weight: Decimal | None = None
    contribution: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score and how it came about. ``value`` is None with ``undefined`` saying why.

    ``bypassed_by`` names the mandatory criteria that set the value to 100 regardless of the rest.
    ``missing`` names the criteria nobody has rated.
    """

    method: Method
    value: Decimal | None
    undefined: str | None = None
    parts: tuple[Part, ...] = ()
    bypassed_by: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def rice(*, reach: Decimal, impact: Decimal, confidence: Decimal, effort_months: Decimal) -> Score:
    """Return reach x impact x confidence / effort.

    Reach: people or events per period; impact 3, 2, 1, 0.5 or 0.25; confidence a share of 1;
    effort in person-months, at least 0.5. Source: bridge 6.1. Raises ScoringError ``negative``,
    ``impact_off_scale``, ``confidence_over_one``.
    """
    require_not_negative(
        ScoringError,
        reach=reach,
        impact=impact,
        confidence=confidence,
        effort_months=effort_months,
    )
    if impact not in RICE_IMPACTS:
        raise ScoringError("impact_off_scale", impact=str(impact))
    if confidence > 1:
        raise ScoringError("confidence_over_one", confidence=str(confidence))
    effort = _floored("effort_months", effort_months)
    return Score(
        method=Method.RICE,
        value=reach * impact * confidence / effort.used,
        parts=(
            _plain("reach", reach),
            _plain("impact", impact),
            _plain("confidence", confidence),
            effort,
        ),
    )


def wsjf(
    *, business_value: Decimal, time_criticality: Decimal, risk_reduction: Decimal, size: Decimal
) -> Score:
    """Return weighted shortest job first, SAFe style: the sum of three ratings over job size.

    Ratings are relative to this backlog (1, 2, 3, 5, 8, 13, 20) and cannot be traded against
    money. Job size counts as at least 0.5. Source: bridge 6.1. Raises ScoringError ``negative``.
    """
    require_not_negative(
        ScoringError,
        business_value=business_value,
        time_criticality=time_criticality,
        risk_reduction=risk_reduction,
        size=size,
    )
    job = _floored("size", size)
    return Score(
        method=Method.WSJF,
        value=(business_value + time_criticality + risk_reduction) / job.used,
        parts=(
            _plain("business_value", business_value),
            _plain("time_criticality", time_criticality),
            _plain("risk_reduction", risk_reduction),
            job,
        ),
    )


def cd3(*, cost_of_delay_per_week: Decimal, duration_weeks: Decimal) -> Score:
    """Return cost of delay per week divided by duration in weeks, at least 0.5.

    Doing the highest first minimises the total cost of delay; it is no investment test: a loss
    may still rank first. Source: bridge 6.1. Raises ScoringError ``negative``.
    """
    require_not_negative(
        ScoringError, cost_of_delay_per_week=cost_of_delay_per_week, duration_weeks=duration_weeks
    )
    duration = _floored("duration_weeks", duration_weeks)
    return Score(
        method=Method.CD3,
        value=cost_of_delay_per_week / duration.used,
        parts=(_plain("cost_of_delay_per_week", cost_of_delay_per_week), duration),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work done one at a time: what each week of waiting costs, and how many weeks it takes."""

    key: str
    cost_of_delay_per_week: Decimal
    duration_weeks: Decimal


def delay_cost(order: Sequence[Job]) -> Figure:
    """Return what doing the jobs one after another in this order costs in delay.

    Each job costs its weekly delay until its own finish; the parts are the jobs, and sum to the
    whole. Raises ScoringError ``negative``, ``duration_not_positive``.
    """
    clock = Decimal(0)
    parts: dict[str, Decimal] = {}
    for job in order:
        require_not_negative(ScoringError, cost=job.cost_of_delay_per_week, d=job.duration_weeks)
        if job.duration_weeks == 0:
            raise ScoringError("duration_not_positive", job=job.key)
        clock += job.duration_weeks
        parts[job.key] = job.cost_of_delay_per_week * clock
    return defined(sum(parts.values(), Decimal(0)), **parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An item's place: 1 is the highest score, equal scores share a place and skip the next."""

    key: str
    score: Decimal
    place: int
    tied: bool


def ranking(scores: Mapping[str, Decimal]) -> tuple[Placed, ...]:
    """Return the items from the highest score down. Ties stay ties; among them the key orders."""
    require_finite(ScoringError, **scores)
    ordered = sorted(scores, key=lambda key: (-scores[key], key))
    placed: list[Placed] = []
    for score, group in groupby(ordered, key=lambda key: scores[key]):
        keys, place = list(group), len(placed) + 1
        placed += [Placed(key=key, score=score, place=place, tied=len(keys) > 1) for key in keys]
    return tuple(placed)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankAgreement:
    """How alike two methods order the same items, by two named coefficients, 1 = the same order.

    Lead with Kendall's: (tau + 1) / 2 is the share of pairs both order alike when nothing is tied.
    """

    items: int
    kendall_tau_b: Figure
    spearman_rho: Figure
    pairs: Pairs


def rank_agreement(first: Mapping[str, Decimal], second: Mapping[str, Decimal]) -> RankAgreement:
    """Return the agreement of two methods over the same items.

    Raises ScoringError ``items_differ`` when they did not score the same items.
    """
    require_finite(ScoringError, **first)
    require_finite(ScoringError, **second)
    if first.keys() != second.keys():
        raise ScoringError("items_differ", items=len(first.keys() ^ second.keys()))
    keys = sorted(first)
    a, b = [first[key] for key in keys], [second[key] for key in keys]
    return RankAgreement(
        items=len(keys),
        kendall_tau_b=kendall_tau_b(a, b),
        spearman_rho=spearman_rho(a, b),
        pairs=compare_pairs(a, b),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Several scorers' values for one item: their mean and the band from lowest to highest.

    ``margin`` is half the band (the +/- beside a score), undefined with one scorer: one opinion
    has no spread, which is not the same as full agreement.
    """

    mean: Decimal
    lowest: Decimal
    highest: Decimal
    scorers: int
    margin: Figure


def spread(scores: Mapping[str, Decimal]) -> Spread:
    """Return the band of the scorers' values. Raises ScoringError ``no_scorers``."""
    require_finite(ScoringError, **scores)
    if not scores:
        raise ScoringError("no_scorers")
    values = list(scores.values())
    low, high = min(values), max(values)
    band = {"lowest": low, "highest": high}
    single = len(values) == 1
    return Spread(
        mean=sum(values, Decimal(0)) / len(values),
        lowest=low,
        highest=high,
        scorers=len(values),
        margin=undefined("one_scorer", **band) if single else defined((high - low) / 2, **band),
    )


def calibrated_confidence(*, improved: int, verdicts: int) -> Figure:
    """Return (improved + 2) / (verdicts + 4): own history shrunk towards one half when thin.

    Source: bridge section 8 (the rule of Agresti and Coull). No history gives 0.5.
    Raises ScoringError ``negative``, ``improved_over_verdicts``.
    """
    hits, tries = Decimal(improved), Decimal(verdicts)
    require_not_negative(ScoringError, improved=hits, verdicts=tries)
    if hits > tries:
        raise ScoringError("improved_over_verdicts", improved=improved, verdicts=verdicts)
    return quotient(hits + 2, tries + 4, "no_history", improved=hits, verdicts=tries)


def _plain(name: str, given: Decimal) -> Part:
    return Part(name=name, given=given, used=given)


def _floored(name: str, given: Decimal) -> Part:
    return Part(name=name, given=given, used=max(given, EFFORT_FLOOR))
