"""Where each improvement stands, for lists and dashboards."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField
from common.models import StandingBase


class ImprovementStanding(StandingBase):
    """One row an improvement; written by `improvements.actions.standing` only.

    The scores stay empty until both offices have scored, so that no list can give one away.
    """

    improvement = models.OneToOneField(
        "improvements.Improvement",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="standing",
    )
    progress = ColourField(_("progress"), null=True)
    effect = ColourField(_("effect"), null=True)
    has_project_score = models.BooleanField(default=False)
    has_service_score = models.BooleanField(default=False)
    project_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    service_score = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2, null=True)
    spread_low = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    spread_high = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    age_days = models.PositiveIntegerField(_("age in days"), default=0)
    days_in_state = models.PositiveIntegerField(_("days in this state"), default=0)
    is_late = models.BooleanField(_("late"), default=False)

    class Meta:
        verbose_name = _("standing of an improvement")
        verbose_name_plural = _("standings of improvements")
        indexes = [
            models.Index(fields=["-score"], name="improvement_by_score"),
            # What waits and for how long is told from this alone.
            models.Index(
                fields=["improvement", "days_in_state", "is_late"], name="improvement_waits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.improvement_id} {self.overall}"
