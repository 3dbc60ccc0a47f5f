"""What a status report may say: a judgement beside the measure, never far from it unseen.

Source: projects 4.7 ("declared colour may differ by at most one step, needs reason and expiry").
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from common.domain.health import Colour, steps_between

#: days that a difference between reported and measured counts
EXPIRES_AFTER = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dimension of a report as its author fills it in."""

    dimension: str
    reported: Colour
    measured: Colour
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with a line, as a code."""

    dimension: str
    code: str


def differs(line: Line) -> bool:
    """Return whether the author says something else than what was measured.

    With nothing measured there is nothing to differ from: the judgement stands alone.
    """
    return line.measured.is_known and line.reported is not line.measured


def faults(lines: Iterable[Line]) -> list[Fault]:
    """Return what must be put right before the report may be published."""
    found = []
    for line in lines:
        if abs(steps_between(line.reported, line.measured)) > 1:
            found.append(Fault(dimension=line.dimension, code="projects.report_two_steps"))
        elif differs(line) and not line.reason.strip():
            found.append(Fault(dimension=line.dimension, code="projects.report_reason_needed"))
    return found


def expiry(line: Line, on: dt.date) -> dt.date | None:
    """Return the last day a differing line counts; None where nothing differs."""
    return on + dt.timedelta(days=EXPIRES_AFTER) if differs(line) else None


def worst(lines: Iterable[Line]) -> Colour:
    """Return the report's overall colour: the worst known line, never an average."""
    known = [line.reported for line in lines if line.reported.is_known]
    return max(known, key=lambda colour: colour.severity, default=Colour.GREY)
