"""Long work that a person may leave and come back to, and proof that workers live."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet["Job"]):
    """Words for jobs."""

    def waiting(self, now: dt.datetime) -> Self:
        """Jobs that may be taken: queued, or running under a lease that has run out."""
        return self.filter(Q(state="queued") | Q(state="running", lease_until__lt=now)).order_by(
            "id"
        )

    def of(self, user: object) -> Self:
        """Jobs a user started."""
        return self.filter(created_by=user)


class Job(models.Model):
    """One piece of long work, done in slices; the cursor says how far it has come."""

    work = models.CharField(_("work"), max_length=60)
    state = models.CharField(
        _("state"),
        max_length=10,
        default="queued",
        choices=[
            ("queued", _("queued")),
            ("running", _("running")),
            ("done", _("done")),
            ("failed", _("failed")),
            ("stopped", _("stopped")),
        ],
    )
    params = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    done = models.PositiveIntegerField(_("done"), default=0)
    total = models.PositiveIntegerField(_("of"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lease_until = models.DateTimeField(null=True)
    error = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["state", "id"], name="job_state")]

    def __str__(self) -> str:
        return f"{self.work} {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in {"done", "failed", "stopped"}

    @property
    def percent(self) -> int:
        """How far it has come, 0 to 100; 0 while the total is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else 0


class Heartbeat(models.Model):
    """When a part of the machinery last showed life: `beat`, `worker`."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
