"""The shape of what people enter about services."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.access import people_for, units_for
from accounts.domain.roles import Capability
from accounts.fields import UnitField
from accounts.models import Unit, User
from common import formats
from common.domain import parsing
from common.models import WorkCalendar
from common.web.forms import DayField, MoneyField, NumberField, RecordForm, WholeField, refuse
from common.web.rows import RowForm, long_text
from common.wording import say
from services import access
from services.actions import Reading, Target, Terms
from services.domain.lengths import LengthError, parse_length, show_length
from services.models import Agreement, Measure, MeasurePoint, Outage, Service
from services.models.agreement import (
    AGREEMENT_KINDS,
    CHANGE_MODES,
    MEASURES,
    PRIORITIES,
    REOPEN_MODES,
)
from services.models.calendar import ENTRY_KINDS
from services.models.measure import BETTER
from services.models.outage import OUTAGE_KINDS
from services.models.service import DEPENDENCY_KINDS, STATUSES, TIERS

#: empty rows of the grid that readings are typed into
EMPTY_ROWS = 6


class InstantField(forms.CharField):
    """Day and time in the organisation's zone; cleans to an aware UTC instant or None."""

    def __init__(self, *, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone
        self.widget.attrs.setdefault("placeholder", "2026-11-23 14:30")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the instant, None when empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parsing.parse_datetime(text, zone=self.zone)
        except parsing.ParseError as error:
            raise refuse(error) from error

    def prepare_value(self, value: Any) -> Any:
        """Return a stored instant as local ISO text to the minute."""
        if isinstance(value, dt.datetime):
            shown = formats.format_datetime(value, self.zone)
            return shown.replace(formats.NBSP, " ").replace(formats.HYPHEN, "-")
        return value


class LengthField(forms.CharField):
    """Hours and minutes; cleans to seconds or None."""

    def clean(self, value: Any) -> int | None:
        """Return seconds, None when empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_length(text)
        except LengthError as error:
            raise ValidationError(say("services.length_bad"), code="length") from error

    def prepare_value(self, value: Any) -> Any:
        """Return stored seconds as a person writes them."""
        return show_length(value) if isinstance(value, int) else value


class ServiceForm(RowForm):
    """A service. Few fields are asked for; the rest can wait until a step needs them."""

    name = forms.CharField(label=_("Name"), max_length=200)
    unit = UnitField(label=_("Unit"))
    status = forms.ChoiceField(
        label=_("Status"),
        choices=STATUSES,
        initial="operational",
        help_text=_("Where it stands today. Later steps are taken on its page."),
    )
    tier = forms.TypedChoiceField(label=_("Tier"), choices=TIERS, coerce=int, initial=3)
    owner = forms.ModelChoiceField(
        label=_("Service owner"), queryset=User.objects.none(), required=False
    )
    deputies = forms.ModelMultipleChoiceField(
        label=_("Deputies"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        widget=long_text(),
        help_text=_("What users get, in a sentence or two."),
    )
    users_count = WholeField(label=_("Users"), required=False, least=Decimal(0))
    yearly_cost = MoneyField(label=_("Cost a year"), required=False, least=Decimal(0))
    calendar = forms.ModelChoiceField(
        label=_("Service hours"),
        queryset=WorkCalendar.objects.all(),
        required=False,
        empty_label=_("those of the organisation"),
    )
    retires_on = DayField(
        label=_("Retires on"),
        required=False,
        help_text=_("With a day, it is shown as being phased out."),
    )
    suspended = forms.BooleanField(label=_("Suspended"), required=False)
    is_confidential = forms.BooleanField(
        label=_("Confidential"),
        required=False,
        help_text=_("Only people named on it see it."),
    )

    def __init__(self, *args: Any, user: Any, service: Service | None = None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        units = units_for(user, Capability.EDIT_SERVICES)
        if service is not None:
            # An owner without rights over the unit may still edit, and leave it where it is.
            units = (units | Unit.objects.filter(pk=service.unit_id)).order_by("path")
            del self.fields["status"]
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField
        people = people_for(user)
        for name in ("owner", "deputies"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]  # as above
        sees_money = (
            access.can_see_money(user, service) if service else access.sees_money_anywhere(user)
        )
        if not sees_money:
            del self.fields["yearly_cost"]
        if service is not None and service.source:
            self.fields["name"].disabled = True
            self.fields["name"].help_text = _("Comes from %(source)s; change it there.") % {
                "source": service.source
            }


class StatusForm(RecordForm):
    """A step along the life cycle."""

    def differences(self, current: Service) -> list[dict[str, str]]:
        """Return where the service stands now, beside the step that was asked for."""
        words = {code: str(label) for code, label in STATUSES}
        theirs, yours = words[current.status], words.get(self.cleaned_data["target"], "")
        return [{"field": str(_("Status")), "theirs": theirs, "yours": yours}]

    target = forms.ChoiceField(label=_("New status"), widget=forms.RadioSelect)
    on = DayField(label=_("From"), required=False, help_text=_("Empty means today."))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=long_text(),
        help_text=_("Needed for a step back, for retirement and for a new beginning."),
    )

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class DependencyForm(RecordForm):
    """Something the service needs."""

    needs = forms.ModelChoiceField(label=_("Needs"), queryset=Service.objects.none())
    kind = forms.ChoiceField(label=_("Kind"), choices=DEPENDENCY_KINDS, initial="hard")
    group = forms.CharField(
        label=_("Redundant group"),
        max_length=60,
        required=False,
        help_text=_("Services of the same group replace each other."),
    )
    minimum = WholeField(
        label=_("How many of the group must work"), required=False, least=Decimal(1), initial=1
    )

    def __init__(self, *args: Any, user: Any, service: Service, **kwargs: Any):
        super().__init__(*args, **kwargs)
        others = access.visible_to(user).filter(archived_at=None, root=service.root_id)
        self.fields["needs"].queryset = (  # type: ignore[attr-defined]  # a ModelChoiceField
            others.exclude(pk=service.pk)
            .exclude(pk__in=service.needs.values("needs_id"))
            .exclude(is_unassigned=True)
            .order_by("name")
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
        label=_("When terms change, a running clock"), choices=CHANGE_MODES
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
