"""Writes to the unit tree: one function per use case, audit inside."""

from typing import Any

from django.db import transaction

from accounts.models import Unit
from common import audit, clock, subjects
from common.errors import Refused
from common.models import WorkCalendar
from common.subjects import Subject


def step(pk: int) -> str:
    """Return a unit's own part of a path."""
    return f"{pk:06d}."


@transaction.atomic
def create_unit(  # noqa: PLR0913  one keyword per column of a unit
    name: str,
    *,
    by: Any,
    parent: Unit | None = None,
    kind: str = "department",
    currency: str = "",
    zone: str = "",
    calendar: WorkCalendar | None = None,
    is_confidential: bool = False,
    fiscal_start_month: int = 1,
    source: str = "",
    external_id: str | None = None,
) -> Unit:
    """Create a unit under its parent; without one an organisation, with currency and zone."""
    if not name.strip():
        raise Refused("accounts.unit_name_needed", field="name")
    if parent is None and not (currency and zone):
        raise Refused("accounts.organisation_needs_currency_and_zone", field="currency")
    unit = Unit(
        name=name.strip(),
        kind="organisation" if parent is None else kind,
        parent=parent,
        currency="" if parent else currency,
        zone="" if parent else zone,
        calendar=None if parent else calendar,
        is_confidential=is_confidential,
        fiscal_start_month=fiscal_start_month,
        source=source,
        external_id=external_id,
        path=f"new-{clock.now().timestamp()}-{name[:40]}",
    )
    unit.save()
    unit.path = (parent.path if parent else "") + step(unit.pk)
    unit.root_id = parent.root_id if parent else unit.pk
    unit.save(update_fields=["path", "root"])
    audit.record(
        "unit.created",
        Subject("unit", unit.pk),
        by=by,
        after=audit.snapshot(
            unit, ["name", "kind", "parent", "currency", "zone", "is_confidential"]
        ),
    )
    return unit


def is_in_use(root: Unit) -> bool:
    """Return whether an organisation has records: any registered kind that lives in units."""
    return any(
        kind.model._base_manager.filter(unit__root=root).exists()  # noqa: SLF001  the manager no subclass narrows
        for kind in subjects.kinds()
    )


@transaction.atomic
def move_unit(unit: Unit, *, parent: Unit, by: Any) -> Unit:
    """Move a unit and all below it; refused into itself, or out of its organisation."""
    if parent.path.startswith(unit.path):
        raise Refused("accounts.unit_cycle", field="parent", unit=unit.name, parent=parent.name)
    if unit.parent_id is None or parent.root_id != unit.root_id:
        raise Refused("accounts.unit_stays_in_organisation", field="parent", unit=unit.name)
    before = {"parent": unit.parent_id}
    old, new = unit.path, parent.path + step(unit.pk)
    for row in Unit.objects.below(old):
        Unit.objects.filter(pk=row.pk).update(path=new + row.path[len(old) :])
    unit.parent, unit.path = parent, new
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    audit.record(
        "unit.moved", Subject("unit", unit.pk), by=by, before=before, after={"parent": parent.pk}
    )
    return unit
