"""The first screen: what to decide, what moved, and how both sides stand."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.access import authority, can_configure
from accounts.actions import note_visit
from accounts.domain.roles import Capability
from common import clock
from common.web.access import signed_in
from common.web.render import render_page
from common.web.requests import Request
from portfolio import queries
from portfolio.forms import PlaceForm
from portfolio.views import board, lead

PROJECTS_SHOWN, SERVICES_SHOWN, DECISIONS_SHOWN, CHANGES_SHOWN = 9, 9, 5, 5
#: so many are read, that the page's sentence counts the same as Today
DECISIONS_READ = 50
#: changes of colour that are read for the few shown, and when all are asked for
CHANGES_READ, CHANGES_MOST = 25, 250
FIRST_VISIT = dt.timedelta(days=7)


@signed_in
@require_GET
def dashboard(request: Request) -> HttpResponse:
    """The portfolio under the reader's rights, for a unit and a side if chosen."""
    user: Any = request.user
    form = PlaceForm(request.GET, user=user)
    form.is_valid()
    place = queries.Place(unit=form.cleaned_data.get("unit"))
    side = form.cleaned_data.get("side") or ""
    # By the hour, so that a newcomer's next page asks what has been built already.
    this_hour = clock.now().replace(minute=0, second=0, microsecond=0)
    since = user.previous_visit_at or this_hour - FIRST_VISIT
    note_visit(user)
    counts = queries.board_counts(user, place)
    decisions = queries.decisions(user, place, DECISIONS_READ)
    context = {
        "form": form,
        "side": side,
        "place": place,
        "counts": counts,
        "decisions": lead.decision_rows(decisions[:DECISIONS_SHOWN], clock.today()),
        "waiting": lead.waiting(decisions, clock.today(), DECISIONS_READ),
        "since": since,
        "may": lead.doors(user),
        **_changes(request, place, since),
        "flow": board.flow_chart(queries.flow(user, place, board.FLOW_STATES), place),
        "title": place.unit.name if place.unit else _("Portfolio"),
        "weeks_url": board.weeks_url(place, side),
    }
    rights = authority(user)
    context["may_begin"] = not (counts["project"].total or counts["service"].total) and (
        rights.has_anywhere(Capability.IMPORT) or can_configure(user)
    )
    if side != "services":
        projects = queries.project_rows(user, place, counts["project"], PROJECTS_SHOWN)
        context["projects"] = board.heat_map(projects)
    if side != "projects":
        services = queries.service_rows(user, place, counts["service"], SERVICES_SHOWN)
        context["services"] = board.service_grid(services)
    kind = "service" if side == "services" else "project"
    context["trend"] = board.trend_chart(
        queries.trend(user, place, kind, clock.today()), kind, counts[kind].total
    )
    context["lede"] = lead.lede(context["waiting"], counts, place, side)
    return render_page(request, "portfolio/dashboard.html", context)


def _changes(request: Request, place: queries.Place, since: dt.datetime) -> dict[str, Any]:
    """Return the newest changes of colour and how many more there are; all when asked for."""
    wants_all = request.GET.get("changes") == "all"
    most = CHANGES_MOST if wants_all else CHANGES_READ
    moved, is_whole = queries.changes_since(request.user, place, since, most)
    shown = moved if wants_all else moved[:CHANGES_SHOWN]
    query = request.GET.copy()
    query["changes"] = "all"
    return {
        "changes": board.changes(shown),
        "more_changes": len(moved) - len(shown),
        "are_all_counted": is_whole,
        "all_changes_url": f"?{query.urlencode()}#changes-h",
    }
