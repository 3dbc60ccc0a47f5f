"""Measures of a service and their dated points."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Versioned
from services.models.service import Service

BETTER = [("up", _("higher is better")), ("down", _("lower is better"))]


class Measure(Versioned):
    """Something about a service that is read again and again; one of them leads."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="measures")
    name = models.CharField(_("name"), max_length=120)
    unit_text = models.CharField(_("unit of measure"), max_length=30, blank=True, default="")
    better = models.CharField(_("direction"), max_length=4, choices=BETTER, default="up")
    target = models.DecimalField(
        _("target"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    is_primary = models.BooleanField(_("leading measure"), default=False)
    #: answers of users to a survey: judged as the dimension satisfaction
    is_satisfaction = models.BooleanField(_("satisfaction"), default=False)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["-is_primary", "name"]
        constraints = [
            models.UniqueConstraint(fields=["service", "name"], name="measure_name"),
            models.UniqueConstraint(
                fields=["service"],
                condition=Q(is_primary=True, archived_at=None),
                name="measure_one_primary",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MeasurePoint(models.Model):
    """A reading of a day. A correction is a new revision; the newest counts."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="points")
    on = models.DateField(_("day"))
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    #: how many observations stand behind it
    n = models.PositiveIntegerField(_("observations"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=60, blank=True, default="")
    entered_at = models.DateTimeField(_("entered"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    #: the newest revision of its day, so that readers need no comparison
    is_current = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["measure", "on", "revision"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "on", "revision"], name="point_revision"),
            models.UniqueConstraint(
                fields=["measure", "on"], condition=Q(is_current=True), name="point_one_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}: {self.value}"
