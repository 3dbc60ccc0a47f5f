"""Thresholds of all three sides, reporting periods, and the ledger of roll-ups."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.access import units_administered
from common import clock, formats, marks, rules, subjects
from common.admin import AuditedAdmin, ReadOnlyAdmin, YesNoFilter, lines
from common.models import RuleSet
from common.subjects import Subject
from improvements.domain import health as improvement_health
from portfolio.models import ReportingPeriod, RollupRun, Unjudged
from portfolio.wording import AREAS, LIMITS
from projects.domain import limits as project_limits
from services.domain import limits as service_limits

#: area -> the thresholds its code knows, with their defaults
DEFAULTS: dict[str, Mapping[str, Any]] = {
    "projects": project_limits.DEFAULTS,
    "services": service_limits.DEFAULTS,
    "improvements": improvement_health.DEFAULTS,
}
_PREFIX = "value_"
MINUTE = 60


class RuleSetForm(forms.ModelForm):
    """A new version of an area's thresholds; the values of the version in force stand in it."""

    class Meta:
        model = RuleSet
        fields = ["area", "note"]


class AreaFilter(admin.SimpleListFilter):
    """Versions of one side."""

    title = _("area")
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the sides."""
        return list(AREAS.items())

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return those of the side."""
        return queryset.filter(area=self.value()) if self.value() else queryset


@admin.register(RuleSet)
class RuleSetAdmin(AuditedAdmin):
    """Thresholds: a change is a new version; old ones are kept, since snapshots refer to them."""

    kind = "rules"
    list_display = ("side", "version", "counts", "created_at", "created_by", "note")
    list_display_links = ("side", "version")
    list_filter = (AreaFilter,)
    list_select_related = ("created_by",)
    search_fields = ("note",)
    ordering = ("area", "-version")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the versions, each with the newest one of its area."""
        newest = (
            RuleSet.objects.filter(area=OuterRef("area")).order_by("-version").values("version")[:1]
        )
        return super().get_queryset(request).annotate(newest=Subquery(newest))

    @admin.display(description=_("area"), ordering="area")
    def side(self, version: RuleSet) -> Any:
        """Which side it is for."""
        return AREAS.get(version.area, version.area)

    @admin.display(description=_("in force"))
    def counts(self, version: RuleSet) -> Any:
        """Whether records are judged by it today."""
        return _("yes") if version.version == version.newest else _("no longer")  # type: ignore[attr-defined]  # annotated

    @admin.display(description=_("limits"))
    def limits(self, version: RuleSet) -> str:
        """Every limit in words with its value, a line each."""
        words = LIMITS.get(version.area, {})
        rows = ((words.get(n, n), str(v).replace(".", ",")) for n, v in version.values.items())
        return lines("{}: <b>{}</b>", rows)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A version is never edited."""
        return False

    def _area(self, request: HttpRequest) -> str:
        asked = request.POST.get("area") or request.GET.get("area") or ""
        return asked if asked in DEFAULTS else "projects"

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
        current = rules.current(area, DEFAULTS[area], 0).values
        numbers = {
            _PREFIX + name: forms.DecimalField(
                label=str(LIMITS[area][name]), initial=current[name], min_value=Decimal(0)
            )
            for name in DEFAULTS[area]
        }
        fixed = forms.CharField(widget=forms.HiddenInput, initial=area)
        return type("AreaRuleSetForm", (RuleSetForm,), {**numbers, "area": fixed})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the chosen area's thresholds, with links to the other areas."""
        if obj is not None:
            return [
                (
                    None,
                    {
                        "fields": [
                            "side",
                            "version",
                            "counts",
                            "limits",
                            "note",
                            "created_by",
                            "created_at",
                        ]
                    },
                )
            ]
        area = self._area(request)
        links = format_html_join(", ", '<a href="?area={}">{}</a>', AREAS.items())
        about = format_html("{} {}", _("Thresholds for another area:"), links)
        names = ["area", *(_PREFIX + name for name in DEFAULTS[area]), "note"]
        return [(AREAS[area], {"fields": names, "description": about})]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Write the next version and have everything judged by it."""
        newest = RuleSet.objects.filter(area=obj.area).aggregate(newest=Max("version"))["newest"]
        obj.version = (newest or 0) + 1
        obj.created_at, obj.created_by = clock.now(), request.user
        obj.values = {
            name: _as_json(form.cleaned_data[_PREFIX + name]) for name in DEFAULTS[obj.area]
        }
        super().save_model(request, obj, form, change)
        marks.mark([Subject("rules", obj.pk)])


def _as_json(number: Decimal) -> int | str:
    return int(number) if number == number.to_integral_value() else str(number)


class ClosedFilter(YesNoFilter):
    """Periods that have been closed."""

    title = _("closed")
    parameter_name = "closed"

    def so(self) -> Q:
        """Return the condition of a closed one."""
        return Q(closed_at__isnull=False)


@admin.register(ReportingPeriod)
class ReportingPeriodAdmin(AuditedAdmin):
    """Periods with their cut-off dates."""

    kind = "period"
    list_display = ("kind", "starts_on", "ends_on", "cutoff_on", "closed_at", "root")
    list_display_links = ("kind", "starts_on")
    list_filter = ("kind", ClosedFilter)
    ordering = ("-starts_on", "kind")
    list_select_related = ("root",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the periods of one's own organisations."""
        return super().get_queryset(request).filter(root__in=units_administered(request.user))


@admin.register(RollupRun)
class RollupRunAdmin(ReadOnlyAdmin):
    """The ledger: what ran, how long, what it found and could not do."""

    list_display = (
        "started_at",
        "mode",
        "state",
        "on",
        "took",
        "subjects",
        "changes",
        "differences",
        "fallen",
    )
    list_filter = ("mode", "state", ("started_at", admin.DateFieldListFilter))
    ordering = ("-id",)
    fields = (
        "mode", "state", "on", "started_at", "ended_at", "took", "subjects", "changes",
        "differences", "not_judged",
    )  # fmt: skip

    @admin.display(description=_("took"))
    def took(self, run: RollupRun) -> str:
        """How long it took; parts of a second while it is short."""
        seconds = run.seconds
        if seconds is None or seconds >= MINUTE:
            return formats.format_duration(None if seconds is None else int(seconds))
        return f"{formats.format_number(Decimal(seconds), 1 if seconds >= 1 else 2)}{formats.NBSP}s"

    @admin.display(description=_("not judged"))
    def fallen(self, run: RollupRun) -> int:
        """How many records could not be judged."""
        return len(run.failures)

    @admin.display(description=_("not judged"))
    def not_judged(self, run: RollupRun) -> str:
        """Those records by key, each with its fault, a line each."""
        rows = ((name_of(kind, number), fault) for kind, number, fault in run.failures)
        return lines("{}: {}", rows)


@admin.register(Unjudged)
class UnjudgedAdmin(ReadOnlyAdmin):
    """Records that could not be judged: by key, with the fault and when they are tried again."""

    list_display = ("record", "fault", "attempts", "first_at", "next")
    list_filter = ("kind",)
    search_fields = ("=object_id", "fault")
    ordering = ("-first_at",)
    fields = ("record", "fault", "attempts", "first_at", "next")

    @admin.display(description=_("record"), ordering="object_id")
    def record(self, row: Unjudged) -> str:
        """Its key."""
        return name_of(row.kind, row.object_id)

    @admin.display(description=_("tried again"), ordering="retry_at")
    def next(self, row: Unjudged) -> Any:
        """When it is tried again, or that somebody must look."""
        return row.retry_at or _("only by the hourly run, or after an edit")


def name_of(kind: str, number: int) -> str:
    """Return the key of a record, e.g. ``PRJ-12``; kind and number of what has no key."""
    try:
        return subjects.key(Subject(kind, number))
    except KeyError:
        return f"{kind} {number}"
