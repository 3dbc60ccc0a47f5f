"""A gate's own states: what each decision of `gates` makes of it, as a state table.

Source: DESIGN section 4, projects 4.2. A decision is never edited: a later one supersedes it, which
is why every state but the last leads back. The diagram in docs/reference is drawn from this.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType

from common.domain.transitions import Move, StateTable
from projects.domain.gate_criteria import CRITERIA, GATES, GateRule
from projects.domain.gates import EFFECTS, Decision, Needed


class Passage(StrEnum):
    """How far a project has come at a gate."""

    PREPARING = "preparing"
    DECIDING = "deciding"
    PASSED = "passed"
    PASSED_ON_CONDITIONS = "passed_on_conditions"
    ON_HOLD = "on_hold"
    STOPPED = "stopped"


class Evidence(StrEnum):
    """What must be on record before a gate moves, beside what its decision needs."""

    CRITERIA = "criteria_met_or_waived"
    CONDITIONS = "conditions_met"


PREPARES, DECIDES = "role_that_prepares", "body_that_decides"

#: what a decision leads to; recycled, it is prepared once more
OUTCOME: Mapping[Decision, Passage] = MappingProxyType(
    {
        Decision.GO: Passage.PASSED,
        Decision.CONDITIONAL_GO: Passage.PASSED_ON_CONDITIONS,
        Decision.HOLD: Passage.ON_HOLD,
        Decision.RECYCLE: Passage.PREPARING,
        Decision.STOP: Passage.STOPPED,
    }
)


def _decided(decision: Decision) -> Move:
    effect = EFFECTS[decision]
    needs = [need.value for need in sorted(effect.needs - {Needed.REASON})]
    if decision is Decision.GO:
        needs.insert(0, Evidence.CRITERIA)
    return Move(
        source=Passage.DECIDING,
        target=OUTCOME[decision],
        by=DECIDES,
        needs=tuple(needs),
        needs_reason=Needed.REASON in effect.needs,
    )


PASSAGES = StateTable(
    name="passage of a gate",
    states=Passage,
    initial=Passage.PREPARING,
    moves=(
        Move(source=Passage.PREPARING, target=Passage.DECIDING, by=PREPARES),
        *(_decided(decision) for decision in Decision),
        Move(
            source=Passage.PASSED_ON_CONDITIONS,
            target=Passage.PASSED,
            by=DECIDES,
            needs=(Evidence.CONDITIONS,),
        ),
        Move(source=Passage.ON_HOLD, target=Passage.DECIDING, by=PREPARES),
        *(
            Move(source=source, target=Passage.DECIDING, by=DECIDES, needs_reason=True)
            for source in (Passage.PASSED, Passage.PASSED_ON_CONDITIONS, Passage.STOPPED)
        ),
    ),
)


def reference() -> str:
    """Return the table of gates and their criteria as Markdown, for docs/reference."""
    head = "| Gate | Project | Improvement | Prepares | Decides | May refuse | Criteria |"
    rows = "\n".join(_row(rule) for rule in GATES.values())
    marks = "A criterion marked * protects the receiver: no tier drops it."
    return f"## Gates\n\n{head}\n|---|---|---|---|---|---|---|\n{rows}\n\n{marks}\n"


def _row(rule: GateRule) -> str:
    cells = (
        rule.gate.value,
        _move(rule.project_move),
        _move(rule.improvement_move),
        *(", ".join(sorted(who)) or "–" for who in (rule.prepares, rule.decides, rule.may_refuse)),
        ", ".join(_criteria(rule)) or "–",
    )
    return f"| {' | '.join(cells)} |"


def _move(move: tuple[str, str] | None) -> str:
    return " → ".join(move) if move else "–"


def _criteria(rule: GateRule) -> Iterator[str]:
    for criterion in CRITERIA:
        if criterion.gate is rule.gate:
            yield criterion.key + ("*" if criterion.protects_receiver else "")
