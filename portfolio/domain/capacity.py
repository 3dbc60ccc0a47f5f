"""Capacity for change: what is left of people's time when running services has taken its share.

All amounts are person-weeks. Formulas and sources: docs/domain/capacity.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from common.domain.figure import Figure, defined, require_not_negative, undefined
from common.domain.health import Colour
from common.domain.refusal import Refusal

FOCUS = Decimal("0.75")
"""The share of a working week that goes into planned work; nobody is planned at 100 %."""
AMBER_FROM, RED_ABOVE = Decimal(85), Decimal(100)
ZERO, HUNDRED, DAYS_A_WEEK = Decimal(0), Decimal(100), Decimal(7)


class CapacityError(Refusal):
    """``not_a_number``, ``negative``, ``share_over_one``, ``period_reversed``,
    ``periods_overlap``, ``key_repeated``."""


def change_capacity(
    *,
    people: Decimal,
    weeks: Decimal,
    run_load: Decimal,
    absence: Decimal = ZERO,
    echo: Decimal = ZERO,
    focus: Decimal = FOCUS,
) -> Figure:
    """Return people x weeks x focus - run load - absence - echo, in person-weeks.

    Below zero when running alone takes more than there is; that is a finding, not an error.
    Source: bridge 6.9. Raises CapacityError ``negative``, ``share_over_one``.
    """
    require_not_negative(
        CapacityError, people=people, weeks=weeks, run_load=run_load, absence=absence, echo=echo
    )
    productive = people * weeks * _share("focus", focus)
    return defined(
        productive - run_load - absence - echo,
        nominal=people * weeks,
        productive=productive,
        run_load=run_load,
        absence=absence,
        echo=echo,
    )


def run_load(*, people: Decimal, weeks: Decimal, share: Decimal, focus: Decimal = FOCUS) -> Decimal:
    """Return the run load in person-weeks when it is known as a share of productive time."""
    require_not_negative(CapacityError, people=people, weeks=weeks)
    return people * weeks * _share("focus", focus) * _share("share", share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A period of a plan (half-open days) with the people there are and what running takes."""

    start: date
    end: date
    people: Decimal
    run_load: Decimal
    absence: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Person-weeks of change work, spread evenly over half-open days; soft ones may still move."""

    key: str
    start: date
    end: date
    person_weeks: Decimal
    soft: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """The run load a finished project adds from its go-live, in person-weeks per calendar week."""

    key: str
    since: date
    per_week: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One period of the plan.

    ``load_percent``: hard and soft demand over change capacity, undefined ``no_change_capacity``
    where none is left. Its parts are the bookings by key, and sum to ``hard`` + ``soft``.
    """

    start: date
    end: date
    capacity: Figure
    hard: Decimal
    soft: Decimal
    load_percent: Figure
    colour: Colour


def colour_of(load_percent: Figure, demand: Decimal) -> Colour:
    """Return red above 100 %, amber from 85 %, else green; red when there is demand without any
    capacity. Source: bridge 6.9."""
    if load_percent.value is None:
        return Colour.RED if demand else Colour.GREEN
    if load_percent.value > RED_ABOVE:
        return Colour.RED
    return Colour.AMBER if load_percent.value >= AMBER_FROM else Colour.GREEN


def plan(
    supplies: Sequence[Supply],
    bookings: Sequence[Booking] = (),
    echoes: Sequence[Echo] = (),
    focus: Decimal = FOCUS,
) -> tuple[Load, ...]:
    """Return the load of each period, in order of time.

    A booking counts by the days it shares with a period; an echo from its first day on. What is
    booked outside every period is not counted. Raises CapacityError ``period_reversed``,
    ``periods_overlap``, ``key_repeated``, ``negative``.
    """
    ordered = sorted(supplies, key=lambda supply: supply.start)
    for supply in ordered:
        _check_period(supply.start, supply.end)
    for earlier, later in pairwise(ordered):
        if later.start < earlier.end:
            raise CapacityError("periods_overlap", start=str(later.start))
    for booking in bookings:
        _check_period(booking.start, booking.end)
        require_not_negative(CapacityError, person_weeks=booking.person_weeks)
    for echo in echoes:
        require_not_negative(CapacityError, per_week=echo.per_week)
    if len({booking.key for booking in bookings}) < len(bookings):
        raise CapacityError("key_repeated")
    return tuple(_load(supply, bookings, echoes, focus) for supply in ordered)


def _load(
    supply: Supply, bookings: Sequence[Booking], echoes: Sequence[Echo], focus: Decimal
) -> Load:
    capacity = change_capacity(
        people=supply.people,
        weeks=_weeks(supply.start, supply.end),
        run_load=supply.run_load,
        absence=supply.absence,
        echo=sum((_echo(echo, supply) for echo in echoes), ZERO),
        focus=focus,
    )
    shares = {booking.key: _booked(booking, supply) for booking in bookings}
    soft = sum((shares[booking.key] for booking in bookings if booking.soft), ZERO)
    demand = sum(shares.values(), ZERO)
    left = capacity.value or ZERO
    parts = {key: share for key, share in shares.items() if share}
    percent = (
        defined(HUNDRED * demand / left, **parts)
        if left > 0
        else undefined("no_change_capacity", **parts)
    )
    return Load(
        start=supply.start,
        end=supply.end,
        capacity=capacity,
        hard=demand - soft,
        soft=soft,
        load_percent=percent,
        colour=colour_of(percent, demand),
    )


def _booked(booking: Booking, supply: Supply) -> Decimal:
    shared = _shared_days(booking.start, booking.end, supply)
    return booking.person_weeks * shared / (booking.end - booking.start).days


def _echo(echo: Echo, supply: Supply) -> Decimal:
    return echo.per_week * _shared_days(echo.since, supply.end, supply) / DAYS_A_WEEK


def _shared_days(start: date, end: date, supply: Supply) -> int:
    return max(0, (min(end, supply.end) - max(start, supply.start)).days)


def _weeks(start: date, end: date) -> Decimal:
    return (end - start).days / DAYS_A_WEEK


def _check_period(start: date, end: date) -> None:
    if end <= start:
        raise CapacityError("period_reversed", start=str(start), end=str(end))


def _share(name: str, value: Decimal) -> Decimal:
    require_not_negative(CapacityError, **{name: value})
    if value > 1:
        raise CapacityError("share_over_one", name=name, value=str(value))
    return value
