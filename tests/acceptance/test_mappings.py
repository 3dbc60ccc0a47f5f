"""The shipped mappings, held against what is known of real registers and logs.

Counts and sums are those of the folders' own descriptions, which were computed from the files
without this code. Reads ``../shared/data`` beside the repository; skipped where that is absent.
"""

from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median

import pytest

import exchange.mappings
from common.tabular import open_table
from exchange.domain.loading import parse_mapping
from exchange.domain.log import fold_outages, fold_tickets
from exchange.mappings import load_mapping

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent"),
]

FILES = {
    "gmpp-uk-2018": "portfolio-gmpp-uk/uk_2018.csv",
    "gmpp-uk-2019": "portfolio-gmpp-uk/uk_2019.csv",
    "gmpp-uk-2021": "portfolio-gmpp-uk/uk_2021.csv",
    "gmpp-uk-2022": "portfolio-gmpp-uk/uk_2022.csv",
    "canada-it-2016": "portfolio-canada-it/data_2016.csv",
    "canada-it-2019": "portfolio-canada-it/data_2019.csv",
    "canada-it-2022": "portfolio-canada-it/data_2022.csv",
    "canada-organisations": "portfolio-canada-it/org_reference.csv",
    "melbourne-water": "portfolio-melbourne-water/Capital_Delivery_Project_deidentified.csv",
    "servicenow-rest": "itsm-servicenow-rest/incidents_REST.csv",
    "servicenow-uci": "itsm-servicenow-uci/incident_event_log.csv.gz",
    "github-downtime": "availability-github/downtime_windows.csv",
    "github-segments": "availability-github/segments.csv",
    "github-incidents": "availability-github/incidents.jsonl.gz",
    "github-components": "availability-github/component_status_changes.csv",
}
GATES_AS_OF = date(2023, 1, 1)


def results(mapping, path):
    settings = mapping.file
    with open_table(
        DATA / path,
        encoding=settings.encoding,
        separator=settings.separator,
        header_row=settings.header_row,
        sheet=settings.sheet,
    ) as table:
        mapping.check_columns(table.columns)
        return [mapping.read_row(row.cells, as_of=GATES_AS_OF) for row in table]


@cache
def read(name):
    return results(load_mapping(name), FILES[name])


def values(rows, field):
    return [row.fields[field] for row in rows if row.fields.get(field) is not None]


def counted(rows, field):
    return dict(Counter(row.fields[field] for row in rows))


@pytest.mark.parametrize("name", [name for name in FILES if name != "servicenow-uci"])
def test_every_row_of_every_register_is_read_without_a_refusal_under_its_own_key(name):
    rows = read(name)
    assert [error for row in rows for error in row.errors] == []
    assert all(row.external_key for row in rows)
    if not load_mapping(name).is_log:
        assert len({row.external_key for row in rows}) == len(rows)


# UK Government Major Projects Portfolio


@pytest.mark.parametrize(
    ("year", "rows", "departments", "costs", "millions"),
    [
        (2018, 133, 16, 119, "422739.43"),
        (2019, 133, 16, 118, "441798.76"),
        (2021, 184, 19, 164, "541951.37"),
        (2022, 235, 18, 191, "494181.00"),
    ],
)
def test_uk_projects_and_their_whole_life_costs(year, rows, departments, costs, millions):
    found = read(f"gmpp-uk-{year}")
    budgets = values(found, "approved_budget")
    assert len(found) == rows
    assert len({row.fields["unit"] for row in found}) == departments
    assert len(budgets) == costs
    assert sum(budgets) == Decimal(millions) * 1_000_000


@pytest.mark.parametrize(
    ("year", "green", "amber_green", "amber", "amber_red", "red", "none"),
    [
        (2018, 2, 22, 59, 38, 8, 4),
        (2019, 4, 18, 66, 38, 4, 3),
        (2021, 12, 29, 84, 44, 7, 8),
        (2022, 24, 0, 170, 0, 27, 14),
    ],
)
def test_uk_ratings_become_four_values_and_keep_their_words(
    year, green, amber_green, amber, amber_red, red, none
):
    found = read(f"gmpp-uk-{year}")
    words = Counter((row.fields["reported_word"] or "").casefold() for row in found)
    colours = Counter(row.fields["reported_colour"] for row in found)
    assert words == Counter(
        {
            "green": green,
            "amber/green": amber_green,
            "amber": amber,
            "amber/red": amber_red,
            "red": red,
            "": none,
        },
    )
    assert colours == {
        "green": green,
        "amber": amber_green + amber + amber_red,
        "red": red,
        None: none,
    }


def test_uk_exemptions_give_no_value_but_are_kept():
    exempt = [row for row in read("gmpp-uk-2018") if row.fields["approved_budget"] is None]
    assert len(exempt) == 14
    assert all("wlc_baseline_incl_NCG" in row.extra for row in exempt)
    assert all(row.extra["wlc_baseline_incl_NCG"].startswith("Exempt") for row in exempt)


@pytest.mark.parametrize(
    ("year", "starts", "finishes"),
    [(2018, 131, 128), (2019, 131, 127), (2021, 181, 178), (2022, 224, 218)],
)
def test_uk_dates_in_two_formats(year, starts, finishes):
    found = read(f"gmpp-uk-{year}")
    assert len(values(found, "starts_on")) == starts
    assert len(values(found, "planned_finish_on")) == finishes


def test_an_explanation_the_mapping_does_not_know_is_refused_and_its_project_survives():
    folder = Path(exchange.mappings.__file__).parent
    text = (folder / "gmpp-uk-2021.toml").read_text(encoding="utf-8")
    mapping = parse_mapping(text.replace('  "Legal sensitivity",\n', ""))
    refused = [row for row in results(mapping, FILES["gmpp-uk-2021"]) if row.errors]
    assert [(error.column, error.code) for row in refused for error in row.errors] == [
        ("colour_rating", "unknown_value"),
    ]
    assert refused[0].fields["name"]
    assert "reported_colour" not in refused[0].fields


# Government of Canada


@pytest.mark.parametrize(
    ("year", "rows", "given", "total", "over_10", "over_100", "organisations"),
    [
        (2016, 398, 392, 11_918_961_480, 130, 26, 37),
        (2019, 463, 456, 7_030_871_651, 127, 12, 37),
        (2022, 495, 481, 7_023_336_948, 147, 10, 47),
    ],
)
def test_canadian_budgets(year, rows, given, total, over_10, over_100, organisations):
    found = read(f"canada-it-{year}")
    budgets = values(found, "approved_budget")
    assert len(found) == rows
    assert len(budgets) == given
    assert sum(budgets) == total
    assert sum(budget > 10_000_000 for budget in budgets) == over_10
    assert sum(budget > 100_000_000 for budget in budgets) == over_100
    assert len({row.fields["unit"] for row in found}) == organisations


def test_a_canadian_project_keeps_its_key_from_list_to_list():
    lists = [{row.external_key for row in read(f"canada-it-{year}")} for year in (2016, 2019, 2022)]
    assert lists[0] & lists[1]
    assert lists[1] & lists[2]


def test_canadian_organisations_are_units():
    found = read("canada-organisations")
    assert len(found) == 61
    assert {row.fields["kind"] for row in found} == {"portfolio"}


# Melbourne Water


def test_melbourne_costs_programmes_and_approval_bodies():
    found = read("melbourne-water")
    costs = values(found, "forecast_cost")
    assert len(found) == 445
    assert sum(costs) == Decimal("5113659152.50")
    assert sum(cost <= 5_000_000 for cost in costs) == 311
    assert counted(found, "type") == {
        "Major Works - Framework": 174,
        "Major Works - Open Market": 42,
        "Major Works - Small Scale": 175,
        "Contestable": 54,
    }
    assert Counter(row.extra["Approval body"] for row in found)["People Leadership Group"] == 243
    assert Counter(row.extra["EPT"] for row in found)["3 Gate Major Infrastructure"] == 148


def test_melbourne_gates_in_two_date_formats():
    gates = [gate for row in read("melbourne-water") for gate in row.fields["gates"]]
    stages = [gate.planned_on for gate in gates if gate.name.startswith("Stage")]
    assert (min(stages), max(stages)) == (date(2016, 6, 23), date(2035, 11, 29))
    assert Counter(gate.name for gate in gates) == {
        "Business need identified": 443,
        "Preliminary business case submitted": 213,
        "Business case approved": 445,
        "Stage 1": 445,
        "Tender closed": 413,
        "Stage 2": 442,
        "Stage 3": 444,
    }
    assert all((gate.actual_on is None) == (gate.planned_on > GATES_AS_OF) for gate in gates)


# ServiceNow


def test_servicenow_states_priorities_and_targets():
    found = read("servicenow-rest")
    assert len(found) == 67
    assert counted(found, "status") == {"new": 13, "in_progress": 20, "on_hold": 7, "closed": 27}
    assert counted(found, "priority") == {1: 27, 2: 4, 3: 12, 4: 5, 5: 19}
    assert counted(found, "made_sla_reported") == {True: 24, False: 43}
    opened = values(found, "opened_at")
    assert min(opened) == datetime(2015, 8, 12, 23, 8, 24, tzinfo=UTC)
    assert max(opened) == datetime(2023, 1, 6, 9, 42, 59, tzinfo=UTC)


@pytest.mark.parametrize("name", ["servicenow-rest", "servicenow-uci"])
def test_nothing_that_names_a_person_leaves_the_file(name):
    mapping = load_mapping(name)
    persons = {"caller_id", "opened_by", "resolved_by", "closed_by", "assigned_to"}
    persons |= {"sys_created_by", "sys_updated_by", "short_description"}
    assert all(not persons & row.extra.keys() for row in read(name))
    assert not persons & mapping.used


@cache
def incidents():
    return list(fold_tickets(read("servicenow-uci")))


def test_servicenow_events_by_state_and_the_two_senseless_ones():
    rows = read("servicenow-uci")
    assert len(rows) == 119_998
    assert counted(rows, "status_word") == {
        "Active": 33_582,
        "New": 30_229,
        "Resolved": 21_500,
        "Closed": 20_825,
        "Awaiting User Info": 12_884,
        "Awaiting Vendor": 557,
        "Awaiting Problem": 400,
        "Awaiting Evidence": 19,
        "-100": 2,
    }
    refused = [row for row in rows if row.errors]
    assert [(error.column, error.code) for row in refused for error in row.errors] == [
        ("incident_state", "unknown_value"),
    ] * 2
    assert sum(bool(row.fields["paused"]) for row in rows) == 12_884


def test_an_incident_survives_a_senseless_event():
    bad = {row.external_key for row in read("servicenow-uci") if row.errors}
    survivors = [incident for incident in incidents() if incident.external_key in bad]
    assert sum(incident.refused for incident in survivors) == 2
    assert {incident.fields["status"] for incident in survivors} == {"closed"}


def test_servicenow_incidents():
    found = incidents()
    assert len(found) == 20_769
    assert counted(found, "priority") == {1: 220, 2: 337, 3: 19_554, 4: 658}
    assert counted(found, "made_sla_reported") == {True: 12_595, False: 8_174}
    assert sum(incident.fields["reopen_count"] > 0 for incident in found) == 234
    assert len(values(found, "problem_id")) == 324
    assert sum("cmdb_ci" in incident.extra for incident in found) == 52
    assert sum("rfc" in incident.extra for incident in found) == 157
    opened = values(found, "opened_at")
    assert (min(opened), max(opened), max(values(found, "closed_at"))) == (
        datetime(2016, 2, 29, 1, 16, tzinfo=UTC),
        datetime(2016, 5, 13, 11, 49, tzinfo=UTC),
        datetime(2017, 2, 15, 15, 0, tzinfo=UTC),
    )
    assert found[-1].external_key == "INC0029233"
    assert found[-1].fields["status"] == "new"


def test_servicenow_times_to_resolve():
    hours = [
        (row.fields["resolved_at"] - row.fields["opened_at"]).total_seconds() / 3600
        for row in incidents()
        if row.fields["resolved_at"] is not None
    ]
    assert len(hours) == 19_351
    assert min(hours) >= 0
    assert round(median(hours), 1) == 24.6
    assert round(fmean(hours), 3) == 187.678


# GitHub


def test_github_windows_by_impact():
    found = read("github-downtime")
    assert len(found) == 819
    assert sum(row.skipped == "impact" for row in found) == 31
    kept = [row for row in found if not row.skipped]
    assert counted(kept, "kind") == {"degraded": 604, "unplanned": 138 + 28, "planned": 18}
    starts = values(found, "starts_at")
    assert (min(starts).date(), max(starts).date()) == (date(2022, 3, 24), date(2026, 8, 20))


def test_github_components_by_status():
    found = read("github-components")
    assert counted(found, "status_word") == {
        "operational": 1_038,
        "partial_outage": 885,
        "major_outage": 135,
        "degraded_performance": 58,
        "under_maintenance": 16,
    }


def test_github_components_fold_into_outages_of_renamed_services():
    spans = list(fold_outages(read("github-components")))
    services = {span.service for span in spans}
    assert services.isdisjoint({"GitHub Actions", "GitHub Packages", "GitHub Pages"})
    assert len({span.external_key for span in spans}) == len(spans)
    assert all(span.ends_at is None or span.ends_at > span.starts_at for span in spans)
    for service in services:
        own = [span for span in spans if span.service == service]
        assert all(a.ends_at <= b.starts_at for a, b in pairwise(own))


def test_github_segments_fold_into_the_windows_that_were_made_of_them():
    segments = read("github-segments")
    spans = {span.external_key: span for span in fold_outages(segments)}
    windows = {row.external_key: row for row in read("github-downtime")}
    # Other windows were taken from what was written about an incident afterwards.
    made_of_updates = {
        key: (row.fields["starts_at"], row.fields["ends_at"])
        for key, row in windows.items()
        if row.extra["source"] == "updates" and row.fields["kind"] != "planned"
    }
    assert len(segments) == 3_751
    assert spans.keys() <= windows.keys()
    assert {
        key: (spans[key].starts_at, spans[key].ends_at) for key in made_of_updates if key in spans
    } == {key: window for key, window in made_of_updates.items() if key in spans}
