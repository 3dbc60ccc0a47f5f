"""A service's page and the pages its figures open to."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from common import clock
from common.domain.periods import PeriodKind, local_day, period_of
from common.models import AuditEvent
from common.web.access import signed_in
from common.web.lists import ListPage
from common.web.paging import Pager, page_number
from common.web.render import render_page
from common.web.requests import Request
from services import access
from services.chain import chain_page
from services.detail import service_page
from services.explain import availability_of_days, availability_of_month, explain_clock
from services.listing import INCIDENTS
from services.models import Incident, Service
from services.queries.detail import agreements_held
from services.queries.events import events
from services.track_record import month_name
from services.wording import ACTIONS, EVERYDAY

PAGE = 50


def head(request: Request, service: Service, tab: str) -> dict[str, Any]:
    """Return what every page of a service needs around it."""
    return {
        "service": service,
        "tab": tab,
        "zone": service.root.zone or "UTC",
        "everyday": EVERYDAY[service.everyday],
        "may_edit": access.can_edit_service(request.user, service),
        "may_see_money": access.can_see_money(request.user, service),
        "may_see_audit": access.can_see_audit(request.user, service),
    }


def _panel(name: str, *args: Any) -> str:
    """Return the address of an upper app's panel, or nothing while it has none."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@signed_in
@require_GET
def detail(request: Request, key: str) -> HttpResponse:
    """A service."""
    service = access.get_service_for(request.user, key)
    context = head(request, service, "overview") | {
        "page": service_page(service, request.user),
        "improvements_url": _panel("improvements:service_panel", service.key),
        "raise_url": _panel("improvements:create"),
    }
    return render_page(request, "services/detail.html", context)


@signed_in
@require_GET
def history(request: Request, key: str) -> HttpResponse:
    """What was done to a service, newest first; a panel on its page, a page by itself."""
    service = access.get_service_for(request.user, key)
    access.check_can_see_audit(request.user, service)
    context = head(request, service, "history")
    rows = AuditEvent.objects.about("service", service.pk).select_related("actor")
    count = rows.count()
    number = page_number(request.GET.get("page"), count, PAGE)
    last = max(1, -(-count // PAGE))
    before = f"?page={number - 1}" if number > 1 else None
    after = f"?page={number + 1}" if number < last else None
    pager = Pager(number=number, size=PAGE, count=count, urls=(before, after))
    events_shown = [
        {
            "at": event.at,
            "who": event.actor.title or str(event.actor) if event.actor else "",
            "what": ACTIONS.get(event.action, event.action),
            "note": event.note,
        }
        for event in rows[pager.start : pager.start + PAGE]
    ]
    return render_page(
        request, "services/history.html", context | {"events": events_shown, "pager": pager}
    )


@signed_in
@require_GET
def dependencies(request: Request, key: str) -> HttpResponse:
    """What a service needs and carries, drawn, and whether that bears its promise."""
    service = access.get_service_for(request.user, key)
    context = head(request, service, "dependencies") | {"chain": chain_page(service, request.user)}
    if request.headers.get("HX-Target") == "promise" and context["chain"].verdict is None:
        return HttpResponse(status=204)
    return render_page(request, "services/dependencies.html", context)


@signed_in
@require_GET
def incidents(request: Request, key: str) -> HttpResponse:
    """A service's incidents, filtered and sorted; or just those as a file."""
    service = access.get_service_for(request.user, key)
    rows = Incident.objects.filter(service=service).select_related("service__root")
    page = ListPage(INCIDENTS, request, rows.defer("extra"))
    kind = request.GET.get("format")
    if kind in {"csv", "xlsx"}:
        access.check_can_export(request.user)
        return page.export(kind)
    context = head(request, service, "incidents") | {"list_page": page}
    return render_page(request, "services/incidents.html", context)


@signed_in
@require_GET
def incident(request: Request, key: str, pk: int) -> HttpResponse:
    """An incident, with every interval of its clock and why it counted or not."""
    row = access.get_incident_for(request.user, key, pk)
    explained = explain_clock(row, clock.now())
    context = head(request, row.service, "incidents") | {"incident": row, "clock": explained}
    return render_page(request, "services/incident.html", context)


@signed_in
@require_GET
def availability(request: Request, key: str) -> HttpResponse:
    """The availability of a month, or of the last 30 days, with every piece of it."""
    service = access.get_service_for(request.user, key)
    zone = service.root.zone or "UTC"
    now = clock.now()
    month = period_of(PeriodKind.MONTH, local_day(zone, now)).previous()
    if request.GET.get("window") == "30":
        context = head(request, service, "availability") | {
            "month": _("of the last 30 days"),
            "before": f"{month.start:%Y-%m}",
            "found": availability_of_days(service, now),
        }
        return render_page(request, "services/availability.html", context)
    asked = request.GET.get("month", "")
    if len(asked) == 7 and asked[:4].isdecimal() and asked[5:].isdecimal():
        year, number = int(asked[:4]), int(asked[5:])
        if dt.MINYEAR < year < dt.MAXYEAR and 1 <= number <= 12:
            month = period_of(PeriodKind.MONTH, dt.date(year, number, 1))
    context = head(request, service, "availability") | {
        "month": month_name(month),
        "before": f"{month.previous().start:%Y-%m}",
        "after": f"{month.next().start:%Y-%m}" if month.next().start <= clock.today(zone) else "",
        "found": availability_of_month(service, month, now),
        "is_month": True,
    }
    return render_page(request, "services/availability.html", context)


@signed_in
@require_GET
def outages(request: Request, key: str) -> HttpResponse:
    """A service's outages and gaps in monitoring of the last two years."""
    service = access.get_service_for(request.user, key)
    since = clock.now() - dt.timedelta(days=730)
    happened = [row for row in events(service, since) if row.table != "plan"][::-1]
    context = head(request, service, "availability") | {"rows": happened, "now": clock.now()}
    return render_page(request, "services/outages.html", context)


@signed_in
@require_GET
def agreements(request: Request, key: str) -> HttpResponse:
    """Every version of a service's agreements, those in force first."""
    service = access.get_service_for(request.user, key)
    today = clock.today(service.root.zone or "UTC")
    rows = service.agreements.select_related("calendar").prefetch_related("targets")
    in_force = {row.id for row in agreements_held(service, today, today)}
    listed = sorted(rows, key=lambda row: (row.pk not in in_force, row.kind, -row.version_no))
    context = head(request, service, "agreements") | {
        "rows": [(row, row.pk in in_force) for row in listed]
    }
    return render_page(request, "services/agreements.html", context)
