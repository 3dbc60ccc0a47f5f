"""Where the project office's codes become words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import formats
from common.words import worded
from projects.domain.limits import Limits

OFFICE_LEAD = _("the project office lead")

DIMENSIONS: dict[str, str | Promise] = {
    "schedule": _("Schedule"),
    "cost": _("Cost"),
    "scope": _("Scope"),
    "risk": _("Risk"),
    "resources": _("Resources"),
    "benefits": _("Benefits"),
    "governance": _("Governance"),
}

#: what fields are called where the same code names a kind of evidence
FIELDS: dict[str, str | Promise] = {
    "purpose": _("purpose"),
    "manager": _("project manager"),
}

#: codes of states, evidence and fields as words inside a sentence
NAMES: dict[str, str | Promise] = {
    "initiating": worded("phase.initiating", _("initiating")),
    "planning": worded("phase.planning", _("planning")),
    "executing": worded("phase.executing", _("executing")),
    "closing": worded("phase.closing", _("closing")),
    "closed": worded("phase.closed", _("closed")),
    "running": _("running"),
    "on_hold": _("on hold"),
    "stopped": _("stopped"),
    "purpose": _("a purpose"),
    "manager": _("a project manager"),
    "finish_planned": _("a planned finish"),
    "budget": _("a budget"),
    "risks_assessed": _("at least one assessed risk"),
    "finish_actual": _("an actual finish"),
    "nothing_open": _("every risk and issue closed or moved"),
    "open": _("open"),
    "happened": _("happened"),
    "threat": _("risk"),
    "opportunity": _("opportunity"),
    "light": _("light"),
    "standard": _("standard"),
    "heavy": _("heavy"),
    "phase": _("phase"),
    "overlay": _("on hold or stopped"),
    "name": _("name"),
    "unit": _("unit"),
    "project_type": _("type"),
    "tier": _("tier"),
    "sponsor": _("sponsor"),
    "is_confidential": _("confidential"),
    "actual_start_on": _("actual start"),
    "planned_on": _("planned"),
    "actual_on": _("reached"),
    "title": _("title"),
    "kind": _("kind"),
    "probability": _("probability"),
    "consequence": _("consequence"),
    "response": _("response"),
    "description": _("what has happened"),
    "resolution": _("what is being done"),
    "owner": _("owner"),
    "due_on": _("due"),
    "state": _("state"),
    "starts_on": _("planned start"),
    "planned_finish_on": _("planned finish"),
    "baseline_finish_on": _("approved finish"),
    "forecast_finish_on": _("forecast finish"),
    "actual_finish_on": _("actual finish"),
    "approved_budget": _("approved budget"),
    "current_budget": _("current budget"),
    "forecast_cost": _("forecast cost"),
    "actual_cost": _("actual cost"),
}


def names_of(codes: Iterable[str]) -> str:
    """Return codes as words, joined by commas; a code without words stands as it is."""
    return ", ".join(str(NAMES.get(code, code)) for code in codes)


def shown(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reason's parameters as people read them: decimal comma, dates unbroken."""
    return {
        name: value.replace(".", ",") if name == "percent" and value else value
        for name, value in params.items()
    }


SENTENCES: dict[str, str | Promise] = {
    # Access.
    "projects.archived": _("The project is archived and can no longer be changed."),
    "projects.edit_not_yours": _(
        "Only the project manager and the project office change this project."
    ),
    "projects.create_not_yours": _(
        "Your role does not create projects. Ask the project office lead."
    ),
    "projects.unit_not_yours": _("You may not place projects in “%(unit)s”. Choose another unit."),
    "projects.manager_must_be_you": _(
        "You create projects that you manage yourself. Name yourself as project manager, "
        "or ask the project office lead."
    ),
    "projects.money_not_yours": _("You have no right to this project's amounts."),
    "projects.budget_not_yours": _(
        "The budget has been approved; the project office grants another one. Write what you "
        "expect as the forecast, and ask for the decision in the status report."
    ),
    "projects.author_decides": _(
        "You manage this project and cannot approve it yourself. "
        "Ask somebody else in the project office."
    ),
    # Facts.
    "projects.name_needed": _("Give it a name."),
    "projects.title_needed": _("Say in a few words what it is about."),
    "projects.finish_before_start": _(
        "The finish %(finish)s lies before the start %(start)s. Swap or correct the dates."
    ),
    "projects.not_yet": _("The day has not come yet. Use the forecast for what is expected."),
    "projects.amount_negative": _("An amount cannot be negative. Write for example 1 250 000."),
    "projects.original_stays": _(
        "The original approval stays as it was given. Change the current budget or the planned "
        "finish instead."
    ),
    "projects.source_owns": _(
        "%(fields)s: kept by the system the project comes from. Change it there."
    ),
    "projects.milestone_twice": _("There is already a milestone called “%(name)s”."),
    "projects.risk_not_open": _("Only an open risk can come true."),
    "projects.on_hold_stands_still": _(
        "The project is on hold and its phase stands still. Let it run again first."
    ),
    # Reports.
    "projects.summary_needed": _("Write at least one sentence about how it goes."),
    "projects.report_older": _("There is already a report from %(newest)s, which is newer."),
    "projects.report_two_steps": _(
        "Reported and measured may differ by one step at most. Choose the colour in between, or "
        "correct the facts that were measured."
    ),
    "projects.report_reason_needed": _("Say in a sentence why you judge it differently."),
    # Import.
    "projects.import_unit_unknown": _("There is no unit called “%(unit)s” in the organisation."),
    "projects.import_not_yours": _("You may not import into “%(unit)s”."),
    "projects.import_amount_too_large": _("The amount %(value)s is larger than can be kept."),
    "projects.import_has_history": _(
        "Something has been added to the project since; archive it instead."
    ),
    "projects.import_name_missing": _("The row has no project name."),
    "projects.import_dates_backwards": _(
        "The actual finish %(finish)s lies before the actual start %(start)s."
    ),
    "projects.undo_moved_on": _("The project has been changed since and is left as it is."),
    # Health: schedule.
    "projects.finish_late_approved": _(
        "Finish %(days)s working days after the approved one, %(percent)s %% of the planned length"
    ),
    "projects.finish_late_approved_days": _("Finish %(days)s working days after the approved one"),
    "projects.finish_early_approved": _("Finish %(days)s working days before the approved one"),
    "projects.finish_on_time_approved": _("Finish as approved"),
    "projects.finish_late_planned": _(
        "Finish %(days)s working days after plan, %(percent)s %% of the planned length"
    ),
    "projects.finish_late_planned_days": _("Finish %(days)s working days after plan"),
    "projects.finish_early_planned": _("Finish %(days)s working days before plan"),
    "projects.finish_on_time_planned": _("Finish as planned"),
    "projects.finish_passed": _("Expected finish %(on)s has passed"),
    "projects.finish_missing": _("No planned finish"),
    "projects.forecast_missing": _("No forecast finish"),
    "projects.milestones_overdue": _("Milestones overdue: %(count)s"),
    # Health: cost.
    "projects.cost_over_approved": _("Forecast %(percent)s %% above the approved budget"),
    "projects.cost_under_approved": _("Forecast %(percent)s %% below the approved budget"),
    "projects.cost_even_approved": _("Forecast equals the approved budget"),
    "projects.cost_over_planned": _("Forecast %(percent)s %% above the budget"),
    "projects.cost_under_planned": _("Forecast %(percent)s %% below the budget"),
    "projects.cost_even_planned": _("Forecast equals the budget"),
    "projects.cost_spent_over": _("Spent %(percent)s %% more than the budget"),
    "projects.cost_granted_over": _("Budget raised %(percent)s %% above the approved one"),
    "projects.cost_forecast_missing": _("No forecast cost"),
    "projects.budget_missing": _("No budget"),
    "projects.cost_spent_over_forecast": _(
        "Spent %(percent)s %% more than the approved budget, and more than forecast"
    ),
    "projects.cost_cap_passed": _("The amount above the approved budget passes the cap"),
    # Health: what was said before holds a better colour back.
    "projects.held_schedule_amber": _(
        "Amber by the finish said on %(on)s, %(days)s working days late; better counts when two "
        "reports in a row agree"
    ),
    "projects.held_schedule_red": _(
        "Red by the finish said on %(on)s, %(days)s working days late; better counts when two "
        "reports in a row agree"
    ),
    "projects.held_cost_amber": _(
        "Amber by the cost said on %(on)s, %(percent)s %% above; better counts when two reports "
        "in a row agree"
    ),
    "projects.held_cost_red": _(
        "Red by the cost said on %(on)s, %(percent)s %% above; better counts when two reports "
        "in a row agree"
    ),
    # Health: the rest.
    "projects.report_overdue": _("No report for %(days)s days, one is due every %(cadence)s days"),
    "projects.risks_not_assessed": _("No risk assessed"),
    "projects.risks_within_tolerance": _("No open risk above tolerance"),
    "projects.risks_above_tolerance": _("Open risks above tolerance: %(count)s"),
    "projects.risks_unacceptable": _(
        "Open risks above tolerance: %(count)s, in the red of the matrix: %(red)s"
    ),
    "projects.scope_not_measured": _("Scope is not measured"),
    "projects.resources_not_measured": _("Resources are not measured"),
    "projects.benefits_not_measured": _("Benefits are not measured"),
    "projects.conditions_overdue": _("Conditions overdue: %(count)s"),
    "projects.manager_missing": _("No project manager"),
    "projects.closing_late": _("Finished %(days)s days ago and not taken to closing"),
    "projects.nothing_overdue": _("No overdue condition"),
}


def rules_of(limits: Limits, tier: str, currency: str) -> list[str]:
    """Return the limits a project is judged by, in words, so that a reader can judge it again."""
    number = formats.format_number
    parts = {
        "days": number(limits.schedule_green_days),
        "share": number(limits.schedule_green),
        "most_days": number(limits.schedule_amber_days),
        "most_share": number(limits.schedule_amber),
        "over": number(limits.cost_green),
        "most_over": number(limits.cost_amber),
        "cap": formats.format_money(limits.cost_cap, currency),
        "cadence": number(limits.cadence_days[tier]),
    }
    said = [
        _(
            "Schedule: green below %(days)s working days and %(share)s %% of the length, amber to "
            "%(most_days)s and %(most_share)s %%, red beyond"
        ),
        _("Cost: green to %(over)s %% above the approved budget, amber to %(most_over)s %%"),
        _("Risk: amber with an open risk above tolerance, red with one in the red of the matrix"),
        _("A report is due every %(cadence)s days; without one all but governance is unknown"),
    ]
    if limits.cost_cap:
        said.insert(2, _("Cost is red, too, more than %(cap)s above the approved budget"))
    return [str(sentence) % parts for sentence in said]


ACTIONS: dict[str, str | Promise] = {
    "project.created": _("Project created"),
    "project.changed": _("Project changed"),
    "project.archived": _("Project archived"),
    "project.restored": _("Project restored"),
    "project.phase_changed": _("Phase changed"),
    "project.overlay_changed": _("Held, stopped or let run"),
    "project.milestone_added": _("Milestone added"),
    "project.milestone_changed": _("Milestone changed"),
    "project.milestone_removed": _("Milestone removed"),
    "project.risk_added": _("Risk added"),
    "project.risk_changed": _("Risk changed"),
    "project.issue_added": _("Issue added"),
    "project.issue_changed": _("Issue changed"),
    "project.report_published": _("Status report published"),
    "project.imported": _("Imported"),
    "projects.imported": _("Projects imported"),
    "project.import_undone": _("Import undone"),
}

#: what the button of a move says
MOVES: dict[tuple[str, str], str | Promise] = {
    ("initiating", "planning"): _("Start planning"),
    ("planning", "executing"): _("Approve the plan and start"),
    ("executing", "closing"): _("Start closing"),
    ("closing", "closed"): _("Close the project"),
    ("initiating", "closing"): _("Start closing"),
    ("planning", "closing"): _("Start closing"),
    ("planning", "initiating"): _("Back to initiating"),
    ("executing", "planning"): _("Back to planning"),
    ("closing", "executing"): _("Back to executing"),
    ("closed", "closing"): _("Open again"),
    ("running", "on_hold"): _("Put on hold"),
    ("on_hold", "running"): _("Let it run again"),
    ("running", "stopped"): _("Stop the project"),
    ("on_hold", "stopped"): _("Stop the project"),
    ("stopped", "running"): _("Let it run again"),
}
