"""What was done, by whom, when, and what it changed: written once, never altered."""

from typing import Any, NoReturn, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.wording import say


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Reads only: the log is append-only for our own code too, and by trigger for the rest."""

    def about(self, kind: str, object_id: int) -> Self:
        """Events of one subject, newest first."""
        return self.filter(kind=kind, object_id=object_id).order_by("-at", "-id")

    def update(self, **kwargs: Any) -> NoReturn:
        """Refused: an event is never altered."""
        raise TypeError("the audit log is append-only")

    def delete(self) -> NoReturn:
        """Refused: an event is never removed."""
        raise TypeError("the audit log is append-only")


class AuditEvent(models.Model):
    """One deed on one subject; a bulk write is one event with an item event per record."""

    at = models.DateTimeField(_("at"), db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )
    action = models.CharField(_("action"), max_length=80)
    kind = models.CharField(_("kind"), max_length=40)
    object_id = models.BigIntegerField(_("number"), null=True)
    batch = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="items", verbose_name=_("batch")
    )
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    note = models.TextField(_("reason"), default="")

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [models.Index(fields=["kind", "object_id", "-id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{say(self.action)} {self.kind} {self.object_id}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused: an event is never removed."""
        raise TypeError("the audit log is append-only")
