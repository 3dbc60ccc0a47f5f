"""Forms over one row: what it holds now, what was entered, and what differs after a conflict."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Manager, Model
from django.utils.translation import gettext as _

from common import formats
from common.web.forms import RecordForm

_PLUMBING = frozenset({"form_key", "version"})


def long_text(rows: int = 3) -> forms.Textarea:
    """Return the widget of a text of several lines."""
    return forms.Textarea(attrs={"rows": rows})


class RowForm(RecordForm):
    """A form over one row: knows its initial values and, after a conflict, what differs."""

    @classmethod
    def initial_of(cls, row: Model | None) -> dict[str, Any]:
        """Return what the form shows of a row; empty for a new one."""
        if row is None:
            return {}
        return {name: getattr(row, name) for name in cls.base_fields if hasattr(row, name)}

    def values(self) -> Any:
        """Return what was entered, by field name, without the plumbing."""
        return {n: value for n, value in self.cleaned_data.items() if n not in _PLUMBING}

    def differences(self, current: Any) -> list[dict[str, str]]:
        """Return the fields where the row as it stands now differs from what was typed."""
        return list(self._differences(current))

    def _differences(self, current: Any) -> Iterator[dict[str, str]]:
        for name, value in self.values().items():
            # Fields that are no column, and links to many rows, are not the row's to compare.
            if not hasattr(current, name) or isinstance(getattr(current, name), Manager):
                continue
            theirs, yours = self._text(name, getattr(current, name)), self._text(name, value)
            if theirs != yours:
                yield {"field": str(self.fields[name].label), "theirs": theirs, "yours": yours}

    def _text(self, name: str, value: Any) -> str:
        """Return a value as a person reads it beside another."""
        field = self.fields[name]
        if value is None or isinstance(value, Model):
            return str(value or "")
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, Decimal):
            return formats.format_number(value, 0 if value == value.to_integral_value() else 2)
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            words: Any = field.choices
            return str({str(code): text for code, text in words}.get(str(value), value))
        return str(field.prepare_value(value))
