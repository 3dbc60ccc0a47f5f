"""The ledger of roll-ups, and every change of a colour they found."""

import datetime as dt
from collections.abc import Sequence
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


#: a run without a sign of life for so long is dead
DEAD_AFTER = dt.timedelta(minutes=3)
#: waits before a record that could not be judged is tried again; then somebody must look
WAITS = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30))


class RollupRunQuerySet(models.QuerySet["RollupRun"]):
    """Words for runs."""

    def alive(self, mode: str, now: dt.datetime) -> Self:
        """Runs of a mode still going on."""
        return self.filter(mode=mode, state="running", heartbeat_at__gt=now - DEAD_AFTER)

    def dead(self, now: dt.datetime) -> Self:
        """Runs that have been killed: they say that they run and show no life."""
        return self.filter(state="running", heartbeat_at__lte=now - DEAD_AFTER)


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
        return f"{self.get_mode_display()} {self.pk}"

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


class UnjudgedQuerySet(models.QuerySet["Unjudged"]):
    """Words for records that could not be judged."""

    def due(self, now: dt.datetime) -> Self:
        """Those whose time to be tried again has come."""
        return self.filter(retry_at__lte=now).order_by("retry_at")

    def need_attention(self) -> Self:
        """Those that fell every time: only an edit, or the hourly run, tries them again."""
        return self.filter(retry_at=None)

    def judged(self, kind: str, ids: Sequence[int]) -> None:
        """Forget those that have been judged after all."""
        fallen = self.filter(kind=kind, object_id__among=ids)
        if fallen.exists():
            fallen.delete()

    def fell(self, kind: str, object_id: int, *, fault: str, now: dt.datetime) -> None:
        """Note that one fell and when it is tried again; what is not due yet keeps its time."""
        row = self.filter(kind=kind, object_id=object_id).first() or Unjudged(
            kind=kind, object_id=object_id, first_at=now, retry_at=now
        )
        if row.retry_at is not None and row.retry_at <= now:
            row.retry_at = now + WAITS[row.attempts] if row.attempts < len(WAITS) else None
            row.attempts += 1
        row.fault = fault
        row.save()


class Unjudged(models.Model):
    """A record that could not be judged. Its old standing stays, and is told to be old."""

    kind = models.CharField(_("kind"), max_length=40)
    object_id = models.BigIntegerField(_("number"))
    #: name of the fault; the log has the rest
    fault = models.CharField(_("fault"), max_length=120)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    first_at = models.DateTimeField(_("since"))
    #: none: it fell every time
    retry_at = models.DateTimeField(_("tried again"), null=True)

    objects = UnjudgedQuerySet.as_manager()

    class Meta:
        verbose_name = _("record not judged")
        verbose_name_plural = _("records not judged")
        ordering = ["first_at"]
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="unjudged_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
