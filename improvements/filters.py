"""What the list of improvements can be filtered by; every filter is in the address."""

import datetime as dt

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.filters import UnitFilter
from common import clock, subjects
from common.web.filters import SearchFilter
from improvements import access
from improvements.domain.lifecycle import BACKLOG, OPEN
from improvements.models import Improvement, ImprovementProject, ImprovementService
from improvements.models.improvement import ORIGINS, ROUTES, STATES
from improvements.models.scoring import OFFICES
from projects.access import visible_to as projects_visible_to
from services.access import visible_to as services_visible_to

GROUPS = [
    ("open", pgettext_lazy("improvements", "open, all")),
    ("backlog", pgettext_lazy("improvements", "to be decided")),
]


class ImprovementFilters(django_filters.FilterSet):
    """Filters of the list of improvements."""

    q = SearchFilter(method="by_text")
    state = django_filters.ChoiceFilter(
        label=_("State"), method="by_state", choices=[*GROUPS, *STATES], empty_label=_("All")
    )
    route = django_filters.ChoiceFilter(
        label=_("Route"),
        method="by_route",
        choices=[*ROUTES, ("none", _("not chosen"))],
        empty_label=_("All"),
    )
    unit = UnitFilter(queryset=lambda request: access.units_to_view(request.user))
    service = django_filters.CharFilter(label=_("Service"), method="by_service")
    project = django_filters.CharFilter(label=_("Project"), method="by_project")
    origin = django_filters.ChoiceFilter(label=_("Origin"), choices=ORIGINS, empty_label=_("All"))
    waits_for = django_filters.ChoiceFilter(
        label=_("Waits for score of"),
        method="by_office",
        choices=OFFICES,
        empty_label=_("All"),
    )
    older = django_filters.ChoiceFilter(
        label=_("Age"),
        method="by_age",
        choices=[(str(days), _("over %(days)s days") % {"days": days}) for days in (30, 90, 180)],
        empty_label=_("All"),
    )
    late = django_filters.ChoiceFilter(
        label=_("Time"),
        method="by_late",
        choices=[("yes", _("late only"))],
        empty_label=_("All"),
    )

    class Meta:
        model = Improvement
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Improvement], name: str, value: str) -> QuerySet[Improvement]:
        """Improvements whose title, problem, number or owner contains the text."""
        text = value.strip()
        found = Q(title__icontains=text) | Q(problem__icontains=text)
        found |= Q(external_id__iexact=text) | Q(owner_name__icontains=text)
        found |= Q(owner__last_name__icontains=text) | Q(owner__title__icontains=text)
        number = subjects.number_of(text, "improvement")
        return rows.filter(found if number is None else found | Q(pk=number))

    def by_state(self, rows: QuerySet[Improvement], name: str, value: str) -> QuerySet[Improvement]:
        """Improvements in a state, or in one of a group of states."""
        groups = {"open": sorted(OPEN), "backlog": sorted(BACKLOG)}
        return rows.filter(state__in=groups.get(value, [value]))

    def by_route(self, rows: QuerySet[Improvement], name: str, value: str) -> QuerySet[Improvement]:
        """Improvements that go that way, or whose way has not been chosen."""
        return rows.filter(route="" if value == "none" else value)

    def by_service(
        self, rows: QuerySet[Improvement], name: str, value: str
    ) -> QuerySet[Improvement]:
        """Improvements linked to a service the reader may see, by key or part of its name."""
        number = subjects.number_of(value, "service")
        named = Q(name__icontains=value.strip()) if number is None else Q(pk=number)
        found = services_visible_to(self.request.user).filter(named)
        links = ImprovementService.objects.filter(service__in=found)
        return rows.filter(pk__in=links.values("improvement_id"))

    def by_project(
        self, rows: QuerySet[Improvement], name: str, value: str
    ) -> QuerySet[Improvement]:
        """Improvements linked to a project the reader may see, by key or part of its name."""
        number = subjects.number_of(value, "project")
        named = Q(name__icontains=value.strip()) if number is None else Q(pk=number)
        found = projects_visible_to(self.request.user).filter(named)
        links = ImprovementProject.objects.filter(project__in=found)
        return rows.filter(pk__in=links.values("improvement_id"))

    def by_office(
        self, rows: QuerySet[Improvement], name: str, value: str
    ) -> QuerySet[Improvement]:
        """Improvements in the backlog that an office has not scored yet."""
        waiting = Q(**{f"standing__has_{value}_score": False}) | Q(standing=None)
        return rows.filter(waiting, state__in=sorted(BACKLOG))

    def by_age(self, rows: QuerySet[Improvement], name: str, value: str) -> QuerySet[Improvement]:
        """Improvements captured more than so many days ago."""
        return rows.filter(captured_at__lt=clock.now() - dt.timedelta(days=int(value)))

    def by_late(self, rows: QuerySet[Improvement], name: str, value: str) -> QuerySet[Improvement]:
        """Improvements past what was agreed."""
        return rows.filter(standing__is_late=True)
