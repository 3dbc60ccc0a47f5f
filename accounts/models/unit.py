"""The unit tree; its roots are organisations."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.db import SWEDISH

KINDS = [
    ("organisation", _("organisation")),
    ("portfolio", _("portfolio")),
    ("programme", _("programme")),
    ("department", _("department")),
]


class UnitQuerySet(models.QuerySet["Unit"]):
    """Words for units."""

    def roots(self) -> Self:
        """Organisations."""
        return self.filter(parent=None)

    def below(self, path: str) -> Self:
        """A unit and everything under it."""
        return self.filter(path__startswith=path)


class Unit(models.Model):
    """A node of the tree. `path` is the ids from the root, so that a subtree is a prefix.

    A root is an organisation and carries what must be one and the same below it: currency, zone,
    start of the fiscal year and default calendar. No money figure crosses a root.
    """

    name = models.CharField(_("name"), max_length=200, db_collation=SWEDISH)
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS, default="department")
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    path = models.CharField(max_length=200, unique=True, editable=False)
    root = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("Rights from above stop here; only people assigned here or below get in."),
    )
    source = models.CharField(max_length=60, default="", blank=True, editable=False)
    external_id = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001  null keeps the unique key out of the way of units made here
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    # Of an organisation only; fixed after first use.
    currency = models.CharField(_("currency"), max_length=3, blank=True, default="")
    zone = models.CharField(_("zone"), max_length=60, blank=True, default="")
    fiscal_start_month = models.PositiveSmallIntegerField(
        _("fiscal year starts in month"), default=1
    )
    calendar = models.ForeignKey(
        "common.WorkCalendar",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("default calendar"),
    )
    word_pack = models.ForeignKey(
        "common.WordPack",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("word pack"),
    )
    is_small = models.BooleanField(
        _("small organisation"),
        default=False,
        help_text=_("Lets one person both prepare and approve; the record says so."),
    )

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="unit_external"),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | (~Q(currency="") & ~Q(zone="")),
                name="unit_organisation_has_currency_and_zone",
            ),
            models.CheckConstraint(
                condition=Q(fiscal_start_month__gte=1, fiscal_start_month__lte=12),
                name="unit_fiscal_month",
            ),
        ]

    def __str__(self) -> str:
        return self.name
