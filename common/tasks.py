"""The kernel's tasks: proof of life, and the next slice of waiting jobs."""

import time

from celery import shared_task

from common import clock, jobs
from common.models import Heartbeat


@shared_task(name="common.heartbeat")
def heartbeat() -> None:
    """Write that beat sent this and a worker carried it out."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"at": clock.now()})


@shared_task(name="common.jobs")
def work_on_jobs() -> None:
    """Work on waiting jobs for at most one slice's time."""
    ends_at = time.monotonic() + jobs.SLICE_SECONDS
    while time.monotonic() < ends_at:
        job = jobs.take()
        if job is None:
            return
        jobs.run_slice(job)
