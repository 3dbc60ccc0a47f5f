"""Fields read what people write, in both languages, and refuse with an example."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from common import wording
from common.domain.parsing.errors import CODES
from common.errors import Refused
from common.web.forms import DayField, MoneyField, NumberField, RecordForm, WholeField


class Paper(RecordForm):
    """One of each field."""

    on = DayField(required=False)
    cost = MoneyField(required=False, least=Decimal(0))
    share = NumberField(required=False, least=Decimal(0), most=Decimal(100))
    people = WholeField(required=False)


def _form(**values: str) -> Paper:
    data = QueryDict(mutable=True)
    data.update(values)
    return Paper(data)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("on", "2026-03-05", dt.date(2026, 3, 5)),
        ("on", "20260305", dt.date(2026, 3, 5)),
        ("on", "5 mars 2026", dt.date(2026, 3, 5)),
        ("on", "", None),
        ("cost", "1 234 567,50", Decimal("1234567.50")),
        ("cost", "1\u00a0234\u202f567,5", Decimal("1234567.50")),
        ("cost", "1234567.50", Decimal("1234567.50")),
        ("cost", "", None),
        ("share", "99,5", Decimal("99.5")),
        ("people", "12", 12),
        ("people", "", None),
    ],
)
def test_what_people_write_is_read(field: str, text: str, value: object) -> None:
    form = _form(**{field: text})

    assert form.is_valid(), form.errors
    assert form.cleaned_data[field] == value


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("on", "5/3/2026", "“5/3/2026” can mean 2026-"),
        ("on", "2026-02-30", "“2026-02-30” is a day that does not exist."),
        ("on", "soon", "“soon” is not a date. Write for example"),
        ("cost", "1.234", "“1.234” can mean"),
        ("cost", "1,005", "“1,005”"),
        ("cost", "abc", "“abc” is not a number. Write for example"),
        ("cost", "-1", "Write 0 or more."),
        ("cost", "NaN", "“NaN” is not a number."),
        ("cost", "1e999999", "“1e999999”"),
        ("share", "100,5", "Write 100 or less."),
        ("people", "1,5", "Write a whole number, for example 3."),
    ],
)
def test_what_is_not_clear_is_refused_with_an_example(field: str, text: str, said: str) -> None:
    form = _form(**{field: text})

    assert not form.is_valid()
    assert form.errors[field][0].startswith(said), form.errors[field][0]
    assert form[field].value() == text


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("code", CODES)
def test_every_refusal_of_the_parser_is_a_sentence(code: str, language: str) -> None:
    params = {
        "text": "1.234",
        "example": "1,5",
        "alternative": "2",
        "limit": "9",
        "currency": "SEK",
    }

    with translation.override(language):
        said = wording.say(f"common.parse.{code}", params)

    assert wording.knows(f"common.parse.{code}")
    assert said.endswith(".")
    assert "%(" not in said
    if "%(text)s" in str(wording._SENTENCES[f"common.parse.{code}"]):
        assert "1.234" in said


def test_what_was_typed_is_quoted_as_it_was_typed() -> None:
    said = wording.say("common.parse.not_a_date", {"text": "5.3", "example": "2026-03-05"})

    assert said == "“5.3” is not a date. Write for example 2026-03-05."


@pytest.mark.parametrize(
    ("field", "stored", "shown"),
    [
        ("cost", Decimal("1234567.50"), "1234567,5"),
        ("cost", Decimal("100.00"), "100"),
        ("share", Decimal("0"), "0"),
        ("people", 3, "3"),
        ("on", dt.date(2026, 3, 5), "2026-03-05"),
    ],
)
def test_a_stored_value_is_shown_as_one_writes_it_and_reads_back(
    field: str, stored: Any, shown: str
) -> None:
    form = Paper(initial={field: stored})

    assert form[field].value() == shown
    again = _form(**{field: shown})
    assert again.is_valid()
    assert again.cleaned_data[field] == stored


def test_every_form_has_a_key_of_its_own() -> None:
    assert Paper()["form_key"].value() != Paper()["form_key"].value()


def test_a_refusal_stands_on_its_field_or_on_top() -> None:
    form = _form(cost="1")
    form.is_valid()

    form.refuse(Refused("common.reason_needed", field="cost"))
    form.refuse(Refused("common.reason_needed", field="nowhere"))

    assert form.errors["cost"] == ["Give a reason, one sentence is enough."]
    assert form.non_field_errors() == ["Give a reason, one sentence is enough."]


def test_after_a_conflict_the_typed_text_stays_on_the_newer_version() -> None:
    form = _form(cost="12", version="3")

    form.take_version(7)

    assert form["version"].value() == "7"
    assert form["cost"].value() == "12"


@pytest.mark.parametrize("version", ["x", "-", "9" * 400])
def test_a_tampered_version_is_no_crash(version: str) -> None:
    form = _form(version=version)

    assert form.is_valid() or "version" in form.errors


def test_a_list_of_choices_is_drawn_as_django_draws_it() -> None:
    from django import forms
    from django.forms.renderers import DjangoTemplates

    from common.web.forms import UIRenderer

    choices = [("", "All"), ("a&b", "A & <b>"), ("Group", [("1", "One"), ("2", "Two")])]
    attrs = {"id": "id_x", "required": True, "disabled": False, "data-x": 'quote "'}
    widget = forms.Select(attrs=attrs, choices=choices)

    ours = widget.render("x", "2", renderer=UIRenderer())
    theirs = widget.render("x", "2", renderer=DjangoTemplates())

    def plain(html: str) -> str:
        return " ".join(html.replace(">", "> ").replace("<", " <").split())

    assert plain(ours) == plain(theirs)
