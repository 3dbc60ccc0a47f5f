"""The day the demo organisation lives in, and how its dates are counted from it."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from common import clock

ZONE = "Europe/Stockholm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Today in the municipality. Nothing in the demo has happened after its first minute."""

    today: dt.date

    @classmethod
    def now(cls) -> "Moment":
        """Return the moment of this very day."""
        return cls(today=clock.today(ZONE))

    @property
    def midnight(self) -> dt.datetime:
        """The instant at which today began."""
        return at(self.today, 0)

    def day(self, ago: int) -> dt.date:
        """Return the day so many days ago; a negative number lies ahead."""
        return self.today - dt.timedelta(days=ago)

    def working_day(self, ago: int) -> dt.date:
        """Return that day, or the Friday before when it falls on a weekend."""
        day = self.day(ago)
        return day - dt.timedelta(days=max(0, day.weekday() - 4))

    def hour(self, ago: int, hour: int, minute: int = 0) -> dt.datetime:
        """Return an instant of the working day so many days ago, in UTC."""
        return at(self.working_day(ago), hour, minute)


def at(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a local time of a day as an instant in UTC."""
    local = dt.datetime.combine(day, dt.time(hour, minute), ZoneInfo(ZONE))
    return local.astimezone(dt.UTC)
