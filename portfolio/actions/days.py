"""Local day ends: one snapshot per subject and day, written once."""

import datetime as dt
import logging
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from accounts.access import authority
from accounts.domain.roles import Capability
from accounts.models import Unit
from common import audit, clock
from common.bulk import upsert
from common.db import CHUNK, in_chunks, is_of_the_database, read_phase
from common.domain.periods import local_day_bounds
from common.errors import NotAllowed, Refused
from common.locks import Busy, one_at_a_time
from common.subjects import Subject
from portfolio.domain.rollup import COLOURS, Item, totals
from portfolio.models import RollupRun, Snapshot, SnapshotDay, StandingChange, UnitTotal
from portfolio.sides import SIDES

#: standings read within this time after midnight count as those of the day that ended
ON_TIME = dt.timedelta(hours=6)
#: a gap longer than this is not filled day by day
MOST_DAYS = 400
#: catching up hands the rest to the next tick when it has worked this long
RUN_SECONDS = 20
#: number of the lock under which days are written
ENDING = 4202

log = logging.getLogger(__name__)

_SNAPSHOT_FIELDS = [
    "root_id", "unit_path", "overall", "reported", "hatched", "confidence", "dims", "money",
    "rule_version", "is_late",
]  # fmt: skip
_SNAPSHOT_KEY = ["kind", "object_id", "on", "revision"]
_TOTAL_FIELDS = [
    "subjects", *COLOURS, "money", *(f"money_{colour}" for colour in COLOURS),
    "least_confidence", "mean_confidence", "is_late",
]  # fmt: skip


def close_missed_days() -> list[SnapshotDay]:
    """Write and close every local day that has ended and is not closed; return those written.

    The first day of all is that of the first roll-up: before it there was nothing to see. After
    `RUN_SECONDS` the rest is left to the next tick, as are days that another worker writes. What
    befalls one organisation is in the ledger and stops no other.
    """
    first = RollupRun.objects.filter(mode__in=["sweep", "full"]).order_by("id").first()
    if first is None:
        return []
    give_up_at = time.monotonic() + RUN_SECONDS
    written: list[SnapshotDay] = []
    for root in Unit.objects.roots().filter(archived_at=None):
        try:
            for day in _missed(root, first.started_at):
                if time.monotonic() >= give_up_at:
                    return written
                written.append(write_day(root, day))
        except (Busy, Refused):
            continue  # another worker writes it, or has
        except Exception as fault:
            if is_of_the_database(fault):
                raise
            log.exception("the day of %s could not be written", root)
            fallen = [["unit", root.pk, type(fault).__name__]]
            RollupRun.objects.create(
                mode="day_end", state="failed", failures=fallen, started_at=clock.now(),
                heartbeat_at=clock.now(), ended_at=clock.now(),
            )  # fmt: skip
    return written


def _missed(root: Unit, first: dt.datetime) -> Iterator[dt.date]:
    zone = ZoneInfo(root.zone)
    today = clock.today(root.zone)
    last = SnapshotDay.objects.filter(root=root, closed_at__isnull=False).order_by("-on").first()
    day = last.on + dt.timedelta(days=1) if last else first.astimezone(zone).date()
    day = max(day, today - dt.timedelta(days=MOST_DAYS))
    while day < today:
        yield day
        day += dt.timedelta(days=1)


def write_day(root: Unit, on: dt.date, *, is_over: bool | None = None) -> SnapshotDay:
    """Write one local day of an organisation; writing an open day again replaces its rows.

    A day that ended more than `ON_TIME` ago is late: it is filled from dated facts only, the
    colour each subject last changed to. Raises Refused for a closed day and for one that has not
    begun, Busy while another worker writes days.
    """
    today = clock.today(root.zone)
    if on > today:
        raise Refused("portfolio.day_not_begun", day=on.isoformat())
    is_late = clock.now() - local_day_bounds(root.zone, on)[1] > ON_TIME
    with read_phase(), one_at_a_time(ENDING):
        day = SnapshotDay.objects.filter(root=root, on=on).order_by("-revision").first()
        if day is not None and day.closed_at is not None:
            raise Refused("portfolio.day_closed", day=on.isoformat())
        revision = day.revision if day else 1
        closed = clock.now() if (on < today if is_over is None else is_over) else None
        return _fill(root, on, revision, closed, is_late=is_late)


def _fill(
    root: Unit, on: dt.date, revision: int, closed: dt.datetime | None, *, is_late: bool
) -> SnapshotDay:
    run = RollupRun.objects.create(
        mode="day_end", on=on, started_at=clock.now(), heartbeat_at=clock.now()
    )
    rows = list(_dated(root, on) if is_late else _standing(root))
    for row in rows:
        row.on, row.revision, row.root_id, row.is_late = on, revision, root.pk, is_late
    for chunk in in_chunks(rows, CHUNK):
        with transaction.atomic():
            upsert(Snapshot, chunk, unique=_SNAPSHOT_KEY, update=_SNAPSHOT_FIELDS)
    with transaction.atomic():
        _drop_leftovers(root, rows, on, revision)
        _write_totals(_live(root, rows), on, revision, is_late=is_late)
        day, _ = SnapshotDay.objects.update_or_create(
            root=root,
            on=on,
            revision=revision,
            defaults={"closed_at": closed, "is_late": is_late, "run": run},
        )
        run.state, run.ended_at, run.subjects = "done", clock.now(), len(rows)
        run.save()
    return day


def _drop_leftovers(root: Unit, rows: list[Snapshot], on: dt.date, revision: int) -> None:
    """Take away what an earlier writing of the open day has and this one has not."""
    kept = {(row.kind, row.object_id) for row in rows}
    stood = Snapshot.objects.filter(root_id=root.pk, on=on, revision=revision)
    gone = [pk for pk, *subject in stood.values_list("pk", "kind", "object_id")
            if tuple(subject) not in kept]  # fmt: skip
    for chunk in in_chunks(gone):
        Snapshot.objects.filter(pk__in=chunk).delete()
    # Totals are few and are written right after.
    UnitTotal.objects.filter(unit__root=root, on=on, revision=revision).delete()


@transaction.atomic
def reopen_day(root: Unit, on: dt.date, *, by: Any, reason: str) -> SnapshotDay:
    """Begin a new revision of a closed day; the old rows stay. Needs the right and a reason."""
    if not reason.strip():
        raise Refused("common.reason_needed", field="reason")
    if not authority(by).holds(Capability.FREEZE_PERIODS, root.path):
        raise NotAllowed("portfolio.may_not_reopen")
    day = SnapshotDay.objects.filter(root=root, on=on).order_by("-revision").first()
    if day is None or day.closed_at is None:
        raise Refused("portfolio.day_not_closed", day=on.isoformat())
    new = SnapshotDay.objects.create(
        root=root, on=on, revision=day.revision + 1, reopened_for=reason.strip()
    )
    audit.record(
        "portfolio.day_reopened",
        Subject("unit", root.pk),
        by=by,
        before={"revision": day.revision},
        after={"revision": new.revision, "day": on},
        note=reason.strip(),
    )
    return new


def _standing(root: Unit) -> Iterator[Snapshot]:
    """Yield every live subject of an organisation as it stands now. One statement a kind."""
    for kind, side in SIDES.items():
        subject = f"{kind}__"
        names = [
            "pk",
            f"{subject}unit__path",
            "overall",
            "reported",
            "hatched",
            "confidence",
            "rule_version",
        ]
        names += list(side.dimensions) + ([subject + side.money] if side.money else [])
        rows = side.standing.objects.filter(
            **{f"{subject}unit__root": root, f"{subject}archived_at": None}
        ).values_list(*names)
        for pk, path, overall, reported, hatched, confidence, version, *rest in rows.iterator(
            chunk_size=2000
        ):
            dims = {
                name: colour for name, colour in zip(side.dimensions, rest, strict=False) if colour
            }
            yield Snapshot(
                kind=kind,
                object_id=pk,
                unit_path=path,
                overall=overall,
                reported=reported,
                hatched=hatched,
                confidence=confidence,
                rule_version=version,
                dims=dims,
                money=rest[-1] if side.money else None,
            )


def _dated(root: Unit, on: dt.date) -> Iterator[Snapshot]:
    """Yield every subject as its dated colour changes have it at the end of a past day."""
    _, end = local_day_bounds(root.zone, on)
    for kind, side in SIDES.items():
        colours = dict(
            StandingChange.objects.filter(kind=kind, at__lt=end)
            .order_by("at", "id")
            .values_list("object_id", "new")
        )
        rows = side.model.objects.filter(
            Q(archived_at=None) | Q(archived_at__gte=end), unit__root=root, created_at__lt=end
        ).values_list("pk", "unit__path")
        for pk, path in rows.iterator(chunk_size=2000):
            yield Snapshot(
                kind=kind,
                object_id=pk,
                unit_path=path,
                overall=colours.get(pk, "grey"),
                hatched=True,
                confidence=0,
            )


def _live(root: Unit, rows: list[Snapshot]) -> list[Snapshot]:
    """Return the rows that totals count: closed projects and retired services are history."""
    live = {
        kind: set(
            side.model.objects.filter(side.is_live, unit__root=root, archived_at=None).values_list(
                "pk", flat=True
            )
        )
        for kind, side in SIDES.items()
    }
    return [row for row in rows if row.object_id in live[row.kind]]


def _write_totals(rows: list[Snapshot], on: dt.date, revision: int, *, is_late: bool) -> None:
    found = totals(
        Item(
            kind=row.kind,
            unit_path=row.unit_path,
            colour=row.overall,
            money=row.money,
            confidence=Decimal(row.confidence),
        )
        for row in rows
    )
    upsert(
        UnitTotal,
        [
            UnitTotal(
                unit_id=unit,
                kind=kind,
                on=on,
                revision=revision,
                subjects=total.subjects,
                money=total.money,
                least_confidence=total.least_confidence,
                mean_confidence=total.mean_confidence,
                is_late=is_late,
                **total.counts,
                **{f"money_{colour}": amount for colour, amount in total.amounts.items()},
            )
            for (unit, kind), total in found.items()
        ],
        unique=["unit", "kind", "on", "revision"],
        update=_TOTAL_FIELDS,
    )
