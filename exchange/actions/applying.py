"""Writing what was confirmed: short transactions, each record for itself, resumable."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction

from common import clock
from common.errors import Refused
from common.imports import ImportContext, ImportedRecord, Outcome
from common.jobs import Slice
from exchange.access import beyond_reach
from exchange.actions.doors import DOORS
from exchange.actions.pace import ChunkSize, take_turn
from exchange.actions.preparing import not_yours
from exchange.actions.rows import keep_written, record_of
from exchange.domain.kinds import Kind
from exchange.models import ImportBatch
from exchange.queries import context_of, counts_of, mapping_of, waiting

log = logging.getLogger(__name__)

#: what a single record may bring about; anything else is our fault and stops the work visibly
_OF_A_RECORD = (Refused, ValidationError, DataError, IntegrityError, ArithmeticError, ValueError)


def apply(batch: ImportBatch, turn: Slice) -> bool:
    """Write the next records until the turn is over; return whether all are written."""
    if batch.state == "confirmed":
        batch.state = "applying"
        batch.save(update_fields=["state"])
    kind, context, size = Kind(batch.kind), context_of(batch, mapping_of(batch)), ChunkSize()
    done = turn.job.done
    while rows := waiting(batch, turn.job.cursor.get("pk", 0), size.size):
        records = [record_of(kind, row) for row in rows]
        began = time.monotonic()
        with transaction.atomic():
            take_turn(batch.root_id)
            keep_written(rows, written(kind, records, context))
            done += len(rows)
            turn.advance(cursor={"pk": rows[-1].pk}, done=done)
        size.learn(time.monotonic() - began, len(rows))
        if turn.is_over():
            return False
    _finish(batch)
    return True


def written(kind: Kind, records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write records and return what became of each, in their order; in the caller's transaction."""
    beyond = beyond_reach(kind, records, context)
    within = [record for record in records if record.row not in beyond]
    answers = iter(_apply(kind, within, context))
    return [not_yours(record) if record.row in beyond else next(answers) for record in records]


def _apply(kind: Kind, records: Sequence[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Write a chunk; when it fails, its halves, down to the record that is at fault."""
    if not records:
        return []
    try:
        with transaction.atomic():
            return DOORS[kind].apply(records, context)
    except _OF_A_RECORD as fault:
        if len(records) == 1:
            return [_refused(records[0], fault)]
    middle = len(records) // 2
    return _apply(kind, records[:middle], context) + _apply(kind, records[middle:], context)


def _refused(record: ImportedRecord, fault: Exception) -> Outcome:
    code, params = "exchange.record_failed", {"error": type(fault).__name__}
    column = ""
    if isinstance(fault, Refused):
        code, params, column = fault.code, dict(fault.params), fault.field or ""
    else:
        log.error("record in row %s could not be written", record.row, exc_info=fault)
    return Outcome(
        row=record.row,
        external_id=record.external_id,
        state="refused",
        column=column,
        code=code,
        params=params,
    )


@transaction.atomic
def _finish(batch: ImportBatch) -> None:
    counts: dict[str, Any] = counts_of(batch)
    for name, count in counts.items():
        setattr(batch, name, count)
    batch.state, batch.ended_at = "done", clock.now()
    batch.save()
