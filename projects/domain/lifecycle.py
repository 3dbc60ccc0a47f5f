"""The project's life cycle: PMI's focus areas as phases, with hold and stop laid over them.

Source: DESIGN section 4. Who decides a gate and what the board says comes with the gates; this
table holds the moves, the capability each needs and the evidence without which it is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from common.domain.transitions import Move, StateTable

EDIT = "edit_projects"
APPROVE = "approve_project_side"


class Phase(StrEnum):
    """Where in its life a project is."""

    INITIATING = "initiating"
    PLANNING = "planning"
    EXECUTING = "executing"
    CLOSING = "closing"
    CLOSED = "closed"


class Overlay(StrEnum):
    """What lies over the phase."""

    RUNNING = "running"
    ON_HOLD = "on_hold"
    STOPPED = "stopped"


class Evidence(StrEnum):
    """What must be on record before a move."""

    PURPOSE = "purpose"
    MANAGER = "manager"
    FINISH_PLANNED = "finish_planned"
    BUDGET = "budget"
    RISKS_ASSESSED = "risks_assessed"
    FINISH_ACTUAL = "finish_actual"
    NOTHING_OPEN = "nothing_open"


P, O, E = Phase, Overlay, Evidence  # noqa: E741  one letter each keeps the tables readable

PHASES = StateTable(
    name="project phase",
    states=Phase,
    initial=P.INITIATING,
    moves=(
        Move(source=P.INITIATING, target=P.PLANNING, by=APPROVE, needs=(E.PURPOSE, E.MANAGER)),
        Move(
            source=P.PLANNING,
            target=P.EXECUTING,
            by=APPROVE,
            needs=(E.FINISH_PLANNED, E.BUDGET, E.RISKS_ASSESSED),
        ),
        Move(source=P.EXECUTING, target=P.CLOSING, by=EDIT),
        Move(
            source=P.CLOSING, target=P.CLOSED, by=APPROVE, needs=(E.FINISH_ACTUAL, E.NOTHING_OPEN)
        ),
        Move(source=P.PLANNING, target=P.INITIATING, by=EDIT, needs_reason=True),
        Move(source=P.EXECUTING, target=P.PLANNING, by=EDIT, needs_reason=True),
        Move(source=P.CLOSING, target=P.EXECUTING, by=EDIT, needs_reason=True),
        Move(source=P.CLOSED, target=P.CLOSING, by=APPROVE, needs_reason=True),
    ),
)

STOPPED_PHASES = StateTable(
    name="phase of a stopped project",
    states=Phase,
    initial=P.INITIATING,
    moves=(
        Move(source=P.INITIATING, target=P.CLOSING, by=EDIT),
        Move(source=P.PLANNING, target=P.CLOSING, by=EDIT),
        Move(source=P.EXECUTING, target=P.CLOSING, by=EDIT),
        # Sunk cost, freed capacity, moved items and lessons: the reason is where they are said.
        Move(
            source=P.CLOSING,
            target=P.CLOSED,
            by=APPROVE,
            needs=(E.NOTHING_OPEN,),
            needs_reason=True,
        ),
    ),
)

OVERLAYS = StateTable(
    name="project overlay",
    states=Overlay,
    initial=O.RUNNING,
    moves=(
        Move(source=O.RUNNING, target=O.ON_HOLD, by=EDIT, needs_reason=True),
        Move(source=O.ON_HOLD, target=O.RUNNING, by=EDIT, needs_reason=True),
        Move(source=O.RUNNING, target=O.STOPPED, by=APPROVE, needs_reason=True),
        Move(source=O.ON_HOLD, target=O.STOPPED, by=APPROVE, needs_reason=True),
        Move(source=O.STOPPED, target=O.RUNNING, by=APPROVE, needs_reason=True),
    ),
)

TABLES = (PHASES, STOPPED_PHASES, OVERLAYS)


def phase_table(overlay: str) -> StateTable | None:
    """Return the phase moves under an overlay; None on hold, when the phase stands still."""
    if overlay == Overlay.ON_HOLD:
        return None
    return STOPPED_PHASES if overlay == Overlay.STOPPED else PHASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is on record of a project, as far as its moves ask for it."""

    tier: str
    has_purpose: bool
    has_manager: bool
    has_planned_finish: bool
    has_budget: bool
    has_actual_finish: bool
    risks: int
    open_risks: int
    open_issues: int


def dropped(tier: str) -> frozenset[str]:
    """Return the evidence that a tier does not ask for: a light project needs no risk register."""
    return frozenset({Evidence.RISKS_ASSESSED.value}) if tier == "light" else frozenset()


def evidence(record: Record) -> frozenset[str]:
    """Return the evidence a project has, with what its tier does not ask for."""
    has: Iterable[tuple[Evidence, bool]] = (
        (Evidence.PURPOSE, record.has_purpose),
        (Evidence.MANAGER, record.has_manager),
        (Evidence.FINISH_PLANNED, record.has_planned_finish),
        (Evidence.BUDGET, record.has_budget),
        (Evidence.RISKS_ASSESSED, record.risks > 0),
        (Evidence.FINISH_ACTUAL, record.has_actual_finish),
        (Evidence.NOTHING_OPEN, record.open_risks + record.open_issues == 0),
    )
    return frozenset(code.value for code, there in has if there) | dropped(record.tier)


def approves_plan(source: str, target: str) -> bool:
    """Return whether the move approves the plan: the first time, it fixes the original."""
    return (source, target) == (Phase.PLANNING, Phase.EXECUTING)
