"""Every page of the resolver with one of everything on it: accessible, narrow, and in Swedish."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from accounts.domain.roles import Role
from accounts.models import User
from portfolio import actions
from tests.browser.console import forget
from tests.factories.accounts import make_organisation, make_person
from tests.factories.pages import every_page
from tests.factories.world import make_keeper, make_records

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: marks every text that a test has written, so that what is left is the product's own
WORD = "Zeta"
ADDED = [
    "/?side=services",
    "/?changes=all",
    "/?side=projects",
    "/search/?q=zeta",
    "/search/?q=nothing",
    "/admin/",
]
#: words that are the same in both languages, names, and units
SHARED = re.compile(
    rf"{WORD}|Person \d|Type \d|Nordvik|Brygga|Office hours|Europe/|[A-Z]{{3}}-\d|English|Svenska"
    r"|^(?:RICE|WSJF|CD3|CSV|Excel \(XLSX\)|Django|Status|Start|Problem|Plan|Risk|Risker|Register"
    r"|Import|Service|System|Version|SLA|OLA|Export|Normal|Demo|Budget|Program|Test|Trend"
    r"|Unassigned|Prognos|Agenda|Period|Person|Tier \d)$",
    re.IGNORECASE,
)
TEXTS = """() => {
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!parent.closest("script, style, [lang], code")) found.add(walker.currentNode.data);
    }
    for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        for (const node of document.querySelectorAll(`body [${name}]:not([lang])`)) {
            found.add(node.getAttribute(name));
        }
    }
    found.add(document.title);
    return [...found].map((text) => text.replace(/\\s+/g, " ").trim());
}"""


@pytest.fixture
def keeper() -> User:
    """Somebody who may open everything, in an organisation that has one of everything."""
    organisation = make_organisation(name="Nordvik")
    keeper = make_keeper(organisation)
    keeper.is_staff = keeper.is_superuser = True
    keeper.save()
    return keeper


@pytest.fixture
def paths(keeper: User) -> list[str]:
    """The addresses that answer a person with a page."""
    records = make_records(unit=keeper.assignments.first().unit, word=WORD, by=keeper)
    actions.full()
    client = Client(raise_request_exception=True)
    client.force_login(keeper)
    found = []
    for url in [page.url(records) for page in every_page() if not page.is_foreign] + ADDED:
        answer = client.get(url)
        is_page = answer.status_code == 200 and "text/html" in answer.get("Content-Type", "")
        if is_page and b"<html" in answer.content:
            found.append(url)
    assert len(found) > 40
    return found


def _serious(page: Page, **options: Any) -> list[str]:
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{fault['id']} at {node['target']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}


def _texts(page: Page) -> set[str]:
    """Return what a person reads or hears on the open page, but figures and short codes."""
    return {text for text in page.evaluate(TEXTS) if re.search(r"[a-zåäö]{4}", text)}


def test_every_page_is_accessible_in_both_languages_in_light_dark_and_on_a_phone(
    page: Page,
    enter: Callable[[Page, User, str], Page],
    live_server: Any,
    keeper: User,
    paths: list[str],
) -> None:
    """English in light on a desk, then Swedish, whose words are longer, in dark on a phone."""
    faults: dict[str, list[str]] = {}
    english: dict[str, set[str]] = {}
    enter(page, keeper, "/")

    for path in paths:
        page.goto(live_server.url + path, wait_until="domcontentloaded")
        english[path] = _texts(page)
        faults[path] = _serious(page)

    User.objects.filter(pk=keeper.pk).update(language="sv")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in paths:
        page.goto(live_server.url + path, wait_until="domcontentloaded")
        assert page.get_attribute("html", "lang") == "sv", path
        left = {text for text in _texts(page) & english[path] if not SHARED.search(text)}
        faults[path] += [f"in English: {text}" for text in sorted(left)]
        faults[path] += [f"dark: {fault}" for fault in _serious(page, **CONTRAST)]
        width = page.evaluate("document.documentElement.scrollWidth")
        faults[path] += [f"{width} px wide"] if width > 390 else []

    assert {path: found for path, found in faults.items() if found} == {}


REFUSALS = {"/projects/PRJ-0/": 404, "/projects/new/": 403}


def test_pages_that_say_no_are_accessible_and_in_the_readers_language(
    page: Page, enter: Callable[[Page, User, str], Page], live_server: Any, keeper: User
) -> None:
    unit = keeper.assignments.first().unit
    reader = make_person(unit=unit, role=Role.AUDITOR)
    User.objects.filter(pk=reader.pk).update(language="sv")
    enter(page, reader, "/")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for path, status in REFUSALS.items():
            answer = page.goto(live_server.url + path)
            assert answer is not None
            assert answer.status == status, path
            assert page.get_attribute("html", "lang") == "sv", path
            assert _serious(page) == [], (scheme, path)
            assert page.locator("main h1").count() == 1, path
    forget(page)
