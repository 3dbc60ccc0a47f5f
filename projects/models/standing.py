"""Where each project stands now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField
from common.models import StandingBase


class ProjectStanding(StandingBase):
    """Measured health of one project; NULL in a dimension that its tier does not use."""

    project = models.OneToOneField(
        "projects.Project", on_delete=models.CASCADE, primary_key=True, related_name="standing"
    )
    schedule = ColourField(_("schedule"), null=True)
    cost = ColourField(_("cost"), null=True)
    scope = ColourField(_("scope"), null=True)
    risk = ColourField(_("risk"), null=True)
    resources = ColourField(_("resources"), null=True)
    benefits = ColourField(_("benefits"), null=True)
    governance = ColourField(_("governance"), null=True)
    reported_on = models.DateField(_("reported on"), null=True)
    #: working days that the expected finish lies after the approved one; negative is early
    finish_slip_days = models.IntegerField(_("slip, working days"), null=True)
    #: percent that the expected cost lies above the approved budget; negative is below
    cost_deviation = models.DecimalField(
        _("cost deviation, %"), max_digits=9, decimal_places=1, null=True
    )

    class Meta:
        verbose_name = _("project standing")
        verbose_name_plural = _("project standings")
        indexes = [
            models.Index(fields=["overall"], name="project_overall"),
            # The dashboard counts by colours from this alone: rows hold reasons, and are wide.
            models.Index(fields=["project", "overall", "reported"], name="project_colours"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.overall}"
