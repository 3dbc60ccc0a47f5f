"""Risks and opportunities: the matrix, expected money, and what a response is worth."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from common.domain.figure import Figure, defined, require_finite, require_not_negative
from common.domain.refusal import Refusal

LEVELS = range(1, 6)


class RiskError(Refusal):
    """``level_off_scale``, ``matrix_shape``, ``not_a_number``, ``negative``,
    ``probability_over_one``, ``impact_sign``, ``no_consequence``, ``key_repeated``."""


class Kind(StrEnum):
    """A threat costs when it happens, an opportunity gains; they are counted apart."""

    THREAT = "threat"
    OPPORTUNITY = "opportunity"


class Band(StrEnum):
    """What a cell of the matrix asks for, least first."""

    GREEN = "green"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


_LETTERS = {"G": Band.GREEN, "Y": Band.YELLOW, "O": Band.ORANGE, "R": Band.RED}
_ORDER = tuple(Band)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMatrix:
    """Five by five cells as five words of G, Y, O, R: probability 5 first, consequence 1 first.

    A cell is never milder than its neighbour with less probability or less consequence.
    """

    rows: tuple[str, str, str, str, str]

    def __post_init__(self) -> None:
        """Refuse another shape, other letters, or a cell milder than a lesser one."""
        words = self.rows
        if len(words) != len(LEVELS) or any(
            len(word) != len(LEVELS) or set(word) - _LETTERS.keys() for word in words
        ):
            raise RiskError("matrix_shape", rows=" / ".join(words))
        depth = [[_ORDER.index(_LETTERS[letter]) for letter in word] for word in words]
        falls = any(row != sorted(row) for row in depth)
        if falls or any(list(col) != sorted(col, reverse=True) for col in zip(*depth, strict=True)):
            raise RiskError("matrix_shape", rows=" / ".join(words))

    def band(self, probability: int, consequence: int) -> Band:
        """Return the band of a cell. Raises RiskError ``level_off_scale`` outside 1..5."""
        for name, level in (("probability", probability), ("consequence", consequence)):
            if level not in LEVELS:
                raise RiskError("level_off_scale", name=name, level=level)
        return _LETTERS[self.rows[len(LEVELS) - probability][consequence - 1]]


PROSJEKTPORTALEN = RiskMatrix(rows=("OORRR", "YOORR", "GYOOR", "GGYOO", "GGGYO"))
"""The matrix shipped by Prosjektportalen 365 (projects 4.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A rated cell. ``score`` = probability x consequence, 1..25, for sorting inside a band."""

    probability: int
    consequence: int
    score: int
    band: Band


def rate(probability: int, consequence: int, matrix: RiskMatrix = PROSJEKTPORTALEN) -> Rating:
    """Return the rating of levels 1..5. Raises RiskError ``level_off_scale``."""
    return Rating(
        probability=probability,
        consequence=consequence,
        score=probability * consequence,
        band=matrix.band(probability, consequence),
    )


def worst_consequence(consequences: Mapping[str, int]) -> tuple[str, int]:
    """Return the dimension that decides, and its level: the maximum, never the mean.

    Source: US DoD risk guide (cost, schedule, performance). Of equals the first named.
    Raises RiskError ``no_consequence``, ``level_off_scale``.
    """
    if not consequences:
        raise RiskError("no_consequence")
    for name, level in consequences.items():
        if level not in LEVELS:
            raise RiskError("level_off_scale", name=name, level=level)
    return max(consequences.items(), key=lambda item: item[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A risk before any response, as it stands, and where the response is to bring it.

    ``findings``: ``current_above_inherent`` (a response made the threat worse, or the inherent
    rating was too low; ``current_below_inherent`` for an opportunity, which is meant to rise),
    ``target_passed`` (better than its target already), ``target_missing``. ``reached``: whether
    the current score is at the target or past it; None without one.
    """

    kind: Kind
    inherent: Rating
    current: Rating
    target: Rating | None
    reached: bool | None
    findings: tuple[str, ...]


def course(
    inherent: Rating, current: Rating, target: Rating | None, kind: Kind = Kind.THREAT
) -> Course:
    """Return the three ratings with what does not fit between them."""
    sign = 1 if kind is Kind.THREAT else -1
    findings = []
    if sign * current.score > sign * inherent.score:
        findings.append(
            "current_above_inherent" if kind is Kind.THREAT else "current_below_inherent"
        )
    if target is None:
        findings.append("target_missing")
    elif sign * target.score > sign * current.score:
        findings.append("target_passed")
    return Course(
        kind=kind,
        inherent=inherent,
        current=current,
        target=target,
        reached=None if target is None else sign * current.score <= sign * target.score,
        findings=tuple(findings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """A risk in money: probability 0..1 and signed impact, below zero for a threat."""

    key: str
    probability: Decimal
    impact: Decimal
    kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        """Refuse what is not a probability; the sign of the impact tells the kind."""
        require_not_negative(RiskError, probability=self.probability)
        require_finite(RiskError, impact=self.impact)
        if self.probability > 1:
            raise RiskError("probability_over_one", key=self.key)
        kind = Kind.OPPORTUNITY if self.impact > 0 else Kind.THREAT
        object.__setattr__(self, "kind", kind)

    @property
    def expected(self) -> Decimal:
        """Probability x impact, signed."""
        return self.probability * self.impact


def expected_value(exposures: Sequence[Exposure]) -> Figure:
    """Return the expected monetary value: the sum of probability x impact, opportunities positive.

    The parts are the risks by key and sum to the whole; no risk gives 0. The mean says nothing
    about the worst case; use the simulation for that. Source: projects 4.5.
    Raises RiskError ``key_repeated``.
    """
    parts = {exposure.key: exposure.expected for exposure in exposures}
    if len(parts) < len(exposures):
        raise RiskError("key_repeated")
    return defined(sum(parts.values(), Decimal(0)), **parts)


def mitigation_return(before: Exposure, after: Exposure, cost: Decimal) -> Figure:
    """Return what a response is worth: the expected value it adds, minus what it costs.

    Return = (EMV after - EMV before) - cost. Below zero the response costs more than it avoids.
    Source: projects 4.5. Raises RiskError ``negative`` for a negative cost.
    """
    require_not_negative(RiskError, cost=cost)
    avoided = after.expected - before.expected
    return defined(
        avoided - cost, before=before.expected, after=after.expected, avoided=avoided, cost=cost
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plotted:
    """A risk to be placed in the matrix."""

    key: str
    kind: Kind
    rating: Rating


def heat_map(plotted: Iterable[Plotted], kind: Kind) -> Mapping[tuple[int, int], tuple[str, ...]]:
    """Return the keys of that kind in each occupied cell (probability, consequence).

    Threats and opportunities are never drawn into one matrix: the same cell is bad for one and
    good for the other.
    """
    cells: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for risk in plotted:
        if risk.kind is kind:
            cells[risk.rating.probability, risk.rating.consequence].append(risk.key)
    return MappingProxyType({cell: tuple(keys) for cell, keys in cells.items()})
