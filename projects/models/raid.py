"""Risks and issues of a project."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.db import SWEDISH
from common.models import Versioned

RISK_KINDS = [("threat", _("risk")), ("opportunity", _("opportunity"))]
RISK_STATES = [
    ("open", _("open")),
    ("happened", _("happened")),
    ("closed", _("closed")),
]
LEVELS = [
    (1, _("1 very low")),
    (2, _("2 low")),
    (3, _("3 medium")),
    (4, _("4 high")),
    (5, _("5 very high")),
]
ISSUE_STATES = [("open", _("open")), ("closed", _("closed"))]


class RiskQuerySet(models.QuerySet["Risk"]):
    """Words for risks."""

    def open(self) -> Self:
        """Risks that may still happen."""
        return self.filter(state="open")


class Risk(Versioned):
    """Something that may happen, rated by probability and consequence, 1 to 5."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="risks")
    kind = models.CharField(_("kind"), max_length=11, choices=RISK_KINDS, default="threat")
    title = models.CharField(_("risk"), max_length=200, db_collation=SWEDISH)
    probability = models.PositiveSmallIntegerField(_("probability"), choices=LEVELS)
    consequence = models.PositiveSmallIntegerField(_("consequence"), choices=LEVELS)
    response = models.TextField(_("response"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("response due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=RISK_STATES, default="open")

    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        ordering = ["-probability", "-consequence", "pk"]
        indexes = [models.Index(fields=["project", "state"], name="risk_project_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__range=(1, 5), consequence__range=(1, 5)),
                name="risk_on_scale",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _label in RISK_STATES]),
                name="risk_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Issue(Versioned):
    """Something that has happened and waits for somebody."""

    project = models.ForeignKey("projects.Project", on_delete=models.CASCADE, related_name="issues")
    title = models.CharField(_("issue"), max_length=200, db_collation=SWEDISH)
    description = models.TextField(_("what has happened"), blank=True)
    resolution = models.TextField(_("what is being done"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=6, choices=ISSUE_STATES, default="open")
    #: the risk that came true, where there was one
    risk = models.ForeignKey(
        Risk, on_delete=models.PROTECT, null=True, blank=True, related_name="issues"
    )

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["state", "due_on", "pk"]
        indexes = [models.Index(fields=["project", "state"], name="issue_project_state")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[code for code, _label in ISSUE_STATES]),
                name="issue_state_known",
            )
        ]

    def __str__(self) -> str:
        return self.title
