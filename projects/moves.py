"""The moves a project may make, as its page offers them to one reader."""

from dataclasses import dataclass
from typing import Any

from common.domain.transitions import Move
from common.errors import NotAllowed
from projects.access import check_can_decide
from projects.actions.moves import record_of
from projects.domain.lifecycle import OVERLAYS, dropped, evidence, phase_table
from projects.models import Project
from projects.wording import MOVES, NAMES, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One move: whether this reader may make it now, and if not, why."""

    target: str
    label: str
    #: evidence with whether it is there
    needs: tuple[tuple[str, bool], ...]
    needs_reason: bool
    refusal: str

    @property
    def may(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.refusal and all(there for _, there in self.needs)


def moves_for(project: Project, user: Any) -> list[Offer]:
    """Return every move of the tables from where the project stands. Two statements."""
    has = evidence(record_of(project))
    table = phase_table(project.overlay_state)
    moves = [*(table.moves_from(project.phase) if table else ())]
    if project.phase != "closed":
        moves += OVERLAYS.moves_from(project.overlay_state)
    return [_offer(move, project, user, has) for move in moves]


def _offer(move: Move, project: Project, user: Any, has: frozenset[str]) -> Offer:
    try:
        check_can_decide(user, move.by, project)
        refusal = ""
    except NotAllowed as error:
        refusal = str(error)
    return Offer(
        target=move.target.value,
        label=str(MOVES.get((move.source.value, move.target.value), NAMES[move.target.value])),
        needs=tuple(
            (names_of([need]), need in has)
            for need in move.needs
            if need not in dropped(project.tier)
        ),
        needs_reason=move.needs_reason,
        refusal=refusal,
    )
