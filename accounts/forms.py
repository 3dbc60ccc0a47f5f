"""The shape of what people enter about themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models.user import LANGUAGES


class PreferencesForm(forms.Form):
    """How a person wants to read."""

    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    is_roomy = forms.BooleanField(
        label=_("Roomy rows"),
        required=False,
        help_text=_("More space between the rows of a table."),
    )
    has_shortcuts = forms.BooleanField(
        label=_("Single-key shortcuts"),
        required=False,
        help_text=_("Turn them off if you steer by voice or hit keys by accident."),
    )
