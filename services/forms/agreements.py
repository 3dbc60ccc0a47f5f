"""What people enter about agreements."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.models import WorkCalendar
from common.web.forms import DayField, NumberField, RecordForm
from services.actions import Target, Terms
from services.forms.fields import LengthField
from services.models import Agreement
from services.models.agreement import (
    AGREEMENT_KINDS,
    CHANGE_MODES,
    MEASURES,
    PRIORITIES,
    REOPEN_MODES,
)


class AgreementForm(RecordForm):
    """Terms of an agreement, with a time per priority."""

    kind = forms.ChoiceField(label=_("Kind"), choices=AGREEMENT_KINDS, initial="sla")
    party = forms.CharField(label=_("With"), max_length=200, required=False)
    starts_on = DayField(label=_("From"))
    calendar = forms.ModelChoiceField(
        label=_("Service hours"),
        queryset=WorkCalendar.objects.all(),
        required=False,
        empty_label=_("those of the service"),
    )
    availability_target = NumberField(
        label=_("Availability, %"), required=False, least=Decimal("0.0001"), most=Decimal(100)
    )
    degraded_weight = NumberField(
        label=_("Weight of reduced function"),
        required=False,
        least=Decimal(0),
        most=Decimal(1),
        help_text=_("1 counts it as down, 0 not at all. It is printed with the result."),
    )
    counts_planned = forms.BooleanField(label=_("Planned outages count"), required=False)
    change_mode = forms.ChoiceField(
        label=_("When terms or priority change, a running clock"), choices=CHANGE_MODES
    )
    reopen = forms.ChoiceField(label=_("When reopened"), choices=REOPEN_MODES)

    def __init__(self, *args: Any, agreement: Agreement | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        targets = (
            {(row.measure, row.priority): row for row in agreement.targets.all()}
            if agreement
            else {}
        )
        for priority, _label in PRIORITIES:
            for measure, _word in MEASURES:
                row = targets.get((measure, priority))
                self.fields[f"{measure}_{priority}"] = LengthField(
                    required=False,
                    initial=row.seconds if row else None,
                    widget=forms.TextInput(attrs={"placeholder": "4 h", "size": 8}),
                    label=_("Priority %(priority)s, %(measure)s within")
                    % {"priority": priority, "measure": _word},
                )
            share = targets.get(("resolve", priority)) or targets.get(("respond", priority))
            self.fields[f"share_{priority}"] = NumberField(
                required=False,
                least=Decimal("0.01"),
                most=Decimal(100),
                initial=share.attainment_target if share else None,
                widget=forms.TextInput(attrs={"placeholder": "90", "size": 5}),
                label=_("Priority %(priority)s, share in time, %%") % {"priority": priority},
            )

    def grid(self) -> list[dict[str, Any]]:
        """Return the targets' fields, a row a priority."""
        return [
            {
                "priority": priority,
                "respond": self[f"respond_{priority}"],
                "resolve": self[f"resolve_{priority}"],
                "share": self[f"share_{priority}"],
            }
            for priority, _label in PRIORITIES
        ]

    def plain(self) -> list[Any]:
        """Return the fields outside the grid."""
        return [
            self[name]
            for name in self.base_fields
            if name not in {"form_key", "version"} and not self[name].is_hidden
        ]

    def terms(self) -> Terms:
        """Return what was entered as terms."""
        data = self.cleaned_data
        weight = data["degraded_weight"]
        return Terms(
            calendar=data["calendar"],
            availability_target=data["availability_target"],
            degraded_weight=Decimal(1) if weight is None else weight,
            counts_planned=data["counts_planned"],
            change_mode=data["change_mode"],
            reopen=data["reopen"],
            targets=[
                Target(
                    priority=priority,
                    measure=measure,
                    seconds=data[f"{measure}_{priority}"],
                    attainment_target=data[f"share_{priority}"] or Decimal(90),
                )
                for measure, _word in MEASURES
                for priority, _label in PRIORITIES
                if data[f"{measure}_{priority}"]
            ],
        )


class EndForm(RecordForm):
    """The day an agreement stops to hold."""

    ends_on = DayField(label=_("First day it no longer holds"))
