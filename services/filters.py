"""What the lists of services and incidents can be filtered by; every filter is in the address."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import units_for
from accounts.domain.roles import Capability
from accounts.filters import UnitFilter
from accounts.models import User
from common import clock, subjects
from common.domain.periods import PeriodKind, period_of
from common.web.filters import ColourFilter, SearchFilter
from services import access
from services.domain.lifecycle import Everyday
from services.models import Incident, Service
from services.models.agreement import PRIORITIES
from services.models.service import TIERS
from services.queries.windows import window_of
from services.wording import EVERYDAY

#: how far back the months of a filter go
MONTHS = 25


def owners(user: Any) -> QuerySet[User]:
    """Return the people who own a service that the reader may see."""
    seen = access.visible_to(user).exclude(owner=None).values("owner_id")
    return User.objects.filter(pk__in=seen).order_by("last_name", "first_name", "username")


class ServiceFilters(django_filters.FilterSet):
    """Filters of the list of services."""

    q = SearchFilter(method="by_text")
    unit = UnitFilter(queryset=lambda request: units_for(request.user, Capability.VIEW_SERVICES))
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_status",
        choices=[("live", _("not retired")), *EVERYDAY.items()],
        empty_label=_("All"),
    )
    colour = ColourFilter()
    tier = django_filters.ChoiceFilter(label=_("Tier"), choices=TIERS, empty_label=_("All"))
    owner = django_filters.ModelChoiceFilter(
        label=_("Service owner"),
        queryset=lambda request: owners(request.user),
        empty_label=_("All"),
    )

    class Meta:
        model = Service
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Service], name: str, value: str) -> QuerySet[Service]:
        """Services whose name, number, source number or owner contains the text."""
        text = value.strip()
        found = Q(name__icontains=text) | Q(external_id__iexact=text)
        found |= Q(owner_name__icontains=text) | Q(owner__last_name__icontains=text)
        found |= Q(owner__title__icontains=text)
        number = subjects.number_of(text, "service")
        return rows.filter(found if number is None else found | Q(pk=number))

    def by_status(self, rows: Any, name: str, value: str) -> QuerySet[Service]:
        """Services whose everyday word it is, or all but the retired."""
        if value == "live":
            living: QuerySet[Service] = rows.exclude(status="retired")
            return living
        found: QuerySet[Service] = rows.called(Everyday(value))
        return found


def recent_months() -> list[tuple[str, str]]:
    """Return the last two years' months as choices, the newest first."""
    month = period_of(PeriodKind.MONTH, clock.today(timezone.get_current_timezone_name()))
    choices = []
    for _count in range(MONTHS):
        code = f"{month.start:%Y-%m}"
        choices.append((code, code))
        month = month.previous()
    return choices


def resolved_in() -> list[tuple[str, Any]]:
    """Return when an incident may have ended: what service levels are judged by, and months."""
    return [("recent", _("last complete month and this one")), *recent_months()]


class IncidentFilters(django_filters.FilterSet):
    """Filters of a service's incidents."""

    q = SearchFilter(method="by_text")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_state",
        choices=[
            ("open", _("open")),
            ("late", _("open and past its time")),
            ("missed", _("resolved too late")),
            ("kept", _("resolved in time")),
            ("major", _("major incidents")),
        ],
        empty_label=_("All"),
    )
    priority = django_filters.ChoiceFilter(
        label=_("Priority"), choices=PRIORITIES, empty_label=_("All")
    )
    month = django_filters.ChoiceFilter(
        label=_("Resolved in"), method="by_month", choices=resolved_in, empty_label=_("All")
    )

    class Meta:
        model = Incident
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        """Incidents whose title, number, category or group contains the text."""
        text = value.strip()
        return rows.filter(
            Q(title__icontains=text)
            | Q(external_id__icontains=text)
            | Q(category__icontains=text)
            | Q(group_name__icontains=text)
        )

    def by_month(self, rows: QuerySet[Incident], name: str, value: str) -> QuerySet[Incident]:
        """Incidents resolved in a month, as the clocks of the reader's zone tell it."""
        zone = timezone.get_current_timezone_name()
        if value == "recent":
            return rows.filter(resolved_at__gte=window_of(zone, clock.now()).month_start)
        month = period_of(PeriodKind.MONTH, dt.date.fromisoformat(f"{value}-01"))
        start, end = month.bounds(zone)
        return rows.filter(resolved_at__gte=start, resolved_at__lt=end)

    def by_state(self, rows: Any, name: str, value: str) -> QuerySet[Incident]:
        """Open ones, late ones, or those whose clock ended one way or the other."""
        found: dict[str, Any] = {
            "open": rows.still_open(),
            "late": rows.late(clock.now()),
            "missed": rows.filter(met=False, resolved_at__isnull=False),
            "kept": rows.filter(met=True),
            "major": rows.filter(is_major=True),
        }
        chosen: QuerySet[Incident] = found[value]
        return chosen
