"""Pages over HTTP as multiples of the bare page, their statements, and what a browser fetches."""

import shutil
import statistics
from typing import Any

from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bench.server import Client, p95, serving, session_of
from bench.table import Row
from improvements.models import Improvement
from projects.models import Project
from services.models import Incident, Service

AREA = "Pages, p95 over the bare page's"
STATEMENTS = "Statements a page"
WEIGHT = "First and repeat view"
ROUNDS = 60
MOST_STATEMENTS = 12
FRAGMENT = {"HX-Request": "true", "HX-Target": "list-results"}


def pages(username: str) -> list[tuple[str, str, dict[str, str], float | None]]:
    """Return name, path, headers and target of each page, for records the reader may see."""
    root = User.objects.get(username=username).unit_id
    project = Project.objects.filter(unit__root=root).earliest("pk")
    service = Service.objects.filter(root=root).earliest("pk")
    improvement = Improvement.objects.filter(unit__root=root).earliest("pk")
    incident = Incident.objects.filter(service=service).latest("pk")
    one = f"/services/{service.key}/"
    return [
        ("dashboard", "/", {}, 3),
        ("Today", "/today/", {}, None),
        ("eight weeks", "/weeks/", {}, None),
        ("projects: list of 100, filtered and sorted", f"/projects/?{_LISTS['project']}", {}, 4),
        ("services: list of 100, filtered and sorted", f"/services/?{_LISTS['service']}", {}, 4),
        ("improvements: list of 100, sorted", f"/improvements/?{_LISTS['improvement']}", {}, 4),
        ("projects: list fragment", f"/projects/?{_LISTS['fragment']}", FRAGMENT, 1.8),
        ("project", f"/projects/{project.key}/", {}, 3),
        ("service", one, {}, 3),
        ("service: incidents", f"{one}incidents/", {}, 4),
        ("incident", f"{one}incidents/{incident.pk}/", {}, 3),
        ("service: availability", f"{one}availability/", {}, 3),
        ("improvement", f"/improvements/{improvement.key}/", {}, 3),
        ("joint review", "/improvements/review/", {}, 4),
        ("search", "/search/?q=renewal", {}, 4),
        ("pulse, nothing new", "/pulse/", {}, None),
    ]


_LISTS = {
    "project": "sort=-current_budget&phase=executing",
    "service": "sort=name&tier=2",
    "improvement": "sort=-age",
    "fragment": "sort=name&phase=executing",
}


def run(reader: str, small: dict[str, str]) -> list[Row]:
    """Return the rows; `small` names readers of organisations with one and three records."""
    return [*_times(reader), *_statements(reader, small), *_weight(reader)]


def _times(reader: str) -> list[Row]:
    session = session_of(reader)
    with serving("bench.bare_settings") as bare_port, serving() as port:
        bare, ours = Client(bare_port, session), Client(port, session)
        found = []
        for name, path, headers, target in pages(reader):
            times: list[float] = []
            floors: list[float] = []
            try:
                for turn in range(ROUNDS + 5):
                    floor, page = bare.get("/bare/")[0], ours.get(path, headers)[0]
                    if turn >= 5:
                        floors.append(floor)
                        times.append(page)
            except RuntimeError as fault:
                found.append(Row(area=AREA, name=f"{name}: {fault}", value=0, unit=""))
                continue
            found.append(
                Row(
                    area=AREA,
                    name=f"{name} (median {statistics.median(times) * 1000:.0f} ms, "
                    f"p95 {p95(times) * 1000:.0f} ms)",
                    value=p95(times) / p95(floors),
                    unit="×",
                    target=target,
                    floor=f"bare page: median {statistics.median(floors) * 1000:.1f} ms, "
                    f"p95 {p95(floors) * 1000:.1f} ms",
                )
            )
    return found


def _statements(reader: str, small: dict[str, str]) -> list[Row]:
    rows = []
    counted = {
        name: {page: _count(who, path, headers) for page, path, headers, _ in pages(who)}
        for name, who in {**small, "full": reader}.items()
    }
    for page, *_ in pages(reader):
        numbers = {name: counts[page] for name, counts in counted.items()}
        rows.append(
            Row(
                area=STATEMENTS,
                name=page,
                value=max(numbers.values()),
                unit="",
                target=MOST_STATEMENTS,
                floor=", ".join(f"{name}: {number}" for name, number in numbers.items()),
            )
        )
    return rows


def _count(username: str, path: str, headers: dict[str, str]) -> int:
    client: Any = InProcess(raise_request_exception=False)
    client.force_login(User.objects.get(username=username))
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as seen:
        client.get(path, headers=headers)
    return len(seen.captured_queries)


def _weight(reader: str) -> list[Row]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        return [Row(area=WEIGHT, name="not measured: no Chromium here", value=0, unit="")]
    with serving() as port:
        first, repeat = _browse(chromium, port, session_of(reader))
    return [
        Row(area=WEIGHT, name="first view", value=first[0] / 1000, unit="kB", target=200),
        Row(area=WEIGHT, name="first view", value=first[1], unit="requests", target=10),
        Row(area=WEIGHT, name="repeat view", value=repeat[0] / 1000, unit="kB", target=30),
        Row(area=WEIGHT, name="repeat view", value=repeat[1], unit="requests", target=10),
    ]


def _browse(chromium: str, port: int, session: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (bytes over the wire, requests) of a first and of a repeated view."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  optional dependency

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        context = browser.new_context()
        address = f"http://127.0.0.1:{port}/"
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
        page = context.new_page()
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        sizes: list[int] = []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        seen = []
        for _ in range(2):
            sizes.clear()
            page.goto(address, wait_until="networkidle")
            # What came from the browser's own cache has crossed no wire.
            crossed = [size for size in sizes if size]
            seen.append((int(sum(crossed)), len(crossed)))
            page.goto("about:blank")
        browser.close()
    return seen[0], seen[1]
