"""Writes to projects: who may, what is refused, what is left behind."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.domain.roles import Role
from common.errors import NotAllowed, Refused, Stale
from common.models import AuditEvent, ChangeMark
from projects.actions import (
    add_issue,
    add_milestone,
    archive_project,
    change_overlay,
    change_phase,
    create_project,
    edit_issue,
    edit_milestone,
    edit_project,
    edit_risk,
    publish_report,
    remove_milestone,
    restore_project,
    turn_risk_into_issue,
)
from projects.models import Issue, Milestone, Project, ProjectFigure, Risk, StatusReport
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project, make_project_type, make_risk

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    return make_organisation()


@pytest.fixture
def unit(org):
    return make_unit(parent=org)


@pytest.fixture
def pm(unit):
    return make_person(unit=unit, role=Role.PROJECT_MANAGER)


@pytest.fixture
def lead(org):
    return make_person(unit=org, role=Role.PMO_LEAD)


@pytest.fixture
def reader(org):
    return make_person(unit=org, role=Role.EXECUTIVE)


@pytest.fixture
def project(unit, pm):
    return make_project(unit=unit, manager=pm, phase="planning")


def facts(unit, **more):
    return {
        "name": "New",
        "unit": unit,
        "project_type": make_project_type(),
        "tier": "light",
    } | more


# --- Create and edit ----------------------------------------------------------------------------


def test_a_project_manager_creates_a_project_of_their_own(unit, pm):
    project = create_project(facts(unit, manager=pm), by=pm)
    event = AuditEvent.objects.get(kind="project")
    assert (event.action, event.object_id, event.actor) == ("project.created", project.pk, pm)
    assert event.after["name"] == "New"


def test_creating_marks_the_project_for_the_roll_up(unit, lead):
    project = create_project(facts(unit), by=lead)
    assert ChangeMark.objects.filter(consumer="standing", kind="project", object_id=project.pk)


def test_a_project_manager_does_not_create_for_somebody_else(unit, pm, lead):
    with pytest.raises(NotAllowed, match="manage yourself"):
        create_project(facts(unit, manager=lead), by=pm)
    assert not Project.objects.exists()


def test_nobody_places_a_project_where_the_role_does_not_reach(pm):
    with pytest.raises(NotAllowed, match="Choose another unit"):
        create_project(facts(make_organisation(), manager=pm), by=pm)


def test_a_reader_creates_nothing(unit, reader):
    with pytest.raises(NotAllowed):
        create_project(facts(unit), by=reader)


@pytest.mark.parametrize(
    ("values", "field", "said"),
    [
        ({"name": "  "}, "name", "Give it a name"),
        (
            {"starts_on": dt.date(2026, 5, 1), "planned_finish_on": dt.date(2026, 4, 1)},
            "planned_finish_on",
            "2026-04-01 lies before the start 2026-05-01",
        ),
        ({"actual_finish_on": dt.date(2099, 1, 1)}, "actual_finish_on", "not come yet"),
        ({"forecast_cost": Decimal(-1)}, "forecast_cost", "cannot be negative"),
    ],
)
def test_what_cannot_be_is_refused_on_its_field(unit, values, field, said):
    with pytest.raises(Refused, match=said) as refused:
        create_project(facts(unit, **values), by=None)
    assert refused.value.field == field
    assert not Project.objects.exists()


def test_an_edit_is_logged_with_both_values(project, pm):
    edit_project(project, {"name": "Renamed", "tier": "light"}, by=pm, version=project.version)
    event = AuditEvent.objects.latest("id")
    assert event.after == {"name": "Renamed"}
    assert Project.objects.get().version == 2


def test_a_second_saver_is_told_and_nothing_is_overwritten(project, pm, lead):
    edit_project(project, {"name": "Theirs"}, by=lead, version=1)
    mine = Project.objects.get()
    with pytest.raises(Stale) as stale:
        edit_project(mine, {"name": "Mine"}, by=pm, version=1)
    assert stale.value.current.name == "Theirs"
    assert Project.objects.get().name == "Theirs"


def test_moving_a_project_needs_the_right_at_both_ends(project, org, lead):
    elsewhere = make_organisation()
    with pytest.raises(NotAllowed):
        edit_project(project, {"unit": elsewhere}, by=lead, version=1)
    assert Project.objects.get().unit != elsewhere


def test_the_original_approval_is_never_rewritten(project, lead):
    """Re-baselining never hides the original approval (DESIGN section 6)."""
    with pytest.raises(Refused, match="original approval stays"):
        edit_project(project, {"approved_budget": Decimal(9)}, by=lead, version=1)


def test_whoever_manages_does_not_enter_the_approval(unit, pm, lead):
    project = make_project(unit=unit, manager=pm, approved_budget=None)
    with pytest.raises(NotAllowed):
        edit_project(project, {"approved_budget": Decimal(9)}, by=pm, version=1)
    project = Project.objects.get()
    edit_project(project, {"approved_budget": Decimal(9)}, by=lead, version=1)
    assert Project.objects.get().approved_budget == Decimal(9)


def test_an_archived_project_stays_as_it_was(project, pm):
    with pytest.raises(Refused, match="Give a reason"):
        archive_project(project, by=pm, version=1, reason=" ")
    archive_project(project, by=pm, version=1, reason="Merged into another")
    with pytest.raises(NotAllowed, match="archived"):
        edit_project(Project.objects.get(), {"name": "x"}, by=pm, version=2)


# --- Moves --------------------------------------------------------------------------------------


def test_the_first_approval_fixes_the_original(unit, pm, lead):
    project = make_project(
        unit=unit, manager=pm, phase="planning", baseline_finish_on=None, approved_budget=None
    )
    moved = change_phase(project, "executing", by=lead, version=1)
    assert moved.baseline_finish_on == moved.planned_finish_on == dt.date(2026, 10, 30)
    assert moved.approved_budget == Decimal("1000000.00")
    assert moved.actual_start_on is not None
    event = AuditEvent.objects.latest("id")
    assert (event.before["phase"], event.after["phase"]) == ("planning", "executing")


def test_whoever_manages_prepares_and_does_not_approve(unit, org):
    both = make_person(unit=org, role=Role.PMO_LEAD)
    project = make_project(unit=unit, manager=both, phase="planning")
    with pytest.raises(NotAllowed, match="cannot approve it yourself"):
        change_phase(project, "executing", by=both, version=1)


def test_a_small_organisation_may_relax_that_and_the_record_says_so(unit, org):
    both = make_person(unit=org, role=Role.PMO_LEAD)
    type(org).objects.filter(pk=org.pk).update(is_small=True)
    project = make_project(unit=unit, manager=both, phase="planning")
    change_phase(project, "executing", by=both, version=1)
    assert AuditEvent.objects.latest("id").after["self_approved"] is True


def test_missing_evidence_is_named_in_words(unit, lead):
    project = make_project(
        unit=unit, phase="planning", tier="standard", planned_finish_on=None, current_budget=None,
        approved_budget=None,
    )  # fmt: skip
    with pytest.raises(Refused, match="a planned finish, a budget, at least one assessed risk"):
        change_phase(project, "executing", by=lead, version=1)
    assert Project.objects.get().phase == "planning"


def test_on_hold_nothing_moves_until_it_runs_again(project, pm, lead):
    held = change_overlay(project, "on_hold", by=pm, version=1, reason="Supplier changed")
    assert held.overlay == "on_hold"
    with pytest.raises(Refused, match="on hold"):
        change_phase(held, "executing", by=lead, version=2)
    running = change_overlay(held, "running", by=pm, version=2, reason="Signed")
    assert (running.overlay, running.version) == ("", 3)
    assert AuditEvent.objects.latest("id").note == "Signed"


def test_a_stopped_project_closes_with_a_reason(project, pm, lead):
    stopped = change_overlay(project, "stopped", by=lead, version=1, reason="No longer needed")
    closing = change_phase(stopped, "closing", by=pm, version=2)
    with pytest.raises(Refused, match="Give a reason"):
        change_phase(closing, "closed", by=lead, version=3)
    closed = change_phase(
        closing, "closed", by=lead, version=3, reason="Sunk 0,2 Mkr; lessons kept"
    )
    assert (closed.phase, closed.overlay) == ("closed", "stopped")


def test_two_movers_do_not_both_move(project, lead):
    change_phase(project, "executing", by=lead, version=1)
    with pytest.raises(Stale):
        change_phase(project, "closing", by=lead, version=1)


# --- Milestones, risks, issues ------------------------------------------------------------------


def test_a_milestone_keeps_the_day_it_first_promised(project, pm):
    row = add_milestone(project, by=pm, name="Go-live", planned_on=dt.date(2026, 3, 1))
    edit_milestone(row, by=pm, version=1, name="Go-live", planned_on=dt.date(2026, 4, 1))
    row = Milestone.objects.get()
    assert (row.baseline_on, row.planned_on) == (dt.date(2026, 3, 1), dt.date(2026, 4, 1))
    with pytest.raises(Refused, match="already a milestone"):
        add_milestone(project, by=pm, name="Go-live", planned_on=dt.date(2026, 5, 1))
    remove_milestone(row, by=pm)
    assert AuditEvent.objects.latest("id").before["name"] == "Go-live"


def test_a_risk_that_comes_true_goes_on_as_an_issue(project, pm):
    risk = make_risk(project=project, title="Supplier leaves", response="Second source", owner=pm)
    issue = turn_risk_into_issue(risk, by=pm, version=1)
    assert Risk.objects.get().state == "happened"
    assert (issue.title, issue.resolution, issue.owner, issue.risk_id) == (
        "Supplier leaves",
        "Second source",
        pm,
        risk.pk,
    )
    with pytest.raises(Refused, match="Only an open risk"):
        turn_risk_into_issue(Risk.objects.get(), by=pm, version=2)


def test_a_reader_changes_no_risk_issue_or_milestone(project, reader):
    risk = make_risk(project=project)
    issue = add_issue(project, {"title": "x"}, by=None)
    for write in (
        lambda: edit_risk(risk, {"title": "y"}, by=reader, version=1),
        lambda: edit_issue(issue, {"title": "y"}, by=reader, version=1),
        lambda: add_issue(project, {"title": "y"}, by=reader),
        lambda: add_milestone(project, by=reader, name="y", planned_on=dt.date(2026, 1, 1)),
        lambda: publish_report(project, {"summary": "y"}, by=reader),
    ):
        with pytest.raises(NotAllowed):
            write()
    assert Issue.objects.get().title == "x"
    assert not Milestone.objects.exists()
    assert not StatusReport.objects.exists()


def test_a_granted_budget_is_the_offices_to_change(unit, pm, lead):
    """A manager proposes a budget; once one is approved, more of it is granted (trust B4)."""
    project = make_project(unit=unit, manager=pm, phase="planning", approved_budget=None)
    edit_project(project, {"current_budget": Decimal(900_000)}, by=pm, version=1)
    change_phase(project, "executing", by=lead, version=2, reason="")
    project = Project.objects.select_related("unit__root").get()
    assert project.approved_budget == Decimal(900_000)
    with pytest.raises(NotAllowed, match="project office grants"):
        edit_project(project, {"current_budget": Decimal(1_900_000)}, by=pm, version=3)
    project.refresh_from_db()
    edit_project(project, {"forecast_cost": Decimal(1_900_000)}, by=pm, version=3)
    edit_project(project, {"current_budget": Decimal(1_900_000)}, by=lead, version=4)
    project.refresh_from_db()
    assert (project.approved_budget, project.current_budget) == (
        Decimal(900_000),
        Decimal(1_900_000),
    )


def test_an_archived_project_can_be_put_back_with_a_reason(project, lead, reader):
    archive_project(project, by=lead, version=1, reason="Registered twice")
    with pytest.raises(Refused, match="reason"):
        restore_project(project, by=lead, version=2, reason=" ")
    with pytest.raises(NotAllowed):
        restore_project(project, by=reader, version=2, reason="Wrong one")
    restore_project(project, by=lead, version=2, reason="Wrong one")
    assert Project.objects.current().get() == project
    event = AuditEvent.objects.latest("id")
    assert (event.action, event.note) == ("project.restored", "Wrong one")
    edit_project(project, {"name": "Alive"}, by=lead, version=3)


# --- Reports ------------------------------------------------------------------------------------


def test_a_report_is_frozen_with_figures_and_measured_colours(project, pm):
    make_risk(project=project)
    report = publish_report(
        project,
        {"summary": "It goes.", "lines": {"cost": ("amber", "A claim is coming")}},
        by=pm,
        on=dt.date(2026, 6, 1),
    )
    edit_project(Project.objects.get(), {"forecast_cost": Decimal(5)}, by=pm, version=1)
    report = StatusReport.objects.get(pk=report.pk)
    assert report.figures["forecast_cost"] == "1000000.00"
    assert (report.reported, report.measured) == ("amber", "green")
    line = report.lines.get(dimension="cost")
    assert (line.measured, line.reported, line.expires_on) == (
        "green",
        "amber",
        dt.date(2026, 7, 1),
    )
    assert line.why == [["projects.cost_even_approved", {"percent": "0.0"}]]
    assert ProjectFigure.objects.get(source="").reported_colour == "amber"


def test_a_difference_without_a_reason_is_refused_on_its_field(project, pm):
    with pytest.raises(Refused, match="why you judge it differently") as refused:
        publish_report(project, {"summary": "x", "lines": {"cost": ("amber", "")}}, by=pm)
    assert refused.value.field == "reason_cost"
    with pytest.raises(Refused, match="one step at most"):
        publish_report(project, {"summary": "x", "lines": {"cost": ("red", "Feels bad")}}, by=pm)
    assert not StatusReport.objects.exists()


def test_only_the_newest_report_counts(project, pm):
    publish_report(project, {"summary": "One"}, by=pm, on=dt.date(2026, 5, 1))
    publish_report(project, {"summary": "Two"}, by=pm, on=dt.date(2026, 6, 1))
    assert StatusReport.objects.get(is_newest=True).summary == "Two"
    with pytest.raises(Refused, match="2026-06-01"):
        publish_report(project, {"summary": "Three"}, by=pm, on=dt.date(2026, 5, 15))


def test_a_report_long_overdue_is_measured_as_the_writer_is_heard(project, pm):
    """Publishing ends the silence: what is measured that day is not "no report"."""
    Project.objects.filter(pk=project.pk).update(created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
    report = publish_report(project, {"summary": "Back again"}, by=pm, on=dt.date(2026, 6, 1))
    assert report.lines.get(dimension="cost").measured == "green"
