"""Local day ends: one snapshot per subject and day, written once."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.access import authority
from accounts.domain.roles import Capability
from accounts.models import Unit
from common import audit, clock
from common.db import CHUNK, in_chunks, upsert
from common.domain.periods import local_day_bounds
from common.errors import NotAllowed, Refused
from common.subjects import Subject
from portfolio.domain.rollup import COLOURS, Item, totals
from portfolio.models import RollupRun, Snapshot, SnapshotDay, StandingChange, UnitTotal
from portfolio.sides import SIDES

#: standings read within this time after midnight count as those of the day that ended
ON_TIME = dt.timedelta(hours=6)
#: a gap longer than this is not filled day by day
MOST_DAYS = 400

_SNAPSHOT_FIELDS = [
    "root_id", "unit_path", "overall", "reported", "hatched", "confidence", "dims", "money",
    "rule_version", "is_late",
]  # fmt: skip
_TOTAL_FIELDS = [
    "subjects", *COLOURS, "money", *(f"money_{colour}" for colour in COLOURS),
    "least_confidence", "mean_confidence", "is_late",
]  # fmt: skip


def close_missed_days(run_mode: str = "day_end") -> list[SnapshotDay]:
    """Write and close every local day that has ended and is not closed; return those written.

    The first day of all is that of the first roll-up: before it there was nothing to see.
    """
    first = RollupRun.objects.filter(mode__in=["sweep", "full"]).order_by("id").first()
    if first is None:
        return []
    written = []
    for root in Unit.objects.roots().filter(archived_at=None):
        zone = ZoneInfo(root.zone)
        now = clock.now().astimezone(zone)
        last = (
            SnapshotDay.objects.filter(root=root, closed_at__isnull=False).order_by("-on").first()
        )
        day = last.on + dt.timedelta(days=1) if last else first.started_at.astimezone(zone).date()
        day = max(day, now.date() - dt.timedelta(days=MOST_DAYS))
        while day < now.date():
            midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
            written.append(write_day(root, day, is_late=now - midnight > ON_TIME, is_over=True))
            day += dt.timedelta(days=1)
    return written


def write_day(
    root: Unit, on: dt.date, *, is_late: bool = False, is_over: bool | None = None
) -> SnapshotDay:
    """Write one local day of an organisation; writing an open day again replaces its rows.

    A late day is filled from dated facts only: the colour each subject last changed to. Raises
    Refused for a closed day and for one that has not begun.
    """
    today = clock.today(root.zone)
    if on > today:
        raise Refused("portfolio.day_not_begun", day=on.isoformat())
    day = SnapshotDay.objects.filter(root=root, on=on).order_by("-revision").first()
    if day is not None and day.closed_at is not None:
        raise Refused("portfolio.day_closed", day=on.isoformat())
    run = RollupRun.objects.create(
        mode="day_end", on=on, started_at=clock.now(), heartbeat_at=clock.now()
    )
    revision = day.revision if day else 1
    rows = list(_dated(root, on) if is_late else _standing(root))
    for row in rows:
        row.on, row.revision, row.root_id, row.is_late = on, revision, root.pk, is_late
    for chunk in in_chunks(rows, CHUNK):
        with transaction.atomic():
            upsert(
                Snapshot,
                chunk,
                unique=["kind", "object_id", "on", "revision"],
                update=_SNAPSHOT_FIELDS,
            )
    closed = clock.now() if (on < today if is_over is None else is_over) else None
    with transaction.atomic():
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
        rows = side.model.objects.filter(unit__root=root, created_at__lt=end).values_list(
            "pk", "unit__path"
        )
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
