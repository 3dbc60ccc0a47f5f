"""The sweep, the full run and the verification. All are safe to repeat, to race and to kill.

What is true stands in the database: change marks say what must be judged anew, standings hold the
judgement. A run that dies leaves its marks; the next one finds them.
"""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Unit
from common import clock, marks
from common.db import CHUNK, columns_of, in_chunks, read_phase
from common.locks import Busy, one_at_a_time
from common.models import ChangeMark
from common.standing import Change
from common.subjects import Subject
from portfolio.models import RollupRun, StandingChange
from portfolio.sides import KINDS, SIDES

CONSUMER = "standing"
#: number of the lock under which standings are judged and written
JUDGING = 4201
SWEEP_MARKS = 2000
FULL_CHUNK = 2000
#: the input hash of a standing that must be judged whatever its inputs are
ANEW = "anew"
#: a run hands the rest to the sweep when it has worked this long
RUN_SECONDS = 20

log = logging.getLogger(__name__)


def sweep(limit: int = SWEEP_MARKS) -> RollupRun | None:
    """Judge anew what has been marked; return the run, or None when nothing was."""
    if not ChangeMark.objects.filter(consumer=CONSUMER).exists():
        return None
    with marks.handling(CONSUMER, limit) as taken:
        if not taken.ids:
            return None
        run = _begin("sweep")
        for kind, ids in _targets(taken.subjects).items():
            _judge(run, kind, ids)
        return _end(run)


def full() -> RollupRun | None:
    """Judge everything anew; None when another full run is alive.

    Beyond `RUN_SECONDS` the rest is marked, so that the sweep finishes it in short units.
    """
    now = clock.now()
    if RollupRun.objects.alive("full", now).exists():
        return None
    run = _begin("full")
    give_up_at = time.monotonic() + RUN_SECONDS
    for kind, side in SIDES.items():
        ids = list(side.model.objects.order_by("pk").values_list("pk", flat=True))
        for chunk in in_chunks(ids, FULL_CHUNK):
            if time.monotonic() >= give_up_at:
                marks.mark(Subject(kind, pk) for pk in chunk)
                continue
            _judge(run, kind, chunk)
    return _end(run)


def verify() -> RollupRun:
    """Judge everything from nothing and count what differs from what stands: it must be nothing.

    First a sweep and a full run settle what time alone has moved. Then every standing forgets its
    input hash, is judged again and compared, column by column. Differences are repaired by that
    and counted on the run; an administrator is shown them.
    """
    while sweep() is not None:
        pass
    full()
    run = _begin("verify")
    marked = set(ChangeMark.objects.filter(consumer=CONSUMER).values_list("kind", "object_id"))
    for kind, side in SIDES.items():
        before = _standings(side)
        # Not empty: an empty hash means that the row has never been judged.
        side.standing.objects.update(input_hash=ANEW)
        for chunk in in_chunks(sorted(before), FULL_CHUNK):
            _judge(run, kind, chunk)
        after = _standings(side)
        edited = {pk for known, pk in marked if known == kind} | {
            pk
            for known, pk in ChangeMark.objects.filter(consumer=CONSUMER).values_list(
                "kind", "object_id"
            )
            if known == kind
        }
        differing = [
            pk for pk, values in before.items() if pk not in edited and after.get(pk) != values
        ]
        if differing:
            log.error(
                "verification: %s %s differed from a fresh judgement: %s",
                len(differing),
                kind,
                differing[:20],
            )
        run.differences += len(differing)
    return _end(run)


def _standings(side: Any) -> dict[int, tuple[Any, ...]]:
    names = [f.attname for f in columns_of(side.standing) if f.attname != "stood_at"]
    rows = side.standing.objects.values_list("pk", *names)
    return {row[0]: tuple(map(repr, row[1:])) for row in rows.iterator(chunk_size=FULL_CHUNK)}


def _targets(subjects: Iterable[Subject]) -> dict[str, list[int]]:
    """Return which ids of each kind the marks ask for.

    A unit means everything in it and below; a calendar or thresholds mean everything there is.
    """
    found: dict[str, set[int]] = {kind: set() for kind in KINDS}
    for subject in subjects:
        if subject.kind in found:
            found[subject.kind].add(subject.id)
            continue
        for kind, side in SIDES.items():
            rows = side.model.objects.all()
            if subject.kind == "unit":
                unit = Unit.objects.filter(pk=subject.id).first()
                rows = rows.filter(unit__path__startswith=unit.path) if unit else rows.none()
            found[kind].update(rows.values_list("pk", flat=True))
    return {kind: sorted(ids) for kind, ids in found.items() if ids}


def _zones(kind: str, ids: Sequence[int]) -> dict[str, list[int]]:
    """Return the ids by their organisation's zone: what day it is depends on it."""
    zones = dict(Unit.objects.roots().values_list("pk", "zone"))
    if len(set(zones.values())) <= 1:
        return {next(iter(zones.values()), "UTC"): list(ids)}
    found: dict[str, list[int]] = {}
    for chunk in in_chunks(ids):
        for pk, root in (
            SIDES[kind].model.objects.filter(pk__in=chunk).values_list("pk", "unit__root_id")
        ):
            found.setdefault(zones[root], []).append(pk)
    return found


def _judge(run: RollupRun, kind: str, ids: Sequence[int]) -> None:
    """Judge them while nobody else judges.

    Two at once could read before and after an edit and write the older judgement last. Who has to
    wait too long leaves the subjects to the next sweep.
    """
    try:
        with read_phase(), one_at_a_time(JUDGING):
            for zone, local in _zones(kind, ids).items():
                _restand(run, kind, local, clock.today(zone))
    except Busy:
        marks.mark(Subject(kind, pk) for pk in ids)
        return
    run.subjects += len(ids)
    run.heartbeat_at = clock.now()
    run.save(update_fields=["subjects", "changes", "failures", "heartbeat_at"])


def _restand(run: RollupRun, kind: str, ids: Sequence[int], as_of: dt.date) -> None:
    """Judge them together; when that fails one by one, so that a single bad record stops nobody."""
    now = clock.now()
    try:
        with read_phase():
            _keep(run, SIDES[kind].restand(ids, as_of=as_of, now=now), now)
    except Exception as fault:
        if len(ids) == 1:
            log.exception("%s %s could not be judged", kind, ids[0])
            run.failures = [*run.failures, [kind, ids[0], type(fault).__name__]]
            return
        size = CHUNK if len(ids) > CHUNK else 1
        for part in in_chunks(ids, size):
            _restand(run, kind, part, as_of)


def _keep(run: RollupRun, changes: Sequence[Change], now: dt.datetime) -> None:
    with transaction.atomic():
        StandingChange.objects.bulk_create(
            [
                StandingChange(
                    kind=change.subject.kind,
                    object_id=change.subject.id,
                    at=now,
                    old=change.old,
                    new=change.new,
                    reasons=dict(change.reasons),
                    run=run,
                )
                for change in changes
            ],
            batch_size=CHUNK,
        )
    run.changes += len(changes)


def _begin(mode: str, on: dt.date | None = None) -> RollupRun:
    now = clock.now()
    return RollupRun.objects.create(mode=mode, on=on, started_at=now, heartbeat_at=now)


def _end(run: RollupRun) -> RollupRun:
    run.state, run.ended_at = "done", clock.now()
    run.save()
    return run
