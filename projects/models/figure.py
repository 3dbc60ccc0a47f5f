"""What was said of a project on a day: by a source, or by its own published report."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField, MoneyField


class ProjectFigure(models.Model):
    """Dated facts of one project from one source; `source` is empty for our own reports."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="figures"
    )
    on = models.DateField(_("day"))
    source = models.CharField(_("source"), max_length=60, default="", blank=True)
    reported_colour = ColourField(_("reported"), null=True)
    #: the source's own word, before it was mapped to four
    reported_word = models.CharField(_("word in the source"), max_length=120, blank=True)
    reported_reason = models.TextField(_("reason"), blank=True)
    approved_budget = MoneyField(_("approved budget"), null=True)
    current_budget = MoneyField(_("current budget"), null=True)
    forecast_cost = MoneyField(_("forecast cost"), null=True)
    actual_cost = MoneyField(_("actual cost"), null=True)
    forecast_finish_on = models.DateField(_("forecast finish"), null=True)

    class Meta:
        verbose_name = _("dated figures")
        verbose_name_plural = _("dated figures")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "source", "on"], name="figure_once")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.on}"
