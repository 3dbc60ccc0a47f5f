"""Real registers and logs, from the file to the tables: counts as their READMEs state them."""

import datetime as dt
import io
import json
import os
from collections import Counter
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Unit
from common import jobs
from common.tabular import csv_lines, open_table
from exchange.actions import start_undo
from exchange.models import ImportBatch
from projects.models import Milestone, Project, ProjectFigure
from services.models import Incident, Outage, Service, StatusSpan
from tests.factories.accounts import make_organisation

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
WHOLE_LOG = bool(os.environ.get("WHOLE_LOG"))
PREFIX = 6_000

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent"),
]
UK = {
    2018: (133, "422739.43"),
    2019: (133, "441798.76"),
    2021: (184, "541951.37"),
    2022: (235, "494181.00"),
}
CANADA = {
    2016: (398, 11_918_961_480, dt.date(2016, 6, 9)),
    2019: (463, 7_030_871_651, dt.date(2019, 5, 1)),
    2022: (495, 7_023_336_948, dt.date(2022, 4, 25)),
}


def run(kind, file, mapping, *, as_of=None, code=0):
    """Import as on the command line; return the summary and the import."""
    out = io.StringIO()
    options = {"as_of": as_of.isoformat()} if as_of else {}
    try:
        call_command("import", kind, str(file), mapping=mapping, json=True, stdout=out, **options)
        ended = 0
    except SystemExit as end:
        ended = end.code
    assert ended == code
    summary = json.loads(out.getvalue())
    return summary, ImportBatch.objects.get(pk=summary["import"])


def counts(summary):
    """New, changed, same, refused."""
    return tuple(summary[name] for name in ("new", "changed", "same", "refused"))


def undo(batch):
    """Take an import back."""
    jobs.run_to_end(start_undo(batch, by=None))
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("year", list(UK))
def test_uk_major_projects(year):
    make_organisation(currency="GBP")
    file, mapping = DATA / f"portfolio-gmpp-uk/uk_{year}.csv", f"gmpp-uk-{year}"
    rows, millions = UK[year]
    summary, batch = run("projects", file, mapping, as_of=dt.date(year, 9, 30))
    assert counts(summary) == (rows, 0, 0, 0)
    budgets = Project.objects.exclude(approved_budget=None).values_list(
        "approved_budget", flat=True
    )
    assert sum(budgets) == Decimal(millions) * 1_000_000
    words = Counter(
        word.casefold() for word in ProjectFigure.objects.values_list("reported_word", flat=True)
    )
    assert words["amber/red"] == {2018: 38, 2019: 38, 2021: 44, 2022: 0}[year]
    again, _batch = run("projects", file, mapping, as_of=dt.date(year, 9, 30))
    assert counts(again) == (0, 0, rows, 0)
    assert undo(batch).undone == rows
    assert not Project.objects.exists()


@pytest.mark.parametrize("years", [(2016, 2019, 2022), (2022, 2019, 2016)])
def test_canadian_projects_end_alike_in_either_order(years):
    make_organisation(currency="CAD")
    for year in years:
        rows, total, as_of = CANADA[year]
        file = DATA / f"portfolio-canada-it/data_{year}.csv"
        summary, _batch = run("projects", file, f"canada-it-{year}", as_of=as_of)
        assert summary["new"] + summary["changed"] + summary["same"] == rows
        said = ProjectFigure.objects.filter(on=as_of, source="canada-it")
        assert (
            sum(amount or 0 for amount in said.values_list("approved_budget", flat=True)) == total
        )
    newest = DATA / "portfolio-canada-it/data_2022.csv"
    with open_table(newest) as table:
        names = {row.cells["uniqueId"]: row.cells["projectName"] for row in table}
    known = Project.objects.filter(external_id__in=names).values_list("external_id", "name")
    assert len(known) == 495
    assert all(name == str(names[key]).strip()[:200] for key, name in known)


def test_canadian_organisations_become_units():
    root = make_organisation(currency="CAD")
    file = DATA / "portfolio-canada-it/org_reference.csv"
    summary, batch = run("units", file, "canada-organisations")
    assert counts(summary) == (61, 0, 0, 0)
    assert Unit.objects.filter(parent=root).count() == 61
    assert counts(run("units", file, "canada-organisations")[0]) == (0, 0, 61, 0)
    assert undo(batch).undone == 61


def test_melbourne_water():
    make_organisation(currency="AUD")
    file = DATA / "portfolio-melbourne-water/Capital_Delivery_Project_deidentified.csv"
    summary, batch = run("projects", file, "melbourne-water", as_of=dt.date(2023, 1, 1))
    assert counts(summary) == (445, 0, 0, 0)
    costs = Project.objects.values_list("forecast_cost", flat=True)
    assert sum(costs) == Decimal("5113659152.50")
    types = Counter(Project.objects.values_list("project_type__name", flat=True))
    assert sorted(types.values()) == [42, 54, 174, 175]
    assert Milestone.objects.filter(name="Business case approved").count() == 445
    again, _batch = run("projects", file, "melbourne-water", as_of=dt.date(2023, 1, 1))
    assert counts(again) == (0, 0, 445, 0)
    assert undo(batch).undone == 445


def test_servicenow_table_api():
    make_organisation()
    file = DATA / "itsm-servicenow-rest/incidents_REST.csv"
    summary, batch = run("tickets", file, "servicenow-rest")
    assert counts(summary) == (67, 0, 0, 0)
    states = Counter(Incident.objects.values_list("state", flat=True))
    # Of the 20 in progress 8 state a closing as well: their work is over.
    assert states == {"new": 13, "in_progress": 20 - 8, "resolved": 8, "on_hold": 7, "closed": 27}
    priorities = Counter(Incident.objects.values_list("priority", flat=True))
    assert priorities == {1: 27, 2: 4, 3: 12, 4: 5, 5: 19}
    assert Incident.objects.filter(made_sla_reported=True).count() == 24
    assert counts(run("tickets", file, "servicenow-rest")[0]) == (0, 0, 67, 0)
    assert undo(batch).undone == 67
    assert not Incident.objects.exists()


@pytest.fixture
def log(tmp_path):
    """The event log, or its beginning; WHOLE_LOG=1 takes all of it (about a minute)."""
    file = DATA / "itsm-servicenow-uci/incident_event_log.csv.gz"
    if WHOLE_LOG:
        return file, 119_998
    with open_table(file, separator=",") as table:
        rows = [[row.cells[name] for name in table.columns] for row in islice(table, PREFIX)]
        path = tmp_path / "log.csv"
        lines = csv_lines(table.columns, rows)
        path.write_text("".join(lines).replace(";", ","), encoding="utf-8")
    return path, PREFIX


def test_servicenow_event_log(log):
    make_organisation()
    file, rows = log
    code = 3 if WHOLE_LOG else 0
    summary, batch = run("tickets", file, "servicenow-uci", as_of=dt.date(2017, 3, 1), code=code)
    assert summary["rows"] == rows
    assert summary["new"] == Incident.objects.count()
    if WHOLE_LOG:
        assert counts(summary) == (20_769, 0, 0, 2)
        assert Counter(Incident.objects.values_list("priority", flat=True)) == {
            1: 220,
            2: 337,
            3: 19_554,
            4: 658,
        }
        assert Incident.objects.filter(made_sla_reported=True).count() == 12_595
        assert Incident.objects.exclude(resolved_at=None).count() >= 19_351
        assert Incident.objects.filter(reopen_count__gt=0).count() == 234
    assert StatusSpan.objects.count() > summary["new"]
    again, _batch = run("tickets", file, "servicenow-uci", as_of=dt.date(2017, 3, 1), code=code)
    assert counts(again) == (0, 0, summary["new"], summary["refused"])
    assert undo(batch).undone == summary["new"]
    assert not Incident.objects.exists()


def test_github_windows():
    make_organisation()
    file = DATA / "availability-github/downtime_windows.csv"
    summary, batch = run("outages", file, "github-downtime", code=3)
    # 31 have no impact; of the rest 9 end where they begin, or before.
    assert (summary["rows"], summary["skipped"], *counts(summary)) == (819, 31, 779, 0, 0, 9)
    assert Service.objects.filter(name="GitHub").count() == 1
    kinds = Counter(Outage.objects.values_list("kind", flat=True))
    assert sum(kinds.values()) == 779
    assert kinds["planned"] == 18
    again, _batch = run("outages", file, "github-downtime", code=3)
    assert counts(again) == (0, 0, 779, 9)
    as_json, _batch = run(
        "outages", DATA / "availability-github/incidents.jsonl.gz", "github-incidents", code=3
    )
    assert counts(as_json) == (0, 0, 779, 9)
    assert undo(batch).undone == 779
    assert not Outage.objects.exists()
