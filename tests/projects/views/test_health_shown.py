"""A project's health by hand, and the same on its page, in the list, on the dashboard, in a file.

Each case is worked out from projects 4.7 with pencil and calendar; the comment says how. Day of
judging: Tuesday 1 December 2026. Working days Monday to Friday, no holiday in between.
"""

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from accounts.domain.roles import Role
from common import clock
from projects.actions import edit_project, publish_report, restand
from tests.factories.accounts import make_organisation, make_person, make_unit
from tests.factories.projects import make_project, make_risk

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 12, 1)
NOW = dt.datetime(2026, 12, 1, 12, tzinfo=dt.UTC)
#: approved to run from Monday 7 December 2026 back 200 working days: 1 % is two of them
START, APPROVED = dt.date(2026, 3, 2), dt.date(2026, 12, 7)
PLAN = {
    "starts_on": START,
    "planned_finish_on": APPROVED,
    "baseline_finish_on": APPROVED,
    "forecast_finish_on": APPROVED,
}
#: (name, tier, facts, risks as probability and consequence, what it is, in the order of the tier)
CASES = [
    # As approved: nothing late, nothing over, a small risk.
    ("as approved", "light", {}, [(1, 2)], {"overall": "green", "schedule": "green"}),
    # 14 Dec: 5 working days of 200 are 2,5 %.
    (
        "five days",
        "light",
        {"forecast_finish_on": dt.date(2026, 12, 14)},
        [(1, 2)],
        {"overall": "green", "schedule": "green", "slip": "5"},
    ),
    # 21 Dec: 10 of 200 are exactly 5 %: no longer below.
    (
        "five percent",
        "light",
        {"forecast_finish_on": dt.date(2026, 12, 21)},
        [(1, 2)],
        {"overall": "amber", "schedule": "amber", "slip": "10"},
    ),
    # 4 Jan: 20 of 200 are exactly 10 %: still amber.
    (
        "ten percent",
        "standard",
        {"forecast_finish_on": dt.date(2027, 1, 4)},
        [(1, 2)],
        {"overall": "amber", "schedule": "amber", "slip": "20"},
    ),
    # 5 Jan: 21 of 200 are 10,5 %.
    (
        "over ten",
        "standard",
        {"forecast_finish_on": dt.date(2027, 1, 5)},
        [(1, 2)],
        {"overall": "red", "schedule": "red", "slip": "21"},
    ),
    # Expected 23 Nov, which has passed: today counts, 4 working days early.
    (
        "forecast passed",
        "light",
        {"forecast_finish_on": dt.date(2026, 11, 23)},
        [(1, 2)],
        {"overall": "green", "schedule": "green", "slip": "-4"},
    ),
    # No plan at all: the schedule is mandatory, so the whole is unknown.
    (
        "no plan",
        "light",
        {"planned_finish_on": None, "baseline_finish_on": None, "forecast_finish_on": None},
        [(1, 2)],
        {"overall": "grey", "schedule": "grey", "slip": ""},
    ),
    ("cost 5", "light", {"forecast_cost": Decimal(1_050_000)}, [(1, 2)], {"cost": "green"}),
    (
        "cost 5,1",
        "light",
        {"forecast_cost": Decimal(1_051_000)},
        [(1, 2)],
        {"overall": "amber", "cost": "amber", "deviation": "5.1"},
    ),
    (
        "cost 10,1",
        "heavy",
        {"forecast_cost": Decimal(1_101_000)},
        [(1, 2)],
        {"overall": "red", "cost": "red", "deviation": "10.1"},
    ),
    # Granted half a million more: against the million first approved it is still 40 %.
    (
        "granted more",
        "standard",
        {"current_budget": Decimal(1_500_000), "forecast_cost": Decimal(1_400_000)},
        [(1, 2)],
        {"overall": "red", "cost": "red", "deviation": "40"},
    ),
    # Spent more than forecast: what is spent counts, 6 %.
    (
        "overspent",
        "light",
        {"forecast_cost": Decimal(1_000_000), "actual_cost": Decimal(1_060_000)},
        [(1, 2)],
        {"overall": "amber", "cost": "amber", "deviation": "6"},
    ),
    # No forecast cost: unknown, and never green; the rest is known.
    (
        "no forecast cost",
        "light",
        {"forecast_cost": None},
        [(1, 2)],
        {"overall": "green", "cost": "grey"},
    ),
    ("no risk assessed", "light", {}, [], {"overall": "green", "risk": "grey"}),
    # 3 × 4 lies in orange, above tolerance.
    ("risk orange", "light", {}, [(3, 4)], {"overall": "amber", "risk": "amber"}),
    # 5 × 5 lies in red.
    ("risk red", "standard", {}, [(5, 5), (1, 1)], {"overall": "red", "risk": "red"}),
]
#: made so many days ago and never heard of since: (name, tier, days, expected)
AGES = [
    ("light at its cadence", "light", 65, {"overall": "green", "schedule": "green"}),
    ("light past it", "light", 66, {"overall": "grey", "cost": "grey", "risk": "grey"}),
    ("standard past it", "standard", 36, {"overall": "grey", "governance": "amber"}),
    ("heavy past twice", "heavy", 43, {"overall": "grey", "governance": "red"}),
]
NAMES = [case[0] for case in CASES] + [case[0] for case in AGES]
EXPECTED = {case[0]: case[-1] for case in [*CASES, *AGES]}


@pytest.fixture
def surfaces():
    """Every case as a project, and what each surface says of it: by name."""
    with clock.standing_at(NOW):
        org = make_organisation()
        unit = make_unit(parent=org)
        pm = make_person(unit=unit, role=Role.PROJECT_MANAGER)
        reader = Client()
        reader.force_login(make_person(unit=org, role=Role.PMO_LEAD))
        made = {}
        for name, tier, facts, risks, _expected in CASES:
            made[name] = make_project(unit=unit, name=name, tier=tier, manager=pm, **PLAN | facts)
            for probability, consequence in risks:
                make_risk(project=made[name], probability=probability, consequence=consequence)
    for name, tier, days, _expected in AGES:
        with clock.standing_at(NOW - dt.timedelta(days=days)):
            made[name] = make_project(unit=unit, name=name, tier=tier, manager=pm, **PLAN)
            make_risk(project=made[name], probability=1, consequence=2)
    with clock.standing_at(NOW):
        restand(None, as_of=DAY, now=NOW)
        yield reader, made


WORDS = {
    "green": "Green, on track",
    "amber": "Amber, at risk",
    "red": "Red, off track",
    "grey": "Unknown",
}
LABELS = {"schedule": "Schedule", "cost": "Cost", "risk": "Risk", "governance": "Governance"}


def colours(name):
    """The dimensions whose colour the case states, with the words of their mark."""
    known = EXPECTED[name]
    return {label: WORDS[known[code]] for code, label in LABELS.items() if code in known}


def rows_of(page):
    """The table rows of a page, by the case that each names."""
    found = {}
    for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL):
        text = unescape(row)
        for name in NAMES:
            if f">{name}<" in text:
                found[name] = text
    return found


def test_the_page_says_what_was_worked_out_by_hand(surfaces):
    reader, made = surfaces
    for name in NAMES:
        page = unescape(reader.get(f"/projects/{made[name].key}/").content.decode())
        status = page[page.index('id="status"') : page.index('id="milestones-title"')]
        for label, word in colours(name).items():
            assert f"{label}: {word}" in status, name
        if "overall" in EXPECTED[name]:
            assert f"Measured: {WORDS[EXPECTED[name]['overall']]}" in status, name


def test_the_list_and_the_file_say_the_same(surfaces):
    reader, _made = surfaces
    shown = "name,measured,schedule,cost,risk,governance,slip,deviation"
    address = f"/projects/?columns={shown}&per_page=100"
    listed = rows_of(reader.get(address).content.decode())
    kept = csv.DictReader(
        io.StringIO(reader.get(f"{address}&format=csv").getvalue().decode("utf-8-sig")),
        delimiter=";",
    )
    filed = {row["Project"]: row for row in kept}
    assert set(listed) == set(filed) == set(NAMES)
    for name, expected in EXPECTED.items():
        for label, word in colours(name).items():
            assert f"{label}: {word}" in listed[name], name
            assert filed[name][label] == next(k for k, v in WORDS.items() if v == word), name
        if "overall" in expected:
            assert filed[name]["Measured"] == expected["overall"], name
        if "slip" in expected:
            assert filed[name]["Slip"].replace("\N{MINUS SIGN}", "-") == expected["slip"], name
        if "deviation" in expected:
            assert Decimal(filed[name]["Cost deviation"].replace(",", ".")) == Decimal(
                expected["deviation"]
            ), name


def test_the_dashboard_says_the_same(surfaces):
    reader, _made = surfaces
    shown = rows_of(reader.get("/").content.decode())
    assert len(shown) == 9
    for name, row in shown.items():
        for label, word in colours(name).items():
            assert f"{label}: {word}" in row, name


def test_better_is_held_on_every_surface_until_a_second_report(surfaces):
    """Red said twice, then put right: held red with its reason, green after the second report."""
    reader, made = surfaces
    project = made["as approved"]

    def said(day, cost):
        with clock.standing_at(NOW + dt.timedelta(days=day)):
            project.refresh_from_db()
            edit_project(
                project, {"forecast_cost": Decimal(cost)}, by=None, version=project.version
            )
            publish_report(project, {"summary": "It goes."}, by=None)
            now = NOW + dt.timedelta(days=day)
            restand([project.pk], as_of=now.date(), now=now)
            page = unescape(reader.get(f"/projects/{project.key}/").content.decode())
            file = (
                reader.get("/projects/?format=csv&columns=name,cost").getvalue().decode("utf-8-sig")
            )
            row = next(line for line in file.splitlines() if line.startswith("as approved"))
            colour = row.split(";")[1]
            assert f"Cost: {WORDS[colour]}" in page
            return colour, page

    assert said(0, 1_200_000)[0] == "red"
    colour, page = said(1, 1_000_000)
    assert colour == "red"
    assert "Red by the cost said on 2026-12-01, 20,0 % above" in page
    assert said(2, 1_000_000)[0] == "green"
