"""One file on its way in: what it is, who brought it, how far it has come."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

KINDS = [
    ("people", _("people")),
    ("units", _("units")),
    ("projects", _("projects")),
    ("services", _("services")),
    ("improvements", _("improvements")),
    ("tickets", _("tickets")),
    ("outages", _("outages")),
    ("measures", _("measures")),
]
STATES = [
    ("reading", _("being read")),
    ("staged", _("waits for confirmation")),
    ("confirmed", pgettext_lazy("import", "confirmed")),
    ("applying", _("being imported")),
    ("done", pgettext_lazy("import", "imported")),
    ("undoing", _("being undone")),
    ("undone", _("undone")),
    ("failed", pgettext_lazy("import", "refused")),
    ("discarded", _("discarded")),
]
#: states whose records are in, so that an older file of the source must not overwrite them
IN = ("confirmed", "applying", "done")
UNDO_WINDOW = dt.timedelta(hours=24)


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    """Words for imports."""

    def of_source(self, source: str, root_id: int) -> Self:
        """Imports of one source into one organisation that are in."""
        return self.filter(source=source, root=root_id, state__in=IN)

    def matched(self) -> Self:
        """Imports whose columns a person matched, and that were not refused or put away."""
        return self.exclude(headers="").filter(state__in=("staged", *IN))


class ImportBatch(models.Model):
    """One import: a file, read with one mapping, into one organisation.

    The mapping's text is kept with it, so that what was understood stays known when the mapping
    has changed since, and so that a worker elsewhere can go on reading.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    mapping = models.CharField(_("mapping"), max_length=80)
    mapping_text = models.TextField()
    mapping_hash = models.CharField(max_length=64)
    source = models.CharField(_("source"), max_length=60)
    file_name = models.CharField(_("file"), max_length=200)
    file_hash = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"))
    #: the file's column names, for the download of what was refused
    columns = models.JSONField(default=list)
    #: where a person matched the columns: a digest of their names, and what was said of them
    headers = models.CharField(max_length=64, default="", blank=True)
    matching = models.JSONField(default=dict)
    as_of = models.DateField(_("speaks of"))
    root = models.ForeignKey(
        "accounts.Unit",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("organisation"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    job = models.ForeignKey("common.Job", on_delete=models.PROTECT, null=True, related_name="+")
    event = models.ForeignKey(
        "common.AuditEvent", on_delete=models.PROTECT, null=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=9, choices=STATES, default="reading")
    #: how far reading has come: the last row staged, the last group folded, the last row judged
    cursor = models.JSONField(default=dict)

    rows = models.PositiveIntegerField(_("rows"), default=0)
    new = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    same = models.PositiveIntegerField(_("same"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    #: records that came in without one of their cells; counted among the others as well
    partly = models.PositiveIntegerField(_("in part"), default=0)
    skipped = models.PositiveIntegerField(_("left out"), default=0)
    undone = models.PositiveIntegerField(_("undone"), default=0)
    kept = models.PositiveIntegerField(_("not undone"), default=0)

    error = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("started"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-id"]
        indexes = [models.Index(fields=["source", "root", "state"], name="import_source")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _label in STATES]),
                name="import_state_known",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_moving(self) -> bool:
        """Whether a job is, or should be, at work on it."""
        return self.state in {"reading", "confirmed", "applying", "undoing"}

    @property
    def records(self) -> int:
        """How many records the file gave, refused ones included."""
        return self.new + self.changed + self.same + self.refused

    @property
    def undo_until(self) -> dt.datetime | None:
        """Until when it can be undone; None before it is in."""
        return self.ended_at + UNDO_WINDOW if self.ended_at and self.state == "done" else None

    def can_be_undone(self, now: dt.datetime) -> bool:
        """Whether its day is not over yet."""
        return self.undo_until is not None and now < self.undo_until


class ImportFile(models.Model):
    """The bytes of an uploaded file while it is being read: any worker can reach them here."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"file of import {self.batch_id}"
