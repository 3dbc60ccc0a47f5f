"""Tags and filters of the templates; a builtin, so no template loads it.

They print figures by `common.formats`, marks by `common.web.marks` and drawings by
`common.web.svg`, and decide nothing themselves.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common import clock, formats
from common.web import marks, svg
from common.web.marks import (
    collision_mark,
    count_keys,
    differs_mark,
    health_cell,
    health_change,
    health_mark,
    legend,
    object_mark,
    status_name,
    variation_legend,
    variation_mark,
    verdict_mark,
    verdict_name,
)

register = template.Library()

register.simple_tag(health_cell)
register.simple_tag(health_change)
register.simple_tag(object_mark)
register.simple_tag(verdict_mark)
register.simple_tag(variation_legend)
register.simple_tag(variation_mark)
register.simple_tag(collision_mark)
register.simple_tag(name="differs", func=differs_mark)
register.simple_tag(name="health", func=health_mark)
register.simple_tag(name="health_counts", func=count_keys)
register.simple_tag(name="health_legend", func=legend)
register.simple_tag(svg.table_twin)
register.filter("status_name", status_name)
register.filter("verdict_name", verdict_name)


@register.simple_tag
def icon(name: str, css: str = "b-i") -> SafeString:
    """Return an icon: `{% icon "search" %}`, smaller with `"b-i-sm"`."""
    return marks.icon(name, css=css)


@register.simple_tag
def glyph(name: str, width: int = 16, height: int = 16) -> SafeString:
    """Return one of our marks as decoration, where words beside it say the same."""
    return marks.glyph(name, width, height)


#: what `{% draw chart %}` can draw, by the dataclass it is given
_DRAWINGS: dict[type, Callable[[Any], SafeString]] = {
    svg.Availability: svg.availability_line,
    svg.Bullet: svg.bullet,
    svg.FlowStrip: svg.flow_strip,
    svg.GapLine: svg.gap_line,
    svg.LifeRail: svg.life_rail,
    svg.NodeGraph: svg.node_graph,
    svg.OutageRibbon: svg.outage_ribbon,
    svg.PhaseRail: svg.phase_rail,
    svg.Sparkline: svg.sparkline,
    svg.TrendLines: svg.trend_lines,
    svg.ValueEffort: svg.value_effort,
    svg.WeeksChart: svg.weeks_chart,
    svg.XmrChart: svg.xmr_chart,
}


@register.simple_tag
def draw(chart: object) -> SafeString:
    """Return the drawing of a chart's dataclass; nothing for None. KeyError for anything else."""
    return SafeString("") if chart is None else _drawn(chart, get_language())


# The same figures in the same language are the same drawing: what many look at is drawn once.
@lru_cache(maxsize=512)
def _drawn(chart: object, language: str | None) -> SafeString:
    return _DRAWINGS[type(chart)](chart)


@register.filter
def money(value: Decimal | int | None, currency: str = "SEK") -> str:
    """Return an amount: `{{ cost|money:unit.currency }}`."""
    return formats.format_money(value, currency or "SEK")


@register.filter
def number(value: Decimal | int | None, decimals: int = 0) -> str:
    """Return a number with so many decimals: `{{ spi|number:2 }}`."""
    return formats.format_number(value, decimals)


@register.filter
def signed(value: Decimal | int | None, decimals: int = 0) -> str:
    """Return a difference with its sign: `{{ slip|signed }}`."""
    return formats.format_number(value, decimals, signed=True)


@register.filter
def percent(value: Decimal | int | None, decimals: int = 1) -> str:
    """Return a figure that is a percentage already: 99.95 is "99,95 %"."""
    return formats.format_percent(value, decimals)


@register.filter
def share(value: Decimal | None, decimals: int = 0) -> str:
    """Return a share of one as a percentage: 0.86 is "86 %"."""
    return formats.format_share(value, decimals)


@register.filter
def isodate(value: dt.date | None) -> SafeString:
    """Return a day as `time`; an en dash for none. An instant gives its UTC day: use `instant`."""
    if value is None:
        return SafeString(formats.NOTHING)
    return format_html(
        '<time datetime="{}">{}</time>', value.strftime("%Y-%m-%d"), formats.format_date(value)
    )


@register.filter
def shortdate(value: dt.date | None, as_of: dt.date | None = None) -> SafeString:
    """Return month and day within the coming year, the whole date as title; for dense lists."""
    if value is None:
        return SafeString(formats.NOTHING)
    shown = formats.format_date_dense(
        value, as_of or clock.today(timezone.get_current_timezone_name())
    )
    day = value.strftime("%Y-%m-%d")
    return format_html('<time datetime="{}" title="{}">{}</time>', day, day, shown)


@register.filter
def instant(value: dt.datetime | None, zone: str = "") -> SafeString:
    """Return an instant to the minute, in the reader's active zone unless another is named."""
    if value is None:
        return SafeString(formats.NOTHING)
    shown = formats.format_datetime(value, zone or timezone.get_current_timezone_name())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)


@register.filter
def duration(seconds: int | None) -> str:
    """Return a length of time in its two largest units, calendar days allowed."""
    return formats.format_duration(seconds)


@register.filter
def worktime(seconds: int | None) -> str:
    """Return business time in hours and minutes: it has no 24-hour days."""
    return formats.format_duration(seconds, days=False)
