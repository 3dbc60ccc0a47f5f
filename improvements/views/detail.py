"""The page of one improvement, its moves, its links and its trail."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from common import clock
from common.models import AuditEvent
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.once import once
from common.web.render import go, render_page
from common.web.requests import Request
from improvements import access, actions
from improvements.detail import method_row, page_of
from improvements.domain.lifecycle import State
from improvements.forms import LinkForm, MoveForm
from improvements.listing import improvement_url
from improvements.models import Improvement
from improvements.queries.methods import compared
from improvements.trail import line_of

#: lines of the trail shown at once
TRAIL = 50


@signed_in
@require_GET
def improvement(request: Request, key: str) -> HttpResponse:
    """Everything about one improvement, judged here and now."""
    row = access.get_improvement_for(request.user, key)
    page = page_of(row, request.user, clock.now())
    return render_page(request, "improvements/detail.html", {"page": page, "improvement": row})


@signed_in
@require_http_methods(["GET", "POST"])
def move(request: Request, key: str) -> HttpResponse:
    """Take one step along the path; a step back says why, the last one how good the proof is."""
    row = access.get_improvement_for(request.user, key)
    page = page_of(row, request.user, clock.now())
    asked = request.POST.get("target") or request.GET.get("to", "")
    step = next((step for step in page.steps if step.target == asked), None)
    if step is None:
        access.check_can_triage(request.user, row)
        raise Http404(asked)
    form = MoveForm(request.POST or None, initial={"version": row.version, "target": step.target})

    def do() -> str:
        said = form.cleaned_data
        actions.change_state(
            row,
            State(said["target"]),
            by=request.user,
            expected=said["version"] or 0,
            reason=said["reason"],
            grade=said["grade"] if step.asks_grade else "",
        )
        return improvement_url(row)

    return answer_form(
        request,
        "improvements/move.html",
        form,
        do,
        said=_("%(key)s is now %(state)s.") % {"key": row.key, "state": step.name},
        context={"improvement": row, "step": step},
    )


@signed_in
@require_http_methods(["GET", "POST"])
def services(request: Request, key: str) -> HttpResponse:
    """Link a service, or take one away."""
    return _links(request, key, "service")


@signed_in
@require_http_methods(["GET", "POST"])
def projects(request: Request, key: str) -> HttpResponse:
    """Link a project, or take one away."""
    return _links(request, key, "project")


def _links(request: Request, key: str, kind: str) -> HttpResponse:
    row = access.get_improvement_for(request.user, key)
    access.check_can_edit_improvement(request.user, row)
    is_service = kind == "service"
    if request.method == "POST" and "remove" in request.POST:
        return _unlink(request, key, kind)
    form = LinkForm(
        request.POST or None, user=request.user, kind=kind, initial={"version": row.version}
    )

    def do() -> str:
        link = actions.link_service if is_service else actions.link_project
        version = form.cleaned_data["version"] or 0
        link(row, form.cleaned_data["record"], by=request.user, expected=version)
        return improvement_url(row)

    return answer_form(
        request,
        "improvements/links.html",
        form,
        do,
        said=_("The service is linked.") if is_service else _("The project is linked."),
        context={
            "improvement": row,
            "is_service": is_service,
            "linked": _linked(request, row, kind),
        },
    )


def _linked(request: Request, row: Improvement, kind: str) -> list[object]:
    if kind == "service":
        links = access.service_links(request.user, row)
        return [link.service for link in links if link.service is not None]
    return list(access.projects_of(request.user, row))


def _unlink(request: Request, key: str, kind: str) -> HttpResponse:
    """Take a link away; posted by the small form beside it."""
    row = access.get_improvement_for(request.user, key)
    chosen = next(
        (
            r
            for r in _linked(request, row, kind)
            if str(getattr(r, "pk", "")) == request.POST["remove"]
        ),
        None,
    )
    if chosen is None:
        raise Http404(key)
    version = request.POST.get("version", "")

    def do() -> str:
        unlink = actions.unlink_service if kind == "service" else actions.unlink_project
        unlink(row, chosen, by=request.user, expected=int(version) if version.isdecimal() else 0)  # type: ignore[arg-type]  # one of two alike
        return improvement_url(row)

    url = once(request.user, request.POST.get("form_key", ""), do)
    messages.success(request, _("The link is gone."))
    return go(request, url)


@signed_in
@require_GET
def trail(request: Request, key: str) -> HttpResponse:
    """The audit trail, newest first; a panel of the page and a page of its own."""
    row = access.get_improvement_for(request.user, key)
    access.check_can_see_audit(request.user, row)
    events = AuditEvent.objects.about("improvement", row.pk).select_related("actor")[:TRAIL]
    lines = [line_of(event) for event in events]
    return render_page(request, "improvements/trail.html", {"improvement": row, "events": lines})


@signed_in
@require_GET
def methods(request: Request, key: str) -> HttpResponse:
    """The other scoring methods beside the weighted one; folded on the page."""
    row = access.get_improvement_for(request.user, key)
    return render_page(
        request,
        "improvements/methods.html",
        {"improvement": row, "rows": [method_row(each) for each in compared(row, request.user)]},
    )
