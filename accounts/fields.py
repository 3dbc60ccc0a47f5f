"""A unit as forms and filters offer it."""

from collections.abc import Callable, Iterable
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

    def __iter__(self) -> Any:
        """Yield key and label of each, after the empty choice."""
        field: Any = self.field
        if field.empty_label is not None:
            yield "", field.empty_label
        read = field.offered or (lambda: self.queryset.values_list("pk", "path", "name"))
        for key, path, name in read():
            yield key, unit_label(path, name)


class OffersUnits:
    """A field whose choices are units."""

    iterator: Any = UnitChoices
    widget = LongSelect
    #: reads key, path and name of the units; those of the queryset when it is not given
    offered: Callable[[], Iterable[tuple[Any, ...]]] | None = None


class UnitField(OffersUnits, forms.ModelChoiceField):
    """A unit, indented by its depth."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"queryset": Unit.objects.none(), **kwargs})
