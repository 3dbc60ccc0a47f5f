"""Tickets: rows and logs become incidents with history and clocks, however files are cut."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.imports import ImportContext, ImportedRecord
from common.models import AuditEvent
from services.actions.imports import apply_tickets, compare_tickets, undo_tickets
from services.domain.histories import merge
from services.domain.incidents import Step
from services.explain import explain_clock
from services.models import Incident, Service, StatusSpan
from tests.factories.accounts import make_calendar, make_organisation
from tests.factories.services import make_agreement, make_service

pytestmark = pytest.mark.django_db
#: Monday 08:00 in Stockholm, winter time
MONDAY = dt.datetime(2026, 11, 16, 7, 0, tzinfo=dt.UTC)


def at(hours):
    return MONDAY + dt.timedelta(hours=hours)


def context(root, **more):
    return ImportContext(source="desk", by=None, root=root, as_of=dt.date(2026, 11, 20), **more)


def ticket(number="INC1", row=2, **fields):
    values = {"service": "E-mail", "opened_at": at(0), "priority": 3, **fields}
    return ImportedRecord(row=row, external_id=number, fields=values)


LOG = [
    ("new", at(0), False, "New"),
    ("in_progress", at(1), False, "Active"),
    ("on_hold", at(2), True, "Awaiting User Info"),
    ("in_progress", at(5), False, "Active"),
    ("resolved", at(6), False, "Resolved"),
    ("closed", at(30), False, "Closed"),
]


@pytest.fixture
def root():
    return make_organisation(calendar=make_calendar())


def spans(incident):
    return [
        (span.status, span.is_paused, span.starts_at, span.ends_at) for span in incident.spans.all()
    ]


def test_a_log_becomes_spans_and_a_clock(root):
    service = make_service(unit=root, name="E-mail")
    make_agreement(service=service, hours={3: 3})
    (outcome,) = apply_tickets([ticket(history=LOG, resolved_at=at(6))], context(root))
    incident = Incident.objects.get()
    assert (outcome.state, outcome.subject.id) == ("new", incident.pk)
    assert (incident.service, incident.state) == (service, "closed")
    assert spans(incident)[2] == ("on_hold", True, at(2), at(5))
    assert spans(incident)[-1] == ("closed", False, at(30), None)
    # 08-10 and 13-14 counted, 10-13 waited: three hours, exactly the target (rule R6)
    assert (incident.business_seconds, incident.wall_seconds, incident.met) == (
        3 * 3600,
        6 * 3600,
        True,
    )
    assert incident.due_at == at(6)
    assert incident.responded_at == at(1)


def test_a_log_tells_when_the_priority_changed(root):
    service = make_service(unit=root, name="E-mail")
    make_agreement(service=service, hours={2: 4, 3: 16}, change_mode="restart")
    log = [
        ("new", at(0), False, "New", 3),
        ("new", at(1), False, "New", 2),
        ("resolved", at(4), False, "Resolved", 2),
    ]
    apply_tickets([ticket(history=log, priority=2)], context(root))
    incident = Incident.objects.get()
    # A clock of an hour for priority 3, and one of three hours for priority 2.
    page = explain_clock(incident, at(99))
    runs = [(row.run.priority, row.run.elapsed_seconds) for row in page.runs]
    assert runs == [(3, 3600), (2, 3 * 3600)]
    assert (incident.responded_at, incident.met) == (at(4), True)
    (outcome,) = apply_tickets([ticket(history=log, priority=2)], context(root))
    assert outcome.state == "same"


def test_the_same_file_again_changes_nothing(root):
    make_service(unit=root, name="E-mail")
    records = [ticket(history=LOG), ticket("INC2", row=9, resolved_at=at(3), status="resolved")]
    apply_tickets(records, context(root))
    before = list(StatusSpan.objects.values_list("pk", "status", "starts_at"))
    assert [o.state for o in compare_tickets(records, context(root))] == ["same", "same"]
    assert [o.state for o in apply_tickets(records, context(root))] == ["same", "same"]
    assert list(StatusSpan.objects.values_list("pk", "status", "starts_at")) == before
    assert Incident.objects.get(external_id="INC1").version == 1


@pytest.mark.parametrize("cut", range(1, len(LOG)))
def test_a_log_cut_into_two_files_gives_the_same_spans(root, cut):
    apply_tickets([ticket(history=LOG)], context(root))
    whole = spans(Incident.objects.get())
    Incident.objects.all().delete()
    apply_tickets([ticket(history=LOG[:cut])], context(root))
    (outcome,) = apply_tickets([ticket(history=LOG[cut:])], context(root))
    assert outcome.state == "changed"
    assert spans(Incident.objects.get()) == whole


_STEPS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["new", "in_progress", "on_hold", "resolved"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=200)
@given(steps=_STEPS, cut=st.integers(0, 12))
def test_a_longer_history_includes_the_shorter(steps, cut):
    told = [Step(at(hour), status, is_paused=paused) for hour, status, paused in sorted(steps)]
    whole = merge((), told)
    assert merge(merge((), told[:cut]), told) == whole
    assert merge(whole, told) == whole
    assert merge(whole, whole) == whole


def test_unknown_services_are_made_where_the_file_may(root):
    apply_tickets([ticket(service="Payroll"), ticket("INC2", service="payroll ")], context(root))
    made = Service.objects.get()
    assert (made.name, made.unit, made.status, made.source) == (
        "Payroll",
        root,
        "operational",
        "desk",
    )
    assert made.incidents.count() == 2


def test_else_they_go_to_the_unassigned_service(root):
    outcomes = apply_tickets(
        [ticket(service="Payroll"), ticket("INC2", service="")],
        context(root, creates_parents=False),
    )
    assert [o.state for o in outcomes] == ["new", "new"]
    assert Service.objects.get().is_unassigned
    assert Incident.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "column", "code"),
    [
        ({"opened_at": None}, "opened_at", "services.import_no_opening"),
        ({"resolved_at": at(-1)}, "resolved_at", "services.import_resolved_first"),
        ({"priority": 6}, "priority", "services.import_priority"),
    ],
)
def test_what_cannot_be_is_refused_with_its_column(root, fields, column, code):
    (outcome,) = apply_tickets([ticket(**fields)], context(root))
    assert (outcome.state, outcome.column, outcome.code) == ("refused", column, code)
    assert not Incident.objects.exists()


def test_a_number_given_twice_is_taken_once(root):
    outcomes = apply_tickets([ticket(), ticket(row=3)], context(root))
    assert [o.state for o in outcomes] == ["new", "refused"]


def test_an_older_file_adds_history_but_changes_no_field(root):
    apply_tickets([ticket(history=LOG, category="Mail", priority=2)], context(root))
    old = ticket(history=[("on_hold", at(0.5), True, "Waiting")], category="Old", priority=5)
    (outcome,) = apply_tickets([old], context(root, is_newest=False))
    incident = Incident.objects.get()
    assert outcome.state == "changed"
    assert (incident.category, incident.priority, incident.state) == ("Mail", 2, "closed")
    assert incident.spans.count() == len(LOG) + 1


class TestRows:
    def test_an_open_row_that_later_ends(self, root):
        apply_tickets([ticket(status="on_hold")], context(root))
        assert Incident.objects.get().state == "on_hold"
        apply_tickets([ticket(status="closed", resolved_at=at(4), closed_at=at(8))], context(root))
        incident = Incident.objects.get()
        assert (incident.state, incident.resolved_at, incident.closed_at) == (
            "closed",
            at(4),
            at(8),
        )
        assert [status for status, *_ in spans(incident)] == ["new", "resolved", "closed"]

    def test_another_priority_holds_from_when_it_was_seen(self, root):
        service = make_service(unit=root, name="E-mail")
        make_agreement(service=service, hours={1: 4, 3: 16}, change_mode="restart")
        apply_tickets([ticket(status="in_progress")], context(root))
        apply_tickets([ticket(status="in_progress", priority=1)], context(root))
        again = apply_tickets([ticket(status="in_progress", priority=1)], context(root))
        assert [outcome.state for outcome in again] == ["same"]
        incident = Incident.objects.get()
        told = [(span.status, span.priority) for span in incident.spans.order_by("id")]
        assert told == [("new", 3), ("in_progress", 1)]
        page = explain_clock(incident, at(24 * 30))
        assert [row.run.priority for row in page.runs] == [3, 1]

    def test_another_priority_of_one_that_is_over_holds_from_its_end(self, root):
        over = {"status": "resolved", "resolved_at": at(2)}
        apply_tickets([ticket(**over)], context(root))
        apply_tickets([ticket(**over, priority=2)], context(root))
        incident = Incident.objects.get()
        told = [(span.starts_at, span.priority) for span in incident.spans.order_by("id")]
        assert told == [(at(0), 3), (at(2), 2)]
        assert (incident.state, incident.priority) == ("resolved", 2)

    def test_a_step_after_the_end_means_it_was_reopened(self, root):
        apply_tickets([ticket(history=LOG[:5], resolved_at=at(6))], context(root))
        reopened = [*LOG[:5], ("in_progress", at(20), False, "Active")]
        apply_tickets([ticket(history=reopened, resolved_at=at(6))], context(root))
        incident = Incident.objects.get()
        assert (incident.state, incident.resolved_at, incident.met) == ("in_progress", None, None)

    def test_a_cancelled_incident_is_not_judged(self, root):
        service = make_service(unit=root, name="E-mail")
        make_agreement(service=service, hours={3: 1})
        apply_tickets([ticket(status="cancelled", closed_at=at(8))], context(root))
        assert Incident.objects.get().met is None


class TestUndo:
    def test_a_new_incident_goes_with_its_history(self, root):
        outcomes = apply_tickets([ticket(history=LOG)], context(root))
        (answer,) = undo_tickets(outcomes, context(root))
        assert answer.state == "changed"
        assert not Incident.objects.exists()
        assert not StatusSpan.objects.exists()

    def test_a_changed_one_is_as_it_was(self, root):
        apply_tickets([ticket(history=LOG[:2], category="Mail")], context(root))
        before = spans(Incident.objects.get())
        outcomes = apply_tickets([ticket(history=LOG, category="Other")], context(root))
        undo_tickets(outcomes, context(root))
        incident = Incident.objects.get()
        assert (incident.category, incident.state, incident.resolved_at) == (
            "Mail",
            "in_progress",
            None,
        )
        assert spans(incident) == before

    def test_what_has_moved_on_stays(self, root):
        first = apply_tickets([ticket(history=LOG[:2])], context(root))
        apply_tickets([ticket(history=LOG)], context(root))
        (answer,) = undo_tickets(first, context(root))
        assert (answer.state, answer.code) == ("refused", "services.import_moved_on")
        assert Incident.objects.get().state == "closed"


def test_a_chunk_is_one_batch_with_an_item_each(root):
    batch = AuditEvent.objects.create(at=MONDAY, action="import", kind="", object_id=None)
    apply_tickets([ticket(), ticket("INC2")], context(root, batch=batch))
    assert AuditEvent.objects.filter(batch=batch).count() == 2


@pytest.mark.parametrize("count", [2, 20])
def test_statements_do_not_grow_with_the_chunk(root, count, django_assert_num_queries):
    make_agreement(service=make_service(unit=root, name="E-mail"))
    records = [ticket(f"INC{n}", history=LOG) for n in range(count)]
    apply_tickets([ticket("INC0", history=LOG)], context(root))
    changed = [ticket(f"INC{n}", history=LOG, category="New") for n in range(count)]
    apply_tickets(records, context(root))
    with django_assert_num_queries(9):
        apply_tickets(changed, context(root))
