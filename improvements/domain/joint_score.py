"""The two offices' scores of one improvement: blind until both are in, then with gap and band."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from improvements.domain.approvals import Office
from improvements.domain.weighting import Criterion, Scales, scales, weigh

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
    """

    offices: frozenset[Office]
    project: Decimal | None = None
    service: Decimal | None = None
    score: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    #: what it was weighed with, and each office's ratings brought to 0..1
    model: Scales | None = None
    rated: tuple[tuple[Office, Mapping[str, Decimal]], ...] = ()

    @property
    def differs_on(self) -> tuple[Difference, ...]:
        """The criteria that the offices rate apart, widest first; none while one is missing."""
        return _differences(self.model, self.rated) if self.is_in and self.model else ()

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
    """Return the joint score of one improvement, as `joint_by`."""
    return joint_by(scales(criteria), ballots)


def joint_by(model: Scales, ballots: Sequence[Ballot]) -> JointScore:
    """Return the joint score of one improvement.

    A ballot that lacks a rating of a weighted criterion does not count yet. Ratings of criteria
    that the model no longer has are ignored. Raises ScoringError ``rating_off_scale``.
    """
    values: list[Decimal] = []
    sides: dict[Office, list[Decimal]] = {}
    rated: list[tuple[Office, Mapping[str, Decimal]]] = []
    for ballot in ballots:
        found = weigh(model, ballot.ratings)
        if found.value is not None:
            values.append(found.value)
            sides.setdefault(ballot.office, []).append(found.value)
            rated.append((ballot.office, found.used))
    if len(sides) < len(Office):
        return JointScore(offices=frozenset(sides))
    project, service = _mean(sides[Office.PROJECT]), _mean(sides[Office.SERVICE])
    return JointScore(
        offices=frozenset(sides),
        project=project,
        service=service,
        score=(project + service) / 2,
        low=min(values),
        high=max(values),
        model=model,
        rated=tuple(rated),
    )


def _differences(
    model: Scales, rated: Sequence[tuple[Office, Mapping[str, Decimal]]]
) -> tuple[Difference, ...]:
    """Return where the offices' means differ; `rated` holds the normalised ratings."""
    found = []
    for criterion in model.criteria:
        known: dict[Office, list[Decimal]] = {}
        for office, used in rated:
            if criterion.key in used:
                known.setdefault(office, []).append(used[criterion.key])
        if len(known) < len(Office):
            continue
        first, second = (_mean(known[office]) for office in Office)
        if first != second:
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
        given = {
            office: [
                ballot.ratings[criterion.key]
                for ballot in ballots
                if ballot.office is office and criterion.key in ballot.ratings
            ]
            for office in Office
        }
        means = {office: _mean(some) if some else None for office, some in given.items()}
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


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
