"""Abstract parts that business tables are made of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.fields import ColourField


class Versioned(models.Model):
    """A row that people edit: two savers never overwrite each other unseen."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    updated_at = models.DateTimeField(_("changed"), editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Imported(models.Model):
    """A row that may come from another system; what the source owns is read-only here."""

    source = models.CharField(_("source"), max_length=60, default="", blank=True, editable=False)
    # Null keeps rows made here out of the unique key.
    external_id = models.CharField(  # noqa: DJ001
        _("number in the source"), max_length=200, null=True, editable=False
    )
    seen_at = models.DateTimeField(_("last seen in the source"), null=True, editable=False)
    extra = models.JSONField(_("from the source"), default=dict, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="%(class)s_external")
        ]


class StandingBase(models.Model):
    """One row per subject: its measured health now, written only by its app's `restand`."""

    overall = ColourField(_("measured"), default="grey")
    reported = ColourField(_("reported"), null=True)
    #: some dimension is unknown, so the badge is drawn hatched
    hatched = models.BooleanField(default=True)
    confidence = models.DecimalField(
        _("data confidence"), max_digits=3, decimal_places=2, default=0
    )
    #: the worst dimension, by name; empty when all is well or nothing is known
    drag = models.CharField(max_length=20, default="", blank=True)
    #: dimension -> list of [code, params]
    reasons = models.JSONField(default=dict)
    #: the newest dated fact that went in
    inputs_on = models.DateField(null=True)
    rule_version = models.CharField(max_length=20, default="")
    input_hash = models.CharField(max_length=64, default="")
    stood_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
