"""What is promised: agreements in versions, with targets per priority."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from services.models.service import Service

AGREEMENT_KINDS = [
    ("sla", _("agreement (SLA)")),
    ("ola", _("internal agreement (OLA)")),
    ("uc", _("underpinning contract")),
]
CHANGE_MODES = [
    ("keep", _("count anew from the start by what holds now")),
    ("restart", _("begin a new clock at the change")),
    ("freeze", _("keep what was counted, go on by what holds now")),
]
REOPEN_MODES = [("resume", _("go on with the same clock")), ("new", _("begin a new clock"))]
MEASURES = [("respond", _("responded")), ("resolve", _("restored"))]
PRIORITIES = [(number, str(number)) for number in range(1, 6)]


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Words for agreements."""

    def in_force(self, on: dt.date) -> Self:
        """Versions that hold on a day; the end day is the first day they no longer do."""
        return self.held(on, on)

    def held(self, since: dt.date, until: dt.date) -> Self:
        """Versions that held on any day from one to another, both included."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gt=since), starts_on__lte=until)


class Agreement(models.Model):
    """One version of an agreement. Never edited: new terms are a new version from a day on."""

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(_("kind"), max_length=3, choices=AGREEMENT_KINDS, default="sla")
    version_no = models.PositiveIntegerField(_("version"), default=1)
    starts_on = models.DateField(_("from"))
    #: first day on which it no longer holds
    ends_on = models.DateField(_("until"), null=True, blank=True)
    calendar = models.ForeignKey(
        "common.WorkCalendar",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("service hours"),
    )
    availability_target = models.DecimalField(
        _("availability, %"), max_digits=7, decimal_places=4, null=True, blank=True
    )
    #: share of a degraded hour that counts as lost, 0..1; printed wherever the result is
    degraded_weight = models.DecimalField(
        _("weight of reduced function"), max_digits=3, decimal_places=2, default=1
    )
    counts_planned = models.BooleanField(_("planned outages count"), default=False)
    change_mode = models.CharField(max_length=7, choices=CHANGE_MODES, default="keep")
    reopen = models.CharField(max_length=6, choices=REOPEN_MODES, default="resume")
    party = models.CharField(_("with"), max_length=200, blank=True, default="")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["kind", "party", "-version_no"]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "kind", "party", "version_no"], name="agreement_version"
            ),
            models.UniqueConstraint(
                fields=["service", "kind", "party"],
                condition=Q(ends_on=None),
                name="agreement_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agreement_forward"
            ),
            models.CheckConstraint(
                condition=Q(availability_target=None)
                | Q(availability_target__gt=0, availability_target__lte=100),
                name="agreement_availability",
            ),
            models.CheckConstraint(
                condition=Q(degraded_weight__gte=0, degraded_weight__lte=1),
                name="agreement_degraded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version_no}"


class AgreementTarget(models.Model):
    """How fast, for one priority, and how often it must succeed."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="targets")
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITIES)
    measure = models.CharField(_("measure"), max_length=7, choices=MEASURES, default="resolve")
    #: open seconds of the agreement's calendar
    seconds = models.PositiveIntegerField(_("within"))
    attainment_target = models.DecimalField(
        _("share that must succeed, %"), max_digits=5, decimal_places=2, default=90
    )

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["measure", "priority"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "priority", "measure"], name="target_once"
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=5), name="target_priority"
            ),
            models.CheckConstraint(condition=Q(seconds__gte=1), name="target_seconds"),
            models.CheckConstraint(
                condition=Q(attainment_target__gt=0, attainment_target__lte=100),
                name="target_attainment",
            ),
        ]

    def __str__(self) -> str:
        return f"P{self.priority} {self.measure} {self.seconds} s"
