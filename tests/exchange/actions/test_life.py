"""An import's life beneath the pages: staged, written in slices, killed, resumed, undone."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import time_machine
from django.db import connection, connections

from accounts.domain.roles import Role
from accounts.models import Assignment, Unit, User
from common import jobs
from common.errors import NotAllowed, Refused
from common.models import AuditEvent, Job
from exchange.actions import Until, begin, confirm, end_here, go_on, prepare, start_undo
from exchange.actions.doors import DOORS, Door
from exchange.actions.pace import ChunkSize
from exchange.domain.kinds import Kind
from exchange.mappings import mapping_text
from exchange.models import ImportBatch, StagedRow
from exchange.templates import OWN_LISTS, columns_to_fill, example_row
from projects.actions import edit_project
from projects.models import Project, ProjectFigure
from services.models import Incident, Service
from tests.factories.accounts import make_organisation, make_person
from tests.factories.exchange import PROJECTS, TICKETS, imported, staged

pytestmark = pytest.mark.django_db

LOG = """kind = "tickets"
mode = "log"
[cells]
zone = "UTC"
[key]
columns = "ticket"
[fields]
service = "system"
opened_at = "created"
status = { column = "state", word = "status_word" }
status_at = "changed"
[create]
services = true
"""
EVENTS = """ticket,changed,state,system,created
T1,2026-03-05 09:02,new,Payroll,2026-03-05 09:01
T2,2026-03-05 09:30,new,E-mail,2026-03-05 09:29
T1,2026-03-05 11:00,resolved,Payroll,2026-03-05 09:01
T2,2026-03-05 10:00,lost,E-mail,2026-03-05 09:29
T1,2026-03-05 09:40,on_hold,Payroll,2026-03-05 09:01
"""


def job_of(batch, deed="apply"):
    return ImportBatch.objects.get(pk=batch.pk).job


def one_at_a_time(monkeypatch):
    """Write one record a transaction."""
    monkeypatch.setattr(ChunkSize, "__init__", lambda self: setattr(self, "size", 1))
    monkeypatch.setattr(ChunkSize, "learn", lambda self, seconds, written: None)


def undone(batch):
    jobs.run_to_end(start_undo(batch, by=None))
    return ImportBatch.objects.get(pk=batch.pk)


def test_rows_of_one_ticket_need_not_be_adjacent_nor_in_order(organisation):
    batch = imported(EVENTS, root=organisation, kind=Kind.TICKETS, mapping=("log", LOG))
    assert (batch.rows, batch.new, batch.refused) == (5, 2, 1)
    incident = Incident.objects.get(external_id="T1")
    assert [span.status for span in incident.spans.order_by("starts_at")] == [
        "new",
        "on_hold",
        "resolved",
    ]
    assert incident.service.name == "Payroll"
    assert Incident.objects.get(external_id="T2").state == "new"
    (fault,) = StagedRow.objects.filter(batch=batch, outcome="refused")
    assert (fault.row, fault.reasons[0][0]) == (5, "state")


def test_a_longer_log_brings_only_what_is_new(organisation):
    more = (
        "T1,2026-03-06 08:00,closed,Payroll,2026-03-05 09:01\n"
        "T3,2026-03-06 08:00,new,E-mail,2026-03-06 07:59\n"
    )
    imported(EVENTS, root=organisation, kind=Kind.TICKETS, mapping=("log", LOG))
    again = imported(EVENTS, root=organisation, kind=Kind.TICKETS, mapping=("log", LOG))
    longer = imported(EVENTS + more, root=organisation, kind=Kind.TICKETS, mapping=("log", LOG))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert (longer.new, longer.changed, longer.same) == (1, 1, 1)
    assert Service.objects.count() == 2
    undone(longer)
    assert Incident.objects.get(external_id="T1").state == "resolved"
    assert not Incident.objects.filter(external_id="T3").exists()


def test_a_ticket_without_a_service_belongs_to_unassigned(organisation):
    imported(TICKETS, root=organisation, kind=Kind.TICKETS)
    places = Incident.objects.order_by("external_id").values_list("service__name", flat=True)
    assert list(places) == ["E-mail", "Unassigned"]


def test_the_same_file_again_is_all_same(organisation):
    imported(root=organisation)
    again = imported(root=organisation)
    assert (again.new, again.changed, again.same, again.refused) == (0, 0, 3, 0)
    assert Project.objects.count() == 3


def test_an_older_file_leaves_the_present_alone_in_either_order(organisation):
    old = PROJECTS.replace("Permit portal", "Old portal").replace("green", "red")
    imported(root=organisation, as_of=dt.date(2026, 6, 30))
    imported(old, root=organisation, as_of=dt.date(2025, 6, 30))
    project = Project.objects.get(external_id="A1")
    assert project.name == "Permit portal"
    said = dict(ProjectFigure.objects.filter(project=project).values_list("on", "reported_colour"))
    assert said == {dt.date(2026, 6, 30): "green", dt.date(2025, 6, 30): "red"}


def test_an_undone_import_no_longer_counts_as_the_newest(organisation):
    newest = imported(root=organisation, as_of=dt.date(2026, 6, 30))
    undone(newest)
    imported(PROJECTS, root=organisation, as_of=dt.date(2025, 6, 30))
    later = PROJECTS.replace("Permit portal", "Portal two")
    imported(later, root=organisation, as_of=dt.date(2025, 7, 30))
    assert Project.objects.get(external_id="A1").name == "Portal two"


def test_a_key_twice_in_a_file_counts_once(organisation):
    batch = imported(PROJECTS + "A1;Another;;;;;\n", root=organisation)
    assert (batch.new, batch.refused) == (3, 1)
    assert Project.objects.get(external_id="A1").name == "Permit portal"
    (row,) = StagedRow.objects.filter(outcome="refused")
    assert (row.row, row.reasons[0][1:]) == (5, ["exchange.twice_in_file", {"key": "A1", "row": 2}])


def test_a_record_that_fails_does_not_lose_the_others(organisation, monkeypatch):
    door = DOORS[Kind.PROJECTS]

    def apply(records, context):
        if any(record.external_id == "A2" for record in records):
            raise ValueError("no column holds this")
        return door.apply(records, context)

    monkeypatch.setitem(DOORS, Kind.PROJECTS, Door(door.compare, apply, door.undo))
    batch = imported(root=organisation)
    assert (batch.new, batch.refused) == (2, 1)
    assert set(Project.objects.values_list("external_id", flat=True)) == {"A1", "A3"}
    row = StagedRow.objects.get(external_id="A2")
    assert row.reasons[0][1:] == ["exchange.record_failed", {"error": "ValueError"}]


def test_an_import_that_is_killed_goes_on_where_it_stood(organisation, monkeypatch):
    one_at_a_time(monkeypatch)
    batch = staged(root=organisation)
    job = confirm(batch, by=None)
    door, calls = DOORS[Kind.PROJECTS], []

    def apply(records, context):
        calls.append([record.external_id for record in records])
        if len(calls) == 2:
            raise KeyboardInterrupt  # as a worker falls: nothing is tidied up after it
        return door.apply(records, context)

    monkeypatch.setitem(DOORS, Kind.PROJECTS, Door(door.compare, apply, door.undo))
    taken = jobs.take()
    with pytest.raises(KeyboardInterrupt):
        jobs.run_slice(taken)
    assert Project.objects.count() == 1
    job.refresh_from_db()
    assert (job.state, job.done) == ("running", 1)
    with time_machine.travel(dt.datetime.now(dt.UTC) + jobs.LEASE * 2, tick=False):
        again = jobs.take()
        assert again.pk == job.pk
        jobs.run_slice(again)
    batch.refresh_from_db()
    assert (batch.state, batch.new) == ("done", 3)
    assert calls == [["A1"], ["A2"], ["A2"], ["A3"]]
    assert AuditEvent.objects.filter(action="project.imported").count() == 3


def test_reading_goes_on_where_it_stopped(organisation):
    import io

    batch = begin(
        io.BytesIO(PROJECTS.encode()),
        kind=Kind.PROJECTS,
        mapping=mapping_text("projects"),
        root=organisation,
        by=None,
        file_name="list.csv",
        is_kept=True,
    )
    over = Until(-1)
    for _turn in range(5):
        if prepare(batch, over):
            break
    assert (batch.state, batch.rows, batch.new) == ("staged", 3, 3)
    assert StagedRow.objects.filter(batch=batch).count() == 3


def test_a_stopped_import_goes_on_or_ends_and_can_be_undone(organisation, monkeypatch):
    one_at_a_time(monkeypatch)
    monkeypatch.setattr(jobs, "SLICE_SECONDS", -1)
    batch = staged(root=organisation)
    job = confirm(batch, by=None)
    jobs.run_slice(jobs.take())
    with pytest.raises(Refused, match="goes on"):
        go_on(batch, by=None)
    Job.objects.filter(pk=job.pk).update(state="stopped")
    ended = end_here(batch, by=None)
    assert (ended.state, ended.new, Project.objects.count()) == ("done", 3, 1)
    assert undone(ended).undone == 1
    assert not Project.objects.exists()


def test_a_stopped_import_goes_on(organisation, monkeypatch):
    one_at_a_time(monkeypatch)
    batch = staged(root=organisation)
    with monkeypatch.context() as short:
        short.setattr(jobs, "SLICE_SECONDS", -1)
        job = confirm(batch, by=None)
        jobs.run_slice(jobs.take())
    Job.objects.filter(pk=job.pk).update(state="stopped")
    jobs.run_to_end(go_on(batch, by=None))
    batch.refresh_from_db()
    assert (batch.state, Project.objects.count()) == ("done", 3)


def test_undo_keeps_what_somebody_has_changed_since(organisation):
    batch = imported(root=organisation)
    project = Project.objects.get(external_id="A2")
    edit_project(project, {"forecast_cost": 90}, by=None, version=project.version)
    after = undone(batch)
    assert (after.state, after.undone, after.kept) == ("undone", 2, 1)
    assert list(Project.objects.values_list("external_id", flat=True)) == ["A2"]
    assert StagedRow.objects.get(undo="kept").reasons[0][1] == "projects.undo_moved_on"


def test_undo_is_for_a_day(organisation):
    batch = imported(root=organisation)
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)
    with time_machine.travel(tomorrow), pytest.raises(Refused, match="for one day"):
        start_undo(batch, by=None)


def test_one_batch_event_and_an_item_for_each_record(organisation, pmo):
    batch = imported(root=organisation, by=pmo)
    assert batch.event.action == "import.confirmed"
    assert batch.event.actor == pmo
    items = AuditEvent.objects.filter(batch=batch.event)
    assert sorted(items.values_list("action", flat=True)) == ["project.imported"] * 3


def test_what_must_not_leave_the_file_is_kept_nowhere(organisation):
    toml = 'kind = "projects"\ndropped = ["Phone"]\n[key]\ncolumns = "N"\n[fields]\nname = "P"\n'
    batch = staged("N;P;Phone\n1;;555\n2;B;556\n", root=organisation, mapping=("own", toml))
    kept = str(list(StagedRow.objects.values())) + str(batch.columns)
    assert "555" not in kept
    assert "Phone" not in kept


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("kind", list(Kind))
def test_every_table_to_fill_in_comes_in_as_it_is(organisation, kind, language):
    if kind is Kind.MEASURES or kind is Kind.OUTAGES:
        for name in ("E-mail", "E-post"):
            imported(f"Number;Service\n{name};{name}\n", root=organisation, kind=Kind.SERVICES)
    columns = columns_to_fill(kind, language)
    row = example_row(columns, kind, language)
    text = ";".join(columns) + "\n" + ";".join(row) + "\n"
    batch = imported(text, root=organisation, kind=kind, mapping=OWN_LISTS[language][kind])
    assert (batch.new, batch.refused, batch.partly) == (1, 0, 0), list(
        StagedRow.objects.filter(batch=batch).values_list("reasons", flat=True)
    )
    again = imported(text, root=organisation, kind=kind, mapping=OWN_LISTS[language][kind])
    assert (again.new, again.same) == (0, 1)


# --- People and units ----------------------------------------------------------------------------

UNITS = (
    "Unit;Belongs to\nRoads;Technical\nTechnical;\nNordvik;\n"
    "Loop A;Loop B\nLoop B;Loop A\nOdd;Nowhere\n"
)
PEOPLE = (
    "Name;Email;Unit;Role\n"
    "Anna Berg;Anna.Berg@example.org;Roads;project_manager\n"
    "Bo Ek;;Technical;\n"
    "Cy Dal;cy@example.org;Roads;king\n"
)


def test_units_come_in_whatever_their_order_and_go_again(organisation):
    batch = imported(UNITS, root=organisation, kind=Kind.UNITS)
    assert (batch.new, batch.same, batch.refused) == (2, 1, 3)
    roads, technical = Unit.objects.get(name="Roads"), Unit.objects.get(name="Technical")
    assert roads.parent == technical
    assert roads.path.startswith(technical.path)
    assert technical.path.startswith(organisation.path)
    again = imported(UNITS, root=organisation, kind=Kind.UNITS)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    assert undone(batch).undone == 2
    assert Unit.objects.count() == 1


def test_a_unit_moves_when_a_later_file_says_so(organisation):
    imported(UNITS, root=organisation, kind=Kind.UNITS)
    moved = imported("Unit;Belongs to\nRoads;Nordvik\n", root=organisation, kind=Kind.UNITS)
    assert moved.changed == 1
    assert Unit.objects.get(name="Roads").parent == organisation
    undone(moved)
    assert Unit.objects.get(name="Roads").parent.name == "Technical"


def test_people_come_in_without_a_log_in_and_with_their_roles(organisation):
    imported(UNITS, root=organisation, kind=Kind.UNITS)
    batch = imported(PEOPLE, root=organisation, kind=Kind.PEOPLE)
    assert (batch.new, batch.refused) == (2, 1)
    anna = User.objects.get(email="anna.berg@example.org")
    assert (anna.get_full_name(), anna.username, anna.unit.name) == (
        "Anna Berg",
        "anna.berg",
        "Roads",
    )
    assert not anna.has_usable_password()
    assert [one.role for one in anna.assignments.all()] == ["project_manager"]
    again = imported(PEOPLE, root=organisation, kind=Kind.PEOPLE)
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert undone(batch).undone == 2
    assert not User.objects.exists()
    assert not Assignment.objects.exists()


def test_a_lead_gives_no_role_above_the_own_side(organisation, pmo):
    text = "Name;Email;Role\nA B;a@example.org;app_admin\nC D;c@example.org;project manager\n"
    batch = imported(text, root=organisation, by=pmo, kind=Kind.PEOPLE)
    assert (batch.new, batch.refused) == (1, 1)
    assert not Assignment.objects.filter(role="app_admin").exists()


def test_who_only_owns_records_brings_in_no_people(organisation):
    person = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    with pytest.raises(NotAllowed):
        staged(PEOPLE, root=organisation, by=person, kind=Kind.PEOPLE)


def test_two_organisations_with_one_mapping_never_meet_each_others_records(organisation):
    other = make_organisation(name="Sydvik")
    imported(root=organisation)
    batch = imported(PROJECTS.replace("Permit portal", "Another portal"), root=other)
    assert (batch.new, batch.changed, batch.same) == (3, 0, 0)
    assert Project.objects.get(name="Permit portal").unit == organisation
    assert Project.objects.get(name="Another portal").unit == other
    assert imported(root=organisation).same == 3
    assert imported(PROJECTS, root=other).changed == 1


_WITHOUT_UNITS = """kind = "projects"
[key]
columns = "Number"
[fields]
name = "Project"
"""


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_what_both_name_only_once(organisation, monkeypatch):
    text = "Number;Project;Unit\n" + "".join(f"{n};P{n};Unit {n % 7}\n" for n in range(30))
    imported(text.replace("Unit ", ""), root=organisation, mapping=("projects", _WITHOUT_UNITS))
    ours = [staged(text, root=organisation), staged(text, root=organisation)]
    door, side_by_side = DOORS[Kind.PROJECTS], threading.Barrier(2)

    def apply(records, context):
        with suppress(threading.BrokenBarrierError):  # only one of them is here, as it should be
            side_by_side.wait(2)
        return door.apply(records, context)

    monkeypatch.setitem(DOORS, Kind.PROJECTS, Door(door.compare, apply, door.undo))

    def write(job):
        try:
            jobs.run_to_end(job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, [confirm(batch, by=None) for batch in ours]))
    assert Project.objects.count() == 30
    assert Unit.objects.filter(parent=organisation).count() == 7
