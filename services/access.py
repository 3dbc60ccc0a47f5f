"""Who may see and change services. Views get objects only from here."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import Http404

from accounts.access import authority, check, check_may_read_log, may, may_read_log, record_where
from accounts.domain.roles import Capability
from common import subjects
from common.errors import NotAllowed
from common.wording import say
from services.models import (
    Agreement,
    CalendarEntry,
    Incident,
    Measure,
    MonitoringGap,
    Outage,
    Service,
    ServiceDependency,
)


def visible_to(user: Any) -> QuerySet[Service]:
    """Return the services a person may see, archived ones too."""
    condition = record_where(user, Capability.VIEW_SERVICES, named=("owner",))
    if authority(user).has_anywhere(Capability.VIEW_SERVICES):
        # A subquery, not a join: a join over deputies would count services twice.
        deputised = Service.deputies.through.objects.filter(user_id=user.pk).values("service_id")
        condition |= Q(pk__in=deputised)
    return Service.objects.filter(condition)


def edge_of(rows: QuerySet[Any], order: str) -> Subquery:
    """Return the first value of a field among a service's rows, or with a minus the last.

    One step down the (service, time) index, never a scan of a million rows.
    """
    field = order.removeprefix("-")
    return Subquery(rows.filter(service=OuterRef("pk")).order_by(order).values(field)[:1])


def get_service_for(user: Any, key: str) -> Service:
    """Return the service with that human key if the person may see it, else 404."""
    subject = subjects.parse(key, kind="service")
    service = (
        visible_to(user)
        .select_related("unit", "root", "root__calendar", "owner", "calendar", "standing")
        .annotate(
            first_outage=edge_of(Outage.objects.filter(archived_at=None), "starts_at"),
            first_gap=edge_of(MonitoringGap.objects.all(), "starts_at"),
            is_deputised=Exists(
                Service.deputies.through.objects.filter(service=OuterRef("pk"), user=user.pk)
            ),
        )
        .filter(pk=subject.id)
        .first()
    )
    if service is None:
        raise Http404(key)
    service.read_by = user.pk, service.is_deputised  # type: ignore[attr-defined]  # for is_named
    return service


def first_seen(service: Service) -> Any:
    """Return when the first outage or gap of a service began, as `get_service_for` read it."""
    told = (service.first_outage, service.first_gap)  # type: ignore[attr-defined]  # annotated
    return min((at for at in told if at is not None), default=None)


def get_incident_for(user: Any, key: str, pk: int) -> Incident:
    """Return an incident of a service the person may see, else 404."""
    service = get_service_for(user, key)
    row = Incident.objects.select_related("agreement").filter(service=service, pk=pk).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def get_outage_for(user: Any, key: str, pk: int) -> Outage:
    """Return an outage of a service the person may see, else 404."""
    service = get_service_for(user, key)
    row = Outage.objects.filter(service=service, pk=pk, archived_at=None).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def get_gap_for(user: Any, key: str, pk: int) -> MonitoringGap:
    """Return a gap in monitoring of a service the person may see, else 404."""
    service = get_service_for(user, key)
    row = MonitoringGap.objects.filter(service=service, pk=pk).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def get_measure_for(user: Any, key: str, pk: int) -> Measure:
    """Return a measure of a service the person may see, else 404."""
    service = get_service_for(user, key)
    row = Measure.objects.filter(service=service, pk=pk, archived_at=None).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def get_dependency_for(user: Any, key: str, pk: int) -> ServiceDependency:
    """Return what a service needs when the person may see both ends, else 404."""
    service = get_service_for(user, key)
    row = ServiceDependency.objects.filter(
        service=service, pk=pk, needs__in=visible_to(user)
    ).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def get_agreement_for(user: Any, key: str, pk: int) -> Agreement:
    """Return a version of an agreement of a service the person may see, else 404."""
    service = get_service_for(user, key)
    row = Agreement.objects.select_related("calendar").filter(service=service, pk=pk).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def get_calendar_entry_for(user: Any, key: str, pk: int) -> CalendarEntry:
    """Return a calendar entry of a service the person may see, else 404."""
    service = get_service_for(user, key)
    row = CalendarEntry.objects.filter(service=service, pk=pk).first()
    if row is None:
        raise Http404(key)
    row.service = service
    return row


def is_named(user: Any, service: Service) -> bool:
    """Return whether the person is its owner or a deputy; at most one statement a service."""
    if service.owner_id == user.pk:
        return True
    # `get_service_for` has asked already, for its reader.
    reader, known = getattr(service, "read_by", (None, False))
    return known if reader == user.pk else service.deputies.filter(pk=user.pk).exists()


def can_edit_service(user: Any, service: Service) -> bool:
    """Return whether the person may change the service and what belongs to it."""
    rights = authority(user)
    if not rights.has_anywhere(Capability.EDIT_SERVICES):
        return False
    return may(
        user, Capability.EDIT_SERVICES, path=service.unit.path, is_named=is_named(user, service)
    )


def check_can_edit_service(user: Any, service: Service) -> None:
    """Raise NotAllowed unless the person may change the service."""
    check(
        user,
        Capability.EDIT_SERVICES,
        path=service.unit.path,
        is_named=is_named(user, service),
        who=say("services.who.owner"),
    )


def check_can_move(user: Any, service: Service, capability: str) -> None:
    """Raise NotAllowed unless the person holds the capability that a move asks for."""
    approves = Capability(capability) == Capability.APPROVE_SERVICE_SIDE
    check(
        user,
        Capability(capability),
        path=service.unit.path,
        # Being named opens what is one's own to edit, never a decision of the office.
        is_named=not approves and is_named(user, service),
        who=say("services.who.office" if approves else "services.who.owner"),
    )


def can_create_service(user: Any) -> bool:
    """Return whether the person may create a service somewhere."""
    return bool(authority(user).paths(Capability.EDIT_SERVICES))


def check_can_create_service(user: Any, unit: Any) -> None:
    """Raise NotAllowed unless the person may create a service in that unit."""
    check(user, Capability.EDIT_SERVICES, path=unit.path, who=say("services.who.office"))


def can_see_money(user: Any, service: Service) -> bool:
    """Return whether the person may see the service's amounts."""
    if not authority(user).has_anywhere(Capability.VIEW_MONEY):
        return False
    return may(
        user, Capability.VIEW_MONEY, path=service.unit.path, is_named=is_named(user, service)
    )


def sees_money_anywhere(user: Any) -> bool:
    """Return whether the person may see the amounts of some service."""
    return authority(user).has_anywhere(Capability.VIEW_MONEY)


def money_where(user: Any) -> Q:
    """Return the condition for services whose amounts the person may see."""
    rights = authority(user)
    condition = rights.where(Capability.VIEW_MONEY)
    if rights.has_anywhere(Capability.VIEW_MONEY):
        deputised = Service.deputies.through.objects.filter(user_id=user.pk).values("service_id")
        condition |= Q(owner=user.pk) | Q(pk__in=deputised)
    return condition


def seen_cost(user: Any) -> Case:
    """Return the yearly cost, null where the person has no right to it.

    So neither order nor filter can tell it.
    """
    return Case(When(money_where(user), then=F("yearly_cost")))


def can_see_audit(user: Any, service: Service) -> bool:
    """Return whether the person may read what has been done to the service."""
    return may_read_log(user, path=service.unit.path, is_named=is_named(user, service))


def check_can_see_audit(user: Any, service: Service) -> None:
    """Raise NotAllowed unless `can_see_audit`."""
    check_may_read_log(user, path=service.unit.path, is_named=is_named(user, service))


def check_can_export(user: Any) -> None:
    """Raise NotAllowed unless the person may take lists away as files."""
    if not authority(user).has_anywhere(Capability.EXPORT):
        raise NotAllowed("common.not_your_role", who=say("services.who.office"))
