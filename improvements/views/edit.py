"""Capturing an improvement, and changing what is known of it."""

from copy import copy
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import formats
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.requests import Request
from improvements import access, actions, queries
from improvements.actions.capture import advice_for
from improvements.domain.lifecycle import State
from improvements.forms import CaptureForm, ImprovementForm
from improvements.listing import improvement_url
from improvements.models import Improvement
from improvements.models.improvement import ROUTES
from improvements.wording import route_sentences
from projects.access import get_project_for
from projects.actions import create_project
from projects.forms import ProjectForm
from projects.listing import project_url
from services.access import get_service_for


@signed_in
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    """Capture an improvement: two sentences and a place, on a page or in a dialog."""
    access.check_can_propose(request.user)
    start = _start(request)
    form = CaptureForm(request.POST or None, user=request.user, initial=start["initial"])

    made: list[Improvement] = []

    def do() -> str:
        said = form.cleaned_data
        improvement = actions.capture(
            said["title"],
            said["problem"],
            by=request.user,
            service=said["service"],
            unit=said["unit"] if said["service"] is None else None,
            project=start["project"],
            origin=said["origin"] or "person",
        )
        made.append(improvement)
        return improvement_url(improvement)

    return answer_form(
        request,
        "improvements/capture.html",
        form,
        do,
        said=lambda: _promise(made),
        context={"project": start["project"]},
    )


def _promise(made: list[Improvement]) -> str:
    """Return what to say of a capture: when its first answer is promised."""
    due = made[0].respond_by if made else None
    if due is None:
        return _("The improvement is captured.")
    return _("The improvement is captured. A first answer is promised by %(day)s.") % {
        "day": formats.format_date(due.date())
    }


def _start(request: Request) -> dict[str, Any]:
    """Return what the address already says: a service, or the project it came up in."""
    initial: dict[str, Any] = {}
    project = None
    if request.GET.get("service"):
        initial["service"] = get_service_for(request.user, request.GET["service"])
        initial["unit"] = None
    if request.GET.get("project"):
        project = get_project_for(request.user, request.GET["project"])
        initial |= {"origin": "project", "unit": project.unit_id}
    return {"initial": initial, "project": project}


@signed_in
@require_http_methods(["GET", "POST"])
def change(request: Request, key: str) -> HttpResponse:
    """Change the facts; with "save and shape" also take it out of the captured ones."""
    improvement = access.get_improvement_for(request.user, key)
    access.check_can_edit_improvement(request.user, improvement)
    form = ImprovementForm(request.POST or None, user=request.user, improvement=improvement)
    may_shape = improvement.state == State.CAPTURED and access.can_triage(request.user, improvement)

    @transaction.atomic
    def do() -> str:
        version = form.cleaned_data["version"] or 0
        # On a copy: a refused page still tells it as it is saved, not as it was typed.
        edited = copy(improvement)
        actions.edit(edited, form.values(), by=request.user, expected=version)
        if may_shape and "shape" in request.POST:
            actions.change_state(edited, State.SHAPED, by=request.user, expected=edited.version)
        return improvement_url(improvement)

    return answer_form(
        request,
        "improvements/edit.html",
        form,
        do,
        said=_("The improvement is saved."),
        context={
            "improvement": improvement,
            "may_shape": may_shape,
            "advice": _advice(improvement, request),
        },
    )


def _advice(improvement: Improvement, request: Request) -> dict[str, Any]:
    """Return the suggested route and why, for what is saved now."""
    services = len(access.service_links(request.user, improvement))
    found = advice_for(improvement, queries.limits()[0], services=services)
    return {
        "route": dict(ROUTES)[found.route.value] if found.route else "",
        "why": route_sentences(found),
    }


@signed_in
@require_http_methods(["GET", "POST"])
def start_project(request: Request, key: str) -> HttpResponse:
    """Make the project that delivers an improvement; what is known of it is carried over."""
    improvement = access.get_improvement_for(request.user, key)
    access.check_can_start_project(request.user, improvement)
    carried = {
        "name": improvement.title,
        "unit": improvement.unit_id,
        "purpose": improvement.expected_effect or improvement.problem,
        "sponsor": improvement.benefit_owner_id,
    }
    form = ProjectForm(request.POST or None, user=request.user, carried=carried)

    @transaction.atomic
    def do() -> str:
        project = create_project(form.values(), by=request.user)
        actions.link_project(improvement, project, by=request.user, expected=improvement.version)
        return project_url(project)

    return answer_form(
        request,
        "projects/edit.html",
        form,
        do,
        said=_("The project is created and linked to %(key)s.") % {"key": improvement.key},
        context={"delivers": f"{improvement.key} {improvement.title}"},
    )
