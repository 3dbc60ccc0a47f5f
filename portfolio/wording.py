"""Sentences of the roof."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "portfolio.day_not_begun": _("%(day)s has not begun. Choose today or an earlier day."),
    "portfolio.day_closed": _(
        "%(day)s is closed. Somebody with the right to freeze periods may reopen it, with a reason."
    ),
    "portfolio.day_not_closed": _("%(day)s is not closed, so there is nothing to reopen."),
    "portfolio.may_not_reopen": _(
        "Only a project or service office lead may reopen a closed day. Ask one of them."
    ),
}

ACTIONS = {"portfolio.day_reopened": _("Closed day reopened")}

#: every dimension's name, for sentences
DIMENSIONS: dict[str, str | Promise] = {
    "schedule": _("Schedule"),
    "cost": _("Cost"),
    "scope": _("Scope"),
    "risk": _("Risk"),
    "resources": _("Resources"),
    "benefits": _("Benefits"),
    "governance": _("Governance"),
    "availability": _("Availability"),
    "service_levels": _("Service levels"),
    "incidents": _("Incidents"),
    "change": _("Change"),
    "satisfaction": _("Satisfaction"),
    "progress": _("Progress"),
    "effect": _("Effect"),
}
#: the heat map's columns, short enough for their width in both languages
HEAT_LABELS: dict[str, str | Promise] = {
    "schedule": _("Schedule"),
    "cost": _("Cost"),
    "scope": _("Scope"),
    "risk": _("Risk"),
    "resources": _("People"),
    "benefits": _("Benefits"),
    "governance": _("Control"),
}
