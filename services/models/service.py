"""A service, what it needs, and the statuses it has passed."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.db import SWEDISH
from common.fields import MoneyField
from common.models import Imported, Versioned
from services.domain.lifecycle import EVERYDAY, Everyday, Status

#: stored name of the one service of an organisation that takes what names no service
UNASSIGNED = "Unassigned"

STATUSES = [
    ("requirements", pgettext_lazy("service status", "Requirements")),
    ("defined", pgettext_lazy("service status", "Defined")),
    ("analysed", pgettext_lazy("service status", "Analysed")),
    ("approved", pgettext_lazy("service status", "Approved")),
    ("chartered", pgettext_lazy("service status", "Chartered")),
    ("designed", pgettext_lazy("service status", "Designed")),
    ("developed", pgettext_lazy("service status", "Developed")),
    ("built", pgettext_lazy("service status", "Built")),
    ("tested", pgettext_lazy("service status", "Tested")),
    ("released", pgettext_lazy("service status", "Released")),
    ("operational", pgettext_lazy("service status", "Operational")),
    ("retired", pgettext_lazy("service status", "Retired")),
]
TIERS = [
    (1, _("1, critical")),
    (2, _("2, important")),
    (3, _("3, ordinary")),
    (4, _("4, minor")),
]


class ServiceQuerySet(models.QuerySet["Service"]):
    """Words for services."""

    def in_use(self) -> Self:
        """Not archived."""
        return self.filter(archived_at=None)

    def called(self, word: Everyday) -> Self:
        """Services whose everyday word is `word`; a retirement date makes "being phased out"."""
        rows = self.filter(status__in=[status for status, name in EVERYDAY.items() if name == word])
        if word == Everyday.IN_OPERATION:
            return rows.filter(retires_on=None)
        if word == Everyday.PHASED_OUT:
            return self.filter(status=Status.OPERATIONAL, retires_on__isnull=False)
        return rows


def shown_name(name: str, *, is_unassigned: bool) -> str:
    """Return a service's name; the one that takes what names no service is told in words."""
    return str(_("Unassigned")) if is_unassigned else name


def everyday(status: Status, retires_on: dt.date | None) -> Everyday:
    """Return the word the everyday face shows for a status and a planned end."""
    word = EVERYDAY[status]
    if word == Everyday.IN_OPERATION and retires_on is not None:
        return Everyday.PHASED_OUT
    return word


class Service(Versioned, Imported):
    """An operated business or IT service, from the first need to its withdrawal."""

    name = models.CharField(_("name"), max_length=200, db_collation=SWEDISH)
    unit = models.ForeignKey(
        "accounts.Unit",
        on_delete=models.PROTECT,
        related_name="services",
        verbose_name=_("unit"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_services",
        verbose_name=_("service owner"),
    )
    owner_name = models.CharField(_("owner, as imported"), max_length=200, blank=True, default="")
    deputies = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="deputised_services",
        verbose_name=_("deputies"),
    )
    tier = models.PositiveSmallIntegerField(_("tier"), choices=TIERS, default=3)
    status = models.CharField(
        _("status"), max_length=12, choices=STATUSES, default=Status.REQUIREMENTS.value
    )
    #: since when it has had that status, so that lists need no history
    status_on = models.DateField(_("status since"))
    suspended = models.BooleanField(_("suspended"), default=False)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    #: takes tickets that name no service; one in an organisation
    is_unassigned = models.BooleanField(default=False, editable=False)
    root = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="+", editable=False
    )
    purpose = models.TextField(_("purpose"), blank=True, default="")
    users_count = models.PositiveIntegerField(_("users"), null=True, blank=True)
    yearly_cost = MoneyField(_("cost a year"), null=True, blank=True)
    calendar = models.ForeignKey(
        "common.WorkCalendar",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("service hours"),
    )
    retires_on = models.DateField(_("retires on"), null=True, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta(Imported.Meta):
        abstract = False
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["name"]
        indexes = [
            models.Index(fields=["unit", "status"], name="service_unit_status"),
            models.Index(fields=["name"], name="service_name"),
            # The weightiest first, so that the board need not look at all of a colour.
            models.Index(
                fields=["tier", "id"],
                condition=Q(archived_at=None) & ~Q(status="retired"),
                name="service_by_tier",
            ),
        ]
        constraints = [
            *Imported.Meta.constraints,
            models.UniqueConstraint(
                fields=["root"], condition=Q(is_unassigned=True), name="service_one_unassigned"
            ),
            models.CheckConstraint(condition=Q(tier__gte=1, tier__lte=4), name="service_tier"),
            models.CheckConstraint(
                condition=Q(status__in=[code for code, _label in STATUSES]), name="service_status"
            ),
            models.CheckConstraint(
                condition=Q(yearly_cost=None) | Q(yearly_cost__gte=0), name="service_cost"
            ),
        ]

    def __str__(self) -> str:
        return shown_name(self.name, is_unassigned=self.is_unassigned)

    @property
    def key(self) -> str:
        """The human key, e.g. ``SVC-7``."""
        return f"SVC-{self.pk}"

    @property
    def everyday(self) -> Everyday:
        """The word the everyday face shows."""
        return everyday(Status(self.status), self.retires_on)


class StatusEntry(models.Model):
    """A status a service entered. A second pass after retirement counts `pass_no` up."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="entries")
    status = models.CharField(_("status"), max_length=12, choices=STATUSES)
    on = models.DateField(_("from"))
    pass_no = models.PositiveSmallIntegerField(default=1)
    reason = models.TextField(_("reason"), blank=True, default="")

    class Meta:
        verbose_name = _("status entered")
        verbose_name_plural = _("statuses entered")
        ordering = ["id"]
        indexes = [models.Index(fields=["service", "id"], name="statusentry_service")]

    def __str__(self) -> str:
        return f"{self.service_id} {self.status} {self.on}"


DEPENDENCY_KINDS = [
    ("hard", _("hard: stops when the other stops")),
    ("group", _("one of a redundant group")),
    ("soft", _("soft: works with reduced function")),
]


class ServiceDependency(models.Model):
    """A service needs another: alone (hard), as one of a redundant group, or softly."""

    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, related_name="needs", verbose_name=_("service")
    )
    needs = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="carries", verbose_name=_("needs")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=DEPENDENCY_KINDS, default="hard")
    group = models.CharField(_("group"), max_length=60, blank=True, default="")
    #: how many of the group must work
    minimum = models.PositiveSmallIntegerField(_("must work"), default=1)

    class Meta:
        verbose_name = _("dependency")
        verbose_name_plural = _("dependencies")
        ordering = ["kind", "group", "id"]
        constraints = [
            models.UniqueConstraint(fields=["service", "needs"], name="dependency_once"),
            models.CheckConstraint(condition=~Q(service=F("needs")), name="dependency_other"),
            models.CheckConstraint(
                condition=(Q(kind="group") & ~Q(group="")) | (~Q(kind="group") & Q(group="")),
                name="dependency_group_named",
            ),
            models.CheckConstraint(condition=Q(minimum__gte=1), name="dependency_minimum"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} → {self.needs_id}"
