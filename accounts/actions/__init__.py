"""Writes to people, units and roles."""

from accounts.actions.people import (
    VISIT_PAUSE,
    assign_role,
    create_person,
    note_visit,
    set_preferences,
)
from accounts.actions.units import create_unit, is_in_use, move_unit

__all__ = [
    "VISIT_PAUSE",
    "assign_role",
    "create_person",
    "create_unit",
    "is_in_use",
    "move_unit",
    "note_visit",
    "set_preferences",
]
