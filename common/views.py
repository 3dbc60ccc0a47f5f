"""The kernel's pages: health, jobs, component sheet, and what stands when something is refused."""

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from common import clock
from common.models import Job
from common.web import kept
from common.web.access import public, signed_in
from common.web.render import go, render_page
from common.web.requests import Request
from common.web.specimens import specimens


@public
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@public
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and every migration is in; 503 until then. Says no more than that."""
    try:
        executor = MigrationExecutor(connection)
        ready = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        ready = False
    return JsonResponse({"status": "ok" if ready else "not ready"}, status=200 if ready else 503)


@signed_in
@require_GET
def job(request: Request, pk: int) -> HttpResponse:
    """One piece of long work: how far it has come; its starter may leave and come back."""
    row = get_object_or_404(Job.objects.of(request.user), pk=pk)
    return render_page(request, "common/job.html", {"job": row})


@signed_in
@require_POST
def stop_job(request: Request, pk: int) -> HttpResponse:
    """Stop one's own job after the chunk it is in; what was written stays and can be undone."""
    row = get_object_or_404(Job.objects.of(request.user), pk=pk)
    Job.objects.filter(pk=row.pk, state__in=["queued", "running"]).update(
        state="stopped", ended_at=clock.now()
    )
    return go(request, f"/jobs/{row.pk}/")


@signed_in
@require_GET
def resume(request: Request) -> HttpResponse:
    """What was typed when the log-in had ended, to be sent now; the start page without any."""
    waiting = kept.kept(request)
    if waiting is None:
        return go(request, "/")
    return render_page(request, "common/resume.html", {"kept": waiting})


@public
@require_GET
def sheet(request: HttpRequest) -> HttpResponse:
    """The component sheet, for those who build pages; not in production."""
    if settings.PRODUCTION:
        raise Http404
    return render(request, "ui/sheet.html", specimens())


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the browser sent something that no form of ours sends; 413 when it is too much."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form whose token no longer holds; what was typed is shown to those who typed it."""
    own = f"{request.scheme}://{request.get_host()}"
    typed = kept.fields_of(request) if request.headers.get("Origin") == own else ()
    shown = kept.Kept(request.path, typed).typed
    return render(request, "403_csrf.html", {"typed": shown}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: there is no such page, or not for this reader; the two look the same."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault; 503 when the database does not answer. Drawn without it."""
    # Without the request: what fills the frame asks the database.
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        page = render_to_string("503.html", {"plain": True})
        return HttpResponse(page, status=503, headers={"Retry-After": "10"})
    return HttpResponse(render_to_string("500.html", {"plain": True}), status=500)
