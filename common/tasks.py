"""The kernel's tasks: the next slices of waiting jobs, and tidying."""

import datetime as dt
import time

from celery import shared_task

from common import clock, jobs, life  # noqa: F401  life listens to the worker's signals
from common.models import FormKey

FORM_KEYS_KEPT = dt.timedelta(days=7)


@shared_task(name="common.jobs")
def work_on_jobs() -> None:
    """Work on waiting jobs for at most one slice's time."""
    ends_at = time.monotonic() + jobs.SLICE_SECONDS
    while time.monotonic() < ends_at:
        job = jobs.take()
        if job is None:
            return
        jobs.run_slice(job)


@shared_task(name="common.tidy")
def tidy() -> None:
    """Forget form keys that no open page can post any more."""
    FormKey.objects.filter(at__lt=clock.now() - FORM_KEYS_KEPT).delete()
