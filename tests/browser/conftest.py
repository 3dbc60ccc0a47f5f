"""A real Chromium against a live server; skipped with a reason where there is none.

Playwright's own event loop makes Django think it runs asynchronously, so the guard is lifted here
and nowhere else.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.testing import StaticLiveServerTestCase  # noqa: F401  loads finders
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from tests.browser.console import listen

CHROMIUM = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
WHY_NOT = "no Chromium here; on Debian: apt-get install chromium"
#: what the console says that is no fault of a page
HARMLESS = ("net::ERR_ABORTED",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One browser a worker: these tests share a group. CI may not skip them."""
    for item in items:
        if "/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not CHROMIUM and not os.environ.get("BROWSER_REQUIRED"):
                item.add_marker(pytest.mark.skip(reason=WHY_NOT))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the run."""
    assert CHROMIUM, WHY_NOT
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()
    if before is None:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; the test fails on any console error, script error or policy violation."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    faults = listen(opened)
    yield opened
    context.close()
    assert [f for f in faults if not any(h in f for h in HARMLESS)] == []


@pytest.fixture
def enter(live_server: Any) -> Callable[[Page, User, str], Page]:
    """Open an address as somebody who has logged in already."""

    def do(page: Page, user: User, path: str) -> Page:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
        page.context.add_cookies([cookie])  # type: ignore[list-item]  # the keys a cookie has
        page.goto(live_server.url + path)
        return page

    return do


@pytest.fixture
def log_in(page: Page, live_server: Any) -> Callable[[str], Page]:
    """Log a person in through the form and return the page."""

    def do(username: str) -> Page:
        page.goto(f"{live_server.url}/account/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", "demo")
        page.click("form button[type=submit]")
        page.wait_for_selector("nav")
        return page

    return do
