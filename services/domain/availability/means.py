"""Arithmetic around availability: allowed downtime, mean times, restoration, offerings."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from common.domain.worktime import WorkCalendar
from services.domain.availability.figures import Measure, ratio
from services.domain.availability.terms import AvailabilityError, Outage


def allowed_downtime(target: Decimal, service_seconds: int) -> Decimal:
    """Return the seconds a target leaves: (1 - A) T. Source: A5, A6 of services 4.4.

    Raises AvailabilityError ``ratio_out_of_range``, ``seconds_negative``.
    """
    _check_ratio(target)
    if service_seconds < 0:
        raise AvailabilityError("seconds_negative", seconds=service_seconds)
    return (1 - target) * service_seconds


def availability_of_means(mtbf: Decimal, mtrs: Decimal) -> Decimal:
    """Return A = MTBF / (MTBF + MTRS), both in one unit. Source: A4 of services 4.4.

    Raises AvailabilityError ``mean_time_not_positive`` unless MTBF > 0 and MTRS >= 0.
    """
    if not (mtbf.is_finite() and mtrs.is_finite()) or mtbf <= 0 or mtrs < 0:
        raise AvailabilityError("mean_time_not_positive", mtbf=str(mtbf), mtrs=str(mtrs))
    return mtbf / (mtbf + mtrs)


class RestorationPart(StrEnum):
    """The stages of the expanded incident life cycle; repair is only one of them."""

    DETECT = "detect"
    DIAGNOSE = "diagnose"
    REPAIR = "repair"
    RECOVER = "recover"
    RESTORE = "restore"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTime:
    """The mean open seconds of one stage, over the outages that recorded both its ends."""

    part: RestorationPart
    outages: int
    mean_seconds: Measure


def restoration_parts(outages: Sequence[Outage], hours: WorkCalendar) -> tuple[PartTime, ...]:
    """Return the five stages from occurrence to restoration.

    A stage whose ends nobody recorded has no value (``not_recorded``), never zero.
    """
    spent: dict[RestorationPart, list[int]] = {part: [] for part in RestorationPart}
    for outage in outages:
        for part, (begun, done) in zip(RestorationPart, pairwise(outage.milestones), strict=True):
            if begun is not None and done is not None:
                spent[part].append(hours.open_seconds(begun, done))
    return tuple(
        PartTime(
            part=part,
            outages=len(seconds),
            mean_seconds=ratio(sum(seconds), len(seconds), "not_recorded"),
        )
        for part, seconds in spent.items()
    )


class RollUp(StrEnum):
    """How a service's availability follows from its offerings'; named on every screen."""

    WORST = "worst"
    BY_USERS = "by_users"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferingAvailability:
    """One offering's availability, None where unknown, and how many use it."""

    key: str
    availability: Decimal | None
    users: int = 0


def roll_up(offerings: Sequence[OfferingAvailability], method: RollUp) -> Measure:
    """Return a service's availability over the offerings that are known.

    No value: ``nothing_known``, or ``no_users`` when weighted by users and none has any.
    Raises AvailabilityError ``ratio_out_of_range``, ``users_not_positive``.
    """
    known = []
    for offering in offerings:
        if offering.users < 0:
            raise AvailabilityError("users_not_positive", key=offering.key)
        if offering.availability is not None:
            known.append((_check_ratio(offering.availability), offering.users))
    if not known:
        return Measure(value=None, reason="nothing_known")
    match method:
        case RollUp.WORST:
            return Measure(value=min(value for value, _ in known))
        case RollUp.MEAN:
            return Measure(value=sum((value for value, _ in known), Decimal(0)) / len(known))
        case RollUp.BY_USERS:
            weighted = sum((value * users for value, users in known), Decimal(0))
            return ratio(weighted, sum(users for _, users in known), "no_users")


def _check_ratio(value: Decimal) -> Decimal:
    if not value.is_finite() or not 0 <= value <= 1:
        raise AvailabilityError("ratio_out_of_range", value=str(value))
    return value
