"""Benefit realisation. Source: bridge 6.2."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improvements.domain.benefits import (
    Benefit,
    BenefitError,
    Instalment,
    balance,
    realisation,
)

D = Decimal


def year(number):
    return date(2025 + number, 1, 1)


def benefit(planned, actual=(), key="b"):
    given_actuals = [*actual, *[None] * (len(planned) - len(actual))]
    return Benefit(
        key=key,
        instalments=tuple(
            Instalment(
                start=year(i),
                end=year(i + 1),
                planned=D(plan),
                actual=None if real is None else D(real),
            )
            for i, (plan, real) in enumerate(zip(planned, given_actuals, strict=True))
        ),
    )


PLAN = (10, 20, 30, 40)


def test_both_rates_after_three_periods():
    """Plan 10, 20, 30, 40; actual 5, 20, 25: 50/60 and 50/100."""
    found = realisation([benefit(PLAN, (5, 20, 25))], year(3))

    assert round(found.to_date.value, 1) == D("83.3")
    assert found.of_full_plan.value == 50
    assert (found.planned_to_date, found.actual_to_date, found.full_plan) == (60, 50, 100)


@pytest.mark.parametrize("planned", [PLAN, (0, 0, 0, 40), ()])
def test_before_anything_is_due_there_is_no_rate(planned):
    found = realisation([benefit(planned, (0,) * min(len(planned), 3))], year(0))

    assert found.to_date.undefined == "not_due"
    assert found.of_full_plan.undefined == "not_due"


def test_a_plan_of_nothing_so_far_is_not_due():
    assert realisation([benefit((0, 10), (0,))], year(1)).to_date.undefined == "not_due"


def test_a_period_is_due_once_it_has_ended():
    found = realisation([benefit(PLAN, (5, 20, 25))], date(2025, 12, 31))

    assert found.to_date.undefined == "not_due"


def test_what_was_not_reported_is_not_zero():
    found = realisation([benefit(PLAN, (5, None, 25))], year(3))

    assert found.to_date.undefined == "actual_not_reported"
    assert (found.unreported, found.actual_to_date) == (1, 30)


def test_dis_benefits_are_subtracted_and_shown_apart():
    good, harm = benefit((60, 60), (60, 30)), benefit((-20, -20), (-30, -20), key="training")

    found = balance([good, harm], year(2))

    assert found.benefits.to_date.value == 75
    assert found.dis_benefits.to_date.value == 125
    assert found.net.to_date.value == 50
    assert found.net.actual_to_date == 40


@pytest.mark.parametrize("harm", [(-60,), (-80,)])
def test_a_plan_that_cancels_out_has_no_rate(harm):
    found = realisation([benefit((60,), (60,)), benefit(harm, harm, key="h")], year(1))

    assert found.to_date.undefined == "plan_not_positive"


def test_harm_where_good_was_planned_is_a_negative_rate():
    assert realisation([benefit((10,), (-5,))], year(1)).to_date.value == -50


def test_no_benefits_are_not_due():
    assert realisation([], year(1)).to_date.undefined == "not_due"


def instalment(start, end, planned="1", actual=None):
    return Instalment(start=year(start), end=year(end), planned=D(planned), actual=actual)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("not_a_number", lambda: benefit(("NaN",))),
        ("not_a_number", lambda: benefit((1,), ("Infinity",))),
        ("period_reversed", lambda: Benefit(key="b", instalments=(instalment(1, 1),))),
        ("periods_overlap", lambda: Benefit(
            key="b", instalments=(instalment(1, 3), instalment(2, 4)))),
        ("signs_mixed", lambda: benefit((1, -1))),
        ("key_repeated", lambda: realisation([benefit((1,)), benefit((1,))], year(1))),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(BenefitError) as refused:
        call()

    assert refused.value.code == code


AMOUNTS = st.lists(st.tuples(st.integers(0, 99), st.integers(-99, 99)), min_size=1, max_size=6)


@given(AMOUNTS, AMOUNTS, st.integers(0, 7))
def test_the_two_sides_sum_to_the_net(good, harm, years):
    found = balance(
        [
            benefit([p for p, _ in good], [a for _, a in good]),
            benefit([-p for p, _ in harm], [a for _, a in harm], key="harm"),
        ],
        year(years),
    )

    for name in ("planned_to_date", "actual_to_date", "full_plan", "unreported"):
        sides = getattr(found.benefits, name) + getattr(found.dis_benefits, name)
        assert sides == getattr(found.net, name)


@given(AMOUNTS, st.integers(0, 7))
def test_any_plan_has_a_rate_or_a_reason(rows, years):
    found = realisation([benefit([p for p, _ in rows], [a for _, a in rows])], year(years))

    due = [row for row in rows[:years] if row[0]]
    assert (found.to_date.undefined == "not_due") is (not due)
    assert (found.to_date.value is None) is (not due)
