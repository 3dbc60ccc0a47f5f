"""Benefit realisation: what was planned by now, what came, and both rates.

Formulas and sources: docs/domain/benefits.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from common.domain.figure import Figure, defined, require_finite, undefined
from common.domain.refusal import Refusal

ZERO, HUNDRED = Decimal(0), Decimal(100)


class BenefitError(Refusal):
    """``not_a_number``, ``period_reversed``, ``periods_overlap``, ``signs_mixed``,
    ``key_repeated``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instalment:
    """What a benefit was planned to give in a period (half-open days), and what it gave.

    ``actual`` is None until somebody has reported it: unknown, not zero.
    """

    start: date
    end: date
    planned: Decimal
    actual: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Benefit:
    """A benefit with its plan. A dis-benefit is planned in negative amounts throughout."""

    key: str
    instalments: tuple[Instalment, ...]

    def __post_init__(self) -> None:
        """Refuse reversed or overlapping periods and a plan of both signs."""
        ordered = sorted(self.instalments, key=lambda each: each.start)
        for each in ordered:
            require_finite(BenefitError, planned=each.planned, actual=each.actual or ZERO)
            if each.end <= each.start:
                raise BenefitError("period_reversed", benefit=self.key, start=str(each.start))
        for earlier, later in pairwise(ordered):
            if later.start < earlier.end:
                raise BenefitError("periods_overlap", benefit=self.key, start=str(later.start))
        if len({each.planned > 0 for each in ordered if each.planned}) > 1:
            raise BenefitError("signs_mixed", benefit=self.key)

    @property
    def is_dis_benefit(self) -> bool:
        """Whether it is planned to do harm."""
        return any(each.planned < 0 for each in self.instalments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Realisation:
    """Both rates in per cent, because either alone misleads.

    ``to_date``: actual over what was planned by now; undefined ``not_due`` while nothing was.
    ``of_full_plan``: actual over everything ever planned. Both are undefined
    ``actual_not_reported`` while a due period lacks its actual. ``unreported``: how many do.
    """

    planned_to_date: Decimal
    actual_to_date: Decimal
    full_plan: Decimal
    to_date: Figure
    of_full_plan: Figure
    unreported: int


def realisation(benefits: Sequence[Benefit], as_of: date) -> Realisation:
    """Return the realisation of one or several benefits of one unit, dis-benefits subtracted.

    A period is due when it has ended. What came before its plan was due is not counted yet. When
    benefits and dis-benefits planned so far cancel out or worse, a rate would mean nothing:
    undefined ``plan_not_positive``. One dis-benefit alone has a rate: above 100 it did more harm
    than planned. Source: bridge 6.2. Raises BenefitError ``key_repeated``.
    """
    if len({benefit.key for benefit in benefits}) < len(benefits):
        raise BenefitError("key_repeated")
    rows = [each for benefit in benefits for each in benefit.instalments]
    due = [each for each in rows if each.end <= as_of]
    planned = sum((each.planned for each in due), ZERO)
    actual = sum((each.actual for each in due if each.actual is not None), ZERO)
    full = sum((each.planned for each in rows), ZERO)
    unreported = sum(each.actual is None for each in due)
    harm_only = bool(benefits) and all(benefit.is_dis_benefit for benefit in benefits)
    is_due = any(each.planned for each in due)
    return Realisation(
        planned_to_date=planned,
        actual_to_date=actual,
        full_plan=full,
        to_date=_rate(actual, planned, unreported, is_due=is_due, harm_only=harm_only),
        of_full_plan=_rate(actual, full, unreported, is_due=is_due, harm_only=harm_only),
        unreported=unreported,
    )


def _rate(
    actual: Decimal, planned: Decimal, unreported: int, *, is_due: bool, harm_only: bool
) -> Figure:
    parts = {"actual": actual, "planned": planned}
    if not is_due:
        return undefined("not_due", **parts)
    if unreported:
        return undefined("actual_not_reported", **parts)
    if planned == 0 or (planned > 0) is harm_only:
        return undefined("plan_not_positive", **parts)
    return defined(HUNDRED * actual / planned, **parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Benefits and dis-benefits apart, and net of each other."""

    benefits: Realisation
    dis_benefits: Realisation
    net: Realisation


def balance(benefits: Sequence[Benefit], as_of: date) -> Balance:
    """Return the realisation of both kinds and of all; the two sides sum to the net amounts."""
    good = [benefit for benefit in benefits if not benefit.is_dis_benefit]
    harm = [benefit for benefit in benefits if benefit.is_dis_benefit]
    return Balance(
        benefits=realisation(good, as_of),
        dis_benefits=realisation(harm, as_of),
        net=realisation(benefits, as_of),
    )
