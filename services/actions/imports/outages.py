"""Outages of a file: dated facts, found again by number, closed when a later file knows the end."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from common import audit, clock
from common.imports import ImportContext, ImportedRecord, Outcome, Plan, kept, undone
from common.subjects import Subject
from services.actions.imports.places import Services, is_untouched
from services.actions.services import subject_of
from services.models import Outage
from services.models.outage import OUTAGE_KINDS

_FIELDS = ("service_id", "kind", "starts_at", "ends_at", "title")
_TITLE = 200


def compare_outages(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what would become of each record. Reads only; two statements."""
    return [plan.outcome("outage") for plan in _plans(records, context, writes=False)]


def apply_outages(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 outages. An open one is ended when a record gives its end.

    An older file than the newest import adds outages and ends open ones, but changes no other.
    """
    plans = _plans(records, context, writes=True)
    written = [plan for plan in plans if plan.writes]
    now = clock.now()
    fresh = [plan.row for plan in written if plan.is_new]
    for row in fresh:
        row.created_at = row.updated_at = row.seen_at = now
    Outage.objects.bulk_create(fresh, batch_size=500)
    _save([plan.row for plan in written if not plan.is_new])
    _record(
        "imported",
        context,
        [(Subject("outage", plan.row.pk), plan.before, plan.after) for plan in written],
        {plan.row.service_id for plan in written},
    )
    return [plan.outcome("outage") for plan in plans]


def undo_outages(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back imported outages whose row is untouched since: new ones go, changed ones return."""
    rows = Outage.objects.in_bulk([told.subject.id for told in outcomes if told.subject])
    answers, back, gone, items = [], [], [], []
    for told in outcomes:
        row = rows.get(told.subject.id) if told.subject else None
        if row is None or not is_untouched(row, told):
            answers.append(kept(told, "services.import_moved_on"))
            continue
        answers.append(undone(told))
        items.append((Subject("outage", row.pk), told.after, told.before))
        if told.state == "new":
            gone.append(row)
            continue
        for name, value in told.before.items():
            is_instant = name in {"starts_at", "ends_at"} and value
            setattr(row, name, dt.datetime.fromisoformat(value) if is_instant else value)
        back.append(row)
    touched = {row.service_id for row in [*back, *gone]}
    Outage.objects.filter(pk__in=[row.pk for row in gone]).delete()
    _save(back)
    _record("import_undone", context, items, touched)
    return answers


def _save(rows: Sequence[Outage]) -> None:
    now = clock.now()
    for row in rows:
        row.version += 1
        row.updated_at = row.seen_at = now
    fields = [name.removesuffix("_id") for name in _FIELDS]
    Outage.objects.bulk_update(rows, [*fields, "version", "updated_at", "seen_at"], batch_size=250)


def _record(
    deed: str,
    context: ImportContext,
    items: Sequence[tuple[Any, Any, Any]],
    services: Iterable[int],
) -> None:
    if items:
        audit.record_batch(
            f"outages.{deed}",
            by=context.by,
            batch=context.batch,
            items=[(f"outage.{deed}", *item) for item in items],
            affects=[subject_of(pk) for pk in services],
        )


def _plans(
    records: Sequence[ImportedRecord], context: ImportContext, *, writes: bool
) -> list[Plan]:
    places = Services(context, (str(r.fields.get("service") or "") for r in records))
    known = {
        row.external_id: row
        for row in Outage.objects.filter(
            source=context.source, external_id__in=[record.external_id for record in records]
        )
    }
    told: set[str] = set()
    plans = []
    for record in records:
        plan = Plan(record=record)
        _check(plan)
        if record.external_id in told:
            plan.refuse("", "services.import_twice")
        told.add(record.external_id)
        if not plan.code:
            _fill(plan, known.get(record.external_id), context, places, writes=writes)
        plans.append(plan)
    return plans


def _fill(
    plan: Plan, known: Outage | None, context: ImportContext, places: Services, *, writes: bool
) -> None:
    values = _values(plan.record, places, writes=writes)
    plan.row, plan.is_new = known, known is None
    if known is None:
        plan.row = Outage(
            source=context.source,
            external_id=plan.record.external_id,
            extra=dict(plan.record.extra),
        )
    elif not context.is_newest:
        # A dated fact that older news may add: that an open outage ended.
        values = {"ends_at": values["ends_at"]} if known.ends_at is None else {}
    for name, value in values.items():
        if plan.is_new or value is not None or name != "ends_at":
            plan.set(name, value)


def _values(record: ImportedRecord, places: Services, *, writes: bool) -> dict[str, Any]:
    fields = record.fields
    name = str(fields.get("service") or "")
    found = places.place(name) if writes else places.find(name)
    return {
        "service_id": found.pk if found else None,
        "kind": str(fields.get("kind") or "unplanned"),
        "starts_at": fields["starts_at"],
        "ends_at": fields.get("ends_at"),
        "title": str(fields.get("title") or "")[:_TITLE],
    }


def _check(plan: Plan) -> None:
    """Refuse a record that cannot be an outage."""
    fields = plan.record.fields
    starts_at, ends_at = fields.get("starts_at"), fields.get("ends_at")
    if starts_at is None:
        plan.refuse("starts_at", "services.import_no_start")
    elif ends_at is not None and ends_at <= starts_at:
        plan.refuse("ends_at", "services.ends_before_start")
    kind = fields.get("kind")
    if kind and str(kind) not in dict(OUTAGE_KINDS):
        plan.refuse("kind", "services.import_kind")
