"""The queue's age: every open record as a dot on a log scale, state by state."""

import math
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.web.svg.shapes import circle, diamond, drawing, line, linked, rect, text, width_of

WIDTH, HEIGHT = 649, 224
LEFT, FLOOR, CEILING = 30.0, 196.0, 62.0
AGES = (1, 7, 30, 90, 365)
# Dots are 6 px wide; centres closer than this cover each other. They step aside by a lane.
APART, LANE = 7.6, 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowState:
    """One state: how many stand in it, how many of them late, and a dot for each of these ages.

    Where there are too many to draw, `ages` (in time) and `late_ages` are samples of them.
    """

    label: str
    ages: tuple[int, ...]
    total: int
    late_ages: tuple[int, ...] = ()
    late: int = 0
    limit: int | None = None
    median: int | None = None
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowStrip:
    """The states in their order."""

    states: tuple[FlowState, ...]
    label: str


def flow_strip(chart: FlowStrip) -> SafeString:
    """Return the strip, 649 by 224: count and late count, dots by log age, limit and median."""
    oldest = max(
        (age for state in chart.states for age in (*state.ages, *state.late_ages)), default=90
    )
    shown = [age for age in AGES if age <= max(90, oldest * 1.2)]
    top = math.log(max(shown[-1], oldest, 1))
    parts = []
    for age in shown:
        y = height_of(age, top)
        parts.append(line(LEFT, y, WIDTH, y, "s-grid"))
        parts.append(text(LEFT - 6, y + 4, _("%(days)s d") % {"days": age}, "s-t s-end"))
    step = (WIDTH - LEFT - 4) / max(1, len(chart.states))
    for index, state in enumerate(chart.states):
        parts += _column(state, LEFT + 4 + index * step, step, top, is_first=index == 0)
    return drawing(
        (WIDTH, HEIGHT), chart.label, parts, css="b-svg", has_links=any(s.url for s in chart.states)
    )


def height_of(age: int, top: float) -> float:
    """Return the pixel of an age in days; under a day counts as a day."""
    return FLOOR - math.log(max(1, age)) / top * (FLOOR - CEILING - 11)


def _column(state: FlowState, x: float, step: float, top: float, *, is_first: bool) -> list[str]:
    wide = step - 12
    count = text(x, 37, state.total, "s-n")
    parts = [
        text(x, 16, state.label, "s-t2"),
        linked(count, state.url, f"{state.label}: {state.total}"),
    ]
    if state.late:
        said = ngettext("%(count)s late", "%(count)s late", state.late) % {"count": state.late}
        parts.append(text(x + 9.5 * len(str(state.total)) + 4, 36, said, "s-t s-tb"))
    if state.limit is not None:
        parts.append(rect((x, height_of(state.limit, top)), (wide, 1.5), "s-ink3"))
    parts += _dots(state, x, wide, top)
    if state.median is not None:
        middle = _("%(days)s d") % {"days": state.median}
        said = _("median %(age)s") % {"age": middle} if is_first else middle
        parts.append(text(x, 218, said if width_of(said) < step else middle, "s-t"))
    return parts


def _dots(state: FlowState, x: float, wide: float, top: float) -> list[str]:
    """Return the dots; one that would cover another steps aside, so that all can be counted."""
    parts: list[str] = []
    # Lanes lie further apart than dots cover each other: in the way is only the last of its own.
    lanes = {0.0: math.inf}
    for index in range(1, max(2, int(wide // 16) + 1)):
        lanes |= {index * LANE: math.inf, -index * LANE: math.inf}
    dots = [(age, False) for age in state.ages] + [(age, True) for age in state.late_ages]
    for age, is_late in sorted(dots):
        y = height_of(age, top)
        aside = next((lane for lane, last in lanes.items() if last - y >= APART), 0.0)
        lanes[aside] = y
        dot_x = x + wide / 2 + aside
        shape = diamond(dot_x, y, 4, "s-worse") if is_late else circle(dot_x, y, 3.1, "s-pt")
        parts.append(shape)
    return parts
