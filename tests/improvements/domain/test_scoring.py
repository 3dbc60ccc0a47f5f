"""Scores with their arithmetic. Sources: bridge 6.1 and those it names."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from improvements.domain.scoring import (
    Job,
    ScoringError,
    calibrated_confidence,
    cd3,
    delay_cost,
    rank_agreement,
    ranking,
    rice,
    spread,
    wsjf,
)
from improvements.domain.weighting import Criterion, weighted

D = Decimal
AMOUNTS = st.decimals(0, 100_000, places=2)
TABLES = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 9).map(Decimal), max_size=12
)
THREE = (
    Criterion(key="value", weight=D(2)),
    Criterion(key="reach", weight=D(1)),
    Criterion(key="risk", weight=D(1), inverted=True, mandatory_from=D(1)),
)


def refusal(function, *args, **kwargs):
    with pytest.raises(ScoringError) as refused:
        function(*args, **kwargs)
    return refused.value.code


def test_weighted_example_with_an_inverted_criterion():
    """bridge 6.1 (KANAP): weights 2, 1, 1; ratings 1, .5 and .25 inverted."""
    score = weighted(THREE, {"value": D(1), "reach": D("0.5"), "risk": D("0.25")})

    assert score.value == D("81.25")
    assert [part.used for part in score.parts] == [1, D("0.5"), D("0.75")]
    assert [part.contribution for part in score.parts] == [50, D("12.5"), D("18.75")]


def test_a_rating_is_normalised_from_its_own_scale():
    score = weighted((Criterion(key="a", weight=D(3), lowest=D(1), highest=D(5)),), {"a": D(4)})

    assert score.value == 75


def test_a_mandatory_criterion_bypasses_the_arithmetic():
    score = weighted(THREE, {"risk": D(1)})

    assert (score.value, score.bypassed_by) == (100, ("risk",))
    assert score.missing == ("value", "reach")


def test_an_unrated_criterion_leaves_the_score_undefined():
    score = weighted(THREE, {"value": D(1), "risk": D("0.5")})

    assert (score.value, score.undefined, score.missing) == (None, "not_rated", ("reach",))


@pytest.mark.parametrize(
    ("reach", "impact", "confidence", "effort", "expected", "source"),
    [
        ("2000", "2", "0.8", "3", "1066.67", "noemacore"),
        ("5000", "0.5", "1", "1", "2500", "noemacore"),
        ("5000", "2", "0.8", "2", "4000", "hashbuilds"),
        ("10", "3", "1", "6", "5", "hashbuilds"),
        ("10000", "3", "1", "0.5", "60000", "hashbuilds"),
        ("10000", "3", "1", "0.01", "60000", "the floor of half a person-month"),
    ],
)
def test_rice(reach, impact, confidence, effort, expected, source):
    score = rice(
        reach=D(reach), impact=D(impact), confidence=D(confidence), effort_months=D(effort)
    )

    assert round(score.value, 2) == D(expected), source


def test_a_floored_effort_shows_what_was_given_and_what_was_used():
    part = rice(reach=D(1), impact=D(1), confidence=D(1), effort_months=D(0)).parts[-1]

    assert (part.given, part.used) == (0, D("0.5"))


@pytest.mark.parametrize(
    ("ratings", "size", "expected", "source"),
    [
        ((7, 9, 5), 2, "10.5", "extrapinchofsalt"),
        ((8, 3, 4), 8, "1.875", "extrapinchofsalt"),
        ((100, 50, 20), 10, "17", "beginpm"),
        ((80, 30, 10), 5, "24", "beginpm"),
    ],
)
def test_wsjf(ratings, size, expected, source):
    value, time, risk = map(D, ratings)

    score = wsjf(business_value=value, time_criticality=time, risk_reduction=risk, size=D(size))

    assert score.value == D(expected), source


def test_cd3_orders_the_spoon_and_the_machine():
    """Black Swan Farming: Super Spoon 10/2, second machine 30/4."""
    spoon = cd3(cost_of_delay_per_week=D(10), duration_weeks=D(2))
    machine = cd3(cost_of_delay_per_week=D(30), duration_weeks=D(4))

    assert (spoon.value, machine.value) == (5, D("7.5"))


@pytest.mark.parametrize(
    ("order", "expected"),
    [("BAC", 134), ("ABC", 149), ("BCA", 149), ("ACB", 179), ("CBA", 179), ("CAB", 194)],
)
def test_delay_cost_of_every_order(order, expected):
    """bridge 6.1, own: A 9/wk 3 wk, B 8/wk 1 wk, C 10/wk 5 wk."""
    jobs = {
        key: Job(key=key, cost_of_delay_per_week=D(cost), duration_weeks=D(weeks))
        for key, cost, weeks in [("A", 9, 3), ("B", 8, 1), ("C", 10, 5)]
    }

    assert delay_cost([jobs[key] for key in order]).value == expected


@given(
    st.permutations(range(5)),
    st.lists(st.tuples(AMOUNTS, st.integers(1, 9)), min_size=5, max_size=5),
)
def test_no_order_costs_less_than_highest_cd3_first(order, rows):
    jobs = [
        Job(key=str(i), cost_of_delay_per_week=cost, duration_weeks=D(weeks))
        for i, (cost, weeks) in enumerate(rows)
    ]
    by_cd3 = sorted(jobs, key=lambda job: -job.cost_of_delay_per_week / job.duration_weeks)

    assert delay_cost(by_cd3).value <= delay_cost([jobs[i] for i in order]).value + D("1e-9")


def test_ties_stay_ties():
    placed = ranking({"b": D(5), "a": D(5), "c": D(9), "d": D(1)})

    assert [(p.key, p.place, p.tied) for p in placed] == [
        ("c", 1, False), ("a", 2, True), ("b", 2, True), ("d", 4, False),
    ]  # fmt: skip


def test_rank_agreement_names_both_coefficients():
    """Kendall 1948 form with ties, worked by hand: 4 concordant, 1 discordant, 1 tie."""
    agreement = rank_agreement(
        {"a": D(1), "b": D(2), "c": D(3), "d": D(4)}, {"a": D(1), "b": D(3), "c": D(2), "d": D(3)}
    )

    assert (agreement.pairs.concordant, agreement.pairs.discordant) == (4, 1)
    assert agreement.pairs.tied_in_second == 1
    assert round(agreement.kendall_tau_b.value, 4) == D("0.5477")  # 3 / sqrt(6 x 5)
    assert round(agreement.spearman_rho.value, 4) == D("0.6325")  # ranks 1, 3.5, 2, 3.5


def test_agreement_with_a_constant_method_is_undefined():
    same = {"a": D(1), "b": D(1)}

    agreement = rank_agreement(same, {"a": D(1), "b": D(2)})

    assert agreement.kendall_tau_b.undefined == "all_tied"
    assert agreement.spearman_rho.undefined == "all_tied"


def test_agreement_over_one_item_is_undefined():
    assert rank_agreement({"a": D(1)}, {"a": D(2)}).kendall_tau_b.undefined == "too_few_items"
    assert rank_agreement({}, {}).spearman_rho.undefined == "too_few_items"


def test_the_band_of_two_offices():
    """bridge section 8: PMO 40, SMO 85."""
    band = spread({"pmo": D(40), "smo": D(85)})

    assert (band.mean, band.margin.value) == (D("62.5"), D("22.5"))


def test_one_scorer_has_no_band():
    assert spread({"pmo": D(40)}).margin.undefined == "one_scorer"


@pytest.mark.parametrize(
    ("improved", "verdicts", "expected"), [(6, 8, "0.67"), (0, 0, "0.50"), (1, 10, "0.21")]
)
def test_calibrated_confidence(improved, verdicts, expected):
    """bridge section 8."""
    value = calibrated_confidence(improved=improved, verdicts=verdicts).value

    assert round(value, 2) == D(expected)


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("negative", lambda: Criterion(key="a", weight=D(-1))),
        ("scale_empty", lambda: Criterion(key="a", weight=D(1), lowest=D(5), highest=D(5))),
        ("not_a_number", lambda: Criterion(key="a", weight=D(1), mandatory_from=D("NaN"))),
        ("criterion_repeated", lambda: weighted(THREE + THREE, {})),
        ("criterion_unknown", lambda: weighted(THREE, {"fame": D(1)})),
        ("weights_zero", lambda: weighted((), {})),
        ("rating_off_scale", lambda: weighted(THREE, {"value": D("1.1")})),
        ("not_a_number", lambda: weighted(THREE, {"value": D("NaN")})),
        ("impact_off_scale", lambda: rice(
            reach=D(1), impact=D(5), confidence=D(1), effort_months=D(1))),
        ("confidence_over_one", lambda: rice(
            reach=D(1), impact=D(1), confidence=D(80), effort_months=D(1))),
        ("negative", lambda: rice(
            reach=D(1), impact=D(1), confidence=D(1), effort_months=D(-1))),
        ("negative", lambda: cd3(cost_of_delay_per_week=D(1), duration_weeks=D(-1))),
        ("negative", lambda: wsjf(
            business_value=D(1), time_criticality=D(1), risk_reduction=D(1), size=D(-3))),
        ("duration_not_positive", lambda: delay_cost(
            [Job(key="a", cost_of_delay_per_week=D(1), duration_weeks=D(0))])),
        ("items_differ", lambda: rank_agreement({"a": D(1)}, {"b": D(1)})),
        ("not_a_number", lambda: ranking({"a": D("NaN")})),
        ("no_scorers", lambda: spread({})),
        ("improved_over_verdicts", lambda: calibrated_confidence(improved=3, verdicts=2)),
        ("negative", lambda: calibrated_confidence(improved=-1, verdicts=2)),
    ],
)  # fmt: skip
def test_bad_input_is_refused_with_a_code(code, call):
    assert refusal(call) == code


@given(
    st.lists(
        st.tuples(st.decimals(0, 10, places=1), st.decimals(1, 5, places=1), st.booleans()),
        min_size=1,
        max_size=8,
    )
)
def test_contributions_sum_to_the_score_within_its_scale(rows):
    assume(any(weight for weight, _, _ in rows))
    criteria = [
        Criterion(key=str(i), weight=weight, lowest=D(1), highest=D(5), inverted=inverted)
        for i, (weight, _, inverted) in enumerate(rows)
    ]

    score = weighted(criteria, {str(i): rating for i, (_, rating, _) in enumerate(rows)})

    assert score.value == sum(part.contribution for part in score.parts)
    assert 0 <= score.value <= 100 + D("1e-20")


@given(TABLES)
def test_a_method_agrees_fully_with_itself_and_not_at_all_with_its_reverse(table):
    assume(len(set(table.values())) > 1)

    itself = rank_agreement(table, table)
    reverse = rank_agreement(table, {key: -value for key, value in table.items()})

    for figure, expected in [
        (itself.kendall_tau_b, 1), (itself.spearman_rho, 1),
        (reverse.kendall_tau_b, -1), (reverse.spearman_rho, -1),
    ]:  # fmt: skip
        assert abs(figure.value - expected) < D("1e-20")


@given(TABLES)
def test_places_count_everybody_above(table):
    for placed in ranking(table):
        assert placed.place == 1 + sum(score > placed.score for score in table.values())


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.decimals(-10, 10, places=2))
def test_any_input_is_scored_or_refused(a, b, c, effort):
    code = None
    try:
        score = wsjf(business_value=a, time_criticality=b, risk_reduction=c, size=effort)
    except ScoringError as refused:
        code = refused.code

    assert code == ("negative" if effort < 0 else None)
    assert code or score.value >= 0
