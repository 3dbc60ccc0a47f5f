"""The Celery app and the whole schedule.

Messages carry ids or nothing: the database says what there is to do, so a lost, late,
repeated or reordered message is harmless (docs/architecture.md, "How data flows").
Every entry expires after its own interval, so a worker that was away does not find a heap.
Schedules are in UTC; what a local day or month is, the tasks work out themselves.
"""

import gc
import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_process_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("brygga")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@worker_process_init.connect
def spare_the_collector(**kwargs: object) -> None:
    """Let the collector pass over what the start has built, and come by less often.

    A roll-up makes some hundred thousand short-lived rows, none of them in a circle.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _every(seconds: float, task: str) -> dict[str, object]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds}}


app.conf.beat_schedule = {
    # Re-stand what an edit has marked: the dashboard follows within seconds.
    "sweep": _every(3, "portfolio.sweep"),
    # Imports, exports and recalculations in slices of at most 20 seconds.
    "jobs": _every(2, "common.jobs"),
    # Everything once an hour: time itself moves figures, without any edit.
    "full": {
        "task": "portfolio.full",
        "schedule": crontab(minute=7),
        "options": {"expires": 3600},
    },
    # Looks for local days that have ended and have no snapshot; also fills missed ones.
    "day-end": _every(300, "portfolio.day_end"),
    # An edited calendar changes when open incidents are due.
    "clocks": _every(300, "services.refresh_clocks"),
    "tidy": {
        "task": "common.tidy",
        "schedule": crontab(hour=2, minute=11),
        "options": {"expires": 3600},
    },
    # Staged rows that no preview, report or undo needs any more.
    "tidy-imports": {
        "task": "exchange.tidy",
        "schedule": crontab(hour=2, minute=23),
        "options": {"expires": 3600},
    },
    # Incremental against full, difference exactly zero.
    "verify": {
        "task": "portfolio.verify",
        "schedule": crontab(hour=1, minute=37),
        "options": {"expires": 3600},
    },
}
