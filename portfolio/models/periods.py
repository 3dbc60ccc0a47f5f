"""Reporting periods as data."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

KINDS = [
    ("month", _("month")),
    ("quarter", _("quarter")),
    ("tertial", _("tertial")),
    ("half_year", _("half-year")),
    ("fiscal_year", _("fiscal year")),
]


class ReportingPeriod(models.Model):
    """A period of an organisation, half-open, with the day its figures must be in."""

    root = models.ForeignKey(
        "accounts.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("up to but not"))
    cutoff_on = models.DateField(_("figures in by"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("reporting period")
        verbose_name_plural = _("reporting periods")
        ordering = ["-starts_on", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["root", "kind", "starts_on"], name="period_once"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="period_forward"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on}"
