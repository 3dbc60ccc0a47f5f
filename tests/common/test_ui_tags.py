"""Tags, filters, marks and components, as a page meets them."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template import engines
from django.template.loader import get_template
from django.test import RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString

from common.web import marks


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize(
    ("colour", "letter", "name"),
    [
        ("green", "g", "Green, on track"),
        ("amber", "a", "Amber, at risk"),
        ("red", "r", "Red, off track"),
        ("grey", "u", "Unknown"),
        (None, "u", "Unknown"),
        ("blue", "u", "Unknown"),
    ],
)
def test_status_mark_has_shape_and_name_and_unknown_is_never_green(
    colour: str | None, letter: str, name: str
) -> None:
    mark = marks.health_mark(colour)
    assert f"#{letter}" in mark
    assert f'aria-label="{name}"' in mark
    assert 'role="img"' in mark


def test_status_mark_names_its_dimension_and_escapes_it() -> None:
    assert 'aria-label="Risk: Red, off track"' in marks.health_mark("red", "Risk")
    assert "<b>" not in marks.health_mark("red", "<b>")
    assert "Risk: Amber, at risk" in render('{% health "amber" "Risk" %}')


def test_marks_follow_the_language_though_they_are_kept() -> None:
    assert "Red" in marks.health_mark("red")
    with translation.override("sv"):
        swedish = marks.health_mark("red")
    assert "#r" in swedish
    assert "Red, off track" in marks.health_mark("red")


@pytest.mark.parametrize(
    ("colour", "is_hatched", "css"),
    [
        ("green", False, "b-cell"),
        ("grey", True, "b-cell lo"),
        ("amber", False, "b-cell amber"),
        ("red", True, "b-cell red lo"),
    ],
)
def test_heat_cell_tints_only_what_needs_a_person(colour: str, is_hatched: bool, css: str) -> None:
    assert marks.health_cell(colour, is_hatched=is_hatched).startswith(f'<span class="{css}">')


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (1, "Reported 1 step better than measured"),
        (2, "Reported 2 steps better than measured"),
        (-1, "Reported 1 step worse than measured"),
    ],
)
def test_difference_is_told_in_steps(steps: int, words: str) -> None:
    assert words in marks.differs_mark(steps)


def test_no_difference_is_no_mark() -> None:
    assert marks.differs_mark(0) == ""
    assert marks.differs_mark(None) == ""


@pytest.mark.parametrize(
    ("code", "glyph"),
    [
        ("improved", "improved"),
        ("no_detectable_change", "no_change"),
        ("worse", "worse"),
        ("confounded", "confounded"),
        ("too_early", "too_early"),
    ],
)
def test_each_reading_has_a_mark_of_its_own(code: str, glyph: str) -> None:
    assert f"#{glyph}" in marks.verdict_mark(code)


def test_unknown_codes_never_flatter() -> None:
    assert "Not measured" in marks.verdict_mark("brilliant")
    assert "Ordinary variation" in marks.variation_mark("great")
    assert marks.object_mark("elephant") == ""


def test_collision_carries_its_number() -> None:
    mark = marks.collision_mark("evidence", 3)
    assert 'aria-label="Evidence collision 3"' in mark
    assert ">3</text>" in mark


def test_counts_stand_worst_first() -> None:
    shown = marks.count_keys({"green": 5, "red": 1, "grey": 0})
    assert shown.index("Red") < shown.index("Green")
    assert "Unknown" not in shown


@pytest.mark.parametrize(
    ("source", "value", "shown"),
    [
        ('{{ v|money:"SEK" }}', Decimal(1234567), "1\u00a0234\u00a0567\u00a0kr"),
        ("{{ v|number:2 }}", Decimal("0.875"), "0,88"),
        ("{{ v|signed }}", Decimal(7), "+7"),
        ("{{ v|percent:2 }}", Decimal("99.95"), "99,95\u00a0%"),
        ("{{ v|share }}", Decimal("0.86"), "86\u00a0%"),
        ("{{ v|duration }}", 7200, "2\u00a0h"),
        ("{{ v|worktime }}", 90000, "25\u00a0h"),
        ("{{ v|isodate }}", None, "–"),
        ("{{ v|shortdate }}", None, "–"),
        ("{{ v|instant }}", None, "–"),
    ],
)
def test_filters_print_figures_the_one_way(source: str, value: object, shown: str) -> None:
    assert render(source, v=value) == shown


def test_short_date_hides_the_year_only_within_the_coming_one() -> None:
    near, far = dt.date(2026, 12, 1), dt.date(2028, 1, 1)
    today = dt.date(2026, 11, 23)
    shown = render("{{ d|shortdate:t }}", d=near, t=today)
    assert shown == '<time datetime="2026-12-01" title="2026-12-01">12\u201101</time>'
    assert "2028\u201101\u201101" in render("{{ d|shortdate:t }}", d=far, t=today)


def test_instant_is_shown_in_the_named_zone() -> None:
    at = dt.datetime(2026, 11, 23, 5, 2, tzinfo=dt.UTC)
    assert "06:02" in render('{{ at|instant:"Europe/Stockholm" }}', at=at)


class Sample(forms.Form):
    name = forms.CharField(label="Name", help_text="As people call it")
    note = forms.CharField(label="Note", required=False)
    route = forms.ChoiceField(label="Route", choices=[("a", "A")], widget=forms.RadioSelect)
    is_open = forms.BooleanField(label="Open", required=False)


def test_field_ties_help_and_error_to_the_control() -> None:
    page = str(Sample({"note": "x"}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in page
    assert 'id="id_name_helptext"' in page
    assert 'id="id_name_error"' in page
    assert 'aria-invalid="true"' in page
    assert '<a href="#id_name">Name: This field is required.</a>' in page


def test_only_what_may_be_left_out_says_so() -> None:
    page = str(Sample())
    assert page.count("optional") == 1
    assert page.index("Note") < page.index("optional")
    assert "b-summary" not in page
    assert "<legend>Route" in page


def list_page(**changes: object) -> SimpleNamespace:
    """A list as the page sees it."""
    known = {
        "columns": [
            SimpleNamespace(label="Project", sort_url="?sort=-p", sorted="asc", numeric=False),
            SimpleNamespace(label="Budget", sort_url=None, sorted="", numeric=True),
        ],
        "body": SafeString("<tr><td>A &amp; B</td><td>1</td></tr>"),
        "count": 1,
        "count_text": "1 row",
        "chips": [SimpleNamespace(label="Status: red", remove_url="?x=1")],
        "clear_url": "?",
        "filter_form": Sample(),
        "hidden_inputs": [("sort", "p")],
        "column_choices": [{"name": "p", "label": "Project", "shown": True}],
        "reset_columns_url": "?",
        "export_urls": {"csv": "?format=csv", "xlsx": "?format=xlsx"},
        "page": SimpleNamespace(number=2, last=3, prev_url="?page=1", next_url="?page=3", text="2"),
        "empty_text": "No projects yet.",
        "empty_url": "/new/",
        "empty_action": "Create one",
    }
    return SimpleNamespace(**known | changes)


def show_list(page: SimpleNamespace) -> str:
    request = RequestFactory().get("/projects/", {"status": "red", "columns": "p", "page": "2"})
    request.user = AnonymousUser()
    return get_template("ui/list.html").render({"list_page": page}, request)


def test_list_works_without_script_and_with_it() -> None:
    page = show_list(list_page())
    assert '<form class="b-filters" method="get" action="/projects/"' in page
    assert 'hx-target="#list-results"' in page
    assert 'aria-sort="ascending"' in page
    assert "<td>A &amp; B</td>" in page
    assert 'href="?page=3"' in page
    assert 'name="status" value="red"' in page, "the column picker keeps the filters"
    assert "optional" not in page


def test_empty_list_says_why_and_what_to_do() -> None:
    page = show_list(list_page(count=0, body=""))
    assert "No projects yet." in page
    assert '<a class="b-link" href="/new/">Create one</a>' in page
    assert "<table" not in page
