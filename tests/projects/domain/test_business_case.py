"""Present value, returns and payback. Source: bridge 6.2 (re-computed there)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.business_case import (
    OPTIMISM_BIAS,
    BusinessCase,
    BusinessCaseError,
    Convention,
    appraise,
    blended_uplift,
    net_present_value,
    payback,
    present_values,
    return_percent,
)

D = Decimal
AMOUNTS = st.decimals(0, 10_000_000, places=2)
EACH = st.sampled_from(list(Convention))


def flows(*values):
    return tuple(map(D, values))


def case(rate="0.08", costs=(1,), benefits=(1,), convention=Convention.YEAR_ZERO):
    return BusinessCase(
        rate=D(rate), convention=convention, costs=flows(*costs), benefits=flows(*benefits)
    )


def test_public_course_case():
    """8 %, year 0 undiscounted, costs 200k and 20k a year, benefits 100k a year from year 1."""
    found = appraise(
        case(costs=(200_000, 20_000, 20_000, 20_000), benefits=(0, 100_000, 100_000, 100_000))
    )

    assert round(found.npv.value, 2) == D("6167.76")
    assert round(found.pv_costs, 2) == D("251541.94")
    assert round(found.pv_benefits, 2) == D("257709.70")
    assert round(found.roi_percent.value, 2) == D("2.45")
    assert round(found.bcr.value, 4) == D("1.0245")
    assert found.payback.value == D("2.5")
    assert round(found.discounted_payback.value, 2) == D("2.90")


@pytest.mark.parametrize(
    ("values", "expected"),
    [((-5000, 1000, 2000, 3000, 4000), "2316.35"), ((-1000, 0, 2000, 2000, 2000), "3201.41")],
)
def test_year_end_cases(values, expected):
    """10 %, all flows at the end of their year."""
    npv = net_present_value(flows(*values), D("0.10"), Convention.YEAR_END)

    assert round(npv.value, 2) == D(expected)


def test_return_on_a_stated_cost():
    """bridge 6.2: 2316 / 7427."""
    assert round(return_percent(D(2316), D(7427)).value, 1) == D("31.2")


def test_the_convention_is_a_year_of_interest():
    values = flows(-5000, 1000, 2000, 3000, 4000)
    zero = net_present_value(values, D("0.10"), Convention.YEAR_ZERO)
    end = net_present_value(values, D("0.10"), Convention.YEAR_END)

    assert round(zero.value, 6) == round(end.value * D("1.10"), 6)


@pytest.mark.parametrize(
    ("values", "convention", "expected"),
    [
        ((-100, 50, 50), Convention.YEAR_ZERO, "2"),
        ((-100, 200), Convention.YEAR_ZERO, "0.5"),
        ((-100, 200), Convention.YEAR_END, "1.5"),
        ((-100, 150, -80, 60), Convention.YEAR_ZERO, "2.5"),
    ],
)
def test_payback_interpolates_inside_the_year(values, convention, expected):
    assert payback(flows(*values), convention).value == D(expected)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ((-100, 50), "not_paid_back"),
        ((0, 50), "nothing_invested"),
        ((-100, 150, -80), "not_paid_back"),
    ],
)
def test_payback_that_never_comes_has_a_reason(values, code):
    assert payback(flows(*values), Convention.YEAR_ZERO).undefined == code


def test_without_costs_there_is_no_ratio():
    found = appraise(case(costs=(0, 0), benefits=(5, 5)))

    assert (found.roi_percent.undefined, found.bcr.undefined) == ("no_costs", "no_costs")


def test_a_mix_of_reference_classes():
    """projects 4.5: 30 % non-standard and 70 % standard building give 32.1 and 14.5."""
    found = blended_uplift({"non_standard_building": D("0.3"), "standard_building": D("0.7")})

    assert (found.capex_upper, found.duration_upper) == (D("32.1"), D("14.5"))


def test_one_class_is_itself():
    name = "equipment_and_development"

    assert blended_uplift({name: D(1)}) == OPTIMISM_BIAS[name]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("rate_too_low", lambda: case(rate="-1")),
        ("not_a_number", lambda: case(rate="NaN")),
        ("years_differ", lambda: case(costs=(1, 2))),
        ("no_flows", lambda: case(costs=(), benefits=())),
        ("negative", lambda: case(costs=(-1,))),
        ("negative", lambda: case(benefits=(-1,))),
        ("not_a_number", lambda: case(costs=("Infinity",))),
        ("not_a_number", lambda: payback(flows("NaN"), Convention.YEAR_ZERO)),
        ("not_a_number", lambda: return_percent(D("NaN"), D(1))),
        ("out_of_range", lambda: return_percent(D(1), D("1E+30"))),
        ("no_flows", lambda: payback((), Convention.YEAR_ZERO)),
        ("no_flows", lambda: present_values((), D(0), Convention.YEAR_ZERO)),
        ("rate_too_low", lambda: present_values(flows(1), D(-2), Convention.YEAR_ZERO)),
        ("not_a_number", lambda: present_values(flows("NaN"), D(0), Convention.YEAR_ZERO)),
        ("class_unknown", lambda: blended_uplift({"castle": D(1)})),
        ("shares_not_one", lambda: blended_uplift({"standard_civil": D("1.2")})),
        ("negative", lambda: blended_uplift({"standard_civil": D(-1)})),
    ],
)
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(BusinessCaseError) as refused:
        call()

    assert refused.value.code == code


@given(
    st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=1, max_size=15),
    st.decimals("-0.5", 2, places=4),
    EACH,
)
def test_the_parts_of_any_case_sum_to_the_whole(rows, rate, convention):
    found = appraise(
        BusinessCase(
            rate=rate,
            convention=convention,
            costs=tuple(cost for cost, _ in rows),
            benefits=tuple(benefit for _, benefit in rows),
        )
    )

    assert found.npv.value == sum(found.npv.parts.values())
    scale = 1 + found.pv_benefits + found.pv_costs
    assert abs(found.npv.value - (found.pv_benefits - found.pv_costs)) / scale < D("1e-20")


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=12), EACH)
def test_at_no_interest_present_value_is_the_plain_sum(values, convention):
    assert net_present_value(values, D(0), convention).value == sum(values)


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=12), EACH)
def test_payback_is_inside_the_years_or_has_a_reason(values, convention):
    found = payback(values, convention)

    ends_short = sum(values) < 0
    assert (found.undefined == "not_paid_back") is ends_short
    if found.value is not None:
        assert convention.first_year <= found.value <= len(values) - 1 + convention.first_year
