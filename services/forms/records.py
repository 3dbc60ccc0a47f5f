"""What people enter about a service itself."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access import people_for, units_for
from accounts.domain.roles import Capability
from accounts.fields import UnitField
from accounts.models import Unit, User
from common.models import WorkCalendar
from common.web.forms import DayField, MoneyField, RecordForm, WholeField
from common.web.rows import RowForm, long_text
from services import access
from services.models import Service
from services.models.service import DEPENDENCY_KINDS, STATUSES, TIERS


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
