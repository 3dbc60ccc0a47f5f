"""Services of a file: made in their unit, found again by number, else by name."""

from collections.abc import Mapping, Sequence
from typing import Any

from accounts.actions.imports.plans import make_units, units_by_name
from accounts.models import Unit
from common import audit, clock
from common.imports import ImportContext, ImportedRecord, Outcome, Plan, folded, kept, undone
from services.actions.imports.places import is_untouched
from services.actions.services import subject_of
from services.domain.lifecycle import Status
from services.models import Service, StatusEntry

_RESTORED = ("name", "unit_id", "owner_name", "tier", "status", "source", "external_id", "extra")
_SAVED = [
    *(name.removesuffix("_id") if name == "unit_id" else name for name in _RESTORED),
    "status_on",
    "seen_at",
    "version",
    "updated_at",
    "archived_at",
]
_TIERS = {"1": 1, "2": 2, "3": 3, "4": 4, "critical": 1, "important": 2, "ordinary": 3, "minor": 4}


def compare_services(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what would become of each record. Reads only; two statements."""
    units = units_by_name(context.root)
    return [plan.outcome("service") for plan in _plans(records, units, context)]


def apply_services(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 services. A service that the file found by name takes its number.

    Units that the file may make are made when an accepted service first names them.
    An older file than the newest import makes services that are not there and changes none.
    """
    units = units_by_name(context.root)
    plans = _plans(records, units, context)
    for plan, unit in make_units(plans, units, context):
        plan.row.unit = unit
        plan.after["unit_id"] = unit.pk
    fresh = [plan for plan in plans if plan.state == "new"]
    changed = [plan for plan in plans if plan.state == "changed"]
    now = clock.now()
    for plan in fresh:
        plan.row.created_at = plan.row.updated_at = now
    Service.objects.bulk_create([plan.row for plan in fresh], batch_size=500)
    _save([plan.row for plan in changed])
    StatusEntry.objects.bulk_create(
        StatusEntry(service=plan.row, status=plan.row.status, on=context.as_of)
        for plan in [*fresh, *changed]
        if "status" in plan.after or plan.is_new
    )
    _record(
        "imported",
        context,
        [(subject_of(plan.row.pk), plan.before, plan.after) for plan in [*fresh, *changed]],
    )
    return [plan.outcome("service") for plan in plans]


def undo_services(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back imported services whose row is untouched since.

    A new one is archived, because incidents may hang on it by now; a changed one is as before.
    """
    rows = Service.objects.in_bulk([told.subject.id for told in outcomes if told.subject])
    answers, back, items = [], [], []
    for told in outcomes:
        row = rows.get(told.subject.id) if told.subject else None
        if row is None or not is_untouched(row, told):
            answers.append(kept(told, "services.import_moved_on"))
            continue
        if told.state == "new":
            row.archived_at = clock.now()
        for name in told.before.keys() & set(_RESTORED):
            setattr(row, name, told.before[name])
        back.append(row)
        items.append((subject_of(row.pk), told.after, told.before))
        answers.append(undone(told))
    _save(back)
    _record("import_undone", context, items)
    return answers


def _save(rows: Sequence[Service]) -> None:
    now = clock.now()
    for row in rows:
        row.version += 1
        row.updated_at = now
    Service.objects.bulk_update(rows, _SAVED, batch_size=250)


def _record(deed: str, context: ImportContext, items: Sequence[tuple[Any, Any, Any]]) -> None:
    if items:
        audit.record_batch(
            f"services.{deed}",
            by=context.by,
            batch=context.batch,
            items=[(f"service.{deed}", *item) for item in items],
        )


def _plans(
    records: Sequence[ImportedRecord], units: Mapping[str, Unit], context: ImportContext
) -> list[Plan]:
    by_number: dict[str, Service] = {}
    by_name: dict[str, Service] = {}
    for row in Service.objects.filter(root=context.root, archived_at=None).order_by("-pk"):
        if row.source == context.source and row.external_id:
            by_number[row.external_id] = row
        by_name[folded(row.name)] = row
    plans: list[Plan] = []
    told: set[str | int] = set()
    for record in records:
        name = folded(str(record.fields.get("name") or ""))
        known = by_number.get(record.external_id) or by_name.get(name)
        plan = _plan(record, known, units, context)
        marks = {record.external_id, known.pk if known else name}
        if told & marks and not plan.code:
            plan.refuse("", "services.import_twice")
        told |= marks
        plans.append(plan)
    return plans


def _plan(
    record: ImportedRecord, known: Service | None, units: Mapping[str, Unit], context: ImportContext
) -> Plan:
    plan = Plan(record=record, row=known, is_new=known is None)
    values = _values(plan, units, context)
    if plan.code or (known is not None and not context.is_newest):
        return plan
    if known is None:
        plan.row = Service(
            root=context.root,
            unit_id=context.root.pk,
            status=Status.OPERATIONAL.value,
            status_on=context.as_of,
        )
    for name, value in values.items():
        plan.set(name, value)
    plan.set("source", context.source)
    plan.set("external_id", record.external_id)
    plan.set("extra", {**plan.row.extra, **record.extra})
    if "status" in plan.after:
        plan.row.status_on = context.as_of
    plan.row.seen_at = clock.now()
    return plan


def _values(plan: Plan, units: Mapping[str, Unit], context: ImportContext) -> dict[str, Any]:
    """Return the fields a record sets; the plan is refused when one of them cannot be."""
    given = {name: str(value or "").strip() for name, value in plan.record.fields.items()}
    if not given.get("name"):
        plan.refuse("name", "services.import_name_needed")
    values: dict[str, Any] = {
        name: given[name] for name in ("name", "owner_name") if given.get(name)
    }
    if named := given.get("unit"):
        unit = units.get(folded(named))
        values["unit_id"] = unit.pk if unit else None  # one to be made has no number yet
        if unit is None and not context.creates_parents:
            plan.refuse("unit", "services.import_unit_unknown", value=named)
    if status := given.get("status"):
        values["status"] = status
        if status not in set(Status):
            plan.refuse("status", "services.import_status", value=status)
    if tier := given.get("tier"):
        values["tier"] = _TIERS.get(folded(tier))
        if values["tier"] is None:
            plan.refuse("tier", "services.import_tier", value=tier)
    return values
