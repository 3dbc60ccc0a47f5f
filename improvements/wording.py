"""The only place where this app's codes and parameters become sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.wording import say
from improvements.domain.approvals import Office, Seat
from improvements.domain.lifecycle import State
from improvements.domain.routes import RouteAdvice
from improvements.models.improvement import STATES

_STATE_NAMES = dict(STATES)

SENTENCES = {
    # health
    "improvements.in_time": _("%(days)s d in this state, within what is agreed."),
    "improvements.past_state_limit": _(
        "%(days)s d in this state; the agreed limit is %(limit)s d."
    ),
    "improvements.response_overdue": _("The first answer was promised by %(due)s."),
    "improvements.parking_over": _("It was parked until %(until)s; that day has passed."),
    "improvements.effect_not_measured": _("The effect has not been measured."),
    # routes
    "improvements.route.small_and_safe": _(
        "%(days)s person-days, at most %(limit)s; one service, no outage, no money of its own."
    ),
    "improvements.route.effort_above_do_now": _(
        "%(days)s person-days; do-now is for at most %(limit)s."
    ),
    "improvements.route.effort_above_change": _(
        "%(days)s person-days; a change is for at most %(limit)s."
    ),
    "improvements.route.several_services": _("It touches %(services)s services."),
    "improvements.route.needs_outage": _("It needs an outage."),
    "improvements.route.needs_spend": _("It needs money of its own."),
    "improvements.route.effort_unknown": _("The effort has not been estimated yet."),
    "improvements.route.service_unknown": _("No service is linked yet."),
    # refusals
    "improvements.title_needed": _("Say in a few words what should get better."),
    "improvements.problem_needed": _("Say what is wrong today, one sentence is enough."),
    "improvements.place_needed": _("Choose the service it is about, or your unit."),
    "improvements.propose_not_yours": _(
        "Your role does not let you capture improvements there. Ask the improvement manager."
    ),
    "improvements.edit_not_yours": _(
        "Only the owner, the service owner and the two offices work on this improvement. "
        "Ask one of them."
    ),
    "improvements.triage_not_yours": _(
        "The service owner, the improvement managers and the two offices decide this. "
        "Ask one of them."
    ),
    "improvements.office_not_yours": _("You can score only for the office you work in."),
    "improvements.scoring_is_over": _(
        "It has been decided; scores are given while it waits in the backlog."
    ),
    "improvements.review_not_yours": _(
        "The joint review is for the two offices and those who read their work."
    ),
    "improvements.export_not_yours": _("Your role does not take lists away as files."),
    "improvements.configure_not_yours": _("Only an administrator sets the scoring model."),
    "improvements.archived": _("It is archived and can no longer be changed."),
    "improvements.stays_in_organisation": _("An improvement stays in its organisation."),
    "improvements.other_organisation": _("The two belong to different organisations."),
    "improvements.service_unknown": _("There is no such service, or you may not see it."),
    "improvements.project_unknown": _("There is no such project, or you may not see it."),
    "improvements.not_linked": _("The link is gone already."),
    "improvements.last_service": _(
        "A shaped improvement keeps at least one service. Link another one first."
    ),
    "improvements.route_needs_reason": _(
        "This is not the suggested route. Say why, one sentence is enough."
    ),
    "improvements.no_project_route": _(
        "A project is started for what is shaped or approved on the project route. Choose that "
        "route first."
    ),
    "improvements.route_is_decided": _(
        "The route was decided with the approval. Reopen the improvement to choose another."
    ),
    "improvements.needs_decision": _("Going to “%(state)s” is a decision. Take it in the review."),
    "improvements.already_approved": _("Every seat of the route has approved already."),
    "improvements.not_your_seat": _(
        "The route asks others to approve: for do-now the service owner, for a change the service "
        "owner and the service office, for a project both offices. What the service owner has "
        "proposed, the service office approves."
    ),
    "improvements.own_proposal": _("You proposed it; somebody else approves it."),
    "improvements.second_seat": _(
        "You have approved from the other seat; somebody else takes this one."
    ),
    "improvements.park_date_past": _("Choose a day that is still to come."),
    "improvements.merge_target_needed": _("Choose the improvement it becomes part of."),
    "improvements.merge_target_not_yours": _(
        "You may not work on that improvement. Ask its owner to merge the two."
    ),
    "improvements.merge_target_over": _("That improvement is %(state)s. Choose one that is open."),
    "improvements.rating_off_scale": _("Rate each criterion of the model from 0 to %(highest)s."),
    "improvements.input_negative": _("The figure cannot be below 0."),
    "improvements.impact_off_scale": _("Impact is 3, 2, 1, 0,5 or 0,25."),
    "improvements.confidence_over_one": _("Confidence is at most 100 percent."),
    "improvements.weights_zero": _("At least one criterion needs a weight above 0."),
    "improvements.criterion_twice": _("Two criteria have the same code."),
    # what an import refuses
    "improvements.import.title_missing": _("The row has no title."),
    "improvements.import.repeated": _("The number “%(number)s” stands on an earlier row too."),
    "improvements.import.moved_on": _(
        "It has been worked on since the import and is kept as it is."
    ),
    "improvements.import.not_yours": _(
        "You import for what you own; this belongs to somebody else."
    ),
    "improvements.import.effort_negative": _("The effort cannot be below 0."),
}

ACTIONS: dict[str, str | Promise] = {
    "improvement.captured": _("Improvement captured"),
    "improvement.changed": _("Improvement changed"),
    "improvement.state_changed": _("State changed"),
    "improvement.approved": _("Improvement approved"),
    "improvement.parked": _("Improvement parked"),
    "improvement.declined": _("Improvement declined"),
    "improvement.merged": _("Improvement merged"),
    "improvement.took_over": _("Took over another improvement"),
    "improvement.gave_back": _("Gave back another improvement"),
    "improvement.asked": _("Asked for more"),
    "improvement.reopened": _("Improvement reopened"),
    "improvement.scored": _("Improvement scored"),
    "improvement.service_linked": _("Service linked"),
    "improvement.service_unlinked": _("Service taken away"),
    "improvement.project_linked": _("Project linked"),
    "improvement.project_unlinked": _("Project taken away"),
    "improvement.imported": _("Improvement imported"),
    "improvement.import_undone": _("Import undone"),
    "improvements.imported": _("Improvements imported"),
    "improvements.import_undone": _("Import of improvements undone"),
    "scoring_model.created": _("Scoring model created"),
    "scoring_model.changed": _("Scoring model changed"),
}

DIMENSIONS: dict[str, str | Promise] = {
    "progress": pgettext_lazy("dimension", "Progress"),
    "effect": pgettext_lazy("dimension", "Effect"),
}

_EVIDENCE: dict[str, str | Promise] = {
    "service": _("a service"),
    "owner": _("an owner"),
    "route": _("a route"),
    "delivery": _("the project that delivers it"),
    "light_route": _("a do-now or change route"),
    "grade": _("how good the evidence is"),
}
_SEATS: dict[Seat, str | Promise] = {
    Seat.SERVICE_OWNER: _("service owner"),
    Seat.SERVICE_SIDE: _("service office"),
    Seat.PROJECT_SIDE: _("project office"),
}
_OFFICES: dict[Office, str | Promise] = {
    Office.PROJECT: _("project office"),
    Office.SERVICE: _("service office"),
}
_METHODS: dict[str, str | Promise] = {
    "weighted": pgettext_lazy("scoring method", "Weighted"),
    "rice": "RICE",
    "wsjf": "WSJF",
    "cd3": _("Cost of delay (CD3)"),
}
_PARTS: dict[str, str | Promise] = {
    "reach": _("Reach"),
    "impact": _("Impact"),
    "confidence": _("Confidence"),
    "effort_months": _("Effort, person-months"),
    "business_value": _("Business value"),
    "time_criticality": _("Time criticality"),
    "risk_reduction": _("Risk reduction"),
    "size": _("Job size"),
    "cost_of_delay_per_week": _("Cost of delay a week"),
    "duration_weeks": _("Duration in weeks"),
}


def state_name(state: State) -> str:
    """Return a state in words."""
    return str(_STATE_NAMES[state.value])


def evidence_name(code: str) -> str:
    """Return what a move needs, in words."""
    return str(_EVIDENCE[code])


def seat_name(seat: Seat) -> str:
    """Return a seat of an approval in words."""
    return str(_SEATS[seat])


def office_name(office: Office) -> str:
    """Return an office in words."""
    return str(_OFFICES[office])


def method_name(code: str) -> str:
    """Return a scoring method in words."""
    return str(_METHODS[code])


def part_name(code: str) -> str:
    """Return an input of a scoring method in words; a criterion's key comes back unchanged."""
    return str(_PARTS.get(code, code))


def action_name(code: str) -> str:
    """Return an audit action in words; an unknown one comes back unchanged."""
    return str(ACTIONS.get(code, code))


def route_sentences(advice: RouteAdvice) -> list[str]:
    """Return why the rule advises what it does."""
    return [
        say(f"improvements.route.{reason.code}", _shown(reason.params)) for reason in advice.reasons
    ]


def _shown(params: Mapping[str, Any]) -> dict[str, str]:
    """Return figures as people write them: decimal comma, no trailing zeros."""
    return {name: str(value).removesuffix(".0").replace(".", ",") for name, value in params.items()}
