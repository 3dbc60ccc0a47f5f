"""Fields and parts that the forms share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from common.web.forms import RecordForm
from improvements.filters import number_of, unit_label

#: how many names a field of records suggests; more are found by typing
SUGGESTED = 300


def long_text(rows: int) -> forms.Textarea:
    """Return a field of so many lines."""
    return forms.Textarea(attrs={"rows": rows})


class UnitField(forms.ModelChoiceField):
    """A unit, indented by its depth."""

    def label_from_instance(self, obj: Model) -> str:
        """Return the unit's name under its parents."""
        return unit_label(obj) if isinstance(obj, Unit) else str(obj)


class RecordField(forms.CharField):
    """A record by its key or its name: typed, with the first few hundred suggested.

    A choice of thousands would weigh more than the page; this finds them all. Cleans to the row,
    None when empty. `choose` says among which rows, by which field and key prefix.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: QuerySet[Any] | None = None
        self.name_field, self.prefix = "name", ""

    def choose(self, rows: QuerySet[Any], *, name_field: str, prefix: str, list_id: str) -> None:
        """Set the rows to choose among, and the id of the list of suggestions."""
        self.rows, self.name_field, self.prefix = rows, name_field, prefix
        self.widget.attrs |= {"list": list_id, "autocomplete": "off"}

    def suggestions(self) -> list[str]:
        """Return the first rows as a person chooses them: name and key. One statement."""
        if self.rows is None:
            return []
        named = self.rows.order_by(self.name_field).values_list("pk", self.name_field)
        return [f"{name} ({self.prefix}-{pk})" for pk, name in named[:SUGGESTED]]

    def prepare_value(self, value: Any) -> Any:
        """Return a row as it is chosen."""
        if isinstance(value, Model):
            return f"{getattr(value, self.name_field)} ({self.prefix}-{value.pk})"
        return value

    def clean(self, value: Any) -> Any:
        """Return the one row that is meant; two that fit are named, none is said."""
        text = super().clean(value).strip()
        if not text or self.rows is None:
            return None
        number = number_of(text.rpartition("(")[2].rstrip(") "), self.prefix)
        found = [] if number is None else list(self.rows.filter(pk=number)[:1])
        for lookup in ("iexact", "icontains"):
            found = found or list(self.rows.filter(**{f"{self.name_field}__{lookup}": text})[:3])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                _("Nothing you may see is called “%(text)s”."), "unknown", {"text": text}
            )
        names = ", ".join(str(self.prepare_value(row)) for row in found)
        raise ValidationError(_("Several fit: %(names)s."), "several", {"names": names})


class RowForm(RecordForm):
    """A form over one improvement: knows what differs after a conflict."""

    def values(self) -> dict[str, Any]:
        """Return what was entered, by field name, without the plumbing."""
        return {n: v for n, v in self.cleaned_data.items() if n not in {"form_key", "version"}}

    def differences(self, current: Model) -> list[dict[str, str]]:
        """Return the fields where the row as it stands now differs from what was typed."""
        rows = []
        for name, value in self.values().items():
            if not hasattr(current, name):
                continue
            theirs, yours = self._said(name, getattr(current, name)), self._said(name, value)
            if theirs != yours:
                rows.append(
                    {"field": str(self.fields[name].label), "theirs": theirs, "yours": yours}
                )
        return rows

    def _said(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if value is None or isinstance(value, Model):
            return str(value or "")
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # pairs here
        return str(field.prepare_value(value))
