"""A unit as forms and filters offer it."""

from typing import Any

from django import forms
from django.db.models import Model

from accounts.models import Unit

_INDENT = "\u2003"


def unit_label(unit: Unit) -> str:
    """Return a unit's name, indented by its depth in the tree."""
    return _INDENT * (unit.path.count(".") - 1) + unit.name


class UnitField(forms.ModelChoiceField):
    """A unit, indented by its depth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Unit.objects.none(), **kwargs})

    def label_from_instance(self, obj: Model) -> str:
        """Return the unit's name under its parents."""
        return unit_label(obj) if isinstance(obj, Unit) else str(obj)
