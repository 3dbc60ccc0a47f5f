"""Who has which role where, and when."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.words import worded

ROLES = [
    ("executive", worded("role.executive", _("Executive, reader"))),
    ("project_manager", worded("role.project_manager", _("Project manager"))),
    ("service_owner", worded("role.service_owner", _("Service owner"))),
    ("process_owner", worded("role.process_owner", _("Process or benefit owner"))),
    ("improvement_manager", worded("role.improvement_manager", _("Improvement manager"))),
    ("pmo_lead", worded("role.pmo_lead", _("Project office lead"))),
    ("smo_lead", worded("role.smo_lead", _("Service office lead"))),
    ("auditor", worded("role.auditor", _("Auditor"))),
    ("app_admin", worded("role.app_admin", _("Administrator"))),
]


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Words for assignments."""

    def in_force(self, on: dt.date) -> Self:
        """Assignments that count on a day; the last day counts too."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=on),
            Q(ends_on__isnull=True) | Q(ends_on__gte=on),
        )


class Assignment(models.Model):
    """A role of a person in a unit and everything below it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=20, choices=ROLES)
    unit = models.ForeignKey(
        "accounts.Unit",
        on_delete=models.CASCADE,
        related_name="assignments",
        verbose_name=_("unit"),
    )
    with_money = models.BooleanField(
        _("may see money"), default=False, help_text=_("Adds money to what the role already sees.")
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("role assignment")
        verbose_name_plural = _("role assignments")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(starts_on__lte=F("ends_on")),
                name="assignment_forward",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role for role, _label in ROLES]), name="assignment_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.unit}"
