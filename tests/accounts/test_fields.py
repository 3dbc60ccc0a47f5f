"""A unit in forms and filters: offered under its parents, read as one plain row."""

from typing import Any

import pytest
from django import forms

from accounts.fields import UnitField
from accounts.filters import UnitFilter
from accounts.models import Unit
from tests.factories.accounts import make_unit

pytestmark = pytest.mark.django_db


class _Form(forms.Form):
    unit = UnitField(empty_label="All units")


@pytest.mark.parametrize(
    "field",
    [
        UnitField(empty_label="All"),
        UnitFilter(queryset=Unit.objects.none(), empty_label="All").field,
    ],
)
def test_units_stand_indented_under_their_parents(
    organisation: Unit, field: Any, django_assert_num_queries: Any
) -> None:
    school = make_unit(parent=organisation, name="School")
    field.queryset = Unit.objects.order_by("path")

    with django_assert_num_queries(1):
        found = list(iter(field.choices))

    assert found == [
        ("", "All"), (organisation.pk, organisation.name), (school.pk, "\u2003School"),
    ]  # fmt: skip


def test_the_chosen_unit_stays_chosen(organisation: Unit) -> None:
    form = _Form({"unit": str(organisation.pk)})
    form.fields["unit"].queryset = Unit.objects.order_by("path")  # type: ignore[attr-defined]

    assert form.is_valid()
    assert form.cleaned_data["unit"] == organisation
    long = str(form["unit"])
    form.fields["unit"].widget.__class__ = forms.Select
    assert f'<option value="{organisation.pk}" selected>' in long
    assert long == str(form["unit"])
