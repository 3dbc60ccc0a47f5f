"""One person's day: decisions, reports due, and what they own that needs a look."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from common import clock, rules
from common.web.access import signed_in
from common.web.render import render_page
from common.web.requests import Request
from portfolio import queries
from portfolio.views import lead
from projects.domain import limits

MOST = 50


@signed_in
@require_GET
def today(request: Request) -> HttpResponse:
    """What waits for this person; each row leads to where it is done."""
    user: Any = request.user
    found = queries.decisions(user, queries.Place(), MOST)
    decisions = lead.decision_rows([d for d in found if d.is_mine], clock.today())
    mine = queries.mine(user, MOST)
    context = {
        "decisions": decisions,
        "may": lead.doors(user),
        "due": lead.reports_due(mine, clock.today(), _cadence()),
        "attention": [row for row in lead.owned(mine) if row["needs_look"]],
        "well": [row for row in lead.owned(mine) if not row["needs_look"]],
        "overdue": queries.overdue(user, clock.today(), MOST),
        "day": clock.today(),
    }
    return render_page(request, "portfolio/today.html", context)


def _cadence() -> dict[str, int]:
    values = rules.current(limits.AREA, limits.DEFAULTS, limits.CODE_VERSION).values
    return dict(limits.limits(values).cadence_days)
