"""Milestones, risks and issues of a project."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common.errors import Refused
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import go, page_under, render_page
from common.web.requests import Request
from projects import access
from projects.actions import (
    add_issue,
    add_milestone,
    add_risk,
    edit_issue,
    edit_milestone,
    edit_risk,
    remove_milestone,
    turn_risk_into_issue,
)
from projects.detail import rated
from projects.forms import IssueForm, MilestoneForm, RiskForm
from projects.listing import project_url
from projects.matrix import matrix_of
from projects.models import Issue, Milestone, Project, Risk

M = TypeVar("M", bound=Model)


def _project(request: Request, key: str) -> Project:
    """Return the project when the reader may change it."""
    project = access.get_project_for(request.user, key)
    access.check_can_edit_project(request.user, project)
    return project


def _row(rows: QuerySet[M], pk: int | None) -> M | None:
    """Return a row of this very project; 404 for one of another."""
    if pk is None:
        return None
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@signed_in
@require_http_methods(["GET", "POST"])
def milestone(request: Request, key: str, pk: int | None = None) -> HttpResponse:
    """Add or change a milestone."""
    project = _project(request, key)
    row = _row(Milestone.objects.filter(project=project), pk)
    form = MilestoneForm(request.POST or None, initial=MilestoneForm.initial_of(row))

    def do() -> str:
        if row is None:
            add_milestone(project, by=request.user, **form.values())
        else:
            row.project = project
            version = form.cleaned_data["version"] or 0
            edit_milestone(row, by=request.user, version=version, **form.values())
        return page_under(request, project_url(project))

    title = _("Change milestone") if row else _("New milestone")
    context = {"project": project, "row": row, "title": title, "removes": row is not None}
    return answer_form(
        request, "projects/row.html", form, do, said=_("The milestone is saved."), context=context
    )


@signed_in
@require_http_methods(["POST"])
def milestone_remove(request: Request, key: str, pk: int) -> HttpResponse:
    """Take a milestone away."""
    project = _project(request, key)
    row = _row(Milestone.objects.filter(project=project), pk)
    if row is not None:
        row.project = project
        remove_milestone(row, by=request.user)
    return go(request, project_url(project))


@signed_in
@require_GET
def risks(request: Request, key: str) -> HttpResponse:
    """The register: every risk and issue, closed ones too, and the open risks in the matrix."""
    project = access.get_project_for(request.user, key)
    found = rated(list(project.risks.select_related("owner")))
    return render_page(
        request,
        "projects/risks.html",
        {
            "project": project,
            "risks": found,
            "matrices": matrix_of(found),
            "issues": list(project.issues.select_related("owner")),
            "may_edit": access.can_edit_project(request.user, project),
        },
    )


@signed_in
@require_http_methods(["GET", "POST"])
def risk(request: Request, key: str, pk: int | None = None) -> HttpResponse:
    """Add or change a risk."""
    project = _project(request, key)
    row = _row(Risk.objects.filter(project=project), pk)
    form = RiskForm(request.POST or None, user=request.user, row=row)

    def do() -> str:
        if row is None:
            add_risk(project, form.values(), by=request.user)
        else:
            row.project = project
            version = form.cleaned_data["version"] or 0
            edit_risk(row, form.values(), by=request.user, version=version)
        return page_under(request, project_url(project))

    title = _("Change risk") if row else _("New risk")
    context = {
        "project": project,
        "row": row,
        "title": title,
        "happens": row is not None and row.state == "open" and row.kind == "threat",
    }
    return answer_form(
        request, "projects/row.html", form, do, said=_("The risk is saved."), context=context
    )


@signed_in
@require_http_methods(["POST"])
def risk_happened(request: Request, key: str, pk: int) -> HttpResponse:
    """A risk has come true: it goes on as an issue."""
    project = _project(request, key)
    row = _row(Risk.objects.filter(project=project), pk)
    if row is None:
        raise Http404
    row.project = project
    try:
        version = int(request.POST.get("version", ""))
    except ValueError as error:
        raise Refused("projects.risk_not_open") from error
    turn_risk_into_issue(row, by=request.user, version=version)
    return go(request, project_url(project))


@signed_in
@require_http_methods(["GET", "POST"])
def issue(request: Request, key: str, pk: int | None = None) -> HttpResponse:
    """Add or change an issue."""
    project = _project(request, key)
    row = _row(Issue.objects.filter(project=project), pk)
    form = IssueForm(request.POST or None, user=request.user, row=row)

    def do() -> str:
        if row is None:
            add_issue(project, form.values(), by=request.user)
        else:
            row.project = project
            version = form.cleaned_data["version"] or 0
            edit_issue(row, form.values(), by=request.user, version=version)
        return page_under(request, project_url(project))

    title = _("Change issue") if row else _("New issue")
    context = {"project": project, "row": row, "title": title}
    return answer_form(
        request, "projects/row.html", form, do, said=_("The issue is saved."), context=context
    )
