"""What the portfolio looked like on every day of two years, and the ledger that saw it.

Each subject is judged again on past days by the rules of today, from the facts as they were known
then. Colours, snapshots and totals follow from that, and end in the standings of the full run.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from common.domain.health import Health
from common.standing import reasons_of
from demo.improvements import Walk
from demo.moment import at
from demo.people import House
from demo.project_past import Past
from demo.service_past import read
from demo.services import DAYS, Shelf
from improvements.domain.health import DEFAULTS as IMPROVEMENT_DEFAULTS
from improvements.domain.health import Inputs, Limits, judge_improvement
from improvements.domain.lifecycle import OPEN, State
from portfolio.actions import full, write_day
from portfolio.domain.rollup import COLOURS, Item, totals
from portfolio.models import RollupRun, Snapshot, SnapshotDay, StandingChange, UnitTotal
from portfolio.sides import SIDES

#: days back that are judged one by one; before them a day a week
DAILY = 28
#: days back that have totals of their own; before them the Sundays
TOTALS_DAILY = 120
#: days back that have snapshots of their own; before them the Sundays
SNAPSHOTS_DAILY = 14
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a subject stood at the end of a day."""

    day: dt.date
    colour: str
    reported: str | None
    hatched: bool
    confidence: Decimal
    dims: Mapping[str, str]
    reasons: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A subject's views, oldest first, and the days between which totals counted it."""

    kind: str
    id: int
    path: str
    money: Decimal | None
    views: Sequence[View]
    live_from: dt.date
    live_until: dt.date | None

    def on(self, day: dt.date) -> View | None:
        """Return the newest view of a day or before; None where there is none yet."""
        return next((view for view in reversed(self.views) if view.day <= day), None)

    def is_live(self, day: dt.date) -> bool:
        """Return whether totals counted it on a day."""
        return self.live_from <= day and not (self.live_until and self.live_until <= day)


def build(house: House, shelf: Shelf, pasts: Sequence[Past], walks: Sequence[Walk]) -> None:
    """Write the past, judge the present, and let the one end in the other."""
    courses = [
        *_project_courses(pasts, house),
        *_service_courses(shelf, house),
        *_improvement_courses(walks, house),
    ]
    runs = _write_ledger(courses, house)
    _write_totals(courses, house)
    _write_snapshots(courses, house)
    newest = max((run.pk for run in runs), default=0)
    full()
    # The full run has met every subject for the first time; what it found is no news but where it
    # differs from how the subject stood yesterday.
    found = StandingChange.objects.filter(run__pk__gt=newest, old=None)
    known = {(course.kind, course.id): course.views[-1].colour for course in courses}
    for change in found:
        before = known.get((change.kind, change.object_id))
        if before == change.new:
            change.delete()
        elif before is not None:
            change.old = before
            change.save(update_fields=["old"])
    write_day(house.root, house.moment.today)


# --- Views --------------------------------------------------------------------------------------


def _days(house: House, since: dt.date, number: int) -> Iterator[dt.date]:
    """Yield the days a subject is judged on: one a week, spread by its number, then every day."""
    for ago in range(min(DAYS, (house.moment.today - since).days), 0, -1):
        if ago <= DAILY or (ago + number) % 7 == 0:
            yield house.moment.day(ago)


def _view(day: dt.date, health: Health, reported: str | None = None) -> View:
    return View(
        day=day,
        colour=health.overall.value,
        reported=reported,
        hatched=health.hatched,
        confidence=(health.confidence or Decimal(0)).quantize(_CENT),
        dims={part.name: part.colour.value for part in health.dimensions},
        reasons=reasons_of(health),
    )


def _project_courses(pasts: Sequence[Past], house: House) -> Iterator[Course]:
    for past in pasts:
        project = past.project
        views = []
        for day in _days(house, past.begins_on, project.pk):
            judged = past.judged_on(day)
            views.append(_view(day, judged.health, judged.reported))
        closed = [day for day, phase in past.phases if phase == "closed"]
        yield Course(
            kind="project",
            id=project.pk,
            path=project.unit.path,
            money=project.current_budget,
            views=views,
            live_from=past.begins_on,
            live_until=past.stopped_on or (closed[0] if closed else None),
        )


def _service_courses(shelf: Shelf, house: House) -> Iterator[Course]:
    pasts = read([service.pk for service in shelf.rows.values()], house.moment.midnight)
    for code, service in shelf.rows.items():
        offer = shelf.offers[code]
        entries = {entry.status: entry.on for entry in service.entries.all()}
        since = min(entries.values())
        yield Course(
            kind="service",
            id=service.pk,
            path=service.unit.path,
            money=service.yearly_cost,
            views=[
                _view(day, pasts[service.pk].judged_on(day).health)
                for day in _days(house, max(since, house.moment.day(DAYS - 60)), service.pk)
            ],
            live_from=since,
            live_until=entries.get("retired") if offer.status == "retired" else None,
        )


def _improvement_courses(walks: Sequence[Walk], house: House) -> Iterator[Course]:
    limits = Limits.of(IMPROVEMENT_DEFAULTS)
    for walk in walks:
        over = [day for day, state in walk.states if State(state) not in OPEN]
        captured = walk.states[0][0]
        yield Course(
            kind="improvement",
            id=walk.row.pk,
            path=walk.row.unit.path,
            money=None,
            views=[
                _view(day, _improvement_on(walk, limits, day))
                for day in _days(house, captured, walk.row.pk)
            ],
            live_from=captured,
            live_until=over[0] if over else None,
        )


def _improvement_on(walk: Walk, limits: Limits, day: dt.date) -> Health:
    inputs, shape = _as_of(walk, day), walk.idea.shape
    is_scored = inputs.state is not State.CAPTURED and bool(shape) and "only" not in shape
    return judge_improvement(inputs, limits, day, is_scored=is_scored)


def _as_of(walk: Walk, day: dt.date) -> Inputs:
    since, state = [pair for pair in walk.states if pair[0] <= day][-1]
    is_new = state == "captured"
    row, idea = walk.row, walk.idea
    return Inputs(
        id=row.pk,
        state=State(state),
        captured_on=walk.states[0][0],
        state_since=since,
        changed_on=since,
        parked_until=row.parked_until if state == "parked" else None,
        respond_on=row.respond_by.date() if is_new and row.respond_by else None,
        services=len(idea.services),
        projects=int(bool(idea.project)),
        has_owner=not is_new,
        has_effort=not is_new,
        has_expected_effect=not is_new and bool(idea.effect),
        route="" if is_new else idea.route,
    )


# --- Ledger, snapshots, totals --------------------------------------------------------------------


def _write_ledger(courses: Sequence[Course], house: House) -> list[RollupRun]:
    """Write every change of a colour, and the sweep of its day that saw it."""
    moved: dict[dt.date, list[StandingChange]] = defaultdict(list)
    for course in courses:
        before: str | None = None
        for view in course.views:
            if view.colour != before:
                moved[view.day].append(
                    StandingChange(
                        kind=course.kind,
                        object_id=course.id,
                        old=before,
                        new=view.colour,
                        reasons=dict(view.reasons),
                    )
                )
            before = view.colour
    runs = {
        day: _run("sweep", at(day, 16, 20), subjects=len(changes), changes=len(changes))
        for day, changes in sorted(moved.items())
    }
    RollupRun.objects.bulk_create(runs.values(), batch_size=500)
    for day, changes in moved.items():
        for change in changes:
            change.run, change.at = runs[day], runs[day].started_at
    StandingChange.objects.bulk_create(
        [change for day in sorted(moved) for change in moved[day]], batch_size=500
    )
    return list(runs.values())


def _run(mode: str, begun: dt.datetime, **values: Any) -> RollupRun:
    ended = begun + dt.timedelta(milliseconds=180 + values.get("subjects", 0))
    return RollupRun(
        mode=mode, state="done", started_at=begun, heartbeat_at=ended, ended_at=ended, **values
    )


def _write_snapshots(courses: Sequence[Course], house: House) -> None:
    rows: list[Snapshot] = []
    for day in _snapshot_days(house, SNAPSHOTS_DAILY):
        for course in courses:
            view = course.on(day)
            if view is None:
                continue
            rows.append(
                Snapshot(
                    kind=course.kind,
                    object_id=course.id,
                    on=day,
                    root_id=house.root.pk,
                    unit_path=course.path,
                    overall=view.colour,
                    reported=view.reported,
                    hatched=view.hatched,
                    confidence=view.confidence,
                    dims=dict(view.dims),
                    money=course.money,
                    rule_version="1.0",
                )
            )
    Snapshot.objects.bulk_create(rows, batch_size=500)


def _snapshot_days(house: House, daily: int) -> Iterator[dt.date]:
    """Yield the days that were written, oldest first: Sundays, then every day."""
    for ago in range(DAYS - 60, 0, -1):
        day = house.moment.day(ago)
        if ago <= daily or day.weekday() == 6:
            yield day


def _write_totals(courses: Sequence[Course], house: House) -> None:
    rows: list[UnitTotal] = []
    days = list(_snapshot_days(house, TOTALS_DAILY))
    for day in days:
        rows += _totals_of(day, courses)
    UnitTotal.objects.bulk_create(rows, batch_size=500)
    runs = [
        _run(
            "day_end",
            at(day + dt.timedelta(days=1), 0, 5),
            on=day,
            subjects=sum(course.on(day) is not None for course in courses),
        )
        for day in days
    ]
    RollupRun.objects.bulk_create(runs, batch_size=500)
    SnapshotDay.objects.bulk_create(
        [
            SnapshotDay(root=house.root, on=day, closed_at=run.ended_at, run=run)
            for day, run in zip(days, runs, strict=True)
        ],
        batch_size=500,
    )


def _totals_of(day: dt.date, courses: Iterable[Course]) -> Iterator[UnitTotal]:
    items = [
        Item(
            kind=course.kind,
            unit_path=course.path,
            colour=view.colour,
            money=course.money if SIDES[course.kind].money else None,
            confidence=view.confidence,
        )
        for course in courses
        if course.is_live(day) and (view := course.on(day)) is not None
    ]
    for (unit, kind), total in totals(items).items():
        yield UnitTotal(
            unit_id=unit,
            kind=kind,
            on=day,
            subjects=total.subjects,
            money=total.money,
            least_confidence=total.least_confidence,
            mean_confidence=total.mean_confidence,
            **{colour: total.counts[colour] for colour in COLOURS},
            **{f"money_{colour}": total.amounts[colour] for colour in COLOURS},
        )
