"""Files as organisations export them, each with a mapping that the manual lets a stranger write."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from accounts.models import Unit, User
from exchange.domain.kinds import Kind
from exchange.reporting import refused_table
from projects.models import Project, ProjectFigure
from services.models import Incident, MeasurePoint, Outage, Service
from tests.factories.exchange import imported

pytestmark = pytest.mark.django_db

DESK = """kind = "tickets"
dropped = ["Summary", "Reporter"]
[cells]
date_formats = ["DD/MMM/YY H:mm AM"]
zone = "Europe/Stockholm"
[key]
columns = "Issue key"
[fields]
opened_at = "Created"
resolved_at = "Resolved"
service = { columns = ["Component#2", "Component"] }
priority = { column = "Priority", values = { Highest = 1, High = 2 } }
status = { column = "Status", values = "state", word = "status_word", otherwise = "new" }
[values.state]
Done = "closed"
Waiting = "on_hold"
[create]
services = true
"""
ISSUES = """Summary,Issue key,Status,Priority,Reporter,Created,Resolved,Component,Component
"Printer, floor 2",S-1,Done,Highest,Bo,05/Mar/26 9:02 AM,06/Mar/26 8:15 AM,Print,
VPN,S-2,Waiting,High,Bo,05/Mar/26 1:30 PM,,Network,VPN
Odd,S-3,Gone,High,Bo,31/Mar/26 12:05 AM,,,
"""


def test_an_issue_trackers_export(organisation):
    batch = imported(ISSUES, root=organisation, kind=Kind.TICKETS, mapping=("desk", DESK))
    assert (batch.new, batch.refused, batch.partly) == (3, 0, 1)
    found = {row.external_id: row for row in Incident.objects.select_related("service")}
    services = [found[key].service.name for key in ("S-1", "S-2", "S-3")]
    assert services == ["Print", "VPN", "Unassigned"]
    assert found["S-1"].resolved_at == dt.datetime(2026, 3, 6, 7, 15, tzinfo=dt.UTC)
    assert found["S-3"].opened_at == dt.datetime(2026, 3, 30, 22, 5, tzinfo=dt.UTC)
    assert (found["S-1"].state, found["S-2"].state) == ("closed", "on_hold")
    _header, (row,) = refused_table(batch)
    assert row[-2] == "4"
    assert "“Gone” is not among the words the mapping knows: Done, Waiting." in row[-1]
    assert "Odd" not in row


LIST = """kind = "projects"
[file]
header_row = 2
[cells]
decimal = ","
scale = 1_000_000
serial_dates = true
time = "drop"
[key]
columns = "Diarienr"
[fields]
name = "Projekt"
unit = "Enhet"
starts_on = "Start"
approved_budget = "Budget"
forecast_cost = "Prognos"
reported_colour = { column = "Betyg", values = "betyg", word = "reported_word" }
[values.betyg]
5 = "green"
4 = "green"
3 = "amber"
2 = "amber"
1 = "red"
[skip]
Diarienr = ["SUMMA"]
[create]
units = true
"""
SHEET = """Identitet\t\t\tTid\tEkonomi (MSEK)\t\tLäge
Diarienr\tProjekt\tEnhet\tStart\tBudget\tPrognos\tBetyg
KS-1\tNy skola\tBygg\t45992\t1,25\t(0,5)\t2
KS-2\t"E-
arkiv"\tBygg\t46500,5\t12,4\t\t5
 \t \t \t \t \t \t\x20
KS-3\tDigital post\t\tQ3 2026\tca 4\t3,9\t1
SUMMA\t\t\t\t17,65\t\t
"""


def test_a_list_saved_as_unicode_text(organisation):
    content = b"\xff\xfe" + SHEET.replace("\n", "\r\n").encode("utf-16-le")
    batch = imported(content, root=organisation, mapping=("list", LIST))
    assert (batch.rows, batch.new, batch.skipped, batch.partly) == (4, 3, 1, 1)
    school, archive, post = Project.objects.select_related("unit").order_by("external_id")
    assert (school.starts_on, archive.starts_on) == (dt.date(2025, 12, 1), dt.date(2027, 4, 23))
    assert (school.approved_budget, school.forecast_cost) == (Decimal(1_250_000), Decimal(-500_000))
    assert (school.unit.name, post.unit.name) == ("Bygg", organisation.name)
    told = ProjectFigure.objects.order_by("project__external_id")
    assert list(told.values_list("reported_colour", "reported_word")) == [
        ("amber", "2"),
        ("green", "5"),
        ("red", "1"),
    ]
    _header, (row,) = refused_table(batch)
    assert row[-2] == "6"
    assert "Start: “Q3 2026” is not a date" in row[-1]
    assert "Budget: “ca 4” is not a number" in row[-1]


SERVICES = """kind = "services"
[fields]
name = "Tjänst"
unit = "Förvaltning"
owner_name = "Ansvarig"
tier = { column = "Klass", values = { Guld = 1, Brons = 3 } }
[create]
units = true
"""


def test_a_catalogue_makes_the_units_it_may(organisation):
    text = "Tjänst|Förvaltning|Ansvarig|Klass\nLön|Stab|Maja|Guld\nKarta|stab||Platina\n"
    batch = imported(text, root=organisation, kind=Kind.SERVICES, mapping=("cat", SERVICES))
    assert (batch.new, batch.partly) == (2, 1)
    pay, card = Service.objects.order_by("-name").select_related("unit")
    assert (pay.unit.name, pay.tier, pay.owner_name) == ("Stab", 1, "Maja")
    assert (card.unit, Unit.objects.filter(parent=organisation).count()) == (pay.unit, 1)
    again = imported(text, root=organisation, kind=Kind.SERVICES, mapping=("cat", SERVICES))
    assert (again.new, again.changed, again.same) == (0, 0, 2)


def test_a_catalogue_that_may_make_no_units_is_told_which_are_unknown(organisation):
    text = "Tjänst|Förvaltning|Ansvarig|Klass\nLön|Stab|Maja|Guld\n"
    strict = SERVICES.replace("units = true", "units = false")
    batch = imported(text, root=organisation, kind=Kind.SERVICES, mapping=("cat", strict))
    assert (batch.new, batch.refused) == (0, 1)
    assert not Unit.objects.filter(name="Stab").exists()


PEOPLE = """kind = "people"
[key]
columns = "E-post"
fallback = ["Namn"]
[fields]
name = "Namn"
email = "E-post"
unit = "Avdelning"
role = "Roll"
[create]
units = true
"""


def test_a_directory_with_last_names_first(organisation):
    text = (
        "Namn\tE-post\tAvdelning\tRoll\n"
        "Berg, Anna\tAnna.Berg@example.org \tStab\tProjektledare\n"
        "Ek, Bo\t\tIT\t\n"
        "Öst, Åsa\tasa@example.org\tDrift\tHovmarskalk\n"
    )
    batch = imported(text, root=organisation, kind=Kind.PEOPLE, mapping=("ad", PEOPLE))
    assert (batch.new, batch.refused) == (2, 1)
    anna = User.objects.get(email="anna.berg@example.org")
    assert (anna.get_full_name(), anna.unit.name) == ("Anna Berg", "Stab")
    assert anna.assignments.get().unit == anna.unit
    assert not Unit.objects.filter(name="Drift").exists()
    again = imported(text, root=organisation, kind=Kind.PEOPLE, mapping=("ad", PEOPLE))
    assert (again.new, again.same, again.refused) == (0, 2, 1)


def test_a_list_of_units_that_only_names_what_is_above(organisation):
    mapping = 'kind = "units"\n[fields]\nname = "Enhet"\nparent = "Över"\n[create]\nunits = true\n'
    text = "Enhet;Över\nGrundskola;Barn och utbildning\nFörskola;barn och utbildning\n"
    batch = imported(text, root=organisation, kind=Kind.UNITS, mapping=("org", mapping))
    assert (batch.new, batch.refused) == (2, 0)
    parents = Unit.objects.filter(name__in=["Grundskola", "Förskola"])
    assert {unit.parent.name for unit in parents} == {"Barn och utbildning"}
    assert Unit.objects.get(name="Barn och utbildning").parent == organisation


OUTAGES = """kind = "outages"
[cells]
zone = "Europe/Stockholm"
[key]
columns = ["System", "Datum", "Kl"]
[fields]
service = "System"
starts_at = { join = ["Datum", "Kl"] }
ends_at = { column = "Längd", after = "starts_at", unit = "hours" }
kind = { column = "Typ", values = { Fel = "unplanned", Segt = "degraded" }, otherwise = "planned" }
[create]
services = true
"""


def test_outages_with_their_length(organisation):
    text = (
        "System\tDatum\tKl\tLängd\tTyp\n"
        "Lön\t2026-03-05\t14.30\t2:15\tFel\n"
        "Lön\t2026-03-06\t07:00\t1 h 30 min\tSegt\n"
        "Lön\t2026-03-07\t07:00\t0,5\t\n"
        "Lön\t2026-03-08\t07:00\t\tFel\n"
        "Lön\t2026-03-09\t07:00\ten stund\tFel\n"
    )
    batch = imported(text, root=organisation, kind=Kind.OUTAGES, mapping=("log", OUTAGES))
    assert (batch.new, batch.refused, batch.partly) == (5, 0, 1)
    found = Outage.objects.order_by("starts_at")
    lengths = [(row.ends_at - row.starts_at if row.ends_at else None, row.kind) for row in found]
    assert lengths == [
        (dt.timedelta(hours=2, minutes=15), "unplanned"),
        (dt.timedelta(hours=1, minutes=30), "degraded"),
        (dt.timedelta(minutes=30), "planned"),
        (None, "unplanned"),
        (None, "unplanned"),
    ]


MATRIX = """kind = "measures"
[cells]
decimal = ","
sign = "%"
[unpivot]
columns = ["20*"]
name = "Månad"
value = "Utfall"
[key]
columns = ["Tjänst", "Mått", "Månad"]
[fields]
service = "Tjänst"
measure = "Mått"
period_on = { column = "Månad", date_formats = ["YYYY-MM"] }
value = "Utfall"
[create]
services = true
"""


def test_a_matrix_with_a_column_a_month(organisation):
    text = (
        "Tjänst;Mått;2026-01;2026-02;2026-03\nLön;Svarstid;210,5;198;\nLön;Nöjdhet;82 %;god;bra\n"
    )
    batch = imported(text, root=organisation, kind=Kind.MEASURES, mapping=("grid", MATRIX))
    assert (batch.rows, batch.new, batch.refused) == (2, 3, 2)
    points = MeasurePoint.objects.order_by("measure__name", "on")
    assert list(points.values_list("measure__name", "on", "value")) == [
        ("Nöjdhet", dt.date(2026, 1, 1), 82),
        ("Svarstid", dt.date(2026, 1, 1), Decimal("210.5")),
        ("Svarstid", dt.date(2026, 2, 1), 198),
    ]
    header, (row,) = refused_table(batch)
    assert header[:5] == ["Tjänst", "Mått", "2026-01", "2026-02", "2026-03"]
    assert row[:5] == ["Lön", "Nöjdhet", "82 %", "god", "bra"]
    longer = imported(
        text.replace("198;", "198;201").replace("god;bra", "83;"),
        root=organisation,
        kind=Kind.MEASURES,
        mapping=("grid", MATRIX),
    )
    assert (longer.new, longer.changed, longer.same) == (2, 0, 3)


API = """kind = "tickets"
[file]
records = "result"
[cells]
zone = "UTC"
[key]
columns = "number"
[fields]
opened_at = "opened_at"
service = "service.name"
status = { column = "state", values = { 1 = "new", 2 = "in_progress" } }
[create]
services = true
"""


def test_the_answer_of_an_interface(organisation):
    rows = [
        {
            "number": "I1",
            "opened_at": "2026-03-05 10:00:00",
            "state": "1",
            "service": {"name": "A"},
        },
        {"number": "I2", "opened_at": "2026-03-05 11:00:00", "state": 2, "service": None},
    ]
    answer = json.dumps({"total": 2, "result": rows}, indent=2)
    batch = imported(answer, root=organisation, kind=Kind.TICKETS, mapping=("api", API))
    assert (batch.new, batch.refused, batch.partly) == (2, 0, 0)
    assert list(Incident.objects.order_by("external_id").values_list("service__name", "state")) == [
        ("A", "new"),
        ("Unassigned", "in_progress"),
    ]
    plain = API.replace('records = "result"', "")
    again = imported(json.dumps(rows), root=organisation, kind=Kind.TICKETS, mapping=("api", plain))
    assert again.same == 2
