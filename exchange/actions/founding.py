"""The first organisation of an installation."""

from typing import Any

from django.db import transaction

from accounts.access import can_configure
from accounts.actions import assign_role, create_unit
from accounts.domain.roles import Role
from accounts.models import Unit
from common.errors import NotAllowed, Refused
from common.models import WorkCalendar, WorkSegment

_LEADS = (Role.PMO_LEAD, Role.SMO_LEAD, Role.APP_ADMIN)


@transaction.atomic
def found_organisation(name: str, *, currency: str, zone: str, by: Any, leads: bool) -> Unit:
    """Create the first organisation; with `leads` its founder gets both offices and its admin.

    Office hours from Monday to Friday are its calendar until somebody states others.

    Refused when there is one already: further ones are an administrator's work in the admin.
    """
    if not can_configure(by):
        raise NotAllowed("exchange.founder_only")
    if Unit.objects.roots().exists():
        raise Refused("exchange.organisation_exists")
    calendar = WorkCalendar.objects.create(name=f"{name}, office hours"[:80], zone=zone)
    WorkSegment.objects.bulk_create(
        [
            WorkSegment(calendar=calendar, weekday=day, start_minute=8 * 60, end_minute=17 * 60)
            for day in range(5)
        ]
    )
    root = create_unit(name, by=by, currency=currency, zone=zone, calendar=calendar)
    if leads:
        for role in _LEADS:
            assign_role(by, role, root, by=by)
    if by.unit_id is None:
        by.unit = root
        by.save(update_fields=["unit"])
    return root
