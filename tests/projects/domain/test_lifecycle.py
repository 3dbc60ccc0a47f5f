"""The project's state tables."""

import pytest

from projects.domain.lifecycle import (
    APPROVE,
    OVERLAYS,
    PHASES,
    STOPPED_PHASES,
    TABLES,
    Record,
    evidence,
    phase_table,
)

EVERYTHING = evidence(
    Record(
        tier="heavy",
        has_purpose=True,
        has_manager=True,
        has_planned_finish=True,
        has_budget=True,
        has_actual_finish=True,
        risks=1,
        open_risks=0,
        open_issues=0,
    )
)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("initiating", "planning"),
        ("planning", "executing"),
        ("executing", "closing"),
        ("closing", "closed"),
    ],
)
def test_the_way_forward_is_open_with_all_evidence(source, target):
    """The order of PMI's focus areas (DESIGN section 4)."""
    assert PHASES.judge(source, target, evidence=EVERYTHING).allowed


@pytest.mark.parametrize(
    ("source", "target"),
    [("initiating", "executing"), ("planning", "closed"), ("closed", "planning")],
)
def test_no_phase_is_skipped(source, target):
    assert (
        PHASES.judge(source, target, evidence=EVERYTHING, reason="x").code
        == "common.move_not_allowed"
    )


def test_a_way_back_needs_a_reason():
    back = PHASES.judge("executing", "planning", evidence=EVERYTHING)
    assert back.code == "common.reason_needed"
    assert PHASES.judge("executing", "planning", evidence=EVERYTHING, reason="New scope").allowed


def test_what_is_missing_is_named():
    nothing = evidence(
        Record(
            tier="standard",
            has_purpose=False,
            has_manager=False,
            has_planned_finish=False,
            has_budget=False,
            has_actual_finish=False,
            risks=0,
            open_risks=1,
            open_issues=1,
        )
    )
    assert PHASES.judge("planning", "executing", evidence=nothing).missing == (
        "finish_planned",
        "budget",
        "risks_assessed",
    )
    assert PHASES.judge("closing", "closed", evidence=nothing).missing == (
        "finish_actual",
        "nothing_open",
    )


def test_every_approval_that_protects_the_receiver_is_another_persons():
    """Who prepares never decides: plan, charter, closing and stop need the approving right."""
    approvals = {
        (m.source.value, m.target.value) for t in TABLES for m in t.moves if m.by == APPROVE
    }
    assert {
        ("initiating", "planning"),
        ("planning", "executing"),
        ("closing", "closed"),
        ("running", "stopped"),
        ("on_hold", "stopped"),
    } <= approvals


def test_on_hold_nothing_moves_and_stopped_only_closes():
    assert phase_table("on_hold") is None
    assert phase_table("stopped") is STOPPED_PHASES
    assert {move.target.value for move in STOPPED_PHASES.moves} == {"closing", "closed"}
    assert all(move.needs_reason for move in OVERLAYS.moves)
