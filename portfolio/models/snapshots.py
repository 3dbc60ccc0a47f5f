"""One dated row per subject and local day, written once; and the totals of units."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField, MoneyField


class SnapshotDay(models.Model):
    """A local day of an organisation that has been written, and whether it is closed.

    While it is open, writing it again replaces its rows. Closed, it is refused unless somebody
    with the right reopens it with a reason, which begins a new revision; old rows stay.
    """

    root = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("day"))
    revision = models.PositiveSmallIntegerField(default=1)
    closed_at = models.DateTimeField(null=True)
    #: filled afterwards, from dated facts only
    is_late = models.BooleanField(default=False)
    reopened_for = models.TextField(default="", blank=True)
    run = models.ForeignKey(
        "portfolio.RollupRun", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["root", "on", "revision"], name="snapshot_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.on} r{self.revision}"


class Snapshot(models.Model):
    """How a subject stood at the end of a local day, with its place in the tree of that day."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    on = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    root_id = models.BigIntegerField()
    unit_path = models.CharField(max_length=200)
    overall = ColourField()
    reported = ColourField(null=True)
    hatched = models.BooleanField(default=False)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    dims = models.JSONField(default=dict)
    money = MoneyField(null=True)
    rule_version = models.CharField(max_length=20, default="")
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "on", "revision"], name="snapshot_once"
            )
        ]
        indexes = [models.Index(fields=["root_id", "on", "kind"], name="snapshot_root_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.on}"


class UnitTotal(models.Model):
    """Counts and money per colour of everything of a kind in a unit and below, at a day's end.

    The four counts add up to `subjects`, the four amounts to `money`: a constraint says so.
    """

    unit = models.ForeignKey("accounts.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    on = models.DateField()
    revision = models.PositiveSmallIntegerField(default=1)
    subjects = models.PositiveIntegerField(default=0)
    green = models.PositiveIntegerField(default=0)
    amber = models.PositiveIntegerField(default=0)
    red = models.PositiveIntegerField(default=0)
    grey = models.PositiveIntegerField(default=0)
    money = MoneyField(default=0)
    money_green = MoneyField(default=0)
    money_amber = MoneyField(default=0)
    money_red = MoneyField(default=0)
    money_grey = MoneyField(default=0)
    least_confidence = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    mean_confidence = models.DecimalField(max_digits=3, decimal_places=2, default=0)
    is_late = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "on", "revision"], name="unit_total_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    subjects=models.F("green")
                    + models.F("amber")
                    + models.F("red")
                    + models.F("grey")
                ),
                name="unit_total_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind} {self.on}"
