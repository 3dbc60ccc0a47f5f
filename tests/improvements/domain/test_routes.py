"""The route rule and its reason. Source: bridge section 5."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improvements.domain.routes import (
    DECIDES,
    Route,
    RouteCase,
    RouteError,
    RouteThresholds,
    advise,
    choose,
)

D = Decimal


def case(effort="3", services=1, *, outage=False, spend="0"):
    return RouteCase(
        effort_days=None if effort is None else D(effort),
        services=services,
        needs_outage=outage,
        spend=D(spend),
    )


@pytest.mark.parametrize(
    ("given_case", "route", "codes"),
    [
        (case("5"), Route.DO_NOW, ["small_and_safe"]),
        (case("0"), Route.DO_NOW, ["small_and_safe"]),
        (case("5.1"), Route.CHANGE, ["effort_above_do_now"]),
        (case("2", outage=True), Route.CHANGE, ["needs_outage"]),
        (case("2", spend="1"), Route.CHANGE, ["needs_spend"]),
        (case("20", outage=True, spend="900000"), Route.CHANGE,
         ["effort_above_do_now", "needs_outage", "needs_spend"]),
        (case("20.5"), Route.PROJECT, ["effort_above_change"]),
        (case("1", services=2), Route.PROJECT, ["several_services"]),
        (case("80", services=3), Route.PROJECT, ["several_services", "effort_above_change"]),
        (case(None), None, ["effort_unknown"]),
        (case(None, services=2), Route.PROJECT, ["several_services"]),
        (case("1", services=0), None, ["service_unknown"]),
    ],
)  # fmt: skip
def test_the_lightest_route_whose_conditions_hold(given_case, route, codes):
    advice = advise(given_case)

    assert (advice.route, [reason.code for reason in advice.reasons]) == (route, codes)


def test_a_reason_carries_the_figure_and_its_limit():
    (reason,) = advise(case("12")).reasons

    assert reason.params == {"days": "12", "limit": "5"}


def test_thresholds_are_the_administrators():
    limits = RouteThresholds(do_now_days=D(1), change_days=D(2))

    assert advise(case("1"), limits).route is Route.DO_NOW
    assert advise(case("2"), limits).route is Route.CHANGE
    assert advise(case("3"), limits).route is Route.PROJECT


def test_following_the_advice_needs_no_reason():
    choice = choose(advise(case()), Route.DO_NOW)

    assert (choice.overridden, choice.reason) == (False, "")


def test_an_override_keeps_the_advice_and_its_reason():
    choice = choose(advise(case()), Route.PROJECT, " part of a programme ")

    assert (choice.overridden, choice.advice.route) == (True, Route.DO_NOW)
    assert choice.reason == "part of a programme"


def test_choosing_where_the_rule_cannot_tell_is_no_override():
    assert not choose(advise(case(None)), Route.CHANGE).overridden


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("override_without_reason", lambda: choose(advise(case()), Route.PROJECT, "  ")),
        ("negative", lambda: advise(case("-1"))),
        ("negative", lambda: advise(case(spend="-1"))),
        ("negative", lambda: advise(case(services=-1))),
        ("not_a_number", lambda: advise(case("NaN"))),
        ("thresholds_reversed", lambda: RouteThresholds(do_now_days=D(9), change_days=D(2))),
        ("negative", lambda: RouteThresholds(do_now_days=D(-9))),
    ],
)
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(RouteError) as refused:
        call()

    assert refused.value.code == code


def test_every_route_has_somebody_to_decide():
    assert set(DECIDES) == set(Route)


ORDER = [Route.DO_NOW, Route.CHANGE, Route.PROJECT]


@given(
    st.decimals(0, 60, places=1),
    st.decimals(0, 60, places=1),
    st.integers(1, 3),
    st.booleans(),
    st.integers(0, 10),
)
def test_more_effort_never_makes_the_route_lighter(less, more, services, outage, spend):
    less, more = sorted((less, more))

    routes = [
        advise(RouteCase(effort_days=days, services=services, needs_outage=outage, spend=D(spend)))
        for days in (less, more)
    ]

    assert ORDER.index(routes[0].route) <= ORDER.index(routes[1].route)
    assert all(advice.reasons for advice in routes)
