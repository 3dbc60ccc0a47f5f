"""Services, outages and readings from files: found again, closed later, taken back."""

import datetime as dt
from decimal import Decimal

import pytest

from common.imports import ImportContext, ImportedRecord
from services.actions.imports import (
    apply_measures,
    apply_outages,
    apply_services,
    compare_measures,
    compare_outages,
    compare_services,
    undo_measures,
    undo_outages,
    undo_services,
)
from services.models import Measure, MeasurePoint, Outage, Service
from tests.factories.accounts import make_organisation, make_unit
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db
DAY = dt.datetime(2026, 11, 16, 8, tzinfo=dt.UTC)


@pytest.fixture
def root():
    return make_organisation()


def context(root, **more):
    return ImportContext(source="file", by=None, root=root, as_of=dt.date(2026, 11, 20), **more)


def record(number="1", row=2, extra=None, **fields):
    return ImportedRecord(row=row, external_id=number, fields=fields, extra=extra or {})


def states(outcomes):
    return [outcome.state for outcome in outcomes]


class TestServices:
    def test_made_in_their_unit_with_what_the_file_leaves_over(self, root):
        unit = make_unit(parent=root, name="Digital")
        row = record(
            "T7",
            name="Payroll",
            unit="digital ",
            tier="1",
            status="retired",
            owner_name="HR",
            extra={"Room": "4"},
        )
        assert states(compare_services([row], context(root))) == ["new"]
        assert not Service.objects.exists()
        (outcome,) = apply_services([row], context(root))
        made = Service.objects.get()
        assert outcome.subject.id == made.pk
        assert (made.unit, made.tier, made.status, made.owner_name, made.extra) == (
            unit,
            1,
            "retired",
            "HR",
            {"Room": "4"},
        )
        assert [entry.status for entry in made.entries.all()] == ["retired"]

    def test_again_is_the_same_and_a_change_is_told(self, root):
        apply_services([record(name="Payroll")], context(root))
        assert states(apply_services([record(name="Payroll")], context(root))) == ["same"]
        (outcome,) = apply_services([record(name="Pay", tier="2")], context(root))
        assert outcome.before == {"name": "Payroll", "tier": 3}
        assert outcome.after == {"name": "Pay", "tier": 2}
        assert Service.objects.get().version == outcome.version == 2

    def test_one_that_stands_already_is_found_by_name(self, root):
        service = make_service(unit=root, name="Payroll")
        assert states(apply_services([record("T7", name="payroll")], context(root))) == ["changed"]
        service.refresh_from_db()
        assert (service.source, service.external_id) == ("file", "T7")

    def test_an_older_file_changes_none(self, root):
        apply_services([record(name="Payroll")], context(root))
        old = [record(name="Old name"), record("2", name="Archive")]
        assert states(apply_services(old, context(root, is_newest=False))) == ["same", "new"]
        assert Service.objects.filter(name="Payroll").exists()

    @pytest.mark.parametrize(
        ("fields", "column", "code"),
        [
            ({"name": ""}, "name", "services.import_name_needed"),
            ({"unit": "Nowhere"}, "unit", "services.import_unit_unknown"),
            ({"status": "gone"}, "status", "services.import_status"),
            ({"tier": "9"}, "tier", "services.import_tier"),
        ],
    )
    def test_refusals_name_their_column(self, root, fields, column, code):
        strict = context(root, creates_parents=False)
        (outcome,) = apply_services([record(**{"name": "Payroll", **fields})], strict)
        assert (outcome.state, outcome.column, outcome.code) == ("refused", column, code)
        assert not Service.objects.exists()

    def test_two_rows_of_one_service_are_taken_once(self, root):
        rows = [record("1", name="Payroll"), record("2", row=3, name="Payroll")]
        assert states(apply_services(rows, context(root))) == ["new", "refused"]

    def test_undo(self, root):
        first = apply_services([record(name="Payroll")], context(root))
        second = apply_services([record(name="Pay")], context(root))
        assert states(undo_services(first, context(root))) == ["refused"]
        assert states(undo_services(second, context(root))) == ["changed"]
        assert Service.objects.get().name == "Payroll"


class TestOutages:
    def outage(self, number="O1", **fields):
        values = {"service": "Web", "starts_at": DAY, "kind": "degraded", **fields}
        return record(number, **values)

    def test_an_open_one_is_closed_by_a_later_file(self, root):
        apply_outages([self.outage()], context(root))
        assert Outage.objects.get().ends_at is None
        ended = self.outage(ends_at=DAY + dt.timedelta(hours=2))
        assert states(compare_outages([ended], context(root))) == ["changed"]
        apply_outages([ended], context(root))
        assert Outage.objects.get().ends_at == DAY + dt.timedelta(hours=2)
        assert states(apply_outages([ended], context(root))) == ["same"]
        # A file that does not know the end does not open it again.
        assert states(apply_outages([self.outage()], context(root))) == ["same"]

    def test_an_older_file_ends_an_open_one_but_changes_nothing_else(self, root):
        apply_outages([self.outage(title="New")], context(root))
        old = self.outage(title="Old", ends_at=DAY + dt.timedelta(hours=1))
        assert states(apply_outages([old], context(root, is_newest=False))) == ["changed"]
        row = Outage.objects.get()
        assert (row.title, row.ends_at) == ("New", DAY + dt.timedelta(hours=1))

    @pytest.mark.parametrize(
        ("fields", "column"),
        [
            ({"starts_at": None}, "starts_at"),
            ({"ends_at": DAY}, "ends_at"),
            ({"kind": "odd"}, "kind"),
        ],
    )
    def test_refusals(self, root, fields, column):
        (outcome,) = apply_outages([self.outage(**fields)], context(root))
        assert (outcome.state, outcome.column) == ("refused", column)

    def test_undo(self, root):
        first = apply_outages([self.outage()], context(root))
        second = apply_outages([self.outage(ends_at=DAY + dt.timedelta(hours=1))], context(root))
        assert states(undo_outages(second, context(root))) == ["changed"]
        assert Outage.objects.get().ends_at is None
        assert states(undo_outages(first, context(root))) == ["refused"]


class TestMeasures:
    def reading(self, number="1", day=16, value="20", **fields):
        values = {
            "service": "Web",
            "measure": "Hours to access",
            "period_on": dt.date(2026, 11, day),
            "value": Decimal(value),
            **fields,
        }
        return record(number, **values)

    def test_the_measure_is_made_and_leads(self, root):
        rows = [self.reading(), self.reading("2", 17, "21", n=40)]
        assert states(compare_measures(rows, context(root))) == ["new", "new"]
        assert states(apply_measures(rows, context(root))) == ["new", "new"]
        measure = Measure.objects.get()
        assert (measure.is_primary, measure.points.count()) == (True, 2)
        assert states(apply_measures(rows, context(root))) == ["same", "same"]

    def test_a_correction_is_a_new_revision_and_undo_brings_the_old_back(self, root):
        apply_measures([self.reading()], context(root))
        outcomes = apply_measures([self.reading(value="19")], context(root))
        assert states(outcomes) == ["changed"]
        assert MeasurePoint.objects.get(is_current=True).revision == 2
        assert states(undo_measures(outcomes, context(root))) == ["changed"]
        assert MeasurePoint.objects.get(is_current=True).value == 20

    def test_an_unknown_service_is_refused_where_none_may_be_made(self, root):
        (outcome,) = apply_measures([self.reading()], context(root, creates_parents=False))
        assert (outcome.state, outcome.column) == ("refused", "service")
        assert not MeasurePoint.objects.exists()
