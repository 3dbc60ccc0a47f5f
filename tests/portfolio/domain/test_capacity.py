"""Capacity for change. Source: bridge 6.9."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.figure import defined, undefined
from common.domain.health import Colour
from portfolio.domain.capacity import (
    Booking,
    CapacityError,
    Echo,
    Supply,
    change_capacity,
    colour_of,
    plan,
    run_load,
)

D = Decimal
START = date(2026, 1, 5)
WEEK = timedelta(days=7)


def quarter(number=0, people="10", load="0", absence="0"):
    start = START + number * 13 * WEEK
    return Supply(
        start=start,
        end=start + 13 * WEEK,
        people=D(people),
        run_load=D(load),
        absence=D(absence),
    )


def booking(key, weeks, start=START, length=13, **more):
    return Booking(key=key, start=start, end=start + length * WEEK, person_weeks=D(weeks), **more)


def test_the_worked_example():
    """10 people, 13 weeks, focus .75, run 57 %: 97.5, 55.6 and 41.9 person-weeks."""
    running = run_load(people=D(10), weeks=D(13), share=D("0.57"))
    found = change_capacity(people=D(10), weeks=D(13), run_load=running)

    assert found.parts["productive"] == D("97.5")
    assert running == D("55.575")
    assert found.value == D("41.925")


def test_running_may_take_more_than_there_is():
    found = change_capacity(people=D(1), weeks=D(4), run_load=D(5), absence=D(1))

    assert found.value == -3


@pytest.mark.parametrize(
    ("percent", "colour"),
    [("84.9", Colour.GREEN), ("85", Colour.AMBER), ("100", Colour.AMBER), ("100.1", Colour.RED)],
)
def test_the_bands_of_load(percent, colour):
    assert colour_of(defined(D(percent)), D(1)) is colour


def test_without_capacity_any_demand_is_red():
    assert colour_of(undefined("no_change_capacity"), D(1)) is Colour.RED
    assert colour_of(undefined("no_change_capacity"), D(0)) is Colour.GREEN


def test_hard_and_soft_bookings_load_a_period():
    (load,) = plan([quarter()], [booking("PRJ-1", 39), booking("PRJ-2", "48.75", soft=True)])

    assert (load.hard, load.soft) == (39, D("48.75"))
    assert load.load_percent.value == 90
    assert load.load_percent.parts == {"PRJ-1": 39, "PRJ-2": D("48.75")}
    assert load.colour is Colour.AMBER


def test_a_booking_is_spread_over_the_days_it_shares():
    """Eight weeks from the last four of the first quarter on."""
    loads = plan([quarter(), quarter(1)], [booking("P", 16, START + 9 * WEEK, 8)])

    assert [load.hard for load in loads] == [8, 8]


def test_the_echo_of_a_finished_project_starts_at_its_go_live():
    """Half a person from the fourth week before the first quarter ends."""
    echo = Echo(key="PRJ-1", since=START + 9 * WEEK, per_week=D("0.5"))

    loads = plan([quarter(), quarter(1)], echoes=[echo])

    assert [load.capacity.parts["echo"] for load in loads] == [2, D("6.5")]
    assert [load.capacity.value for load in loads] == [D("95.5"), D(91)]


def test_a_period_without_capacity_has_no_percentage():
    (load,) = plan([quarter(people="0")], [booking("P", 1)])

    assert (load.load_percent.undefined, load.colour) == ("no_change_capacity", Colour.RED)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("negative", lambda: change_capacity(people=D(-1), weeks=D(1), run_load=D(0))),
        ("not_a_number", lambda: change_capacity(people=D("NaN"), weeks=D(1), run_load=D(0))),
        ("share_over_one", lambda: change_capacity(
            people=D(1), weeks=D(1), run_load=D(0), focus=D(75))),
        ("share_over_one", lambda: run_load(people=D(1), weeks=D(1), share=D(57))),
        ("negative", lambda: run_load(people=D(1), weeks=D(1), share=D("-0.1"))),
        ("period_reversed", lambda: plan([Supply(
            start=START, end=START, people=D(1), run_load=D(0))])),
        ("period_reversed", lambda: plan([quarter()], [booking("P", 1, length=0)])),
        ("periods_overlap", lambda: plan([quarter(), quarter()])),
        ("key_repeated", lambda: plan([quarter()], [booking("P", 1), booking("P", 1)])),
        ("negative", lambda: plan([quarter()], [booking("P", -1)])),
        ("negative", lambda: plan([quarter()], echoes=[
            Echo(key="P", since=START, per_week=D(-1))])),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(CapacityError) as refused:
        call()

    assert refused.value.code == code


@given(
    st.lists(
        st.tuples(st.integers(0, 26), st.integers(1, 26), st.integers(0, 500), st.booleans()),
        max_size=6,
    )
)
def test_bookings_inside_the_plan_are_placed_whole(rows):
    bookings = [
        booking(str(i), weeks, START + first * WEEK, length, soft=soft)
        for i, (first, length, weeks, soft) in enumerate(rows)
    ]

    loads = plan([quarter(number) for number in range(4)], bookings)

    placed = sum(load.hard + load.soft for load in loads)
    assert abs(placed - sum(row[2] for row in rows)) < D("1e-20")
    for load in loads:
        assert abs(sum(load.load_percent.parts.values()) - load.hard - load.soft) < D("1e-20")
