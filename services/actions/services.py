"""Writes to a service itself: the record, its status, what it needs."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Unit
from common import audit, clock, subjects
from common.db import locked, save_version
from common.errors import Refused
from common.models import AuditEvent
from common.subjects import Subject
from services import access
from services.domain import dependencies
from services.domain.lifecycle import DECIDED, LIFE_CYCLE, Evidence, Status
from services.models import (
    UNASSIGNED,
    Agreement,
    Service,
    ServiceDependency,
    StatusEntry,
)
from services.wording import evidence_words, status_word

FIELDS = (
    "name",
    "unit",
    "owner",
    "tier",
    "suspended",
    "is_confidential",
    "purpose",
    "users_count",
    "yearly_cost",
    "calendar",
    "retires_on",
)


def subject_of(service_id: int) -> Subject:
    """Return the subject of a service."""
    return Subject("service", service_id)


@transaction.atomic
def create_service(
    *,
    by: Any,
    name: str,
    unit: Unit,
    status: str = Status.REQUIREMENTS,
    status_on: dt.date | None = None,
    deputies: Iterable[Any] = (),
    **values: Any,
) -> Service:
    """Create a service in a unit, in any status: most services are older than their record.

    `values` are the other fields of `FIELDS` and what an import knows (owner_name, source,
    external_id). `by` None is the machinery. Raises NotAllowed, and Refused for an empty name.
    """
    if by is not None:
        access.check_can_create_service(by, unit)
    if not name.strip():
        raise Refused("services.name_needed", field="name")
    now = clock.now()
    since = status_on or clock.today((unit.root or unit).zone or "UTC")
    service = Service.objects.create(
        name=name.strip(),
        unit=unit,
        root=unit.root or unit,
        status=Status(status),
        status_on=since,
        created_at=now,
        updated_at=now,
        **values,
    )
    service.deputies.set(deputies)
    StatusEntry.objects.create(service=service, status=service.status, on=since)
    audit.record(
        "service.created",
        subject_of(service.pk),
        by=by,
        after=audit.snapshot(service, [*FIELDS, "status"]),
    )
    return service


@transaction.atomic
def edit_service(
    service: Service,
    *,
    by: Any,
    expected: int,
    deputies: Iterable[Any] | None = None,
    **values: Any,
) -> Service:
    """Change fields of a service. Raises NotAllowed, Stale, and Refused for an empty name.

    Moving it to another unit needs the right there too; fields its source owns stay as they are.
    """
    access.check_can_edit_service(by, service)
    unknown = values.keys() - set(FIELDS)
    if unknown:
        raise TypeError(f"no fields of a service: {sorted(unknown)}")
    if "name" in values and not values["name"].strip():
        raise Refused("services.name_needed", field="name")
    unit = values.get("unit")
    if unit is not None and unit.pk != service.unit_id:
        access.check_can_create_service(by, unit)
        if unit.root_id != service.root_id:
            raise Refused("services.stays_in_organisation", field="unit")
    names = [name for name in FIELDS if name in values]
    before = audit.snapshot(service, names)
    for name in names:
        setattr(service, name, values[name])
    save_version(service, expected=expected, fields=names, at=clock.now())
    after = audit.snapshot(service, names)
    if deputies is not None:
        before["deputies"] = sorted(service.deputies.values_list("pk", flat=True))
        service.deputies.set(deputies)
        after["deputies"] = sorted(service.deputies.values_list("pk", flat=True))
    audit.record("service.edited", subject_of(service.pk), by=by, before=before, after=after)
    return service


def evidence(service: Service, on: dt.date) -> frozenset[str]:
    """Return the evidence that a service's record holds on a day. At most two statements."""
    found = {
        Evidence.PURPOSE: bool(service.purpose.strip()),
        Evidence.OWNER: service.owner_id is not None or bool(service.owner_name),
        Evidence.COST: service.yearly_cost is not None,
        Evidence.SERVICE_HOURS: service.calendar_id is not None
        or service.root.calendar_id is not None,
        Evidence.AGREEMENT: Agreement.objects.in_force(on)
        .filter(service=service, kind="sla")
        .exists(),
        Evidence.NO_CONSUMERS: not ServiceDependency.objects.filter(
            needs=service, service__archived_at=None
        )
        .exclude(service__status=Status.RETIRED)
        .exists(),
    }
    return frozenset(code for code, there in found.items() if there)


@transaction.atomic
def change_status(
    service: Service,
    target: str,
    *,
    by: Any,
    expected: int,
    reason: str = "",
    on: dt.date | None = None,
) -> Service:
    """Move a service along its life cycle by the state table.

    Raises NotAllowed without the move's capability or when the same person took the step before
    a decision, Refused with what is missing, Stale. A retired service begins a new pass.
    """
    service = locked(Service.objects.select_related("unit", "root").filter(pk=service.pk)).get()
    today = clock.today(service.root.zone or "UTC")
    on = on or today
    if on > today:
        raise Refused("services.status_ahead", field="on", day=on.isoformat())
    if on < service.status_on:
        raise Refused("services.status_before", field="on", day=service.status_on.isoformat())
    verdict = LIFE_CYCLE.judge(
        service.status, target, evidence=evidence(service, on), reason=reason
    )
    if verdict.move is not None:
        access.check_can_move(by, service, verdict.move.by)
    if not verdict.allowed:
        _refuse(service, target, verdict.code, verdict.missing)
    same_person = target in DECIDED and _took_last_step(service, by)
    if same_person and not service.root.is_small:
        raise Refused("services.same_person")
    again = service.status == Status.RETIRED
    before = {"status": service.status}
    last = service.entries.last()
    service.status, service.status_on = Status(target), on
    save_version(service, expected=expected, fields=["status", "status_on"], at=clock.now())
    StatusEntry.objects.create(
        service=service,
        status=target,
        on=on,
        reason=reason.strip(),
        pass_no=(last.pass_no if last else 1) + again,
    )
    audit.record(
        "service.status_changed",
        subject_of(service.pk),
        by=by,
        before=before,
        after={"status": target} | ({"same_person": True} if same_person else {}),
        note=reason.strip(),
    )
    return service


def _refuse(service: Service, target: str, code: str, missing: tuple[str, ...]) -> None:

    raise Refused(
        code,
        field="reason" if code == "common.reason_needed" else "target",
        source=status_word(service.status),
        target=status_word(target),
        missing=evidence_words(missing),
    )


def _took_last_step(service: Service, by: Any) -> bool:

    last = (
        AuditEvent.objects.about("service", service.pk)
        .filter(action__in=["service.status_changed", "service.created"])
        .first()
    )
    return last is not None and last.actor_id == by.pk


@transaction.atomic
def add_dependency(
    service: Service,
    needs: Service,
    *,
    by: Any,
    kind: str = "hard",
    group: str = "",
    minimum: int = 1,
) -> ServiceDependency:
    """Say that a service needs another. Refused when that closes a cycle, which it names.

    A redundant group shares one minimum: the newest given holds for all of it.
    """
    access.check_can_edit_service(by, service)
    if service.root_id != needs.root_id:
        raise Refused("services.stays_in_organisation", field="needs")
    if service.pk == needs.pk:
        raise Refused("services.needs_itself", field="needs", name=str(service))
    if kind == "group" and not group.strip():
        raise Refused("services.group_needed", field="group")
    if kind != "hard":
        minimum = max(1, minimum)
    # Two people adding opposite edges at once must not both pass: the root is the lock.
    locked(Unit.objects.filter(pk=service.root_id)).get()
    edges = edges_of(service.root_id)
    circle = dependencies.cycle(edges, service.pk, needs.pk)
    if circle:
        raise Refused("services.cycle", field="needs", path=_names(circle, by))
    try:
        with transaction.atomic():
            row = ServiceDependency.objects.create(
                service=service,
                needs=needs,
                kind=kind,
                group=group.strip() if kind == "group" else "",
                minimum=minimum if kind == "group" else 1,
            )
    except IntegrityError as error:
        raise Refused("services.needs_already", field="needs", name=str(needs)) from error
    if kind == "group":
        ServiceDependency.objects.filter(service=service, group=row.group).update(minimum=minimum)
    audit.record(
        "service.dependency_added",
        subject_of(service.pk),
        by=by,
        after={"needs": needs.pk, "kind": kind, "group": row.group, "minimum": row.minimum},
        affects=[subject_of(service.pk), subject_of(needs.pk)],
    )
    return row


@transaction.atomic
def remove_dependency(row: ServiceDependency, *, by: Any) -> None:
    """Take a dependency away."""
    access.check_can_edit_service(by, row.service)
    before = {"needs": row.needs_id, "kind": row.kind, "group": row.group}
    affects = [subject_of(row.service_id), subject_of(row.needs_id)]
    row.delete()
    audit.record(
        "service.dependency_removed", affects[0], by=by, before=before, after={}, affects=affects
    )


def edges_of(root_id: int) -> list[tuple[int, int]]:
    """Return every (service, needs) of an organisation. One statement."""
    return list(
        ServiceDependency.objects.filter(service__root_id=root_id).values_list(
            "service_id", "needs_id"
        )
    )


def _names(circle: tuple[int, ...], user: Any) -> str:
    """Return the cycle in words; a service the reader may not see stands as its key only."""
    visible = access.visible_to(user).filter(pk__in=circle)
    names = dict(visible.values_list("pk", "name"))
    return " → ".join(names.get(pk) or subjects.key(subject_of(pk)) for pk in circle)


@transaction.atomic
def archive_service(service: Service, *, by: Any, expected: int) -> Service:
    """Take a service out of lists; its history stays. Refused while others need it."""
    access.check_can_edit_service(by, service)
    if Evidence.NO_CONSUMERS not in evidence(service, clock.today()):
        raise Refused("services.still_needed")
    service.archived_at = clock.now()
    save_version(service, expected=expected, fields=["archived_at"], at=service.archived_at)
    audit.record("service.archived", subject_of(service.pk), by=by, after={"archived": True})
    return service


@transaction.atomic
def restore_service(service: Service, *, by: Any, expected: int) -> Service:
    """Bring an archived service back."""
    access.check_can_edit_service(by, service)
    service.archived_at = None
    save_version(service, expected=expected, fields=["archived_at"], at=clock.now())
    audit.record("service.restored", subject_of(service.pk), by=by, after={"archived": False})
    return service


def unassigned(root: Unit) -> Service:
    """Return the organisation's service for what names no service, made when first needed.

    The caller holds the transaction; two at once are kept apart by the unique key.
    """
    row = Service.objects.filter(root=root, is_unassigned=True).first()
    if row is not None:
        return row
    return create_service(
        by=None,
        name=UNASSIGNED,
        unit=root,
        status=Status.OPERATIONAL,
        tier=4,
        is_unassigned=True,
    )
