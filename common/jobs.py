"""Long work in slices: taken under a lease, resumed from its cursor, counted when it falls.

A slice ends by itself after at most `SLICE_SECONDS`. A worker that is killed loses nothing but
its lease; another takes the job when the lease runs out. Three falls and the job is failed,
visibly, instead of felling workers for ever.
"""

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.db import unclaimed
from common.errors import Refused
from common.models import Job

SLICE_SECONDS = 15
LEASE = dt.timedelta(seconds=45)
MOST_ATTEMPTS = 3

log = logging.getLogger(__name__)


class LeaseLost(Exception):  # noqa: N818  an answer to the slice, not a fault
    """Another worker has taken the job, or a person has stopped it; the open chunk rolls back."""


@dataclass(slots=True)
class Slice:
    """One turn at a job: says when to stop and keeps the progress."""

    job: Job
    ends_at: float

    def is_over(self) -> bool:
        """Whether the turn is up; check between chunks."""
        return time.monotonic() >= self.ends_at

    def advance(self, *, cursor: dict[str, Any], done: int, total: int | None = None) -> None:
        """Keep how far the work has come, renew the lease; call in the chunk's transaction."""
        held, job = self.job.lease_until, self.job
        job.cursor, job.done, job.lease_until = cursor, done, clock.now() + LEASE
        job.total = job.total if total is None else total
        # A chunk that was written is a success: only falls in a row count.
        job.attempts = 1
        kept = Job.objects.filter(pk=job.pk, state="running", lease_until=held).update(
            cursor=cursor, done=done, total=job.total, lease_until=job.lease_until, attempts=1
        )
        if not kept:
            raise LeaseLost


#: work name -> function that does a slice and returns True when all is done
_WORK: dict[str, Callable[[Slice], bool]] = {}


def register(work: str, do: Callable[[Slice], bool]) -> None:
    """Say which function does a kind of work; called when the app starts."""
    _WORK[work] = do


def start(work: str, *, by: Any, params: dict[str, Any], total: int = 0) -> Job:
    """Write a job for the next tick; the caller's transaction decides whether it exists."""
    if work not in _WORK:
        raise LookupError(work)
    return Job.objects.create(
        work=work, params=params, total=total, created_by=by, created_at=clock.now()
    )


def take() -> Job | None:
    """Take the oldest waiting job under a lease, or None; fails one that has fallen too often."""
    now = clock.now()
    with transaction.atomic():
        job: Job | None = unclaimed(Job.objects.waiting(now)).first()
        if job is None:
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _end(job, "failed", {"code": "common.job_lost", "params": {}})
            return None
        job.state, job.attempts, job.lease_until = "running", job.attempts + 1, now + LEASE
        job.save(update_fields=["state", "attempts", "lease_until"])
    return job


def run_slice(job: Job) -> None:
    """Do one slice of a job; what goes wrong stands on the job as a code, never lost in a log."""
    turn = Slice(job, time.monotonic() + SLICE_SECONDS)
    try:
        finished = _WORK[job.work](turn)
    except LeaseLost:
        log.warning("job %s was taken over or stopped", job.pk)
    except Refused as refusal:
        _end(job, "failed", {"code": refusal.code, "params": dict(refusal.params)})
    except Exception as fault:
        log.exception("job %s", job.pk)
        _end(
            job, "failed", {"code": "common.job_failed", "params": {"error": type(fault).__name__}}
        )
    else:
        if finished:
            _end(job, "done", {})
        else:
            _held(job).update(state="queued", attempts=0)


def run_to_end(job: Job) -> Job:
    """Do a job here and now, slice after slice; for the command line and tests."""
    while not job.is_over:
        job.state, job.lease_until = "running", clock.now() + LEASE
        job.save(update_fields=["state", "lease_until"])
        run_slice(job)
        job.refresh_from_db()
    return job


def _held(job: Job) -> QuerySet[Job]:
    """Return the job's row if this worker may still speak for it.

    Whoever took it over holds a later lease, and a person may have stopped it meanwhile. Not
    equality: the chunk that renewed the lease may have been rolled back.
    """
    return Job.objects.filter(pk=job.pk, state="running", lease_until__lte=job.lease_until)


def _end(job: Job, state: str, error: dict[str, Any]) -> None:
    job.state, job.error, job.ended_at = state, error, clock.now()
    names = ("state", "error", "ended_at", "result", "done", "total")
    _held(job).update(**{name: getattr(job, name) for name in names})
