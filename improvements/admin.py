"""Scoring models with their criteria."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from common import formats
from common.admin import AuditedAdmin, HouseInline
from improvements.actions.standing import rescore
from improvements.models import Improvement, ScoringCriterion, ScoringModel


class CriterionInline(HouseInline):
    """What is rated, and its weight."""

    model = ScoringCriterion


@admin.register(ScoringModel)
class ScoringModelAdmin(AuditedAdmin):
    """Models that improvements are scored by; a changed weight scores everything again."""

    kind = "scoring"
    list_display = ("name", "default", "weights", "version")
    search_fields = ("name",)
    ordering = ("name",)
    inlines = (CriterionInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the models with their criteria."""
        return super().get_queryset(request).prefetch_related("criteria")

    @admin.display(description=_("orders the joint review"), ordering="is_default")
    def default(self, model: ScoringModel) -> Any:
        """Yes for the one that orders the joint review."""
        return _("yes") if model.is_default else formats.NOTHING

    @admin.display(description=_("criteria"))
    def weights(self, model: ScoringModel) -> str:
        """Every criterion with its weight."""
        parts = ((c.label, formats.format_number(c.weight, 2)) for c in model.criteria.all())
        return "; ".join(f"{label} {weight}" for label, weight in parts)

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Count the version up and score again what it orders."""
        obj.version += 1
        obj.save(update_fields=["version"])
        rescore(Improvement.objects.backlog().values_list("pk", flat=True))
