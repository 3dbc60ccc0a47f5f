"""A project's own page, and the forms that make, change and move it."""

from copy import copy

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import render_page
from common.web.requests import Request
from projects import access
from projects.actions import (
    archive_project,
    change_overlay,
    change_phase,
    create_project,
    edit_project,
    restore_project,
)
from projects.detail import project_page, rail
from projects.domain.lifecycle import Overlay
from projects.forms import ArchiveForm, MoveForm, ProjectForm
from projects.listing import project_url
from projects.log import LATEST_LINES, LINES, log_of
from projects.moves import moves_for


@signed_in
@require_GET
def detail(request: Request, key: str) -> HttpResponse:
    """Everything about one project, its health judged here and now."""
    project = access.get_project_for(request.user, key)
    page = project_page(project, request.user)
    return render_page(
        request,
        "projects/detail.html",
        {
            "project": project,
            "page": page,
            "rail": rail(project, page.as_of),
            "may_edit": access.can_edit_project(request.user, project),
            "may_see_log": access.can_see_audit(request.user, project),
            "may_restore": access.can_restore_project(request.user, project),
        },
    )


@signed_in
@require_http_methods(["GET", "POST"])
def create(request: Request) -> HttpResponse:
    """A new project, from four required fields."""
    access.check_can_create_project(request.user)
    form = ProjectForm(request.POST or None, user=request.user)

    def do() -> str:
        return project_url(create_project(form.values(), by=request.user))

    return answer_form(
        request, "projects/edit.html", form, do, said=_("The project is created."), context={}
    )


@signed_in
@require_http_methods(["GET", "POST"])
def edit(request: Request, key: str) -> HttpResponse:
    """Change a project's facts."""
    project = access.get_project_for(request.user, key)
    access.check_can_edit_project(request.user, project)
    form = ProjectForm(request.POST or None, user=request.user, project=project)

    def do() -> str:
        version = form.cleaned_data["version"] or 0
        # On a copy: a refused page still tells the project as it is saved, not as it was typed.
        edit_project(copy(project), form.values(), by=request.user, version=version)
        return project_url(project)

    return answer_form(
        request,
        "projects/edit.html",
        form,
        do,
        said=_("The project is saved."),
        context={"project": project},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def move(request: Request, key: str) -> HttpResponse:
    """Move a project to another phase, or hold, stop or release it; shows what each move needs."""
    project = access.get_project_for(request.user, key)
    form = MoveForm(request.POST or None, initial={"version": project.version})

    def do() -> str:
        target, reason = form.cleaned_data["target"], form.cleaned_data["reason"]
        act = change_overlay if target in set(Overlay) else change_phase
        version = form.cleaned_data["version"] or 0
        act(project, target, by=request.user, version=version, reason=reason)
        return project_url(project)

    return answer_form(
        request,
        "projects/move.html",
        form,
        do,
        said=_("The project is moved."),
        context={"project": project, "moves": moves_for(project, request.user)},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def archive(request: Request, key: str) -> HttpResponse:
    """Take a project out of the lists, or put an archived one back; with a reason."""
    project = access.get_project_for(request.user, key)
    restores = access.can_restore_project(request.user, project)
    if not restores:
        access.check_can_edit_project(request.user, project)
    form = ArchiveForm(request.POST or None, initial={"version": project.version})

    def do() -> str:
        entered = form.cleaned_data
        act = restore_project if restores else archive_project
        act(project, by=request.user, version=entered["version"] or 0, reason=entered["reason"])
        return project_url(project)

    return answer_form(
        request,
        "projects/archive.html",
        form,
        do,
        said=_("The project is back in the lists.") if restores else _("The project is archived."),
        context={"project": project, "restores": restores},
    )


@signed_in
@require_GET
def log(request: Request, key: str) -> HttpResponse:
    """What has been done to a project, newest first; a panel on its page shows the last lines."""
    project = access.get_project_for(request.user, key)
    access.check_can_see_audit(request.user, project)
    latest = "latest" in request.GET
    entries = log_of(project, request.user, lines=LATEST_LINES if latest else LINES)
    context = {"project": project, "entries": entries}
    if latest:
        context["more_url"] = reverse("projects:log", args=[project.key])
    return render_page(request, "projects/log.html", context)
