"""Sentences of people, units and roles."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "accounts.unit_name_needed": _("Give the unit a name."),
    "accounts.organisation_needs_currency_and_zone": _(
        "An organisation needs a currency such as SEK and a zone such as Europe/Stockholm."
    ),
    "accounts.unit_cycle": _(
        "“%(unit)s” cannot be placed under “%(parent)s”, which is already below it."
    ),
    "accounts.unit_stays_in_organisation": _(
        "“%(unit)s” stays in its organisation: money and history do not cross from one to another."
    ),
    "accounts.username_taken": _("The user name “%(username)s” is taken. Choose another."),
    "accounts.assignment_backwards": _("The assignment ends before it starts. Swap the two dates."),
}

ACTIONS = {
    "unit.created": _("Unit created"),
    "unit.moved": _("Unit moved"),
    "unit.changed": _("Unit changed"),
    "person.created": _("Person added"),
    "person.changed": _("Person changed"),
    "person.role_assigned": _("Role given"),
    "person.role_changed": _("Role changed"),
    "person.role_removed": _("Role taken away"),
}
