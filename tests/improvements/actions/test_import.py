"""Improvements from a file: compared, applied, read again, taken back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.domain.roles import Role
from common import audit
from common.imports import ImportContext, ImportedRecord
from common.models import AuditEvent
from improvements.actions import edit
from improvements.actions.imports import (
    apply_improvements,
    compare_improvements,
    undo_improvements,
)
from improvements.domain.approvals import Office
from improvements.models import Improvement
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.improvements import make_score, make_scoring_model
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
AS_OF = dt.date(2026, 11, 20)


@pytest.fixture
def root():
    return make_organisation()


@pytest.fixture
def smo(root):
    return make_person(unit=root, role=Role.SMO_LEAD)


@pytest.fixture
def context(root, smo):
    batch = audit.record_batch("import.applied", by=smo, items=[])
    return ImportContext(source="ideas", by=smo, root=root, as_of=AS_OF, batch=batch)


def record(number="1", *, row=2, extra=None, **fields):
    fields.setdefault("title", f"Idea {number}")
    return ImportedRecord(row=row, external_id=number, fields=fields, extra=extra or {})


@transaction.atomic
def apply(records, context):
    return apply_improvements(records, context)


def states(outcomes):
    return [outcome.state for outcome in outcomes]


def test_a_record_becomes_a_captured_improvement(root, context):
    unit = make_unit(parent=root)
    make_service(unit=unit, name="Identity and access")
    said = record(
        service="identity  AND access",
        problem="It takes 4 days.",
        origin="audit",
        owner_name="A. Owner",
        effort_days=Decimal("12.5"),
        extra={"Category": "IT"},
    )
    assert states(compare_improvements([said], context)) == ["new"]
    assert not Improvement.objects.exists()
    (outcome,) = apply([said], context)
    row = Improvement.objects.get()
    assert (outcome.state, outcome.subject.id, outcome.version) == ("new", row.pk, 1)
    assert (row.state, row.unit, row.origin) == ("captured", unit, "audit")
    assert (row.respond_by, row.proposed_by, row.effort_days) == (None, None, Decimal("12.5"))
    assert row.captured_at == dt.datetime(2026, 11, 20, 11, tzinfo=dt.UTC)
    assert row.service_links.get().is_primary
    assert row.extra == {"Category": "IT"}
    item = AuditEvent.objects.about("improvement", row.pk).get()
    assert (item.action, item.batch) == ("improvement.imported", context.batch)


def test_the_same_file_again_changes_nothing(context):
    records = [record("1", effort_days=Decimal("3.25")), record("2", row=3)]
    apply(records, context)
    assert states(compare_improvements(records, context)) == ["same", "same"]
    events = AuditEvent.objects.count()
    assert states(apply(records, context)) == ["same", "same"]
    assert AuditEvent.objects.count() == events
    assert set(Improvement.objects.values_list("version", flat=True)) == {1}


def test_a_changed_record_is_one_audit_line(context):
    apply([record(problem="Slow.")], context)
    (outcome,) = apply([record(problem="Very slow.")], context)
    assert (outcome.state, outcome.version) == ("changed", 2)
    assert (outcome.before, outcome.after) == ({"problem": "Slow."}, {"problem": "Very slow."})


def test_what_was_worked_out_here_is_not_overwritten(context, smo):
    apply([record(effort_days=Decimal(5))], context)
    row = Improvement.objects.get()
    edit(row, {"effort_days": Decimal(8)}, by=smo, expected=1)
    assert states(apply([record(effort_days=Decimal(6))], context)) == ["same"]
    row.refresh_from_db()
    assert row.effort_days == Decimal(8)


def test_an_older_file_makes_new_ones_and_changes_none(root, smo, context):
    apply([record(problem="New words.")], context)
    older = ImportContext(
        source="ideas", by=smo, root=root, as_of=AS_OF, is_newest=False, batch=context.batch
    )
    outcomes = apply([record(problem="Old words."), record("2", row=3)], older)
    assert states(outcomes) == ["same", "new"]
    assert Improvement.objects.get(external_id="1").problem == "New words."


@pytest.mark.parametrize(
    ("fields", "column", "code"),
    [
        ({"title": " "}, "title", "title_missing"),
        ({"effort_days": Decimal(-1)}, "effort_days", "effort_negative"),
    ],
)
def test_a_refused_row_says_which_field_and_why(context, fields, column, code):
    (outcome,) = compare_improvements([record(**fields)], context)
    assert (outcome.state, outcome.column) == ("refused", column)
    assert outcome.code == f"improvements.import.{code}"
    apply([record(**fields)], context)
    assert not Improvement.objects.exists()


def test_a_number_that_stands_twice_comes_in_once(context):
    assert states(apply([record("1"), record("1", row=3)], context)) == ["new", "refused"]


def test_words_we_cannot_place_are_kept(root, context):
    apply([record(service="Nowhere", origin="brainwave")], context)
    row = Improvement.objects.get()
    assert (row.unit, row.origin) == (root, "import")
    assert row.extra == {"service": "Nowhere", "origin": "brainwave"}
    assert not row.service_links.exists()


def test_who_imports_for_their_own_imports_nothing_else(root, context):
    owner = make_person(unit=root, role=Role.SERVICE_OWNER)
    make_service(unit=root, name="Mine", owner=owner)
    make_service(unit=root, name="Theirs")
    own = ImportContext(source="ideas", by=owner, root=root, as_of=AS_OF, batch=context.batch)
    outcomes = compare_improvements(
        [record("1", service="Mine"), record("2", service="Theirs"), record("3")], own
    )
    assert states(outcomes) == ["new", "refused", "refused"]


def test_undo_puts_back_what_nobody_has_touched(context):
    first = apply([record("1", problem="Slow."), record("2", row=3)], context)
    second = apply([record("1", problem="Very slow.")], context)
    with transaction.atomic():
        assert states(undo_improvements(second, context)) == ["changed"]
    assert Improvement.objects.get(external_id="1").problem == "Slow."
    with transaction.atomic():
        # The first has moved on by the second import and its undo; the second one goes.
        assert states(undo_improvements(first, context)) == ["refused", "new"]
    assert Improvement.objects.get().external_id == "1"


def test_what_has_been_scored_is_kept(context, smo, root):
    make_scoring_model()
    outcomes = apply([record(service="Mine")], context)
    make_score(Improvement.objects.get(), by=smo, office=Office.SERVICE)
    with transaction.atomic():
        (answer,) = undo_improvements(outcomes, context)
    assert (answer.state, answer.code) == ("refused", "improvements.import.moved_on")
    assert Improvement.objects.exists()


def test_the_number_of_statements_is_constant(root, context):
    make_service(unit=root, name="Mine")

    def counted(numbers):
        records = [record(str(n), row=n, service="Mine") for n in numbers]
        with CaptureQueriesContext(connection) as queries:
            apply(records, context)
        return len(queries)

    counted([0])  # reads the importer's rights, once a request
    assert counted([1]) == counted(range(10, 30))
