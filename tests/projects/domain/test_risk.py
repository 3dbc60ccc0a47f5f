"""Risk matrix, expected value and mitigation return. Source: projects 4.5."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.domain.risk import (
    PROSJEKTPORTALEN,
    Band,
    Exposure,
    Kind,
    Plotted,
    RiskError,
    RiskMatrix,
    course,
    expected_value,
    heat_map,
    mitigation_return,
    rate,
    worst_consequence,
)

D = Decimal
LEVEL = st.integers(1, 5)


def exposure(key, probability, impact):
    return Exposure(key=key, probability=D(probability), impact=D(impact))


@pytest.mark.parametrize(
    ("probability", "bands"),
    [(5, "OORRR"), (4, "YOORR"), (3, "GYOOR"), (2, "GGYOO"), (1, "GGGYO")],
)
def test_every_cell_of_prosjektportalens_matrix(probability, bands):
    found = "".join(
        PROSJEKTPORTALEN.band(probability, consequence).value[0].upper()
        for consequence in range(1, 6)
    )

    assert found == bands


def test_a_rating_carries_its_cell_product_and_band():
    found = rate(4, 3)

    assert (found.score, found.band) == (12, Band.ORANGE)


def test_the_worst_consequence_decides():
    """US DoD: the maximum of cost, schedule and performance."""
    assert worst_consequence({"cost": 2, "schedule": 4, "performance": 4}) == ("schedule", 4)


def test_expected_value_of_threats_and_an_opportunity():
    """projects 4.5: 0.3 x -80, 0.1 x -400, 0.5 x -20, 0.2 x +60 = -62."""
    risks = [
        exposure("a", "0.3", "-80"),
        exposure("b", "0.1", "-400"),
        exposure("c", "0.5", "-20"),
        exposure("d", "0.2", "60"),
    ]

    figure = expected_value(risks)

    assert figure.value == -62
    assert figure.parts == {"a": -24, "b": -40, "c": -10, "d": 12}
    assert [risk.kind for risk in risks] == [Kind.THREAT] * 3 + [Kind.OPPORTUNITY]


def test_no_risk_is_expected_to_cost_nothing():
    assert expected_value([]).value == 0


@pytest.mark.parametrize(
    ("before", "after", "cost", "expected"),
    [
        (("0.3", "-80"), ("0.1", "-80"), "5", "11"),
        (("0.3", "-80"), ("0.3", "-70"), "5", "-2"),
        (("0.2", "60"), ("0.5", "60"), "8", "10"),
    ],
)
def test_mitigation_return(before, after, cost, expected):
    """EMV avoided minus cost; the last raises an opportunity."""
    figure = mitigation_return(exposure("r", *before), exposure("r", *after), D(cost))

    assert figure.value == D(expected)


def test_a_threat_on_its_course_to_target():
    found = course(rate(5, 4), rate(3, 3), rate(2, 2))

    assert (found.reached, found.findings) == (False, ())


@pytest.mark.parametrize(
    ("inherent", "current", "target", "kind", "reached", "findings"),
    [
        ((2, 2), (4, 4), (1, 1), Kind.THREAT, False, ("current_above_inherent",)),
        ((5, 5), (1, 1), (2, 2), Kind.THREAT, True, ("target_passed",)),
        ((5, 5), (2, 2), (2, 2), Kind.THREAT, True, ()),
        ((5, 5), (2, 2), None, Kind.THREAT, None, ("target_missing",)),
        ((2, 2), (3, 3), (4, 4), Kind.OPPORTUNITY, False, ()),
        ((3, 3), (2, 2), (4, 4), Kind.OPPORTUNITY, False, ("current_below_inherent",)),
        ((3, 3), (5, 5), (4, 4), Kind.OPPORTUNITY, True, ("target_passed",)),
    ],
)
def test_what_does_not_fit_between_the_three_ratings(
    inherent, current, target, kind, reached, findings
):
    found = course(rate(*inherent), rate(*current), rate(*target) if target else None, kind)

    assert (found.reached, found.findings) == (reached, findings)


def test_opportunities_are_never_drawn_as_threats():
    plotted = [
        Plotted(key="R-1", kind=Kind.THREAT, rating=rate(2, 3)),
        Plotted(key="R-2", kind=Kind.OPPORTUNITY, rating=rate(2, 3)),
        Plotted(key="R-3", kind=Kind.THREAT, rating=rate(2, 3)),
    ]

    assert heat_map(plotted, Kind.THREAT) == {(2, 3): ("R-1", "R-3")}
    assert heat_map(plotted, Kind.OPPORTUNITY) == {(2, 3): ("R-2",)}


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("level_off_scale", lambda: rate(0, 3)),
        ("level_off_scale", lambda: rate(3, 6)),
        ("level_off_scale", lambda: worst_consequence({"cost": 9})),
        ("no_consequence", lambda: worst_consequence({})),
        ("matrix_shape", lambda: RiskMatrix(rows=("OORRR", "YOORR", "GYOOR", "GGYOO", "GGGY"))),
        ("matrix_shape", lambda: RiskMatrix(rows=("OORRX", "YOORR", "GYOOR", "GGYOO", "GGGYO"))),
        ("matrix_shape", lambda: RiskMatrix(rows=("ROOOO", "YOOOO", "GYOOO", "GGYOO", "GGGYO"))),
        ("matrix_shape", lambda: RiskMatrix(rows=("GGGGG", "YOORR", "GYOOR", "GGYOO", "GGGYO"))),
        ("probability_over_one", lambda: exposure("a", "30", "-80")),
        ("negative", lambda: exposure("a", "-0.3", "-80")),
        ("not_a_number", lambda: exposure("a", "0.3", "NaN")),
        ("key_repeated", lambda: expected_value([exposure("a", "0", "1")] * 2)),
        ("negative", lambda: mitigation_return(
            exposure("a", "0", "1"), exposure("a", "0", "1"), D(-1))),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(code, call):
    with pytest.raises(RiskError) as refused:
        call()

    assert refused.value.code == code


@given(LEVEL, LEVEL, LEVEL, LEVEL)
def test_more_of_either_never_lands_in_a_milder_band(p, c, more_p, more_c):
    order = list(Band)
    lesser = PROSJEKTPORTALEN.band(min(p, more_p), min(c, more_c))
    greater = PROSJEKTPORTALEN.band(max(p, more_p), max(c, more_c))

    assert order.index(lesser) <= order.index(greater)


@given(
    st.lists(
        st.tuples(st.decimals(0, 1, places=3), st.decimals(-(10**9), 10**9, places=2)), max_size=30
    )
)
def test_parts_sum_to_the_expected_value(rows):
    figure = expected_value([exposure(str(i), p, impact) for i, (p, impact) in enumerate(rows)])

    assert figure.value == sum(figure.parts.values())


@given(st.integers(-3, 9), st.integers(-3, 9))
def test_any_level_is_rated_or_refused(probability, consequence):
    on_scale = probability in range(1, 6) and consequence in range(1, 6)
    code = None
    try:
        found = rate(probability, consequence)
    except RiskError as refused:
        code = refused.code

    assert code == (None if on_scale else "level_off_scale")
    assert code or 1 <= found.score <= 25
