"""A project and its type."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, OrderBy, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.db import SWEDISH
from common.fields import MoneyField
from common.models import Imported, Versioned, WorkCalendar
from common.words import worded

if TYPE_CHECKING:
    from projects.models.standing import ProjectStanding

TIERS = [("light", _("light")), ("standard", _("standard")), ("heavy", _("heavy"))]
PHASES = [
    ("initiating", worded("phase.initiating", _("initiating"))),
    ("planning", worded("phase.planning", _("planning"))),
    ("executing", worded("phase.executing", _("executing"))),
    ("closing", worded("phase.closing", _("closing"))),
    ("closed", worded("phase.closed", _("closed"))),
]
OVERLAYS = [("on_hold", _("on hold")), ("stopped", _("stopped"))]
AMOUNTS = ("approved_budget", "current_budget", "forecast_cost", "actual_cost")
_RUNNING = Q(archived_at=None) & ~Q(phase="closed") & ~Q(overlay="stopped")


def by_budget(amount: F | Case) -> OrderBy:
    """Return the order "the dearest first", in which no amount counts as nothing."""
    return Coalesce(amount, Value(0), output_field=MoneyField()).desc()


def type_name(name: str, name_sv: str) -> str:
    """Return a project type's name in the reader's language."""
    return name_sv if name_sv and get_language() == "sv" else name


class ProjectType(models.Model):
    """What kind of project: whether it hands something over to operation decides its gates."""

    name = models.CharField(_("name"), max_length=80, unique=True, db_collation=SWEDISH)
    name_sv = models.CharField(_("name in Swedish"), max_length=80, blank=True)
    delivers_to_operation = models.BooleanField(
        _("delivers to operation"),
        default=True,
        help_text=_("Service, handover and early-life criteria apply only where this is set."),
    )

    class Meta:
        verbose_name = _("project type")
        verbose_name_plural = _("project types")
        ordering = ["name"]

    def __str__(self) -> str:
        return type_name(self.name, self.name_sv)


class ProjectQuerySet(models.QuerySet["Project"]):
    """Words for projects."""

    def current(self) -> Self:
        """Projects that have not been archived."""
        return self.filter(archived_at=None)

    def open(self) -> Self:
        """Projects that still run: neither closed nor stopped."""
        return self.exclude(phase="closed").exclude(overlay="stopped")


class Project(Versioned, Imported):
    """Temporary work with an end.

    `approved_budget` and `baseline_finish_on` are the original approval and are never rewritten;
    what has been decided since stands in `current_budget` and `planned_finish_on`, what is
    expected now in `forecast_cost` and `forecast_finish_on`.
    """

    name = models.CharField(_("name"), max_length=200, db_collation=SWEDISH)
    unit = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="projects", verbose_name=_("unit")
    )
    project_type = models.ForeignKey(
        ProjectType, on_delete=models.PROTECT, related_name="projects", verbose_name=_("type")
    )
    tier = models.CharField(_("tier"), max_length=8, choices=TIERS, default="light")
    purpose = models.TextField(_("purpose"), blank=True)
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sponsored_projects",
        verbose_name=_("sponsor"),
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="managed_projects",
        verbose_name=_("project manager"),
    )
    #: names as the source writes them, until matched to a person
    sponsor_name = models.CharField(_("sponsor in the source"), max_length=200, blank=True)
    manager_name = models.CharField(_("project manager in the source"), max_length=200, blank=True)
    phase = models.CharField(_("phase"), max_length=10, choices=PHASES, default="initiating")
    overlay = models.CharField(
        _("on hold or stopped"), max_length=7, choices=OVERLAYS, default="", blank=True
    )
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Only the sponsor and the project manager get in."),
    )
    starts_on = models.DateField(_("planned start"), null=True, blank=True)
    actual_start_on = models.DateField(_("actual start"), null=True, blank=True)
    planned_finish_on = models.DateField(_("planned finish"), null=True, blank=True)
    baseline_finish_on = models.DateField(_("approved finish"), null=True, blank=True)
    forecast_finish_on = models.DateField(_("forecast finish"), null=True, blank=True)
    actual_finish_on = models.DateField(_("actual finish"), null=True, blank=True)
    approved_budget = MoneyField(_("approved budget"), null=True, blank=True)
    current_budget = MoneyField(_("current budget"), null=True, blank=True)
    forecast_cost = MoneyField(_("forecast cost"), null=True, blank=True)
    actual_cost = MoneyField(_("actual cost"), null=True, blank=True)

    #: names of fields that the source fills and therefore owns
    source_fields = models.JSONField(default=list, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta(Imported.Meta):
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name", "pk"]
        indexes = [
            models.Index(fields=["unit", "phase"], name="project_unit_phase"),
            models.Index(fields=["archived_at", "name"], name="project_name"),
            # All that tells whether a reader counts a running project, and what it weighs.
            models.Index(
                fields=[
                    "id",
                    "unit",
                    "is_confidential",
                    "manager",
                    "sponsor",
                    "current_budget",
                ],
                condition=_RUNNING,
                name="project_running",
            ),
            # The dearest first, so that the board need not look at all of a colour.
            models.Index(
                by_budget(F("current_budget")), "id", condition=_RUNNING, name="project_by_budget"
            ),
        ]
        constraints = [
            *Imported.Meta.constraints,
            models.CheckConstraint(
                condition=Q(phase__in=[code for code, _label in PHASES]), name="project_phase_known"
            ),
            models.CheckConstraint(
                condition=Q(tier__in=[code for code, _label in TIERS]), name="project_tier_known"
            ),
            models.CheckConstraint(
                condition=Q(overlay__in=["", *(code for code, _label in OVERLAYS)]),
                name="project_overlay_known",
            ),
            models.CheckConstraint(
                condition=Q(actual_start_on__isnull=True)
                | Q(actual_finish_on__isnull=True)
                | Q(actual_start_on__lte=F("actual_finish_on")),
                name="project_actual_dates_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """The human key, ``PRJ-12``."""
        return f"PRJ-{self.pk}"

    @property
    def overlay_state(self) -> str:
        """The overlay as the state table names it: running, on_hold or stopped."""
        return self.overlay or "running"

    @property
    def is_imported(self) -> bool:
        """Whether it came from another system."""
        return bool(self.source)

    @property
    def owned_by_source(self) -> frozenset[str]:
        """Fields that the source keeps; they are read-only here."""
        return frozenset(self.source_fields)

    @property
    def stands(self) -> "ProjectStanding | None":
        """Its standing; None until the first roll-up has seen it."""
        standing: ProjectStanding | None = getattr(self, "standing", None)
        return standing

    @property
    def zone(self) -> str:
        """The organisation's zone, in which its days begin and end."""
        root = self.unit.root
        return root.zone if root else "UTC"

    @property
    def calendar(self) -> WorkCalendar | None:
        """The organisation's working days."""
        root = self.unit.root
        return root.calendar if root else None

    @property
    def currency(self) -> str:
        """The organisation's currency."""
        root = self.unit.root
        return root.currency if root else ""

    @property
    def manager_text(self) -> str:
        """The project manager's name, matched or as in the source; empty when nobody is named."""
        return str(self.manager) if self.manager else self.manager_name
