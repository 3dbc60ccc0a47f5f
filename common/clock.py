"""The only module that asks what time it is; everything else is told."""

import datetime as dt
from zoneinfo import ZoneInfo


def now() -> dt.datetime:
    """Return this instant, aware, in UTC."""
    return dt.datetime.now(dt.UTC)


def today(zone: str = "UTC") -> dt.date:
    """Return the local day in an IANA zone, e.g. ``Europe/Stockholm``."""
    return now().astimezone(ZoneInfo(zone)).date()
