"""The rows of a file as they were read, and what became of each."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.models.batch import ImportBatch

OUTCOMES = [
    ("new", _("new")),
    ("changed", _("changed")),
    ("same", _("same")),
    ("refused", pgettext_lazy("import", "refused")),
    ("skipped", _("left out")),
]


class StagedRowQuerySet(models.QuerySet["StagedRow"]):
    """Words for staged rows."""

    def records(self) -> Self:
        """Rows that are a record: not the events it was folded from."""
        return self.filter(is_event=False)

    def waiting(self) -> Self:
        """Records that no one has written yet and that are not out."""
        return self.records().filter(is_applied=False).exclude(outcome__in=["refused", "skipped"])

    def reported(self) -> Self:
        """What preview and report show: records, and events that were refused."""
        return self.filter(Q(is_event=False) | Q(outcome="refused") | Q(is_partly=True))

    def faulty(self) -> Self:
        """Rows that did not come in, wholly or in part."""
        return self.filter(Q(outcome="refused") | Q(is_partly=True))


class StagedRow(models.Model):
    """One row of a file, or the record that several rows of a log add up to.

    `row` is its number as a spreadsheet shows it; of a folded record, that of the row it begins or
    ends with. `record` is what was read (exchange.domain.staging), `cells` the original texts by
    column. `reasons` are [column, code, params], the one that decided first.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField(_("row"))
    #: a row of a log: part of a record that stands beside it
    is_event = models.BooleanField(default=False)
    #: the record's key; of an event, what it is folded by, empty when it takes no part
    external_id = models.CharField(_("key"), max_length=200)
    record = models.JSONField(default=dict)
    cells = models.JSONField(null=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=OUTCOMES, default="", blank=True)
    is_partly = models.BooleanField(default=False)
    reasons = models.JSONField(default=list)
    #: field -> [before, after] of a changed record
    change = models.JSONField(default=dict)
    kind = models.CharField(max_length=40, default="", blank=True)
    object_id = models.BigIntegerField(null=True)
    #: version of the subject after the write; undo keeps off when it has moved on
    version = models.PositiveIntegerField(null=True)
    is_applied = models.BooleanField(default=False)
    #: what undo made of it
    undo = models.CharField(
        max_length=6,
        default="",
        blank=True,
        choices=[("undone", _("undone")), ("kept", _("not undone"))],
    )

    objects = StagedRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ["row", "id"]
        indexes = [
            models.Index(fields=["batch", "is_event", "external_id", "row"], name="staged_key"),
            models.Index(fields=["batch", "is_event", "row"], name="staged_row"),
        ]

    def __str__(self) -> str:
        return f"row {self.row}"
