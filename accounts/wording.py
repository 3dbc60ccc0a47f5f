"""Sentences of people, units and roles."""

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "accounts.log_not_yours": _(
        "What has been done is read by those who work here, the auditor and those it names."
    ),
    "accounts.unit_name_needed": _("Give the unit a name."),
    "accounts.organisation_needs_currency_and_zone": _(
        "An organisation needs a currency such as SEK and a zone such as Europe/Stockholm."
    ),
    "accounts.zone_unknown": _("There is no zone “%(zone)s”. Write for example Europe/Stockholm."),
    "accounts.currency_unknown": _(
        "“%(currency)s” is no currency. Write its three letters, for example SEK."
    ),
    "accounts.fixed_after_first_use": _(
        "“%(unit)s” has records, so this can no longer be changed: its figures were counted by it."
    ),
    "accounts.unit_cycle": _(
        "“%(unit)s” cannot be placed under “%(parent)s”, which is already below it."
    ),
    "accounts.unit_stays_in_organisation": _(
        "“%(unit)s” stays in its organisation: money and history do not cross from one to another."
    ),
    "accounts.username_taken": _("The user name “%(username)s” is taken. Choose another."),
    "accounts.assignment_backwards": _("The assignment ends before it starts. Swap the two dates."),
    "accounts.person_name_needed": _("Give the person a name, for example Anna Berg."),
    "accounts.unit_unknown": _(
        "There is no unit called “%(unit)s”. Import units first, or correct the name."
    ),
    "accounts.unit_elsewhere": _("“%(unit)s” belongs to another organisation and stays there."),
    "accounts.unit_in_circle": _(
        "“%(unit)s” would lie below itself. Give another unit that it belongs to."
    ),
    "accounts.person_elsewhere": _("“%(name)s” belongs to another organisation and stays there."),
    "accounts.role_unknown": _("“%(role)s” is not a role. There are: %(known)s."),
    "accounts.role_not_yours": _(
        "The role “%(role)s” is not yours to give. Ask an administrator to import it."
    ),
    "accounts.import_twice": _("“%(name)s” stands twice in the file. Only the first row counts."),
    "accounts.import_moved_on": _("Changed since the import, so it is left as it is."),
    "accounts.import_has_history": _("Other records hang on it by now, so it is left as it is."),
}

ACTIONS = {
    "unit.created": _("Unit created"),
    "unit.moved": _("Unit moved"),
    "unit.changed": _("Unit changed"),
    "people.imported": _("People imported"),
    "people.import_undone": _("Import of people undone"),
    "units.imported": _("Units imported"),
    "units.import_undone": _("Import of units undone"),
    "unit.imported": _("Imported"),
    "unit.import_undone": _("Import undone"),
    "person.imported": _("Imported"),
    "person.import_undone": _("Import undone"),
    "person.created": _("Person added"),
    "person.changed": _("Person changed"),
    "person.password_set": _("Password set"),
    "person.role_assigned": _("Role given"),
    "person.rows_changed": _("Roles changed"),
    "person.role_changed": _("Role changed"),
    "person.role_removed": _("Role taken away"),
}
