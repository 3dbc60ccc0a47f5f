"""Who must approve an improvement, what stands already, and who may take the next seat.

Source: DESIGN section 4, "weight follows route": do-now is the service owner's alone, a change
needs the service owner and the service office, a project both offices. What the service owner
proposes for the own service, the service office approves. Author and approver are never the same
person, nor may one person fill two seats; a small organisation may relax both,
and the record says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from improvements.domain.routes import Route


class Seat(StrEnum):
    """A place at the table; `office` of a decision follows from it."""

    SERVICE_OWNER = "service_owner"
    SERVICE_SIDE = "service_side"
    PROJECT_SIDE = "project_side"


class Office(StrEnum):
    """The two offices."""

    PROJECT = "project"
    SERVICE = "service"


class Deed(StrEnum):
    """What a review decides."""

    APPROVE = "approve"
    PARK = "park"
    DECLINE = "decline"
    MERGE = "merge"
    ASK = "ask"
    REOPEN = "reopen"


OFFICE_OF: Mapping[Seat, Office] = MappingProxyType(
    {
        Seat.SERVICE_OWNER: Office.SERVICE,
        Seat.SERVICE_SIDE: Office.SERVICE,
        Seat.PROJECT_SIDE: Office.PROJECT,
    }
)
SEATS: Mapping[Route, tuple[Seat, ...]] = MappingProxyType(
    {
        Route.DO_NOW: (Seat.SERVICE_OWNER,),
        Route.CHANGE: (Seat.SERVICE_OWNER, Seat.SERVICE_SIDE),
        Route.PROJECT: (Seat.PROJECT_SIDE, Seat.SERVICE_SIDE),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A decision as the rule sees it, oldest first in a sequence."""

    id: int
    deed: Deed
    seat: Seat | None
    by: int
    route: Route | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Which seats of the route have approved, and which are still awaited."""

    approved: Mapping[Seat, Taken]
    awaited: tuple[Seat, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every seat has approved."""
        return not self.awaited


def seats_of(route: Route, *, is_owners_own: bool) -> tuple[Seat, ...]:
    """Return the seats that approve; the service office sits where the owner is the author.

    What the service owner has proposed has the owner's consent already, and nobody approves their
    own proposal: otherwise it could never be decided.
    """
    if is_owners_own and Seat.SERVICE_OWNER in SEATS[route]:
        return (Seat.SERVICE_SIDE,)
    return SEATS[route]


def standing(route: Route, decisions: Sequence[Taken], *, is_owners_own: bool = False) -> Standing:
    """Return what stands of the approval.

    An approval counts until any other decision is taken after it, and only for the route it was
    given on: another route is another question.
    """
    seats = seats_of(route, is_owners_own=is_owners_own)
    approved: dict[Seat, Taken] = {}
    for taken in decisions:
        if taken.deed is not Deed.APPROVE:
            approved = {}
        elif taken.seat in seats and taken.route is route:
            approved[taken.seat] = taken
    awaited = tuple(seat for seat in seats if seat not in approved)
    return Standing(approved=MappingProxyType(approved), awaited=awaited)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a person may approve now, from which seat, or the code of why not."""

    seat: Seat | None
    code: str = ""
    is_own: bool = False


def answer(
    now: Standing, *, by: int, held: frozenset[Seat], proposer: int | None, is_small: bool
) -> Answer:
    """Return the seat a person approves from: the first awaited one that they hold.

    Codes of refusal: ``already_approved`` (nothing is awaited), ``not_your_seat``,
    ``own_proposal``, ``second_seat``. In a small organisation the last two are allowed and marked.
    """
    if now.is_complete:
        return Answer(seat=None, code="already_approved")
    seat = next((each for each in now.awaited if each in held), None)
    if seat is None:
        return Answer(seat=None, code="not_your_seat")
    is_own = by == proposer
    is_second = any(taken.by == by for taken in now.approved.values())
    if not is_small and (is_own or is_second):
        return Answer(seat=None, code="own_proposal" if is_own else "second_seat")
    return Answer(seat=seat, is_own=is_own or is_second)
