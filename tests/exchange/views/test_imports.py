"""Imports in the browser, from the file to the report, and everything that goes wrong."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from common.jobs import run_to_end
from common.models import Job
from exchange.domain.kinds import Kind
from exchange.models import ImportBatch, ImportFile, StagedRow
from projects.models import Project
from services.models import Incident
from tests.factories.accounts import make_person, make_unit
from tests.factories.exchange import PROJECTS, TICKETS, imported, packed, staged, table, workbook

pytestmark = pytest.mark.django_db
UPLOAD = "/exchange/new/"


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def post_file(client, root, file, *, kind="projects", mapping="projects", **more):
    return client.post(
        UPLOAD,
        {"kind": kind, "organisation": root.pk, "file": file, "mapping": mapping, **more},
    )


def work():
    """Do what a worker would."""
    for job in Job.objects.filter(state="queued"):
        run_to_end(job)


def test_the_whole_way(organisation, pmo):
    client = client_of(pmo)
    page = client.get(f"{UPLOAD}?kind=projects")
    assert page.status_code == 200
    assert "Own list of projects" in page.text

    answer = post_file(client, organisation, table(), as_of="2026-06-30")
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("exchange:detail", args=[batch.pk]))
    assert (batch.state, batch.new, batch.as_of.isoformat()) == ("staged", 3, "2026-06-30")
    assert not Project.objects.exists()
    assert not ImportFile.objects.exists()

    preview = client.get(answer.url)
    assert "Nothing is written yet." in preview.text
    assert "Permit portal" in preview.text

    client.post(reverse("exchange:confirm", args=[batch.pk]))
    running = client.get(answer.url)
    assert "You may leave this page" in running.text
    work()
    batch.refresh_from_db()
    assert (batch.state, Project.objects.count()) == ("done", 3)
    report = client.get(answer.url)
    assert "The file is imported." in report.text
    assert "/projects/PRJ-" in report.text

    client.post(reverse("exchange:undo", args=[batch.pk]))
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.undone, batch.kept) == ("undone", 3, 0)
    assert not Project.objects.exists()
    assert "3 records were taken back." in client.get(answer.url).text
    assert batch.file_name in client.get("/exchange/").text


def test_progress_asks_the_page_to_load_anew_when_the_work_is_over(organisation, pmo):
    batch = imported(root=organisation, by=pmo)
    answer = client_of(pmo).get(
        reverse("exchange:detail", args=[batch.pk]),
        headers={"HX-Request": "true", "HX-Target": "import-progress"},
    )
    assert answer["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"Number;Project\n", "has a header but no rows"),
        (b"%PDF-1.7 not a table", "This is not a table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"Number;Project\nA1;\x00\n", "characters that no text has"),
        (b'Number;Project\nA1;"never closed\n', "never closed"),
        (b"Colour;Weight\nred;12\n", "lacks columns that the mapping reads: Project"),
        (b"\x1f\x8b\x08\x00broken", "packed file is damaged"),
        (b"PK\x03\x04broken", "workbook is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_the_form(organisation, pmo, content, said):
    answer = post_file(client_of(pmo), organisation, SimpleUploadedFile("x.csv", content))
    assert answer.status_code == 422
    assert said in answer.text
    assert ImportBatch.objects.get().state == "failed"
    assert not Project.objects.exists()


def test_a_bomb_and_a_dtd_are_refused_before_they_are_read(organisation, pmo):
    base = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
    bomb = workbook(base | {"xl/worksheets/sheet1.xml": b"0" * 30_000_000})
    dtd = workbook(base | {"xl/worksheets/sheet1.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"})
    for content, said in ((bomb, "only harmful ones do"), (dtd, "document type declaration")):
        answer = post_file(client_of(pmo), organisation, SimpleUploadedFile("x.xlsx", content))
        assert answer.status_code == 422
        assert said in answer.text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_swedish_letters_come_in_from_every_encoding(organisation, pmo, encoding):
    text = "Projektnummer;Projektnamn\n1;Åtgärda överfarten\n"
    post_file(client_of(pmo), organisation, table(text, encoding=encoding), mapping="projekt")
    assert StagedRow.objects.get().record["f"]["name"] == "Åtgärda överfarten"


def test_a_packed_file_comes_in(organisation, pmo):
    post_file(client_of(pmo), organisation, SimpleUploadedFile("x.csv.gz", packed(PROJECTS)))
    assert ImportBatch.objects.get().new == 3


def test_a_mapping_of_ones_own(organisation, pmo):
    toml = 'kind = "projects"\n[key]\ncolumns = "Id"\n[fields]\nname = "Namn"\n'
    answer = post_file(
        client_of(pmo),
        organisation,
        table("Id;Namn\n7;Nytt bad\n"),
        own_mapping=table(toml, name="bad.toml"),
    )
    assert answer.status_code == 303
    assert (ImportBatch.objects.get().mapping, ImportBatch.objects.get().source) == ("bad", "bad")


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("kind = ", "not valid TOML"),
        (
            'kind = "tickets"\n[key]\ncolumns = "N"\n[fields]\nservice = "S"\nopened_at = "O"\n',
            "reads tickets",
        ),
        ('kind = "projects"\n[fields]\nnmae = "N"\n', "Known is: name"),
    ],
)
def test_a_wrong_mapping_is_told_at_its_field(organisation, pmo, toml, said):
    answer = post_file(
        client_of(pmo), organisation, table(), own_mapping=table(toml, name="own.toml")
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert not ImportBatch.objects.exists()


def test_a_mapping_that_does_not_ship_cannot_be_named(organisation, pmo):
    answer = post_file(client_of(pmo), organisation, table(), mapping="/etc/passwd")
    assert answer.status_code == 422
    assert not ImportBatch.objects.exists()


def test_another_currency_is_refused(organisation, pmo):
    answer = post_file(client_of(pmo), organisation, table(), mapping="gmpp-uk-2018")
    assert answer.status_code == 422
    assert "amounts are never converted" in answer.text


def test_a_file_over_the_limit_is_dropped_and_told(organisation, pmo, settings):
    settings.UPLOAD_LIMIT_BYTES = 1000
    answer = post_file(client_of(pmo), organisation, table("Number;Project\n" + "x" * 200_000))
    assert answer.status_code == 422
    assert "larger than" in answer.text
    assert not ImportBatch.objects.exists()


def test_a_large_file_is_read_by_a_worker(organisation, pmo, monkeypatch):
    monkeypatch.setattr("exchange.views.reading.READ_AT_ONCE_SECONDS", -1.0)
    answer = post_file(client_of(pmo), organisation, table())
    batch = ImportBatch.objects.get()
    assert (answer.status_code, batch.state) == (303, "reading")
    assert "Being read" in client_of(pmo).get(answer.url).text
    work()
    batch.refresh_from_db()
    assert (batch.state, batch.rows, batch.new) == ("staged", 3, 3)


def test_the_same_post_twice_begins_one_import(organisation, pmo):
    key = "6a0f4b1e-6f7f-4f5e-9d39-0b6b8f6f8d01"
    first = post_file(client_of(pmo), organisation, table(), form_key=key)
    second = post_file(client_of(pmo), organisation, table(), form_key=key)
    assert first.url == second.url
    assert ImportBatch.objects.count() == 1


def test_two_tabs_confirm_once(organisation, pmo):
    batch = staged(root=organisation, by=pmo)
    client, url = client_of(pmo), reverse("exchange:confirm", args=[batch.pk])
    client.post(url, {"form_key": "6a0f4b1e-6f7f-4f5e-9d39-0b6b8f6f8d01"})
    answer = client.post(url, {"form_key": "6a0f4b1e-6f7f-4f5e-9d39-0b6b8f6f8d02"}, follow=True)
    assert Job.objects.count() == 1
    assert "Somebody else was faster" in answer.text


def test_discarding_writes_nothing_and_ends_the_matter(organisation, pmo):
    batch = staged(root=organisation, by=pmo)
    client = client_of(pmo)
    client.post(reverse("exchange:discard", args=[batch.pk]))
    client.post(reverse("exchange:confirm", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "discarded"
    assert not Job.objects.exists()


def test_refused_rows_come_back_with_their_cells_and_the_reason(organisation, pmo):
    text = (
        "Number;Project;Start;Region\nA1;=Portal;5/3/2026;North\nA2;;2026-01-01;South\nA3;Good;;\n"
    )
    batch = staged(text, root=organisation, by=pmo)
    assert (batch.new, batch.refused, batch.partly) == (2, 1, 1)
    answer = client_of(pmo).get(reverse("exchange:refused_rows", args=[batch.pk]))
    body = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert body[0] == "Number;Project;Start;Region;Row in the file;Reason"
    assert body[1].startswith("A1;'=Portal;5/3/2026;North;2;")
    assert "can mean" in body[1]
    assert body[2].startswith("A2;;2026-01-01;South;3;Project: The cell is empty")
    assert len(body) == 3


def test_the_preview_filters_by_outcome(organisation, pmo):
    imported(root=organisation, by=pmo)
    batch = staged(PROJECTS.replace("Road lights", "Street lights"), root=organisation, by=pmo)
    url = reverse("exchange:detail", args=[batch.pk])
    page = client_of(pmo).get(url, {"outcome": "changed"})
    assert "Road lights → Street lights" in page.text
    assert "Permit portal" not in page.text


def test_a_stranger_sees_nothing_of_it(organisation, pmo, stranger):
    batch = staged(root=organisation, by=pmo)
    client = client_of(stranger)
    for name in ("detail", "refused_rows"):
        assert client.get(reverse(f"exchange:{name}", args=[batch.pk])).status_code == 404
    for name in ("confirm", "discard", "undo", "go_on", "end"):
        assert client.post(reverse(f"exchange:{name}", args=[batch.pk])).status_code == 404
    assert batch.file_name not in client.get("/exchange/").text
    answer = post_file(client, organisation, table())
    assert answer.status_code == 422
    assert ImportBatch.objects.count() == 1


def test_who_may_not_import_finds_no_page(organisation):
    reader = make_person(unit=organisation, role=Role.EXECUTIVE)
    client = client_of(reader)
    assert client.get("/exchange/").status_code == 404
    assert client.get(UPLOAD).status_code == 404
    assert "/exchange/" not in client.get("/").text


def test_a_project_manager_may_not_bring_in_people(organisation):
    person = make_person(unit=organisation, role=Role.PROJECT_MANAGER)
    page = client_of(person).get(f"{UPLOAD}?kind=people")
    assert "Projects" in page.text
    assert 'value="people"' not in page.text


def test_a_service_owner_changes_no_other_service(organisation):
    unit = make_unit(parent=organisation, name="IT")
    owner = make_person(unit=unit, role=Role.SERVICE_OWNER)
    batch = imported(TICKETS, root=organisation, by=owner, kind=Kind.TICKETS)
    assert (batch.new, batch.refused) == (0, 2)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_statements_do_not_grow_with_the_rows(organisation, pmo, rows, django_assert_num_queries):
    head, *lines = PROJECTS.splitlines()
    batch = staged("\n".join([head, *lines[:rows]]), root=organisation, by=pmo)
    client = client_of(pmo)
    with django_assert_num_queries(7):
        client.get(reverse("exchange:detail", args=[batch.pk]))
    with django_assert_num_queries(6):
        client.get("/exchange/")
