"""The services app's own task."""

import datetime as dt

from celery import shared_task

from common import clock
from services.actions import clocks

LOOK_BACK = dt.timedelta(minutes=15)


@shared_task(name="services.refresh_clocks")
def refresh_clocks() -> None:
    """Bring open incidents under hours and terms that have been changed since.

    What only time has moved is marked: what lies a little longer back than the task's own
    interval too, so that a late turn misses nothing.
    """
    clocks.refresh_open()
    now = clock.now()
    clocks.mark_what_time_moves(since=now - LOOK_BACK, now=now)
