"""A real Chromium against a live server; skipped with its reason where there is none."""

import os
import shutil
from collections.abc import Iterator

import pytest

# The synchronous driver keeps an event loop, and Django refuses its database inside one.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One browser for the whole run."""
    playwright = pytest.importorskip("playwright.sync_api")
    path = os.environ.get("CHROMIUM_PATH") or shutil.which("chromium")
    if not path:
        pytest.skip("no Chromium; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: object) -> Iterator[object]:
    """A fresh page at 1440 that fails the test when its script fails or breaks the policy."""
    # Without motion, so that nothing is measured half-way through a transition.
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert faults == []
