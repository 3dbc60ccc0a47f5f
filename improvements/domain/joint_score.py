"""The two offices' scores of one improvement: blind until both are in, then with gap and band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from improvements.domain.approvals import Office
from improvements.domain.scoring import Criterion, spread, weighted

WIDE_GAP = Decimal(30)
"""From here on the offices differ so much that they should talk first (design language, 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """One person's ratings for one office."""

    scorer: int
    office: Office
    ratings: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far apart the offices rate a criterion, in points of its own 0..100."""

    key: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class JointScore:
    """What the review shows. All figures are None until both offices have scored.

    ``score`` is the mean of the two offices' means, so that ten scorers on one side do not
    outvote two on the other; ``low`` and ``high`` are the lowest and highest scorer.
    ``differs_on`` names the criteria the offices rate apart, widest first.
    """

    offices: frozenset[Office]
    project: Decimal | None = None
    service: Decimal | None = None
    score: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    differs_on: tuple[Difference, ...] = ()

    @property
    def is_in(self) -> bool:
        """Whether both offices have scored."""
        return self.score is not None

    @property
    def gap(self) -> Decimal | None:
        """How far apart the offices are, 0..100; None while one is missing."""
        if self.project is None or self.service is None:
            return None
        return abs(self.project - self.service)

    @property
    def is_wide(self) -> bool:
        """Whether the offices differ by thirty or more."""
        return self.gap is not None and self.gap >= WIDE_GAP


def joint(criteria: Sequence[Criterion], ballots: Sequence[Ballot]) -> JointScore:
    """Return the joint score of one improvement.

    A ballot that lacks a rating of a weighted criterion does not count yet. Ratings of criteria
    that the model no longer has are ignored. Raises ScoringError ``rating_off_scale``.
    """
    known = {criterion.key for criterion in criteria}
    valued: list[tuple[Ballot, Decimal]] = []
    rated: list[tuple[Office, Mapping[str, Decimal]]] = []
    for ballot in ballots:
        ratings = {key: value for key, value in ballot.ratings.items() if key in known}
        found = weighted(criteria, ratings)
        if found.value is not None:
            valued.append((ballot, found.value))
            rated.append((ballot.office, {part.name: part.used for part in found.parts}))
    offices = frozenset(ballot.office for ballot, _ in valued)
    if len(offices) < len(Office):
        return JointScore(offices=offices)
    sides = {
        office: spread({str(b.scorer): v for b, v in valued if b.office is office})
        for office in Office
    }
    project, service = sides[Office.PROJECT].mean, sides[Office.SERVICE].mean
    values = [value for _, value in valued]
    return JointScore(
        offices=offices,
        project=project,
        service=service,
        score=(project + service) / 2,
        low=min(values),
        high=max(values),
        differs_on=_differences(criteria, rated),
    )


def _differences(
    criteria: Sequence[Criterion], rated: Sequence[tuple[Office, Mapping[str, Decimal]]]
) -> tuple[Difference, ...]:
    """Return where the offices' means differ; `rated` holds what `weighted` has normalised."""
    found = []
    for criterion in criteria:
        first, second = (
            _mean(
                [
                    used[criterion.key]
                    for side, used in rated
                    if side is office and criterion.key in used
                ]
            )
            for office in Office
        )
        if first is not None and second is not None and first != second:
            found.append(Difference(key=criterion.key, points=abs(first - second) * 100))
    return tuple(sorted(found, key=lambda each: (-each.points, each.key)))


@dataclass(frozen=True, slots=True, kw_only=True)
class JointPart:
    """A criterion's share of the joint score.

    ``project`` and ``service`` are the offices' mean ratings on the criterion's own scale, None
    where nobody rated it. The contributions add up to the joint score, unless a mandatory
    criterion has set a ballot to 100.
    """

    key: str
    weight: Decimal
    project: Decimal | None
    service: Decimal | None
    contribution: Decimal | None


def parts(criteria: Sequence[Criterion], ballots: Sequence[Ballot]) -> tuple[JointPart, ...]:
    """Return the arithmetic of a joint score, criterion by criterion, in the model's order."""
    whole = sum((criterion.weight for criterion in criteria), Decimal(0))
    rows = []
    for criterion in criteria:
        means = {
            office: _mean(
                [
                    ballot.ratings[criterion.key]
                    for ballot in ballots
                    if ballot.office is office and criterion.key in ballot.ratings
                ]
            )
            for office in Office
        }
        known = [criterion.normalise(mean) for mean in means.values() if mean is not None]
        contribution = None
        if len(known) == len(Office) and whole:
            contribution = 100 * criterion.weight * sum(known, Decimal(0)) / len(known) / whole
        rows.append(
            JointPart(
                key=criterion.key,
                weight=criterion.weight,
                project=means[Office.PROJECT],
                service=means[Office.SERVICE],
                contribution=contribution,
            )
        )
    return tuple(rows)


def _mean(values: Sequence[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None
