"""Reads over imports and their rows."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, Max, Min, QuerySet

from accounts.models import Unit
from common.imports import ImportContext
from common.models import AuditEvent
from exchange.domain.cells import fold
from exchange.domain.kinds import Kind
from exchange.domain.loading import parse_mapping
from exchange.domain.mapping import Mapping
from exchange.models import ImportBatch, StagedRow

#: rows of a log read at a time; the last group is always whole
FOLDED_AT_ONCE = 5_000
#: so many matched lists are offered again
_LISTS = 20


def mapping_of(batch: ImportBatch) -> Mapping:
    """Return the mapping as it was when the import began, by the names its file has."""
    return parse_mapping(
        batch.mapping_text, name=batch.mapping, currency=batch.root.currency, zone=batch.root.zone
    ).fitted(batch.columns)


def source_in(source: str, root: Unit) -> str:
    """Return what a source is called in an organisation: keys are unique in it, everywhere.

    The organisation that used it first has the plain name; one that brings its own list with the
    same mapping must not meet the records of the other.
    """
    first = ImportBatch.objects.filter(source=source).order_by("pk").values("root").first()
    if first is None or first["root"] == root.pk:
        return source
    return f"{source[:48]} @{root.pk}"


def context_of(
    batch: ImportBatch, mapping: Mapping, *, event: AuditEvent | None = None
) -> ImportContext:
    """Return what holds for every record of an import; one statement."""
    newer = ImportBatch.objects.of_source(batch.source, batch.root_id).exclude(pk=batch.pk)
    needed = (
        "services" if Kind(batch.kind) in {Kind.TICKETS, Kind.OUTAGES, Kind.MEASURES} else "units"
    )
    return ImportContext(
        source=batch.source,
        by=batch.by,
        root=batch.root,
        as_of=batch.as_of,
        is_newest=not newer.filter(as_of__gt=batch.as_of).exists(),
        creates_parents=needed in mapping.creates,
        batch=event or batch.event,
    )


def counts_of(batch: ImportBatch) -> dict[str, int]:
    """Return how many rows and records came to what; one statement."""
    counted = dict.fromkeys(("new", "changed", "same", "refused", "partly", "skipped"), 0)
    groups = (
        StagedRow.objects.filter(batch=batch)
        .order_by()
        .values("is_event", "outcome", "is_partly")
        .annotate(count=Count("id"))
    )
    for group in groups:
        outcome, count = group["outcome"], group["count"]
        if outcome in {"refused", "skipped"} or (outcome and not group["is_event"]):
            counted[outcome] += count
        if group["is_partly"] and outcome != "refused":
            counted["partly"] += count
    return counted


def twice_in_file(batch: ImportBatch) -> list[tuple[str, int]]:
    """Return the keys that stand on several rows of a register, with the first; one statement."""
    return list(
        StagedRow.objects.filter(batch=batch, is_event=False)
        .exclude(outcome__in=["refused", "skipped"])
        .order_by()
        .values("external_id")
        .annotate(count=Count("id"), first=Min("row"))
        .filter(count__gt=1)
        .values_list("external_id", "first")
    )


def next_groups(batch: ImportBatch, after: str) -> list[tuple[int, str, Any]]:
    """Return the events of the next whole groups of a log as (row, group, packed record)."""
    events = StagedRow.objects.filter(batch=batch, is_event=True, external_id__gt=after).order_by(
        "external_id", "row"
    )
    last = events.values_list("external_id", flat=True)[FOLDED_AT_ONCE - 1 : FOLDED_AT_ONCE].first()
    if last is not None:
        events = events.filter(external_id__lte=last)
    return list(events.values_list("row", "external_id", "record"))


def waiting(batch: ImportBatch, after: int, limit: int) -> list[StagedRow]:
    """Return the next records that are to be judged or written, in the order they were staged."""
    rows = StagedRow.objects.filter(batch=batch, pk__gt=after).waiting().order_by("pk")
    return list(rows.defer("cells", "change")[:limit])


def to_undo(batch: ImportBatch, limit: int) -> list[StagedRow]:
    """Return the next records whose import is to be taken back, last written first."""
    rows = StagedRow.objects.filter(
        batch=batch, is_event=False, is_applied=True, undo="", outcome__in=["new", "changed"]
    )
    return list(rows.order_by("-pk").defer("record", "cells", "change")[:limit])


def written(
    batch: ImportBatch, rows: Sequence[StagedRow]
) -> dict[tuple[str, int], tuple[dict[str, Any], dict[str, Any]]]:
    """Return what the import's log says of those rows' subjects: (before, after)."""
    events = AuditEvent.objects.filter(
        batch=batch.event,
        kind__in={row.kind for row in rows},
        object_id__in=[row.object_id for row in rows],
    )
    return {
        (kind, number): (before, after)
        for kind, number, before, after in events.values_list(
            "kind", "object_id", "before", "after"
        )
        if number is not None
    }


def faulty_rows(batch: ImportBatch) -> Iterator[StagedRow]:
    """Stream the rows that did not come in, wholly or in part, as the file has them."""
    return StagedRow.objects.filter(batch=batch).faulty().order_by("row", "pk").iterator(500)


def shown_rows(batch: ImportBatch, outcome: str) -> QuerySet[StagedRow]:
    """Return the rows of one outcome for the preview; all of them when it is empty."""
    rows = StagedRow.objects.filter(batch=batch).reported().order_by("row", "pk")
    if outcome == "partly":
        return rows.filter(is_partly=True)
    return rows.filter(outcome=outcome) if outcome else rows


def has_records(user_counts: Sequence[QuerySet[Any]]) -> bool:
    """Return whether any of those querysets has a row; at most one statement each."""
    return any(rows.exists() for rows in user_counts)


def organisation_count() -> int:
    """Return how many organisations there are."""
    return Unit.objects.roots().count()


def headers_of(columns: Iterable[str]) -> str:
    """Return a digest of a file's column names, whatever their order and case."""
    names = sorted(fold(column) for column in columns)
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


def matched_before(root: Unit, kind: Kind, columns: Iterable[str]) -> ImportBatch | None:
    """Return the last import in which somebody matched a file with these columns; one statement."""
    found = ImportBatch.objects.matched().filter(
        root=root, kind=kind.value, headers=headers_of(columns)
    )
    return found.select_related("by", "root").order_by("-pk").first()


def matched_lists(roots: Iterable[Unit], kind: Kind) -> list[ImportBatch]:
    """Return the last matched import of each list of a kind, the newest first; one statement."""
    found = ImportBatch.objects.matched().filter(root__in=roots, kind=kind.value)
    last = found.order_by().values("root", "source").annotate(last=Max("pk")).values("last")
    return list(found.filter(pk__in=last).select_related("root").order_by("-pk")[:_LISTS])
