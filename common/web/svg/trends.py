"""How many of each colour, day by day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from common import formats
from common.web.svg.shapes import Scale, drawing, glyph, line, polyline, spread, text, ticks

HEIGHT = 224
LEFT, TOP, BOTTOM = 30, 12, 194
LINES = {"red": "s-badl", "amber": "s-warnl", "green": "s-goodl", "grey": "s-greyl"}
MARKS = {"red": "r", "amber": "a", "green": "g", "grey": "u"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLines:
    """Counts per colour (red, amber, green, grey), one a day, oldest first; None: no snapshot."""

    days: tuple[dt.date, ...]
    counts: Mapping[str, tuple[int | None, ...]] = field(hash=False)
    label: str
    #: px at the 1440 layout: the inner width of the panel it stands in (452 is five columns)
    width: int = 452


def trend_lines(chart: TrendLines) -> SafeString:
    """Return a line a colour, named by its mark and last count; a gap where a day is missing."""
    highest = max((n for row in chart.counts.values() for n in row if n is not None), default=1)
    right = chart.width - 63
    y = Scale(low=0, high=max(1, highest), start=BOTTOM, end=TOP)
    x = Scale(low=0, high=max(1, len(chart.days) - 1), start=LEFT, end=right)
    parts: list[str] = []
    for tick in ticks(0, max(1, highest), about=4):
        if tick == int(tick):
            parts.append(line(LEFT, y(tick), right, y(tick), "s-grid"))
            parts.append(
                text(LEFT - 8, y(tick) + 4, formats.format_number(int(tick), 0), "s-t s-end")
            )
    parts += _days(chart.days, x)
    last = {c: r[-1] for c, r in chart.counts.items() if c in LINES and r and r[-1] is not None}
    for colour, row in chart.counts.items():
        if colour in LINES:
            parts += [polyline(run, LINES[colour]) for run in _runs(row, x, y)]
    places = spread([y(count or 0) for count in last.values()], apart=17)
    for (colour, count), place in zip(last.items(), places, strict=True):
        parts.append(glyph(MARKS[colour], (right + 8, place - 8)))
        parts.append(text(right + 30, place + 4, formats.format_number(count or 0, 0), "s-b"))
    return drawing((chart.width, HEIGHT), chart.label, parts, css="b-svg")


def _days(days: tuple[dt.date, ...], x: Scale) -> list[str]:
    """Return as many dates under the axis as have room."""
    every = max(1, -(-len(days) * 44 // int(x.end - x.start)))
    return [
        text(x(index), BOTTOM + 20, formats.format_date(days[index])[5:], "s-t s-mid")
        for index in range(0, len(days), every)
    ]


def _runs(row: tuple[int | None, ...], x: Scale, y: Scale) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for index, count in enumerate(row):
        if count is None:
            runs.append([])
        else:
            runs[-1].append((x(index), y(count)))
    return runs
