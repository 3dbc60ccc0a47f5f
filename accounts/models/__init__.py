"""People, units and assignments."""

from accounts.models.assignment import Assignment
from accounts.models.unit import Unit
from accounts.models.user import User

__all__ = ["Assignment", "Unit", "User"]
