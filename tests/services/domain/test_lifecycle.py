"""The life cycle of a service: order, moves and groups.

Source of the order and the rules: the twelve ITIL v3 statuses in spec services 4.1.
"""

import pytest

from services.domain.lifecycle import (
    EVERYDAY,
    LIFE_CYCLE,
    STAGES,
    Everyday,
    Evidence,
    Section,
    Status,
    is_back,
    section,
)

EVERYTHING = frozenset(Evidence)


def test_the_order_is_that_of_the_source():
    assert [status.value for status in Status] == [
        "requirements",
        "defined",
        "analysed",
        "approved",
        "chartered",
        "designed",
        "developed",
        "built",
        "tested",
        "released",
        "operational",
        "retired",
    ]
    assert [status.number for status in Status] == list(range(1, 13))


def test_every_status_stands_in_one_stage_in_order():
    assert [status for statuses in STAGES.values() for status in statuses] == list(Status)


@pytest.mark.parametrize(
    ("number", "part"),
    [(1, Section.PIPELINE), (10, Section.PIPELINE), (11, Section.CATALOGUE), (12, Section.RETIRED)],
)
def test_sections(number, part):
    assert section(list(Status)[number - 1]) is part


def test_five_everyday_words_cover_every_status_and_one_is_a_date():
    assert set(EVERYDAY) == set(Status)
    assert set(EVERYDAY.values()) == set(Everyday) - {Everyday.PHASED_OUT}


@pytest.mark.parametrize("before", list(Status)[:10])
def test_onward_goes_one_step_at_a_time(before):
    after = list(Status)[before.number]
    assert LIFE_CYCLE.judge(before, after, evidence=EVERYTHING).allowed
    for far in list(Status)[before.number + 1 : 11]:
        assert LIFE_CYCLE.judge(before, far, evidence=EVERYTHING, reason="x").code == (
            "common.move_not_allowed"
        )


@pytest.mark.parametrize("source", list(Status)[:11])
def test_retirement_is_possible_from_anywhere_with_a_reason_and_without_consumers(source):
    assert LIFE_CYCLE.judge(source, "retired", evidence=EVERYTHING, reason="Replaced").allowed
    assert LIFE_CYCLE.judge(source, "retired", evidence=EVERYTHING).code == "common.reason_needed"
    verdict = LIFE_CYCLE.judge(source, "retired", reason="Replaced")
    assert verdict.missing == ("no_consumers",)


def test_a_retired_service_may_begin_again_and_go_nowhere_else():
    assert [move.target for move in LIFE_CYCLE.moves_from("retired")] == [Status.REQUIREMENTS]
    assert LIFE_CYCLE.judge("retired", "requirements", reason="New need").allowed


def test_every_step_back_says_why():
    back = [move for move in LIFE_CYCLE.moves if is_back(Status(move.source), Status(move.target))]
    assert len(back) == sum(range(11))
    assert all(move.needs_reason and not move.needs for move in back)


def test_decisions_are_for_the_service_office():
    deciders = {move.target.value for move in LIFE_CYCLE.moves if move.by == "approve_service_side"}
    assert deciders == {"approved", "chartered", "operational", "retired"}


def test_steps_back_are_said_and_not_drawn():
    drawn = LIFE_CYCLE.diagram()
    assert "requirements --> defined" in drawn
    assert "defined --> requirements" not in drawn
    assert "a step back" in LIFE_CYCLE.undrawn
