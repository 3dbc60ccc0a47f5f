"""Ordinary lists of an empty organisation: read as they are, shown before they are written."""

import pytest
from django.test import Client
from django.urls import reverse

from exchange.domain.kinds import Kind
from exchange.models import ImportBatch
from projects.models import Project
from services.models import Incident
from tests.factories.exchange import imported, table

pytestmark = pytest.mark.django_db

LIST = (
    "Projektnr;PROJEKT;Förvaltning;Slutdatum;Budget (tkr);Budget;Läge\n"
    "P-1;Bygglov;Bygg;2026-12-15;1250;1 250 000;Gul\n"
)
EXPORT = (
    "Ärende-id;Skapad;Löst;Prio;Status;System;Anmälare;Rubrik\n"
    "Ä-1;2026-03-05 09:00;2026-03-05 10:00;1 - Kritisk;Löst;E-post;Per;Hjälp\n"
    "Ä-2;2026-03-05 09:30;;P3;Väntar på kund;;Per;Hjälp\n"
)


def test_a_list_with_other_headers_fills_the_fields_and_says_which_it_does_not(organisation, pmo):
    client = Client()
    client.force_login(pmo)
    answer = client.post(
        reverse("exchange:upload"),
        {
            "kind": "projects",
            "organisation": organisation.pk,
            "file": table(LIST),
            "mapping": "projekt",
        },
    )
    page = client.get(answer.url).text
    assert "kept with each record as they are: Budget (tkr)." in page
    assert "Planned finish: 2026-12-15; Approved budget: 1\xa0250\xa0000" in page
    assert not Project.objects.exists()


def test_a_ticket_export_makes_what_it_names_and_leaves_people_out(organisation):
    batch = imported(EXPORT, root=organisation, kind=Kind.TICKETS, mapping="arenden")
    assert (batch.new, batch.refused, batch.partly) == (2, 0, 0)
    first, second = Incident.objects.order_by("external_id").select_related("service")
    assert (first.service.name, first.priority, first.state) == ("E-post", 1, "resolved")
    assert (second.service.name, second.priority, second.state) == ("Unassigned", 3, "on_hold")
    assert first.extra == second.extra == {}
    assert "Per" not in str(list(batch.staged.values_list("cells", flat=True)))
    assert ImportBatch.objects.get().columns == [
        "Ärende-id",
        "Skapad",
        "Löst",
        "Prio",
        "Status",
        "System",
    ]


def test_a_mapping_to_copy_is_brought_back_with_other_names(organisation, pmo):
    client = Client()
    client.force_login(pmo)
    page = client.get(reverse("exchange:upload"), {"kind": "projects"})
    address = reverse("exchange:mapping_to_copy", args=["projects"])
    assert address in page.text
    text = client.get(address).text.replace('"Project"', '"Endeavour"')
    answer = client.post(
        reverse("exchange:upload"),
        {
            "kind": "projects",
            "organisation": organisation.pk,
            "file": table("Number;Endeavour\n1;Bridge\n"),
            "mapping": "projects",
            "own_mapping": table(text, name="mine.toml"),
        },
    )
    assert "Bridge" in client.get(answer.url).text
    assert client.get(reverse("exchange:mapping_to_copy", args=["no-such"])).status_code == 404
