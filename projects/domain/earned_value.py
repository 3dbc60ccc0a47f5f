"""Earned value and earned schedule: every formula with its guard, every figure with its parts.

Nothing is rounded here. Formulas and sources: docs/domain/earned_value.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from common.domain.figure import (
    Figure,
    defined,
    quotient,
    require_finite,
    require_not_negative,
    undefined,
)
from common.domain.refusal import Refusal

ZERO, HUNDRED = Decimal(0), Decimal(100)
COST_WEIGHT, SCHEDULE_WEIGHT = Decimal("0.8"), Decimal("0.2")
CREDIBLE_GAP = Decimal("0.10")
INDEX_TARGET = Decimal("0.95")
"""What CPLI and BEI should reach (DCMA)."""


class EarnedValueError(Refusal):
    """``not_a_number``, ``negative``, ``share_over_one``, ``weights_not_one``,
    ``units_over_total``, ``units_zero``, ``finished_not_started``, ``over_budget``,
    ``plan_falls``, ``plan_empty``, ``key_repeated``."""


class Earning(Protocol):
    """How a work package earns: one of the six methods below."""

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return the earned value, 0..budget."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroHundred:
    """Nothing until finished, then all."""

    finished: bool

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return 0 or the budget."""
        return budget if self.finished else ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class FiftyFifty:
    """Half at the start, half at the finish."""

    started: bool
    finished: bool

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return 0, half or all of the budget. Refuses ``finished_not_started``."""
        if self.finished and not self.started:
            raise EarnedValueError("finished_not_started")
        return budget * (int(self.started) + int(self.finished)) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A share of the budget (0..1) that is earned when the milestone is reached."""

    weight: Decimal
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedMilestones:
    """Earned by milestones whose weights sum to 1."""

    milestones: tuple[Milestone, ...]

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return the weights reached of the budget. Refuses ``weights_not_one``, ``negative``."""
        for milestone in self.milestones:
            require_not_negative(EarnedValueError, weight=milestone.weight)
        whole = sum((milestone.weight for milestone in self.milestones), ZERO)
        if whole != 1:
            raise EarnedValueError("weights_not_one", sum=str(whole))
        return budget * sum((each.weight for each in self.milestones if each.reached), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class PercentComplete:
    """Earned by a judged share of completion, 0..1."""

    share: Decimal

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return that share of the budget. Refuses ``share_over_one``, ``negative``."""
        require_not_negative(EarnedValueError, share=self.share)
        if self.share > 1:
            raise EarnedValueError("share_over_one", share=str(self.share))
        return budget * self.share


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsComplete:
    """Earned by counted units, all alike."""

    done: Decimal
    total: Decimal

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return the done share of the budget. Refuses ``units_zero``, ``units_over_total``."""
        require_not_negative(EarnedValueError, done=self.done, total=self.total)
        if self.total == 0:
            raise EarnedValueError("units_zero")
        if self.done > self.total:
            raise EarnedValueError("units_over_total", done=str(self.done), total=str(self.total))
        return budget * self.done / self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelOfEffort:
    """Earned as time passes, whatever was done: EV = PV."""

    def earned(self, budget: Decimal, planned: Decimal) -> Decimal:
        """Return what was planned."""
        return planned


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPackage:
    """A package with its budget, what of it was planned by now, and how it earns."""

    key: str
    budget: Decimal
    planned: Decimal
    earning: Earning

    def __post_init__(self) -> None:
        """Refuse negative money and more planned than budgeted."""
        require_not_negative(EarnedValueError, budget=self.budget, planned=self.planned)
        if self.planned > self.budget:
            raise EarnedValueError("over_budget", name="planned", key=self.key)


def earned(package: WorkPackage) -> Decimal:
    """Return the earned value of a package, 0..budget, by its own method (projects 4.3).

    Raises EarnedValueError ``finished_not_started``, ``weights_not_one``, ``share_over_one``,
    ``units_zero``, ``units_over_total``, ``negative``.
    """
    return package.earning.earned(package.budget, package.planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where the money stands on the status date: budget at completion, planned value, earned
    value, actual cost, and the bottom-up estimate of what remains where there is one."""

    bac: Decimal
    pv: Decimal
    ev: Decimal
    ac: Decimal
    etc: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse negative money, and more planned or earned than the budget."""
        require_not_negative(EarnedValueError, bac=self.bac, pv=self.pv, ev=self.ev, ac=self.ac)
        if self.etc is not None:
            require_not_negative(EarnedValueError, etc=self.etc)
        for name, value in (("pv", self.pv), ("ev", self.ev)):
            if value > self.bac:
                raise EarnedValueError("over_budget", name=name)


def position(packages: Sequence[WorkPackage], ac: Decimal, etc: Decimal | None = None) -> Position:
    """Return the position of a project from its packages; the parts sum to the whole.

    Raises EarnedValueError ``key_repeated`` and what `earned` refuses.
    """
    if len({package.key for package in packages}) < len(packages):
        raise EarnedValueError("key_repeated")
    return Position(
        bac=sum((package.budget for package in packages), ZERO),
        pv=sum((package.planned for package in packages), ZERO),
        ev=sum((earned(package) for package in packages), ZERO),
        ac=ac,
        etc=etc,
    )


def eac_typical(bac: Decimal, cpi: Figure) -> Figure:
    """Return BAC / CPI: the rest costs as the past did. Undefined where CPI is, or is 0."""
    require_finite(EarnedValueError, bac=bac)
    if cpi.value is None:
        return undefined(cpi.undefined or "no_cpi", bac=bac)
    return quotient(bac, cpi.value, "nothing_earned", bac=bac, cpi=cpi.value)


def eac_atypical(bac: Decimal, ev: Decimal, ac: Decimal) -> Figure:
    """Return AC + BAC - EV: the rest costs what was budgeted."""
    require_finite(EarnedValueError, bac=bac, ev=ev, ac=ac)
    return defined(ac + bac - ev, ac=ac, bac=bac, ev=ev)


def eac_cost_and_schedule(
    bac: Decimal, ev: Decimal, ac: Decimal, cpi: Figure, spi: Figure
) -> Figure:
    """Return AC + (BAC - EV) / (CPI x SPI): being late costs money too."""
    require_finite(EarnedValueError, bac=bac, ev=ev, ac=ac)
    if cpi.value is None or spi.value is None:
        return undefined(cpi.undefined or spi.undefined or "no_index", bac=bac, ev=ev, ac=ac)
    return _eac(bac, ev, ac, cpi.value * spi.value)


def eac_weighted(
    bac: Decimal,
    ev: Decimal,
    ac: Decimal,
    cpi: Figure,
    spi: Figure,
    *,
    cost_weight: Decimal = COST_WEIGHT,
    schedule_weight: Decimal = SCHEDULE_WEIGHT,
) -> Figure:
    """Return AC + (BAC - EV) / (0.8 CPI + 0.2 SPI). Refuses ``weights_not_one``."""
    require_finite(EarnedValueError, bac=bac, ev=ev, ac=ac)
    require_not_negative(EarnedValueError, cost=cost_weight, schedule=schedule_weight)
    if cost_weight + schedule_weight != 1:
        raise EarnedValueError("weights_not_one", sum=str(cost_weight + schedule_weight))
    if cpi.value is None or spi.value is None:
        return undefined(cpi.undefined or spi.undefined or "no_index", bac=bac, ev=ev, ac=ac)
    return _eac(bac, ev, ac, cost_weight * cpi.value + schedule_weight * spi.value)


def _eac(bac: Decimal, ev: Decimal, ac: Decimal, performance: Decimal) -> Figure:
    parts = {"ac": ac, "bac": bac, "ev": ev, "performance": performance}
    if performance == 0:
        return undefined("nothing_earned", **parts)
    return defined(ac + (bac - ev) / performance, **parts)


def tcpi(bac: Decimal, ev: Decimal, ac: Decimal, goal: Figure) -> Figure:
    """Return (BAC - EV) / (goal - AC): how well the rest must go to end at the goal.

    The goal is BAC or an EAC. Undefined ``budget_already_spent`` when nothing of it is left.
    """
    require_finite(EarnedValueError, bac=bac, ev=ev, ac=ac)
    if goal.value is None:
        return undefined(goal.undefined or "no_goal", bac=bac, ev=ev, ac=ac)
    parts = {"bac": bac, "ev": ev, "goal": goal.value, "ac": ac}
    if goal.value <= ac:
        return undefined("budget_already_spent", **parts)
    return defined((bac - ev) / (goal.value - ac), **parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """Every figure of the earned value method for one position. Percentages are 0..100.

    ``findings``: ``forecast_not_credible`` when what the rest must achieve to meet the typical
    forecast or the bottom-up one exceeds CPI by more than 0.10 (common US practice).
    """

    cv: Figure
    sv: Figure
    cv_percent: Figure
    sv_percent: Figure
    cpi: Figure
    spi: Figure
    eac_typical: Figure
    eac_atypical: Figure
    eac_cost_and_schedule: Figure
    eac_weighted: Figure
    eac_bottom_up: Figure
    etc: Figure
    vac: Figure
    tcpi_to_budget: Figure
    tcpi_to_forecast: Figure
    percent_planned: Figure
    percent_complete: Figure
    percent_spent: Figure
    findings: tuple[str, ...]


def indicators(at: Position) -> Indicators:
    """Return every indicator of a position (projects 4.3).

    The forecast behind ``etc``, ``vac`` and ``tcpi_to_forecast`` is the bottom-up one where an
    estimate of the rest was given, otherwise the typical one.
    """
    bac, pv, ev, ac = at.bac, at.pv, at.ev, at.ac
    cpi = quotient(ev, ac, "no_actual_cost", ev=ev, ac=ac)
    spi = quotient(ev, pv, "nothing_planned", ev=ev, pv=pv)
    typical = eac_typical(bac, cpi)
    bottom_up = undefined("no_estimate", ac=ac)
    if at.etc is not None:
        bottom_up = defined(ac + at.etc, ac=ac, etc=at.etc)
    forecast = typical if at.etc is None else bottom_up
    to_forecast = tcpi(bac, ev, ac, forecast)
    return Indicators(
        cv=defined(ev - ac, ev=ev, ac=ac),
        sv=defined(ev - pv, ev=ev, pv=pv),
        cv_percent=quotient(HUNDRED * (ev - ac), ev, "nothing_earned", ev=ev, ac=ac),
        sv_percent=quotient(HUNDRED * (ev - pv), pv, "nothing_planned", ev=ev, pv=pv),
        cpi=cpi,
        spi=spi,
        eac_typical=typical,
        eac_atypical=eac_atypical(bac, ev, ac),
        eac_cost_and_schedule=eac_cost_and_schedule(bac, ev, ac, cpi, spi),
        eac_weighted=eac_weighted(bac, ev, ac, cpi, spi),
        eac_bottom_up=bottom_up,
        etc=_minus(forecast, "eac", ac, "ac"),
        vac=_from(bac, forecast),
        tcpi_to_budget=tcpi(bac, ev, ac, defined(bac)),
        tcpi_to_forecast=to_forecast,
        percent_planned=quotient(HUNDRED * pv, bac, "no_budget", pv=pv, bac=bac),
        percent_complete=quotient(HUNDRED * ev, bac, "no_budget", ev=ev, bac=bac),
        percent_spent=quotient(HUNDRED * ac, bac, "no_budget", ac=ac, bac=bac),
        findings=() if is_credible(cpi, to_forecast) else ("forecast_not_credible",),
    )


def is_credible(cpi: Figure, to_forecast: Figure) -> bool:
    """Return whether the rest need not go much better than the past: TCPI(EAC) <= CPI + 0.10.

    Where either is undefined nothing speaks against the forecast.
    """
    if cpi.value is None or to_forecast.value is None:
        return True
    return to_forecast.value <= cpi.value + CREDIBLE_GAP


def cpli(remaining_length: Decimal, total_float: Decimal) -> Figure:
    """Return the critical path length index (length + total float) / length; 0.95 or more is good.

    Both in the same unit; the float may be negative. Undefined ``nothing_remains`` at length 0.
    """
    require_not_negative(EarnedValueError, remaining_length=remaining_length)
    require_finite(EarnedValueError, total_float=total_float)
    parts = {"remaining_length": remaining_length, "total_float": total_float}
    return quotient(remaining_length + total_float, remaining_length, "nothing_remains", **parts)


def bei(*, finished: int, due: int, without_baseline: int = 0) -> Figure:
    """Return the baseline execution index: tasks finished / (baseline tasks due by now + tasks
    without a baseline); 0.95 or more is good. Undefined ``nothing_due``."""
    counts = {
        "finished": Decimal(finished),
        "due": Decimal(due),
        "without_baseline": Decimal(without_baseline),
    }
    require_not_negative(EarnedValueError, **counts)
    return quotient(
        counts["finished"], counts["due"] + counts["without_baseline"], "nothing_due", **counts
    )


def _minus(whole: Figure, name: str, part: Decimal, part_name: str) -> Figure:
    if whole.value is None:
        return undefined(whole.undefined or "undefined", **{part_name: part})
    return defined(whole.value - part, **{name: whole.value, part_name: part})


def _from(bac: Decimal, forecast: Figure) -> Figure:
    if forecast.value is None:
        return undefined(forecast.undefined or "undefined", bac=bac)
    return defined(bac - forecast.value, bac=bac, eac=forecast.value)
