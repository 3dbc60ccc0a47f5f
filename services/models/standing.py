"""The measured health of a service now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField
from common.models import StandingBase
from services.models.service import Service


class ServiceStanding(StandingBase):
    """One row a service. A dimension that is null is not used by that service."""

    service = models.OneToOneField(
        Service, on_delete=models.CASCADE, primary_key=True, related_name="standing"
    )
    availability = ColourField(_("availability"), null=True)
    service_levels = ColourField(_("service levels"), null=True)
    incidents = ColourField(_("incidents"), null=True)
    change = ColourField(_("change"), null=True)
    satisfaction = ColourField(_("satisfaction"), null=True)
    cost = ColourField(_("cost"), null=True)
    #: percent of agreed service time in the last 30 days, policy applied / nothing excluded
    availability_agreed = models.DecimalField(
        _("agreed availability"), max_digits=7, decimal_places=4, null=True
    )
    availability_experienced = models.DecimalField(
        _("experienced availability"), max_digits=7, decimal_places=4, null=True
    )
    #: percent restored in time, last complete month and the current one
    attainment = models.DecimalField(_("in time"), max_digits=5, decimal_places=2, null=True)
    open_incidents = models.PositiveIntegerField(_("open incidents"), default=0)
    open_major = models.PositiveIntegerField(_("open major incidents"), default=0)
    #: last points of the leading measure with its mean and limits, see services/domain/trend.py
    spark = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("service standing")
        verbose_name_plural = _("service standings")
        # Counted from this alone: the rows hold reasons and trends, and are wide.
        indexes = [models.Index(fields=["service", "overall", "reported"], name="service_colours")]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.overall}"
