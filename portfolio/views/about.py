"""About these figures: how fresh they are, by which rules, and whether the machinery lives."""

from typing import Any
from urllib.parse import quote

from django.db.models import Max
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from accounts.access import authority, can_configure
from common import clock, formats, subjects
from common.models import ChangeMark, Heartbeat, RuleSet
from common.subjects import Subject
from common.web.access import signed_in
from common.web.render import render_page
from common.web.requests import Request
from portfolio.frame import STILL_AFTER, stamp
from portfolio.models import RollupRun, Unjudged

RUNS_SHOWN = 20
FALLEN_SHOWN = 200


@signed_in
@require_GET
def about(request: Request) -> HttpResponse:
    """Freshness, rule versions, the last verification; the ledger of runs for administrators."""
    now = clock.now()
    runs = RollupRun.objects.filter(state="done").order_by("mode", "-id")
    latest = {run.mode: run for run in reversed(list(runs.filter(pk__in=_newest_ids())))}
    context = {
        "zone": authority(request.user).zone,
        "parts": [
            {"name": beat.name, "at": beat.at, "still": now - beat.at > STILL_AFTER}
            for beat in Heartbeat.objects.order_by("name")
        ],
        "fallen": _fallen(request.user),
        "waiting": ChangeMark.objects.count(),
        "latest": latest,
        "rules": RuleSet.objects.values("area").annotate(version=Max("version")).order_by("area"),
        "runs": RollupRun.objects.all()[:RUNS_SHOWN] if can_configure(request.user) else (),
    }
    return render_page(request, "portfolio/about.html", context)


def _fallen(user: Any) -> list[dict[str, Any]]:
    """Return the records a person may open whose colour is from before, with when they fell."""
    rows = {Subject(row.kind, row.object_id): row for row in Unjudged.objects.all()[:FALLEN_SHOWN]}
    seen = subjects.visible(set(rows), user)
    return [
        {"key": subjects.key(subject), "url": subjects.url(subject), "since": row.first_at,
         "retry_at": row.retry_at}
        for subject, row in rows.items()
        if subject in seen
    ]  # fmt: skip


def _newest_ids() -> list[int]:
    newest = (
        RollupRun.objects.filter(state="done").order_by().values("mode").annotate(newest=Max("id"))
    )
    return [row["newest"] for row in newest]


@signed_in
@require_GET
def pulse(request: Request) -> HttpResponse:
    """204 while nothing has been rolled up since the page's mark, else 200 and the new mark.

    Both tell how old the figures are, so that an open page says so too.
    """
    newest = (
        RollupRun.objects.filter(mode__in=["sweep", "full"], state="done").aggregate(n=Max("id"))[
            "n"
        ]
        or 0
    )
    unchanged = request.GET.get("since") == str(newest)
    response = HttpResponse(status=204 if unchanged else 200)
    response["X-Pulse"] = str(newest)
    shown = stamp(request)["stamp"]
    if shown["day"]:
        response["X-As-Of"] = shown["text"].replace(formats.HYPHEN, "-")
    if shown["stale"]:
        response["X-Age"] = quote(shown["age"])
    return response
