"""Matching a foreign file's columns in the browser, from the upload to the report."""

import datetime as dt
import io
import json

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook

from accounts.domain.roles import Role
from exchange.models import ImportBatch, Upload
from exchange.tasks import tidy
from projects.models import Project
from tests.exchange.views.test_imports import UPLOAD, client_of, post_file, work
from tests.factories.accounts import make_organisation, make_person
from tests.factories.exchange import table

pytestmark = pytest.mark.django_db
FOREIGN = """Ref;Vad;Hos;Ljus;Igång;Kostar (tkr);Ordf
17;Ny e-tjänst;Bygg;Gult;5.3.2026;1,250;Bo
18;Byte;Bygg;Grönt;1.9.2025;7,125;Åsa
"""
#: what a person chooses on that page, beside what it proposes
CHOSEN = {
    "title": "Bygglistan",
    "key-0": "on",
    "target-1": "name",
    "target-2": "unit",
    "target-3": "reported_colour",
    "target-4": "starts_on",
    "target-5": "approved_budget",
    "scale-5": "1000",
    "target-6": "drop",
    "ask-date_order": "dmy",
    "ask-decimal": ",",
    "word-3-0": "amber",
    "word-3-1": "green",
    "creates": "on",
}


def kept(client, root, text=FOREIGN, name="bygg.csv", **more):
    """Upload a file to match and return its page's address."""
    answer = post_file(client, root, table(text, name=name), mapping="match", **more)
    assert answer.status_code == 303
    return answer.url


def filled(page):
    """What the form on the page would send."""
    form = page.context["form"]
    values = {one.html_name: one.value() for one in form}
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def test_from_a_foreign_file_to_the_report_and_to_the_command_line(organisation, pmo, tmp_path):
    client = client_of(pmo)
    url = kept(client, organisation, as_of="2026-06-30")
    page = client.get(url)
    assert page.status_code == 200
    assert "Ny e-tjänst · Byte" in page.text
    assert not ImportBatch.objects.exists()

    answer = client.post(url, CHOSEN)
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer.url) == (303, reverse("exchange:detail", args=[batch.pk]))
    assert (batch.state, batch.new, batch.refused, batch.partly) == ("staged", 2, 0, 0)
    assert (batch.mapping, batch.source) == ("Bygglistan", "Bygglistan")
    assert batch.as_of == dt.date(2026, 6, 30)
    assert "Ordf" not in batch.columns

    client.post(reverse("exchange:confirm", args=[batch.pk]))
    work()
    project = Project.objects.get(external_id="17")
    assert (project.name, project.approved_budget) == ("Ny e-tjänst", 1_250)
    assert project.starts_on == dt.date(2026, 3, 5)
    assert not Upload.objects.exists()
    assert "The file is imported." in client.get(answer.url).text

    text = client.get(reverse("exchange:mapping_used", args=[batch.pk]))
    assert text["Content-Disposition"] == f'attachment; filename="import-{batch.pk}.toml"'
    (tmp_path / "own.toml").write_bytes(text.content)
    (tmp_path / "bygg.csv").write_text(FOREIGN, encoding="utf-8")
    out = io.StringIO()
    call_command(
        "import",
        "projects",
        str(tmp_path / "bygg.csv"),
        mapping=str(tmp_path / "own.toml"),
        as_of="2026-06-30",
        json=True,
        stdout=out,
    )
    told = json.loads(out.getvalue())
    assert (told["same"], told["new"], told["changed"]) == (2, 0, 0)


def test_text_that_can_mean_two_things_is_asked_for_and_nothing_typed_is_lost(organisation, pmo):
    client = client_of(pmo)
    url = kept(client, organisation)
    unsaid = {name: value for name, value in CHOSEN.items() if not name.startswith("ask-")}
    answer = client.post(url, unsaid)
    assert answer.status_code == 422
    assert "The day that “5.3.2026” is" in answer.text
    assert "2026-03-05: day, month, year" in answer.text
    assert "2026-05-03: month, day, year" in answer.text
    assert "The amount that “1,250” is" in answer.text
    assert answer.text.count("Choose one; the file does not say.") == 4
    assert filled(answer) == {**unsaid, "key-0": True, "creates": True}
    assert not ImportBatch.objects.exists()
    assert client.post(url, {**filled(answer), **CHOSEN}).status_code == 303


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target-1": ""}, "Say which column is Name: every record needs it."),
        ({"target-2": "name"}, "“Vad” fills Name already."),
        ({"key-0": ""}, "Say what identifies a record"),
        ({"target-0": "drop"}, "This column identifies a record"),
        ({"title": "  "}, "This field is required."),
        ({"target-2": "phase"}, "Say what this word means, or send again"),
    ],
)
def test_what_cannot_stand_is_told_in_a_sentence(organisation, pmo, change, said):
    client = client_of(pmo)
    answer = client.post(kept(client, organisation), {**CHOSEN, **change})
    assert answer.status_code == 422
    assert said in answer.text
    assert not ImportBatch.objects.exists()


def test_a_word_without_a_match_is_reported_when_it_is_sent_again(organisation, pmo):
    client = client_of(pmo)
    url = kept(client, organisation)
    changed = {**CHOSEN, "target-2": "phase"}
    again = filled(client.post(url, changed))
    assert client.post(url, {**changed, **again, "word-2-0": ""}).status_code == 303
    assert ImportBatch.objects.get().partly == 2


def test_a_look_shows_what_a_choice_needs_and_begins_nothing(organisation, pmo):
    client = client_of(pmo)
    url = kept(client, organisation)
    assert "The day that" not in client.get(url).text
    page = client.post(url, {"look": "1", "title": "Mine", "target-4": "starts_on"})
    assert page.status_code == 200
    assert "The day that “5.3.2026” is" in page.text
    assert 'value="Mine"' in page.text
    part = client.post(
        url,
        {"look": "1", "target-4": "starts_on"},
        headers={"HX-Request": "true", "HX-Target": "match-open"},
    )
    assert part.text.strip().startswith('<div id="match-open">')
    budget = client.post(url, {"look": "1", "target-5": "approved_budget"})
    assert filled(budget)["scale-5"] == "1000"
    assert not ImportBatch.objects.exists()


def test_column_names_may_stand_further_down_and_on_another_sheet(organisation, pmo):
    book = Workbook()
    book.active.append(["Notes"])
    book.active.append(["none"])
    sheet = book.create_sheet("Projekt")
    for row in (["Portfolio 2026"], [], ["Nr", "Namn"], [7, "Nytt bad"]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    client = client_of(pmo)
    file = SimpleUploadedFile("list.xlsx", content.getvalue())
    url = post_file(client, organisation, file, mapping="match").url
    for row, said in (
        ("x", "write its number"),
        ("²", "write its number"),
        ("900", "Row 900 should hold"),
    ):
        refused = client.post(url, {"elsewhere": "1", "header_row": row, "sheet": "Projekt"})
        assert refused.status_code == 422
        assert said in refused.text
    moved = client.post(url, {"elsewhere": "1", "header_row": "3", "sheet": "Projekt"})
    assert moved.status_code == 303
    page = client.get(url)
    assert filled(page)["target-1"] == "name"
    client.post(url, filled(page))
    batch = ImportBatch.objects.get()
    assert (batch.state, batch.new) == ("staged", 1)
    assert 'sheet = "Projekt"' in batch.mapping_text


def matched(client, root):
    """A file that was matched and read."""
    assert client.post(kept(client, root), CHOSEN).status_code == 303
    return ImportBatch.objects.latest("pk")


def test_the_next_file_with_the_same_columns_is_filled_in_as_before(organisation, pmo):
    client = client_of(pmo)
    matched(client, organisation)
    colleague = client_of(make_person(unit=organisation, role=Role.PMO_LEAD))
    text = FOREIGN.replace("Gult", "Rött").replace("Vad", "VAD")
    page = colleague.get(kept(colleague, organisation, text, "nasta.csv"))
    assert "A file with these columns was matched" in page.text
    again = filled(page)
    assert {name: again[name] for name in ("title", "target-1", "target-6", "scale-5")} == {
        "title": "Bygglistan",
        "target-1": "name",
        "target-6": "drop",
        "scale-5": "1000",
    }
    assert (again.get("word-3-0"), again["word-3-1"]) == (None, "green")


def test_a_list_that_was_matched_is_offered_among_the_mappings(organisation, pmo):
    client = client_of(pmo)
    batch = matched(client, organisation)
    page = client.get(f"{UPLOAD}?kind=projects")
    assert f'<option value="import-{batch.pk}">Bygglistan</option>' in page.text
    answer = post_file(
        client, organisation, table(FOREIGN + "19;Bad;Bygg;Rött;;;\n"), mapping=f"import-{batch.pk}"
    )
    assert answer.status_code == 303
    second = ImportBatch.objects.latest("pk")
    assert (second.source, second.new, second.partly) == ("Bygglistan", 3, 1)
    assert second.headers == batch.headers


def test_a_list_of_another_organisation_is_not_offered_or_taken(organisation, pmo, stranger):
    batch = matched(client_of(pmo), organisation)
    client = client_of(stranger)
    assert "Bygglistan" not in client.get(f"{UPLOAD}?kind=projects").text
    own = stranger.unit.root or stranger.unit
    assert post_file(client, own, table(), mapping=f"import-{batch.pk}").status_code == 422
    page = client.get(kept(client, own))
    assert "was matched" not in page.text

    both = make_person(unit=organisation, role=Role.PMO_LEAD)
    other = make_organisation(name="Third")
    both.assignments.create(role=Role.PMO_LEAD.value, unit=other)
    answer = post_file(client_of(both), other, table(FOREIGN), mapping=f"import-{batch.pk}")
    assert answer.status_code == 422
    assert "That list was matched for Nordvik." in answer.text


def test_a_preview_leads_back_to_the_columns_and_makes_way(organisation, pmo):
    client = client_of(pmo)
    url = kept(client, organisation)
    first = client.post(url, CHOSEN).url
    assert url in client.get(first).text
    page = client.get(url)
    assert filled(page)["word-3-0"] == "amber"
    second = client.post(url, {**CHOSEN, "word-3-0": "red"}).url
    assert first != second
    assert [one.state for one in ImportBatch.objects.order_by("pk")] == ["discarded", "staged"]
    reader = client_of(make_person(unit=organisation, role=Role.AUDITOR))
    assert url not in reader.get(second).text


def test_a_waiting_file_is_its_bringers_alone_for_a_day(organisation, pmo):
    client = client_of(pmo)
    url = kept(client, organisation)
    other = client_of(make_person(unit=organisation, role=Role.PMO_LEAD))
    assert other.get(url).status_code == 404
    assert other.post(url, CHOSEN).status_code == 404
    with time_machine.travel(dt.datetime(2026, 11, 26, 11, 30, tzinfo=dt.UTC)):
        assert client_of(pmo).get(url).status_code == 404
        tidy()
    assert not Upload.objects.exists()


def test_a_persons_oldest_waiting_file_makes_room(organisation, pmo):
    client = client_of(pmo)
    urls = [kept(client, organisation, name=f"{number}.csv") for number in range(4)]
    assert [client.get(url).status_code for url in urls] == [404, 200, 200, 200]


def test_a_file_that_is_no_table_is_not_kept(organisation, pmo):
    for content, said in ((b"", "The file is empty"), (b"%PDF-1.7", "This is not a table"),
                          (b"a;b\n", "has a header but no rows")):  # fmt: skip
        answer = post_file(
            client_of(pmo), organisation, SimpleUploadedFile("x.csv", content), mapping="match"
        )
        assert answer.status_code == 422
        assert said in answer.text
    assert not Upload.objects.exists()


def test_the_same_post_twice_begins_one_import(organisation, pmo):
    client = client_of(pmo)
    url = kept(client, organisation)
    sent = {**CHOSEN, "form_key": "6a0f4b1e-6f7f-4f5e-9d39-0b6b8f6f8d03"}
    assert client.post(url, sent).url == client.post(url, sent).url
    assert ImportBatch.objects.count() == 1


@pytest.mark.parametrize("columns", [1, 3])
def test_statements_do_not_grow_with_the_columns(
    organisation, pmo, columns, django_assert_num_queries
):
    client = client_of(pmo)
    head = ";".join(f"C{number}" for number in range(columns))
    url = kept(client, organisation, f"{head}\n" + ";".join("a" * columns) + "\n")
    with django_assert_num_queries(6):
        client.get(url)


def test_a_refused_mapping_asks_for_no_file_again_and_offers_to_match(organisation, pmo):
    client = client_of(pmo)
    key = "6a0f4b1e-6f7f-4f5e-9d39-0b6b8f6f8d04"
    text = "Projektnamn;Projektnummer\nNytt bad;7\n"
    answer = post_file(client, organisation, table(text, name="bad.csv"), form_key=key)
    assert answer.status_code == 422
    assert "lacks columns that the mapping reads: Project" in answer.text
    assert "<b>bad.csv</b> is still here." in answer.text
    form = answer.context["form"]
    assert not form.fields["file"].required
    again = {
        "kind": "projects",
        "organisation": organisation.pk,
        "kept": form["kept"].value(),
        "form_key": form["form_key"].value(),
    }
    assert again["form_key"] != key
    matching = client.post(UPLOAD, {**again, "by_hand": "1", "mapping": "projects"})
    assert client.get(matching.url).context["form"]["target-0"].value() == "name"
    assert Upload.objects.count() == 1

    read = client.post(UPLOAD, {**again, "mapping": "projekt", "form_key": ""})
    assert read.status_code == 303
    batch = ImportBatch.objects.latest("pk")
    assert (batch.state, batch.new, batch.file_name) == ("staged", 1, "bad.csv")
    assert not Upload.objects.exists()


def test_a_broken_mapping_of_ones_own_leaves_the_file_here(organisation, pmo):
    client = client_of(pmo)
    answer = post_file(client, organisation, table(), own_mapping=table("kind = ", name="x.toml"))
    assert answer.status_code == 422
    kept = answer.context["form"]["kept"].value()
    toml = table('kind = "projects"\n[fields]\nname = "Project"\n', name="x.toml")
    again = {"kind": "projects", "organisation": organisation.pk, "kept": kept}
    assert client.post(UPLOAD, {**again, "own_mapping": toml}).status_code == 422
    chosen = {**again, "mapping": "projects", "own_mapping": table(toml.file.getvalue().decode())}
    assert client.post(UPLOAD, chosen).status_code == 303
    assert ImportBatch.objects.get().new == 3


def test_another_kind_takes_the_file_along(organisation, pmo):
    client = client_of(pmo)
    text = "Service;Owner\nE-mail;Bo\n"
    form = post_file(client, organisation, table(text)).context["form"]
    kept = form["kept"].value()
    page = client.get(f"{UPLOAD}?kind=services&kept={kept}")
    assert "Choose a file only" in page.text
    assert page.context["form"]["kept"].value() == kept
    sent = {"kind": "services", "organisation": organisation.pk, "kept": kept}
    answer = client.post(UPLOAD, {**sent, "mapping": "match", "as_of": "2026-01-31"})
    assert client.get(answer.url).context["form"].kind.value == "services"
    assert Upload.objects.get().as_of == dt.date(2026, 1, 31)


def test_a_file_that_was_matched_before_chooses_that_by_itself(organisation, pmo):
    client = client_of(pmo)
    batch = matched(client, organisation)
    answer = post_file(client, organisation, table(FOREIGN))
    assert answer.status_code == 422
    assert "A file with these columns was matched as “Bygglistan”" in answer.text
    assert answer.context["form"]["mapping"].value() == f"import-{batch.pk}"


def test_a_kept_file_helps_nobody_else_and_no_invented_one(organisation, pmo):
    client = client_of(pmo)
    kept = post_file(client, organisation, table(FOREIGN)).context["form"]["kept"].value()
    other = client_of(make_person(unit=organisation, role=Role.PMO_LEAD))
    sent = {"kind": "projects", "organisation": organisation.pk, "mapping": "match"}
    for key in (kept, "nonsense", ""):
        answer = other.post(UPLOAD, {**sent, "kept": key})
        assert answer.status_code == 422
        assert "File: This field is required." in answer.text
        assert "Choose a file only" not in other.get(f"{UPLOAD}?kept={key}").text


def test_nothing_in_a_file_becomes_markup(organisation, pmo):
    client = client_of(pmo)
    odd = "<b>x</b>"
    text = f"{odd}a;{odd}b;{odd}c\n{odd};5/3/2026;{odd}\n"
    url = kept(client, organisation, text, f"{odd}.csv")
    chosen = {"look": "1", "target-0": "name", "target-1": "starts_on", "target-2": "phase"}
    for page in (
        client.get(url),
        client.post(url, chosen),
        client.post(url, {**chosen, "look": ""}),
    ):
        assert "&lt;b&gt;x&lt;/b&gt;b" in page.text
        assert "<b>x" not in page.text
    assert "Columns: &lt;b&gt;x" in client.post(url, chosen).text


def test_what_is_no_table_is_asked_for_again(organisation, pmo):
    answer = post_file(client_of(pmo), organisation, SimpleUploadedFile("x.csv", b"%PDF-1.7"))
    assert answer.status_code == 422
    assert "Choose a file only" not in answer.text
    assert answer.context["form"].fields["file"].required
    assert not Upload.objects.exists()


@pytest.mark.parametrize("indent", [None, 1])
def test_a_json_object_with_one_list_is_a_table(organisation, pmo, indent):
    client = client_of(pmo)
    found = {"total": 1, "result": [{"number": "7", "project": {"name": "Nytt bad"}}]}
    url = kept(client, organisation, json.dumps(found, indent=indent), "x.json")
    names = client.get(url).context["survey"].names
    assert names == ("number", "project.name")
    client.post(url, {"title": "J", "key-0": "on", "target-1": "name"})
    assert ImportBatch.objects.get().new == 1
    assert 'records = "result"' in ImportBatch.objects.get().mapping_text
