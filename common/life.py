"""Proof of life: worker and beat each write their row while they run, whatever else they do.

Health is read from the age of the rows, never by asking the broker: a queue that is merely long is
no fault, and a broker that hangs must not hang a page.
"""

import logging
import threading
from typing import Any

from celery.signals import beat_embedded_init, beat_init, worker_ready, worker_shutting_down
from django.db import DatabaseError, close_old_connections

from common import clock
from common.models import Heartbeat

EVERY_SECONDS = 15

log = logging.getLogger(__name__)
_stopping = threading.Event()


def beat_once(name: str) -> None:
    """Write that the named part lives now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": clock.now()})


def _keep_beating(name: str) -> None:
    while not _stopping.is_set():
        close_old_connections()
        try:
            beat_once(name)
        except DatabaseError:
            log.warning("no sign of life could be written for %s; trying again", name)
        _stopping.wait(EVERY_SECONDS)


def _start(name: str) -> None:
    threading.Thread(target=_keep_beating, args=(name,), daemon=True, name=f"life-{name}").start()


@worker_ready.connect
def _worker_lives(**kwargs: Any) -> None:
    _start("worker")


@beat_init.connect
@beat_embedded_init.connect
def _beat_lives(**kwargs: Any) -> None:
    _start("beat")


@worker_shutting_down.connect
def _worker_ends(**kwargs: Any) -> None:
    _stopping.set()
