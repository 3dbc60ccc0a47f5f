"""The roof's part of the page frame: menu entries, the as-of stamp and its banners."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, Max, Value
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import authority
from accounts.models.assignment import ROLES
from common import clock, formats
from common.models import Heartbeat, RuleSet
from common.statements import rows_of
from common.web.shell import Entry
from improvements.domain import health as improvement_health
from portfolio.models import Unjudged
from projects.domain import limits as project_limits
from services.domain import limits as service_limits

#: a part is standing still when its row is older than this
STILL_AFTER = dt.timedelta(minutes=3)
#: stands among the parts' names for records that could not be judged
FALLEN = "~fallen"
#: begins the names of the areas whose thresholds have been changed; a version follows
RULES = "~rules "
#: an area of rules, the version of its formulas, and what it is called
AREAS = (
    ("projects", project_limits.CODE_VERSION, gettext_lazy("projects")),
    ("services", service_limits.CODE_VERSION, gettext_lazy("services")),
    ("improvements", improvement_health.CODE_VERSION, gettext_lazy("improvements")),
)

ENTRIES = (
    Entry(
        group="top",
        order=10,
        label=gettext_lazy("Today"),
        icon="inbox",
        url_name="portfolio:today",
        under="/today/",
    ),
    Entry(
        group="top",
        order=20,
        label=gettext_lazy("Portfolio"),
        icon="layout-grid",
        url_name="portfolio:dashboard",
        under="/",
    ),
)


def stamp(request: HttpRequest) -> dict[str, Any]:
    """Return the as-of stamp and banners of a page. One statement."""
    beats = dict(sorted(rows_of("stamp", _lives), reverse=True))
    changed = [name for name in beats if name.startswith(RULES)]
    fallen_since = beats.pop(FALLEN, None)
    now = clock.now()
    as_of = beats.get("sweep")
    rights = authority(request.user)
    zone = ZoneInfo(rights.zone)
    local = as_of.astimezone(zone) if as_of else None
    is_stale = _is_still(as_of, now)
    banners = [_fallen(fallen_since, rights.zone)] if fallen_since else []
    lives = beats.keys() - set(changed)
    still = [name for name in ("beat", "worker") if _is_still(beats.get(name), now)]
    return {
        "search_url": reverse("portfolio:search"),
        "organisation_name": rights.organisation,
        "role_text": ", ".join(str(dict(ROLES)[role.value]) for role in rights.roles),
        "stamp": {
            "day": local.date() if local else None,
            "text": f"{local:%Y‑%m‑%d %H:%M}" if local else _("not yet"),
            "week": formats.format_week(now.astimezone(zone).date(), word=_("week")),
            "rules": _rules(changed),
            "title": _("About these figures"),
            "url": reverse("portfolio:about"),
            "stale": is_stale,
            "age": _age(now - as_of) if as_of and is_stale else "",
        },
        "banners": banners
        + ([_banner(name, beats.get(name), rights.zone) for name in still] if lives else []),
    }


def _lives() -> Any:
    """Who has shown life when, since when records fall, and the thresholds in force."""
    fallen = Unjudged.objects.need_attention().annotate(name=Value(FALLEN, CharField()))
    newest = RuleSet.objects.order_by().values("area").annotate(at=Max("created_at"))
    version = Cast(Max("version"), CharField())
    rules = newest.annotate(name=Concat(Value(RULES), F("area"), Value(" "), version))
    return Heartbeat.objects.values_list("name", "at").union(
        fallen.order_by().values_list("name", "first_at"),
        rules.values_list("name", "at"),
        all=True,
    )


def _rules(changed: list[str]) -> str:
    """Return the versions of the rules in words: of the formulas, and of the limits beside it."""
    versions = dict(name.removeprefix(RULES).split(" ") for name in changed)
    told = [f"{name} {code}.{versions.get(area, 0)}" for area, code, name in AREAS]
    return _("Rules: %(versions)s") % {"versions": ", ".join(told)}


def _age(passed: dt.timedelta) -> str:
    return _("%(age)s old") % {"age": formats.format_duration(int(passed.total_seconds()))}


def _is_still(at: dt.datetime | None, now: dt.datetime) -> bool:
    return at is None or now - at > STILL_AFTER


def _fallen(at: dt.datetime, zone: str) -> dict[str, str]:
    text = _("Some records could not be judged since %(since)s. Their colours are from before.")
    return {
        "level": "warn",
        "text": text % {"since": formats.format_datetime(at, zone)},
        "url": reverse("portfolio:about"),
    }


def _banner(name: str, at: dt.datetime | None, zone: str) -> dict[str, str]:
    part = _("The scheduler") if name == "beat" else _("The worker")
    since = formats.format_datetime(at, zone) if at else _("the start")
    text = _("%(part)s has stood still since %(since)s. Figures are from then; edits are kept.")
    return {
        "level": "warn",
        "text": text % {"part": part, "since": since},
        "url": reverse("portfolio:about"),
    }
