"""The arithmetic behind a figure, opened: every interval with the code of why it counted."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from common import formats
from common.domain.health import Colour
from common.domain.periods import Period, local_day
from common.wording import say
from services.actions.clocks import steps_of
from services.domain.availability import Availability, Figures, Measure, PieceCode
from services.domain.availability.figures import figures
from services.domain.clock import Run, Standing
from services.domain.facts import HUNDRED
from services.domain.incidents import RUNNING, STOPPED, WAITING, Terms, held_at, read_clock
from services.models import Incident, Service, StatusSpan
from services.queries.detail import agreements_held
from services.queries.events import EventRow, events
from services.queries.terms import NO_TERMS, terms_of
from services.queries.windows import window_of
from services.track_record import TrackRecord

PIECES = {
    PieceCode.DOWN: _("down, counted"),
    PieceCode.DEGRADED: _("degraded, counted by its weight"),
    PieceCode.EXCUSED: _("left out by the agreement"),
    PieceCode.REMOVED: _("left out, and not agreed time either"),
    PieceCode.UNKNOWN: _("nobody looked"),
}
STATES = {RUNNING: _("in progress"), WAITING: _("waiting"), STOPPED: _("resolved")}
RUN_ENDS = {
    "agreement_changed": _("New terms began, and with them a new clock."),
    "priority_changed": _("The priority changed, and with it the clock."),
    "reopened": _("It was reopened, and a new clock began."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceRow:
    """A stretch that was not simply up."""

    start: dt.datetime
    end: dt.datetime
    open_seconds: int
    text: Any
    outages: tuple[EventRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeansRow:
    """One way of counting with its breaks and mean times; empty where nothing broke."""

    label: Any
    breaks: int
    mtbf: str
    mtrs: str
    mtbsi: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFigures:
    """An interval's availability, its formula with its numbers, and its pieces."""

    found: Availability
    down_seconds: int
    agreed: Decimal | None
    experienced: Decimal | None
    target: Decimal | None
    colour: str
    version_no: int | None
    hours: str
    hours_version: int | None
    means: tuple[MeansRow, ...]
    degraded_weight: Decimal
    counts_planned: bool
    pieces: tuple[PieceRow, ...]


def availability_of_month(service: Service, month: Period, now: dt.datetime) -> WindowFigures:
    """Return both truths of a month, by the terms that held at its end. Two statements."""
    zone = service.root.zone or "UTC"
    day = min(month.end - dt.timedelta(days=1), local_day(zone, now))
    return availability_between(service, *month.bounds(zone), day=day, now=now)


def availability_of_days(service: Service, now: dt.datetime) -> WindowFigures:
    """Return both truths of the last 30 days, as its health is judged, by the terms of today."""
    window = window_of(service.root.zone or "UTC", now)
    return availability_between(service, window.start, now, day=window.today, now=now)


def availability_between(
    service: Service, start: dt.datetime, end: dt.datetime, *, day: dt.date, now: dt.datetime
) -> WindowFigures:
    """Return both truths of an interval by the terms that held on a day. Two statements."""
    happened = [row for row in events(service, start) if row.starts_at < end]
    record = TrackRecord(
        service=service,
        zone=service.root.zone or "UTC",
        now=now,
        since=start,
        months=(),
        versions=agreements_held(service, day, day),
        happened=happened,
    )
    sla = record.sla_on(day)
    found = record.measured(start, end, sla)
    if not record.is_watched:
        found = replace(
            found, agreed=_NOTHING, experienced=_NOTHING, coverage=_NOTHING.availability
        )
    rows = {str(row.id): row for row in record.rows}
    value = found.agreed.availability.value
    experienced = found.experienced.availability.value
    target = sla.availability_target if sla else None
    colour = Colour.GREY
    if value is not None and target is not None:
        colour = Colour.GREEN if value * HUNDRED >= target else Colour.RED
    return WindowFigures(
        found=found,
        down_seconds=int(found.agreed.down_seconds),
        agreed=None if value is None else value * HUNDRED,
        experienced=None if experienced is None else experienced * HUNDRED,
        target=target,
        colour=colour,
        version_no=sla.version_no if sla else None,
        hours=record.hours_text(sla),
        hours_version=record.hours_version(sla),
        means=(_means(_("Agreed"), found.agreed), _means(_("Experienced"), found.experienced)),
        degraded_weight=found.policy.degraded_weight,
        counts_planned=bool(sla and sla.counts_planned),
        pieces=tuple(
            PieceRow(
                start=piece.start,
                end=piece.end,
                open_seconds=piece.open_seconds,
                text=PIECES[piece.code],
                outages=tuple(rows[key] for key in piece.outages if key in rows),
            )
            for piece in found.pieces
            if piece.code is not PieceCode.UP
        ),
    )


#: what is known of a service that nobody ever watched
_NOTHING = figures(0, Decimal(0), 0, empty="nothing_known")


def _means(label: Any, found: Figures) -> MeansRow:
    def length(measure: Measure) -> str:
        if measure.value is None:
            return formats.NOTHING
        return formats.format_duration(int(measure.value), days=False)

    return MeansRow(
        label=label,
        breaks=found.breaks,
        mtbf=length(found.mtbf_seconds),
        mtrs=length(found.mtrs_seconds),
        mtbsi=length(found.mtbsi_seconds),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalRow:
    """A stretch of an incident's time, whether it counted, and why."""

    start: dt.datetime
    end: dt.datetime
    seconds: int
    counted: bool
    state: Any
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One clock from its start to its end, with every interval."""

    run: Run
    intervals: tuple[IntervalRow, ...]
    percent: str
    result: Any
    ended_by: Any
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockPage:
    """An incident's history and what its clock made of it; no runs without an agreement.

    While it is open both times are those so far.
    """

    spans: tuple[StatusSpan, ...]
    runs: tuple[RunRow, ...]
    version_no: int | None
    business_seconds: int | None
    wall_seconds: int
    is_open: bool


def explain_clock(incident: Incident, now: dt.datetime) -> ClockPage:
    """Return an incident's clock as it stands at `now`, interval by interval."""
    spans = tuple(incident.spans.order_by("id"))
    until = incident.resolved_at or now
    wall = max(0, int((until - incident.opened_at).total_seconds()))
    is_open = incident.resolved_at is None
    terms = terms_of([incident.service_id]).get(incident.service_id, NO_TERMS)
    if not terms.versions or not held_at(terms.versions, incident.opened_at):
        return ClockPage(
            spans=spans,
            runs=(),
            version_no=None,
            business_seconds=None,
            wall_seconds=wall,
            is_open=is_open,
        )
    reading = read_clock(
        steps_of([incident.pk])[incident.pk],
        opened_at=incident.opened_at,
        resolved_at=incident.resolved_at,
        priority=incident.priority,
        terms=terms.versions,
        clocks=terms.clocks,
        as_of=until,
    )
    return ClockPage(
        spans=spans,
        runs=tuple(_run(run, terms.versions) for run in reading.runs),
        version_no=reading.current.agreement.version,
        business_seconds=reading.current.elapsed_seconds,
        wall_seconds=reading.current.wall_seconds,
        is_open=is_open,
    )


def _run(run: Run, versions: Sequence[Terms]) -> RunRow:
    rows = tuple(
        IntervalRow(
            start=interval.start,
            end=interval.end,
            seconds=int((interval.end - interval.start).total_seconds()),
            counted=interval.code == "counted",
            state=STATES.get(interval.state, interval.state),
            text=say(f"services.clock.{interval.code.value}"),
        )
        for interval in run.intervals()
    )
    return RunRow(
        run=run,
        intervals=rows,
        percent=formats.format_percent(run.percent, 1),
        result=_result(run),
        ended_by=RUN_ENDS.get(run.ended_by.value, "") if run.ended_by else "",
        rules=_rules(run, versions),
    )


def _rules(run: Run, versions: Sequence[Terms]) -> str:
    """Return what a clock was counted by: priority, version of the terms, hours and their own."""
    (held,) = (terms for terms in versions if str(terms.agreement_id) == run.agreement.key)
    parts: list[Any] = [_("Priority %(no)s") % {"no": run.priority}] if run.priority else []
    parts.append(_("agreement version %(no)s") % {"no": held.version_no})
    if held.hours_version:
        hours = {"name": held.hours_name, "no": held.hours_version}
        parts.append(_("%(name)s, version %(no)s") % hours)
    else:
        parts.append(_("all hours"))
    return ", ".join(str(part) for part in parts)


def _result(run: Run) -> Any:
    if run.target_seconds is None:
        return _("no target for this priority")
    if run.is_breached:
        return _("too late")
    return _("in time") if run.standing is Standing.STOPPED else _("within its time so far")
