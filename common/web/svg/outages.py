"""Lost time day by day, and promises kept month by month."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.web.svg.shapes import drawing, line, linked, rect, text, width_of

WIDTH, HEIGHT = 1150, 72
LEFT, FLOOR = 86, 48.0
CSS = {"down": "s-bad", "degraded": "s-warn", "planned": "s-plan", "no_data": "s-unk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageDay:
    """A day as experienced: `kind` is up, down, degraded, planned or no_data.

    `caption` is written above the bar, for the few days worth naming.
    """

    day: dt.date
    kind: str
    lost_minutes: int = 0
    caption: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRibbon:
    """Consecutive days, oldest first; 13 weeks fit."""

    days: tuple[OutageDay, ...]
    label: str


def outage_ribbon(chart: OutageRibbon) -> SafeString:
    """Return a bar a day, 1150 by 72; height is lost time on a log scale up to a day."""
    step = (WIDTH - LEFT) / max(1, len(chart.days))
    parts = [
        line(LEFT, 50.5, WIDTH, 50.5, "s-axis"),
        text(0, 32, _("Lost time"), "s-t2"),
        text(0, 46, _("a day"), "s-t"),
    ]
    free_from = 0.0
    for index, day in enumerate(chart.days):
        x = LEFT + index * step
        parts.append(linked(_bar(day, x, step - 2.2), day.url, day.caption or day.day.isoformat()))
        if day.caption and x >= free_from:
            start = min(x - 4, WIDTH - width_of(day.caption))
            parts.append(text(start, 12, day.caption, "s-t2 s-tb"))
            free_from = start + width_of(day.caption) + 12
        if day.day.weekday() == 0 and (day.day.isocalendar().week % 2 or len(chart.days) < 50):
            parts.append(text(x, 66, week_label(day.day), "s-t"))
    has_links = any(day.url for day in chart.days)
    return drawing((WIDTH, HEIGHT), chart.label, parts, css="b-svg", has_links=has_links)


def week_label(day: dt.date) -> str:
    """Return the axis word of a day's ISO week: w48, in Swedish v48."""
    return _("w%(week)s") % {"week": day.isocalendar().week}


def _bar(day: OutageDay, x: float, wide: float) -> str:
    if day.kind == "up":
        return rect((x, FLOOR - 5), (wide, 5), "s-attok", radius=1)
    share = math.log1p(min(day.lost_minutes, 1440)) / math.log1p(1440)
    high = 8 + 24 * share
    if day.kind in {"planned", "no_data"}:
        return rect((x + 0.6, FLOOR - high), (wide - 1.2, high), CSS[day.kind], radius=1)
    return rect((x, FLOOR - high), (wide, high), CSS.get(day.kind, "s-bad"), radius=1)


def attainment(months: Sequence[bool | None], label: str) -> SafeString:
    """Return a bar a month, 9 px each: kept is low and green, broken tall, None not measured."""
    parts = []
    for index, kept in enumerate(months):
        x = index * 9
        if kept is None:
            parts.append(rect((x + 0.5, 4.5), (5.5, 7), "s-gateh", radius=1))
        elif kept:
            parts.append(rect((x, 4), (6.5, 8), "s-attok", radius=1))
        else:
            parts.append(rect((x, 1), (6.5, 14), "s-bad", radius=1))
    return drawing((max(9, 9 * len(months)), 16), label, parts)
