"""The service calendar: whatever is planned to happen to a service, whoever plans it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from services.models.service import Service

ENTRY_KINDS = [
    ("change", _("change")),
    ("maintenance", _("maintenance window")),
    ("freeze", _("freeze")),
    ("go_live", _("go-live")),
    ("early_life", _("early life support")),
    ("measuring", _("measurement window")),
]


class CalendarEntry(models.Model):
    """One planned interval, half-open, of a service or of a unit and all services below it."""

    kind = models.CharField(_("kind"), max_length=11, choices=ENTRY_KINDS)
    service = models.ForeignKey(
        Service, on_delete=models.CASCADE, null=True, blank=True, related_name="calendar_entries"
    )
    unit = models.ForeignKey(
        "accounts.Unit",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="calendar_entries",
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    title = models.CharField(_("title"), max_length=200)
    #: the subject that planned it, e.g. ("project", 12); empty for one made here
    source_kind = models.CharField(max_length=40, blank=True, default="")
    source_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("calendar entry")
        verbose_name_plural = _("calendar entries")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["service", "starts_at"], name="entry_service"),
            models.Index(fields=["unit", "starts_at"], name="entry_unit"),
            models.Index(fields=["source_kind", "source_id"], name="entry_source"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=False, unit__isnull=True)
                | Q(service__isnull=True, unit__isnull=False),
                name="entry_one_place",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="entry_forward"),
        ]

    def __str__(self) -> str:
        return self.title
