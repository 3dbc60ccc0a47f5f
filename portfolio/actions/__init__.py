"""Writes of the roof."""

from portfolio.actions.days import close_missed_days, reopen_day, write_day
from portfolio.actions.rollup import full, sweep, verify

__all__ = ["close_missed_days", "full", "reopen_day", "sweep", "verify", "write_day"]
