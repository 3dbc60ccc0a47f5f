"""The twelve statuses of a service, their five groups and five everyday words, as data.

Source: the ITIL v3 service portfolio statuses and the proposals of spec services 4.1: forward one
step at a time, retirement from anywhere, a retired service may begin again, and a step back says
why. `by` names the capability that a person needs (accounts.domain.roles).
"""

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from common.domain.transitions import Move, StateTable


class Status(StrEnum):
    """The statuses in their order."""

    REQUIREMENTS = "requirements"
    DEFINED = "defined"
    ANALYSED = "analysed"
    APPROVED = "approved"
    CHARTERED = "chartered"
    DESIGNED = "designed"
    DEVELOPED = "developed"
    BUILT = "built"
    TESTED = "tested"
    RELEASED = "released"
    OPERATIONAL = "operational"
    RETIRED = "retired"

    @property
    def number(self) -> int:
        """1 to 12."""
        return _NUMBERS[self]


_NUMBERS: Mapping[Status, int] = {status: at for at, status in enumerate(Status, start=1)}


class Stage(StrEnum):
    """The life cycle's groups of statuses."""

    STRATEGY = "strategy"
    DESIGN = "design"
    TRANSITION = "transition"
    OPERATION = "operation"
    RETIREMENT = "retirement"


STAGES: Mapping[Stage, tuple[Status, ...]] = {
    Stage.STRATEGY: (
        Status.REQUIREMENTS,
        Status.DEFINED,
        Status.ANALYSED,
        Status.APPROVED,
        Status.CHARTERED,
    ),
    Stage.DESIGN: (Status.DESIGNED,),
    Stage.TRANSITION: (Status.DEVELOPED, Status.BUILT, Status.TESTED, Status.RELEASED),
    Stage.OPERATION: (Status.OPERATIONAL,),
    Stage.RETIREMENT: (Status.RETIRED,),
}
"""Every status stands in exactly one stage, in order."""


class Section(StrEnum):
    """Where a service stands in the service portfolio."""

    PIPELINE = "pipeline"
    CATALOGUE = "catalogue"
    RETIRED = "retired"


class Everyday(StrEnum):
    """The five words of the everyday face."""

    PLANNED = "planned"
    INTRODUCED = "introduced"
    IN_OPERATION = "in_operation"
    PHASED_OUT = "phased_out"
    RETIRED = "retired"


EVERYDAY: Mapping[Status, Everyday] = {
    **dict.fromkeys(STAGES[Stage.STRATEGY], Everyday.PLANNED),
    **dict.fromkeys(STAGES[Stage.DESIGN] + STAGES[Stage.TRANSITION], Everyday.INTRODUCED),
    Status.OPERATIONAL: Everyday.IN_OPERATION,
    Status.RETIRED: Everyday.RETIRED,
}
"""An operational service with a retirement date is being phased out; that is no status."""


def section(status: Status) -> Section:
    """Return pipeline for statuses 1-10, catalogue for 11, retired for 12 (spec services 4.1)."""
    if status is Status.RETIRED:
        return Section.RETIRED
    return Section.CATALOGUE if status is Status.OPERATIONAL else Section.PIPELINE


class Evidence(StrEnum):
    """What a move may need, as facts of the record."""

    PURPOSE = "purpose"
    OWNER = "owner"
    COST = "cost"
    SERVICE_HOURS = "service_hours"
    AGREEMENT = "agreement"
    NO_CONSUMERS = "no_consumers"


EDIT, APPROVE = "edit_services", "approve_service_side"

#: status entered -> who may enter it from the status before, and what must be there
_FORWARD: Mapping[Status, tuple[str, tuple[Evidence, ...]]] = {
    Status.DEFINED: (EDIT, (Evidence.PURPOSE, Evidence.OWNER)),
    Status.ANALYSED: (EDIT, (Evidence.COST,)),
    Status.APPROVED: (APPROVE, ()),
    Status.CHARTERED: (APPROVE, (Evidence.COST,)),
    Status.DESIGNED: (EDIT, ()),
    Status.DEVELOPED: (EDIT, ()),
    Status.BUILT: (EDIT, ()),
    Status.TESTED: (EDIT, ()),
    Status.RELEASED: (EDIT, (Evidence.OWNER,)),
    Status.OPERATIONAL: (APPROVE, (Evidence.OWNER, Evidence.SERVICE_HOURS, Evidence.AGREEMENT)),
}

DECIDED: frozenset[Status] = frozenset({Status.APPROVED, Status.OPERATIONAL})
"""Statuses whose decision is not for the person who took the step before (author ≠ approver)."""


def _moves() -> tuple[Move, ...]:
    ahead = [
        Move(source=before, target=after, by=_FORWARD[after][0], needs=_FORWARD[after][1])
        for before, after in pairwise(list(Status)[:-1])
    ]
    back = [
        Move(source=source, target=target, by=EDIT, needs_reason=True, is_drawn=False)
        for source in list(Status)[1:-1]
        for target in list(Status)[: source.number - 1]
    ]
    out = [
        Move(
            source=source,
            target=Status.RETIRED,
            by=APPROVE,
            needs=(Evidence.NO_CONSUMERS,),
            needs_reason=True,
        )
        for source in list(Status)[:-1]
    ]
    again = [
        Move(source=Status.RETIRED, target=Status.REQUIREMENTS, by=EDIT, needs_reason=True),
    ]
    return (*ahead, *back, *out, *again)


LIFE_CYCLE = StateTable(
    name="service status",
    states=Status,
    initial=Status.REQUIREMENTS,
    moves=_moves(),
    undrawn=(
        "Not drawn: from any status between *defined* and *operational* a step back to any "
        "earlier one, by `edit_services`, with a reason."
    ),
)


def is_back(source: Status, target: Status) -> bool:
    """Return whether a move goes to an earlier status; beginning again is not a step back."""
    return target.number < source.number and source is not Status.RETIRED
