"""Taking an import back: what nobody has touched since; the rest is kept and told."""

import time
from collections.abc import Sequence

from django.db import transaction

from common import clock
from common.bulk import set_columns
from common.imports import Outcome
from common.jobs import Slice
from common.models import AuditEvent
from common.subjects import Subject
from exchange.actions.doors import DOORS
from exchange.actions.pace import ChunkSize, take_turn
from exchange.actions.rows import as_json, reason
from exchange.domain.kinds import Kind
from exchange.models import ImportBatch, StagedRow
from exchange.queries import context_of, mapping_of, to_undo, written


def undo(batch: ImportBatch, turn: Slice) -> bool:
    """Take back the next records until the turn is over; return whether all have had theirs."""
    event = AuditEvent.objects.get(pk=turn.job.params["event"])
    context = context_of(batch, mapping_of(batch), event=event)
    size, done = ChunkSize(), turn.job.done
    while rows := to_undo(batch, size.size):
        told = _outcomes(batch, rows)
        began = time.monotonic()
        with transaction.atomic():
            take_turn(batch.root_id)
            answers = DOORS[Kind(batch.kind)].undo(told, context)
            _keep(rows, answers)
            done += len(rows)
            turn.advance(cursor={"pk": rows[-1].pk}, done=done)
        size.learn(time.monotonic() - began, len(rows))
        if turn.is_over():
            return False
    _finish(batch)
    return True


def _outcomes(batch: ImportBatch, rows: Sequence[StagedRow]) -> list[Outcome]:
    """Return what the import did to each row's subject, as the log has it."""
    log = written(batch, rows)
    found = []
    for row in rows:
        number = row.object_id or 0
        before, after = log.get((row.kind, number), ({}, {}))
        found.append(
            Outcome(
                row=row.row,
                external_id=row.external_id,
                state="new" if row.outcome == "new" else "changed",
                subject=Subject(row.kind, number),
                version=row.version,
                before=before,
                after=after,
            )
        )
    return found


def _keep(rows: Sequence[StagedRow], answers: Sequence[Outcome]) -> None:
    set_columns(
        StagedRow,
        ("undo", "reasons"),
        [
            (
                row.pk,
                "kept" if answer.state == "refused" else "undone",
                as_json(
                    [reason(answer.column, answer.code, answer.params), *row.reasons]
                    if answer.code
                    else row.reasons
                ),
            )
            for row, answer in zip(rows, answers, strict=True)
        ],
    )


@transaction.atomic
def _finish(batch: ImportBatch) -> None:
    rows = StagedRow.objects.filter(batch=batch)
    batch.undone = rows.filter(undo="undone").count()
    batch.kept = rows.filter(undo="kept").count()
    batch.state, batch.ended_at = "undone", clock.now()
    batch.save(update_fields=["undone", "kept", "state", "ended_at"])
