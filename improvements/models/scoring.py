"""What improvements are scored by, and each person's ratings."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

HIGHEST = 5
"""Criteria are rated 0 to 5 in whole steps: finer would be false precision (bridge, 6.1)."""
OFFICES = [("project", _("project office")), ("service", _("service office"))]


class ScoringModel(models.Model):
    """A set of weighted criteria; the default one orders the joint review."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_default = models.BooleanField(_("orders the joint review"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("scoring model")
        verbose_name_plural = _("scoring models")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="scoring_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ScoringCriterion(models.Model):
    """One thing to rate, with its weight."""

    model = models.ForeignKey(ScoringModel, on_delete=models.CASCADE, related_name="criteria")
    key = models.SlugField(_("code"), max_length=40)
    label_en = models.CharField(_("English"), max_length=80)
    label_sv = models.CharField(_("Swedish"), max_length=80)
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    is_inverted = models.BooleanField(
        _("counts against"), default=False, help_text=_("A high rating lowers the score.")
    )
    is_mandatory = models.BooleanField(
        _("decides alone"),
        default=False,
        help_text=_("The highest rating sets the score to 100, for example for law."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["model", "key"], name="criterion_once"),
            models.CheckConstraint(condition=Q(weight__gte=0), name="criterion_weight"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The criterion in the reader's language."""
        return self.label_sv if (get_language() or "").startswith("sv") else self.label_en


class Score(models.Model):
    """One person's ratings of one improvement, for one office.

    A new rating replaces the old one. From the moment both offices have scored, the audit log
    keeps what was replaced; before that a rating may be changed unseen.
    """

    improvement = models.ForeignKey(
        "improvements.Improvement", on_delete=models.PROTECT, related_name="scores"
    )
    office = models.CharField(_("office"), max_length=7, choices=OFFICES)
    scorer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("scored by"),
    )
    #: criterion key -> rating, 0 to `HIGHEST`
    ratings = models.JSONField(_("ratings"), default=dict)
    reach = models.DecimalField(
        _("people reached a quarter"), max_digits=12, decimal_places=2, null=True
    )
    impact = models.DecimalField(_("impact"), max_digits=4, decimal_places=2, null=True)
    confidence = models.DecimalField(_("confidence"), max_digits=3, decimal_places=2, null=True)
    business_value = models.DecimalField(
        _("business value"), max_digits=4, decimal_places=1, null=True
    )
    time_criticality = models.DecimalField(
        _("time criticality"), max_digits=4, decimal_places=1, null=True
    )
    risk_reduction = models.DecimalField(
        _("risk reduction"), max_digits=4, decimal_places=1, null=True
    )
    job_size = models.DecimalField(_("job size"), max_digits=4, decimal_places=1, null=True)
    cost_of_delay = models.DecimalField(
        _("cost of delay a week"), max_digits=14, decimal_places=2, null=True
    )
    duration_weeks = models.DecimalField(
        _("duration in weeks"), max_digits=6, decimal_places=1, null=True
    )
    #: came over from an improvement that was merged into this one
    merged_from = models.ForeignKey(
        "improvements.Improvement", on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["improvement", "office", "scorer"], name="score_once_a_scorer"
            ),
            models.CheckConstraint(
                condition=Q(office__in=["project", "service"]), name="score_office_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.improvement_id} {self.office}"
