"""Scoring blind, and what the scores are made of."""

from decimal import Decimal

import pytest
from django.utils import translation

from accounts.domain.roles import Role
from common import marks
from common.errors import NotAllowed, Refused
from common.models import AuditEvent, ChangeMark
from improvements.actions import CriterionGiven, Rating, score, set_scoring_model
from improvements.domain.approvals import Office
from improvements.models import ImprovementStanding, Score, ScoringModel
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import CRITERIA, make_score, make_scoring_model, make_shaped
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def root():
    make_scoring_model()
    return make_organisation()


@pytest.fixture
def pmo(root):
    return make_person(unit=root, role=Role.PMO_LEAD)


@pytest.fixture
def smo(root):
    return make_person(unit=root, role=Role.SMO_LEAD)


@pytest.fixture
def improvement(root, smo):
    return make_shaped(by=smo, service=make_service(unit=root))


def standing(improvement):
    return ImprovementStanding.objects.get(improvement=improvement)


def test_nothing_is_shown_before_both_offices_have_scored(improvement, pmo, smo):
    make_score(improvement, by=pmo, office=Office.PROJECT)
    row = standing(improvement)
    assert (row.has_project_score, row.has_service_score) == (True, False)
    assert row.project_score is row.score is row.spread_low is None
    make_score(improvement, by=smo, office=Office.SERVICE)
    assert standing(improvement).score is not None


def test_the_figures_can_be_followed_by_hand(improvement, pmo, smo):
    # Weights 2, 1, 1 with the last inverted, scale 0 to 5:
    # project 100 x (2 x 2/5 + 1/5 + (1 - 1/5)) / 4 = 45,
    # service 100 x (2 x 5/5 + 5/5 + 1) / 4 = 100.
    make_score(improvement, by=pmo, office=Office.PROJECT, value=2, urgency=1, risk=1)
    make_score(improvement, by=smo, office=Office.SERVICE, value=5, urgency=5, risk=0)
    row = standing(improvement)
    assert (row.project_score, row.service_score) == (Decimal(45), Decimal(100))
    assert (row.score, row.spread_low, row.spread_high) == (
        Decimal("72.5"),
        Decimal(45),
        Decimal(100),
    )


def test_many_scorers_on_one_side_do_not_outvote_the_other(root, improvement, pmo, smo):
    make_score(improvement, by=smo, office=Office.SERVICE, value=5, urgency=5, risk=0)
    for person in (pmo, make_person(unit=root, role=Role.PROJECT_MANAGER)):
        make_score(improvement, by=person, office=Office.PROJECT, value=0, urgency=0, risk=5)
    assert standing(improvement).score == Decimal(50)


def test_the_law_decides_alone(improvement, pmo, smo):
    make_score(improvement, by=pmo, office=Office.PROJECT, law=5)
    make_score(improvement, by=smo, office=Office.SERVICE, law=5)
    assert standing(improvement).score == Decimal(100)


def test_a_second_rating_replaces_the_first(improvement, pmo):
    make_score(improvement, by=pmo, office=Office.PROJECT, value=1)
    make_score(improvement, by=pmo, office=Office.PROJECT, value=4)
    assert Score.objects.get(improvement=improvement).ratings["value"] == 4


def test_the_trail_gives_no_figure_away_while_the_scoring_is_blind(improvement, pmo, smo):
    make_score(improvement, by=pmo, office=Office.PROJECT, value=1)
    events = AuditEvent.objects.about("improvement", improvement.pk).filter(
        action="improvement.scored"
    )
    assert "ratings" not in events[0].after
    make_score(improvement, by=smo, office=Office.SERVICE)
    make_score(improvement, by=pmo, office=Office.PROJECT, value=4)
    assert events[0].before["ratings"]["value"] == 1


@pytest.mark.parametrize("office", list(Office))
def test_a_reader_scores_for_no_office(root, improvement, office):
    reader = make_person(unit=root, role=Role.IMPROVEMENT_MANAGER)
    with pytest.raises(NotAllowed):
        make_score(improvement, by=reader, office=office)


def test_nobody_scores_for_the_other_office(improvement, pmo):
    with pytest.raises(NotAllowed):
        make_score(improvement, by=pmo, office=Office.SERVICE)


@pytest.mark.parametrize("ratings", [{"value": 6}, {"value": -1}, {"taste": 3}])
def test_ratings_stay_on_the_scale_of_the_model(improvement, pmo, ratings):
    with pytest.raises(Refused):
        score(improvement, Rating(ratings=ratings), office=Office.PROJECT, by=pmo)


@pytest.mark.parametrize(
    ("name", "value"),
    [("impact", Decimal("0.7")), ("confidence", Decimal("1.1")), ("reach", Decimal(-1))],
)
def test_inputs_of_the_other_methods_stay_on_theirs(improvement, pmo, name, value):
    rating = Rating(ratings={"value": 3}, inputs={name: value})
    with pytest.raises(Refused) as refused:
        score(improvement, rating, office=Office.PROJECT, by=pmo)
    assert refused.value.field == name


def test_an_incomplete_ballot_does_not_count_yet(improvement, pmo):
    score(improvement, Rating(ratings={"value": 3}), office=Office.PROJECT, by=pmo)
    assert not standing(improvement).has_project_score


def test_new_weights_mark_what_they_order(improvement, pmo, root, monkeypatch):
    monkeypatch.setitem(marks._CONSUMERS, "test", frozenset({"improvement"}))
    make_score(improvement, by=pmo, office=Office.PROJECT)
    ChangeMark.objects.all().delete()
    admin = make_person(unit=root, role=Role.APP_ADMIN)
    model = set_scoring_model("Test weights", CRITERIA[:2], by=admin)
    assert (model.version, model.criteria.count()) == (2, 2)
    assert ChangeMark.objects.filter(kind="improvement", object_id=improvement.pk).exists()
    assert ScoringModel.objects.filter(is_default=True).get() == model


def test_only_an_administrator_sets_the_weights(pmo):
    with pytest.raises(NotAllowed):
        set_scoring_model("Mine", CRITERIA, by=pmo)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (CRITERIA[3:], "improvements.weights_zero"),
        ((CRITERIA[0], CRITERIA[0]), "improvements.criterion_twice"),
    ],
)
def test_a_model_must_be_able_to_order(given, code):
    with pytest.raises(Refused) as refused:
        set_scoring_model("Broken", given, by=None)
    assert refused.value.code == code


def test_a_criterion_speaks_the_readers_language():
    model = set_scoring_model(
        "Two tongues",
        [CriterionGiven(key="a", label_en="Urgency", label_sv="Brådska", weight=Decimal(1))],
        by=None,
    )
    criterion = model.criteria.get()
    assert criterion.label == "Urgency"
    with translation.override("sv"):
        assert criterion.label == "Brådska"
