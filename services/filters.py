"""What the lists of services and incidents can be filtered by; every filter is in the address."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_filters.fields import ModelChoiceField

from accounts.access import units_for
from accounts.domain.roles import Capability
from accounts.models import Unit, User
from common import clock
from common.domain.periods import PeriodKind, period_of
from services import access
from services.domain.lifecycle import Everyday
from services.models import Incident, Service
from services.models.agreement import PRIORITIES
from services.models.service import TIERS
from services.wording import EVERYDAY

COLOURS = [
    ("red", _("Red")),
    ("amber", _("Amber")),
    ("green", _("Green")),
    ("grey", _("Unknown")),
]
#: digits a key's number may have
KEY_DIGITS = 18
#: how far back the months of a filter go
MONTHS = 25


class _UnitField(ModelChoiceField):
    def label_from_instance(self, obj: Unit) -> str:
        return "\u2003" * (obj.path.count(".") - 1) + obj.name


class UnitFilter(django_filters.ModelChoiceFilter):
    """A unit with everything below it."""

    field_class = _UnitField


def owners(user: Any) -> QuerySet[User]:
    """Return the people who own a service that the reader may see."""
    seen = access.visible_to(user).exclude(owner=None).values("owner_id")
    return User.objects.filter(pk__in=seen).order_by("last_name", "first_name", "username")


def _search() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "autocomplete": "off"})


class ServiceFilters(django_filters.FilterSet):
    """Filters of the list of services."""

    q = django_filters.CharFilter(label=_("Search"), method="by_text", widget=_search())
    unit = UnitFilter(
        label=_("Unit"),
        method="by_unit",
        queryset=lambda request: units_for(request.user, Capability.VIEW_SERVICES),
        empty_label=_("All"),
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_status",
        choices=[("live", _("not retired")), *EVERYDAY.items()],
        empty_label=_("All"),
    )
    colour = django_filters.ChoiceFilter(
        label=_("Measured"), method="by_colour", choices=COLOURS, empty_label=_("All")
    )
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
        number = text.upper().removeprefix("SVC-")
        if number.isdecimal() and len(number) <= KEY_DIGITS:
            found |= Q(pk=int(number))
        return rows.filter(found)

    def by_unit(self, rows: QuerySet[Service], name: str, value: Unit) -> QuerySet[Service]:
        """Services of the unit and everything below it."""
        return rows.filter(unit__path__startswith=value.path)

    def by_status(self, rows: Any, name: str, value: str) -> QuerySet[Service]:
        """Services whose everyday word it is, or all but the retired."""
        if value == "live":
            living: QuerySet[Service] = rows.exclude(status="retired")
            return living
        found: QuerySet[Service] = rows.called(Everyday(value))
        return found

    def by_colour(self, rows: QuerySet[Service], name: str, value: str) -> QuerySet[Service]:
        """Services whose measured colour it is; one that has no standing yet is unknown."""
        if value == "grey":
            return rows.filter(Q(standing__overall="grey") | Q(standing=None))
        return rows.filter(standing__overall=value)


def recent_months() -> list[tuple[str, str]]:
    """Return the last two years' months as choices, the newest first."""
    month = period_of(PeriodKind.MONTH, clock.today(timezone.get_current_timezone_name()))
    choices = []
    for _count in range(MONTHS):
        code = f"{month.start:%Y-%m}"
        choices.append((code, code))
        month = month.previous()
    return choices


class IncidentFilters(django_filters.FilterSet):
    """Filters of a service's incidents."""

    q = django_filters.CharFilter(label=_("Search"), method="by_text", widget=_search())
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
        label=_("Resolved in"), method="by_month", choices=recent_months, empty_label=_("All")
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
        month = period_of(PeriodKind.MONTH, dt.date.fromisoformat(f"{value}-01"))
        start, end = month.bounds(timezone.get_current_timezone_name())
        return rows.filter(resolved_at__gte=start, resolved_at__lt=end)

    def by_state(self, rows: Any, name: str, value: str) -> QuerySet[Incident]:
        """Open ones, late ones, or those whose clock ended one way or the other."""
        found: dict[str, Any] = {
            "open": rows.still_open(),
            "late": rows.late(clock.now()),
            "missed": rows.filter(met=False),
            "kept": rows.filter(met=True),
            "major": rows.filter(is_major=True),
        }
        chosen: QuerySet[Incident] = found[value]
        return chosen
