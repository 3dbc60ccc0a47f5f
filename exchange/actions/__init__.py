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
from exchange.actions.uploads import (
    begin_matched,
    keep_upload,
    let_go,
    look_elsewhere,
    remember,
    tidy_uploads,
    turn_to,
)

__all__ = [
    "Until",
    "begin",
    "begin_matched",
    "checked_mapping",
    "confirm",
    "discard",
    "end_here",
    "found_organisation",
    "go_on",
    "is_at_work",
    "keep_upload",
    "let_go",
    "look_elsewhere",
    "prepare",
    "read_on",
    "remember",
    "start_undo",
    "tidy_uploads",
    "turn_to",
    "work",
]
