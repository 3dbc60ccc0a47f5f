"""Facts gathered set-wise say what the rows say."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import Role
from common.models import RuleSet
from improvements import queries
from improvements.access import get_improvement_for
from improvements.actions import link_project
from improvements.domain.approvals import Office
from improvements.domain.lifecycle import State
from improvements.models import ScoringModel
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import make_score, make_scoring_model, make_shaped
from tests.factories.projects import make_project
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db


@pytest.fixture
def smo():
    return make_person(unit=make_organisation(), role=Role.SMO_LEAD)


@time_machine.travel(dt.datetime(2026, 11, 22, 23, 30, tzinfo=dt.UTC), tick=False)
def test_days_are_local_days_of_the_organisation(smo):
    row = make_shaped(by=smo, service=make_service(unit=smo.unit))
    (inputs,) = queries.health_inputs([row.pk])
    assert inputs.captured_on == inputs.state_since == dt.date(2026, 11, 23)


def test_links_people_and_scores_are_counted(smo):
    make_scoring_model()
    pmo = make_person(unit=smo.unit, role=Role.PMO_LEAD)
    row = make_shaped(by=smo, service=make_service(unit=smo.unit))
    link_project(row, make_project(unit=smo.unit), by=smo, expected=row.version)
    make_score(row, by=pmo, office=Office.PROJECT)
    (inputs,) = queries.health_inputs([row.pk])
    assert (inputs.state, inputs.services, inputs.projects) == (State.SHAPED, 1, 1)
    assert (inputs.has_owner, inputs.has_effort) == (True, True)
    assert not queries.joint_scores([row.pk])[row.pk].is_in
    make_score(row, by=smo, office=Office.SERVICE)
    assert queries.joint_scores([row.pk])[row.pk].is_in


def test_a_page_and_a_sweep_see_the_same_facts(smo):
    row = make_shaped(by=smo, service=make_service(unit=smo.unit))
    loaded = get_improvement_for(smo, row.key)
    live = queries.inputs_of(loaded, services=1, projects=0)
    assert [live] == queries.health_inputs([row.pk])


@pytest.mark.parametrize("many", [1, 3])
def test_the_number_of_statements_is_constant(smo, many):
    make_scoring_model()
    ids = [make_shaped(by=smo, service=make_service(unit=smo.unit)).pk for _ in range(many)]
    with CaptureQueriesContext(connection) as statements:
        assert len(queries.health_inputs(ids)) == many
    assert len(statements) == 1


def test_limits_follow_the_newest_rules():
    assert queries.limits()[0].state_days[State.SHAPED] == 30
    RuleSet.objects.create(
        area="improvements",
        version=1,
        values={"shaped_days": 10, "unknown": 1},
        created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    limits, version = queries.limits()
    assert (limits.state_days[State.SHAPED], version) == (10, "1.1")


def test_without_a_scoring_model_there_are_no_scores(smo):
    ScoringModel.objects.update(is_default=False)
    row = make_shaped(by=smo, service=make_service(unit=smo.unit))
    assert not queries.joint_scores([row.pk])[row.pk].is_in
