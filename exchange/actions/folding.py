"""From the events of a log to records: whole groups at a time, whatever their order in the file."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from common.bulk import insert_rows
from exchange.actions.pace import Pace
from exchange.actions.reading import COLUMNS
from exchange.actions.rows import as_json
from exchange.domain.kinds import Kind
from exchange.domain.log import OutageSpan, fold_outages, fold_tickets
from exchange.domain.parts import RowResult
from exchange.domain.staging import event, history_of, pack
from exchange.models import ImportBatch, StagedRow
from exchange.queries import next_groups

_TAIL = (None, "", False, "[]", "{}", "", None, None, False, "")
Event = tuple[int, str, Any]


def fold(batch: ImportBatch, pace: Pace) -> bool:
    """Stage the records that the events add up to; return whether all groups are folded."""
    kind = Kind(batch.kind)
    records = _tickets if kind is Kind.TICKETS else _outages
    while events := next_groups(batch, batch.cursor.get("key", "")):
        staged = [
            (batch.pk, row, False, key, as_json(packed), *_TAIL)
            for row, key, packed in records(kind, events)
        ]
        with transaction.atomic():
            insert_rows(StagedRow, COLUMNS, staged)
            batch.cursor = {"phase": "fold", "key": events[-1][1]}
            batch.save(update_fields=["cursor"])
            pace.advance(cursor=batch.cursor, done=batch.rows)
        if pace.is_over():
            return False
    return True


def _tickets(kind: Kind, events: Sequence[Event]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield (last row, key, packed record) of each ticket."""
    last = {group: row for row, group, _packed in events}
    for ticket in fold_tickets(event(kind, group, packed) for _row, group, packed in events):
        fields = {**ticket.fields, "history": history_of(ticket)}
        yield last[ticket.external_key], ticket.external_key, pack(fields, ticket.extra)


def _outages(kind: Kind, events: Sequence[Event]) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield (first row, key, packed record) of each outage."""
    begins: dict[tuple[str, datetime | None], int] = {}
    results: list[RowResult] = []
    for row, group, packed in events:
        result = event(kind, group, packed)
        results.append(result)
        begins.setdefault((group, None), row)
        begins[group, result.fields.get("status_at")] = row  # type: ignore[index]
    for span in fold_outages(results):
        at = None if (span.external_key, None) in begins else span.starts_at
        group = span.service if at else span.external_key
        yield begins[group, at], span.external_key, pack(_fields(span), {})


def _fields(span: OutageSpan) -> dict[str, Any]:
    return {
        "external_id": span.external_key,
        "service": span.service,
        "kind": span.kind,
        "starts_at": span.starts_at,
        "ends_at": span.ends_at,
        "title": span.title,
    }
