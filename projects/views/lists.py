"""The list of projects, on screen and as a file."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from common.web.access import signed_in
from common.web.lists import ListPage
from common.web.render import render_page
from common.web.requests import Request
from projects import access
from projects.listing import PROJECTS, listed


@signed_in
@require_GET
def project_list(request: Request) -> HttpResponse:
    """The projects a reader may see, filtered and sorted; or just that as a file."""
    page = ListPage(PROJECTS, request, listed(request.user))
    kind = request.GET.get("format")
    if kind in {"csv", "xlsx"}:
        return page.export(kind)
    return render_page(
        request,
        "projects/list.html",
        {"list_page": page, "may_create": access.can_create_project(request.user)},
    )
