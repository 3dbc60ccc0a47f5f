"""Between staged rows, the records apps take and the outcomes they answer with."""

import json
from collections.abc import Sequence
from typing import Any

from common.audit import plain
from common.bulk import set_columns
from common.imports import ImportedRecord, Outcome
from exchange.domain.kinds import Kind
from exchange.domain.staging import extra_of, unpack
from exchange.models import StagedRow

_JUDGED = ("outcome", "reasons", "change")
_WRITTEN = (*_JUDGED, "kind", "object_id", "version", "is_applied")


def as_json(value: Any) -> str:
    """Return JSON text that both databases can hold: without NUL and without half characters."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if "\\u0000" in text:
        text = text.replace("\\u0000", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def record_of(kind: Kind, row: StagedRow) -> ImportedRecord:
    """Return a staged row as its app takes it."""
    fields = unpack(kind, row.record)
    if "gates" in fields:
        fields["milestones"] = fields.pop("gates")
    return ImportedRecord(
        row=row.row, external_id=row.external_id, fields=fields, extra=extra_of(row.record)
    )


def reason(column: str, code: str, params: Any) -> list[Any]:
    """Return a reason as it is kept."""
    return [column, code, plain(dict(params))]


def keep_judged(rows: Sequence[StagedRow], outcomes: Sequence[Outcome]) -> None:
    """Keep what the apps would make of the rows; one statement."""
    set_columns(
        StagedRow,
        _JUDGED,
        [(row.pk, *_judged(row, outcome)) for row, outcome in zip(rows, outcomes, strict=True)],
    )


def keep_written(rows: Sequence[StagedRow], outcomes: Sequence[Outcome]) -> None:
    """Keep what the apps made of the rows, so that it can be told and undone; one statement."""
    kept = []
    for row, outcome in zip(rows, outcomes, strict=True):
        subject = outcome.subject
        kept.append(
            (
                row.pk,
                *_judged(row, outcome),
                subject.kind if subject else "",
                subject.id if subject else None,
                outcome.version,
                outcome.state != "refused",
            )
        )
    set_columns(StagedRow, _WRITTEN, kept)


def _judged(row: StagedRow, outcome: Outcome) -> tuple[str, str, str]:
    # Those of its cells stay; what an app said in the preview, it says anew.
    reasons = [told for told in row.reasons if told[1].startswith("exchange.cell.")]
    if outcome.code:
        reasons = [reason(outcome.column, outcome.code, outcome.params), *reasons]
    change = {}
    if outcome.state == "changed":
        before, after = plain(dict(outcome.before)), plain(dict(outcome.after))
        change = {name: [before.get(name), value] for name, value in after.items()}
    return outcome.state, as_json(reasons), as_json(change)
