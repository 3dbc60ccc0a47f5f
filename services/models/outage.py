"""Outages: when a service was down, reduced, or taken down by plan."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Imported, Versioned
from services.models.service import Service

OUTAGE_KINDS = [
    ("unplanned", _("unplanned outage")),
    ("planned", _("planned outage")),
    ("degraded", _("degraded")),
]


class Outage(Versioned, Imported):
    """One interval in which users got less than promised; open until it has an end.

    An outage is not an incident: many incidents may tell of one outage, and one may have none.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="outages")
    kind = models.CharField(_("kind"), max_length=9, choices=OUTAGE_KINDS, default="unplanned")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True, blank=True)
    title = models.CharField(_("what happened"), max_length=200, blank=True, default="")

    class Meta(Imported.Meta):
        abstract = False
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-starts_at", "-id"]
        indexes = [models.Index(fields=["service", "starts_at"], name="outage_service")]
        constraints = [
            *Imported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="outage_forward"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.get_kind_display())


class MonitoringGap(models.Model):
    """An interval in which nobody looked: it is neither up nor down, and lowers coverage."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="gaps")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    title = models.CharField(_("why"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("gap in monitoring")
        verbose_name_plural = _("gaps in monitoring")
        ordering = ["-starts_at"]
        indexes = [models.Index(fields=["service", "starts_at"], name="gap_service")]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="gap_forward")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at}–{self.ends_at}"
