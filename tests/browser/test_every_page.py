"""Every main page, light and dark and narrow: no policy violation, nothing serious from axe."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page

from accounts.domain.roles import Role
from accounts.models import Unit
from portfolio import actions
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import make_improvement
from tests.factories.projects import make_project
from tests.factories.services import make_service

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "/",
    "/?side=services",
    "/today/",
    "/search/?q=a",
    "/about/",
    "/people/me/",
    "/projects/",
    "/projects/new/",
    "{project}",
    "{project}edit/",
    "{project}risks/",
    "{project}reports/new/",
    "/services/",
    "/services/new/",
    "{service}",
    "{service}edit/",
    "/improvements/",
    "/improvements/new/",
    "/improvements/review/",
    "{improvement}",
    "/exchange/",
]


@pytest.fixture
def records() -> dict[str, str]:
    """One of each kind, judged, with everybody's leads."""
    organisation: Unit = make_organisation(name="Nordvik")
    make_person(unit=organisation, role=Role.PMO_LEAD, username="pmo")
    smo = make_person(unit=organisation, role=Role.SMO_LEAD, username="smo")
    project = make_project(unit=organisation, name="Wi-Fi renewal")
    service = make_service(unit=organisation, name="Network", owner=smo)
    improvement = make_improvement(unit=organisation, title="Faster access")
    actions.full()
    return {
        "project": reverse("projects:detail", args=[project.key]),
        "service": reverse("services:detail", args=[service.key]),
        "improvement": reverse("improvements:detail", args=[improvement.key]),
    }


def _faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']} at {node['target']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_and_keep_the_policy(
    log_in: Callable[[str], Page], live_server: object, records: dict[str, str], theme: str
) -> None:
    page = log_in("pmo")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    faults = {}

    for path in PAGES:
        answer = page.goto(live_server.url + path.format(**records))  # type: ignore[attr-defined]
        assert answer is not None
        assert answer.status == 200, path
        if found := _faults(page):
            faults[path] = found

    assert faults == {}


def test_no_page_scrolls_sideways_on_a_phone(
    log_in: Callable[[str], Page], live_server: object, records: dict[str, str]
) -> None:
    page = log_in("pmo")
    page.set_viewport_size({"width": 390, "height": 844})
    wide = []

    for path in PAGES:
        page.goto(live_server.url + path.format(**records))  # type: ignore[attr-defined]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide.append((path, width))

    assert wide == []
