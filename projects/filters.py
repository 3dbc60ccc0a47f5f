"""What the list of projects can be filtered by; every filter stands in the address."""

from typing import Any

import django_filters
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.filters import UnitFilter
from accounts.models import User
from common import subjects
from common.web.filters import ColourFilter, SearchFilter
from projects import access
from projects.models import Project, ProjectType
from projects.models.project import OVERLAYS, PHASES, TIERS


def managers(user: Any) -> QuerySet[User]:
    """Return the people who manage a project that the reader may see."""
    seen = access.visible_to(user).exclude(manager=None).values("manager_id")
    return User.objects.filter(pk__in=seen).order_by("last_name", "first_name", "username")


class ProjectFilters(django_filters.FilterSet):
    """Filters of the list of projects."""

    q = SearchFilter(method="by_text")
    unit = UnitFilter(queryset=lambda request: access.units_to_view(request.user))
    phase = django_filters.ChoiceFilter(
        label=_("Phase"),
        method="by_phase",
        choices=[("open", _("not closed")), *PHASES, *OVERLAYS],
        empty_label=_("All"),
    )
    colour = ColourFilter()
    tier = django_filters.ChoiceFilter(label=_("Tier"), choices=TIERS, empty_label=_("All"))
    project_type = django_filters.ModelChoiceFilter(
        label=_("Type"), queryset=ProjectType.objects.all(), empty_label=_("All")
    )
    manager = django_filters.ModelChoiceFilter(
        label=_("Project manager"),
        queryset=lambda request: managers(request.user),
        empty_label=_("All"),
    )
    differs = django_filters.ChoiceFilter(
        label=_("Reported and measured"),
        method="by_difference",
        choices=[("on", _("differ")), ("worse", _("measured is worse than reported"))],
        empty_label=_("All"),
    )

    class Meta:
        model = Project
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Projects whose name, number, source number or people contain the text."""
        text = value.strip()
        found = Q(name__icontains=text) | Q(external_id__iexact=text)
        found |= Q(manager_name__icontains=text) | Q(sponsor_name__icontains=text)
        found |= Q(manager__last_name__icontains=text) | Q(manager__title__icontains=text)
        number = subjects.number_of(text, "project")
        return rows.filter(found if number is None else found | Q(pk=number))

    def by_phase(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Projects in a phase, under an overlay, or simply not closed."""
        if value == "open":
            return rows.exclude(phase="closed").exclude(overlay="stopped")
        if value in dict(OVERLAYS):
            return rows.filter(overlay=value)
        return rows.filter(phase=value)

    def by_difference(self, rows: QuerySet[Project], name: str, value: str) -> QuerySet[Project]:
        """Projects where both are known and say different things, or where measured is worse."""
        if value == "worse":
            return rows.filter(
                Q(standing__reported="green", standing__overall__in=["amber", "red"])
                | Q(standing__reported="amber", standing__overall="red")
            )
        known = rows.filter(standing__reported__isnull=False)
        known = known.exclude(standing__reported="grey").exclude(standing__overall="grey")
        return known.exclude(standing__reported=F("standing__overall"))
