"""The health grammar: four colours, reasons with inputs, and one rule for the whole.

Every app judges its own dimensions; what they have in common is here. Grey is unknown and is
never green; the whole is the worst known dimension, never an average (DESIGN section 6).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from common.domain.refusal import Refusal, Scalar

FEW_CHILDREN = 10
"""Above this many children a parent shows no single colour: it would always be red."""
HATCHED_BELOW = Decimal("0.6")
_WEIGHTS = {"freshness": Decimal("0.5"), "completeness": Decimal("0.3")}
_CONSISTENCY_WEIGHT = Decimal("0.2")


class HealthError(Refusal):
    """``dimension_repeated``, ``ratio_out_of_range``, ``cadence_not_positive``,
    ``age_negative``, ``money_negative``."""


class Colour(StrEnum):
    """A status value. ``severity`` orders the known ones; grey is unknown and has none (-1)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"

    severity: int
    """Green 0, amber 1, red 2; grey -1, so that it never outranks a known colour."""

    def __init__(self, name: str) -> None:
        # An attribute and no property: whatever is judged asks for it several times.
        self.severity = {"grey": -1, "green": 0, "amber": 1, "red": 2}[name]

    @property
    def is_known(self) -> bool:
        """Whether there is a judgement at all."""
        return self is not Colour.GREY


_GREEN, _GREY = Colour.GREEN, Colour.GREY


class Reason(NamedTuple):
    """Why something is as it is: a code, and the parameters its sentence needs."""

    code: str
    params: Mapping[str, Scalar]


class Dimension(NamedTuple):
    """One judged side of a subject, with its reasons and the date of its inputs."""

    name: str
    colour: Colour
    reasons: tuple[Reason, ...] = ()
    inputs_on: date | None = None


class Health(NamedTuple):
    """The judgement of one subject.

    ``hatched``: something is grey, or data confidence is below 0.6. ``drag``: the name of the
    dimension that decides the colour, None when the colour is green.
    """

    overall: Colour
    dimensions: tuple[Dimension, ...]
    hatched: bool
    confidence: Decimal | None
    drag: str | None


def overall(dimensions: Iterable[Dimension], mandatory: frozenset[str] = frozenset()) -> Colour:
    """Return the worst known colour; grey when none is known or a mandatory one is not.

    A mandatory dimension that is not among ``dimensions`` is unknown too.
    """
    known, worst = set(), _GREY
    for part in dimensions:
        if part.colour is not _GREY:
            known.add(part.name)
            if part.colour.severity > worst.severity:
                worst = part.colour
    return worst if mandatory <= known else _GREY


def judge(
    dimensions: Sequence[Dimension],
    *,
    mandatory: frozenset[str] = frozenset(),
    confidence: Decimal | None = None,
) -> Health:
    """Return the whole judgement of a subject from its dimensions.

    Source: DESIGN section 6. Raises HealthError ``dimension_repeated``, ``ratio_out_of_range``.
    """
    colours = {part.name: part.colour for part in dimensions}
    if len(colours) < len(dimensions):
        (name, _), *_rest = Counter(part.name for part in dimensions).most_common(1)
        raise HealthError("dimension_repeated", name=name)
    if confidence is not None:
        _ratio("confidence", confidence)
    colour = overall(dimensions, mandatory)
    low = confidence is not None and confidence < HATCHED_BELOW
    return Health(
        overall=colour,
        dimensions=tuple(dimensions),
        hatched=low or _GREY in colours.values() or not colours or not mandatory <= colours.keys(),
        confidence=confidence,
        drag=_drag(colours, colour, mandatory),
    )


def _drag(colours: Mapping[str, Colour], colour: Colour, mandatory: frozenset[str]) -> str | None:
    if colour is _GREEN:
        return None
    same = [name for name, own in colours.items() if own is colour]
    if colour is _GREY and mandatory:
        blocking = [name for name in same if name in mandatory]
        same = [*blocking, *sorted(mandatory - colours.keys()), *same]
    return next(iter(same), None)


# A portfolio asks for few combinations of these, thousands of times.
@lru_cache(maxsize=4096)
def freshness(age_days: int | Decimal | None, cadence_days: int | Decimal) -> Decimal | None:
    """Return how fresh a figure is: 1 up to its cadence, falling linearly to 0 at twice that.

    f = clamp(2 - age / cadence, 0, 1). None for a figure never given: it is grey, not stale.
    Source: bridge 6.7. Raises HealthError ``cadence_not_positive``, ``age_negative``.
    """
    cadence = Decimal(cadence_days)
    if not cadence.is_finite() or cadence <= 0:
        raise HealthError("cadence_not_positive", cadence=str(cadence_days))
    if age_days is None:
        return None
    age = Decimal(age_days)
    if not age.is_finite() or age < 0:
        raise HealthError("age_negative", age=str(age_days))
    return min(Decimal(1), max(Decimal(0), 2 - age / cadence))


@lru_cache(maxsize=4096)
def share(part: int, whole: int) -> Decimal:
    """Return part of whole as a ratio; 1 where nothing is asked for."""
    return Decimal(part) / whole if whole else Decimal(1)


@lru_cache(maxsize=4096)
def confidence(freshness: Decimal | None, completeness: Decimal, consistency: Decimal) -> Decimal:
    """Return data confidence: 0.5 freshness + 0.3 completeness + 0.2 consistency.

    A figure never given counts as not fresh. All in 0..1. Source: bridge 6.7.
    Raises HealthError ``ratio_out_of_range``.
    """
    fresh = Decimal(0) if freshness is None else _ratio("freshness", freshness)
    return (
        _WEIGHTS["freshness"] * fresh
        + _WEIGHTS["completeness"] * _ratio("completeness", completeness)
        + _CONSISTENCY_WEIGHT * _ratio("consistency", consistency)
    )


def steps_between(reported: Colour, measured: Colour) -> int:
    """Return how many steps better the report is than the measure: G/R 2, A/R 1, R/G -2.

    0 when they agree or when either is grey: nothing can be compared with the unknown.
    """
    if not (reported.is_known and measured.is_known):
        return 0
    return measured.severity - reported.severity


def counts(colours: Iterable[Colour]) -> dict[Colour, int]:
    """Return how many there are of each colour, every colour named; they sum to the whole."""
    seen = Counter(colours)
    return {colour: seen[colour] for colour in Colour}


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """What a parent needs to know of a child: its key, colour, money and data confidence."""

    key: str
    colour: Colour
    money: Decimal = Decimal(0)
    confidence: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What a parent shows instead of an average (bridge 6.6, DESIGN section 6).

    ``share_of_money`` sums to 1, and is None when no child carries money. ``colour`` is the
    worst known one, and None above ten children. ``magnitude`` (0-100: red 1, amber 1/2 of the
    known children) is for sorting only. Confidence: the lowest and the mean weighted by money
    (unweighted when there is none), over children that have it.
    """

    counts: Mapping[Colour, int]
    share_of_money: Mapping[Colour, Decimal] | None
    biggest_drag: str | None
    colour: Colour | None
    hatched: bool
    magnitude: Decimal | None
    lowest_confidence: Decimal | None
    mean_confidence: Decimal | None


def distribution(children: Sequence[Child]) -> Distribution:
    """Return the distribution of a parent over its children. None have: all counts 0, grey.

    The biggest drag is the worst known child that is not green; among equals the one with most
    money, then the lower key. Raises HealthError ``money_negative``, ``ratio_out_of_range``.
    """
    for child in children:
        if not child.money.is_finite() or child.money < 0:
            raise HealthError("money_negative", key=child.key)
        if child.confidence is not None:
            _ratio("confidence", child.confidence)
    tally = counts(child.colour for child in children)
    known = [child for child in children if child.colour.is_known]
    worst = min(known, key=lambda c: (-c.colour.severity, -c.money, c.key), default=None)
    worst_colour = worst.colour if worst else Colour.GREY
    lowest, mean = _confidences(children)
    return Distribution(
        counts=tally,
        share_of_money=_shares(children),
        biggest_drag=worst.key if worst and worst.colour is not Colour.GREEN else None,
        colour=worst_colour if len(children) <= FEW_CHILDREN else None,
        hatched=bool(tally[Colour.GREY])
        or not children
        or (lowest is not None and lowest < HATCHED_BELOW),
        magnitude=_magnitude(known),
        lowest_confidence=lowest,
        mean_confidence=mean,
    )


def _shares(children: Sequence[Child]) -> dict[Colour, Decimal] | None:
    whole = sum((child.money for child in children), Decimal(0))
    if not whole:
        return None
    sums = dict.fromkeys(Colour, Decimal(0))
    for child in children:
        sums[child.colour] += child.money
    return {colour: money / whole for colour, money in sums.items()}


def _magnitude(known: Sequence[Child]) -> Decimal | None:
    if not known:
        return None
    return Decimal(50) * sum(child.colour.severity for child in known) / len(known)


def _confidences(children: Sequence[Child]) -> tuple[Decimal | None, Decimal | None]:
    pairs = [(c.confidence, c.money) for c in children if c.confidence is not None]
    if not pairs:
        return None, None
    if not any(money for _, money in pairs):
        pairs = [(value, Decimal(1)) for value, _ in pairs]
    weight = sum((money for _, money in pairs), Decimal(0))
    mean = sum((value * money for value, money in pairs), Decimal(0)) / weight
    return min(value for value, _ in pairs), mean


def _ratio(name: str, value: Decimal) -> Decimal:
    if not (value.is_finite() and 0 <= value <= 1):
        raise HealthError("ratio_out_of_range", name=name, value=str(value))
    return value
