"""Tidying: what an import needed on its way and nobody asks for any more."""

import datetime as dt

from celery import shared_task
from django.db import transaction
from django.db.models import QuerySet

from common import clock
from exchange.actions import tidy_uploads
from exchange.models import ImportBatch, ImportFile, StagedRow
from exchange.models.batch import UNDO_WINDOW

#: how long the rows of a finished import can be looked at
ROWS_KEPT = dt.timedelta(days=90)
_AT_ONCE = 2_000


@shared_task(name="exchange.tidy")
def tidy() -> None:
    """Drop events once nothing can be folded from them, files nobody reads, rows after a season.

    In pieces, so that no transaction is long. Imports themselves stay: they say what came in.
    """
    now = clock.now()
    over = ImportBatch.objects.exclude(ended_at=None)
    past = over.filter(ended_at__lt=now - UNDO_WINDOW)
    events = StagedRow.objects.filter(batch__in=past, is_event=True, is_partly=False)
    _drop(events.exclude(outcome="refused"))
    _drop(StagedRow.objects.filter(batch__in=over.filter(ended_at__lt=now - ROWS_KEPT)))
    ImportFile.objects.filter(batch__in=over).delete()
    tidy_uploads(now)


def _drop(rows: QuerySet[StagedRow]) -> None:
    while keys := list(rows.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            StagedRow.objects.filter(pk__in=keys).delete()
