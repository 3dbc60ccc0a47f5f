"""The state table and who sits at which seat. Source: DESIGN section 4."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improvements.domain.approvals import (
    OFFICE_OF,
    SEATS,
    Deed,
    Office,
    Seat,
    Taken,
    answer,
    standing,
)
from improvements.domain.lifecycle import BACKLOG, OPEN, PATH, TABLE, State, evidence
from improvements.domain.routes import Route

ALL = frozenset({"service", "owner", "route", "delivery", "light_route", "grade"})


@pytest.mark.parametrize(("source", "target"), list(itertools.pairwise(PATH)))
def test_the_path_of_the_design_can_be_walked(source, target):
    assert TABLE.judge(source, target, evidence=ALL, reason="Agreed.").allowed


@pytest.mark.parametrize(
    ("source", "target", "code"),
    [
        (State.CAPTURED, State.APPROVED, "common.move_not_allowed"),
        (State.MERGED, State.APPROVED, "common.move_not_allowed"),
        (State.SHAPED, State.PARKED, "common.reason_needed"),
        (State.MERGED, State.SHAPED, "common.reason_needed"),
        (State.DELIVERING, State.DECLINED, "common.move_not_allowed"),
        (State.SHAPED, State.DECLINED, "common.reason_needed"),
        (State.SHAPED, State.APPROVED, "common.reason_needed"),
        (State.APPROVED, State.SHAPED, "common.reason_needed"),
    ],
)
def test_other_moves_are_refused_with_their_code(source, target, code):
    assert TABLE.judge(source, target, evidence=ALL).code == code


@pytest.mark.parametrize(
    ("source", "target", "lacking"),
    [
        (State.CAPTURED, State.SHAPED, "service"),
        (State.SHAPED, State.APPROVED, "owner"),
        (State.SHAPED, State.APPROVED, "service"),
        (State.SHAPED, State.APPROVED, "route"),
        (State.APPROVED, State.DELIVERING, "delivery"),
        (State.MEASURING, State.CLOSED, "grade"),
    ],
)
def test_what_is_missing_is_named(source, target, lacking):
    verdict = TABLE.judge(source, target, evidence=ALL - {lacking}, reason="Agreed.")
    assert (verdict.allowed, verdict.missing) == (False, (lacking,))


def test_a_project_route_is_delivered_by_a_project_and_a_lighter_one_by_itself():
    base = {"services": 1, "has_owner": True, "grade": ""}
    assert "delivery" not in evidence(route="project", projects=0, **base)
    assert "delivery" in evidence(route="project", projects=1, **base)
    assert {"delivery", "light_route"} <= evidence(route="change", projects=0, **base)


def test_every_open_state_leads_to_the_close():
    reached, frontier = {State.CAPTURED}, [State.CAPTURED]
    while frontier:
        for move in TABLE.moves_from(frontier.pop()):
            if move.target not in reached:
                reached.add(move.target)
                frontier.append(move.target)
    assert reached == set(State)
    assert BACKLOG < OPEN


@pytest.mark.parametrize(
    ("route", "offices"),
    [
        (Route.DO_NOW, {Office.SERVICE}),
        (Route.CHANGE, {Office.SERVICE}),
        (Route.PROJECT, {Office.PROJECT, Office.SERVICE}),
    ],
)
def test_a_project_asks_both_offices(route, offices):
    assert {OFFICE_OF[seat] for seat in SEATS[route]} == offices


def approved(number, seat, by, route=Route.PROJECT):
    return Taken(id=number, deed=Deed.APPROVE, seat=seat, by=by, route=route)


def other(number, deed=Deed.ASK):
    return Taken(id=number, deed=deed, seat=None, by=9, route=Route.PROJECT)


def test_the_first_seat_leaves_the_second_awaited():
    now = standing(Route.PROJECT, [approved(1, Seat.PROJECT_SIDE, 1)])
    assert now.awaited == (Seat.SERVICE_SIDE,)
    assert standing(
        Route.PROJECT, [approved(1, Seat.PROJECT_SIDE, 1), approved(2, Seat.SERVICE_SIDE, 2)]
    ).is_complete


@pytest.mark.parametrize("deed", [Deed.ASK, Deed.REOPEN, Deed.PARK])
def test_an_approval_falls_with_any_other_decision_after_it(deed):
    assert standing(Route.PROJECT, [approved(1, Seat.PROJECT_SIDE, 1), other(2, deed)]).awaited == (
        Seat.PROJECT_SIDE,
        Seat.SERVICE_SIDE,
    )


@pytest.mark.parametrize(
    ("route", "seats"),
    [
        (Route.DO_NOW, (Seat.SERVICE_SIDE,)),
        (Route.CHANGE, (Seat.SERVICE_SIDE,)),
        (Route.PROJECT, (Seat.PROJECT_SIDE, Seat.SERVICE_SIDE)),
    ],
)
def test_the_office_decides_what_the_service_owner_proposed(route, seats):
    """Author and approver are never the same person; nobody else holds the owner's seat."""
    assert standing(route, [], is_owners_own=True).awaited == seats


@pytest.mark.parametrize("left", [State.PARKED, State.DECLINED, State.MERGED])
def test_every_side_exit_has_a_way_back(left):
    for back in BACKLOG:
        assert TABLE.judge(left, back, reason="It was a mistake.").allowed


def test_an_approval_counts_for_its_own_route_only():
    taken = [approved(1, Seat.SERVICE_SIDE, 1, Route.CHANGE)]
    assert Seat.SERVICE_SIDE in standing(Route.PROJECT, taken).awaited


@pytest.mark.parametrize(
    ("by", "held", "is_small", "code", "seat"),
    [
        (2, {Seat.SERVICE_SIDE}, False, "", Seat.SERVICE_SIDE),
        (2, {Seat.PROJECT_SIDE}, False, "not_your_seat", None),
        (7, {Seat.SERVICE_SIDE}, False, "own_proposal", None),
        (1, {Seat.SERVICE_SIDE}, False, "second_seat", None),
        (7, {Seat.SERVICE_SIDE}, True, "", Seat.SERVICE_SIDE),
        (1, {Seat.SERVICE_SIDE}, True, "", Seat.SERVICE_SIDE),
    ],
)
def test_author_and_approver_differ_unless_the_organisation_is_small(
    by, held, is_small, code, seat
):
    now = standing(Route.PROJECT, [approved(1, Seat.PROJECT_SIDE, 1)])
    reply = answer(now, by=by, held=frozenset(held), proposer=7, is_small=is_small)
    assert (reply.code, reply.seat) == (code, seat)
    assert reply.is_own == (seat is not None and by in {1, 7})


@given(
    st.sampled_from(list(Route)),
    st.lists(
        st.tuples(st.sampled_from(list(Deed)), st.sampled_from(list(Seat)), st.integers(1, 4)),
        max_size=8,
    ),
)
def test_approved_and_awaited_make_up_the_seats(route, rows):
    taken = [
        Taken(id=i, deed=deed, seat=seat if deed is Deed.APPROVE else None, by=by, route=route)
        for i, (deed, seat, by) in enumerate(rows)
    ]
    now = standing(route, taken)
    assert set(now.approved) | set(now.awaited) == set(SEATS[route])
    assert not set(now.approved) & set(now.awaited)
