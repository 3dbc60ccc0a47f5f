"""Status reports: a person's judgement, frozen beside what was measured that day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField


class StatusReport(models.Model):
    """A published report. It is never edited; a correction is a new report."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.PROTECT, related_name="reports"
    )
    on = models.DateField(_("date"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("author"),
    )
    published_at = models.DateTimeField(_("published"))
    summary = models.TextField(_("summary"))
    next_steps = models.TextField(_("next steps"), blank=True)
    decisions_needed = models.TextField(_("decisions needed"), blank=True)
    reported = ColourField(_("reported"))
    measured = ColourField(_("measured"))
    confidence = models.DecimalField(
        _("data confidence"), max_digits=3, decimal_places=2, null=True
    )
    #: dates, amounts, phase and counts as they stood when it was published
    figures = models.JSONField(default=dict)
    rule_version = models.CharField(max_length=20)
    is_newest = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("status report")
        verbose_name_plural = _("status reports")
        ordering = ["-on", "-pk"]
        indexes = [
            # Few reports ask for anything.
            models.Index(
                fields=["project"],
                condition=Q(is_newest=True, decisions_needed__gt=""),
                name="report_asks",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=Q(is_newest=True), name="report_newest_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.on}"


class StatusReportLine(models.Model):
    """One dimension of a report: what the author says beside what was measured."""

    report = models.ForeignKey(StatusReport, on_delete=models.CASCADE, related_name="lines")
    dimension = models.CharField(_("dimension"), max_length=20)
    reported = ColourField(_("reported"))
    measured = ColourField(_("measured"))
    #: measured reasons as they stood: list of [code, params]
    why = models.JSONField(default=list)
    reason = models.TextField(_("reason"), blank=True)
    #: the last day a difference counts; null where there is none
    expires_on = models.DateField(_("counts until"), null=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "dimension"], name="report_dimension_once")
        ]

    def __str__(self) -> str:
        return f"{self.dimension}: {self.reported}"
