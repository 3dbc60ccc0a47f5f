"""Priority matrices: the published ones, and what a matrix must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.priority import (
    DEFAULT_MATRIX,
    ITOP_MATRIX,
    PriorityError,
    PriorityMatrix,
    priority,
)


def value(matrix, impact, urgency):
    return priority(matrix, impact=impact, urgency=urgency).value


@given(st.integers(1, 3), st.integers(1, 3))
def test_the_default_is_impact_plus_urgency_less_one(impact, urgency):
    # services 4.2; agrees with ServiceNow's documented 1/1 -> 1, and impact 2 -> 2.
    assert value(DEFAULT_MATRIX, impact, urgency) == impact + urgency - 1


def test_itop_ships_three_impacts_by_four_urgencies():
    rows = [
        [value(ITOP_MATRIX, impact, urgency) for urgency in range(1, 5)] for impact in (1, 2, 3)
    ]

    assert rows == [[1, 1, 2, 4], [1, 2, 3, 4], [2, 3, 3, 4]]


def test_a_priority_says_which_version_it_was_taken_from():
    taken = priority(PriorityMatrix(key="ours", version=7, rows=((1,),)), impact=1, urgency=1)

    assert (taken.value, taken.matrix_key, taken.matrix_version) == (1, "ours", 7)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((), "matrix_not_rectangular"),
        (((),), "matrix_not_rectangular"),
        (((1, 2), (1,)), "matrix_not_rectangular"),
        (((0,),), "priority_not_positive"),
        (((2, 1),), "matrix_not_ordered"),
        (((2,), (1,)), "matrix_not_ordered"),
    ],
)
def test_what_is_no_matrix_is_refused(rows, code):
    with pytest.raises(PriorityError) as refusal:
        PriorityMatrix(key="a", version=1, rows=rows)

    assert refusal.value.code == code


@given(st.integers(), st.integers(), st.sampled_from([DEFAULT_MATRIX, ITOP_MATRIX]))
def test_any_pair_has_a_priority_or_a_refusal(impact, urgency, matrix):
    if 1 <= impact <= 3 and 1 <= urgency <= len(matrix.rows[0]):
        assert 1 <= value(matrix, impact, urgency) <= 5
        return
    with pytest.raises(PriorityError) as refusal:
        value(matrix, impact, urgency)
    assert refusal.value.code == (
        "urgency_out_of_range" if 1 <= impact <= 3 else "impact_out_of_range"
    )
