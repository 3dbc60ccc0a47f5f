"""What people enter about measures and their readings."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.web.forms import DayField, NumberField, RecordForm, WholeField
from common.web.rows import RowForm
from common.wording import say
from services.actions import Reading
from services.models import Measure, MeasurePoint
from services.models.measure import BETTER

#: empty rows of the grid that readings are typed into
EMPTY_ROWS = 6


class MeasureForm(RowForm):
    """A measure."""

    name = forms.CharField(label=_("Name"), max_length=120)
    unit_text = forms.CharField(
        label=_("Unit of measure"), max_length=30, required=False, help_text=_("hours, %, points")
    )
    better = forms.ChoiceField(label=_("Direction"), choices=BETTER)
    target = NumberField(label=_("Target"), required=False)
    is_primary = forms.BooleanField(
        label=_("Leading measure: it is drawn in lists and on the dashboard"), required=False
    )
    is_satisfaction = forms.BooleanField(
        label=_("Answers of users: judged as satisfaction"), required=False
    )


class ReadingsForm(RecordForm):
    """A grid of readings: the latest, which may be corrected, and empty rows for new ones."""

    def __init__(self, *args: Any, measure: Measure, latest: list[MeasurePoint], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.measure = measure
        self.rows = len(latest) + EMPTY_ROWS
        for at in range(self.rows):
            row = latest[at] if at < len(latest) else None
            self.fields[f"on_{at}"] = DayField(
                label=_("Day"), required=False, initial=row.on if row else None
            )
            self.fields[f"value_{at}"] = NumberField(
                label=_("Value"), required=False, initial=row.value if row else None
            )
            self.fields[f"n_{at}"] = WholeField(
                label=_("Observations"),
                required=False,
                least=Decimal(1),
                initial=row.n if row else None,
            )

    def grid(self) -> list[dict[str, Any]]:
        """Return the fields, a row a reading."""
        return [
            {"on": self[f"on_{at}"], "value": self[f"value_{at}"], "n": self[f"n_{at}"]}
            for at in range(self.rows)
        ]

    def clean(self) -> dict[str, Any]:
        """A row has both day and value, or neither."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for at in range(self.rows):
            day, value = data.get(f"on_{at}"), data.get(f"value_{at}")
            lacks = (
                "value" if day and value is None else "on" if value is not None and not day else ""
            )
            if lacks and f"{lacks}_{at}" not in self.errors:
                self.add_error(
                    f"{lacks}_{at}",
                    ValidationError(say("services.reading_half"), code="half"),
                )
        return data

    def readings(self) -> list[Reading]:
        """Return the rows that were filled in."""
        data = self.cleaned_data
        return [
            Reading(on=data[f"on_{at}"], value=data[f"value_{at}"], n=data[f"n_{at}"])
            for at in range(self.rows)
            if data[f"on_{at}"] and data[f"value_{at}"] is not None
        ]
