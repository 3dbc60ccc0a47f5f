"""How long a piece of work may go on, and where it keeps how far it has come."""

import time
from typing import Any, Protocol

from common.db import CHUNK, is_postgres, wait_for_lock

_LOCK = 7_102


def take_turn(root_id: int) -> None:
    """Wait until no other import writes into that organisation; in the chunk's transaction.

    Two imports that name the same unknown unit, service or person would otherwise both make it.
    """
    wait_for_lock(_LOCK, root_id)


class Pace(Protocol):
    """A turn at some work; `common.jobs.Slice` is one."""

    def is_over(self) -> bool:
        """Return whether to stop after this chunk."""

    def advance(self, *, cursor: dict[str, Any], done: int, total: int | None = None) -> None:
        """Keep how far the work has come; called in the chunk's transaction."""


class Until:
    """A turn without a job: in a request for some seconds, or on the command line to the end."""

    def __init__(self, seconds: float | None = None) -> None:
        self._ends_at = None if seconds is None else time.monotonic() + seconds

    def is_over(self) -> bool:
        """Return whether the seconds are over."""
        return self._ends_at is not None and time.monotonic() >= self._ends_at

    def advance(self, *, cursor: dict[str, Any], done: int, total: int | None = None) -> None:
        """Keep nothing: the import's own row has it."""


class ChunkSize:
    """How many records to write at once.

    SQLite has one writer at a time and people are waiting for it, so a transaction there is held
    near 60 ms; PostgreSQL takes the most that apps take at once.
    """

    MOST = CHUNK
    LEAST = 10
    SECONDS = 0.06

    def __init__(self) -> None:
        self.size = self.MOST if is_postgres() else 50

    def learn(self, seconds: float, written: int) -> None:
        """Adjust to how long the last transaction took for that many records."""
        if is_postgres() or not written:
            return
        fitting = int(written * self.SECONDS / max(seconds, 0.001))
        # Growing slowly, shrinking at once: a long transaction keeps others waiting.
        self.size = max(self.LEAST, min(fitting, self.size * 2, self.MOST))
