"""A canary word on everything hidden: it must sing on no page of anybody without the right."""

import io
import re
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from accounts.domain.roles import Role
from accounts.models import Unit, User
from portfolio import actions, queries
from portfolio.views.board import FLOW_STATES
from tests.factories.accounts import make_organisation, make_unit
from tests.factories.pages import every_page
from tests.factories.world import Records, link_across, make_keeper, make_people, make_records

pytestmark = pytest.mark.django_db

WORD = "Kanariefågel"
#: the hidden project's budget and the hidden service's cost, in every way a page may write them
_SPACE = r"[.\s\u00a0\u202f]?"
AMOUNT = re.compile(rf"1{_SPACE}234{_SPACE}567|7{_SPACE}654{_SPACE}321|1,2 M|7,7 M")
#: holds invented figures of its own, and no records
UNREAD = {"common:sheet"}
LISTS = ("/projects/", "/services/", "/improvements/")


@pytest.fixture
def unit(organisation: Unit) -> Unit:
    return make_unit(parent=organisation, name="Digital services")


@pytest.fixture
def people(organisation: Unit) -> dict[str, User]:
    return make_people(organisation)


@pytest.fixture
def records(organisation: Unit, unit: Unit, people: dict[str, User]) -> Records:
    """What may be seen, linked both ways to a confidential twin; more in two hidden places."""
    keeper = make_keeper(unit)
    seen = make_records(
        unit=unit, word="Open", by=keeper,
        manager=people["project_manager"], owner=people["service_owner"],
    )  # fmt: skip
    hidden = make_records(unit=unit, word=WORD, by=keeper, is_confidential=True)
    link_across(seen, hidden, by=keeper)
    cellar = make_unit(parent=organisation, name=f"{WORD} cellar", is_confidential=True)
    make_records(unit=cellar, word=WORD, by=make_keeper(cellar))
    elsewhere = make_organisation(name=f"{WORD} elsewhere")
    make_records(unit=elsewhere, word=WORD, by=make_keeper(elsewhere))
    actions.full()
    return seen


def _text(response: Any) -> str:
    if response.get("Content-Type", "").startswith("application/vnd"):
        sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
        return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return bytes(body).decode()


def _reading(records: Records) -> list[str]:
    pages = [
        page.url(records)
        for page in every_page()
        if page.name not in UNREAD and not page.is_foreign
    ]
    pages += [f"/search/?q={text}" for text in (WORD, WORD.lower()[:6], "project", "service")]
    pages += [f"{url}?q={WORD}" for url in LISTS]
    pages += [f"{url}?format={kind}" for url in LISTS for kind in ("csv", "xlsx")]
    return [*pages, "/?side=services", "/?side=projects"]


@pytest.mark.parametrize("role", list(Role))
def test_nothing_hidden_is_shown_anywhere(
    records: Records, people: dict[str, User], role: Role
) -> None:
    client = Client()
    client.force_login(people[role.value])
    # The word as one has typed it comes back in the search field: that is no leak.
    typed = re.compile(rf'value="[^"]*"|\?q=[^"&]*|Search: [^<]*|: {WORD}', re.IGNORECASE)

    sung = [
        url
        for url in _reading(records)
        if WORD.casefold() in typed.sub("", _text(client.get(url))).casefold()
    ]

    assert sung == []


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.PROCESS_OWNER, Role.IMPROVEMENT_MANAGER])
def test_no_amount_is_shown_without_the_right_to_money(
    records: Records, people: dict[str, User], role: Role
) -> None:
    client = Client()
    client.force_login(people[role.value])
    columns = "name,current_budget,approved_budget,forecast_cost,yearly_cost,cost"

    shown = [
        url
        for url in [
            *_reading(records),
            *(f"{base}?columns={columns}{extra}" for base in LISTS for extra in
              ("", "&format=csv", "&format=xlsx", "&sort=-current_budget", "&sort=-yearly_cost")),
        ]
        if AMOUNT.search(_text(client.get(url)))
    ]  # fmt: skip

    assert shown == []


def test_the_amounts_are_there_for_those_with_the_right(
    records: Records, people: dict[str, User]
) -> None:
    """Else the test above could not fail."""
    client = Client()
    client.force_login(people["pmo_lead"])

    assert AMOUNT.search(_text(client.get("/projects/?columns=name,current_budget&format=csv")))
    assert AMOUNT.search(_text(client.get(f"/projects/{records.project.key}/")))


def test_the_keeper_hears_the_canary(records: Records, unit: Unit) -> None:
    """Else the canary could not be heard at all."""
    client = Client()
    keeper = User.objects.get(managed_projects__name=f"{WORD} project", unit=unit)
    client.force_login(keeper)

    for url in ("/", *LISTS, "/projects/?format=csv", "/services/?format=xlsx"):
        assert WORD in _text(client.get(url)), url


@pytest.mark.parametrize("role", list(Role))
def test_counts_count_only_what_may_be_opened(
    records: Records, people: dict[str, User], role: Role
) -> None:
    reader, everywhere = people[role.value], queries.Place()
    counts = queries.board_counts(reader, everywhere)
    found = {kind: count.total for kind, count in counts.items()}
    waiting = queries.flow(reader, everywhere, FLOW_STATES)
    found["improvement"] = sum(state.count for state in waiting)

    none = role == Role.APP_ADMIN
    assert found == {
        "project": 0 if none else 1,
        "service": 0 if none else 2,
        "improvement": 0 if none else 1,
    }
