"""Tickets: what a file tells of incidents, merged with what is known, clocks included."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common import audit, clock
from common.bulk import insert_objects, insert_rows
from common.imports import ImportContext, ImportedRecord, Outcome, Plan, kept, undone
from common.subjects import Subject
from services.actions.clocks import apply_clock, compute, steps_of
from services.actions.imports.places import Services, is_untouched
from services.actions.services import subject_of
from services.domain.histories import merge, told_by_row
from services.domain.incidents import Step, outcome
from services.models import Incident, StatusSpan
from services.models.agreement import PRIORITIES
from services.queries.terms import NO_TERMS, terms_of

#: fields a record sets as they stand
_PLAIN = (
    "title",
    "priority",
    "opened_at",
    "reopen_count",
    "category",
    "group_name",
    "made_sla_reported",
    "is_major",
)
#: fields whose change is told, and put back by undo
_COMPARED = (
    *_PLAIN,
    "service_id",
    "state",
    "responded_at",
    "resolved_at",
    "closed_at",
    "extra",
)
_INSTANTS = frozenset({"opened_at", "responded_at", "resolved_at", "closed_at"})
#: links to other records of the source, kept as its own words
_LINKS = ("caused_by_change", "problem_id")
_WRITTEN = [
    field.name
    for field in Incident._meta.concrete_fields  # noqa: SLF001  Django's own public-by-convention name
    if field.name not in {"id", "source", "external_id"}
]


@dataclass(slots=True, kw_only=True)
class _Plan(Plan):
    """An incident's plan knows its history too; `rewrites` when that is written anew."""

    steps: tuple[Step, ...] = ()
    rewrites: bool = False


def compare_tickets(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what would become of each record. Reads only; three statements."""
    places = Services(context, (_service_name(record) for record in records))
    return [plan.outcome("incident") for plan in _plans(records, context, places, writes=False)]


def apply_tickets(records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write at most 500 incidents with history and clocks, in a constant number of statements.

    Unknown services are made where the file may make them, else the incident goes to the
    organisation's service "Unassigned"; it is never refused for that. An older file than the
    newest import adds history and incidents but changes no present field.
    """
    places = Services(context, (_service_name(record) for record in records))
    plans = _plans(records, context, places, writes=True)
    moved = [plan for plan in plans if plan.writes]
    _compute_clocks(moved)
    _write(moved)
    _record(
        "imported",
        context,
        [(Subject("incident", plan.row.pk), plan.before, plan.after) for plan in moved],
        {pk for plan in moved for pk in (plan.row.service_id, plan.before.get("service_id")) if pk},
    )
    return [plan.outcome("incident") for plan in plans]


def undo_tickets(outcomes: Sequence[Outcome], context: ImportContext) -> list[Outcome]:
    """Take back imported incidents whose row is untouched since; others are refused.

    A new one goes with its history, a changed one is as it was before. In the caller's
    transaction; returns an outcome per given one.
    """
    rows = Incident.objects.in_bulk([told.subject.id for told in outcomes if told.subject])
    steps = steps_of(list(rows))
    touched = {row.service_id for row in rows.values()}
    answers, restored, gone, items = [], [], [], []
    for told in outcomes:
        row = rows.get(told.subject.id) if told.subject else None
        if row is None or not is_untouched(row, told):
            answers.append(kept(told, "services.import_moved_on"))
            continue
        if told.state == "new":
            gone.append(row.pk)
        else:
            restored.append(_restored(row, told, steps[row.pk]))
        items.append((Subject("incident", row.pk), told.after, told.before))
        answers.append(undone(told))
    Incident.objects.filter(pk__in=gone).delete()
    _compute_clocks(restored)
    _write(restored)
    touched |= {plan.row.service_id for plan in restored}
    _record("import_undone", context, items, touched)
    return answers


def _record(
    deed: str,
    context: ImportContext,
    items: Sequence[tuple[Any, Any, Any]],
    services: Iterable[int],
) -> None:
    if items:
        audit.record_batch(
            f"incidents.{deed}",
            by=context.by,
            batch=context.batch,
            items=[(f"incident.{deed}", *item) for item in items],
            affects=[subject_of(pk) for pk in services],
        )


def _service_name(record: ImportedRecord) -> str:
    return str(record.fields.get("service") or "")


def _plans(
    records: Sequence[ImportedRecord], context: ImportContext, places: Services, *, writes: bool
) -> list[_Plan]:
    known = {
        row.external_id: row
        for row in Incident.objects.filter(
            source=context.source, external_id__in=[record.external_id for record in records]
        )
    }
    steps = steps_of([row.pk for row in known.values()]) if known else {}
    plans: list[_Plan] = []
    told: set[str] = set()
    for record in records:
        row = known.get(record.external_id)
        plan = _Plan(
            record=record,
            row=row or Incident(source=context.source, external_id=record.external_id),
            is_new=row is None,
            steps=tuple(steps.get(row.pk, ())) if row is not None else (),
        )
        _check(plan)
        if record.external_id in told:
            plan.refuse("", "services.import_twice")
        told.add(record.external_id)
        if not plan.code:
            _fill(plan, context, places, writes=writes)
        plans.append(plan)
    return plans


def _check(plan: Plan) -> None:
    """Refuse a record that cannot be an incident."""
    fields = plan.record.fields
    opened, resolved = fields.get("opened_at"), fields.get("resolved_at")
    if opened is None:
        plan.refuse("opened_at", "services.import_no_opening")
    elif resolved is not None and resolved < opened:
        plan.refuse("resolved_at", "services.import_resolved_first")
    priority = fields.get("priority")
    if priority is not None and not 1 <= priority <= PRIORITIES[-1][0]:
        plan.refuse("priority", "services.import_priority")


def _fill(plan: _Plan, context: ImportContext, places: Services, *, writes: bool) -> None:
    """Set on the row what the record tells, and note what that changes."""
    row, known = plan.row, plan.steps
    counts = plan.is_new or context.is_newest
    had = row.priority
    before = {} if plan.is_new else {name: getattr(row, name) for name in _COMPARED}
    if counts:
        _set_plain(plan)
        if plan.is_new or plan.record.fields.get("service"):
            _place(row, plan.record, places, writes=writes)
    plan.steps = _history(plan.record, known, _seen_at(context), had if counts else None)
    plan.rewrites = plan.is_new or plan.steps != known
    if counts or plan.rewrites:
        _settle(row, plan.steps, plan.record.fields if counts else {})
    plan.after = {
        name: getattr(row, name)
        for name in _COMPARED
        if plan.is_new or getattr(row, name) != before[name]
    }
    plan.before = {name: before[name] for name in plan.after if not plan.is_new}
    if plan.rewrites:
        plan.before |= {} if plan.is_new else {"history": [_cell(step) for step in known]}
        plan.after["history"] = [_cell(step) for step in plan.steps]
    if plan.after:
        row.seen_at = clock.now()
        row.version += not plan.is_new


def _set_plain(plan: _Plan) -> None:
    fields = plan.record.fields
    for name in _PLAIN:
        if fields.get(name) is not None:
            setattr(plan.row, name, fields[name])
    links = {name: fields[name] for name in _LINKS if fields.get(name)}
    plan.row.extra = {**plan.row.extra, **plan.record.extra, **links}


def _place(row: Incident, record: ImportedRecord, places: Services, *, writes: bool) -> None:
    name = _service_name(record)
    found = places.place(name) if writes else places.find(name)
    # None only in a preview: the service is made when the file is taken in.
    row.service_id = found.pk if found else None  # type: ignore[assignment]  # as said


def _history(
    record: ImportedRecord, known: Sequence[Step], seen_at: dt.datetime, had: int | None
) -> tuple[Step, ...]:
    """Return the history with this record merged in.

    A log brings its events. A single row tells where the incident stands, and no more than its
    last word; another priority than it `had` holds from the moment it was seen, or the end.
    """
    fields = record.fields
    if fields.get("history"):
        return merge(known, [_step(event) for event in fields["history"]])
    status, word = str(fields.get("status") or ""), str(fields.get("status_word") or "")
    priority = fields.get("priority")
    resolved_at, closed_at = fields.get("resolved_at"), fields.get("closed_at")
    over = resolved_at or closed_at
    if over is not None:
        # What was only seen to hold after the end that is known now, did not.
        known = [step for step in known if step.at <= over]
    first = None if known else priority
    told = told_by_row(fields["opened_at"], resolved_at, closed_at, status, word, priority=first)
    is_moved = bool(known and had and priority and had != priority)
    if is_moved and not any(step.priority for step in known):
        known = [replace(known[0], priority=had), *known[1:]]
    if over is not None and is_moved:
        told = (*told[:-1], replace(told[-1], priority=priority))
    if over is None:
        told += tuple(_seen(known, seen_at, fields, priority if is_moved else None))
    return merge(known, told)


def _seen(
    known: Sequence[Step], seen_at: dt.datetime, fields: Mapping[str, Any], priority: int | None
) -> Iterable[Step]:
    """Yield where an open incident was seen to stand, when that is news.

    Seen in another status or with another priority, but not since when: from the moment it was
    seen.
    """
    status, word = str(fields.get("status") or ""), str(fields.get("status_word") or "")
    last = known[-1] if known else None
    since = max([seen_at, fields["opened_at"], *(step.at for step in known)])
    if status not in {"", "new"} and not (last and last.status == status):
        is_paused = status == "on_hold"
        yield Step(since, status, is_paused=is_paused, word=word, priority=priority)
    elif last is not None and priority is not None:
        yield replace(last, at=since, priority=priority)


def _seen_at(context: ImportContext) -> dt.datetime:
    """Return the moment a file speaks of: the end of its day, or now when that is earlier."""
    end = dt.datetime.combine(context.as_of, dt.time(), dt.UTC) + dt.timedelta(days=1)
    return min(clock.now(), end)


def _step(event: Sequence[Any]) -> Step:
    """Return one entry of a history: (status, at, is paused[, the source's word[, priority]])."""
    status, at, is_paused, *rest = event
    word = str(rest[0] or "") if rest else ""
    priority = rest[1] if len(rest) > 1 else None
    return Step(at, str(status), is_paused=bool(is_paused), word=word, priority=priority)


def _cell(step: Step) -> list[Any]:
    return [step.status, step.at.isoformat(), step.is_paused, step.word, step.priority]


def _settle(row: Incident, steps: Sequence[Step], fields: Mapping[str, Any]) -> None:
    """Set what follows from the history and the source's own end."""
    found = outcome(
        steps,
        opened_at=row.opened_at,
        resolved_at=fields.get("resolved_at", row.resolved_at),
        closed_at=fields.get("closed_at", row.closed_at),
        status=str(fields.get("status") or ""),
    )
    row.state = found.status
    row.responded_at = found.responded_at
    row.resolved_at = found.resolved_at
    row.closed_at = found.closed_at


def _restored(row: Incident, told: Outcome, known: Sequence[Step]) -> _Plan:
    """Put a row's fields and history back from the plain values that the import kept."""
    for name, value in told.before.items():
        if name in _INSTANTS:
            setattr(row, name, dt.datetime.fromisoformat(value) if value else None)
        elif name != "history":
            setattr(row, name, value)
    row.version += 1
    history = told.before.get("history")
    steps = tuple(known)
    if history is not None:
        steps = tuple(
            _step([status, dt.datetime.fromisoformat(at), *rest]) for status, at, *rest in history
        )
    record = ImportedRecord(row=told.row, external_id=told.external_id, fields={})
    return _Plan(record=record, row=row, steps=steps, rewrites=history is not None)


def _compute_clocks(plans: Sequence[_Plan]) -> None:
    terms = terms_of(list({plan.row.service_id for plan in plans})) if plans else {}
    now = clock.now()
    for plan in plans:
        held = terms.get(plan.row.service_id, NO_TERMS)
        apply_clock(plan.row, compute(plan.row, plan.steps, held, now), held.mark)


def _write(plans: Sequence[_Plan]) -> None:
    """Insert and update incidents, and put their histories in place of the old ones."""
    fresh = [plan.row for plan in plans if plan.row.pk is None]
    known = [plan.row for plan in plans if plan.row.pk is not None]
    insert_objects(Incident, fresh)
    if known:
        # An upsert on the key writes every field of 500 rows several times faster than
        # bulk_update's CASE for each of them.
        Incident.objects.bulk_create(
            known,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=_WRITTEN,
            batch_size=500,
        )
    changed = [plan for plan in plans if plan.rewrites]
    StatusSpan.objects.filter(
        incident__in=[plan.row.pk for plan in changed if not plan.is_new]
    ).delete()
    insert_rows(StatusSpan, _SPAN, [span for plan in changed for span in _spans(plan)])


_SPAN = ("incident", "status", "word", "is_paused", "priority", "starts_at", "ends_at")


def _spans(plan: _Plan) -> Iterable[tuple[Any, ...]]:
    """Yield the column values of an incident's history."""
    ends = [*(step.at for step in plan.steps[1:]), None]
    for step, ends_at in zip(plan.steps, ends, strict=True):
        told = (step.status, step.word, step.is_paused, step.priority)
        yield plan.row.pk, *told, step.at, ends_at
