"""Writes of the exchange app: one function per step of an import's life."""

from exchange.actions.batches import (
    begin,
    checked_mapping,
    confirm,
    discard,
    end_here,
    go_on,
    is_at_work,
    read_on,
    start_undo,
    work,
)
from exchange.actions.founding import found_organisation
from exchange.actions.pace import Until
from exchange.actions.preparing import prepare

__all__ = [
    "Until",
    "begin",
    "checked_mapping",
    "confirm",
    "discard",
    "end_here",
    "found_organisation",
    "go_on",
    "is_at_work",
    "prepare",
    "read_on",
    "start_undo",
    "work",
]
