"""One worker at a time, on either database, whatever process or machine it runs in."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import connection

from common.db import is_postgres, try_lock


class Busy(Exception):  # noqa: N818  an answer, not a fault
    """Another worker holds the lock for longer than one may wait."""


@contextmanager
def one_at_a_time(number: int, *, seconds: float = 20) -> Iterator[None]:
    """Hold a lock that only one worker can have; raise Busy after waiting that long.

    On PostgreSQL it ends with the transaction, which the caller must have open; on SQLite, whose
    workers share a machine, it is a file lock beside the database. Neither outlives its holder.
    Asked for by trying: a statement that waits would meet the database's own time-outs.
    """
    give_up_at = time.monotonic() + seconds
    with ExitStack() as held:
        take = _advisory(number) if is_postgres() else _file_lock(number, held)
        while not take():
            if time.monotonic() >= give_up_at:
                raise Busy(number)
            time.sleep(0.02)
        yield


def _advisory(number: int) -> Callable[[], bool]:
    return lambda: try_lock(number)


def _file_lock(number: int, held: ExitStack) -> Callable[[], bool]:
    path = Path(f"{connection.settings_dict['NAME']}.lock-{number}")
    file = held.enter_context(path.open("w"))

    def take() -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    return take
