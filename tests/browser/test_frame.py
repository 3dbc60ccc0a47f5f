"""The frame and the components as a person meets them: mouse, keyboard, narrow, without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.console import forget

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sheet(live_server, page: Page) -> Page:
    """The component sheet, public and without data."""
    page.goto(f"{live_server.url}/ui/sheet/")
    page.evaluate("document.activeElement.blur()")
    return page


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()")


def ask(page: Page, *, status: int, body: str = "", target: str = "#probe") -> None:
    """Let htmx ask for something that the server answers in a set way."""

    def answer(route: Route) -> None:
        route.fulfill(status=status, body=body, content_type="text/html")

    page.unroute("**/probe")
    page.route("**/probe", answer)
    page.evaluate(
        """([target]) => {
            const region = document.getElementById("probe")
                ?? document.querySelector("main").appendChild(
                    Object.assign(document.createElement("div"), {id: "probe"}));
            region.textContent = region.textContent || "before";
            htmx.ajax("GET", "/probe", {target, swap: "innerHTML"}).catch(() => {});
        }""",
        [target],
    )


def test_everything_is_accessible(sheet: Page) -> None:
    for width in (1440, 1280, 390):
        for scheme in ("light", "dark"):
            sheet.set_viewport_size({"width": width, "height": 900})
            sheet.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            sheet.reload()
            found = Axe().run(sheet).response["violations"]
            told = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found]
            assert (width, scheme, told) == (width, scheme, [])


def test_nothing_runs_off_the_page(sheet: Page) -> None:
    for width in (320, 390, 768, 1280, 1920):
        sheet.set_viewport_size({"width": width, "height": 900})
        assert sheet.evaluate("document.documentElement.scrollWidth") == width


ERRORS = (
    (403, "You may not do this"),
    (404, "This is not there any longer"),
    (429, "Too many attempts"),
    (500, "Something went wrong on our side"),
)


def test_an_error_is_told_and_leaves_the_page_alone(sheet: Page) -> None:
    for status, words in ERRORS:
        ask(sheet, status=status, body="<h1>trace</h1>")
        sheet.locator("#toasts .bad", has_text=words).wait_for()
        expect(sheet.locator("#alert")).to_contain_text(words)
        assert sheet.inner_text("#probe") == "before"
    forget(sheet)


@pytest.mark.parametrize("status", [422, 409])
def test_a_form_that_comes_back_is_swapped_and_takes_the_focus(sheet: Page, status: int) -> None:
    ask(sheet, status=status, body='<p id="wrong" tabindex="-1" data-focus>wrong</p>')
    expect(sheet.locator("#wrong")).to_be_focused()
    assert sheet.locator("#toasts .bad").count() == 0
    forget(sheet)


def test_no_contact_is_told(sheet: Page) -> None:
    sheet.route("**/probe", lambda route: route.abort())
    sheet.evaluate("() => { htmx.ajax('GET', '/probe', {target: 'h1'}).catch(() => {}); }")
    sheet.locator("#toasts .bad", has_text="No contact with the server").wait_for()
    forget(sheet)


def test_counts_are_read_out_after_a_swap(sheet: Page) -> None:
    ask(sheet, status=200, body="<p data-announce>42 rows</p>")
    expect(sheet.locator("#live")).to_have_text("42 rows")


def test_what_is_put_into_the_dialog_opens_it_and_nothing_closes_it(sheet: Page) -> None:
    ask(sheet, status=200, body="<p>form</p>", target="#dialog-body")
    sheet.wait_for_selector("#dialog[open]")
    ask(sheet, status=200, body="", target="#dialog-body")
    sheet.wait_for_selector("#dialog", state="hidden")


def test_keys_move_in_the_list_and_do_nothing_in_fields(sheet: Page) -> None:
    sheet.keyboard.press("j")
    first = focused(sheet)
    sheet.keyboard.press("j")
    assert focused(sheet) != first
    sheet.keyboard.press("k")
    assert focused(sheet) == first
    sheet.focus("#id_reason")
    sheet.keyboard.type("jk?/")
    assert sheet.input_value("#id_reason") == "jk?/"
    assert not sheet.is_visible("#shortcuts")


def test_the_list_of_keys_opens_and_escape_gives_the_focus_back(sheet: Page) -> None:
    sheet.focus("[data-dialog=specimen]")
    sheet.keyboard.press("?")
    assert sheet.is_visible("#shortcuts")
    sheet.keyboard.press("Escape")
    assert not sheet.is_visible("#shortcuts")
    assert sheet.evaluate("document.activeElement.dataset.dialog") == "specimen"


def test_keys_can_be_switched_off(sheet: Page) -> None:
    sheet.route(
        "**/ui/sheet/",
        lambda route: route.fulfill(
            response=(answer := route.fetch()),
            body=answer.text().replace('lang="en"', 'lang="en" data-shortcuts="off"'),
        ),
    )
    sheet.reload()
    sheet.evaluate("document.activeElement.blur()")
    sheet.keyboard.press("?")
    assert not sheet.is_visible("#shortcuts")


def test_theme_is_kept_without_a_flash(sheet: Page) -> None:
    sheet.emulate_media(color_scheme="light")
    sheet.click("header [data-theme-switch]")
    assert sheet.get_attribute("html", "data-bs-theme") == "dark"
    sheet.reload(wait_until="commit")
    sheet.wait_for_selector("body", state="attached")
    assert sheet.get_attribute("html", "data-bs-theme") == "dark"


def test_menu_closes_by_escape_and_by_leaving_it(sheet: Page) -> None:
    menu = sheet.locator("main details[data-menu]")
    menu.locator("summary").click()
    sheet.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert sheet.evaluate("document.activeElement.tagName") == "SUMMARY"
    menu.locator("summary").click()
    sheet.click("h1")
    assert menu.get_attribute("open") is None


def test_a_form_is_sent_once(sheet: Page) -> None:
    sent: list[str] = []
    sheet.on(
        "request", lambda request: sent.append(request.url) if request.method == "POST" else None
    )
    sheet.route("**/once", lambda route: route.fulfill(status=204))
    sheet.evaluate(
        """() => {
            const form = document.createElement("form");
            form.method = "post";
            form.action = "/once";
            form.innerHTML = "<button>Save</button>";
            document.querySelector("main").append(form);
            form.requestSubmit();
            form.requestSubmit();
        }"""
    )
    expect(sheet.locator('form[action="/once"] button')).to_be_disabled()
    assert len(sent) == 1


def test_a_wide_drawing_can_be_scrolled_by_keyboard_only_where_it_scrolls(sheet: Page) -> None:
    rail = sheet.locator(".b-rail").first
    assert rail.get_attribute("tabindex") is None
    sheet.set_viewport_size({"width": 390, "height": 800})
    expect(rail).to_have_attribute("tabindex", "0")
    assert rail.get_attribute("aria-label") == "Scrolls sideways"


def test_the_page_stands_without_script(live_server, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/ui/sheet/")
    assert page.is_visible("main h1")
    assert not page.is_visible("[data-theme-switch]")
    page.click("main details[data-menu] > summary")
    assert page.is_visible("main .b-menu-list")
    context.close()


def test_paper_is_light_and_without_controls(sheet: Page) -> None:
    sheet.emulate_media(media="print", color_scheme="dark")
    assert not sheet.is_visible("main .btn >> nth=0")
    assert not sheet.is_visible(".b-nav")
    assert sheet.is_visible(".b-pager >> nth=0"), "which rows these are stays readable"
    ground = sheet.evaluate("getComputedStyle(document.querySelector('.b-panel')).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
