"""What the joint review shows, worked out for one reader."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common import formats
from common.domain.figure import Figure
from common.web.paging import Pager, page_number
from common.web.svg import Bubble, GapLine, ValueEffort
from improvements import queries
from improvements.domain.compare import mean_values, scores_of
from improvements.domain.health import Limits
from improvements.domain.joint_score import WIDE_GAP
from improvements.domain.scoring import Method, rank_agreement
from improvements.domain.scoring import Score as MethodScore
from improvements.drawings import score_band
from improvements.listing import age_of, days_text
from improvements.models import Improvement, Score
from improvements.models.improvement import ORIGINS, ROUTES
from improvements.panel import Panel, panel_of
from improvements.queries import review as backlog
from improvements.queries.review import Listed

PAGE = 50
_ROUTES, _ORIGINS = dict(ROUTES), dict(ORIGINS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One improvement of the list."""

    improvement: Listed
    place: int | None
    url: str
    meta: str
    route: str
    effort: str
    waited: str
    is_late: bool
    is_selected: bool
    is_wide: bool
    score: Decimal | None
    gap: Decimal | None
    band: SafeString | str
    line: GapLine | None
    has_project: bool
    has_service: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the list under its own heading; the first has none."""

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """A figure above the list."""

    label: str
    value: str
    detail: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The whole page."""

    tiles: Sequence[Tile]
    parts: Sequence[Part]
    panel: Panel | None
    matrix: ValueEffort | None
    matrix_rows: Sequence[tuple[Any, ...]]
    agreement: str
    pager: Pager
    count: int


def review_of(user: Any, *, selected: str, page: str | None, now: dt.datetime) -> Review:
    """Return the review for a reader; `selected` is a key, the first row stands in for none."""
    counts = backlog.counts(user, now)
    number = page_number(page, counts.all, PAGE)
    start = (number - 1) * PAGE
    found = backlog.page(user, start, start + PAGE) if counts.all else []
    chosen = _chosen(user, found, selected)
    limits = queries.limits()[0]
    shown = {row.pk for row in found} | ({chosen.pk} if chosen else set())
    scores = list(Score.objects.filter(improvement_id__in=shown)) if shown else []
    rows = [_row(each, chosen, number) for each in found]
    parts = _parts(rows)
    return Review(
        tiles=_tiles(counts, limits, now),
        parts=parts,
        panel=panel_of(chosen, user, scores, limits) if chosen else None,
        matrix=_matrix(rows, limits),
        matrix_rows=[
            (row.improvement.title, formats.format_number(row.score), row.effort, row.route)
            for row in rows
            if row.place
        ],
        agreement=_agreement(found, scores),
        pager=_pager(number, counts.all),
        count=counts.all,
    )


def _chosen(user: Any, found: list[Listed], selected: str) -> Improvement | None:
    """Return the selected one, also from another page; the first one for anything else."""
    text = selected.upper().removeprefix("IMP-")
    asked = int(text) if text.isdecimal() and len(text) <= 18 else None
    # The second may be gone by now: then the page stands without a panel.
    for pk in dict.fromkeys((asked, found[0].pk if found else None)):
        chosen = None if pk is None else backlog.shown(user).filter(pk=pk).first()
        if chosen is not None:
            return chosen
    return None


def _row(improvement: Listed, chosen: Improvement | None, page: int) -> Row:
    project, service = improvement.project_score, improvement.service_score
    is_in = improvement.part == backlog.TO_DECIDE
    both = None if project is None or service is None else (project, service)
    gap = abs(both[0] - both[1]) if both else None
    where = f"&page={page}" if page > 1 else ""
    return Row(
        improvement=improvement,
        place=improvement.place if is_in else None,
        url=f"{_address()}?selected={improvement.key}{where}",
        meta=_meta(improvement),
        route=str(_ROUTES.get(improvement.route, "")),
        effort=days_text(
            None if improvement.effort_days is None else round(improvement.effort_days)
        ),
        waited=days_text(age_of(improvement.captured_at)),
        is_late=bool(improvement.is_late),
        is_selected=chosen is not None and improvement.pk == chosen.pk,
        is_wide=gap is not None and gap >= WIDE_GAP,
        score=improvement.score if is_in else None,
        gap=gap if is_in else None,
        band=_band(improvement) if is_in else "",
        line=_line(*both) if is_in and both else None,
        has_project=bool(improvement.has_project_score),
        has_service=bool(improvement.has_service_score),
    )


@cache
def _address() -> str:
    return reverse("improvements:backlog")


def _meta(improvement: Listed) -> str:
    origin = _("from %(origin)s") % {"origin": _ORIGINS[improvement.origin]}
    return f"{improvement.key}, {improvement.service or improvement.unit}, {origin}"


def _band(improvement: Listed) -> SafeString | str:
    score, low, high = improvement.score, improvement.spread_low, improvement.spread_high
    if score is None or low is None or high is None:
        return ""
    return score_band(score, low, high)


def _line(project: Decimal, service: Decimal) -> GapLine:
    label = _("Project side %(project)s, service side %(service)s, gap %(gap)s") % {
        "project": formats.format_number(project),
        "service": formats.format_number(service),
        "gap": formats.format_number(abs(project - service)),
    }
    return GapLine(project=project, service=service, label=label)


def _parts(rows: list[Row]) -> list[Part]:
    titles = {
        backlog.TO_DECIDE: "",
        backlog.WAITING: _("Waiting for scores"),
        backlog.TO_SHAPE: _("To be shaped first"),
    }
    parts = []
    for part, title in titles.items():
        inside = [row for row in rows if row.improvement.part == part]
        if inside:
            parts.append(Part(title=title, rows=inside))
    return parts


def _tiles(counts: backlog.Counts, limits: Limits, now: dt.datetime) -> list[Tile]:
    listed = reverse("improvements:list")
    oldest = None if counts.oldest is None else max(0, (now - counts.oldest).days)
    number = formats.format_number
    return [
        Tile(
            label=_("To decide"),
            value=number(counts.to_decide),
            detail=_("of %(all)s; %(waiting)s wait for scores")
            % {"all": number(counts.all), "waiting": number(counts.waiting)},
            url=f"{listed}?state=backlog",
        ),
        Tile(
            label=_("Gap of 30 or more"),
            value=number(counts.wide),
            detail=_("discussed first"),
        ),
        Tile(
            label=_("Past first answer"),
            value=number(counts.unanswered),
            detail=ngettext(
                "promised within %(days)s working day",
                "promised within %(days)s working days",
                limits.respond_days,
            )
            % {"days": limits.respond_days},
            url=f"{listed}?state=backlog&late=yes",
        ),
        Tile(
            label=_("Longest wait"),
            value=days_text(oldest),
            detail=_("since it was captured"),
            url=f"{listed}?state=backlog&sort=-age",
        ),
    ]


def _matrix(rows: Sequence[Row], limits: Limits) -> ValueEffort | None:
    placed = [row for row in rows if row.place and row.improvement.effort_days is not None]
    if not placed:
        return None
    bubbles = tuple(
        Bubble(
            number=row.place or 0,
            value=row.score or Decimal(0),
            effort=row.improvement.effort_days or Decimal(0),
            title=row.improvement.title,
            url=row.url,
            is_gap_wide=row.is_wide,
            is_selected=row.is_selected,
        )
        for row in placed
    )
    label = ngettext(
        "Value against effort of %(count)s improvement",
        "Value against effort of %(count)s improvements",
        len(bubbles),
    ) % {"count": len(bubbles)}
    return ValueEffort(
        bubbles=bubbles,
        do_now_up_to=limits.routes.do_now_days,
        change_up_to=limits.routes.change_days,
        label=label,
    )


def _agreement(found: Sequence[Listed], scores: Sequence[Score]) -> str:
    """Return how far the order agrees with cost of delay, over what both have scored."""
    weighted = {
        str(row.pk): row.score
        for row in found
        if row.part == backlog.TO_DECIDE and row.score is not None
    }
    given: dict[str, list[Mapping[Method, MethodScore]]] = defaultdict(list)
    for score in scores:
        given[str(score.improvement_id)].append(scores_of(queries.estimates(score, None)))
    means = {key: mean_values(given[key]).get(Method.CD3) for key in weighted}
    delay = {key: value for key, value in means.items() if value is not None}
    shared = {key: weighted[key] for key in delay}
    if len(shared) < 2:
        return ""
    figure: Figure = rank_agreement(shared, delay).kendall_tau_b
    if figure.value is None:
        return ""
    return _("Rank agreement with cost of delay %(value)s") % {
        "value": formats.format_number(figure.value, 2)
    }


def _pager(number: int, count: int) -> Pager:
    url = reverse("improvements:backlog")
    last = max(1, -(-count // PAGE))
    return Pager(
        number=number,
        size=PAGE,
        count=count,
        urls=(
            f"{url}?page={number - 1}" if number > 1 else None,
            f"{url}?page={number + 1}" if number < last else None,
        ),
    )
