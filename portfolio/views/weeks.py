"""The eight weeks ahead: what both offices have planned, and which plans cannot both stand."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from accounts.access import authority
from common import clock, formats
from common.subjects import url
from common.web import svg
from common.web.access import signed_in
from common.web.render import render_page
from common.web.requests import Request
from portfolio import queries
from portfolio.forms import PlaceForm
from portfolio.queries import Planned, Weeks
from portfolio.queries.weeks import MILESTONE
from portfolio.views import lead
from services.domain.collisions import PLACED, CollisionPolicy, Entry, ServiceFacts, collisions
from services.plans import kind_of, worded

WEEKS = 8
#: rows of the table, and collisions told under the drawing
ROWS_MOST, TOLD_MOST = 200, 3
#: the lanes in their order: what rules a week, what must not be missed, what takes place
LANES: dict[str, str | Promise] = {
    "freeze": gettext_lazy("Freezes"),
    "go_live": gettext_lazy("Go-lives"),
    MILESTONE: gettext_lazy("Milestones"),
    "change": gettext_lazy("Changes"),
    "maintenance": gettext_lazy("Maintenance"),
    "early_life": gettext_lazy("Early life support"),
    "measuring": gettext_lazy("Measuring"),
}
KINDS: dict[str, str | Promise] = {
    "freeze": gettext_lazy("freeze"),
    "go_live": gettext_lazy("go-live"),
    MILESTONE: gettext_lazy("milestone"),
    "change": gettext_lazy("change"),
    "maintenance": gettext_lazy("maintenance"),
    "early_life": gettext_lazy("early life support"),
    "measuring": gettext_lazy("measurement window"),
}
_Row = tuple[str, int]


@signed_in
@require_GET
def weeks(request: Request) -> HttpResponse:
    """What is planned in eight weeks, for a unit and a side if chosen: a page, and a panel."""
    form = PlaceForm(request.GET, user=request.user)
    form.is_valid()
    place = queries.Place(unit=form.cleaned_data.get("unit"))
    side = form.cleaned_data.get("side") or ""
    span = ahead(ZoneInfo(authority(request.user).zone))
    rows = queries.planned(request.user, place, side, span)
    clashes = hard_clashes(rows, authority(request.user).zone)
    context = {
        "form": form,
        "side": side,
        "place": place,
        "may": lead.doors(request.user),
        "chart": _chart(rows, clashes, span) if rows else None,
        "finding": finding(rows, clashes),
        "clashes": [(n, row.title, text) for row, n, text in clashes[:TOLD_MOST]],
        "more_clashes": max(0, len(clashes) - TOLD_MOST),
        "headers": [_("When"), _("What"), _("Plan"), _("Of"), _("Collision")],
        "rows": _table(rows[:ROWS_MOST], clashes, span),
        "left_out": max(0, len(rows) - ROWS_MOST),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "portfolio/weeks.html", context)


def ahead(zone: dt.tzinfo) -> Weeks:
    """Return the eight weeks from this week's Monday."""
    now = clock.now().astimezone(zone)
    first = now.date() - dt.timedelta(days=now.weekday())
    after = first + dt.timedelta(weeks=WEEKS)
    return Weeks(
        first=first,
        today=now.date(),
        last=after - dt.timedelta(days=1),
        now=now,
        end=dt.datetime.combine(after, dt.time(), zone),
    )


def hard_clashes(rows: Sequence[Planned], zone: str) -> list[tuple[Planned, int, str]]:
    """Return each plan that cannot stand where it is, with its number and the first reason.

    The rules are those of a service's own page. An entry is only held against those of the same
    service and of the units above it: nothing else can collide with it hard.
    """
    entries = {row: _entry(row) for row in rows if row.kind != MILESTONE}
    by_service: dict[str, list[Entry]] = defaultdict(list)
    of_units = []
    for entry in entries.values():
        for key in entry.services:
            by_service[key].append(entry)
        if not entry.services:
            of_units.append(entry)
    names = {str(row.id): row.title for row in entries}
    found: list[tuple[Planned, int, str]] = []
    for row, entry in entries.items():
        if entry.kind not in PLACED or row.owner is None or row.owner.kind != "service":
            continue
        key = str(row.owner.id)
        facts = {key: ServiceFacts(key=key, units=frozenset(_above(row.path)))}
        others = by_service[key] + of_units
        for clash in collisions(entry, others, facts, CollisionPolicy(zone=zone)):
            told = worded(clash, names, {})
            if told.is_hard:
                found.append((row, len(found) + 1, told.text))
                break
    return found


def _entry(row: Planned) -> Entry:
    is_service = row.owner is not None
    return Entry(
        key=str(row.id),
        kind=kind_of(row.kind),
        start=row.starts_at,  # type: ignore[arg-type]  # an entry has both
        end=row.ends_at,  # type: ignore[arg-type]  # as above
        services=frozenset({str(row.owner.id)}) if row.owner else frozenset(),
        units=frozenset() if is_service else frozenset({row.path}),
        source=row.source,
    )


def _above(path: str) -> list[str]:
    """Return a unit's path and those of all units above it."""
    steps = path.rstrip(".").split(".")
    return [".".join(steps[: n + 1]) + "." for n in range(len(steps))]


def finding(rows: Sequence[Planned], clashes: Sequence[Any]) -> str:
    """Return in words how much is planned and what cannot stand; empty when nothing is planned."""
    n = Counter(row.kind for row in rows)
    told = [
        ngettext("%(n)s go-live", "%(n)s go-lives", n["go_live"]) % {"n": n["go_live"]},
        ngettext("%(n)s milestone", "%(n)s milestones", n[MILESTONE]) % {"n": n[MILESTONE]},
        ngettext("%(n)s freeze", "%(n)s freezes", n["freeze"]) % {"n": n["freeze"]},
    ]
    shown = [
        text for text, kind in zip(told, ("go_live", MILESTONE, "freeze"), strict=True) if n[kind]
    ]
    if clashes:
        text = ngettext("%(n)s hard collision", "%(n)s hard collisions", len(clashes))
        shown.append(text % {"n": len(clashes)})
    return ", ".join(shown)


def _chart(rows: Sequence[Planned], clashes: Sequence[Any], span: Weeks) -> svg.WeeksChart:
    numbers = {_key(row): n for row, n, _text in clashes}
    by_kind: dict[str, list[Planned]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    lanes = []
    for kind, label in LANES.items():
        own = by_kind.get(kind)
        if own:
            marks = _marks(own, numbers, span)
            lanes.append(svg.WeekLane(kind=kind, label=str(label), marks=tuple(marks)))
    label = _("The eight weeks from %(day)s") % {"day": formats.format_date(span.first)}
    return svg.WeeksChart(
        first=span.first,
        weeks=WEEKS,
        today=_days(span.now, span),
        lanes=tuple(lanes),
        label=": ".join(filter(None, (label, finding(rows, clashes)))),
    )


def _marks(rows: Sequence[Planned], numbers: dict[_Row, int], span: Weeks) -> list[svg.WeekMark]:
    """Return a mark for each plan; milestones of the same day share one."""
    marks = []
    by_day: dict[dt.date, list[Planned]] = defaultdict(list)
    for row in rows:
        if row.day:
            by_day[row.day].append(row)
            continue
        begin, end = (_days(at, span) for at in (row.starts_at, row.ends_at))
        marks.append(
            svg.WeekMark(
                start=begin, end=end, label=row.title, url=_url(row),
                number=numbers.get(_key(row), 0),
            )
        )  # fmt: skip
    for day, own in by_day.items():
        start = float((day - span.first).days)
        many = ngettext("%(n)s milestone", "%(n)s milestones", len(own)) % {"n": len(own)}
        label = f"{own[0].title}, {own[0].owner_name}" if len(own) == 1 else many
        link = _url(own[0]) if len(own) == 1 else ""
        mark = svg.WeekMark(start=start, end=start + 1, label=label, url=link, count=len(own))
        marks.append(mark)
    return marks


def _table(rows: Sequence[Planned], clashes: Sequence[Any], span: Weeks) -> list[list[Any]]:
    told = {_key(row): f"{n}. {text}" for row, n, text in clashes}
    return [
        [
            _when(row, span),
            str(KINDS[row.kind]),
            row.title,
            format_html('<a href="{}">{}</a>', _url(row), row.owner_name)
            if row.owner
            else row.owner_name,
            told.get(_key(row), ""),
        ]
        for row in rows
    ]


def _when(row: Planned, span: Weeks) -> str:
    if row.starts_at is None or row.ends_at is None:
        return formats.format_date(row.day)
    zone = span.now.tzinfo
    begin = row.starts_at.astimezone(zone).date()
    # Half-open: what ends at midnight ends with the day before.
    end = (row.ends_at - dt.timedelta(seconds=1)).astimezone(zone).date()
    if begin == end:
        return formats.format_date(begin)
    return f"{formats.format_date(begin)} – {formats.format_date(end)}"


def _key(row: Planned) -> _Row:
    return row.kind, row.id


def _url(row: Planned) -> str:
    return url(row.owner) if row.owner else ""


def _days(at: dt.datetime | None, span: Weeks) -> float:
    """Return where an instant lies, in days from the first; by the wall clock, as the axis is."""
    if at is None:
        return 0.0
    local = at.astimezone(span.now.tzinfo)
    whole = (local.date() - span.first).days
    return whole + (local.hour * 60 + local.minute) / 1440
