"""Thresholds and words as data, versioned."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSet(models.Model):
    """One version of an area's thresholds and weights; the newest in force counts.

    A version is never edited: a change is a new row, so that a snapshot of last spring can still
    say which limits it was judged by.
    """

    area = models.CharField(_("area"), max_length=40)
    version = models.PositiveIntegerField(_("version"))
    values = models.JSONField(_("values"), default=dict)
    note = models.TextField(_("why"), blank=True)
    created_at = models.DateTimeField(_("in force from"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("by"),
    )

    class Meta:
        verbose_name = _("thresholds")
        verbose_name_plural = _("thresholds")
        ordering = ["area", "-version"]
        constraints = [models.UniqueConstraint(fields=["area", "version"], name="ruleset_version")]

    def __str__(self) -> str:
        return f"{self.area} v{self.version}"


class WordPack(models.Model):
    """A set of labels for gates, phases, roles and the two offices. Never the state machine."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("word pack")
        verbose_name_plural = _("word packs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Word(models.Model):
    """One label of a pack, e.g. key ``gate.G1`` as "BP1"."""

    pack = models.ForeignKey(WordPack, on_delete=models.CASCADE, related_name="words")
    key = models.CharField(_("key"), max_length=60)
    en = models.CharField(_("English"), max_length=80)
    sv = models.CharField(_("Swedish"), max_length=80)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["pack", "key"], name="word_once")]

    def __str__(self) -> str:
        return self.key
