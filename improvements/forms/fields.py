"""The field by which improvements name other records."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from common import subjects

#: how many names a field of records suggests; more are found by typing
SUGGESTED = 300


class RecordField(forms.CharField):
    """A record by its key or its name: typed, with the first few hundred suggested.

    A choice of thousands would weigh more than the page; this finds them all. Cleans to the row,
    None when empty. `choose` says among which rows, of which kind and by which field.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: QuerySet[Any] | None = None
        self.name_field, self.kind = "name", ""

    def choose(self, rows: QuerySet[Any], *, name_field: str, kind: str, list_id: str) -> None:
        """Set the rows to choose among, and the id of the list of suggestions."""
        self.rows, self.name_field, self.kind = rows, name_field, kind
        self.widget.attrs |= {"list": list_id, "autocomplete": "off"}

    def suggestions(self) -> list[str]:
        """Return the first rows as a person chooses them: name and key. One statement."""
        if self.rows is None:
            return []
        named = self.rows.order_by(self.name_field).values_list("pk", self.name_field)
        return [self._chosen(name, pk) for pk, name in named[:SUGGESTED]]

    def prepare_value(self, value: Any) -> Any:
        """Return a row as it is chosen."""
        if isinstance(value, Model):
            return self._chosen(getattr(value, self.name_field), value.pk)
        return value

    def _chosen(self, name: str, pk: int) -> str:
        return f"{name} ({subjects.key(subjects.Subject(self.kind, pk))})"

    def clean(self, value: Any) -> Any:
        """Return the one row that is meant; two that fit are named, none is said."""
        text = super().clean(value).strip()
        if not text or self.rows is None:
            return None
        number = subjects.number_of(text.rpartition("(")[2].rstrip(") "), self.kind)
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
