"""The other methods beside the weighted score. Source: bridge 6.1."""

from decimal import Decimal

import pytest

from improvements.domain.compare import Estimates, compare, mean_values, scores_of
from improvements.domain.scoring import Method

D = Decimal


def test_rice_takes_the_effort_from_the_record():
    # 2000 x 2 x .8 / 3 = 1066.67 (noemacore); 60 person-days are 3 person-months of 20.
    given = Estimates(reach=D(2000), impact=D(2), confidence=D("0.8"), effort_days=D(60))
    assert round(scores_of(given)[Method.RICE].value, 2) == D("1066.67")


@pytest.mark.parametrize(
    ("changes", "method", "value"),
    [
        # (7 + 9 + 5) / 2 = 10.5 (extrapinchofsalt)
        (
            {
                "business_value": D(7),
                "time_criticality": D(9),
                "risk_reduction": D(5),
                "job_size": D(2),
            },
            Method.WSJF,
            D("10.5"),
        ),
        # 10 / 2 = 5 (Black Swan Farming)
        ({"cost_of_delay": D(10), "duration_weeks": D(2)}, Method.CD3, D(5)),
    ],
)
def test_each_method_needs_its_own_inputs_only(changes, method, value):
    found = scores_of(Estimates(**changes))
    assert {name: score.value for name, score in found.items()} == {method: value}


@pytest.mark.parametrize("lacking", ["reach", "impact", "confidence", "effort_days"])
def test_a_method_without_an_input_gives_nothing(lacking):
    whole = {"reach": D(1), "impact": D(1), "confidence": D(1), "effort_days": D(20)}
    assert scores_of(Estimates(**{**whole, lacking: None})) == {}


def test_people_are_averaged_per_method():
    first = scores_of(Estimates(cost_of_delay=D(10), duration_weeks=D(2)))
    second = scores_of(Estimates(cost_of_delay=D(30), duration_weeks=D(2)))
    assert mean_values([first, second, {}]) == {Method.CD3: D(10)}


def test_a_method_is_ranked_over_its_own_and_compared_over_the_shared():
    weighted = {"1": D(90), "2": D(50), "3": D(10)}
    rows = compare("2", weighted, {Method.CD3: {"1": D(1), "2": D(5)}, Method.RICE: {}})
    by = {row.method: row for row in rows}
    assert by[Method.WEIGHTED].placed.place == 2
    assert by[Method.WEIGHTED].agreement is None
    assert (by[Method.CD3].placed.place, by[Method.CD3].items) == (1, 2)
    assert by[Method.CD3].agreement.kendall_tau_b.value == -1
    assert (by[Method.RICE].value, by[Method.RICE].placed, by[Method.RICE].agreement) == (
        None,
        None,
        None,
    )
