"""What stands on what: records in columns by how far they are, with arrows to what is needed."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.web.svg.shapes import CHARACTER, drawing, glyph, linked, n, rect, text
from common.web.svg.trends import MARKS

WIDE, TALL, ACROSS, DOWN, EDGE = 176, 28, 74, 12, 4
LINES = {"hard": "s-inkl", "group": "s-limit", "soft": "s-greyl"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphNode:
    """A record in a column; columns need not begin at zero. `is_here` is the one it is about."""

    key: str
    label: str
    colour: str
    column: int
    url: str = ""
    is_here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphEdge:
    """`source` needs `target`: hard, group or soft. Its arrow points at the target."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeGraph:
    """The records and their lines; an edge whose end is not drawn is left out."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    label: str


def node_graph(chart: NodeGraph) -> SafeString:
    """Return the graph, as wide and high as its columns and its fullest column need."""
    columns: dict[int, list[GraphNode]] = defaultdict(list)
    for node in chart.nodes:
        columns[node.column].append(node)
    tallest = max((len(nodes) for nodes in columns.values()), default=0)
    height = tallest * (TALL + DOWN) - DOWN + 2 * EDGE
    places: dict[str, tuple[float, float]] = {}
    for at, column in enumerate(sorted(columns)):
        nodes = columns[column]
        top = (height - len(nodes) * (TALL + DOWN) + DOWN) / 2
        for row, node in enumerate(nodes):
            places[node.key] = (EDGE + at * (WIDE + ACROSS), top + row * (TALL + DOWN))
    width = len(columns) * (WIDE + ACROSS) - ACROSS + 2 * EDGE
    parts = list(_edges(chart, places))
    parts += [_node(node, *places[node.key]) for node in chart.nodes]
    has_links = any(node.url for node in chart.nodes)
    return drawing((width, height), chart.label, parts, css="b-svg", has_links=has_links)


def _edges(chart: NodeGraph, places: dict[str, tuple[float, float]]) -> Iterator[str]:
    for edge in chart.edges:
        if edge.source in places and edge.target in places:
            (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
            y1, y2 = y1 + TALL / 2, y2 + TALL / 2
            # Onward it ends at the left side of its target, else at the right one.
            out, into = (-1, 1) if x2 < x1 else (1, 1 if x2 == x1 else -1)
            start, end = x1 + WIDE * (out > 0), x2 + WIDE * (into > 0)
            bend, tip = ACROSS / 2, end + 6 * into
            yield (
                f'<path d="M{n(start)} {n(y1)}C{n(start + bend * out)} {n(y1)} '
                f'{n(end + bend * into)} {n(y2)} {n(tip)} {n(y2)}" class="{LINES[edge.kind]}"/>'
                f'<path d="M{n(end)} {n(y2)}l{6 * into} -3.5v7z" class="s-ink2"/>'
            )


def _node(node: GraphNode, x: float, y: float) -> str:
    css = "s-service-t" if node.is_here else "s-gate"
    room = int((WIDE - 40) / (CHARACTER + 0.6))
    shown = node.label if len(node.label) <= room else f"{node.label[: room - 1]}…"
    inside = (
        rect((x, y), (WIDE, TALL), css, radius=6)
        + glyph(MARKS[node.colour], (x + 8, y + 6))
        + text(x + 30, y + 18, shown, "s-b")
    )
    return linked(inside, node.url, node.label)
