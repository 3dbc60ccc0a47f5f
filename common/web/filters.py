"""Filters that every list of judged records has: its text, its measured status."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

COLOURS = [
    ("red", _("Red")),
    ("amber", _("Amber")),
    ("green", _("Green")),
    ("grey", _("Unknown")),
]


class SearchFilter(django_filters.CharFilter):
    """A text to find; `method` says where."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "search", "autocomplete": "off"}
        super().__init__(**{"label": _("Search"), "widget": forms.TextInput(attrs=attrs), **kwargs})


class ColourFilter(django_filters.ChoiceFilter):
    """Rows whose measured status it is; one that has no standing yet is unknown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"label": _("Measured"), "choices": COLOURS, "empty_label": _("All"), **kwargs}
        )

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows of that status; all rows when none is chosen."""
        if not value:
            return qs
        if value == "grey":
            return qs.filter(Q(standing__overall="grey") | Q(standing=None))
        return qs.filter(standing__overall=value)
