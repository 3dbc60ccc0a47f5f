"""Two views of the same question: the gap between the offices, and value against effort."""

import math
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import formats
from common.web.svg.shapes import Scale, circle, drawing, line, linked, rect, text

WIDE_GAP = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """Both offices' scores, 0 to 100; None while the other has not scored."""

    project: Decimal | None
    service: Decimal | None
    label: str


def gap_line(chart: GapLine) -> SafeString:
    """Return the bridge score, 112 by 16: square, ring and the line between, heavy from 30."""
    x = Scale(low=0, high=100, start=8, end=104)
    parts = [line(8, 8, 104, 8, "s-line")]
    if chart.project is not None and chart.service is not None:
        css = "s-gap" if abs(chart.project - chart.service) >= WIDE_GAP else "s-gap1"
        at, to = x(chart.project), x(chart.service)
        parts += [
            line(at, 8, to, 8, css),
            rect((at - 4, 4), (8, 8), "s-project", radius=1.5),
            circle(to, 8, 3.6, "s-ring"),
        ]
    return drawing((112, 16), chart.label, parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """An improvement: its place in the list, value 0 to 100 and effort in person-days."""

    number: int
    value: Decimal
    effort: Decimal
    title: str
    url: str = ""
    is_gap_wide: bool = False
    is_selected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEffort:
    """The bubbles, and where do-now ends and project begins, in person-days."""

    bubbles: tuple[Bubble, ...]
    do_now_up_to: Decimal
    change_up_to: Decimal
    label: str


def value_effort(chart: ValueEffort) -> SafeString:
    """Return the matrix, 353 by 262; effort on a log scale, columns by the route limits."""
    efforts = [float(b.effort) for b in chart.bubbles if b.effort > 0]
    low = min([2.0, *efforts])
    high = max([float(chart.change_up_to) * 2.5, *efforts])
    x = Scale(low=math.log(low), high=math.log(high), start=44, end=331)
    y = Scale(low=0, high=100, start=216, end=24)
    parts = [rect((30, 12), (315, 216), "s-canvas", radius=6)]
    for limit in (chart.do_now_up_to, chart.change_up_to):
        at = x(math.log(float(limit)))
        parts.append(line(at, 12, at, 228, "s-line2"))
        parts.append(text(at, 242, formats.format_number(limit, 0), "s-t s-mid"))
    now, change = (x(math.log(float(v))) for v in (chart.do_now_up_to, chart.change_up_to))
    parts += [
        line(30, y(50), 345, y(50), "s-line2"),
        text(36, 26, _("Do now"), "s-t"),
        text(now + 6, 26, _("Change"), "s-t"),
        text(change + 6, 26, _("Project"), "s-t"),
        text(187.5, 257, _("Effort, person-days"), "s-t2 s-mid"),
    ]
    parts += [text(24, y(v) + 4, v, "s-t s-end") for v in (0, 50, 100)]
    parts += [_bubble(b, x(math.log(max(low, float(b.effort)))), y(b.value)) for b in chart.bubbles]
    has_links = any(b.url for b in chart.bubbles)
    return drawing((353, 262), chart.label, parts, css="b-svg b-fit", has_links=has_links)


def _bubble(bubble: Bubble, x: float, y: float) -> str:
    ring = circle(x, y, 13.5, "s-gapring") if bubble.is_gap_wide else ""
    shape = circle(x, y, 10, "s-sel" if bubble.is_selected else "s-bub")
    css = "s-bt s-mid s-selt" if bubble.is_selected else "s-bt s-mid"
    inside = ring + shape + text(x, y + 4, bubble.number, css)
    return linked(inside, bubble.url, f"{bubble.number}. {bubble.title}")
