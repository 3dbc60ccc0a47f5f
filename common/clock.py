"""The only module that asks what time it is; everything else is told."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

_SET: ContextVar[dt.datetime | None] = ContextVar("clock", default=None)


def now() -> dt.datetime:
    """Return this instant, aware, in UTC."""
    return _SET.get() or dt.datetime.now(dt.UTC)


def today(zone: str = "UTC") -> dt.date:
    """Return the local day in an IANA zone, e.g. ``Europe/Stockholm``."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def standing_at(instant: dt.datetime) -> Iterator[None]:
    """Let it be another instant within the block, for history that is entered afterwards."""
    token = _SET.set(instant)
    try:
        yield
    finally:
        _SET.reset(token)
