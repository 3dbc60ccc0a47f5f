"""A unit as forms and filters offer it."""

from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from accounts.models import Unit
from common.web.forms import LongSelect

_INDENT = "\u2003"


def unit_label(path: str, name: str) -> str:
    """Return a unit's name, indented by its depth in the tree."""
    return _INDENT * (path.count(".") - 1) + name


class UnitChoices(ModelChoiceIterator):
    """Units to choose from, read as plain rows: a tree of a hundred stands on many pages."""

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self.queryset = self.queryset.values_list("pk", "path", "name")

    def choice(self, obj: Any) -> Any:
        """Return key and label of a row."""
        key, path, name = obj
        return key, unit_label(path, name)


class UnitField(forms.ModelChoiceField):
    """A unit, indented by its depth."""

    iterator = UnitChoices
    widget = LongSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Unit.objects.none(), **kwargs})
