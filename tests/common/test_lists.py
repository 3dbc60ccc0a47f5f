"""Lists: what is on screen is what is exported, and what one may not see orders nothing."""

import io
from typing import Any

import django_filters
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from openpyxl import load_workbook

from accounts.models import Unit, User
from common.errors import Refused
from common.web import lists
from common.web.columns import Column, link
from common.web.lists import ListPage, ListSpec
from tests.factories.accounts import make_unit

pytestmark = pytest.mark.django_db


class UnitFilters(django_filters.FilterSet):
    """By name and kind."""

    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label="Search")
    kind = django_filters.ChoiceFilter(
        choices=[("department", "Department"), ("portfolio", "Portfolio")], label="Kind"
    )

    class Meta:
        model = Unit
        fields: list[str] = []


def _is_lead(user: User) -> bool:
    return user.username == "pmo"


SPEC = ListSpec(
    name="units",
    filterset=UnitFilters,
    default_sort="name",
    empty_text="No units yet.",
    empty_action="Make one",
    empty_url=lambda: "/make/",
    page_size=2,
    columns=(
        link("name", "Name", lambda u: u.name, lambda u: f"/units/{u.pk}/", reads=("name",),
             sort=("name",)),
        Column(name="secret", label="Secret", reads=("pk",), value=lambda u: f"s{u.pk}",
               sort=("pk",), allowed=_is_lead),
        Column(name="kind", label="Kind", reads=("kind",), is_shown=False),
        Column(name="number", label="Number", reads=("pk",), sort=("pk",), is_numeric=True),
    ),
)  # fmt: skip


@pytest.fixture
def units(organisation: Unit) -> list[Unit]:
    names = ["Ö & Co", "Ek", "Al <b>", "Be", "ärta"]
    return [make_unit(parent=organisation, name=name) for name in names]


def _page(user: User, query: str = "") -> ListPage:
    request = RequestFactory().get(f"/units/{query}")
    request.user = user
    return ListPage(SPEC, request, Unit.objects.exclude(parent=None))


def _names(page: ListPage) -> list[str]:
    return [unit.name for unit in page.records]


def test_a_page_is_filtered_sorted_and_counted(units: list[Unit], pmo: User) -> None:
    page = _page(pmo, "?q=%C3%96")

    assert (_names(page), page.count, page.count_text) == (["Ö & Co"], 1, "1 row")
    assert [chip.label for chip in page.chips] == ["Search: Ö"]
    assert page.chips[0].remove_url == "/units/"


FIRST = ["Al <b>", "Be"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", FIRST),
        ("?sort=-name", ["Ö & Co", "ärta"]),
        ("?sort=name&page=3", ["Ö & Co"]),
        ("?page=99", ["Ö & Co"]),
        ("?page=0", FIRST),
        ("?page=-5", FIRST),
        ("?page=x", FIRST),
        ("?page=9999999999999999999999", ["Ö & Co"]),
        ("?sort=nothing", FIRST),
        ("?sort=kind", FIRST),
        ("?sort=--name", FIRST),
        ("?colour=blue&x[]=1", FIRST),
        ("?kind=nonsense", []),
        ("?q=%00", []),
    ],
)
def test_every_address_gives_a_page(
    units: list[Unit], pmo: User, query: str, names: list[str]
) -> None:
    assert _names(_page(pmo, query)) == names


def test_the_pager_leads_on_and_keeps_filter_and_sort(units: list[Unit], pmo: User) -> None:
    page = _page(pmo, "?kind=department&sort=-number&page=2")

    assert page.page.prev_url == "/units/?kind=department&sort=-number&page=1"
    assert page.page.next_url == "/units/?kind=department&sort=-number&page=3"
    assert page.page.text == "3–4 of 5"
    assert _names(page) == [unit.name for unit in reversed(units)][2:4]


def test_a_heading_turns_the_order_round(units: list[Unit], pmo: User) -> None:
    heads = {head.name: head for head in _page(pmo, "?sort=number").columns}

    assert heads["number"].sorted == "asc"
    assert heads["number"].sort_url == "/units/?sort=-number"
    assert heads["name"].sort_url == "/units/?sort=name"
    assert heads["number"].numeric


def test_a_column_one_may_not_see_is_not_there_at_all(
    units: list[Unit], pmo: User, smo: User
) -> None:
    query = "?columns=name,secret&sort=-secret"
    open_, shut = _page(pmo, query), _page(smo, query)

    assert [head.name for head in open_.columns] == ["name", "secret"]
    assert [head.name for head in shut.columns] == ["name"]
    assert "secret" not in [choice["name"] for choice in shut.column_choices]
    # Nor does it order: the list falls back to its own order.
    assert _names(open_) == [unit.name for unit in reversed(units)][:2]
    assert _names(shut) == _names(_page(smo))
    assert b"s" + str(units[0].pk).encode() not in _body(shut.export("csv"))


def test_columns_are_chosen_in_the_address(units: list[Unit], pmo: User) -> None:
    page = _page(pmo, "?columns=kind,number&columns=nonsense")

    assert [head.name for head in page.columns] == ["kind", "number"]
    assert page.reset_columns_url == "/units/"
    assert ("columns", "kind,number") in page.hidden_inputs


def test_cells_are_escaped(units: list[Unit], pmo: User) -> None:
    cells = [row.split("</td>")[0].removeprefix("<tr><td>") for row in _page(pmo, "?q=Al").rows]

    assert cells == [f'<a class="b-row-link" href="/units/{units[2].pk}/">Al &lt;b&gt;</a>']


def _body(response: HttpResponse) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]


def test_what_is_exported_is_what_is_on_screen_on_every_page(units: list[Unit], smo: User) -> None:
    units.append(make_unit(parent=units[0].parent, name="=1+1"))
    page = _page(smo, "?columns=name,number&sort=-number&page=2")

    csv = _body(page.export("csv")).decode("utf-8-sig").splitlines()
    sheet: Any = load_workbook(io.BytesIO(_body(page.export("xlsx")))).active
    rows = [tuple(row) for row in sheet.iter_rows(values_only=True)]

    assert csv[0] == "Name;Number"
    assert [line.rsplit(";", 1)[1] for line in csv[1:]] == [str(u.pk) for u in reversed(units)]
    assert rows[0] == ("Name", "Number")
    assert [row[1] for row in rows[1:]] == [unit.pk for unit in reversed(units)]
    # A cell that looks like a formula stays text.
    assert not any(line.startswith("=") for line in csv)
    assert next(row[0] for row in rows[1:] if "1+1" in str(row[0])).lstrip("'") == "=1+1"


def test_the_export_address_keeps_the_list_and_forgets_the_page(
    units: list[Unit], pmo: User
) -> None:
    urls = _page(pmo, "?q=e&page=2").export_urls

    assert urls == {"csv": "/units/?q=e&format=csv", "xlsx": "/units/?q=e&format=xlsx"}


def test_too_many_rows_are_refused_with_a_sentence(
    units: list[Unit], pmo: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "EXPORT_LIMIT", 3)

    with pytest.raises(Refused, match=r"More than 3 rows\. Filter the list first\."):
        _page(pmo).export("csv")


def test_an_empty_list_says_what_to_do(organisation: Unit, pmo: User) -> None:
    fresh, filtered = _page(pmo), _page(pmo, "?q=x&sort=number")

    assert (fresh.empty_text, fresh.empty_action, fresh.empty_url) == (
        "No units yet.", "Make one", "/make/",
    )  # fmt: skip
    assert filtered.empty_text == "Nothing matches these filters."
    assert filtered.empty_url == "/units/?sort=number"


@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_is_two_statements_whatever_its_length(
    organisation: Unit, pmo: User, rows: int, django_assert_num_queries: Any
) -> None:
    for _ in range(rows):
        make_unit(parent=organisation)

    with django_assert_num_queries(2):
        list(_page(pmo).rows)
