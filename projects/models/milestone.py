"""Milestones: the dates a project promises."""

import datetime as dt
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.db import SWEDISH
from common.models import Versioned


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Words for milestones."""

    def overdue(self, as_of: dt.date) -> Self:
        """Milestones whose day has passed without being reached."""
        return self.filter(actual_on=None, planned_on__lt=as_of)


class Milestone(Versioned):
    """A point to be reached. `baseline_on` is the day first promised and stays."""

    project = models.ForeignKey(
        "projects.Project", on_delete=models.CASCADE, related_name="milestones"
    )
    name = models.CharField(_("milestone"), max_length=200, db_collation=SWEDISH)
    baseline_on = models.DateField(_("first promised"))
    planned_on = models.DateField(_("planned"))
    actual_on = models.DateField(_("reached"), null=True, blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["planned_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="milestone_name_once")
        ]

    def __str__(self) -> str:
        return self.name
