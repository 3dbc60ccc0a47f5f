"""Two offices, one score: blind, balanced, with a band. Source: bridge 6.1."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from improvements.domain.approvals import Office
from improvements.domain.joint_score import Ballot, joint
from improvements.domain.weighting import Criterion

CRITERIA = (
    Criterion(key="value", weight=Decimal(2), highest=Decimal(5)),
    Criterion(key="urgency", weight=Decimal(1), highest=Decimal(5)),
)


def ballot(scorer, office, value, urgency):
    return Ballot(
        scorer=scorer,
        office=office,
        ratings={"value": Decimal(value), "urgency": Decimal(urgency)},
    )


@pytest.mark.parametrize(
    "ballots",
    [
        [],
        [ballot(1, Office.PROJECT, 3, 3)],
        [ballot(1, Office.PROJECT, 3, 3), ballot(2, Office.PROJECT, 5, 5)],
    ],
)
def test_one_side_alone_shows_nothing(ballots):
    score = joint(CRITERIA, ballots)
    assert not score.is_in
    assert (score.gap, score.low, score.differs_on) == (None, None, ())


def test_gap_band_and_what_they_differ_on():
    score = joint(CRITERIA, [ballot(1, Office.PROJECT, 2, 2), ballot(2, Office.SERVICE, 5, 3)])
    # 100 x (2 x .4 + .4) / 3 = 40 and 100 x (2 x 1 + .6) / 3 = 86.67
    assert score.project == Decimal(40)
    assert round(score.service, 2) == Decimal("86.67")
    assert round(score.gap, 2) == Decimal("46.67")
    assert score.is_wide
    assert [(d.key, d.points) for d in score.differs_on] == [
        ("value", Decimal(60)),
        ("urgency", Decimal(20)),
    ]


def test_ratings_of_criteria_the_model_has_lost_are_ignored():
    old = Ballot(
        scorer=1,
        office=Office.PROJECT,
        ratings={"value": Decimal(5), "urgency": Decimal(5), "gone": Decimal(1)},
    )
    assert joint(CRITERIA, [old, ballot(2, Office.SERVICE, 5, 5)]).score == Decimal(100)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Office)), st.integers(0, 5), st.integers(0, 5)),
        max_size=8,
    )
)
def test_the_score_stands_within_its_band(rows):
    ballots = [ballot(i, office, v, u) for i, (office, v, u) in enumerate(rows)]
    score = joint(CRITERIA, ballots)
    assert score.is_in == ({office for office, _, _ in rows} == set(Office))
    if score.is_in:
        # Thirds are kept to 28 digits; the last one may round up.
        last = Decimal("1e-20")
        assert score.low - last <= score.score <= score.high + last
        assert -last <= score.gap <= score.high - score.low + last
