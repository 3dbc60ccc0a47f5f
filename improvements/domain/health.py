"""How an improvement is doing: does it move, and is its effect known.

Source: DESIGN section 6. Progress is judged against the agreed limit of the state it is in and
the time promised for a first response; effect is unknown until it has been measured, and is not
used before go-live.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from common.domain.health import (
    Colour,
    Dimension,
    Health,
    Reason,
    confidence,
    freshness,
    judge,
    share,
)
from improvements.domain.lifecycle import BACKLOG, BEFORE_GO_LIVE, OPEN, State
from improvements.domain.routes import Route, RouteThresholds

CODE_VERSION = 1
DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        # days an improvement may stay in a state before it is late
        "captured_days": 14,
        "shaped_days": 30,
        "approved_days": 30,
        "delivering_days": 180,
        "early_life_days": 42,
        "measuring_days": 120,
        # first answer, in working days (bridge, section 5: one day for small, a week for large)
        "respond_small_days": 1,
        "respond_days": 5,
        # days after which what is written about it counts as getting old
        "cadence_days": 30,
        # route limits in person-days (bridge, section 5)
        "do_now_days": 5,
        "change_days": 20,
    }
)
_LATE_TWICE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The agreed limits in force."""

    state_days: Mapping[State, int]
    respond_small_days: int
    respond_days: int
    cadence_days: int
    routes: RouteThresholds

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Limits":
        """Return the limits from rule values, as admin keeps them."""
        return cls(
            state_days=MappingProxyType(
                {state: int(values[f"{state}_days"]) for state in State if state in OPEN}
            ),
            respond_small_days=int(values["respond_small_days"]),
            respond_days=int(values["respond_days"]),
            cadence_days=int(values["cadence_days"]),
            routes=RouteThresholds(
                do_now_days=Decimal(str(values["do_now_days"])),
                change_days=Decimal(str(values["change_days"])),
            ),
        )


class Inputs(NamedTuple):
    """The dated facts of one improvement. Days are local days of its organisation."""

    id: int
    state: State
    captured_on: date
    state_since: date
    changed_on: date
    parked_until: date | None
    #: the day a first answer is promised for; None once it has been given
    respond_on: date | None
    services: int
    projects: int
    has_owner: bool
    has_effort: bool
    has_expected_effect: bool
    route: str


def age_days(inputs: Inputs, as_of: date) -> int:
    """Return the days since it was captured, never below 0."""
    return max(0, (as_of - inputs.captured_on).days)


def days_in_state(inputs: Inputs, as_of: date) -> int:
    """Return the days since it came into its state, never below 0."""
    return max(0, (as_of - inputs.state_since).days)


def is_late(inputs: Inputs, limits: Limits, as_of: date) -> bool:
    """Return whether it is past its state's limit, its promised answer or its parking date."""
    return any(_late(inputs, limits, as_of))


def judge_improvement(inputs: Inputs, limits: Limits, as_of: date, *, is_scored: bool) -> Health:
    """Return the health of one improvement; `is_scored` when both offices have scored it.

    Progress: green in time, amber past a limit, red past twice the limit of its state; absent
    once it is closed, declined or merged. Effect: absent before go-live, grey until measured.
    """
    dimensions = [*_progress(inputs, limits, as_of), *_effect(inputs)]
    return judge(dimensions, confidence=_confidence(inputs, limits, as_of, is_scored=is_scored))


def _progress(inputs: Inputs, limits: Limits, as_of: date) -> list[Dimension]:
    if inputs.state not in OPEN and inputs.state is not State.PARKED:
        return []
    reasons = tuple(_late(inputs, limits, as_of))
    days, limit = days_in_state(inputs, as_of), limits.state_days.get(inputs.state)
    colour = Colour.GREEN
    if reasons:
        far = limit is not None and days > _LATE_TWICE * limit
        colour = Colour.RED if far else Colour.AMBER
    else:
        reasons = (_reason("in_time", days=days, limit=limit),)
    return [
        Dimension(name="progress", colour=colour, reasons=reasons, inputs_on=inputs.state_since)
    ]


def _late(inputs: Inputs, limits: Limits, as_of: date) -> Iterator[Reason]:
    """Yield why it is late: past its state's limit, its promised answer or its parking date."""
    days, limit = days_in_state(inputs, as_of), limits.state_days.get(inputs.state)
    if limit is not None and days > limit:
        yield _reason("past_state_limit", days=days, limit=limit, state=inputs.state.value)
    if inputs.state in BACKLOG and inputs.respond_on and inputs.respond_on < as_of:
        yield _reason("response_overdue", due=inputs.respond_on.isoformat())
    if inputs.state is State.PARKED and inputs.parked_until and inputs.parked_until < as_of:
        yield _reason("parking_over", until=inputs.parked_until.isoformat())


def _effect(inputs: Inputs) -> list[Dimension]:
    if inputs.state in BEFORE_GO_LIVE or inputs.state in {
        State.PARKED,
        State.DECLINED,
        State.MERGED,
    }:
        return []
    reason = _reason("effect_not_measured")
    return [Dimension(name="effect", colour=Colour.GREY, reasons=(reason,))]


def _confidence(inputs: Inputs, limits: Limits, as_of: date, *, is_scored: bool) -> Decimal:
    known = [inputs.services > 0, inputs.has_owner]
    if inputs.state is not State.CAPTURED:
        known += [inputs.has_effort, bool(inputs.route), is_scored]
    if inputs.state not in BACKLOG:
        known.append(inputs.has_expected_effect)
    undelivered = (
        inputs.route == Route.PROJECT
        and inputs.state in {State.DELIVERING, State.EARLY_LIFE}
        and not inputs.projects
    )
    return confidence(
        freshness(max(0, (as_of - inputs.changed_on).days), limits.cadence_days),
        share(sum(known), len(known)),
        share(not undelivered, 1),
    )


def _reason(name: str, **params: str | int | None) -> Reason:
    return Reason(code=f"improvements.{name}", params=params)
