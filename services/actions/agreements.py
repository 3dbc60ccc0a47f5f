"""Writes to agreements: new terms are a new version, never an edit."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from common import audit
from common.db import locked
from common.domain.periods import local_day_bounds
from common.errors import Refused
from common.models import WorkCalendar
from services import access
from services.actions import clocks
from services.actions.services import subject_of
from services.models import Agreement, AgreementTarget, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target of an agreement: open seconds for a priority, and the share that must succeed."""

    priority: int
    seconds: int
    measure: str = "resolve"
    attainment_target: Decimal = Decimal(90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything a version of an agreement says."""

    calendar: WorkCalendar | None = None
    availability_target: Decimal | None = None
    degraded_weight: Decimal = Decimal(1)
    counts_planned: bool = False
    change_mode: str = "keep"
    reopen: str = "resume"
    targets: Sequence[Target] = ()


@transaction.atomic
def set_agreement(
    service: Service,
    terms: Terms,
    *,
    by: Any,
    starts_on: dt.date,
    kind: str = "sla",
    party: str = "",
) -> Agreement:
    """Put terms in force from a day on; the version before ends that day.

    One line of versions per service, kind and party. Refused when the day is not after the start
    of the version in force, or when nothing is promised. Incidents that were over when the terms
    began keep their clocks; the others are computed anew. `by` None is the machinery.
    """
    if by is not None:
        access.check_can_edit_service(by, service)
    if terms.availability_target is None and not terms.targets:
        raise Refused("services.agreement_empty", field="availability_target")
    _check_targets(terms.targets)
    line = locked(Agreement.objects.filter(service=service, kind=kind, party=party))
    last = line.order_by("-version_no").first()
    if last is not None:
        if starts_on <= last.starts_on:
            raise Refused(
                "services.agreement_not_after", field="starts_on", day=last.starts_on.isoformat()
            )
        if last.ends_on is None or last.ends_on > starts_on:
            Agreement.objects.filter(pk=last.pk).update(ends_on=starts_on)
    row = Agreement.objects.create(
        service=service,
        kind=kind,
        party=party,
        version_no=last.version_no + 1 if last else 1,
        starts_on=starts_on,
        calendar=terms.calendar,
        availability_target=terms.availability_target,
        degraded_weight=terms.degraded_weight,
        counts_planned=terms.counts_planned,
        change_mode=terms.change_mode,
        reopen=terms.reopen,
    )
    AgreementTarget.objects.bulk_create(
        [
            AgreementTarget(
                agreement=row,
                priority=target.priority,
                measure=target.measure,
                seconds=target.seconds,
                attainment_target=target.attainment_target,
            )
            for target in terms.targets
        ]
    )
    audit.record(
        "service.agreement_set",
        subject_of(service.pk),
        by=by,
        before={"version": last.version_no} if last else {},
        after={
            "kind": kind,
            "party": party,
            "version": row.version_no,
            "starts_on": starts_on,
            "availability_target": terms.availability_target,
            "targets": {
                f"{target.measure}.{target.priority}": [target.seconds, target.attainment_target]
                for target in terms.targets
            },
        },
    )
    if kind == "sla":
        _recompute(service, starts_on, by=by)
    return row


def _recompute(service: Service, since: dt.date, *, by: Any) -> None:
    """Bring under the new terms every incident that was not over when they began."""
    zone = service.root.zone or "UTC"
    reached = clocks.touched(service.pk, local_day_bounds(zone, since)[0])
    clocks.recompute_later(reached, by=by, service=service)


def _check_targets(targets: Sequence[Target]) -> None:
    seen: set[tuple[int, str]] = set()
    for target in targets:
        if (target.priority, target.measure) in seen:
            raise Refused("services.target_twice", field="targets", priority=target.priority)
        seen.add((target.priority, target.measure))
        if target.seconds <= 0:
            raise Refused("services.target_positive", field="targets", priority=target.priority)


@transaction.atomic
def end_agreement(agreement: Agreement, *, by: Any, ends_on: dt.date) -> Agreement:
    """End an agreement without a new version; `ends_on` is the first day it no longer holds."""
    access.check_can_edit_service(by, agreement.service)
    if ends_on < agreement.starts_on:
        raise Refused(
            "services.agreement_not_after", field="ends_on", day=agreement.starts_on.isoformat()
        )
    if agreement.ends_on is not None and ends_on > agreement.ends_on:
        # Longer than it was meant to: a version that follows would hold at the same time.
        raise Refused(
            "services.agreement_ends_already", field="ends_on", day=agreement.ends_on.isoformat()
        )
    before = {"ends_on": agreement.ends_on}
    Agreement.objects.filter(pk=agreement.pk).update(ends_on=ends_on)
    agreement.ends_on = ends_on
    if agreement.kind == "sla":
        _recompute(agreement.service, ends_on, by=by)
    audit.record(
        "service.agreement_ended",
        subject_of(agreement.service_id),
        by=by,
        before=before,
        after={"ends_on": ends_on, "version": agreement.version_no},
    )
    return agreement
