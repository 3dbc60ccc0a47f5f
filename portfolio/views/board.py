"""From what was read to what the dashboard's template prints."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from common.domain.health import Colour, steps_between
from common.subjects import Subject, url
from common.web import svg
from common.wording import say
from improvements.domain.lifecycle import PATH, State
from improvements.models.improvement import STATES
from portfolio.queries import Moved, Place
from portfolio.wording import DIMENSIONS, HEAT_LABELS
from projects.models.project import OVERLAYS, PHASES

FLOW_STATES = tuple(state.value for state in PATH if state is not State.CLOSED)
LOW_CONFIDENCE = Decimal("0.6")
#: dots that a column of the flow has room for
DOTS = 60


def headline(reasons: Any, drag: str) -> str:
    """Return the sentence of the first reason of the dimension that decides a colour."""
    found = (reasons or {}).get(drag) or []
    return say(found[0][0], found[0][1]) if found else ""


def heat_map(projects: Iterable[Any]) -> list[dict[str, Any]]:
    """Return projects as rows of the heat map; a dimension that is not used is an empty cell.

    A dimension that none of them uses has no column.
    """
    projects, rows = list(projects), []
    standings = [getattr(project, "standing", None) for project in projects]
    used = {
        n: str(label)
        for n, label in HEAT_LABELS.items()
        if any(getattr(s, n, None) for s in standings)
    }
    for project in projects:
        standing = getattr(project, "standing", None)
        overall = standing.overall if standing else "grey"
        reported = standing.reported if standing else None
        rows.append(
            {
                "url": url(Subject("project", project.pk)),
                "name": project.name,
                "meta": _phase(project),
                "drag": str(DIMENSIONS.get(standing.drag, "")) if standing else "",
                "dims": [
                    {"colour": getattr(standing, name, None), "label": label}
                    for name, label in used.items()
                ],
                "overall": overall,
                "reported": reported,
                "steps": steps_between(Colour(reported), Colour(overall)) if reported else 0,
                "confidence": standing.confidence if standing else Decimal(0),
                "hatched": not standing or standing.hatched,
                "thin": not standing or standing.confidence < LOW_CONFIDENCE,
            }
        )
    return rows


def _phase(project: Any) -> str:
    words: dict[str, Any] = dict(OVERLAYS) | dict(PHASES)
    text = str(words.get(project.overlay) or words.get(project.phase, ""))
    finish = project.forecast_finish_on or project.planned_finish_on
    return f"{text}, {finish:%Y‑%m‑%d}" if finish else text


def service_grid(services: Iterable[Any]) -> list[dict[str, Any]]:
    """Return services as rows: mark, name, sparkline, variation, and value over target."""
    rows = []
    for service in services:
        standing = getattr(service, "standing", None)
        spark = (standing.spark if standing else {}) or {}
        rows.append(
            {
                "url": url(Subject("service", service.pk)),
                "name": service.name,
                "measure": spark.get("name") or _("No measure agreed"),
                "overall": standing.overall if standing else "grey",
                "chart": _sparkline(spark),
                "variation": spark.get("variation", "ordinary") if spark.get("points") else "",
                "now": _number((spark.get("points") or [None])[-1]),
                "target": _number(spark.get("target")),
            }
        )
    return rows


def _number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def _sparkline(spark: dict[str, Any]) -> svg.Sparkline | None:
    points = tuple(_number(point) for point in spark.get("points") or ())
    if not points:
        return None
    last, mean = points[-1], _number(spark.get("mean"))
    return svg.Sparkline(
        points=points,
        label=_("last %(last)s, mean %(mean)s")
        % {"last": last, "mean": mean if mean is not None else "–"},
        lower=_number(spark.get("lower")),
        upper=_number(spark.get("upper")),
        mean=mean,
        target=_number(spark.get("target")),
        signals={int(index): signal for index, signal in (spark.get("signals") or {}).items()},
    )


def _sample(ages: Sequence[int], most: int) -> tuple[int, ...]:
    """Return at most so many ages, evenly chosen, the oldest among them."""
    if len(ages) <= most:
        return tuple(ages)
    return tuple(ages[-1 - n * len(ages) // most] for n in range(most))


def _column(waiting: Any, label: str, place: Place) -> svg.FlowState:
    """Return a state of the flow; where it has too many to draw, late ones keep their share."""
    shown = min(DOTS, waiting.count)
    late = -(-waiting.late * shown // waiting.count) if waiting.count else 0
    in_time = list((Counter(waiting.ages) - Counter(waiting.late_ages)).elements())
    return svg.FlowState(
        label=label,
        ages=_sample(in_time, shown - late),
        late_ages=_sample(waiting.late_ages, late),
        limit=waiting.limit,
        median=waiting.ages[(waiting.count - 1) // 2] if waiting.count else None,
        total=waiting.count,
        late=waiting.late,
        url=rows_url("improvements", place, state=waiting.state),
    )


def flow_chart(waiting: Iterable[Any], place: Place) -> dict[str, Any]:
    """Return the improvement flow as a chart, its table, and the total."""
    words = {state: str(word).capitalize() for state, word in STATES}
    states = list(waiting)
    columns = [_column(state, words[state.state], place) for state in states]
    total, late = sum(c.total for c in columns), sum(c.late for c in columns)
    label = _("%(total)s open improvements, %(late)s of them late") % {
        "total": total, "late": late,
    }  # fmt: skip
    return {
        "chart": svg.FlowStrip(states=tuple(columns), label=label),
        "total": total,
        "late": late,
        "headers": [_("State"), _("Open"), _("Late"), _("Median days"), _("Agreed limit, days")],
        "rows": [[c.label, c.total, c.late, _shown(c.median), _shown(c.limit)] for c in columns],
    }


def trend_chart(trend: Any, kind: str, visible: int) -> dict[str, Any] | None:
    """Return the trend of counts per colour as a chart with its table, or None.

    `visible` is how many the reader can open: what the total has beyond that is said.
    """
    if trend is None:
        return None
    last = {colour: row[-1] or 0 for colour, row in trend.counts.items()}
    first = {colour: row[0] or 0 for colour, row in trend.counts.items()}
    label = _("Red went from %(first)s to %(last)s between %(from)s and %(to)s") % {
        "first": first["red"], "last": last["red"], "from": trend.days[0], "to": trend.days[-1],
    }  # fmt: skip
    weekly = range(len(trend.days) - 1, -1, -7)
    return {
        "chart": svg.TrendLines(days=trend.days, counts=trend.counts, label=label),
        "title": _("Services over 90 days") if kind == "service" else _("Projects over 90 days"),
        "finding": label,
        "hidden": max(0, trend.total - visible),
        "headers": [_("Day"), _("Red"), _("Amber"), _("Green"), _("Unknown")],
        "rows": [
            [
                f"{trend.days[i]:%Y‑%m‑%d}",
                *(_shown(trend.counts[c][i]) for c in ("red", "amber", "green", "grey")),
            ]
            for i in weekly
        ],
    }


def _shown(count: int | None) -> str:
    return "–" if count is None else str(count)


def changes(moved: Iterable[Moved]) -> list[dict[str, Any]]:
    """Return what changed colour with the reason it stands for now."""
    return [
        {
            "url": row.url,
            "title": row.title,
            "old": row.old,
            "new": row.new,
            "text": headline(row.reasons, row.drag) or _("On track again"),
            "at": row.at,
        }
        for row in moved
    ]


def rows_url(app: str, place: Place, **filters: str) -> str:
    """Return the address of an app's list with these filters, in the place the page looks at."""
    if place.unit:
        filters["unit"] = str(place.unit.pk)
    return f"{reverse(f'{app}:list')}?{urlencode(filters)}"


def weeks_url(place: Place, side: str) -> str:
    """Return the address of the weeks ahead, of the same place and side."""
    query = {"unit": place.unit and place.unit.pk, "side": side}
    return reverse("portfolio:weeks", query={k: v for k, v in query.items() if v} or None)
