"""Reads across models, each in a constant number of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Q, Value, When, Window
from django.db.models.functions import RowNumber

from common import calendars
from common.db import Keys, keys
from common.domain.health import Colour
from common.domain.worktime import Segment, WorkCalendar
from common.models import Requirement
from common.statements import rows_among
from projects.domain.inputs import SAID, Inputs, Said
from projects.domain.risk import LEVELS, Band, rate
from projects.models import Milestone, Project, ProjectFigure, Risk, StatusReport, StatusReportLine

_SEVERITY = {1: "green", 2: "amber", 3: "red"}
_CELLS = {(p, c): rate(p, c).band for p in LEVELS for c in LEVELS}
#: cells of the matrix above tolerance, as probability * 10 + consequence
ABOVE_TOLERANCE = [p * 10 + c for (p, c), band in _CELLS.items() if band in {Band.ORANGE, Band.RED}]
UNACCEPTABLE = [p * 10 + c for (p, c), band in _CELLS.items() if band is Band.RED]

_FACTS = (
    "pk",
    "tier",
    "phase",
    "overlay",
    "source",
    "created_at",
    "purpose",
    "manager_id",
    "manager_name",
    "sponsor_id",
    "sponsor_name",
    "starts_on",
    "planned_finish_on",
    "baseline_finish_on",
    "forecast_finish_on",
    "actual_start_on",
    "actual_finish_on",
    "approved_budget",
    "current_budget",
    "forecast_cost",
    "actual_cost",
    "unit__root__calendar_id",
    "unit__root__calendar__version",
)


#: the same, read from a row that has its unit, root and calendar loaded
_READ: tuple[Callable[[Project], Any], ...] = (
    *(attrgetter(name.replace("__", ".")) for name in _FACTS[:-1]),
    lambda project: getattr(project.calendar, "version", None),
)


def health_inputs(ids: Sequence[int], as_of: dt.date) -> list[Inputs]:
    """Return what health is judged from, for those projects, ordered by id.

    Six statements for any number of ids, and two or three more when a calendar has been edited
    since this process last read it.
    """
    asked = keys(ids)
    rows = rows_among("project facts", _facts, asked)
    said = _said(asked, as_of)
    reports = _reports(asked, as_of)
    overdue = _overdue(asked, as_of)
    risks = _risks(asked)
    conditions = _conditions(asked, as_of)
    hours = calendars.hours({row[21]: row[22] for row in rows if row[21] is not None})
    return [
        _inputs(
            row,
            said=said.get(row[0], ()),
            report=reports.get(row[0], (None, None)),
            risks=risks.get(row[0], (0, 0, 0)),
            overdue=overdue.get(row[0], 0),
            conditions=conditions.get(row[0], 0),
            calendar=hours.get(row[21], OFFICE_WEEK),
        )
        for row in rows
    ]


def _facts(asked: Keys) -> Any:
    return Project.objects.filter(pk__among=asked).order_by("pk").values_list(*_FACTS)


#: where an organisation has named no calendar: Monday to Friday, no holidays
OFFICE_WEEK = WorkCalendar(
    zone="UTC",
    week={day: (Segment(start_minute=8 * 60, end_minute=17 * 60),) for day in range(5)},
    exceptions={},
)


def inputs_of(
    project: Project,
    *,
    milestones: Sequence[Milestone],
    risks: Sequence[Risk],
    lines: Sequence[StatusReportLine],
    figures: Sequence[ProjectFigure],
    as_of: dt.date,
) -> Inputs:
    """Return the same inputs for one project from rows that its page has read anyway.

    `lines` are those of its newest report, `figures` what `newest_figures` gives. One statement
    more, for conditions.
    """
    cells = [risk.probability * 10 + risk.consequence for risk in risks if _is_threat(risk)]
    counting = [
        line.reported
        for line in lines
        if (line.expires_on is None or line.expires_on >= as_of) and line.reported != "grey"
    ]
    worst = max(counting, key=lambda colour: Colour(colour).severity, default=None)
    row: tuple[Any, ...] = tuple(read(project) for read in _READ)
    known: dict[int, int] = {row[21]: row[22]} if row[21] is not None else {}
    calendar = calendars.hours(known)
    return _inputs(
        row,
        said=tuple(
            Said(
                on=figure.on,
                forecast_finish_on=figure.forecast_finish_on,
                forecast_cost=figure.forecast_cost,
                actual_cost=figure.actual_cost,
                reported=figure.reported_colour,
                source=figure.source,
            )
            for figure in figures
        ),
        report=(worst, lines[0].report.on if lines else None),
        risks=(
            len(risks),
            sum(cell in ABOVE_TOLERANCE for cell in cells),
            sum(cell in UNACCEPTABLE for cell in cells),
        ),
        overdue=sum(m.actual_on is None and m.planned_on < as_of for m in milestones),
        conditions=_conditions(keys([project.pk]), as_of).get(project.pk, 0),
        calendar=calendar.get(row[21], OFFICE_WEEK),
    )


def newest_figures(project: Project, as_of: dt.date) -> list[ProjectFigure]:
    """Return the newest dated facts of a project, newest first. One statement."""
    return list(project.figures.filter(on__lte=as_of).order_by("-on", "-pk")[:SAID])


def _is_threat(risk: Risk) -> bool:
    return risk.state == "open" and risk.kind == "threat"


def _inputs(
    row: tuple[Any, ...],
    *,
    said: tuple[Said, ...],
    report: tuple[str | None, dt.date | None],
    risks: tuple[int, int, int],
    overdue: int,
    conditions: int,
    calendar: WorkCalendar,
) -> Inputs:
    source, created_on = row[4], row[5].date()
    if source and said:
        # A record that came in today about last year was heard of last year.
        created_on = min(created_on, said[-1].on)
    pk, tier, phase, overlay, _, _, purpose, manager_id, manager, sponsor_id, sponsor = row[:11]
    return Inputs._make(
        (
            *(pk, tier, phase, overlay, created_on),
            bool(purpose),
            bool(manager_id or manager),
            bool(sponsor_id or sponsor),
            *row[11:21],
            *(calendar, said, *report, overdue, *risks, conditions),
            f"{row[21]}.{row[22]}",
        )
    )


def _said(asked: Keys, as_of: dt.date) -> Mapping[int, tuple[Said, ...]]:
    def build(asked: Keys) -> Any:
        newest = ProjectFigure.objects.filter(project_id__among=asked, on__lte=as_of).annotate(
            nth=Window(
                RowNumber(), partition_by=F("project_id"), order_by=[F("on").desc(), F("pk").desc()]
            )
        )
        return (
            newest.filter(nth__lte=SAID)
            .order_by("project_id", "nth")
            .values_list(
                "project_id",
                "on",
                "forecast_finish_on",
                "forecast_cost",
                "actual_cost",
                "reported_colour",
                "source",
            )
        )

    found: dict[int, list[Said]] = defaultdict(list)
    for project_id, on, finish, forecast, actual, colour, source in rows_among(
        ("project said", as_of), build, asked
    ):
        found[project_id].append(Said(on, finish, forecast, actual, colour, source))
    return {project_id: tuple(said) for project_id, said in found.items()}


def _reports(asked: Keys, as_of: dt.date) -> Mapping[int, tuple[str | None, dt.date | None]]:
    def build(asked: Keys) -> Any:
        counts = Q(lines__expires_on__isnull=True) | Q(lines__expires_on__gte=as_of)
        worst = Max(
            Case(
                *(
                    When(counts & Q(lines__reported=colour), then=Value(severity))
                    for severity, colour in _SEVERITY.items()
                ),
                default=None,
                output_field=IntegerField(),
            )
        )
        return (
            StatusReport.objects.filter(project_id__among=asked, is_newest=True)
            .order_by()
            .values("project_id", "on")
            .annotate(worst=worst)
            .values_list("project_id", "on", "worst")
        )

    return {
        project_id: (_SEVERITY.get(worst or 0), on)
        for project_id, on, worst in rows_among(("project reports", as_of), build, asked)
    }


def _overdue(asked: Keys, as_of: dt.date) -> Mapping[int, int]:
    def build(asked: Keys) -> Any:
        rows = Milestone.objects.filter(project_id__among=asked).overdue(as_of).order_by()
        return rows.values_list("project_id").annotate(count=Count("pk"))

    return dict(rows_among(("project overdue", as_of), build, asked))


def _risks(asked: Keys) -> Mapping[int, tuple[int, int, int]]:
    def build(asked: Keys) -> Any:
        threat = Q(state="open", kind="threat")
        return (
            Risk.objects.filter(project_id__among=asked)
            .order_by()
            .annotate(cell=F("probability") * 10 + F("consequence"))
            .values("project_id")
            .annotate(
                count=Count("pk"),
                above=Count("pk", filter=threat & Q(cell__in=ABOVE_TOLERANCE)),
                unacceptable=Count("pk", filter=threat & Q(cell__in=UNACCEPTABLE)),
            )
            .values_list("project_id", "count", "above", "unacceptable")
        )

    return {row[0]: (row[1], row[2], row[3]) for row in rows_among("project risks", build, asked)}


def _conditions(asked: Keys, as_of: dt.date) -> Mapping[int, int]:
    def build(asked: Keys) -> Any:
        rows = Requirement.objects.filter(
            kind="project", object_id__among=asked, state="waived", waived_until__lt=as_of
        ).order_by()
        return rows.values_list("object_id").annotate(count=Count("pk"))

    return dict(rows_among(("project conditions", as_of), build, asked))
