"""The ledger of roll-ups, and every change of a colour they found."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField

MODES = [
    ("sweep", _("sweep")),
    ("full", _("full run")),
    ("day_end", _("day end")),
    ("verify", _("verification")),
]
STATES = [("running", _("running")), ("done", _("done")), ("failed", _("failed"))]


class RollupRunQuerySet(models.QuerySet["RollupRun"]):
    """Words for runs."""

    def alive(self, mode: str, now: dt.datetime) -> Self:
        """Runs of a mode still going on; one without a sign of life for three minutes is dead."""
        return self.filter(
            mode=mode, state="running", heartbeat_at__gt=now - dt.timedelta(minutes=3)
        )


class RollupRun(models.Model):
    """One run: what it did, how long it took, what it could not do.

    A sweep that found nothing leaves none.
    """

    mode = models.CharField(_("mode"), max_length=8, choices=MODES)
    state = models.CharField(_("state"), max_length=8, choices=STATES, default="running")
    #: the local day a day end speaks of
    on = models.DateField(_("day"), null=True)
    started_at = models.DateTimeField(_("started"))
    heartbeat_at = models.DateTimeField(_("last sign of life"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    subjects = models.PositiveIntegerField(_("records judged"), default=0)
    changes = models.PositiveIntegerField(_("colours changed"), default=0)
    #: verification only: rows whose stored standing differed from a fresh judgement
    differences = models.PositiveIntegerField(_("differences"), default=0)
    #: [kind, id, name of the fault] of records that could not be judged; the rest went on
    failures = models.JSONField(_("not judged"), default=list)

    objects = RollupRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("roll-up run")
        verbose_name_plural = _("roll-up runs")
        ordering = ["-id"]
        indexes = [models.Index(fields=["mode", "-id"], name="run_mode")]

    def __str__(self) -> str:
        return f"{self.mode} {self.pk}"

    @property
    def seconds(self) -> float | None:
        """How long it took; None while it runs."""
        return (self.ended_at - self.started_at).total_seconds() if self.ended_at else None


class StandingChange(models.Model):
    """An overall colour that moved, and why. Kept for good: it dates the colours."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    at = models.DateTimeField()
    old = ColourField(null=True)
    new = ColourField()
    reasons = models.JSONField(default=dict)
    run = models.ForeignKey(RollupRun, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "object_id", "-at"], name="change_subject"),
            models.Index(fields=["-at"], name="change_at"),
            # What is told as changed; a first judgement is none.
            models.Index(
                fields=["kind", "-at"], condition=Q(old__isnull=False), name="change_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.old} → {self.new}"
