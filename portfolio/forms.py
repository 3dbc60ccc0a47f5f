"""The dashboard's filters and the search box."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access import units_for, units_offered
from accounts.domain.roles import Capability
from accounts.fields import UnitField

SIDES = [
    ("", _("Both offices")),
    ("projects", _("Project office")),
    ("services", _("Service office")),
]


class PlaceForm(forms.Form):
    """Which part of the organisation, and which office's side of it."""

    unit = UnitField(label=_("Unit"), required=False, empty_label=_("All units"))
    side = forms.ChoiceField(label=_("Office"), choices=SIDES, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Capability.VIEW_PROJECTS, Capability.VIEW_SERVICES
        unit: Any = self.fields["unit"]
        unit.offered = lambda: units_offered(user, *seen)
        if self.data.get("unit"):
            unit.queryset = units_for(user, *seen)


class SearchForm(forms.Form):
    """Words or a key."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
