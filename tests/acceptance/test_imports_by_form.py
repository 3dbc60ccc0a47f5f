"""Real registers and tickets through the forms a person fills in: the counts of the READMEs."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from common.jobs import run_to_end
from common.models import Job
from exchange.models import ImportBatch, Upload
from projects.models import Milestone, Project, ProjectFigure
from services.models import Incident
from tests.factories.accounts import make_organisation, make_person

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent"),
]


def enter(currency="SEK"):
    """A lead of both offices of a new organisation, logged in."""
    root = make_organisation(currency=currency)
    person = make_person(unit=root, role=Role.PMO_LEAD)
    person.assignments.create(role=Role.SMO_LEAD.value, unit=root)
    client = Client()
    client.force_login(person)
    return client, root


def send(client, root, kind, file, mapping, as_of=""):
    """Fill in the upload form and return where it leads."""
    path = DATA / file
    answer = client.post(
        reverse("exchange:upload"),
        {
            "kind": kind,
            "organisation": root.pk,
            "file": SimpleUploadedFile(path.name, path.read_bytes()),
            "mapping": mapping,
            "as_of": as_of,
        },
    )
    assert answer.status_code == 303, answer.text
    return answer.url


def take_in(client, url):
    """Look at the preview, confirm, and return the import when the work is done."""
    work()
    assert "Nothing is written yet." in client.get(url).text
    batch = ImportBatch.objects.latest("pk")
    assert client.post(reverse("exchange:confirm", args=[batch.pk])).status_code == 303
    work()
    assert "The file is imported." in client.get(url).text
    batch.refresh_from_db()
    return batch


def work():
    """Do what a worker would."""
    for job in Job.objects.filter(state="queued"):
        run_to_end(job)


def counts(batch):
    """New, changed, same, refused, in part."""
    return (batch.new, batch.changed, batch.same, batch.refused, batch.partly)


def test_uk_major_projects_of_2022():
    client, root = enter("GBP")
    file = "portfolio-gmpp-uk/uk_2022.csv"
    batch = take_in(client, send(client, root, "projects", file, "gmpp-uk-2022", "2022-09-30"))
    assert counts(batch) == (235, 0, 0, 0, 0)
    budgets = Project.objects.exclude(approved_budget=None)
    total = sum(budgets.values_list("approved_budget", flat=True))
    assert total == Decimal("494181.00") * 1_000_000
    again = take_in(client, send(client, root, "projects", file, "gmpp-uk-2022", "2022-09-30"))
    assert counts(again) == (0, 0, 235, 0, 0)


def test_canadian_projects_of_2022():
    client, root = enter("CAD")
    file = "portfolio-canada-it/data_2022.csv"
    batch = take_in(client, send(client, root, "projects", file, "canada-it-2022", "2022-04-25"))
    assert (batch.new, batch.refused) == (495, 0)
    said = ProjectFigure.objects.filter(on=dt.date(2022, 4, 25))
    assert sum(one or 0 for one in said.values_list("approved_budget", flat=True)) == 7_023_336_948


def test_servicenow_tickets():
    client, root = enter()
    file = "itsm-servicenow-rest/incidents_REST.csv"
    batch = take_in(client, send(client, root, "tickets", file, "servicenow-rest"))
    assert counts(batch) == (67, 0, 0, 0, 0)
    priorities = Counter(Incident.objects.values_list("priority", flat=True))
    assert priorities == {1: 27, 2: 4, 3: 12, 4: 5, 5: 19}
    assert Incident.objects.filter(made_sla_reported=True).count() == 24


def chosen(page):
    """What the form on the page would send."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    return {name: value for name, value in values.items() if value not in (None, False, "")}


def match(client, url, targets, **more):
    """Say what columns are, by their names, answer what is asked, and return where it leads."""
    names = client.get(url).context["survey"].names
    said = {f"target-{names.index(name)}": target for name, target in targets.items()}
    page = client.post(url, {**chosen(client.get(url)), **said, "look": "1"})
    answer = client.post(url, {**chosen(page), **more})
    assert answer.status_code == 303, answer.text
    return answer.url


def test_melbourne_water_matched_by_hand():
    """The file's own mapping is not used: its columns are matched as a stranger would."""
    client, root = enter("AUD")
    file = "portfolio-melbourne-water/Capital_Delivery_Project_deidentified.csv"
    url = send(client, root, "projects", file, "match", "2023-01-01")
    targets = {
        "ID": "name",
        "FFC": "forecast_cost",
        "Delivery Program": "type",
        "Owner Group": "unit",
        "Stage3": "planned_finish_on",
        **dict.fromkeys(("BNI", "PBC", "BCA", "Stage1", "Stage2", "Tender Closed"), "gate"),
    }
    batch = take_in(client, match(client, url, targets, **{"ask-rounding": "round"}))
    assert counts(batch) == (445, 0, 0, 0, 0)
    costs = Project.objects.values_list("forecast_cost", flat=True)
    assert sum(costs) == Decimal("5113659152.50")
    types = Counter(Project.objects.values_list("project_type__name", flat=True))
    assert sorted(types.values()) == [42, 54, 174, 175]
    assert Milestone.objects.filter(name="BCA").count() == 445
    first = Milestone.objects.get(name="BNI", project__external_id="Q05388")
    assert first.planned_on == dt.date(2016, 2, 5)
    assert not Upload.objects.exists()


def test_servicenow_tickets_matched_by_hand():
    client, root = enter()
    url = send(client, root, "tickets", "itsm-servicenow-rest/incidents_REST.csv", "match")
    page = client.get(url)
    names = page.context["survey"].names
    proposed = chosen(page)
    assert {
        name: proposed.get(f"target-{names.index(name)}", "")
        for name in ("opened_at", "resolved_at", "closed_at", "priority", "category", "opened_by")
    } == {
        "opened_at": "opened_at",
        "resolved_at": "resolved_at",
        "closed_at": "closed_at",
        "priority": "priority",
        "category": "category",
        "opened_by": "drop",
    }
    at = names.index("incident_state")
    cells = page.context["survey"].column("incident_state").cells
    words = {"1": "new", "2": "in_progress", "3": "on_hold", "7": "closed"}
    said = {f"word-{at}-{place}": words[cell] for place, cell in enumerate(cells)}
    targets = {"incident_state": "status", "made_sla": "made_sla_reported"}
    batch = take_in(client, match(client, url, targets, **said, **{"ask-zone": "UTC"}))
    assert counts(batch) == (67, 0, 0, 0, 0)
    priorities = Counter(Incident.objects.values_list("priority", flat=True))
    assert priorities == {1: 27, 2: 4, 3: 12, 4: 5, 5: 19}
    states = Counter(Incident.objects.values_list("state", flat=True))
    assert states == {"new": 13, "in_progress": 20 - 8, "resolved": 8, "on_hold": 7, "closed": 27}
    assert Incident.objects.filter(made_sla_reported=True).count() == 24
