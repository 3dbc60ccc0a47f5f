from decimal import Decimal

import pytest

from common.domain.figure import (
    Figure,
    defined,
    quotient,
    require_finite,
    require_not_negative,
    undefined,
)
from common.domain.refusal import Refusal


def test_a_quotient_carries_its_parts():
    figure = quotient(Decimal(3), Decimal(4), "zero", ev=Decimal(3), ac=Decimal(4))

    assert figure == defined(Decimal("0.75"), ev=Decimal(3), ac=Decimal(4))


def test_a_zero_denominator_is_a_value_with_a_reason():
    figure = quotient(Decimal(3), Decimal(0), "no_cost_yet", ac=Decimal(0))

    assert figure == undefined("no_cost_yet", ac=Decimal(0))
    assert figure.value is None


@pytest.mark.parametrize(("value", "code"), [(None, None), (Decimal(1), "zero")])
def test_a_figure_is_a_number_or_a_reason_never_both(value, code):
    with pytest.raises(Refusal) as refused:
        Figure(value=value, undefined=code, parts={})

    assert refused.value.code == "figure_needs_value_or_reason"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_number_is_refused_by_name(value):
    with pytest.raises(Refusal) as refused:
        require_finite(Refusal, effort=Decimal(value))

    assert (refused.value.code, refused.value.params["name"]) == ("not_a_number", "effort")


def test_a_negative_is_refused_by_name():
    with pytest.raises(Refusal) as refused:
        require_not_negative(Refusal, effort=Decimal(0), cost=Decimal(-1))

    assert (refused.value.code, refused.value.params) == (
        "negative",
        {"name": "cost", "value": "-1"},
    )


@pytest.mark.parametrize(
    ("value", "refused"),
    [("1E+17", False), ("1E+18", True), ("-1E+18", True), ("0E+99", False),
     ("1E-100", False), ("1E-101", True)],
)  # fmt: skip
def test_a_slip_of_the_keyboard_is_out_of_range(value, refused):
    code = None
    try:
        require_finite(Refusal, cost=Decimal(value))
    except Refusal as error:
        code = error.code

    assert code == ("out_of_range" if refused else None)
