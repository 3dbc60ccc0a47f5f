"""Pages on paper: A4 upright, in both languages, with what tells where the figures come from."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from common import clock
from common.models import RuleSet
from portfolio import actions
from tests.factories.accounts import make_organisation
from tests.factories.world import make_keeper, make_records

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: what A4 leaves between its margins, in CSS pixels
SHEET = 703
LISTS = ["/projects/", "/services/", "/improvements/"]
Enter = Callable[[Page, User, str], Page]


@pytest.fixture
def keeper() -> User:
    """Somebody who sees one of everything, with names as long as they come."""
    organisation = make_organisation(name="Nordvik")
    keeper = make_keeper(organisation)
    keeper.title = "Service owner, City Management Office"
    keeper.save()
    make_records(unit=organisation, word="Administration of everything", by=keeper)
    actions.full()
    return keeper


def on_paper(page: Page) -> None:
    page.set_viewport_size({"width": SHEET, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")


@pytest.mark.parametrize("language", ["en", "sv"])
def test_no_list_is_wider_than_the_sheet(
    page: Page, enter: Enter, keeper: User, language: str
) -> None:
    User.objects.filter(pk=keeper.pk).update(language=language)
    for path in LISTS:
        on_paper(enter(page, keeper, path))
        cut = page.evaluate(
            "() => [...document.querySelectorAll('.b-table :is(th, td)')]"
            ".filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.innerText)"
        )
        width = page.evaluate("document.querySelector('.b-table').getBoundingClientRect().width")
        assert (path, cut, width <= SHEET * 1.04) == (path, [], True)


def test_the_sheet_tells_the_day_the_rules_and_the_filters_and_shows_no_controls(
    page: Page, enter: Enter, keeper: User
) -> None:
    RuleSet.objects.create(area="projects", version=3, values={}, created_at=clock.now())
    on_paper(enter(page, keeper, "/projects/?q=everything"))

    top = page.locator(".b-top")
    expect(top).to_contain_text("Nordvik · Rules: projects 2.3, services 1.0, improvements 1.0")
    expect(top).to_contain_text("As of")
    expect(page.locator(".b-chips")).to_contain_text("Search: everything")
    seen = page.locator(".btn:visible, input:visible, kbd:visible, .b-nav:visible")
    assert seen.count() == 0
    repeated = page.evaluate("getComputedStyle(document.querySelector('.b-table thead')).display")
    assert repeated == "table-header-group"
