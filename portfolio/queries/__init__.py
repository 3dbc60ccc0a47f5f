"""What the roof's pages read, each function in one statement unless it says otherwise."""

from portfolio.queries.board import (
    Counts,
    Place,
    board_counts,
    flow,
    project_rows,
    service_rows,
    trend,
)
from portfolio.queries.feed import Decision, Moved, changes_since, decisions
from portfolio.queries.search import Hit, search
from portfolio.queries.today import Mine, Overdue, mine, overdue
from portfolio.queries.weeks import Planned, Weeks, planned

__all__ = [
    "Counts",
    "Decision",
    "Hit",
    "Mine",
    "Moved",
    "Overdue",
    "Place",
    "Planned",
    "Weeks",
    "board_counts",
    "changes_since",
    "decisions",
    "flow",
    "mine",
    "overdue",
    "planned",
    "project_rows",
    "search",
    "service_rows",
    "trend",
]
