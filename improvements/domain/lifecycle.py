"""The path of an improvement, from captured to closed, and the three ways out of it.

Source: DESIGN section 4. The diagram in docs/reference is drawn from this table.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from accounts.domain.roles import Capability
from common.domain.transitions import Move, StateTable
from improvements.domain.routes import Route


class State(StrEnum):
    """Where an improvement stands."""

    CAPTURED = "captured"
    SHAPED = "shaped"
    APPROVED = "approved"
    DELIVERING = "delivering"
    EARLY_LIFE = "early_life"
    MEASURING = "measuring"
    CLOSED = "closed"
    PARKED = "parked"
    DECLINED = "declined"
    MERGED = "merged"


class Evidence(StrEnum):
    """What a move may need, and how good the proof is at the close."""

    SERVICE = "service"
    OWNER = "owner"
    ROUTE = "route"
    DELIVERY = "delivery"
    LIGHT_ROUTE = "light_route"
    GRADE = "grade"


PATH = (
    State.CAPTURED,
    State.SHAPED,
    State.APPROVED,
    State.DELIVERING,
    State.EARLY_LIFE,
    State.MEASURING,
    State.CLOSED,
)
"""The main road, in order."""
OPEN = frozenset(PATH) - {State.CLOSED}
"""States in which somebody has something to do."""
BACKLOG = frozenset({State.CAPTURED, State.SHAPED})
"""States in which the offices still decide."""
BEFORE_GO_LIVE = frozenset({State.CAPTURED, State.SHAPED, State.APPROVED, State.DELIVERING})
SEATS_OF_ROUTE = "seats_of_route"
"""The approval is given by the seats of the route (`improvements.domain.approvals`)."""

_TRIAGE = Capability.TRIAGE.value


def _ways_out(source: State) -> tuple[Move, ...]:
    """Return the side exits, each with a reason."""
    return (
        Move(source=source, target=State.PARKED, by=_TRIAGE, needs_reason=True),
        Move(source=source, target=State.DECLINED, by=_TRIAGE, needs_reason=True),
        Move(source=source, target=State.MERGED, by=_TRIAGE, needs_reason=True),
    )


def _back(source: State, target: State) -> Move:
    return Move(source=source, target=target, by=_TRIAGE, needs_reason=True)


def _on(source: State, target: State, *needs: Evidence) -> Move:
    return Move(source=source, target=target, by=_TRIAGE, needs=needs)


TABLE = StateTable(
    name="improvement state",
    states=State,
    initial=State.CAPTURED,
    moves=(
        _on(State.CAPTURED, State.SHAPED, Evidence.SERVICE),
        *_ways_out(State.CAPTURED),
        Move(
            source=State.SHAPED,
            target=State.APPROVED,
            by=SEATS_OF_ROUTE,
            needs=(Evidence.OWNER, Evidence.SERVICE, Evidence.ROUTE),
            needs_reason=True,
        ),
        _back(State.SHAPED, State.CAPTURED),
        *_ways_out(State.SHAPED),
        _on(State.APPROVED, State.DELIVERING, Evidence.DELIVERY),
        _back(State.APPROVED, State.SHAPED),
        *_ways_out(State.APPROVED)[:2],
        _on(State.DELIVERING, State.EARLY_LIFE),
        # What went in as an ordinary change or at once has no early life support of its own.
        _on(State.DELIVERING, State.MEASURING, Evidence.LIGHT_ROUTE),
        _back(State.DELIVERING, State.APPROVED),
        _on(State.EARLY_LIFE, State.MEASURING),
        _back(State.EARLY_LIFE, State.DELIVERING),
        _on(State.MEASURING, State.CLOSED, Evidence.GRADE),
        _back(State.CLOSED, State.MEASURING),
        _back(State.PARKED, State.CAPTURED),
        _back(State.PARKED, State.SHAPED),
        _back(State.DECLINED, State.CAPTURED),
        _back(State.DECLINED, State.SHAPED),
        _back(State.MERGED, State.CAPTURED),
        _back(State.MERGED, State.SHAPED),
    ),
)

#: moves that are decisions of the review and write a row of their own
DECIDED = frozenset({State.APPROVED, State.PARKED, State.DECLINED, State.MERGED})


def evidence(
    *, services: int, has_owner: bool, route: str, projects: int, grade: str
) -> frozenset[str]:
    """Return what is there of what the moves need.

    Delivery: a project route is being delivered once a project is linked; the lighter routes
    need no more than their approval.
    """
    is_project = route == Route.PROJECT
    found: Mapping[Evidence, bool] = {
        Evidence.SERVICE: services > 0,
        Evidence.OWNER: has_owner,
        Evidence.ROUTE: bool(route),
        Evidence.DELIVERY: not is_project or projects > 0,
        Evidence.LIGHT_ROUTE: bool(route) and not is_project,
        Evidence.GRADE: bool(grade),
    }
    return frozenset(name.value for name, there in found.items() if there)


STEPS: Mapping[State, int] = MappingProxyType({state: i for i, state in enumerate(PATH)})
"""How far along the path a state is; the side exits are not on it."""
