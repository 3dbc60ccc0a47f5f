"""The weeks ahead: a lane for each kind of plan, freezes as hatched columns through all of them."""

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.web.svg.outages import week_label
from common.web.svg.shapes import (
    CHARACTER,
    circle,
    diamond,
    drawing,
    glyph,
    hatched,
    line,
    linked,
    rect,
    text,
    width_of,
)

WIDTH, LEFT, HEAD, LANE = 1150, 124.0, 22.0, 26.0
#: a label is cut to as many characters, but not to fewer; the table has it whole
LONGEST, SHORTEST = 28, 8
#: kinds that happen at one moment; the others last
POINTS = frozenset({"milestone", "go_live", "change"})
ROWS_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekMark:
    """A plan by its days from the first one drawn, parts of days allowed.

    `number` is that of a hard collision in the table, 0 for none; `count` how many plans of the
    same day the mark stands for.
    """

    start: float
    end: float
    label: str
    url: str = ""
    number: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekLane:
    """The plans of a kind, as the service calendar names them, or `milestone`."""

    kind: str
    label: str
    marks: tuple[WeekMark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeksChart:
    """So many weeks from a Monday, with the lanes that have something in them."""

    first: dt.date
    weeks: int
    today: float
    lanes: tuple[WeekLane, ...]
    label: str


def weeks_chart(chart: WeeksChart) -> SafeString:
    """Return the lanes, 1150 wide and 26 a row; bars that overlap stand under each other."""
    step = (WIDTH - LEFT) / (chart.weeks * 7)
    rows = [(lane, row, n == 0) for lane in chart.lanes for n, row in enumerate(_rows(lane))]
    height = HEAD + LANE * len(rows) + 4
    parts = []
    for week in range(chart.weeks):
        x = LEFT + week * 7 * step
        parts.append(line(x, HEAD, x, height, "s-grid"))
        css = "s-t s-ta" if week == 0 else "s-t2"
        parts.append(text(x + 4, 14, week_label(chart.first + dt.timedelta(weeks=week)), css))
    for lane in chart.lanes:
        if lane.kind == "freeze":
            parts += _freezes(lane, step, height)
    for index, (lane, row, is_first) in enumerate(rows):
        y = HEAD + LANE * index
        if is_first:
            parts.append(line(0, y, WIDTH, y, "s-grid"))
            parts.append(text(0, y + 17, lane.label, "s-t2"))
        parts += _row(lane.kind, row, step, y + LANE / 2)
    today = LEFT + chart.today * step
    parts.append(line(today, HEAD - 4, today, height, "s-today"))
    has_links = any(mark.url for lane in chart.lanes for mark in lane.marks)
    return drawing((WIDTH, round(height)), chart.label, parts, css="b-svg", has_links=has_links)


def _rows(lane: WeekLane) -> list[list[WeekMark]]:
    """Return the marks of a lane in rows, the earliest first; points never need a second one."""
    marks = sorted(lane.marks, key=lambda mark: (mark.start, mark.end))
    if lane.kind in POINTS:
        return [marks]
    rows: list[list[WeekMark]] = []
    for mark in marks:
        free = next((row for row in rows if row[-1].end <= mark.start), None)
        if free is None and len(rows) < ROWS_MOST:
            rows.append(free := [])
        (rows[-1] if free is None else free).append(mark)
    return rows


def _span(mark: WeekMark, step: float) -> tuple[float, float]:
    """Return where a plan begins and ends in pixels, within the drawing."""
    begin = max(LEFT, LEFT + mark.start * step)
    return begin, min(float(WIDTH), max(begin + 3, LEFT + mark.end * step))


def _freezes(lane: WeekLane, step: float, height: float) -> Iterator[str]:
    for mark in lane.marks:
        begin, end = _span(mark, step)
        yield hatched((begin, HEAD), (end - begin, height - HEAD))
        yield line(begin, HEAD, begin, height, "s-line2")
        yield line(end, HEAD, end, height, "s-line2")


def _row(kind: str, marks: list[WeekMark], step: float, y: float) -> Iterator[str]:
    for mark, following in itertools.zip_longest(marks, marks[1:]):
        begin, end = _span(mark, step)
        until = _span(following, step)[0] - (20 if following.number else 4) if following else WIDTH
        label = _label(kind, mark.label, (begin, end, until), y)
        number = _number(mark.number, begin, y) if mark.number else ""
        count = text(begin + 6, y + 4, mark.count, "s-t2 s-mid") if mark.count > 1 else ""
        yield linked(_shape(kind, begin, end, y) + count + label + number, mark.url, mark.label)


def _label(kind: str, name: str, place: tuple[float, float, float], y: float) -> str:
    """Return the name inside its bar, else to the right of the mark; nothing without room."""
    begin, end, until = place
    inside = min(end, until) - begin - 11
    if kind in {"early_life", "measuring", "freeze"} and inside >= width_of("w" * SHORTEST):
        said = _cut(name, int(inside / CHARACTER))
        ground = rect((begin + 5, y - 8), (width_of(said) + 4, 15), "s-surface", radius=2)
        return (ground if kind == "freeze" else "") + text(begin + 7, y + 4, said, "s-t2")
    said = _cut(name, LONGEST)
    after = begin + 17 if kind in POINTS else end + 5
    if after + width_of(said) > until:
        return ""
    ground = rect((after - 2, y - 8), (width_of(said) + 4, 15), "s-surface", radius=2)
    return ground + text(after, y + 4, said, "s-t2")


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1].rstrip() + "…"


def _shape(kind: str, begin: float, end: float, y: float) -> str:
    """Return the mark of a kind."""
    wide = end - begin
    match kind:
        case "milestone":
            return rect((begin, y - 6.5), (12, 13), "s-project-t", radius=2)
        case "go_live":
            return diamond(begin + 5, y, 6, "s-project")
        case "change":
            return circle(begin + 4, y, 4, "s-ring")
        case "early_life":
            return rect((begin, y - 7), (wide, 14), "s-service-t", radius=7)
        case "measuring":
            posts = (line(x, y - 7, x, y + 7, "s-cap") for x in (begin, end))
            return rect((begin, y - 7), (wide, 14), "s-win") + "".join(posts)
        case "freeze":
            return ""
    return rect((begin, y - 5), (wide, 10), "s-service-t", radius=2)


def _number(number: int, begin: float, y: float) -> str:
    return glyph("hard", (begin - 18, y - 8)) + text(begin - 10, y + 3.7, number, "s-cn s-mid")
