"""What people enter about outages and the calendar."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.web.forms import RecordForm
from common.web.rows import RowForm
from common.wording import say
from services.forms.fields import InstantField
from services.models import Outage
from services.models.calendar import ENTRY_KINDS
from services.models.outage import OUTAGE_KINDS


class OutageForm(RowForm):
    """An outage, or a stretch in which nobody looked."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[*OUTAGE_KINDS, ("no_data", _("nobody looked"))]
    )
    starts_at = InstantField(label=_("From"))
    ends_at = InstantField(label=_("To"), required=False, help_text=_("Empty while it goes on."))
    title = forms.CharField(label=_("What happened"), max_length=200, required=False)

    def __init__(self, *args: Any, zone: str, is_new: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]  # an InstantField
        if not is_new:
            self.fields["kind"].choices = OUTAGE_KINDS  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """A stretch in which nobody looked needs both its ends."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("kind") == "no_data" and not data.get("ends_at"):
            self.add_error("ends_at", ValidationError(say("services.ends_needed"), code="end"))
        return data


class CloseForm(RecordForm):
    """When an outage ended."""

    ends_at = InstantField(label=_("Ended"))

    def differences(self, current: Outage) -> list[dict[str, str]]:
        """Return the end that somebody else gave, beside the one given here."""
        field = self.fields["ends_at"]
        theirs, yours = current.ends_at, self.cleaned_data["ends_at"]
        return [
            {
                "field": str(field.label),
                "theirs": str(field.prepare_value(theirs) or ""),
                "yours": str(field.prepare_value(yours)),
            }
        ]

    def __init__(self, *args: Any, zone: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ends_at"].zone = zone  # type: ignore[attr-defined]  # an InstantField


class CalendarEntryForm(RecordForm):
    """Something planned for the service."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ENTRY_KINDS[:4])
    title = forms.CharField(label=_("Title"), max_length=200)
    starts_at = InstantField(label=_("From"))
    ends_at = InstantField(label=_("To"))

    def __init__(self, *args: Any, zone: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in ("starts_at", "ends_at"):
            self.fields[name].zone = zone  # type: ignore[attr-defined]  # an InstantField
