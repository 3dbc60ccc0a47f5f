"""A foreign file, from a refused mapping over its columns to the preview, in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.domain.roles import Role
from accounts.models import Unit, User
from exchange.models import ImportBatch
from tests.browser.console import forget
from tests.browser.test_every_page import CONTRAST, _serious, _texts
from tests.factories.accounts import make_organisation, make_person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Enter = Callable[[Page, User, str], Page]
UPLOAD = "/exchange/new/?kind=projects"
FOREIGN = (
    "Zzid;Zzwhat;Zzlight;Zzfrom;Zzcost (tkr)\n"
    "17;Zzportal;Zzyellow;5/3/2026;1,250\n"
    "18;Zzbridge;green;6/4/2026;2,5\n"
)


@pytest.fixture
def root() -> Unit:
    return make_organisation(name="Nordvik")


@pytest.fixture
def lead(root: Unit) -> User:
    """The lead of the project office."""
    return make_person(unit=root, role=Role.PMO_LEAD, with_money=True)


def bring(page: Page) -> None:
    """Bring the file with a mapping that does not fit, and go on to its columns."""
    file: Any = {"name": "zz.csv", "mimeType": "text/csv", "buffer": FOREIGN.encode()}
    page.set_input_files("input[name=file]", file)
    page.locator(".b-submit .btn-primary").click()
    expect(page.locator(".b-summary")).to_contain_text("lacks columns")
    expect(page.get_by_text("is still here")).to_be_visible()
    page.locator("button[name=by_hand]").click()
    page.wait_for_url(re.compile(r"/exchange/new/[0-9a-f-]{36}/"))


def choose(page: Page) -> None:
    """Say what each column is."""
    page.get_by_role("checkbox", name="Key Zzid").check()
    said = {
        "Zzwhat": "name",
        "Zzlight": "reported_colour",
        "Zzfrom": "starts_on",
        "Zzcost (tkr)": "approved_budget",
    }
    for column, field in said.items():
        page.get_by_label(column, exact=True).select_option(field)


def answer_and_read(page: Page) -> None:
    """Answer what is asked and read the file."""
    page.get_by_label("The day that “5/3/2026” is").select_option("dmy")
    page.get_by_label("Zzyellow").select_option("amber")
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url(re.compile(r"/exchange/\d+/$"))
    expect(page.get_by_text("Nothing is written yet.")).to_be_visible()


def holds(batch: ImportBatch) -> None:
    """What both browsers must have come to."""
    assert (batch.new, batch.refused, batch.partly) == (2, 0, 0)
    for setting in ('date_order = "dmy"', 'decimal = ","', "scale = 1000", '"Zzyellow" = "amber"'):
        assert setting in batch.mapping_text


def test_a_refused_file_is_matched_and_previewed(page: Page, enter: Enter, lead: User) -> None:
    enter(page, lead, UPLOAD)
    bring(page)
    forget(page)
    page.evaluate("window.isSameDocument = true")
    choose(page)
    expect(page.get_by_label("The amount that “1,250” is")).to_have_value(",")
    assert page.evaluate("window.isSameDocument === true")
    answer_and_read(page)
    holds(ImportBatch.objects.get(state="staged"))
    page.get_by_role("link", name="Change the matching").click()
    expect(page.get_by_label("Zzyellow")).to_have_value("amber")


def test_it_works_without_a_script(plain: Page, enter: Enter, lead: User, live_server: Any) -> None:
    enter(plain, lead, UPLOAD)
    bring(plain)
    choose(plain)
    plain.get_by_role("button", name="Show what these columns need").click()
    answer_and_read(plain)
    holds(ImportBatch.objects.get(state="staged"))


def test_the_columns_are_accessible_in_both_languages_in_light_dark_and_on_a_phone(
    page: Page, enter: Enter, lead: User
) -> None:
    enter(page, lead, UPLOAD)
    bring(page)
    forget(page)
    choose(page)
    expect(page.get_by_label("The amount that “1,250” is")).to_be_visible()
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator(".b-summary")).to_be_visible()
    forget(page)
    assert _serious(page) == []
    page.get_by_label("The day that “5/3/2026” is").select_option("dmy")
    page.get_by_role("button", name="Read the file").click()
    page.wait_for_url(re.compile(r"/exchange/\d+/$"))
    page.get_by_role("link", name="Change the matching").click()
    expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()
    english = _texts(page)

    User.objects.filter(pk=lead.pk).update(language="sv")
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    same = {text for text in _texts(page) & english if "Zz" not in text and "zz" not in text}
    assert {text for text in same if re.search(r"[a-z]{4} [a-z]{3}", text)} == set()
    assert _serious(page, **CONTRAST) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
