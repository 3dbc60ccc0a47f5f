"""Drawings of the review: the band around a score, and the gap between the offices."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import formats
from common.web.svg.shapes import Scale, circle, drawing, line, n, rect, text
from improvements.domain.joint_score import WIDE_GAP


def score_band(score: Decimal, low: Decimal, high: Decimal) -> SafeString:
    """Return the score with the band of its scorers on 0 to 100; 68 by 16."""
    x = Scale(low=0, high=100, start=2, end=66)
    label = _("Score %(score)s, from %(low)s to %(high)s") % {
        "score": formats.format_number(score),
        "low": formats.format_number(low),
        "high": formats.format_number(high),
    }
    parts = [
        line(2, 8, 66, 8, "s-line"),
        line(x(low), 8, x(high), 8, "s-ctlw"),
        rect((x(score) - 1.5, 3), (3, 10), "s-ink", radius=1),
    ]
    return drawing((68, 16), label, parts)


def bridge_score(project: Decimal, service: Decimal) -> SafeString:
    """Return both offices' scores on 0 to 100 with their figures; 353 by 66."""
    x = Scale(low=0, high=100, start=14, end=339)
    words = {
        "project": formats.format_number(project),
        "service": formats.format_number(service),
    }
    at, to = x(project), x(service)
    css = "s-gap" if abs(project - service) >= WIDE_GAP else "s-gap1"
    parts = [line(14, 34, 339, 34, "s-line2")]
    for tick in (0, 50, 100):
        parts.append(line(x(tick), 30, x(tick), 38, "s-line2"))
        parts.append(text(x(tick), 62, tick, "s-t s-mid"))
    parts += [
        line(at, 34, to, 34, css),
        rect((at - 7, 27), (14, 14), "s-project", radius=2),
        circle(to, 34, 6.4, "s-ring3"),
    ]
    parts += _captions((at, to), words)
    label = _("Project side %(project)s, service side %(service)s") % words
    return drawing((353, 70), label, parts, css="b-svg b-fit")


def _captions(places: tuple[float, float], words: dict[str, str]) -> list[str]:
    """Return the two captions, kept apart and inside the drawing."""
    said = [
        (_("Project side %(project)s") % words, "s-t s-tp"),
        (_("Service side %(service)s") % words, "s-t s-ts"),
    ]
    order = sorted(range(2), key=lambda i: places[i])
    left, right = (min(max(places[i], 54.0), 299.0) for i in order)
    if right - left < 108:
        middle = min(max((left + right) / 2, 108.0), 245.0)
        left, right = middle - 54, middle + 54
    return [
        text(place, 16, said[i][0], f"{said[i][1]} s-mid")
        for i, place in zip(order, (left, right), strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step of the path. `bank` is project, service or joint; `state` is done, now or next."""

    label: str
    bank: str
    state: str
    date: str = ""
    note: str = ""


_BANKS = {"project": 50.0, "joint": 71.0, "service": 92.0}


def bridge_path(nodes: Sequence[Node], label: str) -> SafeString:
    """Return the path between the two banks, 1150 by 134; what lies ahead is dashed."""
    step = (1150 - 112 - 96) / max(1, len(nodes) - 1)
    places = [(112 + i * step, _BANKS[node.bank]) for i, node in enumerate(nodes)]
    parts = [
        text(0, 54, _("Project side"), "s-t s-tp"),
        text(0, 96, _("Service side"), "s-t s-ts"),
        line(84, 50, 1150, 50, "s-line"),
        line(84, 92, 1150, 92, "s-line"),
    ]
    for (here, there), node in zip(itertools.pairwise(places), nodes[1:], strict=True):
        css = "s-greyl" if node.state == "next" else "s-inkl"
        middle = (here[0] + there[0]) / 2
        parts.append(
            f'<path d="M{n(here[0])} {n(here[1])} C{n(middle)} {n(here[1])} '
            f'{n(middle)} {n(there[1])} {n(there[0])} {n(there[1])}" class="{css}"/>'
        )
    for (x, y), node in zip(places, nodes, strict=True):
        parts += _node(node, x, y)
    return drawing((1150, 134), label, parts, css="b-svg")


def _node(node: Node, x: float, y: float) -> list[str]:
    above = node.bank != "service"
    first, second = (15, 29) if above else (116, 130)
    word = "s-t2" if node.state == "next" else "s-b"
    parts = [line(x, 36, x, y, "s-line2")] if above else []
    if node.state == "next":
        parts.append(circle(x, y, 5, "s-unk"))
    elif node.bank == "joint":
        parts += [rect((x - 9.5, y - 4.5), (9, 9), "s-project", radius=1.5)]
        parts.append(circle(x + 5, y, 4, "s-ring"))
    elif node.bank == "project":
        parts.append(rect((x - 6, y - 6), (12, 12), "s-project", radius=2))
    else:
        parts.append(circle(x, y, 5.5, "s-ring"))
    if node.state == "now":
        parts.append(circle(x, y, 13, "s-gapring"))
    said = f"{node.label} {node.date}".strip()
    parts.append(text(x - 6, first, said, word))
    parts.append(text(x - 6, second, node.note, "s-t"))
    return parts
