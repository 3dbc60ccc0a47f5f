"""Clocks of incidents, computed anew when what they depend on has changed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from common import audit, clock, jobs, marks
from common.db import CHUNK, in_chunks
from services.actions.services import subject_of
from services.domain.incidents import Clock, Outcome, Step, clock_of
from services.models import Incident, Outage, Service, StatusSpan
from services.queries.terms import NO_TERMS, ServiceTerms, terms_of

#: more incidents than this are computed by a job, not while somebody waits
AT_ONCE = 1000
WORK = "services.recompute_clocks"
CLOCK_FIELDS = (
    "agreement_id",
    "due_at",
    "business_seconds",
    "wall_seconds",
    "met",
    "respond_met",
)


def apply_clock(row: Incident, found: Clock, mark: str) -> None:
    """Put what the clocks came to on an incident; the caller saves it."""
    for name in CLOCK_FIELDS:
        setattr(row, name, getattr(found, name))
    row.clock_hash = mark


def compute(row: Incident, steps: Sequence[Step], terms: ServiceTerms, now: dt.datetime) -> Clock:
    """Return the clocks of an incident from its row, its history and the terms of its service."""
    return clock_of(
        steps,
        opened_at=row.opened_at,
        result=Outcome(
            status=row.state,
            responded_at=row.responded_at,
            resolved_at=row.resolved_at,
            closed_at=row.closed_at,
        ),
        priority=row.priority,
        terms=terms.versions,
        clocks=terms.clocks,
        as_of=now,
    )


def steps_of(incident_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Return the histories of incidents. One statement."""
    found: dict[int, list[Step]] = defaultdict(list)
    rows = StatusSpan.objects.filter(incident__in=incident_ids).order_by("incident_id", "id")
    for incident, status, word, is_paused, priority, starts_at in rows.values_list(
        "incident_id", "status", "word", "is_paused", "priority", "starts_at"
    ):
        found[incident].append(
            Step(starts_at, status, is_paused=is_paused, word=word, priority=priority)
        )
    return found


def recompute(incident_ids: Iterable[int], *, now: dt.datetime | None = None) -> int:
    """Compute the clocks of those incidents anew and save those that differ; returns how many.

    Reads outside any transaction, writes in one short transaction a chunk, and marks the services
    whose incidents changed.
    """
    at = now or clock.now()
    changed = 0
    for ids in in_chunks(list(incident_ids)):
        rows = list(Incident.objects.filter(pk__in=ids))
        terms = terms_of(list({row.service_id for row in rows}))
        steps = steps_of(ids)
        moved = []
        for row in rows:
            held = terms.get(row.service_id, NO_TERMS)
            before = [getattr(row, name) for name in (*CLOCK_FIELDS, "clock_hash")]
            apply_clock(row, compute(row, steps[row.pk], held, at), held.mark)
            if before != [getattr(row, name) for name in (*CLOCK_FIELDS, "clock_hash")]:
                moved.append(row)
        with transaction.atomic():
            fields = [name.removesuffix("_id") for name in CLOCK_FIELDS]
            Incident.objects.bulk_update(moved, [*fields, "clock_hash"], batch_size=250)
            marks.mark(subject_of(pk) for pk in {row.service_id for row in moved})
        changed += len(moved)
    return changed


def touched(service_id: int, since: dt.datetime) -> list[int]:
    """Return the incidents that terms from an instant on reach: all that were not over then."""
    return list(
        Incident.objects.filter(
            Q(resolved_at=None) | Q(resolved_at__gt=since), service=service_id
        ).values_list("pk", flat=True)
    )


def recompute_later(incident_ids: Sequence[int], *, by: Any, service: Service) -> None:
    """Compute a few clocks at once and many by a job; either way the act is in the audit log.

    R12: a clock keeps the terms it started under; computing it anew is said out loud.
    """
    if not incident_ids:
        return
    audit.record(
        "services.clocks_recomputed",
        subject_of(service.pk),
        by=by,
        after={"incidents": len(incident_ids)},
    )
    if len(incident_ids) <= AT_ONCE:
        recompute(incident_ids)
    else:
        jobs.start(WORK, by=by, params={"service": service.pk}, total=len(incident_ids))


def do_slice(turn: jobs.Slice) -> bool:
    """Compute incidents of a service in order of number, from the cursor on, until time is up."""
    job = turn.job
    after, done = job.cursor.get("after", 0), job.done
    while not turn.is_over():
        ids = list(
            Incident.objects.filter(service=job.params["service"], pk__gt=after)
            .order_by("pk")
            .values_list("pk", flat=True)[:CHUNK]
        )
        if not ids:
            return True
        recompute(ids)
        after, done = ids[-1], done + len(ids)
        turn.advance(cursor={"after": after}, done=done)
    return False


def refresh_open(*, now: dt.datetime | None = None) -> int:
    """Bring open incidents under the terms and hours as they stand; returns how many moved.

    For a periodic task: an edited calendar changes when open incidents are due. Those that are
    over keep what they were measured by, until somebody asks for them explicitly (R12).
    """
    rows = Incident.objects.still_open().values_list("pk", "service_id", "clock_hash")
    found = list(rows)
    terms = terms_of(list({service for _, service, _ in found}))
    stale = [pk for pk, service, mark in found if terms.get(service, NO_TERMS).mark != mark]
    return recompute(stale, now=now)


def mark_what_time_moves(*, since: dt.datetime, now: dt.datetime) -> None:
    """Mark services whose judgement moves though nobody writes.

    Those with an open outage, and those with an incident whose time ran out since an instant.
    """
    down = Outage.objects.filter(ends_at=None, archived_at=None, starts_at__lte=now)
    due = Incident.objects.still_open().filter(due_at__gte=since, due_at__lt=now)
    with transaction.atomic():
        marks.mark(
            subject_of(pk)
            for pk in {
                *down.values_list("service_id", flat=True),
                *due.values_list("service_id", flat=True),
            }
        )
