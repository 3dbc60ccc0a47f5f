"""Thresholds of all three sides, reporting periods, and the ledger of roll-ups."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.access import units_administered
from common import clock, marks, rules
from common.admin import AuditedAdmin, ReadOnlyAdmin
from common.models import RuleSet
from common.subjects import Subject
from improvements.domain import health as improvement_health
from portfolio.models import ReportingPeriod, RollupRun, Unjudged
from projects.domain import limits as project_limits
from services.domain import limits as service_limits

#: area -> the thresholds its code knows, with their defaults
AREAS: dict[str, Mapping[str, Any]] = {
    "projects": project_limits.DEFAULTS,
    "services": service_limits.DEFAULTS,
    "improvements": improvement_health.DEFAULTS,
}
_PREFIX = "value_"


class RuleSetForm(forms.ModelForm):
    """A new version of an area's thresholds; the values of the version in force stand in it."""

    class Meta:
        model = RuleSet
        fields = ["area", "note"]


@admin.register(RuleSet)
class RuleSetAdmin(AuditedAdmin):
    """Thresholds: a change is a new version; old ones are kept, since snapshots refer to them."""

    kind = "rules"
    list_display = ("area", "version", "created_at", "created_by", "note")
    list_filter = ("area",)
    list_select_related = ("created_by",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version is never edited."""
        return False

    def _area(self, request: HttpRequest) -> str:
        asked = request.POST.get("area") or request.GET.get("area") or ""
        return asked if asked in AREAS else "projects"

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,
    ) -> Any:
        """Return a form with a number field for every threshold of the area."""
        if obj is not None:
            return super().get_form(request, obj, change=change, **kwargs)
        area = self._area(request)
        current = rules.current(area, AREAS[area], 0).values
        numbers = {
            _PREFIX + name: forms.DecimalField(
                label=name.replace("_", " "), initial=current[name], min_value=Decimal(0)
            )
            for name in AREAS[area]
        }
        fixed = forms.CharField(widget=forms.HiddenInput, initial=area)
        return type("AreaRuleSetForm", (RuleSetForm,), {**numbers, "area": fixed})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the chosen area's thresholds, with links to the other areas."""
        if obj is not None:
            return [
                (
                    None,
                    {"fields": ["area", "version", "values", "note", "created_by", "created_at"]},
                )
            ]
        area = self._area(request)
        links = format_html_join(
            ", ", '<a href="?area={}">{}</a>', ((name, name) for name in AREAS)
        )
        about = format_html("{} {}", _("Thresholds for another area:"), links)
        names = ["area", *(_PREFIX + name for name in AREAS[area]), "note"]
        return [(area, {"fields": names, "description": about})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Write the next version and have everything judged by it."""
        newest = RuleSet.objects.filter(area=obj.area).aggregate(newest=Max("version"))["newest"]
        obj.version = (newest or 0) + 1
        obj.created_at, obj.created_by = clock.now(), request.user
        obj.values = {name: _as_json(form.cleaned_data[_PREFIX + name]) for name in AREAS[obj.area]}
        super().save_model(request, obj, form, change)
        marks.mark([Subject("rules", obj.pk)])


def _as_json(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else str(number)


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(AuditedAdmin):
    """Periods with their cut-off dates."""

    kind = "period"
    list_display = ("root", "kind", "starts_on", "ends_on", "cutoff_on", "closed_at")
    list_filter = ("kind",)
    list_select_related = ("root",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the periods of one's own organisations."""
        return super().get_queryset(request).filter(root__in=units_administered(request.user))


@admin.register(RollupRun)
class RollupRunAdmin(ReadOnlyAdmin):
    """The ledger: what ran, how long, what it found and could not do."""

    list_display = (
        "id",
        "mode",
        "state",
        "on",
        "started_at",
        "seconds",
        "subjects",
        "changes",
        "differences",
        "fallen",
    )
    list_filter = ("mode", "state")

    @admin.display(description=_("not judged"))
    def fallen(self, run: RollupRun) -> int:
        """How many records could not be judged."""
        return len(run.failures)


@admin.register(Unjudged)
class UnjudgedAdmin(ReadOnlyAdmin):
    """Records that could not be judged: by key, with the fault and when they are tried again."""

    list_display = ("kind", "object_id", "fault", "attempts", "first_at", "retry_at")
    list_filter = ("kind",)
