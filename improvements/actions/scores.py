"""Scoring for an office, and what is scored by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.access import can_configure
from common import audit, clock
from common.errors import NotAllowed, Refused
from common.subjects import Subject
from improvements.access import check_can_score
from improvements.actions.standing import rescore
from improvements.domain.approvals import Office
from improvements.domain.lifecycle import BACKLOG
from improvements.domain.scoring import RICE_IMPACTS
from improvements.models import (
    Improvement,
    ImprovementStanding,
    Score,
    ScoringCriterion,
    ScoringModel,
)
from improvements.models.scoring import HIGHEST
from improvements.queries import criteria

#: what the other methods ask for beside the ratings
METHOD_INPUTS = (
    "reach",
    "impact",
    "confidence",
    "business_value",
    "time_criticality",
    "risk_reduction",
    "job_size",
    "cost_of_delay",
    "duration_weeks",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What a person gives: criterion key -> 0 to 5, and the inputs of the other methods."""

    ratings: Mapping[str, int]
    inputs: Mapping[str, Decimal | None] = field(default_factory=dict)


@transaction.atomic
def score(improvement: Improvement, rating: Rating, *, office: Office, by: Any) -> Score:
    """Write a person's ratings for an office; a second time replaces the first.

    Neither office's figures are shown before both have scored. Refused off the scale or for a
    criterion that the model does not have.
    """
    check_can_score(by, improvement, office)
    known = {row.key for row in criteria()}
    for key, value in rating.ratings.items():
        if key not in known or not 0 <= value <= HIGHEST:
            raise Refused("improvements.rating_off_scale", field=key, highest=HIGHEST)
    inputs = {name: rating.inputs.get(name) for name in METHOD_INPUTS}
    _check_inputs(inputs)
    old = Score.objects.filter(improvement=improvement, office=office, scorer=by).first()
    is_open = ImprovementStanding.objects.filter(
        improvement=improvement, score__isnull=False
    ).exists()
    # The figures stay out of the trail while the other office may not see them.
    shown = ("ratings", *METHOD_INPUTS) if is_open else ()
    before = audit.snapshot(old, shown) if old else {}
    row = old or Score(improvement=improvement, office=office.value, scorer=by)
    row.ratings, row.at, row.merged_from = dict(rating.ratings), clock.now(), None
    for name, figure in inputs.items():
        setattr(row, name, figure)
    row.save()
    rescore([improvement.pk])
    audit.record(
        "improvement.scored",
        Subject("improvement", improvement.pk),
        by=by,
        before=before,
        after={"office": office.value, **audit.snapshot(row, shown)},
    )
    return row


def _check_inputs(inputs: Mapping[str, Decimal | None]) -> None:
    for name, value in inputs.items():
        if value is not None and value < 0:
            raise Refused("improvements.input_negative", field=name)
    if inputs["impact"] is not None and inputs["impact"] not in RICE_IMPACTS:
        raise Refused("improvements.impact_off_scale", field="impact")
    confidence = inputs["confidence"]
    if confidence is not None and confidence > 1:
        raise Refused("improvements.confidence_over_one", field="confidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionGiven:
    """One criterion as an administrator gives it."""

    key: str
    label_en: str
    label_sv: str
    weight: Decimal
    is_inverted: bool = False
    is_mandatory: bool = False


@transaction.atomic
def set_scoring_model(
    name: str, given: Sequence[CriterionGiven], *, by: Any, is_default: bool = True
) -> ScoringModel:
    """Create or replace a scoring model by its name and, as the default, order the review by it.

    Every open improvement is marked, because its score follows the weights. NotAllowed for
    anyone but an administrator; Refused when no criterion has a weight or a code stands twice.
    """
    if by is not None and not can_configure(by):
        raise NotAllowed("improvements.configure_not_yours")
    if not any(criterion.weight > 0 for criterion in given):
        raise Refused("improvements.weights_zero")
    if len({criterion.key for criterion in given}) < len(given):
        raise Refused("improvements.criterion_twice")
    if is_default:
        ScoringModel.objects.exclude(name=name).filter(is_default=True).update(is_default=False)
    model, is_new = ScoringModel.objects.get_or_create(
        name=name, defaults={"is_default": is_default}
    )
    before = {} if is_new else _as_plain(model)
    if not is_new:
        model.is_default, model.version = is_default, model.version + 1
        model.save(update_fields=["is_default", "version"])
        model.criteria.all().delete()
    ScoringCriterion.objects.bulk_create(
        [
            ScoringCriterion(
                model=model,
                key=each.key,
                label_en=each.label_en,
                label_sv=each.label_sv,
                weight=each.weight,
                is_inverted=each.is_inverted,
                is_mandatory=each.is_mandatory,
                order=place,
            )
            for place, each in enumerate(given, start=1)
        ]
    )
    scored = Improvement.objects.filter(state__in=sorted(BACKLOG), scores__isnull=False).distinct()
    touched = [Subject("improvement", pk) for pk in scored.values_list("pk", flat=True)]
    audit.record(
        "scoring_model.changed" if before else "scoring_model.created",
        Subject("scoring_model", model.pk),
        by=by,
        before=before,
        after=_as_plain(model),
        affects=touched or [Subject("scoring_model", model.pk)],
    )
    return model


def _as_plain(model: ScoringModel) -> dict[str, Any]:
    rows = model.criteria.values_list(
        "key", "label_en", "label_sv", "weight", "is_inverted", "is_mandatory"
    )
    return {"name": model.name, "is_default": model.is_default, "criteria": list(rows)}
