"""Drawings of one measure: sparkline, bullet and the two truths of availability."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import formats
from common.web.svg.shapes import (
    Scale,
    circle,
    diamond,
    drawing,
    line,
    polyline,
    rect,
    text,
    ticks,
)

SIGNALS = frozenset({"better", "worse"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """A measure's last points and its limits; `signals` maps an index to better or worse."""

    points: tuple[Decimal | None, ...]
    label: str
    lower: Decimal | None = None
    upper: Decimal | None = None
    mean: Decimal | None = None
    target: Decimal | None = None
    signals: Mapping[int, str] = field(default_factory=dict, hash=False)


def sparkline(chart: Sparkline) -> SafeString:
    """Return the sparkline, 88 by 30; words instead of a line while there are no limits yet."""
    known = [point for point in chart.points if point is not None]
    if not known or chart.lower is None or chart.upper is None:
        return format_html('<span class="b-3 b-xs">{}</span>', _("too few points"))
    levels = [chart.lower, chart.upper, *known]
    levels += [level for level in (chart.mean, chart.target) if level is not None]
    y = Scale(low=float(min(levels)), high=float(max(levels)), start=26, end=4)
    x = Scale(low=0, high=max(1, len(chart.points) - 1), start=3, end=81)
    band = rect((0, y(chart.upper)), (88, y(chart.lower) - y(chart.upper)), "s-band", radius=2)
    parts = [band]
    if chart.mean is not None:
        parts.append(line(0, y(chart.mean), 88, y(chart.mean), "s-mean"))
    if chart.target is not None:
        parts.append(line(0, y(chart.target), 88, y(chart.target), "s-target"))
    placed = [(i, x(i), y(p)) for i, p in enumerate(chart.points) if p is not None]
    parts.append(polyline([(px, py) for _i, px, py in placed], "s-series"))
    parts += [signal_mark(px, py, chart.signals[i]) for i, px, py in placed if i in chart.signals]
    last, last_x, last_y = placed[-1]
    if last not in chart.signals:
        parts.append(circle(last_x, last_y, 3, "s-pt"))
    return drawing((88, 30), chart.label, parts)


def signal_mark(x: float, y: float, signal: str, *, size: float = 2.4) -> str:
    """Return a blue dot for the better, a vermilion diamond for the worse."""
    if signal == "worse":
        return diamond(x, y, size * 1.4, "s-worse")
    return circle(x, y, size, "s-better")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullet:
    """A value against its agreed level on a fixed range; `tolerated` is the range still allowed."""

    value: Decimal
    target: Decimal
    low: Decimal
    high: Decimal
    label: str
    tolerated: tuple[Decimal, Decimal] | None = None


def bullet(chart: Bullet) -> SafeString:
    """Return the bullet, 118 by 14; a value outside the range stands at its end."""
    x = Scale(low=float(chart.low), high=float(chart.high), start=4, end=114)
    value = min(max(chart.value, chart.low), chart.high)
    parts = [rect((0, 5), (118, 4), "s-sunken", radius=2)]
    if chart.tolerated:
        start, end = chart.tolerated
        parts.append(rect((x(start), 5), (x(end) - x(start), 4), "s-line2f"))
    parts += [
        line(x(chart.target), 0, x(chart.target), 14, "s-inkl"),
        circle(x(value), 7, 4, "s-ptb"),
    ]
    return drawing((118, 14), chart.label, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """The two truths in percent, 0 to 100: as agreed (ring) and as experienced (diamond)."""

    agreed: Decimal | None
    experienced: Decimal | None
    target: Decimal | None
    label: str
    #: px at the 1440 layout: the inner width of the panel it stands in (452 is five columns)
    width: int = 452


def availability_line(chart: Availability) -> SafeString:
    """Return one line with both figures and the target, 132 high."""
    shown = [v for v in (chart.agreed, chart.experienced, chart.target) if v is not None]
    worst = float(min(shown, default=Decimal(99)))
    low = 100 - max(0.5, (100 - worst) * 1.35)
    end = chart.width - 8
    x = Scale(low=low, high=100, start=8, end=end)
    parts = []
    for tick in ticks(low, 100, about=3 if chart.width > 400 else 2):
        css = "s-t s-end" if x(tick) > end - 34 else "s-t s-mid" if x(tick) > 40 else "s-t"
        parts.append(line(x(tick), 50, x(tick), 86, "s-grid"))
        parts.append(text(x(tick), 102, formats.format_percent(Decimal(str(tick)), 1), css))
    parts.append(line(8, 68, end, 68, "s-axis"))
    if chart.target is not None:
        at = x(chart.target)
        said = _("Target %(value)s") % {"value": formats.format_number(chart.target, 2)}
        parts.append(line(at, 48, at, 88, "s-target"))
        parts.append(text(min(max(at, 40), end - 32), 120, said, "s-t2 s-fw s-mid"))
    parts += _truths(chart, x)
    return drawing((chart.width, 132), chart.label, parts, css="b-svg b-fit")


def _truths(chart: Availability, x: Scale) -> list[str]:
    """Return ring, diamond and their figures, kept apart when they nearly coincide."""
    parts = []
    both = chart.agreed is not None and chart.experienced is not None
    if both:
        parts.append(line(x(chart.experienced or 0), 68, x(chart.agreed or 0), 68, "s-gap"))
    places = {
        "agreed": (chart.agreed, _("Agreed")),
        "experienced": (chart.experienced, _("Experienced")),
    }
    close = both and abs(x(chart.agreed or 0) - x(chart.experienced or 0)) < 100
    for name, (value, word) in places.items():
        if value is None:
            continue
        at = x(value)
        is_ring = name == "agreed"
        parts.append(circle(at, 68, 6.4, "s-ring3") if is_ring else diamond(at, 68, 8, "s-exp"))
        # Close together they share a middle that leaves room for both inside the drawing.
        nudge = (54 if is_ring else -54) if close else 0
        room = 100 if close else 46
        said = min(max(at, room), chart.width - room) + nudge
        parts.append(text(said, 38, word, "s-t2 s-mid"))
        parts.append(text(said, 20, f"{formats.format_number(value, 2)}\u00a0%", "s-n s-mid"))
    return parts
