"""The weighted score: criteria on scales of their own, brought to one. Formula: bridge 6.1."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.domain.figure import require_finite, require_not_negative
from improvements.domain.scoring import FULL_SCORE, Method, Part, Score, ScoringError


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A weighted criterion rated on a scale of its own.

    ``inverted``: a high rating counts against (effort, risk). ``mandatory_from``: a rating at or
    above it bypasses the arithmetic, and the score is 100 (law, contract).
    """

    key: str
    weight: Decimal
    lowest: Decimal = Decimal(0)
    highest: Decimal = Decimal(1)
    inverted: bool = False
    mandatory_from: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse a negative weight or an empty scale."""
        require_not_negative(ScoringError, weight=self.weight)
        require_finite(ScoringError, lowest=self.lowest, highest=self.highest)
        if self.mandatory_from is not None:
            require_finite(ScoringError, mandatory_from=self.mandatory_from)
        if self.lowest >= self.highest:
            raise ScoringError("scale_empty", criterion=self.key)

    def normalise(self, rating: Decimal) -> Decimal:
        """Return the rating on 0..1, turned round when inverted. Refuses ``rating_off_scale``."""
        if not rating.is_finite():
            require_finite(ScoringError, **{self.key: rating})
        if not self.lowest <= rating <= self.highest:
            raise ScoringError("rating_off_scale", criterion=self.key, rating=str(rating))
        share = (rating - self.lowest) / (self.highest - self.lowest)
        return 1 - share if self.inverted else share

    def is_bypassed_by(self, rating: Decimal) -> bool:
        """Return whether this rating makes the work mandatory."""
        return self.mandatory_from is not None and rating >= self.mandatory_from


@dataclass(frozen=True, slots=True)
class Scales:
    """The criteria of a scoring model, checked once: `scales` makes it."""

    criteria: tuple[Criterion, ...]
    whole: Decimal


def scales(criteria: Sequence[Criterion]) -> Scales:
    """Return the criteria ready to weigh with.

    Raises ScoringError ``criterion_repeated``, ``weights_zero``.
    """
    if len({criterion.key for criterion in criteria}) < len(criteria):
        raise ScoringError("criterion_repeated")
    whole = sum((criterion.weight for criterion in criteria), Decimal(0))
    if whole == 0:
        raise ScoringError("weights_zero")
    return Scales(tuple(criteria), whole)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A weighted score: the value, None while a weighted criterion lacks a rating, and its parts.

    ``used`` holds the normalised ratings, ``contributions`` what each adds to the value.
    """

    value: Decimal | None
    used: Mapping[str, Decimal]
    contributions: Mapping[str, Decimal]
    bypassed_by: tuple[str, ...]


def weigh(model: Scales, ratings: Mapping[str, Decimal]) -> Weighed:
    """Return the weighted score, 0..100: 100 x sum(w x normalised rating) / sum(w).

    A mandatory criterion decides on its own. Ratings of other criteria are ignored.
    Source: bridge 6.1 (KANAP). Raises ScoringError ``rating_off_scale``.
    """
    used, parts, bypass, is_whole = {}, {}, [], True
    for criterion in model.criteria:
        key = criterion.key
        rating = ratings.get(key)
        if rating is None:
            is_whole = is_whole and not criterion.weight
            continue
        used[key] = criterion.normalise(rating)
        parts[key] = FULL_SCORE * criterion.weight * used[key] / model.whole
        if criterion.is_bypassed_by(rating):
            bypass.append(key)
    value: Decimal | None = sum(parts.values(), Decimal(0)) if is_whole else None
    return Weighed(FULL_SCORE if bypass else value, used, parts, tuple(bypass))


def weighted(criteria: Sequence[Criterion], ratings: Mapping[str, Decimal]) -> Score:
    """Return what `weigh` gives, with its parts told one by one.

    Undefined ``not_rated`` while a criterion with weight lacks a rating, unless a mandatory
    criterion already decides. Raises ScoringError ``criterion_repeated``, ``criterion_unknown``,
    ``weights_zero``, ``rating_off_scale``.
    """
    model = scales(criteria)
    if strangers := sorted(ratings.keys() - {criterion.key for criterion in criteria}):
        raise ScoringError("criterion_unknown", criterion=strangers[0])
    found = weigh(model, ratings)
    return Score(
        method=Method.WEIGHTED,
        value=found.value,
        undefined="not_rated" if found.value is None else None,
        parts=tuple(
            Part(
                name=each.key,
                given=ratings[each.key],
                used=found.used[each.key],
                weight=each.weight,
                contribution=found.contributions[each.key],
            )
            for each in criteria
            if each.key in found.used
        ),
        bypassed_by=found.bypassed_by,
        missing=tuple(each.key for each in criteria if each.weight and each.key not in ratings),
    )
