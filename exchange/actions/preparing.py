"""Everything before the confirmation: read, fold, look for doubles, compare, count."""

import io
from pathlib import Path
from typing import IO

from django.db import transaction

from common.bulk import set_columns
from common.db import CHUNK, in_chunks
from common.errors import Refused
from common.imports import ImportContext, ImportedRecord, Outcome
from exchange.access import beyond_reach
from exchange.actions.doors import DOORS
from exchange.actions.folding import fold
from exchange.actions.pace import Pace
from exchange.actions.reading import read, refuse
from exchange.actions.rows import as_json, keep_judged, reason, record_of
from exchange.domain.kinds import Kind
from exchange.models import ImportBatch, ImportFile, StagedRow
from exchange.queries import context_of, counts_of, mapping_of, twice_in_file, waiting


def prepare(
    batch: ImportBatch, pace: Pace, *, source: Path | IO[bytes] | None = None, compares: bool = True
) -> bool:
    """Bring an import to where it waits for confirmation; return False when the turn was over.

    Goes on where it stopped. Without `source` the uploaded bytes are read. Without `compares` the
    outcomes stay open until the records are written. A file that is refused raises Refused, and
    the import says so from then on.
    """
    mapping = mapping_of(batch)
    try:
        if batch.cursor.get("phase", "read") == "read":
            if not read(batch, mapping, source or _uploaded(batch), pace):
                return False
            _go_on(batch, "fold" if mapping.is_log else "double")
    except Refused as error:
        refuse(batch, error)
        raise
    if batch.cursor["phase"] == "fold":
        if not fold(batch, pace):
            return False
        _go_on(batch, "compare")
    if batch.cursor["phase"] == "double":
        _refuse_doubles(batch)
        _go_on(batch, "compare")
    if compares and not _compare(batch, context_of(batch, mapping), pace):
        return False
    _finish(batch)
    return True


def _uploaded(batch: ImportBatch) -> IO[bytes]:
    stored = ImportFile.objects.filter(batch=batch).first()
    if stored is None:
        raise Refused("exchange.file_gone", file=batch.file_name)
    return io.BytesIO(bytes(stored.content))


def _go_on(batch: ImportBatch, phase: str) -> None:
    batch.cursor = {"phase": phase}
    batch.save(update_fields=["cursor"])


def _refuse_doubles(batch: ImportBatch) -> None:
    """Of several rows with one key the first counts; the others are refused, never merged."""
    for keys in in_chunks(twice_in_file(batch)):
        first = dict(keys)
        rows = StagedRow.objects.filter(batch=batch, external_id__in=first).waiting()
        told = [
            (
                pk,
                "refused",
                as_json([reason("", "exchange.twice_in_file", {"key": key, "row": first[key]})]),
            )
            for pk, row, key in rows.values_list("pk", "row", "external_id")
            if row != first[key]
        ]
        with transaction.atomic():
            set_columns(StagedRow, ("outcome", "reasons"), told)


def _compare(batch: ImportBatch, context: ImportContext, pace: Pace) -> bool:
    kind = Kind(batch.kind)
    while rows := waiting(batch, batch.cursor.get("pk", 0), CHUNK):
        records = [record_of(kind, row) for row in rows]
        outcomes = judged(kind, records, context)
        with transaction.atomic():
            keep_judged(rows, outcomes)
            batch.cursor = {"phase": "compare", "pk": rows[-1].pk}
            batch.save(update_fields=["cursor"])
            pace.advance(cursor=batch.cursor, done=batch.rows)
        if pace.is_over():
            return False
    return True


def judged(kind: Kind, records: list[ImportedRecord], context: ImportContext) -> list[Outcome]:
    """Return what an import of the records would do, in their order; writes nothing."""
    beyond = beyond_reach(kind, records, context)
    within = [record for record in records if record.row not in beyond]
    answers = iter(DOORS[kind].compare(within, context))
    return [not_yours(record) if record.row in beyond else next(answers) for record in records]


def not_yours(record: ImportedRecord) -> Outcome:
    """Return the refusal of a record outside the importer's reach."""
    return Outcome(
        row=record.row,
        external_id=record.external_id,
        state="refused",
        column="service",
        code="exchange.not_yours",
    )


@transaction.atomic
def _finish(batch: ImportBatch) -> None:
    for name, count in counts_of(batch).items():
        setattr(batch, name, count)
    batch.state, batch.cursor = "staged", {}
    batch.save()
    ImportFile.objects.filter(batch=batch).delete()
