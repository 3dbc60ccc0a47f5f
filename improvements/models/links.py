"""Which services an improvement is about, and which projects deliver it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImprovementService(models.Model):
    """An improvement touches a service; at most one is the primary, whose owner decides do-now."""

    improvement = models.ForeignKey(
        "improvements.Improvement", on_delete=models.PROTECT, related_name="service_links"
    )
    service = models.ForeignKey(
        "services.Service",
        on_delete=models.PROTECT,
        related_name="improvement_links",
        verbose_name=_("service"),
    )
    is_primary = models.BooleanField(_("primary"), default=False)

    class Meta:
        verbose_name = _("service of an improvement")
        verbose_name_plural = _("services of improvements")
        constraints = [
            models.UniqueConstraint(
                fields=["improvement", "service"], name="improvement_service_once"
            ),
            models.UniqueConstraint(
                fields=["improvement"],
                condition=Q(is_primary=True),
                name="improvement_service_one_primary",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.improvement_id} – {self.service_id}"


class ImprovementProject(models.Model):
    """A project delivers an improvement."""

    improvement = models.ForeignKey(
        "improvements.Improvement", on_delete=models.PROTECT, related_name="project_links"
    )
    project = models.ForeignKey(
        "projects.Project",
        on_delete=models.PROTECT,
        related_name="improvement_links",
        verbose_name=_("project"),
    )

    class Meta:
        verbose_name = _("project of an improvement")
        verbose_name_plural = _("projects of improvements")
        constraints = [
            models.UniqueConstraint(
                fields=["improvement", "project"], name="improvement_project_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.improvement_id} – {self.project_id}"
