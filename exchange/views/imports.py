"""The list of imports, one import from preview to report, and what a person does with it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.errors import Refused
from common.web.access import signed_in
from common.web.exports import csv_response
from common.web.once import new_key, once
from common.web.render import go, render_page
from common.web.requests import Request
from common.wording import say
from exchange import access
from exchange.actions import confirm, discard, end_here, go_on, is_at_work, start_undo
from exchange.queries import shown_rows
from exchange.reporting import lines, refused_table, unread
from exchange.views.matching import change_url
from exchange.views.pages import filters_of, import_url, page_of, tiles_of

PAGE = 100


@signed_in
@require_GET
def import_list(request: Request) -> HttpResponse:
    """The imports a reader may see, newest first."""
    _check_may_enter(request)
    found = access.visible_to(request.user).select_related("root", "by")
    pager = page_of(request, found.count(), PAGE)
    batches = found[pager.start : pager.start + PAGE]
    return render_page(request, "exchange/list.html", {"batches": batches, "pager": pager})


@signed_in
@require_GET
def import_detail(request: Request, pk: int) -> HttpResponse:
    """One import: being read, previewed, at work, done or undone."""
    batch = access.get_import_for(request.user, pk)
    outcome = request.GET.get("outcome", "")
    rows = shown_rows(batch, outcome)
    count = rows.count() if batch.state not in {"reading", "failed"} else 0
    pager = page_of(request, count, PAGE)
    shown = list(rows[pager.start : pager.start + PAGE]) if count else []
    job = batch.job
    context: dict[str, Any] = {
        "batch": batch,
        "tiles": tiles_of(batch),
        "filters": filters_of(batch, outcome),
        "lines": lines(batch, shown) if shown else [],
        "pager": pager,
        "unread": unread(batch) if batch.state == "staged" else [],
        "change_url": change_url(batch, request.user),
        "form_key": new_key(),
        "can_undo": batch.can_be_undone(clock.now()) and access.can_undo(request.user, batch),
        "stuck": batch.is_moving and not is_at_work(batch, clock.now()),
        "sentence": _said(batch.error),
        "job_sentence": _said(job.error) if job else "",
    }
    response = render_page(request, "exchange/detail.html", context)
    if request.htmx.target == "import-progress" and not batch.is_moving:
        response["HX-Refresh"] = "true"
    return response


def _said(error: dict[str, Any]) -> str:
    """Return the sentence of a kept refusal, empty when there is none."""
    return say(error["code"], error.get("params")) if error else ""


@signed_in
@require_GET
def refused_rows(request: Request, pk: int) -> HttpResponse:
    """The rows that did not come in, as a file to correct and import again."""
    batch = access.get_import_for(request.user, pk)
    header, rows = refused_table(batch)
    return csv_response(f"import-{batch.pk}-refused", header, rows)


def _deed(request: Request, pk: int, act: Callable[..., Any], said: str) -> HttpResponse:
    """Do something with an import once and go back to it; a refusal is told there."""
    batch = access.get_import_for(request.user, pk)

    def do() -> str:
        act(batch, by=request.user)
        return import_url(batch)

    try:
        once(request.user, request.POST.get("form_key", ""), do)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        messages.error(request, str(refusal))
        return go(request, import_url(batch))
    messages.success(request, said)
    return go(request, import_url(batch))


@signed_in
@require_POST
def import_confirm(request: Request, pk: int) -> HttpResponse:
    """Write what was previewed."""
    return _deed(request, pk, confirm, _("The import goes on by itself; you may leave the page."))


@signed_in
@require_POST
def import_discard(request: Request, pk: int) -> HttpResponse:
    """Put a previewed file away."""
    return _deed(request, pk, discard, _("The file is put away; nothing of it was written."))


@signed_in
@require_POST
def import_undo(request: Request, pk: int) -> HttpResponse:
    """Take an import back within a day."""
    return _deed(request, pk, start_undo, _("The import is being taken back."))


@signed_in
@require_POST
def import_go_on(request: Request, pk: int) -> HttpResponse:
    """Take up again what stopped half-way."""
    return _deed(request, pk, go_on, _("The work goes on where it stopped."))


@signed_in
@require_POST
def import_end(request: Request, pk: int) -> HttpResponse:
    """Leave a stopped import as far as it has come."""
    return _deed(request, pk, end_here, _("The import ends here; what came in stays."))


def _check_may_enter(request: Request) -> None:
    """404 for those who neither import nor have seen an import."""
    if not access.can_import(request.user) and not access.visible_to(request.user).exists():
        raise Http404
