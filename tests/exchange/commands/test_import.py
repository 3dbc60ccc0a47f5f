"""`manage.py import`: summary, exit codes and sentences."""

import io
import json

import pytest
from django.core.management import call_command

from exchange.models import ImportBatch
from projects.models import Project
from tests.factories.accounts import make_organisation, make_person
from tests.factories.exchange import PROJECTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(PROJECTS)
    return path


def run(*args, **options):
    """Return (exit code, stdout, stderr)."""
    out, err = io.StringIO(), io.StringIO()
    options.setdefault("mapping", "projects")
    try:
        call_command("import", *map(str, args), stdout=out, stderr=err, **options)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_every_row_in_is_0_and_one_object(file):
    make_organisation()
    code, out, err = run("projects", file, json=True, as_of="2026-06-30")
    summary = json.loads(out)
    assert (code, err) == (0, "")
    assert {name: summary[name] for name in ("new", "changed", "same", "refused", "rows")} == {
        "new": 3,
        "changed": 0,
        "same": 0,
        "refused": 0,
        "rows": 3,
    }
    assert summary["as_of"] == "2026-06-30"
    assert Project.objects.count() == 3


def test_a_dry_run_writes_nothing_and_says_the_same(file):
    make_organisation()
    code, out, _err = run("projects", file, dry_run=True)
    assert code == 0
    assert "new 3" in out
    assert "Nothing was written." in out
    assert not Project.objects.exists()
    assert ImportBatch.objects.get().state == "discarded"


def test_refused_rows_are_3_and_the_others_are_in(file):
    make_organisation()
    file.write_text(PROJECTS + "A4;;;;;;\nA5;Odd;;31/2/2026;;;\n")
    code, out, err = run("projects", file)
    assert code == 3
    assert "new 4, changed 0, same 0, refused 1, partly 1" in out
    assert "row 5: Project: The cell is empty" in err
    assert "row 6: Start: “31/2/2026” is" in err
    assert Project.objects.count() == 4


@pytest.mark.parametrize(
    ("args", "options", "said"),
    [
        (["projects", "nowhere.csv"], {}, "There is no file “nowhere.csv”"),
        (["projects", None], {"mapping": "no-such"}, "There is no mapping called “no-such”"),
        (["tickets", None], {}, "The mapping reads projects, and tickets were asked for"),
        (["plans", None], {}, "“plans” cannot be imported"),
        (["projects", None], {"as_of": "someday"}, "“someday” is not a day"),
        (["projects", None], {"by": "nobody"}, "nobody with the user name “nobody”"),
        (["projects", None], {"organisation": "X"}, "no organisation called “X”"),
    ],
)
def test_a_refused_file_or_mapping_is_2_with_a_sentence(file, args, options, said):
    make_organisation(name="Nordvik")
    code, out, err = run(*[arg or file for arg in args], **options)
    assert (code, out) == (2, "")
    assert said in err
    assert not Project.objects.exists()


def test_which_organisation_must_be_said_when_there_are_several(file):
    make_organisation(name="Nordvik")
    make_organisation(name="Sydvik")
    code, _out, err = run("projects", file)
    assert code == 2
    assert "Nordvik, Sydvik" in err
    assert run("projects", file, organisation="sydvik")[0] == 0
    assert Project.objects.first().unit.name == "Sydvik"


def test_a_person_imports_with_their_own_rights(file):
    root = make_organisation()
    make_person(unit=root, username="reader")
    code, _out, err = run("projects", file, by="reader")
    assert code == 2
    assert "Your role does not include this" in err
