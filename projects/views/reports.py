"""Status reports: written beside what is measured, published, and kept."""

from copy import copy

from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import render_page
from common.web.requests import Request
from projects import access
from projects.actions import edit_project, publish_report
from projects.detail import project_page
from projects.domain.reporting import EXPIRES_AFTER
from projects.forms import FiguresForm, ReportForm
from projects.models import Project, StatusReport
from projects.reporting import report_view


@signed_in
@require_GET
def report_list(request: Request, key: str) -> HttpResponse:
    """Every report of a project, newest first."""
    project = access.get_project_for(request.user, key)
    reports = project.reports.select_related("author")
    context = {
        "project": project,
        "reports": reports,
        "may_edit": access.can_edit_project(request.user, project),
    }
    return render_page(request, "projects/reports.html", context)


@signed_in
@require_GET
def report(request: Request, key: str, pk: int) -> HttpResponse:
    """One report as it was published; prints on one page."""
    project = access.get_project_for(request.user, key)
    row = StatusReport.objects.filter(project=project, pk=pk).select_related("author").first()
    if row is None:
        raise Http404
    return render_page(
        request,
        "projects/report.html",
        {"project": project, "report": report_view(row, project, request.user)},
    )


def _as_written(request: Request, project: Project) -> Project:
    """Return a copy with the figures as they are being written, which is what is judged."""
    written = copy(project)
    if request.method == "POST":
        form = FiguresForm(request.POST, user=request.user, project=project)
        form.is_valid()
        for name, value in form.figures().items():
            setattr(written, name, value)
    return written


def _form(
    request: Request, project: Project, *, follows: bool = False
) -> tuple[ReportForm, StatusReport | None]:
    """Return the form of a report, judged by the figures in it.

    With `follows` a judgement that agreed with the measure goes on agreeing when that moves.
    """
    page = project_page(_as_written(request, project), request.user, is_reporting=True)
    last = page.reports[0] if page.reports else None
    data = request.POST.copy()
    for part in page.judged.to_report.dimensions if follows else ():
        if data.get(f"reported_{part.name}") == data.get(f"was_{part.name}"):
            data[f"reported_{part.name}"] = part.colour.value
    start = {"summary": last.summary, "next_steps": last.next_steps} if last else {}
    form = ReportForm(
        data if request.method == "POST" else None,
        user=request.user,
        project=project,
        initial=start,
        health=page.judged.to_report,
        last={line.dimension: line for line in page.lines},
        check_url=reverse("projects:report_check", args=[project.key]),
    )
    return form, last


@signed_in
@require_http_methods(["GET", "POST"])
def report_new(request: Request, key: str) -> HttpResponse:
    """Write and publish a report, prefilled from the last one."""
    project = access.get_project_for(request.user, key)
    access.check_can_edit_project(request.user, project)
    form, last = _form(request, project)

    @transaction.atomic
    def do() -> str:
        figures = form.figures()
        if any(getattr(project, name) != value for name, value in figures.items()):
            version = form.cleaned_data["version"] or 0
            edit_project(project, figures, by=request.user, version=version)
        published = publish_report(project, form.report(), by=request.user)
        return reverse("projects:report", args=[project.key, published.pk])

    return answer_form(
        request,
        "projects/report_new.html",
        form,
        do,
        said=_("The report is published."),
        context={"project": project, "last": last, "expires_after": EXPIRES_AFTER},
    )


@signed_in
@require_POST
def report_check(request: Request, key: str) -> HttpResponse:
    """The dimensions of a report being written, differences as they stand now; writes nothing."""
    project = access.get_project_for(request.user, key)
    access.check_can_edit_project(request.user, project)
    form, last = _form(request, project, follows=True)
    context = {"project": project, "form": form, "last": last, "expires_after": EXPIRES_AFTER}
    return render_page(request, "projects/report_new.html", {**context, "checking": True})
