"""What was decided about an improvement: written once, superseded, never edited."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.assignment import ROLES
from improvements.models.improvement import ROUTES
from improvements.models.scoring import OFFICES

DEEDS = [
    ("approve", pgettext_lazy("decision", "Approved")),
    ("park", pgettext_lazy("decision", "Parked")),
    ("decline", pgettext_lazy("decision", "Declined")),
    ("merge", pgettext_lazy("decision", "Merged")),
    ("ask", pgettext_lazy("decision", "Asked for more")),
    ("reopen", pgettext_lazy("decision", "Reopened")),
]
SEATS = [
    ("service_owner", _("service owner")),
    ("service_side", _("service office")),
    ("project_side", _("project office")),
]


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Reads and inserts only."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: a decision is superseded, never edited."""
        raise TypeError("decisions are append-only")

    def delete(self) -> NoReturn:
        """Refused: a decision is superseded, never removed."""
        raise TypeError("decisions are append-only")


class Decision(models.Model):
    """One decision, with the seat and the reason it was taken from."""

    improvement = models.ForeignKey(
        "improvements.Improvement", on_delete=models.PROTECT, related_name="decisions"
    )
    decision = models.CharField(_("decision"), max_length=7, choices=DEEDS)
    office = models.CharField(_("office"), max_length=7, choices=OFFICES, default="", blank=True)
    seat = models.CharField(_("as"), max_length=13, choices=SEATS, default="", blank=True)
    #: the role the person held it under, as it was that day
    role = models.CharField(_("role"), max_length=20, choices=ROLES, default="", blank=True)
    route = models.CharField(_("route"), max_length=10, choices=ROUTES, default="", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    reason = models.TextField(_("reason"), default="", blank=True)
    until = models.DateField(_("until"), null=True)
    target = models.ForeignKey(
        "improvements.Improvement",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("merged into"),
    )
    from_state = models.CharField(_("from"), max_length=10)
    to_state = models.CharField(_("to"), max_length=10)
    at = models.DateTimeField(_("at"))
    #: the other seat's approval that completes this one
    stands_with = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    #: the decision this one takes the place of
    supersedes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    #: the approver had proposed it or held the other seat too; allowed in a small organisation
    is_own = models.BooleanField(default=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=[deed for deed, _label in DEEDS]),
                name="decision_known",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") | (Q(decision="park") & Q(until__isnull=False)),
                name="decision_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(decision="merge") | Q(target__isnull=False),
                name="decision_merge_has_target",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.improvement_id} {self.decision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert; a decision that stands is refused."""
        if not self._state.adding:
            raise TypeError("decisions are append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: a decision is superseded, never removed."""
        raise TypeError("decisions are append-only")
