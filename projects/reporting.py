"""A published report as it is read: frozen, with amounts only for those who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common import formats
from common.domain.health import Colour, steps_between
from common.wording import say
from projects import access
from projects.models import Project, StatusReport
from projects.models.project import AMOUNTS
from projects.wording import DIMENSIONS, NAMES, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """One dimension as it was published."""

    label: str
    measured: str
    reported: str
    steps: int
    why: tuple[str, ...]
    reason: str
    expires_on: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A report, its lines, and the figures that stood that day."""

    row: StatusReport
    lines: tuple[ReportLine, ...]
    figures: tuple[tuple[str, str], ...]


def report_view(report: StatusReport, project: Project, user: Any) -> ReportView:
    """Return the report for a reader. One statement."""
    return ReportView(
        row=report,
        lines=tuple(
            ReportLine(
                label=str(DIMENSIONS[line.dimension]),
                measured=line.measured,
                reported=line.reported,
                steps=steps_between(Colour(line.reported), Colour(line.measured)),
                why=tuple(say(code, shown(params)) for code, params in line.why),
                reason=line.reason,
                expires_on=line.expires_on,
            )
            for line in report.lines.all()
        ),
        figures=_figures(report.figures, project, with_money=access.can_see_money(user, project)),
    )


def _figures(
    kept: Mapping[str, Any], project: Project, *, with_money: bool
) -> tuple[tuple[str, str], ...]:
    shown_figures = []
    for name, value in kept.items():
        if value in (None, "") or name not in NAMES:
            continue
        if name in AMOUNTS:
            if not with_money:
                continue
            text = formats.format_money(Decimal(value), project.currency)
        else:
            text = str(NAMES.get(str(value), value)).replace("-", formats.HYPHEN)
        label = str(NAMES[name])
        shown_figures.append((label[:1].upper() + label[1:], text))
    return tuple(shown_figures)
