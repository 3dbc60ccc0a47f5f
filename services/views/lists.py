"""The list of services, on screen and as a file."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from common.web.access import signed_in
from common.web.lists import ListPage
from common.web.render import render_page
from common.web.requests import Request
from services import access
from services.listing import SERVICES, listed


@signed_in
@require_GET
def service_list(request: Request) -> HttpResponse:
    """The services a reader may see, filtered and sorted; or just those as a file."""
    page = ListPage(SERVICES, request, listed(request.user))
    kind = request.GET.get("format")
    if kind in {"csv", "xlsx"}:
        access.check_can_export(request.user)
        return page.export(kind)
    return render_page(
        request,
        "services/list.html",
        {"list_page": page, "may_create": access.can_create_service(request.user)},
    )
