"""State machines as data: which moves are allowed, who owns them, what evidence they need."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One allowed step. `by` is a capability code, `needs` are codes of evidence."""

    source: StrEnum
    target: StrEnum
    by: str
    needs: tuple[str, ...] = ()
    #: a backward or sideways move must say why
    needs_reason: bool = False
    #: False for one of many alike that would hide the shape; `StateTable.undrawn` says them
    is_drawn: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a move may be made now; when not, `code` says why and `missing` what lacks."""

    allowed: bool
    code: str = ""
    missing: tuple[str, ...] = ()
    move: Move | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateTable:
    """A named set of states and the moves between them."""

    name: str
    states: type[StrEnum]
    initial: StrEnum
    moves: tuple[Move, ...]
    #: a sentence about the moves that the diagram leaves out
    undrawn: str = ""
    _index: Mapping[tuple[str, str], Move] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        index = {(move.source.value, move.target.value): move for move in self.moves}
        if len(index) != len(self.moves):
            raise ValueError(f"{self.name}: a move stands twice")
        object.__setattr__(self, "_index", index)

    def moves_from(self, source: str) -> tuple[Move, ...]:
        """Return the moves that leave a state, in the table's order."""
        return tuple(move for move in self.moves if move.source.value == source)

    def judge(
        self, source: str, target: str, *, evidence: frozenset[str] = frozenset(), reason: str = ""
    ) -> Verdict:
        """Return whether the move stands in the table and its evidence is there.

        Who may make it is asked separately (`Move.by`), because that depends on the person.
        """
        move = self._index.get((source, target))
        if move is None:
            return Verdict(allowed=False, code="common.move_not_allowed")
        if move.needs_reason and not reason.strip():
            return Verdict(allowed=False, code="common.reason_needed", move=move)
        missing = tuple(need for need in move.needs if need not in evidence)
        if missing:
            return Verdict(
                allowed=False, code="common.evidence_missing", missing=missing, move=move
            )
        return Verdict(allowed=True, move=move)

    def diagram(self) -> str:
        """Return the table as a Mermaid state diagram, for docs/reference."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial.value}"]
        for move in self.moves:
            if not move.is_drawn:
                continue
            needs = f", needs {', '.join(move.needs)}" if move.needs else ""
            reason = ", with a reason" if move.needs_reason else ""
            lines.append(
                f"    {move.source.value} --> {move.target.value}: {move.by}{needs}{reason}"
            )
        return "\n".join(lines) + "\n"
