"""A file that waits for the person who brought it to say what is in it."""

import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from exchange.models.batch import KINDS, ImportBatch

#: so long a file waits
KEPT_FOR = dt.timedelta(hours=24)
#: so many files of one person wait at a time
MOST_KEPT = 3


class UploadQuerySet(models.QuerySet["Upload"]):
    """Words for waiting files."""

    def waiting(self, now: dt.datetime) -> Self:
        """Files that are not too old."""
        return self.filter(kept_at__gt=now - KEPT_FOR)


class Upload(models.Model):
    """A readable file, what its first rows hold, and the import begun of it, if any.

    It is its bringer's alone, and goes when its import is confirmed, or after a day.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=KINDS)
    root = models.ForeignKey("accounts.Unit", on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField(_("speaks of"), null=True)
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    #: exchange.domain.survey
    survey = models.JSONField(default=dict)
    batch = models.OneToOneField(
        ImportBatch, on_delete=models.SET_NULL, null=True, related_name="upload"
    )
    kept_at = models.DateTimeField()

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting file")
        verbose_name_plural = _("waiting files")

    def __str__(self) -> str:
        return self.file_name
