"""Standings: what restand writes, skips and reports."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import Role
from improvements.actions import Wish, decide, restand
from improvements.domain.approvals import Deed, Office
from improvements.models import ImprovementStanding
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import make_improvement, make_score, make_scoring_model
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


@pytest.fixture
def smo():
    return make_person(unit=make_organisation(), role=Role.SMO_LEAD)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOW, tick=False):
        yield


def captured(smo):
    return make_improvement(by=smo, service=make_service(unit=smo.unit))


def test_a_new_one_is_judged_and_reported_as_new(smo):
    improvement = captured(smo)
    (change,) = restand(None, as_of=DAY, now=NOW)
    assert (change.subject.id, change.old, change.new) == (improvement.pk, None, "green")
    row = ImprovementStanding.objects.get(improvement=improvement)
    assert (row.overall, row.progress, row.effect, row.age_days) == ("green", "green", None, 0)
    assert row.reasons["progress"][0][0] == "improvements.in_time"


def test_equal_facts_write_nothing(smo):
    captured(smo)
    restand(None, as_of=DAY, now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert restand(None, as_of=DAY, now=NOW) == []
    assert not [q for q in queries if q["sql"].startswith(("INSERT", "UPDATE"))]


def test_time_alone_moves_the_colour(smo):
    improvement = captured(smo)
    restand([improvement.pk], as_of=DAY, now=NOW)
    (change,) = restand([improvement.pk], as_of=DAY + dt.timedelta(days=15), now=NOW)
    assert (change.old, change.new) == ("green", "amber")
    row = ImprovementStanding.objects.get(improvement=improvement)
    assert (row.age_days, row.days_in_state, row.is_late) == (15, 15, True)


def test_a_score_saved_before_the_first_judgement_hides_no_change(smo):
    make_scoring_model()
    improvement = captured(smo)
    make_score(improvement, by=smo, office=Office.SERVICE)
    (change,) = restand(None, as_of=DAY, now=NOW)
    assert (change.old, change.new) == (None, "green")
    assert ImprovementStanding.objects.get(improvement=improvement).has_service_score


def test_what_is_declined_has_no_progress(smo):
    improvement = captured(smo)
    restand(None, as_of=DAY, now=NOW)
    decide(improvement, Wish(deed=Deed.DECLINE, reason="Too small."), by=smo, expected=1)
    restand(None, as_of=DAY, now=NOW)
    row = ImprovementStanding.objects.get(improvement=improvement)
    assert (row.progress, row.effect, row.overall) == (None, None, "grey")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_statements_is_constant(smo, rows):
    for _ in range(rows):
        captured(smo)
    with CaptureQueriesContext(connection) as queries:
        restand(None, as_of=DAY, now=NOW)
    reads = [q for q in queries if q["sql"].startswith("SELECT")]
    # ids, limits, criteria, scores, standings, facts
    assert len(reads) == 6
