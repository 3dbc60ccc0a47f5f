"""Photographs every main page of a running demo site into docs/screens.

    BASE_URL=http://localhost:8000 python tools/screens.py [page ...]

Needs the demo organisation, Playwright and Debian's Chromium (CHROMIUM_PATH, default
/usr/bin/chromium). Each page is taken light, dark and in Swedish at 1440 pixels, and light at 390.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

BASE = os.environ.get("BASE_URL", "http://localhost:8000").rstrip("/")
CHROMIUM = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screens"
#: a page is cut here: what lies deeper is more of the same
DEEPEST = 2400
SAMPLE = (
    "Number;Project;Unit;Phase;Start;Planned finish;Approved budget\n"
    "P-101;New footbridge;Streets and Parks;Executing;2026-02-01;2027-01-31;4 200 000\n"
    "P-102;Digital signing;Applications;Planning;2026-09-01;2027-06-30;1 150 000\n"
    "P-103;Playground by the school;Streets and Parks;Executing;next week;2027-03-31;900 000\n"
)


FOREIGN = (
    "No;Project;Dept;Traffic light;Start;Planned finish;Cost (tkr)\n"
    "U-1;New footbridge;Streets and Parks;Green;5/3/2026;2027-01-31;4,250\n"
    "U-2;Digital signing;Applications;Yellowish;6/4/2026;2027-06-30;1,150\n"
    "U-3;Playground by the school;Streets and Parks;Green;7/5/2026;2027-03-31;900\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One way of looking at a page: colours, language, and width in pixels."""

    theme: str
    language: str
    width: int

    @property
    def suffix(self) -> str:
        """The part of a file's name that tells looks apart."""
        return f"{self.theme}-{self.language}-{self.width}"


LOOKS = (
    Look(theme="light", language="en", width=1440),
    Look(theme="dark", language="en", width=1440),
    Look(theme="light", language="sv", width=1440),
    Look(theme="light", language="en", width=390),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A page: its name, who looks at it, and how one gets there."""

    name: str
    who: str
    go: Callable[[Page], None]


def at(path: str) -> Callable[[Page], None]:
    """Return a way to a page by its address."""

    def go(page: Page) -> None:
        page.goto(BASE + path)

    return go


def through(path: str, row: str, then: str = "") -> Callable[[Page], None]:
    """Return a way to a record: open a list, follow the link that reads `row`, then go deeper."""

    def go(page: Page) -> None:
        page.goto(BASE + path)
        link = page.get_by_role("link", name=re.compile(re.escape(row))).first
        address = link.get_attribute("href") or ""
        page.goto(BASE + address.split("?")[0] + then)

    return go


def onward(go: Callable[[Page], None], link: str) -> Callable[[Page], None]:
    """Return a way that goes on from a page by the first link of a selector."""

    def further(page: Page) -> None:
        go(page)
        page.goto(page.locator(f"main {link}").first.evaluate("link => link.href"))

    return further


def keys(page: Page) -> None:
    """Open the list of keys on the joint review."""
    page.goto(f"{BASE}/improvements/review/")
    page.keyboard.press("?")


def preview(page: Page) -> None:
    """Upload a list of three projects, one of them faulty, and stop before it is confirmed."""
    upload(page, SAMPLE, "projects")
    page.wait_for_url(re.compile(r"/exchange/\d+/"))
    page.locator("form[action$='/confirm/']").first.wait_for(timeout=30_000)


def match(page: Page) -> None:
    """Upload a list whose headings nobody here knows, and stop where they are matched."""
    upload(page, FOREIGN, "match")
    page.wait_for_url(re.compile(r"/exchange/new/[0-9a-f-]{36}/"))
    named = {"Traffic light": "reported_colour", "Start": "starts_on"}
    for column, field in (named | {"Cost (tkr)": "approved_budget"}).items():
        page.get_by_label(column, exact=True).select_option(field)
    page.wait_for_load_state("networkidle")


def upload(page: Page, text: str, mapping: str) -> None:
    """Send a list of projects, to be read by a mapping or matched by hand."""
    page.goto(f"{BASE}/exchange/new/?kind=projects")
    page.set_input_files(
        "input[name=file]", {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.select_option("select[name=mapping]", mapping)
    page.locator("form:has(input[name=file]) button").last.click()


SHOTS = (
    Shot(name="dashboard", who="pmo", go=at("/")),
    Shot(name="weeks", who="pmo", go=at("/weeks/")),
    Shot(name="today", who="pm", go=at("/today/")),
    Shot(name="projects", who="pmo", go=at("/projects/")),
    Shot(name="project", who="pmo", go=through("/projects/", "Case management replacement")),
    Shot(
        name="risks", who="pmo", go=through("/projects/", "Case management replacement", "risks/")
    ),
    Shot(
        name="reports",
        who="pmo",
        go=through("/projects/", "Case management replacement", "reports/"),
    ),
    Shot(
        name="report-read",
        who="pmo",
        go=onward(
            through("/projects/", "Case management replacement", "reports/"),
            "tbody a[href*='/reports/']",
        ),
    ),
    Shot(
        name="phase", who="pmo", go=through("/projects/", "Case management replacement", "phase/")
    ),
    Shot(name="project-new", who="pmo", go=at("/projects/new/")),
    Shot(
        name="report",
        who="pm",
        go=through("/projects/", "Case management replacement", "reports/new/"),
    ),
    Shot(name="services", who="smo", go=at("/services/")),
    Shot(name="service", who="owner", go=through("/services/", "Digital workplace")),
    Shot(
        name="incidents",
        who="owner",
        go=through("/services/", "Digital workplace", "incidents/"),
    ),
    Shot(
        name="incident",
        who="owner",
        go=onward(
            through("/services/", "Digital workplace", "incidents/"), "tbody a[href*='/incidents/']"
        ),
    ),
    Shot(
        name="availability",
        who="smo",
        go=through("/services/", "Identity and access", "availability/"),
    ),
    Shot(
        name="agreements",
        who="smo",
        go=through("/services/", "Identity and access", "agreements/"),
    ),
    Shot(
        name="agreement-new",
        who="smo",
        go=through("/services/", "Identity and access", "agreements/new/"),
    ),
    Shot(
        name="measure",
        who="smo",
        go=onward(through("/services/", "Identity and access"), "td a[href*='measures/']"),
    ),
    Shot(
        name="service-status",
        who="smo",
        go=through("/services/", "Identity and access", "status/"),
    ),
    Shot(name="improvements", who="manager", go=at("/improvements/")),
    Shot(name="review", who="smo", go=at("/improvements/review/")),
    Shot(name="improvement", who="manager", go=through("/improvements/", "Faster access for new")),
    Shot(name="score", who="smo", go=through("/improvements/", "Faster access for new", "score/")),
    Shot(name="keys", who="manager", go=keys),
    Shot(name="capture", who="benefit", go=at("/improvements/new/")),
    Shot(name="imports", who="pmo", go=at("/exchange/")),
    Shot(name="import-preview", who="pmo", go=preview),
    Shot(name="import-matching", who="pmo", go=match),
    Shot(name="first-steps", who="pmo", go=at("/exchange/welcome/")),
    Shot(name="search", who="pmo", go=at("/search/?q=wi")),
    Shot(name="preferences", who="pm", go=at("/people/me/")),
    Shot(name="not-found", who="pmo", go=at("/projects/PRJ-0/")),
    Shot(name="about", who="auditor", go=at("/about/")),
    Shot(name="log-in", who="", go=at("/account/login/")),
    Shot(name="password-forgotten", who="", go=at("/account/password/reset/")),
    Shot(name="admin", who="admin", go=at("/admin/")),
    Shot(name="admin-people", who="admin", go=at("/admin/accounts/user/")),
)


def main(wanted: list[str]) -> int:
    """Take the pages asked for, all without any; return 1 when one could not be taken."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    chosen = [shot for shot in SHOTS if not wanted or shot.name in wanted]
    failed = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        for look in LOOKS:
            for shot, page in pages(browser, look, chosen):
                try:
                    shot.go(page)
                    take(page, FOLDER / f"{shot.name}-{look.suffix}.png", look)
                    print(f"{shot.name}-{look.suffix}")
                except Error as error:
                    failed.append(f"{shot.name}-{look.suffix}: {error}".splitlines()[0])
        browser.close()
    print("\n".join(failed))
    return 1 if failed else 0


def pages(browser: Browser, look: Look, shots: list[Shot]) -> Iterator[tuple[Shot, Page]]:
    """Yield each page to take with a window of its reader, logged in once."""
    windows: dict[str, BrowserContext] = {}
    for shot in shots:
        if shot.who not in windows:
            windows[shot.who] = browser.new_context(
                viewport={"width": look.width, "height": 900},
                color_scheme="dark" if look.theme == "dark" else "light",
                locale="sv-SE" if look.language == "sv" else "en-GB",
                reduced_motion="reduce",
            )
            if shot.who:
                log_in(windows[shot.who].new_page(), shot.who, look.language)
        page = windows[shot.who].new_page()
        yield shot, page
        page.close()
    for window in windows.values():
        window.close()


def log_in(page: Page, who: str, language: str) -> None:
    """Log a person in and let them read in a language."""
    page.goto(f"{BASE}/account/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", "demo")
    page.click("form button[type=submit]")
    page.wait_for_selector("nav", state="attached")
    page.goto(f"{BASE}/people/me/")
    token = page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
    page.request.post(
        f"{BASE}/people/me/language/",
        form={"csrfmiddlewaretoken": token, "language": language, "next": "/"},
        headers={"Referer": BASE},
    )
    page.close()


def take(page: Page, path: Path, look: Look) -> None:
    """Wait until the page is at rest, and keep what it shows."""
    page.wait_for_load_state()
    page.wait_for_timeout(700)
    # A window as high as the page keeps what is fixed to its edges at its edges. Twice, because
    # some of it loads when it comes into view.
    for _ in range(2):
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": look.width, "height": max(900, min(height, DEEPEST))})
        page.wait_for_timeout(300)
    page.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
