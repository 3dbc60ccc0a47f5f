"""Creating, changing and moving a service."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.domain.roles import Capability
from common import clock, subjects
from common.errors import NotAllowed
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import go
from common.web.requests import Request
from common.wording import say
from services import access, actions
from services.actions.services import evidence
from services.domain.lifecycle import LIFE_CYCLE, Status, is_back
from services.forms import DependencyForm, ServiceForm, StatusForm
from services.models import Service
from services.wording import EVIDENCE, status_word


def url_of(service: Service) -> str:
    """Return the address of a service's page."""
    return subjects.url(subjects.Subject("service", service.pk))


@signed_in
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    """A new service."""
    if not access.can_create_service(request.user):
        raise NotAllowed("common.not_your_role", who=say("services.who.office"))
    form = ServiceForm(request.POST or None, user=request.user)
    return answer_form(
        request,
        "services/form.html",
        form,
        lambda: url_of(actions.create_service(by=request.user, **form.values())),
        said=_("The service is saved."),
        context={"heading": _("New service"), "back": reverse("services:list")},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: Request, key: str) -> HttpResponse:
    """Change a service."""
    service = access.get_service_for(request.user, key)
    access.check_can_edit_service(request.user, service)
    initial = ServiceForm.initial_of(service) | {"deputies": service.deputies.all()}
    form = ServiceForm(request.POST or None, user=request.user, service=service, initial=initial)

    def save() -> str:
        values = form.values()
        if service.source:
            values.pop("name")
        expected = form.cleaned_data["version"] or 0
        # On a copy: a refused page still tells the service as it is saved, not as it was typed.
        edited = copy(service)
        return url_of(actions.edit_service(edited, by=request.user, expected=expected, **values))

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The service is saved."),
        context={
            "heading": _("Change %(name)s") % {"name": service},
            "service": service,
            "back": url_of(service),
        },
    )


def _steps(request: Request, service: Service) -> list[dict[str, Any]]:
    """Return the moves this reader may make, with the evidence each needs and has."""
    there = evidence(service, clock.today(service.root.zone or "UTC"))
    steps = []
    for move in LIFE_CYCLE.moves_from(service.status):
        try:
            access.check_can_move(request.user, service, move.by)
        except NotAllowed:
            allowed = False
        else:
            allowed = True
        steps.append(
            {
                "target": move.target.value,
                "label": status_word(move.target.value),
                "is_back": is_back(Status(service.status), Status(move.target)),
                "needs_reason": move.needs_reason,
                "needs": [(EVIDENCE[need], need in there) for need in move.needs],
                "allowed": allowed,
                "who": say(
                    "services.who.office"
                    if move.by == Capability.APPROVE_SERVICE_SIDE
                    else "services.who.owner"
                ),
            }
        )
    # Onward first; the many steps back last.
    return sorted(steps, key=lambda step: step["is_back"])


@signed_in
@require_http_methods(["GET", "POST"])
def status(request: Request, key: str) -> HttpResponse:
    """Move a service along its life cycle."""
    service = access.get_service_for(request.user, key)
    steps = _steps(request, service)
    open_steps = [(step["target"], step["label"]) for step in steps if step["allowed"]]
    if not open_steps:
        raise NotAllowed("common.not_your_role", who=say("services.who.office"))
    form = StatusForm(
        request.POST or None,
        choices=open_steps,
        initial={"version": service.version, "target": request.GET.get("to")},
    )

    def save() -> str:
        data = form.cleaned_data
        moved = actions.change_status(
            service,
            data["target"],
            by=request.user,
            expected=data["version"] or 0,
            reason=data["reason"],
            on=data["on"],
        )
        return url_of(moved)

    return answer_form(
        request,
        "services/status.html",
        form,
        save,
        said=_("The status is changed."),
        context={"service": service, "steps": steps, "back": url_of(service)},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def add_dependency(request: Request, key: str) -> HttpResponse:
    """Say what a service needs."""
    service = access.get_service_for(request.user, key)
    access.check_can_edit_service(request.user, service)
    form = DependencyForm(request.POST or None, user=request.user, service=service)

    def save() -> str:
        data = form.cleaned_data
        actions.add_dependency(
            service,
            data["needs"],
            by=request.user,
            kind=data["kind"],
            group=data["group"],
            minimum=data["minimum"] or 1,
        )
        return url_of(service)

    return answer_form(
        request,
        "services/form.html",
        form,
        save,
        said=_("The dependency is saved."),
        context={
            "heading": _("What %(name)s needs") % {"name": service},
            "service": service,
            "back": url_of(service),
        },
    )


@signed_in
@require_POST
def remove_dependency(request: Request, key: str, pk: int) -> HttpResponse:
    """Take a dependency away."""
    row = access.get_dependency_for(request.user, key, pk)
    actions.remove_dependency(row, by=request.user)
    messages.success(request, _("The dependency is removed."))
    return go(request, url_of(row.service))


@signed_in
@require_POST
def archive(request: Request, key: str) -> HttpResponse:
    """Take a service out of the lists, or bring it back."""
    service = access.get_service_for(request.user, key)
    if service.archived_at is None:
        actions.archive_service(service, by=request.user, expected=service.version)
        messages.success(request, _("The service is archived. Its history stays."))
    else:
        actions.restore_service(service, by=request.user, expected=service.version)
        messages.success(request, _("The service is back in the lists."))
    return go(request, url_of(service))
