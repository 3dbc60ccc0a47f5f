"""Incidents and the statuses they passed; their clocks are computed from these."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Imported
from services.models.agreement import PRIORITIES, Agreement
from services.models.service import Service

INCIDENT_STATES = [
    ("new", _("new")),
    ("in_progress", _("in progress")),
    ("on_hold", _("waiting")),
    ("resolved", _("resolved")),
    ("closed", _("closed")),
    ("cancelled", _("cancelled")),
]


def past_time(now: dt.datetime) -> Q:
    """Return the condition for an open incident whose time is used up.

    A clock that stands still uses none, so a waiting one counts only once `met` says that it had
    run over already.
    """
    return Q(met=False) | (Q(due_at__lt=now) & ~Q(state="on_hold"))


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Words for incidents."""

    def still_open(self) -> Self:
        """Neither resolved nor closed."""
        return self.filter(resolved_at=None)

    def late(self, now: dt.datetime) -> Self:
        """Open and past its time; one that waits only when it was so before it began to wait."""
        return self.still_open().filter(past_time(now))


class Incident(Imported):
    """An unplanned interruption, as a ticket of the source system tells it.

    `resolved_at` is the end of work: the source's own, else its closing. The clock columns are
    computed from the status spans by the pinned agreement; `made_sla_reported` is what the source
    itself claims and is never mixed with them.
    """

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="incidents")
    title = models.CharField(_("title"), max_length=300, blank=True, default="")
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=PRIORITIES, null=True, blank=True
    )
    state = models.CharField(_("state"), max_length=11, choices=INCIDENT_STATES, default="new")
    opened_at = models.DateTimeField(_("opened"))
    responded_at = models.DateTimeField(_("responded"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    reopen_count = models.PositiveSmallIntegerField(_("reopened"), default=0)
    category = models.CharField(_("category"), max_length=120, blank=True, default="")
    group_name = models.CharField(_("group"), max_length=120, blank=True, default="")
    made_sla_reported = models.BooleanField(_("met, says the source"), null=True)
    is_major = models.BooleanField(_("major incident"), default=False)

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    due_at = models.DateTimeField(_("due"), null=True, editable=False)
    business_seconds = models.PositiveBigIntegerField(_("business time"), null=True, editable=False)
    wall_seconds = models.PositiveBigIntegerField(_("calendar time"), null=True, editable=False)
    #: whether it was restored in time: false from the moment it can no longer be, also while it
    #: is open; null without a target or before either is certain
    met = models.BooleanField(_("in time"), null=True, editable=False)
    #: whether it was responded to in time; null without a target or before the response
    respond_met = models.BooleanField(_("responded in time"), null=True, editable=False)
    clock_hash = models.CharField(max_length=32, default="", editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = IncidentQuerySet.as_manager()

    class Meta(Imported.Meta):
        abstract = False
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ["-opened_at", "-id"]
        indexes = [
            models.Index(fields=["service", "opened_at"], name="incident_opened"),
            models.Index(fields=["service", "resolved_at"], name="incident_resolved"),
            models.Index(
                fields=["service", "due_at"],
                condition=Q(resolved_at=None),
                name="incident_still_open",
            ),
        ]
        constraints = [
            *Imported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(priority=None) | Q(priority__gte=1, priority__lte=5),
                name="incident_priority",
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None) | Q(resolved_at__gte=F("opened_at")),
                name="incident_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id or str(self.pk)


class StatusSpan(models.Model):
    """A status of an incident over a half-open interval; the last one has no end.

    A span of no length is kept: several changes within the source's own minute stay in order, so
    that reading the same history again gives the same spans.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="spans")
    status = models.CharField(_("status"), max_length=11, choices=INCIDENT_STATES)
    #: the source's own word for it
    word = models.CharField(_("word in the source"), max_length=200, blank=True, default="")
    is_paused = models.BooleanField(_("paused"), default=False)
    #: the priority it had from then on; null where the source does not tell
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=PRIORITIES, null=True, blank=True
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"), null=True)

    class Meta:
        verbose_name = _("status span")
        verbose_name_plural = _("status spans")
        ordering = ["incident", "starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")), name="span_forward"
            )
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.starts_at}"
