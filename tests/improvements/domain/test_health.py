"""Progress against agreed limits, effect unknown until measured. Source: DESIGN section 6."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.health import Colour
from improvements.domain.health import (
    DEFAULTS,
    Inputs,
    Limits,
    age_days,
    is_late,
    judge_improvement,
)
from improvements.domain.lifecycle import State

LIMITS = Limits.of(DEFAULTS)
TODAY = dt.date(2026, 11, 23)
FRESH = Inputs(
    id=1,
    state=State.SHAPED,
    captured_on=dt.date(2026, 11, 1),
    state_since=dt.date(2026, 11, 20),
    changed_on=dt.date(2026, 11, 20),
    parked_until=None,
    respond_on=None,
    services=1,
    projects=0,
    has_owner=True,
    has_effort=True,
    has_expected_effect=True,
    route="change",
)


def dimension(inputs, name):
    found = [
        d
        for d in judge_improvement(inputs, LIMITS, TODAY, is_scored=True).dimensions
        if d.name == name
    ]
    return found[0] if found else None


@pytest.mark.parametrize(
    ("state", "days", "colour"),
    [
        (State.CAPTURED, 14, Colour.GREEN),
        (State.CAPTURED, 15, Colour.AMBER),
        (State.CAPTURED, 28, Colour.AMBER),
        (State.CAPTURED, 29, Colour.RED),
        (State.SHAPED, 30, Colour.GREEN),
        (State.SHAPED, 31, Colour.AMBER),
        (State.DELIVERING, 180, Colour.GREEN),
        (State.DELIVERING, 361, Colour.RED),
    ],
)
def test_progress_goes_by_the_limit_of_the_state(state, days, colour):
    inputs = FRESH._replace(state=state, state_since=TODAY - dt.timedelta(days=days))
    progress = dimension(inputs, "progress")
    assert progress.colour is colour
    code = "in_time" if colour is Colour.GREEN else "past_state_limit"
    assert progress.reasons[0].code == f"improvements.{code}"
    assert is_late(inputs, LIMITS, TODAY) == (colour is not Colour.GREEN)


@pytest.mark.parametrize(
    ("due", "colour"), [(TODAY, Colour.GREEN), (TODAY - dt.timedelta(days=1), Colour.AMBER)]
)
def test_a_promised_answer_that_is_late_is_amber(due, colour):
    assert dimension(FRESH._replace(respond_on=due), "progress").colour is colour


@pytest.mark.parametrize(
    ("until", "colour"),
    [
        (None, Colour.GREEN),
        (TODAY, Colour.GREEN),
        (TODAY - dt.timedelta(days=1), Colour.AMBER),
    ],
)
def test_a_parked_one_is_late_after_its_day(until, colour):
    parked = FRESH._replace(state=State.PARKED, parked_until=until)
    assert dimension(parked, "progress").colour is colour


@pytest.mark.parametrize("state", [State.CLOSED, State.DECLINED, State.MERGED])
def test_progress_ends_with_the_work(state):
    assert dimension(FRESH._replace(state=state), "progress") is None


@pytest.mark.parametrize(
    ("state", "is_there"),
    [
        (State.CAPTURED, False),
        (State.SHAPED, False),
        (State.APPROVED, False),
        (State.DELIVERING, False),
        (State.PARKED, False),
        (State.DECLINED, False),
        (State.EARLY_LIFE, True),
        (State.MEASURING, True),
        (State.CLOSED, True),
    ],
)
def test_effect_is_absent_before_go_live_and_unknown_after(state, is_there):
    effect = dimension(FRESH._replace(state=state), "effect")
    assert (effect is not None) == is_there
    if effect:
        assert effect.colour is Colour.GREY


def test_an_unknown_effect_hatches_and_hides_nothing():
    inputs = FRESH._replace(state=State.MEASURING, state_since=TODAY)
    health = judge_improvement(inputs, LIMITS, TODAY, is_scored=True)
    assert (health.overall, health.hatched) == (Colour.GREEN, True)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # .5 freshness + .3 completeness + .2 consistency (bridge 6.7)
        ({}, Decimal(1)),
        ({"changed_on": TODAY - dt.timedelta(days=45)}, Decimal("0.75")),
        ({"changed_on": TODAY - dt.timedelta(days=60)}, Decimal("0.5")),
        ({"has_owner": False}, Decimal("0.94")),
        (
            {"state": State.DELIVERING, "route": "project", "projects": 0},
            Decimal("0.8"),
        ),
    ],
)
def test_confidence(changes, expected):
    health = judge_improvement(FRESH._replace(**changes), LIMITS, TODAY, is_scored=True)
    assert health.confidence == expected


def test_one_office_alone_lowers_confidence():
    health = judge_improvement(FRESH, LIMITS, TODAY, is_scored=False)
    assert health.confidence == Decimal("0.94")


def test_limits_come_from_admin_values():
    tight = Limits.of({**DEFAULTS, "shaped_days": 2})
    inputs = FRESH._replace(state_since=TODAY - dt.timedelta(days=3))
    assert is_late(inputs, tight, TODAY)
    assert not is_late(inputs, LIMITS, TODAY)


@given(
    st.sampled_from(list(State)),
    st.integers(0, 900),
    st.integers(0, 900),
    st.one_of(st.none(), st.integers(-400, 400)),
)
def test_judging_is_total_and_lateness_matches_progress(state, in_state, age, respond):
    inputs = FRESH._replace(
        state=state,
        state_since=TODAY - dt.timedelta(days=in_state),
        captured_on=TODAY - dt.timedelta(days=max(age, in_state)),
        respond_on=None if respond is None else TODAY + dt.timedelta(days=respond),
    )
    progress = dimension(inputs, "progress")
    if progress:
        assert (progress.colour is not Colour.GREEN) == is_late(inputs, LIMITS, TODAY)
    assert age_days(inputs, TODAY) >= in_state
