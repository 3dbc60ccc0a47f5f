"""Standings: the same judgement as the live page, for many at the price of few."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import Role
from common import clock
from common.models import RuleSet
from common.requirements import post
from common.subjects import Subject
from projects.actions import (
    add_milestone,
    edit_project,
    publish_report,
    restand,
)
from projects.detail import latest_reports
from projects.models import Project, ProjectFigure, ProjectStanding
from projects.queries import health_inputs, inputs_of, newest_figures
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project, make_risk

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 1)


def stand(ids=None, day=DAY):
    return restand(ids, as_of=day, now=clock.now())


@pytest.fixture
def unit():
    return make_unit(parent=make_organisation())


def busy(unit, **values):
    """A project with one of everything that health reads."""
    project = make_project(unit=unit, tier="standard", **values)
    make_risk(project=project, probability=5, consequence=5)
    make_risk(project=project, probability=3, consequence=3)
    make_risk(project=project, probability=5, consequence=5, kind="opportunity")
    make_risk(project=project, probability=5, consequence=5, state="closed")
    add_milestone(project, by=None, name="Late", planned_on=dt.date(2026, 2, 1))
    ProjectFigure.objects.create(
        project=project, on=dt.date(2026, 4, 1), source="x", forecast_cost=Decimal(1_200_000)
    )
    publish_report(
        project,
        {"summary": "x", "lines": {"cost": ("amber", "Claim settled")}},
        by=None,
        on=dt.date(2026, 5, 20),
    )
    post(
        Subject("project", project.pk),
        gate="G2",
        key="receiver",
        state="waived",
        code="x",
        posted_by="test",
        waived_until=dt.date(2026, 5, 1),
    )
    return project


def test_the_page_and_the_roll_up_judge_from_the_same_inputs(unit):
    project = busy(unit)
    (gathered,) = health_inputs([project.pk], DAY)
    row = Project.objects.select_related("unit__root__calendar").get()
    _, lines = latest_reports(row)
    live = inputs_of(
        row,
        milestones=list(row.milestones.all()),
        risks=list(row.risks.all()),
        lines=lines,
        figures=newest_figures(row, DAY),
        as_of=DAY,
    )
    assert live == gathered
    assert (gathered.risks, gathered.risks_above_tolerance, gathered.risks_unacceptable) == (
        4,
        2,
        1,
    )
    assert (gathered.milestones_overdue, gathered.conditions_overdue) == (1, 1)
    assert [said.on for said in gathered.said] == [dt.date(2026, 5, 20), dt.date(2026, 4, 1)]
    assert gathered.report_colour == "red"


def test_a_standing_holds_what_lists_show(unit):
    project = busy(unit, forecast_cost=Decimal(1_080_000))
    stand()
    row = ProjectStanding.objects.get()
    assert (row.project_id, row.overall, row.drag) == (project.pk, "red", "cost")
    assert (row.cost, row.risk, row.governance, row.scope) == ("red", "red", "red", None)
    assert (row.cost_deviation, row.finish_slip_days) == (Decimal("8.0"), 0)
    assert (row.reported, row.reported_on) == ("red", dt.date(2026, 5, 20))
    held, now = row.reasons["cost"]
    assert (held[0], held[1]["on"]) == ("projects.held_cost_red", "2026-04-01")
    assert now == ["projects.cost_over_approved", {"percent": "8.0"}]
    assert not row.hatched


def test_an_unused_dimension_is_null_not_grey(unit):
    make_project(unit=unit, tier="light")
    stand()
    row = ProjectStanding.objects.get()
    assert (row.scope, row.governance) == (None, None)


def test_only_what_moved_is_told_and_only_what_changed_is_written(unit):
    project = make_project(unit=unit)
    (first,) = stand()
    assert (first.subject, first.old, first.new) == (Subject("project", project.pk), None, "green")
    before = ProjectStanding.objects.get().stood_at
    assert stand() == []
    assert ProjectStanding.objects.get().stood_at == before
    edit_project(project, {"forecast_cost": Decimal(1_500_000)}, by=None, version=1)
    (moved,) = stand([project.pk])
    assert (moved.old, moved.new) == ("green", "red")


def test_new_limits_stand_everything_anew(unit):
    make_project(unit=unit, forecast_cost=Decimal(1_040_000))
    stand()
    RuleSet.objects.create(
        area="projects", version=1, values={"cost_green_percent": 1}, created_at=clock.now()
    )
    (moved,) = stand()
    assert moved.new == "amber"
    assert ProjectStanding.objects.get().rule_version == "2.1"


def test_an_expired_difference_no_longer_counts(unit):
    """Thirty days (projects 4.7); the other lines still do."""
    project = make_project(unit=unit, forecast_cost=Decimal(1_080_000))
    publish_report(
        project,
        {"summary": "x", "lines": {"cost": ("red", "It will be worse")}},
        by=make_person(unit=unit, role=Role.PMO_LEAD),
        on=DAY,
    )
    (now,) = health_inputs([project.pk], DAY)
    (later,) = health_inputs([project.pk], DAY + dt.timedelta(days=31))
    assert (now.report_colour, later.report_colour) == ("red", "green")


def test_the_price_does_not_grow_with_the_number(unit):
    few = [busy(unit).pk]
    many = few + [busy(unit).pk for _ in range(4)]
    stand()
    counts = []
    for ids in (few, many):
        with CaptureQueriesContext(connection) as seen:
            assert len(health_inputs(ids, DAY)) == len(ids)
        counts.append(len(seen))
    assert counts == [6, 6]
