"""Projects from a register: the seam of common/imports.py, kept by the projects app."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import Role
from accounts.models import Unit
from common.errors import Refused
from common.imports import ImportContext, ImportedRecord
from common.models import AuditEvent
from projects.actions import (
    apply_projects,
    compare_projects,
    edit_project,
    undo_project,
)
from projects.models import Milestone, Project, ProjectFigure
from tests.factories.accounts import make_organisation, make_person, make_unit

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 6, 30)


def record(number="A1", row=2, **fields):
    """A record as a register gives it."""
    filled = {"name": "Permit portal", "approved_budget": Decimal("100.00")} | fields
    return ImportedRecord(row=row, external_id=number, fields=filled, extra={"Region": "North"})


def context(root, **more):
    """An import of the register on the last of June."""
    return ImportContext(**{"source": "register", "by": None, "root": root, "as_of": DAY} | more)


def apply(records, where):
    """Import as exchange does: one transaction for the chunk."""
    with transaction.atomic():
        return apply_projects(records, where)


@pytest.fixture
def root():
    return make_organisation()


def test_a_new_record_becomes_a_project_that_the_source_owns(root):
    outcomes = apply(
        [
            record(
                unit="Roads",
                type="IT",
                phase="on_hold",
                reported_colour="red",
                reported_word="Critical",
                planned_finish_on=dt.date(2026, 12, 1),
                milestones=[("Gate 1", dt.date(2026, 2, 1), None), ("Gate 2", None, None)],
            )
        ],
        context(root),
    )
    project = Project.objects.get()
    assert [one.state for one in outcomes] == ["new"]
    assert outcomes[0].subject.id == project.pk
    assert outcomes[0].version == project.version == 1
    assert (project.name, project.unit.name, project.overlay) == (
        "Permit portal",
        "Roads",
        "on_hold",
    )
    assert project.unit.parent == root
    assert project.project_type.name == "IT"
    assert {"name", "unit", "approved_budget"} <= project.owned_by_source
    assert project.extra == {"Region": "North"}
    figure = ProjectFigure.objects.get()
    assert (figure.on, figure.source, figure.reported_colour) == (DAY, "register", "red")
    assert (figure.reported_word, figure.forecast_finish_on) == ("Critical", dt.date(2026, 12, 1))
    assert [m.name for m in Milestone.objects.all()] == ["Gate 1"]


def test_the_preview_says_what_the_import_does_and_writes_nothing(root):
    records = [record(), record("A2", 3, name=""), record("A3", 4, unit="Nowhere")]
    where = context(root, creates_parents=False)
    preview = compare_projects(records, where)
    assert not Project.objects.exists()
    assert not Unit.objects.filter(name="Nowhere").exists()
    outcomes = apply(records, where)
    assert [one.state for one in preview] == [one.state for one in outcomes]
    assert [(one.state, one.column, one.code) for one in outcomes] == [
        ("new", "", ""),
        ("refused", "name", "projects.import_name_missing"),
        ("refused", "unit", "projects.import_unit_unknown"),
    ]


def test_the_same_file_again_changes_nothing(root):
    records = [record(milestones=[("Gate 1", dt.date(2026, 2, 1), None)], unit="Roads")]
    apply(records, context(root))
    before = Project.objects.values().get() | {"seen_at": None}
    events = AuditEvent.objects.filter(kind="project").count()
    outcomes = apply(records, context(root))
    assert [one.state for one in outcomes] == ["same"]
    assert Project.objects.values().get() | {"seen_at": None} == before
    assert AuditEvent.objects.filter(kind="project").count() == events
    assert ProjectFigure.objects.count() == Milestone.objects.count() == 1


def test_a_change_counts_the_version_up_and_names_both_values(root):
    apply([record(purpose="Old")], context(root))
    (outcome,) = apply([record(purpose="New")], context(root, as_of=DAY + dt.timedelta(days=30)))
    assert (outcome.state, outcome.version) == ("changed", 2)
    assert (dict(outcome.before), dict(outcome.after)) == ({"purpose": "Old"}, {"purpose": "New"})
    event = AuditEvent.objects.filter(kind="project").latest("id")
    assert event.action == "project.imported"
    assert (event.before, event.after) == ({"purpose": "Old"}, {"purpose": "New"})
    assert event.batch is not None


def test_the_original_approval_is_never_rewritten(root):
    apply([record()], context(root))
    apply([record(approved_budget=Decimal("140.00"))], context(root))
    project = Project.objects.get()
    assert project.approved_budget == Decimal("100.00")
    assert project.current_budget == Decimal("140.00")


def test_an_older_file_writes_dated_facts_only(root):
    apply([record(forecast_cost=Decimal("120.00"))], context(root))
    project = Project.objects.get()
    older = context(root, as_of=dt.date(2025, 6, 30), is_newest=False)
    (outcome,) = apply(
        [record(name="Old name", forecast_cost=Decimal("90.00"), reported_colour="green")], older
    )
    after = Project.objects.get()
    assert (after.name, after.forecast_cost, after.version) == (
        project.name,
        Decimal("120.00"),
        project.version,
    )
    assert outcome.state == "changed"
    figure = ProjectFigure.objects.get(on=dt.date(2025, 6, 30))
    assert (figure.forecast_cost, figure.reported_colour) == (Decimal("90.00"), "green")


def test_undo_takes_back_what_nobody_has_touched_since(root):
    (made,) = apply([record()], context(root))
    (changed,) = apply([record(purpose="New", milestones=[("Gate 1", DAY, None)])], context(root))
    undo_project(changed.subject, changed.before, changed.after, changed.version, None)
    project = Project.objects.get()
    assert (project.purpose, project.version) == ("", 3)
    assert not Milestone.objects.exists()
    with pytest.raises(Refused, match="left as it is"):
        undo_project(made.subject, made.before, made.after, made.version, None)


def test_undo_removes_a_project_that_the_import_made(root):
    (made,) = apply([record()], context(root))
    undo_project(made.subject, made.before, made.after, made.version, None)
    assert not Project.objects.exists()
    assert AuditEvent.objects.filter(action="project.import_undone").exists()
    (again,) = apply([record()], context(root))
    assert again.state == "new"


def test_a_person_cannot_change_what_the_source_keeps(root):
    apply([record()], context(root))
    project = Project.objects.get()
    with pytest.raises(Refused, match="name: kept by the system"):
        edit_project(project, {"name": "Mine"}, by=None, version=project.version)
    project = Project.objects.get()
    edit_project(project, {"forecast_cost": Decimal("90.00")}, by=None, version=project.version)
    assert Project.objects.get().forecast_cost == Decimal("90.00")


def test_a_person_imports_only_where_the_role_reaches(root):
    here, there = make_unit(parent=root, name="Here"), make_unit(parent=root, name="There")
    person = make_person(unit=here, role=Role.PMO_LEAD)
    outcomes = apply(
        [record("A1", unit="Here"), record("A2", 3, unit="There")], context(root, by=person)
    )
    assert [(one.state, one.code) for one in outcomes] == [
        ("new", ""),
        ("refused", "projects.import_not_yours"),
    ]
    assert not Project.objects.filter(unit=there).exists()


def test_an_amount_no_column_can_hold_is_refused_not_thrown(root):
    (outcome,) = apply([record(forecast_cost=Decimal("1e17"))], context(root))
    assert (outcome.state, outcome.column) == ("refused", "forecast_cost")


def statements(count, root, source):
    """How many statements an import of that many known projects takes."""
    records = [record(f"N{n}", n, forecast_cost=Decimal(n)) for n in range(count)]
    changed = [record(f"N{n}", n, forecast_cost=Decimal(n + 1)) for n in range(count)]
    apply(records, context(root, source=source))
    with CaptureQueriesContext(
        connection,
    ) as seen:
        apply(changed, context(root, source=source))
    return len(seen)


def test_a_chunk_costs_the_same_whatever_its_size(root):
    few, many = statements(2, root, "a"), statements(20, root, "b")
    assert few == many
