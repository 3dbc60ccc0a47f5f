"""Objectives: how far each key result has come from its start to its target, and their parent.

Formulas and sources: docs/domain/objectives.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from common.domain.figure import (
    Figure,
    defined,
    require_finite,
    require_not_negative,
    undefined,
)
from common.domain.health import Colour
from common.domain.refusal import Refusal

ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


class ObjectiveError(Refusal):
    """``not_a_number``, ``negative``, ``key_repeated``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a measure has come: ``share`` of the way, 0..1. ``worse``: it has moved away from
    the target since the start, which the clamped share alone would hide."""

    share: Figure
    worse: bool


def progress(*, start: Decimal, target: Decimal, now: Decimal | None) -> Progress:
    """Return (now - start) / (target - start), clamped to 0..1, in either direction.

    Undefined ``not_read`` without a reading, ``no_distance`` when start and target are equal.
    Source: bridge 6.11. Raises ObjectiveError ``not_a_number``.
    """
    require_finite(ObjectiveError, start=start, target=target)
    ends = {"start": start, "target": target}
    if now is None:
        return Progress(share=undefined("not_read", **ends), worse=False)
    require_finite(ObjectiveError, now=now)
    if start == target:
        return Progress(share=undefined("no_distance", **ends, now=now), worse=False)
    raw = (now - start) / (target - start)
    share = min(ONE, max(ZERO, raw))
    return Progress(share=defined(share, **ends, now=now), worse=raw < 0)


def target_from_change(base: Decimal, percent: Decimal) -> Decimal:
    """Return the target of a wanted change in per cent: base 24 and -25 give 18."""
    require_finite(ObjectiveError, base=base, percent=percent)
    return base * (1 + percent / HUNDRED)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyResult:
    """A key result with its weight, progress and colour."""

    key: str
    weight: Decimal
    progress: Progress
    colour: Colour = Colour.GREY


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveStanding:
    """Where an objective stands.

    ``progress``: the weighted mean over the key results that have one; its parts are their
    contributions and sum to it. ``coverage``: the share of the weight they carry, so that a mean
    over half the results does not pass for the whole. ``colour``: the worst known one, grey when
    none is known. ``worse``: key results that have moved away from their target.
    """

    progress: Figure
    coverage: Figure
    colour: Colour
    worse: tuple[str, ...]


def standing(results: Sequence[KeyResult]) -> ObjectiveStanding:
    """Return the standing of an objective: progress is averaged, colour never is.

    Undefined ``no_key_results`` without weight, ``nothing_read`` when no result has progress.
    Source: bridge 6.11. Raises ObjectiveError ``negative``, ``key_repeated``.
    """
    if len({result.key for result in results}) < len(results):
        raise ObjectiveError("key_repeated")
    for result in results:
        require_not_negative(ObjectiveError, weight=result.weight)
    read = [(r.key, r.weight, r.progress.share.value) for r in results]
    known = [(key, weight, share) for key, weight, share in read if share is not None]
    whole = sum((result.weight for result in results), ZERO)
    carried = sum((weight for _, weight, _ in known), ZERO)
    colours = [result.colour for result in results if result.colour.is_known]
    return ObjectiveStanding(
        progress=_mean(known, whole, carried),
        coverage=defined(carried / whole, carried=carried, whole=whole)
        if whole
        else undefined("no_key_results"),
        colour=max(colours, key=lambda colour: colour.severity, default=Colour.GREY),
        worse=tuple(result.key for result in results if result.progress.worse),
    )


def _mean(
    known: Sequence[tuple[str, Decimal, Decimal]], whole: Decimal, carried: Decimal
) -> Figure:
    if not whole:
        return undefined("no_key_results")
    if not carried:
        return undefined("nothing_read")
    parts = {key: weight * share / carried for key, weight, share in known}
    return defined(sum(parts.values(), ZERO), **parts)
