"""The business case: present value, returns and payback, each with its convention said aloud.

Formulas and sources: docs/domain/business_case.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import accumulate
from types import MappingProxyType

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


class BusinessCaseError(Refusal):
    """``not_a_number``, ``negative``, ``rate_too_low``, ``no_flows``, ``years_differ``,
    ``class_unknown``, ``shares_not_one``."""


class Convention(StrEnum):
    """When a year's flow falls. Both stand in textbooks, so a figure without one means nothing.

    ``YEAR_ZERO``: the first flow falls today, the next a year later. ``YEAR_END``: the first flow
    falls at the end of the first year.
    """

    YEAR_ZERO = "year_zero"
    YEAR_END = "year_end"

    @property
    def first_year(self) -> int:
        """The years from today to the first flow."""
        return 0 if self is Convention.YEAR_ZERO else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessCase:
    """Costs and benefits per year, both positive, with the rate as a share (0.08 for 8 %)."""

    rate: Decimal
    convention: Convention
    costs: tuple[Decimal, ...]
    benefits: tuple[Decimal, ...]

    def __post_init__(self) -> None:
        """Refuse series of different length, negative amounts and a rate of -100 % or less."""
        require_finite(BusinessCaseError, rate=self.rate)
        if self.rate <= -1:
            raise BusinessCaseError("rate_too_low", rate=str(self.rate))
        if len(self.costs) != len(self.benefits):
            raise BusinessCaseError(
                "years_differ", costs=len(self.costs), benefits=len(self.benefits)
            )
        if not self.costs:
            raise BusinessCaseError("no_flows")
        for name, amounts in (("cost", self.costs), ("benefit", self.benefits)):
            require_not_negative(
                BusinessCaseError, **{f"{name}_{i}": amount for i, amount in enumerate(amounts)}
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What a business case is worth.

    ``roi_percent``: discounted, (PV benefits - PV costs) / PV costs, 0..100 scale. ``bcr``: PV
    benefits / PV costs. Paybacks are years from today. The parts of ``npv`` are the discounted
    net flows by year and sum to it.
    """

    convention: Convention
    npv: Figure
    pv_costs: Decimal
    pv_benefits: Decimal
    roi_percent: Figure
    bcr: Figure
    payback: Figure
    discounted_payback: Figure


def present_values(
    flows: Sequence[Decimal], rate: Decimal, convention: Convention
) -> tuple[Decimal, ...]:
    """Return each yearly flow discounted to today: CF(t) / (1 + r)^t.

    Raises BusinessCaseError ``no_flows``, ``rate_too_low``, ``not_a_number``.
    """
    require_finite(BusinessCaseError, rate=rate)
    require_finite(BusinessCaseError, **{f"flow_{i}": flow for i, flow in enumerate(flows)})
    if rate <= -1:
        raise BusinessCaseError("rate_too_low", rate=str(rate))
    if not flows:
        raise BusinessCaseError("no_flows")
    return tuple(
        flow / (1 + rate) ** year for year, flow in enumerate(flows, convention.first_year)
    )


def net_present_value(flows: Sequence[Decimal], rate: Decimal, convention: Convention) -> Figure:
    """Return NPV = sum of CF(t) / (1 + r)^t over signed yearly flows; the parts are the years."""
    discounted = present_values(flows, rate, convention)
    years = enumerate(discounted, convention.first_year)
    return defined(sum(discounted, ZERO), **{f"year_{year}": value for year, value in years})


def payback(flows: Sequence[Decimal], convention: Convention) -> Figure:
    """Return the years from today until the running total has come up to zero for good.

    The flow of a year is spread evenly over the twelve months before it falls. If the total dips
    again later, the last crossing counts. Undefined ``nothing_invested`` when it is never below
    zero, ``not_paid_back`` when it ends there. Raises BusinessCaseError ``no_flows``.
    """
    require_finite(BusinessCaseError, **{f"flow_{i}": flow for i, flow in enumerate(flows)})
    if not flows:
        raise BusinessCaseError("no_flows")
    totals = list(accumulate(flows))
    below = [i for i, total in enumerate(totals) if total < 0]
    if not below:
        return undefined("nothing_invested", total=totals[-1])
    last = below[-1]
    if last == len(totals) - 1:
        return undefined("not_paid_back", total=totals[-1])
    parts = {"still_missing": -totals[last], "next_flow": flows[last + 1]}
    year = last + convention.first_year
    return defined(year + parts["still_missing"] / parts["next_flow"], **parts)


def appraise(case: BusinessCase) -> Appraisal:
    """Return NPV, discounted ROI, benefit-cost ratio and both paybacks of a case.

    ROI and BCR are undefined ``no_costs`` where nothing is spent.
    """
    net = tuple(b - c for b, c in zip(case.benefits, case.costs, strict=True))
    pv_costs = sum(present_values(case.costs, case.rate, case.convention), ZERO)
    pv_benefits = sum(present_values(case.benefits, case.rate, case.convention), ZERO)
    return Appraisal(
        convention=case.convention,
        npv=net_present_value(net, case.rate, case.convention),
        pv_costs=pv_costs,
        pv_benefits=pv_benefits,
        roi_percent=return_percent(pv_benefits - pv_costs, pv_costs),
        bcr=quotient(pv_benefits, pv_costs, "no_costs", pv_benefits=pv_benefits, pv_costs=pv_costs),
        payback=payback(net, case.convention),
        discounted_payback=payback(
            present_values(net, case.rate, case.convention), case.convention
        ),
    )


def return_percent(net: Decimal, pv_costs: Decimal) -> Figure:
    """Return 100 x net present value / present value of costs, undefined ``no_costs``."""
    require_finite(BusinessCaseError, net=net, pv_costs=pv_costs)
    return quotient(HUNDRED * net, pv_costs, "no_costs", net=net, pv_costs=pv_costs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplift:
    """Percentages to add to an estimate before its own risks have been worked out."""

    duration_lower: Decimal
    duration_upper: Decimal
    capex_lower: Decimal
    capex_upper: Decimal


def _uplift(duration_lower: int, duration_upper: int, lower: int, upper: int) -> Uplift:
    return Uplift(
        duration_lower=Decimal(duration_lower),
        duration_upper=Decimal(duration_upper),
        capex_lower=Decimal(lower),
        capex_upper=Decimal(upper),
    )


OPTIMISM_BIAS: Mapping[str, Uplift] = MappingProxyType(
    {
        "standard_building": _uplift(1, 4, 2, 24),
        "non_standard_building": _uplift(2, 39, 4, 51),
        "standard_civil": _uplift(1, 20, 3, 44),
        "non_standard_civil": _uplift(3, 25, 6, 66),
        "equipment_and_development": _uplift(10, 54, 10, 200),
    }
)
"""Optimism bias in per cent by reference class (HM Treasury and Mott MacDonald 2002)."""


def blended_uplift(shares: Mapping[str, Decimal]) -> Uplift:
    """Return the uplift of work that is part one class, part another, by shares that sum to 1.

    Raises BusinessCaseError ``class_unknown``, ``shares_not_one``, ``negative``.
    """
    require_not_negative(BusinessCaseError, **shares)
    if strangers := sorted(shares.keys() - OPTIMISM_BIAS.keys()):
        raise BusinessCaseError("class_unknown", name=strangers[0])
    if sum(shares.values(), ZERO) != 1:
        raise BusinessCaseError("shares_not_one", sum=str(sum(shares.values(), ZERO)))
    rows = [(share, OPTIMISM_BIAS[name]) for name, share in shares.items()]
    return Uplift(
        duration_lower=sum((share * row.duration_lower for share, row in rows), ZERO),
        duration_upper=sum((share * row.duration_upper for share, row in rows), ZERO),
        capex_lower=sum((share * row.capex_lower for share, row in rows), ZERO),
        capex_upper=sum((share * row.capex_upper for share, row in rows), ZERO),
    )
