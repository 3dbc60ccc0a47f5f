"""The record that joins both offices, from a first remark to a measured effect."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.db import SWEDISH
from common.models import Imported, Versioned
from improvements.domain.lifecycle import BACKLOG, OPEN

STATES = [
    ("captured", pgettext_lazy("improvement state", "captured")),
    ("shaped", pgettext_lazy("improvement state", "shaped")),
    ("approved", pgettext_lazy("improvement state", "approved")),
    ("delivering", pgettext_lazy("improvement state", "delivering")),
    ("early_life", pgettext_lazy("improvement state", "early life")),
    ("measuring", pgettext_lazy("improvement state", "measuring")),
    ("closed", pgettext_lazy("improvement state", "closed")),
    ("parked", pgettext_lazy("improvement state", "parked")),
    ("declined", pgettext_lazy("improvement state", "declined")),
    ("merged", pgettext_lazy("improvement state", "merged")),
]
ORIGINS = [
    ("person", pgettext_lazy("origin", "person")),
    ("signal", pgettext_lazy("origin", "signal")),
    ("incident", pgettext_lazy("origin", "incident")),
    ("problem", pgettext_lazy("origin", "problem")),
    ("project", pgettext_lazy("origin", "project")),
    ("audit", pgettext_lazy("origin", "audit")),
    ("review", pgettext_lazy("origin", "service review")),
    ("survey", pgettext_lazy("origin", "survey")),
    ("import", pgettext_lazy("origin", "import")),
]
ROUTES = [
    ("do_now", pgettext_lazy("route", "Do now")),
    ("change", pgettext_lazy("route", "Change")),
    ("project", pgettext_lazy("route", "Project")),
]
GRADES = [
    ("measured", pgettext_lazy("evidence", "measured")),
    ("indicative", pgettext_lazy("evidence", "indicative")),
    ("judged", pgettext_lazy("evidence", "judged")),
    ("none", pgettext_lazy("evidence", "none")),
]


class ImprovementQuerySet(models.QuerySet["Improvement"]):
    """Words for improvements."""

    def open(self) -> Self:
        """Somebody still has something to do: captured up to and with measuring."""
        return self.filter(state__in=sorted(OPEN))

    def backlog(self) -> Self:
        """The offices still decide: captured and shaped."""
        return self.filter(state__in=sorted(BACKLOG))


class Improvement(Versioned, Imported):
    """One thing to make better, with where it came from, how far it is and who owns it."""

    title = models.CharField(
        pgettext_lazy("improvement", "title"), max_length=200, db_collation=SWEDISH
    )
    problem = models.TextField(_("problem"))
    origin = models.CharField(_("origin"), max_length=10, choices=ORIGINS, default="person")
    unit = models.ForeignKey(
        "accounts.Unit",
        on_delete=models.PROTECT,
        related_name="improvements",
        verbose_name=_("unit"),
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    owner_name = models.CharField(
        _("owner as in the source"), max_length=200, default="", blank=True
    )
    benefit_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("benefit owner"),
    )
    route = models.CharField(_("route"), max_length=10, choices=ROUTES, default="", blank=True)
    route_reason = models.TextField(_("why this route"), default="", blank=True)
    effort_days = models.DecimalField(
        _("effort, person-days"), max_digits=7, decimal_places=1, null=True, blank=True
    )
    needs_outage = models.BooleanField(_("needs an outage"), default=False)
    needs_spend = models.BooleanField(_("needs money of its own"), default=False)
    expected_effect = models.TextField(_("expected effect"), default="", blank=True)

    state = models.CharField(
        _("state"), max_length=10, choices=STATES, default="captured", editable=False
    )
    state_since = models.DateTimeField(_("in this state since"), editable=False)
    captured_at = models.DateTimeField(_("captured"), editable=False)
    respond_by = models.DateTimeField(_("first answer promised by"), null=True, editable=False)
    first_response_at = models.DateTimeField(_("first answer"), null=True, editable=False)
    parked_until = models.DateField(_("parked until"), null=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="merged",
        editable=False,
        verbose_name=_("merged into"),
    )
    evidence = models.CharField(
        _("evidence"), max_length=10, choices=GRADES, default="", editable=False
    )
    is_confidential = models.BooleanField(_("confidential"), default=False)

    services = models.ManyToManyField(
        "services.Service",
        through="improvements.ImprovementService",
        related_name="improvements",
        verbose_name=_("services"),
    )
    projects = models.ManyToManyField(
        "projects.Project",
        through="improvements.ImprovementProject",
        related_name="improvements",
        verbose_name=_("projects"),
    )

    objects = ImprovementQuerySet.as_manager()

    class Meta(Imported.Meta):
        verbose_name = _("improvement")
        verbose_name_plural = _("improvements")
        constraints = [
            *Imported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(state__in=[state for state, _label in STATES]),
                name="improvement_state_known",
            ),
            models.CheckConstraint(
                condition=Q(route="") | Q(route__in=[route for route, _label in ROUTES]),
                name="improvement_route_known",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="improvement_merged_somewhere",
            ),
            models.CheckConstraint(
                condition=Q(effort_days__isnull=True) | Q(effort_days__gte=0),
                name="improvement_effort_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "captured_at"], name="improvement_queue"),
            # All that tells whether a reader counts an open improvement, and under which state.
            models.Index(
                fields=[
                    "id",
                    "unit",
                    "state",
                    "is_confidential",
                    "proposed_by",
                    "owner",
                    "benefit_owner",
                ],
                condition=Q(archived_at=None, state__in=sorted(state.value for state in OPEN)),
                name="improvement_open",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def key(self) -> str:
        """The human key, e.g. ``IMP-301``."""
        return f"IMP-{self.pk}"

    @property
    def is_answered(self) -> bool:
        """Whether the proposer has had a first answer."""
        return self.first_response_at is not None
