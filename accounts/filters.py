"""The filter by unit that every list of records has."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from accounts.fields import OffersUnits, UnitChoices
from accounts.models import Unit


class _UnitChoices(ModelChoiceIterator, UnitChoices):
    """The filter's empty choice before them."""


class _UnitField(OffersUnits, ModelChoiceField):
    iterator = _UnitChoices


class UnitFilter(django_filters.ModelChoiceFilter):
    """Rows of a unit and of everything below it; the units offered are those of `queryset`."""

    field_class = _UnitField

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": _("Unit"), "empty_label": _("All"), **kwargs})

    def filter(self, qs: QuerySet[Any], value: Unit | None) -> QuerySet[Any]:
        """Return the rows below the unit; all rows when none is chosen."""
        return qs.filter(unit__path__startswith=value.path) if value else qs
