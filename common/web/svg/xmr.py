"""The control chart (XmR): points, frozen limits, go-live, settling and measurement window."""

import math
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import formats
from common.web.svg.measures import signal_mark
from common.web.svg.shapes import (
    Scale,
    circle,
    drawing,
    hatched,
    line,
    polyline,
    rect,
    spread,
    text,
    ticks,
    width_of,
)

HEIGHT = 372
LEFT, TOP, BOTTOM = 34, 26, 338


@dataclass(frozen=True, slots=True, kw_only=True)
class XmrPoint:
    """One period: its axis label ("w38"), its value and what the rules say about it.

    `signal` is "", "better" or "worse"; `is_settling` draws it hollow.
    """

    label: str
    value: Decimal | None
    signal: str = ""
    is_settling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open range of point indexes with the words under it."""

    first: int
    end: int
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class XmrChart:
    """What a control chart shows. Without limits (under 5 points) only the points are drawn.

    `is_trial` marks limits from fewer than 12 points. `go_live` is the index of the first point
    after go-live, `go_live_text` the flag's words.
    """

    points: tuple[XmrPoint, ...]
    label: str
    caption: str
    decimals: int = 1
    mean: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    target: Decimal | None = None
    is_trial: bool = False
    baseline: Span | None = None
    go_live: int | None = None
    go_live_text: str = ""
    settling: Span | None = None
    window: Span | None = None
    after_mean: Decimal | None = None
    #: px at the 1440 layout: the inner width of the panel it stands in (751 is eight columns)
    width: int = 751

    @property
    def right(self) -> int:
        """Return where the series ends and the names of the limits begin."""
        return self.width - 86


def xmr_chart(chart: XmrChart) -> SafeString:
    """Return the control chart, 372 high; it scales with its panel."""
    x = Scale(low=-0.45, high=max(1, len(chart.points)) - 0.55, start=LEFT, end=chart.right)
    y = _levels(chart)
    parts = [*_grounds(chart, x, y), *_axis(chart, x, y), *_limits(chart, y), *_series(chart, x, y)]
    parts += _go_live(chart, x)
    return drawing((chart.width, HEIGHT), chart.label, parts, css="b-svg")


def _levels(chart: XmrChart) -> Scale:
    levels = [float(p.value) for p in chart.points if p.value is not None]
    limits = (chart.mean, chart.lower, chart.upper, chart.target, chart.after_mean)
    levels += [float(limit) for limit in limits if limit is not None]
    low, high = min(levels, default=0.0), max(levels, default=1.0)
    margin = (high - low or abs(high) or 1) * 0.15
    floor = 0.0 if low >= 0 and low - margin < 0 else low - margin
    return Scale(low=floor, high=high + margin, start=BOTTOM, end=TOP)


def _grounds(chart: XmrChart, x: Scale, y: Scale) -> list[str]:
    parts = []
    if chart.lower is not None and chart.upper is not None:
        top = y(chart.upper)
        parts.append(rect((LEFT, top), (chart.right - LEFT, y(chart.lower) - top), "s-band"))
    if chart.window:
        start, end = x(chart.window.first - 0.5), x(chart.window.end - 0.5)
        parts.append(rect((start, TOP), (end - start, BOTTOM - TOP), "s-band-info"))
    if chart.settling:
        start, end = x(chart.settling.first - 0.5), x(chart.settling.end - 0.5)
        parts.append(hatched((start, TOP), (end - start, BOTTOM - TOP)))
    return parts


def _axis(chart: XmrChart, x: Scale, y: Scale) -> list[str]:
    parts = [text(2, 16, chart.caption, "s-t2")]
    for tick in ticks(y.low, y.high):
        said = formats.format_number(Decimal(str(tick)), 0 if tick == int(tick) else chart.decimals)
        parts.append(line(LEFT, y(tick), chart.right, y(tick), "s-grid"))
        parts.append(text(LEFT - 8, y(tick) + 4, said, "s-t s-end"))
    widest = max((width_of(point.label) for point in chart.points), default=0.0) + 8
    every = max(1, math.ceil(len(chart.points) * widest / (chart.right - LEFT)))
    parts += [
        text(x(index), 352, chart.points[index].label, "s-t s-mid")
        for index in range(len(chart.points) - 1, -1, -every)
    ]
    for span, css in (
        (chart.baseline, "s-t2 s-mid"),
        (chart.settling, "s-t2 s-mid"),
        (chart.window, "s-t s-ti s-mid"),
    ):
        if span and span.caption:
            parts.append(text(x((span.first + span.end - 1) / 2), 366, span.caption, css))
    return parts


def _limits(chart: XmrChart, y: Scale) -> list[str]:
    trial = " trial" if chart.is_trial else ""
    rows = [
        (chart.upper, f"s-limit{trial}", _("Upper"), "s-t2"),
        (chart.mean, "s-mean", _("Mean"), "s-t2"),
        (chart.lower, f"s-limit{trial}", _("Lower"), "s-t2"),
        (chart.target, "s-target", _("Target"), "s-t2 s-fw"),
    ]
    shown = [(level, css, word, kind) for level, css, word, kind in rows if level is not None]
    places = spread([y(level) + 4 for level, *_rest in shown], apart=13)
    parts = []
    for (level, css, word, kind), place in zip(shown, places, strict=True):
        parts.append(line(LEFT, y(level), chart.right, y(level), css))
        said = f"{word} {formats.format_number(level, chart.decimals)}"
        parts.append(text(chart.right + 8, place, said, kind))
    if chart.is_trial and chart.upper is not None:
        parts.append(text(chart.right + 8, TOP - 10, _("trial limits"), "s-t"))
    return parts


def _series(chart: XmrChart, x: Scale, y: Scale) -> list[str]:
    placed = [(x(i), y(p.value), p) for i, p in enumerate(chart.points) if p.value is not None]
    parts = []
    if chart.after_mean is not None and chart.window:
        level = y(chart.after_mean)
        end = x(chart.window.end - 0.6)
        parts.append(line(x(chart.window.first - 0.4), level, end, level, "s-infol"))
        parts.append(
            text(
                end + 6,
                level + 16,
                formats.format_number(chart.after_mean, chart.decimals),
                "s-t s-ti",
            )
        )
    parts.append(polyline([(px, py) for px, py, _p in placed], "s-series"))
    for px, py, point in placed:
        if point.is_settling:
            parts.append(circle(px, py, 3.4, "s-pt-o"))
        elif point.signal:
            parts.append(signal_mark(px, py, point.signal, size=4.4))
        else:
            parts.append(circle(px, py, 3.4, "s-pt"))
    return parts


def _go_live(chart: XmrChart, x: Scale) -> list[str]:
    if chart.go_live is None:
        return []
    at = x(chart.go_live - 0.5)
    wide = width_of(chart.go_live_text) + 18
    left = min(at, chart.width - wide)
    return [
        line(at, 8, at, BOTTOM, "s-inkl"),
        rect((left, 4), (wide, 18), "s-ink", radius=3),
        text(left + 8, 17, chart.go_live_text, "s-on2"),
    ]
