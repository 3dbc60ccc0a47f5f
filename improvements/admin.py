"""Scoring models with their criteria."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

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
    list_display = ("name", "is_default", "version")
    inlines = (CriterionInline,)

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Count the version up and score again what it orders."""
        obj.version += 1
        obj.save(update_fields=["version"])
        rescore(Improvement.objects.backlog().values_list("pk", flat=True))
