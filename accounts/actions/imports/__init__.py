"""What records of a file mean for people and units: the app's side of `common.imports`."""

from accounts.actions.imports.people import apply_people, compare_people, undo_people
from accounts.actions.imports.units import apply_units, compare_units, undo_units

__all__ = [
    "apply_people",
    "apply_units",
    "compare_people",
    "compare_units",
    "undo_people",
    "undo_units",
]
