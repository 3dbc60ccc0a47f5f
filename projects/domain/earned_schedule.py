"""Earned schedule: earned value measured in time instead of money.

Unlike SPI, which drifts to 1 as a late project ends, SPI(t) stays honest; lead with it.
Formulas and sources: docs/domain/earned_value.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from common.domain.figure import Figure, defined, quotient, require_not_negative, undefined
from projects.domain.earned_value import EarnedValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class EarnedSchedule:
    """Earned schedule figures, all in periods of the plan.

    ``es``: when the earned value should have been reached. ``ieac``: the forecast duration at
    the past pace; ``ieac_optimistic``: the rest as planned. ``tspi``: the pace the rest needs.
    """

    es: Figure
    sv: Figure
    spi: Figure
    ieac: Figure
    ieac_optimistic: Figure
    tspi: Figure


def earned_schedule(planned: Sequence[Decimal], ev: Decimal, at: Decimal) -> EarnedSchedule:
    """Return the earned schedule of cumulative planned values at the end of each period.

    ES = C + (EV - PV(C)) / (PV(C+1) - PV(C)), C the count of whole periods with PV <= EV, so a
    flat stretch counts as passed; EV = 0 gives 0 and EV = BAC the planned duration. ``at`` is the
    actual time in the same periods. Source: Lipke, via projects 4.3. Raises EarnedValueError
    ``plan_empty``, ``plan_falls``, ``over_budget``, ``negative``, ``not_a_number``.
    """
    _check(planned, ev, at)
    duration = Decimal(len(planned))
    es = _earned_time(planned, ev)
    spi = quotient(es, at, "no_time_passed", es=es, at=at)
    ieac = undefined("nothing_earned", planned_duration=duration)
    if spi.value:
        ieac = defined(duration / spi.value, planned_duration=duration, spi=spi.value)
    elif spi.value is None:
        ieac = undefined("no_time_passed", planned_duration=duration)
    left = {"planned_duration": duration, "es": es, "at": at}
    return EarnedSchedule(
        es=defined(es, ev=ev),
        sv=defined(es - at, es=es, at=at),
        spi=spi,
        ieac=ieac,
        ieac_optimistic=defined(at + duration - es, **left),
        tspi=undefined("overdue", **left)
        if at >= duration
        else defined((duration - es) / (duration - at), **left),
    )


def _check(planned: Sequence[Decimal], ev: Decimal, at: Decimal) -> None:
    if not planned:
        raise EarnedValueError("plan_empty")
    require_not_negative(EarnedValueError, ev=ev, at=at)
    require_not_negative(EarnedValueError, **{f"pv_{i}": pv for i, pv in enumerate(planned, 1)})
    for period, (before, after) in enumerate(pairwise(planned), start=2):
        if after < before:
            raise EarnedValueError("plan_falls", period=period)
    if ev > planned[-1]:
        raise EarnedValueError("over_budget", name="ev")


def _earned_time(planned: Sequence[Decimal], ev: Decimal) -> Decimal:
    if ev == 0:
        return Decimal(0)
    whole = sum(pv <= ev for pv in planned)
    if whole == len(planned):
        return Decimal(whole)
    reached = planned[whole - 1] if whole else Decimal(0)
    return whole + (ev - reached) / (planned[whole] - reached)
