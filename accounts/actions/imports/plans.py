"""What the imports of people and of units share."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.models import Unit
from common.audit import plain
from common.imports import Outcome, folded
from common.subjects import Subject


def units_by_name(root: Unit) -> dict[str, Unit]:
    """Return the units of an organisation by folded name and source number; one statement."""
    found: dict[str, Unit] = {}
    # Of two with one name the one nearer to the root wins.
    for unit in Unit.objects.below(root.path).filter(archived_at=None).order_by("-path"):
        if unit.external_id:
            found[folded(unit.external_id)] = unit
        found[folded(unit.name)] = unit
    return found


def moved_on(told: Outcome, now: Mapping[str, Any]) -> bool:
    """Return whether a row is no longer as the import left it."""
    return any(plain(now.get(name)) != value for name, value in told.after.items() if name in now)


def items_of(deed: str, told: Sequence[Outcome]) -> list[tuple[str, Subject, Any, Any]]:
    """Return the audit items of outcomes that were taken back."""
    return [(deed, one.subject, one.after, one.before) for one in told if one.subject]
