"""What a service costs: direct, its share of what supports it, and the projects behind it.

Every amount is split to the last unit of the currency, so that the parts always sum to the
whole. Conventions and sources: ``docs/domain/cost.md``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from common.domain.refusal import Refusal
from services.domain.availability import Measure
from services.domain.ordering import dependencies_first

SCALE = 2
SHARE_PLACES = 6
LARGEST = Decimal(10) ** 15
"""Beyond any budget, and small enough for every sum here to be exact in 28 digits."""


class CostError(Refusal):
    """``amount_not_finite``, ``amount_too_large``, ``amount_too_fine``, ``share_out_of_range``,
    ``shares_not_whole``, ``units_negative``, ``no_units``, ``service_unknown``,
    ``provider_repeated``, ``dependency_cycle`` (with its path),
    ``months_not_positive``, ``interval_reversed``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostParts:
    """Money by what it is for: running the service, changing it, and projects written off."""

    run: Decimal = Decimal(0)
    change: Decimal = Decimal(0)
    amortised: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for amount in self.amounts:
            _checked(amount)

    @property
    def amounts(self) -> tuple[Decimal, Decimal, Decimal]:
        """Run, change, amortised."""
        return self.run, self.change, self.amortised

    @property
    def total(self) -> Decimal:
        """The three together."""
        return sum(self.amounts, Decimal(0))

    def __add__(self, other: "CostParts") -> "CostParts":
        return CostParts(
            run=self.run + other.run,
            change=self.change + other.change,
            amortised=self.amortised + other.amortised,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """How a supporting service's whole cost is shared: consumer to share, summing to exactly 1.

    Shares from driver units come from ``shares_by_driver``. Raises CostError
    ``share_out_of_range``, ``shares_not_whole``.
    """

    provider: str
    shares: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        for consumer, share in self.shares.items():
            if not share.is_finite() or not 0 <= share <= 1:
                raise CostError(
                    "share_out_of_range",
                    provider=self.provider,
                    consumer=consumer,
                    share=str(share),
                )
        whole = sum(map(Fraction, self.shares.values()))
        if whole != 1:
            raise CostError(
                "shares_not_whole", provider=self.provider, total=str(float(whole * 100))
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What one provider passed on to a service."""

    provider: str
    parts: CostParts


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCost:
    """Total cost of ownership of one service for a period, with its parts.

    ``total`` = direct + received. What is ``passed_on`` to consumers is theirs to bear: the
    ``kept`` of all services sums to the direct cost of all.
    """

    key: str
    direct: CostParts
    received: tuple[Received, ...]
    total: CostParts
    passed_on: CostParts = field(default_factory=CostParts)

    @property
    def kept(self) -> Decimal:
        """What stays with this service once its consumers have taken their shares."""
        return self.total.total - self.passed_on.total


def total_costs(
    direct: Mapping[str, CostParts], allocations: Sequence[Allocation]
) -> dict[str, ServiceCost]:
    """Return the total cost of every service, providers before their consumers.

    A provider with an allocation passes on all it costs, by share, kind of money by kind.
    Source: services 4.10. Raises CostError ``service_unknown``, ``provider_repeated``,
    ``dependency_cycle``.
    """
    by_provider = _by_provider(direct, allocations)
    providers: dict[str, list[str]] = {key: [] for key in direct}
    for allocation in allocations:
        for consumer in allocation.shares:
            providers[consumer].append(allocation.provider)
    received: dict[str, list[Received]] = {key: [] for key in direct}
    costs: dict[str, ServiceCost] = {}
    for key in dependencies_first(sorted(direct), providers.__getitem__, CostError):
        total = sum((got.parts for got in received[key]), direct[key])
        shared = by_provider.get(key)
        costs[key] = ServiceCost(
            key=key,
            direct=direct[key],
            received=tuple(received[key]),
            total=total,
            passed_on=total if shared else CostParts(),
        )
        if shared:
            for consumer, parts in _shared(total, shared.shares).items():
                received[consumer].append(Received(provider=key, parts=parts))
    return costs


def _by_provider(
    direct: Mapping[str, CostParts], allocations: Sequence[Allocation]
) -> dict[str, Allocation]:
    by_provider: dict[str, Allocation] = {}
    for allocation in allocations:
        if allocation.provider in by_provider:
            raise CostError("provider_repeated", provider=allocation.provider)
        by_provider[allocation.provider] = allocation
        for key in (allocation.provider, *allocation.shares):
            if key not in direct:
                raise CostError("service_unknown", service=key)
    return by_provider


def _shared(total: CostParts, shares: Mapping[str, Decimal]) -> dict[str, CostParts]:
    run, change, amortised = (split(amount, shares) for amount in total.amounts)
    return {
        consumer: CostParts(
            run=run[consumer], change=change[consumer], amortised=amortised[consumer]
        )
        for consumer in shares
    }


def split(amount: Decimal, shares: Mapping[str, Decimal], scale: int = SCALE) -> dict[str, Decimal]:
    """Return an amount split by weights into amounts of ``scale`` decimals that sum to it.

    Largest remainder: each part is rounded towards zero, and the units left go to the parts
    that lost most, among equals to the lower key. Raises CostError ``units_negative``,
    ``no_units``, and as amounts do.
    """
    weights = {key: _weight(key, units) for key, units in shares.items()}
    whole = sum(weights.values())
    if not whole:
        raise CostError("no_units")
    units = int(_checked(amount, scale).scaleb(scale))
    sign = -1 if units < 0 else 1
    exact = {key: abs(units) * weight / whole for key, weight in weights.items()}
    parts = {key: int(part) for key, part in exact.items()}
    by_loss = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in by_loss[: abs(units) - sum(parts.values())]:
        parts[key] += 1
    return {key: Decimal(sign * part).scaleb(-scale) for key, part in parts.items()}


def shares_by_driver(
    units: Mapping[str, Decimal], places: int = SHARE_PLACES
) -> dict[str, Decimal]:
    """Return shares in proportion to driver units (users, gigabytes, ...), summing to exactly 1.

    Raises CostError ``units_negative``, ``no_units``.
    """
    return split(Decimal(1), units, places)


def amortised(cost: Decimal, *, months: int, first: int, beyond: int) -> Decimal:
    """Return what a project's cost adds to months ``[first, beyond)`` after its go-live.

    Straight line over ``months``, month 0 being the first; months outside add nothing. All
    periods together add exactly the cost. Raises CostError ``months_not_positive``,
    ``interval_reversed``, and as amounts do.
    """
    if months <= 0:
        raise CostError("months_not_positive", months=months)
    if beyond < first:
        raise CostError("interval_reversed", first=first, beyond=beyond)
    _checked(cost)
    until, before = (_written_off(cost, months, month) for month in (beyond, first))
    return until - before


def unit_cost(total: Decimal, units: Decimal) -> Measure:
    """Return cost per unit consumed, unrounded; no value (``no_consumption``) at zero units.

    Raises CostError ``units_negative``.
    """
    if _weight("", units) == 0:
        return Measure(value=None, reason="no_consumption")
    return Measure(value=total / units)


def unavailability_cost(down_seconds: Decimal, value_per_hour: Decimal) -> Decimal:
    """Return downtime in hours times the value of an hour, to the currency's unit, half up.

    For planning only: it is an estimate. Raises CostError ``units_negative`` and as amounts do.
    """
    _weight("", down_seconds)
    lost = down_seconds * _checked(value_per_hour) / 3600
    if abs(lost) > LARGEST:
        raise CostError("amount_too_large", amount=str(lost))
    return lost.quantize(Decimal(1).scaleb(-SCALE), ROUND_HALF_UP)


def _written_off(cost: Decimal, months: int, month: int) -> Decimal:
    passed = min(max(month, 0), months)
    return (cost * passed / months).quantize(Decimal(1).scaleb(-SCALE), ROUND_HALF_UP)


def _weight(key: str, units: Decimal) -> Fraction:
    if not units.is_finite() or units < 0:
        raise CostError("units_negative", key=key, units=str(units))
    if units > LARGEST or units != round(units, 12):
        raise CostError("amount_too_fine" if units <= LARGEST else "amount_too_large", key=key)
    return Fraction(units)


def _checked(amount: Decimal, scale: int = SCALE) -> Decimal:
    if not amount.is_finite():
        raise CostError("amount_not_finite", amount=str(amount))
    if abs(amount) > LARGEST:
        raise CostError("amount_too_large", amount=str(amount))
    if amount != round(amount, scale):
        raise CostError("amount_too_fine", amount=str(amount))
    return amount
