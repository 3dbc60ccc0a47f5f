"""What people do with the product, as they do it: mouse, keyboard, two tabs, a broken session."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Locator, Page, Request, expect

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import clock
from common.models import Heartbeat
from improvements.models import Improvement
from portfolio import actions
from projects.models import Project, StatusReport
from tests.browser.console import forget, listen
from tests.factories.accounts import make_organisation, make_person
from tests.factories.improvements import make_scoring_model, make_shaped
from tests.factories.projects import make_project, make_risk
from tests.factories.services import make_service

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Enter = Callable[[Page, User, str], Page]
LATER = dict.fromkeys(
    ("planned_finish_on", "baseline_finish_on", "forecast_finish_on"), dt.date(2090, 1, 1)
)


@pytest.fixture
def root() -> Unit:
    make_scoring_model()
    return make_organisation(name="Nordvik")


@pytest.fixture
def lead(root: Unit) -> User:
    """The lead of the project office."""
    return make_person(unit=root, role=Role.PMO_LEAD, with_money=True)


@pytest.fixture
def manager(root: Unit) -> User:
    """Who prepares what the offices decide."""
    return make_person(unit=root, role=Role.IMPROVEMENT_MANAGER)


@pytest.fixture
def projects(root: Unit, lead: User) -> list[Project]:
    """Three projects within their plans."""
    names = ("Wi-Fi renewal", "Case management", "New payroll")
    made = [make_project(unit=root, name=name, manager=lead, **LATER) for name in names]
    actions.full()
    return made


def rows(page: Page) -> Locator:
    """The rows of a list page."""
    return page.locator(".b-tall tbody tr")


def stay(page: Page) -> None:
    """Mark the document, so that a full load shows."""
    page.evaluate("window.isSameDocument = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.isSameDocument === true"))


class TestLists:
    def test_filter_and_sort_stand_in_the_address_and_back_restores_a_whole_page(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(page, lead, "/projects/")
        stay(page)
        page.fill(".b-filters input[type=search]", "e")
        page.wait_for_url(re.compile(r"[?&]q=e"))
        page.click("th a.sort >> text=Project >> nth=0")
        page.wait_for_url(re.compile(r"q=e.*sort=|sort=.*q=e"))
        assert stayed(page)
        page.fill(".b-filters input[type=search]", "Wi-Fi")
        page.wait_for_url(re.compile(r"q=Wi-Fi"))
        expect(rows(page)).to_have_count(1)
        expect(page.locator("#live")).to_have_text("1 row")

        rows(page).locator("a").first.click()
        page.wait_for_url(re.compile(r"/projects/PRJ-\d+/$"))
        page.go_back()
        expect(rows(page)).to_have_count(1)
        assert page.input_value(".b-filters input[type=search]") == "Wi-Fi"
        page.go_back()
        page.wait_for_url(re.compile(r"q=e"))
        expect(page.locator("h1")).to_have_text("Projects")
        expect(page.locator("nav.b-nav")).to_be_visible()
        expect(rows(page)).to_have_count(3)

    def test_the_same_without_script_with_columns_and_export(
        self, plain: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(plain, lead, "/projects/")
        plain.fill(".b-filters input[type=search]", "Wi-Fi")
        plain.click(".b-filters button[type=submit]")
        assert "q=Wi-Fi" in plain.url
        assert rows(plain).count() == 1
        plain.click("th a.sort >> nth=0")
        assert "sort=" in plain.url
        assert "q=Wi-Fi" in plain.url

        plain.click("summary:has-text('Columns')")
        plain.uncheck("input[name=columns][value=phase]")
        plain.click("text=Show these")
        heads = plain.locator("thead th").all_inner_texts()
        assert "Phase" not in heads
        assert "q=Wi-Fi" in plain.url
        link = plain.locator("a[download]:has-text('CSV')").get_attribute("href")
        answer = plain.request.get(plain.evaluate("location.origin") + str(link))
        text = answer.body().decode("utf-8-sig")
        assert answer.body().startswith(b"\xef\xbb\xbf")
        assert len(text.strip().splitlines()) == 2
        assert "Wi-Fi renewal" in text
        assert "Phase" not in text.splitlines()[0]


class TestForms:
    def test_the_second_of_two_tabs_gets_both_versions_and_keeps_its_text(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        edit = f"/projects/{projects[0].key}/edit/"
        enter(page, lead, edit)
        other = page.context.new_page()
        faults = listen(other)
        other.goto(page.url)
        other.fill("[name=name]", "Wi-Fi for all")
        other.click("button:has-text('Save')")
        other.wait_for_url(re.compile(r"/projects/PRJ-\d+/$"))
        assert faults == []
        other.close()

        page.fill("[name=name]", "Wi-Fi in schools")
        page.click("button:has-text('Save')")
        conflict = page.locator(".b-conflict")
        expect(conflict).to_contain_text("Somebody else saved first")
        expect(conflict).to_be_focused()
        expect(conflict.locator("td.theirs").first).to_have_text("Wi-Fi for all")
        expect(conflict.locator("tbody tr").first).to_contain_text("Wi-Fi in schools")
        assert page.input_value("[name=name]") == "Wi-Fi in schools"
        assert Project.objects.get(pk=projects[0].pk).name == "Wi-Fi for all"
        forget(page)

        page.click("button:has-text('Save')")
        page.wait_for_url(re.compile(r"/projects/PRJ-\d+/$"))
        assert Project.objects.get(pk=projects[0].pk).name == "Wi-Fi in schools"

    def test_a_refused_form_keeps_what_was_typed_and_says_where(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(page, lead, f"/projects/{projects[0].key}/edit/")
        page.fill("[name=purpose]", "Fewer calls.")
        page.fill("[name=planned_finish_on]", "someday")
        page.click("button:has-text('Save')")
        summary = page.locator(".b-summary")
        expect(summary).to_be_focused()
        assert page.input_value("[name=purpose]") == "Fewer calls."
        assert page.input_value("[name=planned_finish_on]") == "someday"
        summary.locator("a").first.click()
        expect(page.locator("[name=planned_finish_on]")).to_be_focused()
        assert page.get_attribute("[name=planned_finish_on]", "aria-invalid") == "true"
        forget(page)

    def test_an_improvement_is_captured_once_in_under_ten_interactions(
        self, page: Page, enter: Enter, lead: User
    ) -> None:
        enter(page, lead, "/")
        keys = page.keyboard
        steps = (
            lambda: page.click("a:has-text('Improvements') >> nth=0"),
            lambda: page.click("a:has-text('New proposal')"),
            lambda: page.click("[name=title]"),
            lambda: keys.type("Faster access"),
            lambda: keys.press("Tab"),
            lambda: keys.type("New staff wait four days."),
            lambda: page.dblclick("button:has-text('Capture')"),
        )
        for step in steps:
            step()
        assert len(steps) < 10
        page.wait_for_url(re.compile(r"/improvements/IMP-\d+/$"))
        expect(page.locator("h1")).to_have_text("Faster access")
        assert Improvement.objects.count() == 1

    def test_a_colour_that_differs_from_the_measured_one_asks_for_a_reason(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(page, lead, f"/projects/{projects[0].key}/reports/new/")
        line = page.locator(".b-judge tbody tr", has_text="Schedule")
        line.locator("select").select_option("amber")
        expect(line).to_contain_text("Differs from what is measured: say why.")
        page.fill("[name=summary]", "It goes well.")
        page.click("button:has-text('Publish report')")
        expect(page.locator(".b-summary")).to_be_focused()
        assert StatusReport.objects.count() == 0
        assert page.input_value("[name=summary]") == "It goes well."
        forget(page)

        line.locator("input[type=text], textarea").fill("The supplier is late.")
        page.click("button:has-text('Publish report')")
        page.wait_for_url(re.compile(r"/reports/\d+/$"))
        expect(page.locator("main")).to_contain_text("The supplier is late.")

    def test_a_session_that_is_over_leads_to_the_log_in_and_back(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(page, lead, "/projects/?q=Wi-Fi")
        page.context.clear_cookies()
        page.click("th a.sort >> nth=0")
        page.wait_for_url(re.compile(r"/account/login/\?next=/projects/"))
        page.fill("input[name=login]", lead.username)
        page.fill("input[name=password]", "demo")
        page.click("form button[type=submit]")
        page.wait_for_url(re.compile(r"/projects/\?q=Wi-Fi"))


class TestReview:
    def test_the_backlog_is_worked_through_by_keyboard_alone(
        self, page: Page, enter: Enter, root: Unit, lead: User, manager: User
    ) -> None:
        service = make_service(unit=root, name="Network", owner=manager)
        titles = ("Ask once", "Badge at once", "Call back")
        made = [make_shaped(by=manager, service=service, title=t, route="project") for t in titles]
        enter(page, lead, "/improvements/review/")
        selected = page.locator("#review tr[aria-selected=true] a[data-row]")
        order = page.locator("#review a[data-row]").all_inner_texts()
        press = page.keyboard.press

        press("j")
        press("j")
        expect(selected).to_have_text(order[1])
        press("k")
        expect(selected).to_have_text(order[0])
        expect(selected).to_be_focused()

        press("d")
        self.give_a_reason(page, "Asked already.")
        expect(selected).to_have_text(order[1])
        expect(selected).to_be_focused()
        expect(page.locator("#live")).to_contain_text(f"Next: {self.key(made, order[1])}")

        press("p")
        self.give_a_reason(page, "After the summer.")
        expect(selected).to_have_text(order[2])
        expect(selected).to_be_focused()
        press("a")
        self.give_a_reason(page, "It pays back in a month.")
        expect(page.locator("#live")).to_contain_text("your approval stands")

        states = {row.title: row.state for row in Improvement.objects.all()}
        assert [states[title] for title in order] == ["declined", "parked", "shaped"]
        assert Improvement.objects.get(title=order[2]).decisions.count() == 1

    def give_a_reason(self, page: Page, reason: str) -> None:
        field = page.locator("#dialog [name=reason]")
        expect(field).to_be_focused()
        page.keyboard.type(reason)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#dialog")).not_to_be_visible()

    def key(self, made: list[Improvement], title: str) -> str:
        return next(row.key for row in made if row.title == title)


class TestDashboard:
    @pytest.fixture
    def pulses(self, page: Page) -> list[str]:
        """Every request for the pulse."""
        asked: list[str] = []

        def note(request: Request) -> None:
            if "/pulse/" in request.url:
                asked.append(request.url)

        page.on("request", note)
        return asked

    def test_it_changes_by_itself_and_is_silent_while_hidden(
        self, page: Page, enter: Enter, lead: User, projects: list[Project], pulses: list[str]
    ) -> None:
        page.clock.install()
        enter(page, lead, "/")
        cell = page.locator(".b-heat tbody tr", has_text="Wi-Fi renewal").locator("td.h.sep")
        expect(cell.get_by_role("img", name="Green")).to_be_visible()
        make_risk(project=projects[0], probability=5, consequence=5)
        actions.sweep()
        page.clock.run_for(7_000)
        expect(cell.get_by_role("img", name="Red")).to_be_visible()
        expect(page.locator("#board")).to_have_count(1)

        answers: list[int] = []
        page.on("response", lambda r: answers.append(r.status) if "/pulse/" in r.url else None)
        for _attempt in range(3):
            page.clock.run_for(7_000)
            page.wait_for_timeout(500)
        assert answers[-1] == 204

        page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
        page.clock.run_for(7_000)
        pulses.clear()
        page.clock.run_for(60_000)
        assert pulses == []

    def test_figures_that_stand_still_say_so(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        long_ago = clock.now() - dt.timedelta(hours=3)
        for name in ("beat", "worker", "sweep"):
            Heartbeat.objects.update_or_create(name=name, defaults={"at": long_ago})
        enter(page, lead, "/")
        banners = page.locator(".b-banner")
        expect(banners).to_have_count(2)
        expect(banners.first).to_contain_text("has stood still since")
        assert page.locator(".b-asof .b-stale").count() == 1
        banners.first.locator("a").click()
        expect(page.locator("h1")).to_have_text("About these figures")

    def test_an_open_page_says_when_its_figures_age_and_when_there_is_no_contact(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        Heartbeat.objects.update_or_create(name="sweep", defaults={"at": clock.now()})
        page.clock.install()
        enter(page, lead, "/")
        stamp = page.locator("#stamp")
        expect(stamp).not_to_have_class(re.compile("b-stale"))

        long_ago = clock.now() - dt.timedelta(hours=3)
        Heartbeat.objects.filter(name="sweep").update(at=long_ago)
        page.clock.run_for(7_000)
        expect(stamp).to_have_class(re.compile("b-stale"))
        expect(stamp).to_contain_text("3 h")

        page.route("**/pulse/*", lambda route: route.abort())
        page.clock.run_for(7_000)
        expect(stamp).to_contain_text("no contact since then")
        forget(page)


class TestPanels:
    def test_one_that_cannot_be_read_says_so_and_can_be_tried_again(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        page.route("**/panel/", lambda route: route.abort())
        enter(page, lead, f"/projects/{projects[0].key}/")
        panel = page.locator("[data-slot][aria-label=Improvements]")
        expect(panel).to_contain_text("This part could not be read")
        assert page.locator("#toasts .bad").count() == 0
        forget(page)

        page.unroute("**/panel/")
        panel.get_by_role("button", name="Try again").click()
        expect(page.get_by_text("No improvement is linked here yet")).to_be_visible()


class TestKeys:
    def test_those_that_work_are_listed_and_the_others_are_not(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(page, lead, "/projects/")
        page.keyboard.press("?")
        shown = page.locator("#shortcuts dt:visible").all_inner_texts()
        assert [re.sub(r"\s+", " ", keys) for keys in shown] == ["/", "J K", "C", "?", "Esc"]
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        expect(page.locator("tbody a.b-row-link").first).to_be_focused()
        page.keyboard.press("c")
        page.wait_for_url("**/projects/new/")

        page.goto(page.url.replace("new", projects[0].key))
        page.keyboard.press("?")
        expect(page.locator("#shortcuts")).to_contain_text("Edit")
        page.keyboard.press("Escape")
        page.keyboard.press("e")
        page.wait_for_url("**/edit/")

    def test_enter_belongs_to_what_has_the_focus(
        self, page: Page, enter: Enter, manager: User, root: Unit
    ) -> None:
        make_shaped(by=manager, service=make_service(unit=root))
        enter(page, manager, "/improvements/review/")
        page.get_by_role("link", name="Park").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#dialog")).to_be_visible()
        assert page.url.endswith("/improvements/review/")


class TestPreferences:
    def test_language_and_theme_are_kept(
        self, page: Page, enter: Enter, lead: User, projects: list[Project]
    ) -> None:
        enter(page, lead, "/projects/?q=Wi-Fi")
        page.click("header button[name=language]")
        expect(page.locator("html")).to_have_attribute("lang", "sv")
        assert page.url.endswith("/projects/?q=Wi-Fi")
        expect(page.locator("h1")).to_have_text("Projekt")

        page.emulate_media(color_scheme="light")
        page.click("header [data-theme-switch]")
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.reload()
        assert page.get_attribute("html", "data-bs-theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground

        client = Client()
        client.force_login(lead)
        assert 'lang="sv"' in client.get("/").content.decode()
