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
#: the areas that have limits of their own
AREAS: dict[str, str | Promise] = {
    "projects": _("Projects"),
    "services": _("Services"),
    "improvements": _("Improvements"),
}
#: area -> its limits, as an administrator reads and sets them
LIMITS: dict[str, dict[str, str | Promise]] = {
    "projects": {
        "cost_green_percent": _("Cost: green up to, % above the approved"),
        "cost_amber_percent": _("Cost: amber up to, % above the approved"),
        "cost_cap_amount": _("Cost: red from this amount above the approved, 0 is no cap"),
        "schedule_green_days": _("Schedule: green up to, working days late"),
        "schedule_green_percent": _("Schedule: green up to, % of the planned time"),
        "schedule_amber_days": _("Schedule: amber up to, working days late"),
        "schedule_amber_percent": _("Schedule: amber up to, % of the planned time"),
        "cadence_days_light": _("Report too old after, days, light projects"),
        "cadence_days_standard": _("Report too old after, days, standard projects"),
        "cadence_days_heavy": _("Report too old after, days, heavy projects"),
        "closing_late_days": _("Finished but not taken to closing for, days"),
    },
    "services": {
        "downtime_used_amber": _(
            "Availability: amber when so much of the allowed downtime is used, %"
        ),
        "coverage_needed": _("Availability: known for at least, % of the agreed time"),
        "attainment_margin": _("Promises: amber down to so many percentage points below, then red"),
        "attainment_few": _("Promises: never red under so many incidents"),
        "late_amber": _("Open incidents past their time: amber from, %"),
        "late_red": _("Open incidents past their time: red from, %"),
        "late_few": _("Open incidents past their time: red from this many at least"),
        "old_days": _("An open incident without a target is old after, days"),
        "inflow_amber": _("Incidents opened against resolved in 28 days: amber from, %"),
        "inflow_few": _("Incidents opened against resolved: by this many at least"),
        "reading_days": _("A reading is too old after, days"),
        "survey_days": _("A survey is too old after, days"),
        "satisfaction_red": _("Satisfaction: red from so far below the target, %"),
        "cadence_days": _("Facts count as fresh for, days"),
    },
    "improvements": {
        "captured_days": _("Late in state captured after, days"),
        "shaped_days": _("Late in state shaped after, days"),
        "approved_days": _("Late in state approved after, days"),
        "delivering_days": _("Late in state delivering after, days"),
        "early_life_days": _("Late in early life after, days"),
        "measuring_days": _("Late in state measuring after, days"),
        "respond_small_days": _("First answer to a small one within, working days"),
        "respond_days": _("First answer to a large one within, working days"),
        "cadence_days": _("What is written counts as fresh for, days"),
        "do_now_days": _("Route do-now: at most, person-days"),
        "change_days": _("Route change: at most, person-days"),
    },
}
