"""From a file to staged rows: streamed, in chunks, with the place kept after each."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.db import transaction

from common import clock
from common.bulk import insert_rows
from common.db import is_postgres
from common.errors import Refused
from common.tabular import Row, Table, TabularError, open_table
from exchange.actions.pace import Pace
from exchange.actions.rows import as_json, reason
from exchange.domain.cells import as_text
from exchange.domain.errors import MappingError
from exchange.domain.kinds import Kind
from exchange.domain.mapping import Mapping
from exchange.domain.parts import RowResult
from exchange.domain.staging import pack
from exchange.models import ImportBatch, StagedRow

COLUMNS = (
    "batch",
    "row",
    "is_event",
    "external_id",
    "record",
    "cells",
    "outcome",
    "is_partly",
    "reasons",
    "change",
    "kind",
    "object_id",
    "version",
    "is_applied",
    "undo",
)
_NOT_APPLIED = ("{}", "", None, None, False, "")
_EVENT = ("status", "status_at")


def read(batch: ImportBatch, mapping: Mapping, source: Path | IO[bytes], pace: Pace) -> bool:
    """Stage the rows after the last one staged; return whether the file's end was reached.

    A file that cannot be read, or has not the mapping's columns, is Refused as a whole.
    """
    try:
        with _opened(mapping, source) as table:
            mapping = mapping.fitted(table.columns)
            _check(batch, mapping, table)
            done = batch.cursor.get("row", 0)
            rows = (row for row in table if row.number > done)
            while chunk := list(islice(rows, 5_000 if is_postgres() else 500)):
                _stage(batch, mapping, chunk, pace)
                if pace.is_over():
                    return False
    except TabularError as error:
        raise Refused(f"exchange.file.{error.code}", **_params(error)) from error
    except MappingError as error:
        raise Refused(f"exchange.mapping.{error.code}", **error.params) from error
    except OSError as error:
        raise Refused("exchange.file_not_found", file=batch.file_name) from error
    if not batch.rows:
        raise Refused("exchange.no_rows", file=batch.file_name)
    return True


def _params(error: TabularError) -> dict[str, Any]:
    return dict(error.params)


def _opened(mapping: Mapping, source: Path | IO[bytes]) -> Table:
    settings = mapping.file
    return open_table(
        source,
        encoding=settings.encoding,
        separator=settings.separator,
        header_row=settings.header_row,
        sheet=settings.sheet,
        records=settings.records,
    )


def _check(batch: ImportBatch, mapping: Mapping, table: Table) -> None:
    if batch.columns:
        return
    mapping.check_columns(table.columns)
    batch.columns = [name for name in table.columns if name not in mapping.dropped]
    batch.save(update_fields=["columns"])


def _stage(batch: ImportBatch, mapping: Mapping, chunk: list[Row], pace: Pace) -> None:
    staged = list(_staged(batch, mapping, chunk))
    with transaction.atomic():
        insert_rows(StagedRow, COLUMNS, staged)
        batch.rows += len(chunk)
        batch.cursor = {"phase": "read", "row": chunk[-1].number}
        batch.save(update_fields=["rows", "cursor"])
        pace.advance(cursor=batch.cursor, done=batch.rows)


def _staged(
    batch: ImportBatch, mapping: Mapping, chunk: Iterable[Row]
) -> Iterator[tuple[Any, ...]]:
    """Yield column values of staged rows."""
    dropped, number = mapping.dropped, batch.pk
    records = ((one, cells) for one in chunk for cells in mapping.records_in(one.cells))
    for row, record in records:
        result = mapping.read_row(record, as_of=batch.as_of)
        outcome, is_partly = _judge(mapping, result)
        # A register keeps its cells for the download of what was refused; of a log, which is
        # large, only refused events do. What must not leave the file is not kept at all.
        cells = None
        if not mapping.is_log or result.errors or outcome == "refused":
            cells = {name: as_text(cell) for name, cell in row.cells.items() if name not in dropped}
        yield (
            number,
            row.number,
            mapping.is_log,
            _group(mapping, result),
            as_json(pack(result.fields, result.extra)),
            None if cells is None else as_json(cells),
            outcome,
            is_partly,
            as_json(_reasons(mapping, result, outcome)),
            *_NOT_APPLIED,
        )


def _judge(mapping: Mapping, result: RowResult) -> tuple[str, bool]:
    """Return the outcome that reading alone decides, and whether a cell was refused."""
    if result.skipped:
        return "skipped", False
    if result.blocked:
        return "refused", False
    if mapping.is_log and any(result.fields.get(name) is None for name in _EVENT):
        return "refused", False
    return "", bool(result.errors)


def _reasons(mapping: Mapping, result: RowResult, outcome: str) -> list[list[Any]]:
    reasons = [reason(e.column, f"exchange.cell.{e.code}", e.params) for e in result.errors]
    if outcome == "refused" and not reasons:
        return [reason("", "exchange.event_incomplete", {})]
    return reasons


def _group(mapping: Mapping, result: RowResult) -> str:
    """Return the key of a record; of an event what it is folded by, empty when it is out.

    Parts of an outage that state their own end belong to its key, changes of a service's state to
    the service.
    """
    if mapping.is_log and (result.blocked or result.skipped):
        return ""
    if mapping.is_log and mapping.kind is Kind.OUTAGES and not result.fields.get("status_until"):
        return str(result.fields.get("service") or "")
    return result.external_key


def refuse(batch: ImportBatch, error: Refused) -> None:
    """Keep why the whole file is out; what was staged of it goes with the next tidying."""
    batch.state = "failed"
    batch.error = {"code": error.code, "params": dict(error.params)}
    batch.ended_at = clock.now()
    batch.save(update_fields=["state", "error", "ended_at"])
