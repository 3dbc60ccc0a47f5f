"""The pen: elements, scales and the table that stands beside a drawing.

Everything a caller gives as text is escaped here and nowhere else.
"""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Number = int | float | Decimal
# Inter at 11 px takes 5.8 px a character on average; used only to keep labels apart.
CHARACTER = 5.8
SMALL, MEDIUM = 460, 760


def n(value: Number) -> str:
    """Return a coordinate with at most one decimal, the shortest way."""
    text = f"{float(value):.1f}"
    return text.removesuffix(".0").replace("-0", "0") if text == "-0.0" else text.removesuffix(".0")


def line(x1: Number, y1: Number, x2: Number, y2: Number, css: str) -> str:
    """Return a straight line."""
    return f'<line x1="{n(x1)}" y1="{n(y1)}" x2="{n(x2)}" y2="{n(y2)}" class="{css}"/>'


def rect(
    corner: tuple[Number, Number],
    size: tuple[Number, Number],
    css: str,
    *,
    radius: Number = 0,
) -> str:
    """Return a rectangle from its upper left corner and its width and height."""
    (x, y), (width, height) = corner, size
    return (
        f'<rect x="{n(x)}" y="{n(y)}" width="{n(max(0, float(width)))}" '
        f'height="{n(max(0, float(height)))}" rx="{n(radius)}" class="{css}"/>'
    )


def hatched(corner: tuple[Number, Number], size: tuple[Number, Number]) -> str:
    """Return a hatched rectangle; the pattern stands once in the page frame."""
    (x, y), (width, height) = corner, size
    return (
        f'<rect x="{n(x)}" y="{n(y)}" width="{n(max(0, float(width)))}" '
        f'height="{n(max(0, float(height)))}" fill="url(#hatch)"/>'
    )


def circle(x: Number, y: Number, radius: Number, css: str) -> str:
    """Return a circle."""
    return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" class="{css}"/>'


def diamond(x: Number, y: Number, half: Number, css: str) -> str:
    """Return a diamond around a point."""
    h = n(half)
    return (
        f'<path d="M{n(x)} {n(float(y) - float(half))}l{h} {h}l-{h} {h}l-{h} -{h}z" class="{css}"/>'
    )


def polyline(points: Iterable[tuple[Number, Number]], css: str) -> str:
    """Return a line through the points; empty for fewer than two."""
    pairs = [f"{n(x)},{n(y)}" for x, y in points]
    return f'<polyline points="{" ".join(pairs)}" class="{css}"/>' if len(pairs) > 1 else ""


def text(x: Number, y: Number, said: object, css: str = "s-t") -> str:
    """Return a text, escaped; empty for no text."""
    words = str(said)
    return f'<text x="{n(x)}" y="{n(y)}" class="{css}">{escape(words)}</text>' if words else ""


def glyph(name: str, corner: tuple[Number, Number], size: Number = 16) -> str:
    """Return one of our own marks inside a drawing."""
    x, y = corner
    href = f"{static('img/glyphs.svg')}#{name}"
    return f'<use href="{href}" x="{n(x)}" y="{n(y)}" width="{n(size)}" height="{n(size)}"/>'


def linked(inside: str, url: str, title: str = "") -> str:
    """Return the shapes as a link when there is an address, with its name in words."""
    if not url:
        return inside
    name = f' aria-label="{escape(title)}"' if title else ""
    return f'<a href="{escape(url)}"{name}>{inside}</a>'


def width_of(said: object, *, character: float = CHARACTER) -> float:
    """Return about how wide a text is at 11 px."""
    return len(str(said)) * character


def drawing(
    size: tuple[int, int],
    label: str,
    parts: Iterable[str],
    *,
    css: str = "",
    has_links: bool = False,
) -> SafeString:
    """Return the whole drawing with its label.

    A drawing with links is a group, since whatever lies inside an image cannot be reached.
    """
    width, height = size
    role = "group" if has_links else "img"
    # A drawing for a narrow panel must not blow up when panels stack.
    bound = " small" if width <= SMALL else " medium" if width <= MEDIUM else ""
    shown_class = f' class="{css}{bound}"' if css else ""
    return SafeString(
        f'<svg{shown_class} width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="{role}" aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps values onto pixels; a scale without width maps everything onto its middle."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Number) -> float:
        """Return the pixel of a value, also outside the scale."""
        if self.high == self.low:
            return (self.start + self.end) / 2
        share = (float(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, *, about: int = 4) -> list[float]:
    """Return round numbers within low and high, about as many as asked: steps of 1, 2, 2.5 or 5."""
    rough = (high - low) / about
    if rough <= 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= rough)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def spread(positions: Sequence[float], *, apart: float) -> list[float]:
    """Return the positions pushed apart so that no two labels overlap, order kept."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    placed = list(positions)
    for before, after in itertools.pairwise(order):
        placed[after] = max(placed[after], placed[before] + apart)
    return placed


def table_twin(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> SafeString:
    """Return the same data as a folded table: what a keyboard, a reader and a spreadsheet get.

    The first cell of a row is its heading. Cells are escaped unless they are safe already.
    """
    head = format_html_join("", '<th scope="col">{}</th>', ((name,) for name in headers))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        (
            (first, format_html_join("", "<td>{}</td>", ((cell,) for cell in rest)))
            for first, *rest in rows
        ),
    )
    return format_html(
        '<details class="b-twin"><summary>{}</summary><div class="b-scroll">'
        '<table class="b-table"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        _("Show as table"),
        head,
        body,
    )
