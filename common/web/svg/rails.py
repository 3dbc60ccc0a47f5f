"""Where a record stands: PMI phases with their gates, and the twelve ITIL statuses."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.safestring import SafeString

from common.web.svg.shapes import circle, diamond, drawing, linked, rect, text, width_of

WIDTH = 1150


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A phase and the gate that ends it.

    `state` is done, now or next; `progress` (0 to 1) fills the phase that runs. `gate` is the
    gate's code, empty for a phase without one; `gate_state` is passed, next or later.
    """

    label: str
    state: str
    note: str = ""
    progress: float = 0.0
    gate: str = ""
    gate_note: str = ""
    gate_state: str = "later"
    gate_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRail:
    """The phases in their order."""

    phases: tuple[Phase, ...]
    label: str


def phase_rail(chart: PhaseRail) -> SafeString:
    """Return the rail, 1150 by 64: the phase that runs gets twice the room of another."""
    weights = [2.2 if phase.state == "now" else 1.0 for phase in chart.phases]
    # The last gate's date is centred under it and needs room to its right.
    after = 60 if chart.phases and chart.phases[-1].gate else 2
    room = WIDTH - after - 18 * max(0, len(chart.phases) - 1)
    unit = room / max(1.0, sum(weights))
    parts: list[str] = []
    x = 0.0
    for phase, weight in zip(chart.phases, weights, strict=True):
        wide = unit * weight
        parts += _phase(phase, x, wide)
        x += wide + 18
    has_links = any(phase.gate_url for phase in chart.phases)
    return drawing((WIDTH, 64), chart.label, parts, css="b-svg", has_links=has_links)


def _phase(phase: Phase, x: float, wide: float) -> Iterator[str]:
    css = {"done": "s-rdone", "now": "s-rnow"}.get(phase.state, "s-rnext")
    yield rect((x, 14), (wide, 8), css, radius=4)
    if phase.state == "now" and phase.progress > 0:
        yield rect((x, 14), (wide * min(1.0, phase.progress), 8), "s-project", radius=4)
    middle = x + wide / 2
    yield text(middle, 44, phase.label, "s-t2 s-mid" if phase.state == "next" else "s-b s-mid")
    yield text(middle, 58, phase.note, "s-t s-mid")
    if phase.gate:
        yield linked("".join(_gate(phase, x + wide + 9)), phase.gate_url)


def _gate(phase: Phase, x: float) -> Iterator[str]:
    if phase.gate_state == "passed":
        yield diamond(x, 18, 9, "s-project")
        yield f'<path d="M{x - 3.6:.1f} 18.2l2.6 2.6 4.6-5" class="s-tick"/>'
    else:
        yield diamond(x, 18, 9, "s-gate" if phase.gate_state == "next" else "s-gateh")
    yield text(x, 44, phase.gate, "s-t2 s-mid s-fw")
    yield text(x, 58, phase.gate_note, "s-t s-mid")


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeStep:
    """One status; `state` is done, now or next."""

    label: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeGroup:
    """The statuses of one stage, with its name and a short note such as "since 2019"."""

    label: str
    steps: tuple[LifeStep, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeRail:
    """The five stages; the ring stands on the status that is now."""

    groups: tuple[LifeGroup, ...]
    label: str


def life_rail(chart: LifeRail) -> SafeString:
    """Return the rail, 1150 by 54: bars as wide as their names, the current takes the rest."""
    wanted = [_widths(group) for group in chart.groups]
    gaps = sum(4 * (len(row) - 1) for row in wanted) + 20 * (len(wanted) - 1)
    used = sum(map(sum, wanted)) + gaps
    has_now = any(step.state == "now" for group in chart.groups for step in group.steps)
    spare = max(0.0, WIDTH - 10 - used) if has_now else 0.0
    scale = min(1.0, (WIDTH - 10 - gaps) / max(1.0, used - gaps))
    parts: list[str] = []
    x = 0.0
    for group, row in zip(chart.groups, wanted, strict=True):
        parts += _group_name(group, x)
        for step, width in zip(group.steps, row, strict=True):
            wide = width * scale + (spare if step.state == "now" else 0)
            parts += _step(step, x, wide)
            x += wide + 4
        x += 16
    return drawing((WIDTH, 54), chart.label, parts, css="b-svg")


def _widths(group: LifeGroup) -> list[float]:
    """Return the bars' widths: room for each name, and together for the stage's name and note."""
    bars = [max(38.0, width_of(step.label) + 8) for step in group.steps]
    head = width_of(group.label, character=6.8) + width_of(group.note) + 6
    missing = max(0.0, head - sum(bars) - 4 * (len(bars) - 1))
    return [bar + missing / len(bars) for bar in bars]


def _group_name(group: LifeGroup, x: float) -> Iterator[str]:
    is_now = any(step.state == "now" for step in group.steps)
    yield text(x, 12, group.label, "s-b" if is_now else "s-t2 s-fw2")
    yield text(x + width_of(group.label, character=6.8) + 6, 12, group.note, "s-t")


def _step(step: LifeStep, x: float, wide: float) -> Iterator[str]:
    css = {"done": "s-svcdone", "now": "s-svcnow"}.get(step.state, "s-rnext")
    yield rect((x, 21), (wide, 8), css, radius=4)
    yield text(x, 46, step.label, "s-t2 s-ts" if step.state == "now" else "s-t")
    if step.state == "now":
        yield circle(x + wide - min(40.0, wide / 2), 25, 7, "s-ring3")
