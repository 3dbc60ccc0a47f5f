"""The gates as tables: each decision has its move, and the gates' moves are those that exist."""

import pytest

from improvements.domain.lifecycle import TABLE as IMPROVEMENTS
from projects.domain.gate_criteria import GATES
from projects.domain.gate_states import OUTCOME, PASSAGES, Passage, reference
from projects.domain.gates import EFFECTS, Decision
from projects.domain.lifecycle import PHASES


@pytest.mark.parametrize(
    ("decision", "lacking"),
    [
        (Decision.GO, ("criteria_met_or_waived",)),
        (Decision.CONDITIONAL_GO, ("conditions",)),
        (Decision.HOLD, ("review_date",)),
        (Decision.RECYCLE, ("gaps",)),
    ],
)
def test_a_decision_is_not_complete_without_what_it_needs(decision, lacking):
    verdict = PASSAGES.judge(Passage.DECIDING, OUTCOME[decision])
    assert (verdict.allowed, verdict.missing) == (False, lacking)


def test_a_stop_says_why():
    assert PASSAGES.judge(Passage.DECIDING, Passage.STOPPED).code == "common.reason_needed"
    assert PASSAGES.judge(Passage.DECIDING, Passage.STOPPED, reason="Too dear.").allowed


def test_what_passes_is_what_the_engine_lets_pass():
    passes = {OUTCOME[decision] for decision, effect in EFFECTS.items() if effect.passes}
    assert passes == {Passage.PASSED, Passage.PASSED_ON_CONDITIONS}
    assert set(OUTCOME) == set(Decision) == set(EFFECTS)


@pytest.mark.parametrize("source", sorted(set(Passage) - {Passage.PREPARING, Passage.DECIDING}))
def test_a_decision_is_superseded_by_another_and_never_undone(source):
    targets = {move.target for move in PASSAGES.moves_from(source)}
    assert Passage.DECIDING in targets
    assert Passage.PREPARING not in targets


@pytest.mark.parametrize("rule", GATES.values(), ids=lambda rule: rule.gate.value)
def test_a_gate_stands_on_a_move_that_the_life_cycles_have(rule):
    """A renamed phase or state cannot leave the gate table behind."""
    for table, move in ((PHASES, rule.project_move), (IMPROVEMENTS, rule.improvement_move)):
        if move:
            assert table.judge(*move).code != "common.move_not_allowed"


def test_the_reference_lists_each_gate_with_its_criteria():
    rows = [line for line in reference().splitlines() if line.startswith("| g")]
    assert [row.split(" | ")[0].strip("| ") for row in rows] == [gate.value for gate in GATES]
    assert "receiving_service*" in rows[1]
