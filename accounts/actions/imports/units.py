"""Units of a file: placed under their parents, found again by number, else by name."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts.actions.imports.plans import items_of, moved_on, units_by_name
from accounts.actions.units import create_unit, move_unit, step
from accounts.models import Unit
from common import audit, clock
from common.imports import (
    ImportContext,
    ImportedRecord,
    Outcome,
    Plan,
    folded,
    kept,
    undone,
)
from common.subjects import Subject

_KINDS = {"portfolio", "programme", "department"}
_OWN = ("name", "kind")


def compare_units(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what would become of each record. Reads only; two statements."""
    return [plan.outcome("unit") for plan in _plans(records, context)]


def apply_units(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 units; a parent may stand anywhere in the same chunk, or be there already.

    A parent that is only named is made where the file may. A unit found by name takes its number.
    An older file than the newest import makes units that are not there and changes none.
    """
    plans = _plans(records, context)
    _make_parents(plans, context)
    fresh = [plan for plan in plans if plan.state == "new"]
    changed = [plan for plan in plans if plan.state == "changed"]
    _create(fresh, context)
    for plan in changed:
        if "parent" in plan.after:
            move_unit(plan.row, parent=plan.after["parent"], by=context.by)
        Unit.objects.filter(pk=plan.row.pk).update(
            **{
                name: plan.after[name]
                for name in (*_OWN, "source", "external_id")
                if name in plan.after
            }
        )
    if fresh or changed:
        audit.record_batch(
            "units.imported",
            by=context.by,
            batch=context.batch,
            items=[
                ("unit.imported", Subject("unit", plan.row.pk), plan.before, plan.after)
                for plan in [*fresh, *changed]
            ],
        )
    return [plan.outcome("unit") for plan in plans]


def undo_units(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back imported units that are as the import left them; a new one only while empty."""
    rows = Unit.objects.in_bulk([told.subject.id for told in outcomes if told.subject])
    answers: dict[int, Outcome] = {}
    fresh: list[tuple[Outcome, Unit]] = []
    for told in outcomes:
        row = rows.get(told.subject.id) if told.subject else None
        if row is None or moved_on(told, _now(row)):
            answers[told.row] = kept(told, "accounts.import_moved_on")
        elif told.state == "new":
            fresh.append((told, row))
        else:
            _restore(row, told, context)
            answers[told.row] = undone(told)
    # Children first: the deepest path is the longest.
    for told, row in sorted(fresh, key=lambda pair: -len(pair[1].path)):
        answers[told.row] = (
            undone(told) if _removed(row) else kept(told, "accounts.import_has_history")
        )
    audit.record_batch(
        "units.import_undone",
        by=context.by,
        batch=context.batch,
        items=items_of(
            "unit.import_undone",
            [told for told in outcomes if answers[told.row].state == "changed"],
        ),
    )
    return [answers[told.row] for told in outcomes]


def _now(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "kind": unit.kind,
        "parent": unit.parent_id,
        "external_id": unit.external_id,
    }


def _removed(unit: Unit) -> bool:
    try:
        with transaction.atomic():
            unit.delete()
    except ProtectedError:
        return False
    return True


def _restore(unit: Unit, told: Outcome, context: ImportContext) -> None:
    before = dict(told.before)
    parent = Unit.objects.filter(pk=before.pop("parent", None)).first()
    if parent is not None:
        move_unit(unit, parent=parent, by=context.by)
    Unit.objects.filter(pk=unit.pk).update(**before)


def _plans(records: Sequence[ImportedRecord], context: ImportContext) -> list[Plan]:
    known = units_by_name(context.root)
    numbered = {
        unit.external_id: unit
        for unit in Unit.objects.filter(
            source=context.source, external_id__in=[record.external_id for record in records]
        )
    }
    plans, named, told = [], dict(known), set()
    for record in records:
        name = str(record.fields.get("name") or "").strip()
        row = numbered.get(record.external_id) or known.get(folded(name))
        plan = Plan(record=record, row=row or Unit(name=name), is_new=row is None)
        if not name:
            plan.refuse("name", "accounts.unit_name_needed")
        elif row is not None and row.root_id != context.root.pk:
            plan.refuse("", "accounts.unit_elsewhere", unit=name)
        elif folded(name) in told:
            plan.refuse("name", "accounts.import_twice", name=name)
        told.add(folded(name))
        if not plan.code:
            named.setdefault(folded(name), plan.row)
            named.setdefault(folded(record.external_id), plan.row)
        plans.append(plan)
    for plan in plans:
        if not plan.code:
            _fill(plan, named, context)
    _refuse_circles(plans)
    return plans


def _fill(plan: Plan, named: dict[str, Unit], context: ImportContext) -> None:
    """Set what the record changes on its unit; refused when its parent is nowhere."""
    fields, row = plan.record.fields, plan.row
    stated = folded(fields.get("parent"))
    parent = named.get(stated) if stated else (context.root if plan.is_new else None)
    if stated and parent is None and context.creates_parents:
        parent = named[stated] = Unit(name=str(fields["parent"]).strip(), parent=context.root)
    if stated and parent is None:
        plan.refuse("parent", "accounts.unit_unknown", unit=str(fields["parent"]))
        return
    if row.pk == context.root.pk or not (plan.is_new or context.is_newest):
        return
    values: dict[str, Any] = {
        "name": str(fields["name"]).strip(),
        "source": context.source,
        "external_id": plan.record.external_id,
    }
    if fields.get("kind") in _KINDS:
        values["kind"] = fields["kind"]
    for name, value in values.items():
        plan.set(name, value)
    if parent is not None and (plan.is_new or row.parent_id != parent.pk):
        plan.before |= {} if plan.is_new else {"parent": row.parent_id}
        plan.after["parent"] = parent


def _refuse_circles(plans: Sequence[Plan]) -> None:
    """Refuse records whose parents lead back to themselves, or to a record that is refused."""
    by_row = {id(plan.row): plan for plan in plans}
    for plan in plans:
        seen, at = {id(plan.row)}, plan
        while "parent" in at.after and not at.code:
            parent = at.after["parent"]
            if id(parent) in seen:
                plan.refuse("parent", "accounts.unit_in_circle", unit=plan.row.name)
                break
            seen.add(id(parent))
            above = by_row.get(id(parent))
            if above is None:
                break
            at = above
        if at.code and at is not plan and not plan.code:
            plan.refuse(
                "parent", "accounts.unit_unknown", unit=str(plan.record.fields.get("parent") or "")
            )


def _make_parents(plans: Sequence[Plan], context: ImportContext) -> None:
    """Make the parents that accepted records name and no record is about, below the root."""
    about, made = {id(plan.row) for plan in plans}, {}
    for plan in plans:
        parent = plan.after.get("parent")
        if not plan.writes or parent is None or parent.pk or id(parent) in about:
            continue
        if id(parent) not in made:
            made[id(parent)] = create_unit(
                parent.name, by=context.by, parent=context.root, source=context.source
            )
        plan.after["parent"] = made[id(parent)]


def _create(plans: Sequence[Plan], context: ImportContext) -> None:
    """Insert new units, then give them their paths from the top down."""
    stamp = clock.now().timestamp()
    for number, plan in enumerate(plans):
        unit = plan.row
        unit.kind = plan.after.get("kind", "department")
        unit.parent, unit.root_id = context.root, context.root.pk
        unit.path = f"new-{stamp}-{number}"
    Unit.objects.bulk_create([plan.row for plan in plans], batch_size=500)
    waiting = list(plans)
    ready = {context.root.pk} | {unit.pk for unit in Unit.objects.below(context.root.path)}
    while waiting:
        placed = [plan for plan in waiting if plan.after["parent"].pk in ready]
        for plan in placed:
            plan.row.parent = plan.after["parent"]
            plan.row.path = plan.row.parent.path + step(plan.row.pk)
        ready |= {plan.row.pk for plan in placed}
        waiting = [plan for plan in waiting if plan.row.pk not in ready]
    Unit.objects.bulk_update([plan.row for plan in plans], ["parent", "path"], batch_size=250)
