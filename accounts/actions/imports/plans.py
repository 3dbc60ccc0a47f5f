"""What the imports of people and of units share."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.actions.units import create_unit
from accounts.models import Unit
from common.audit import plain
from common.imports import ImportContext, Outcome, Plan, folded
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


def make_units(
    plans: Sequence[Plan], units: dict[str, Unit], context: ImportContext
) -> list[tuple[Plan, Unit]]:
    """Make the units that accepted records name and nobody knows, and put them among `units`.

    Returns the records that waited for one, each with its unit; three statements for each new one.
    """
    known, made = set(units), []
    for plan in plans:
        name = str(plan.record.fields.get("unit") or "").strip()
        if not name or folded(name) in known or not plan.writes:
            continue
        if folded(name) not in units:
            units[folded(name)] = create_unit(
                name, by=context.by, parent=context.root, source=context.source
            )
        made.append((plan, units[folded(name)]))
    return made


def moved_on(told: Outcome, now: Mapping[str, Any]) -> bool:
    """Return whether a row is no longer as the import left it."""
    return any(plain(now.get(name)) != value for name, value in told.after.items() if name in now)


def items_of(deed: str, told: Sequence[Outcome]) -> list[tuple[str, Subject, Any, Any]]:
    """Return the audit items of outcomes that were taken back."""
    return [(deed, one.subject, one.after, one.before) for one in told if one.subject]
