"""The sweep, the full run and the verification. All are safe to repeat, to race and to kill.

What is true stands in the database: change marks say what must be judged anew, standings hold the
judgement. A run that dies leaves its marks; the next one finds them.
"""

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import Unit
from common import clock, marks
from common.db import CHUNK, columns_of, in_chunks, is_of_the_database, read_phase
from common.locks import Busy, one_at_a_time
from common.models import ChangeMark
from common.standing import Change
from common.subjects import Subject
from portfolio.models import RollupRun, StandingChange, Unjudged
from portfolio.sides import KINDS, SIDES

CONSUMER = "standing"
#: number of the lock under which standings are judged and written
JUDGING = 4201
SWEEP_MARKS = 2000
FULL_CHUNK = 5000
#: the input hash of a standing that must be judged whatever its inputs are
ANEW = "anew"
#: a run hands the rest to the sweep when it has worked this long
RUN_SECONDS = 20

log = logging.getLogger(__name__)


def sweep(limit: int = SWEEP_MARKS) -> RollupRun | None:
    """Judge anew what has been marked, and what could not be judged before and is due again.

    Returns the run, or None when there was nothing.
    """
    due = Unjudged.objects.due(clock.now())
    if not ChangeMark.objects.filter(consumer=CONSUMER).exists() and not due.exists():
        return None
    with marks.handling(CONSUMER, limit) as taken:
        again = [Subject(*row) for row in due.values_list("kind", "object_id")[:limit]]
        if not taken.ids and not again:
            return None
        run = _begin("sweep")
        for kind, ids in _targets([*taken.subjects, *again]).items():
            _judge(run, kind, ids)
        return _end(run)


def full() -> RollupRun | None:
    """Judge everything anew; None when another full run is alive.

    Beyond `RUN_SECONDS` the rest is marked, so that the sweep finishes it in short units.
    """
    now = clock.now()
    RollupRun.objects.dead(now).update(state="failed", ended_at=now)
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

    Each part is settled as the full run does, then its standings forget their input hash, are
    judged again as of the same moment and compared, column by column. Nobody else judges
    meanwhile, and what people edit meanwhile is left out. Differences are repaired by that and
    counted on the run; an administrator is shown them.
    """
    run = _begin("verify")
    for kind, side in SIDES.items():
        ids = list(side.model.objects.order_by("pk").values_list("pk", flat=True))
        for chunk in in_chunks(ids, FULL_CHUNK):
            try:
                with read_phase(), one_at_a_time(JUDGING):
                    differing = _compare(run, kind, chunk)
            except Busy:
                log.warning("verification: %s from %s left out, others judged", kind, chunk[0])
                continue
            if differing:
                log.error(
                    "verification: %s %s differed from a fresh judgement: %s",
                    len(differing),
                    kind,
                    differing[:20],
                )
            run.differences += len(differing)
            _keep(run, len(chunk))
    return _end(run)


def _compare(run: RollupRun, kind: str, ids: Sequence[int]) -> list[int]:
    """Return whose standing differs from a judgement from nothing; the caller holds the lock."""
    side, now = SIDES[kind], clock.now()
    known = _marks()
    _judge_locally(run, kind, ids, now)
    before = _standings(side, ids)
    # Not empty: an empty hash means that the row has never been judged.
    side.standing.objects.filter(pk__among=list(before)).update(input_hash=ANEW)
    _judge_locally(run, kind, list(before), now)
    after = _standings(side, ids)
    edited = [subject for pk, subject in _marks().items() if pk not in known]
    left_out = set(_targets(edited).get(kind, ()))
    return [pk for pk, row in before.items() if pk not in left_out and after.get(pk) != row]


def _marks() -> dict[int, Subject]:
    rows = ChangeMark.objects.filter(consumer=CONSUMER).values_list("pk", "kind", "object_id")
    return {pk: Subject(kind, object_id) for pk, kind, object_id in rows}


def _standings(side: Any, ids: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    names = [f.attname for f in columns_of(side.standing) if f.attname != "stood_at"]
    rows = side.standing.objects.filter(pk__among=ids).values_list("pk", *names)
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
            _judge_locally(run, kind, ids, clock.now())
    except Busy:
        marks.mark(Subject(kind, pk) for pk in ids)
        return
    _keep(run, len(ids))


def _judge_locally(run: RollupRun, kind: str, ids: Sequence[int], now: dt.datetime) -> None:
    for zone, local in _zones(kind, ids).items():
        _restand(run, kind, local, (now.astimezone(ZoneInfo(zone)).date(), now))


def _restand(
    run: RollupRun, kind: str, ids: Sequence[int], when: tuple[dt.date, dt.datetime]
) -> None:
    """Judge them together; when that fails one by one, so that a single bad record stops nobody."""
    as_of, now = when
    try:
        with read_phase():
            SIDES[kind].restand(ids, as_of=as_of, now=now, note=partial(_note, run, now))
            Unjudged.objects.judged(kind, ids)
    except Exception as fault:
        if is_of_the_database(fault):
            raise
        if len(ids) == 1:
            log.exception("%s %s could not be judged", kind, ids[0])
            run.failures = [*run.failures, [kind, ids[0], type(fault).__name__]]
            Unjudged.objects.fell(kind, ids[0], fault=type(fault).__name__, now=now)
            return
        size = CHUNK if len(ids) > CHUNK else 1
        for part in in_chunks(ids, size):
            _restand(run, kind, part, when)


def _note(run: RollupRun, now: dt.datetime, changes: Sequence[Change]) -> None:
    """Write changes of colour down; called in the transaction that makes them."""
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


def _keep(run: RollupRun, judged: int) -> None:
    """Write down how far a run has come, and that it lives."""
    run.subjects += judged
    run.heartbeat_at = clock.now()
    run.save(update_fields=["subjects", "changes", "differences", "failures", "heartbeat_at"])


def _begin(mode: str, on: dt.date | None = None) -> RollupRun:
    now = clock.now()
    return RollupRun.objects.create(mode=mode, on=on, started_at=now, heartbeat_at=now)


def _end(run: RollupRun) -> RollupRun:
    run.state, run.ended_at = "done", clock.now()
    run.save()
    return run
