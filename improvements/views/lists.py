"""The list of improvements, and the small tables that lower pages show of them."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from common.errors import NotAllowed
from common.web.access import signed_in
from common.web.judged import stood
from common.web.lists import ListPage
from common.web.render import render_page
from common.web.requests import Request
from improvements import access
from improvements.listing import IMPROVEMENTS, listed
from improvements.models import Improvement, ImprovementProject, ImprovementService
from projects.access import get_project_for
from services.access import get_service_for

#: rows of a panel; the list has the rest
PANEL_ROWS = 8


@signed_in
@require_GET
def improvements(request: Request) -> HttpResponse:
    """The improvements a reader may see, filtered and sorted; or just those as a file."""
    page = ListPage(IMPROVEMENTS, request, listed(request.user))
    kind = request.GET.get("format")
    if kind in {"csv", "xlsx"}:
        if not access.can_export(request.user):
            raise NotAllowed("improvements.export_not_yours")
        return page.export(kind)
    return render_page(
        request,
        "improvements/list.html",
        {"list_page": page, "may_propose": access.can_propose(request.user)},
    )


@signed_in
@require_GET
def service_panel(request: Request, key: str) -> HttpResponse:
    """The improvements of a service, for its page; 204 when the reader has no right to any."""
    service = get_service_for(request.user, key)
    links = ImprovementService.objects.filter(service=service, improvement=OuterRef("pk"))
    return _panel(request, listed(request.user).filter(Exists(links)), "service", service)


@signed_in
@require_GET
def project_panel(request: Request, key: str) -> HttpResponse:
    """The improvements a project delivers, for its page; 204 as above."""
    project = get_project_for(request.user, key)
    links = ImprovementProject.objects.filter(project=project, improvement=OuterRef("pk"))
    return _panel(request, listed(request.user).filter(Exists(links)), "project", project)


def _panel(request: Request, rows: QuerySet[Improvement], kind: str, subject: Any) -> HttpResponse:
    if not access.can_see_improvements(request.user):
        return HttpResponse(status=204)
    # Newest first: what was closed long ago is in the list.
    found = list(rows.select_related("standing").order_by("-captured_at", "-pk")[: PANEL_ROWS + 1])
    context = {
        "rows": [(row, stood(row, "score")) for row in found[:PANEL_ROWS]],
        "has_more": len(found) > PANEL_ROWS,
        "kind": kind,
        "subject": subject,
        "may_propose": access.can_propose(request.user),
    }
    # The slot on the lower page has no name: it is replaced as a whole.
    if request.htmx and not request.htmx.boosted:
        return render(request, "improvements/panel.html#slot", context)
    return render_page(request, "improvements/panel.html", context)
