"""What preview, report and download print of staged rows."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from common import subjects
from common.subjects import Subject
from common.wording import say
from exchange.domain.kinds import KINDS, Kind
from exchange.domain.mapping import Mapping
from exchange.domain.staging import extra_of
from exchange.models import ImportBatch, StagedRow
from exchange.models.staged import OUTCOMES
from exchange.queries import faulty_rows, mapping_of
from exchange.showing import shown
from exchange.wording import field_label

#: fields whose values are numbers of rows or long lists: named, but not spelt out
_ONLY_NAMED = frozenset(
    {"unit", "unit_id", "service_id", "project_type", "parent", "history", "extra", "milestones"}
)
_NEVER = frozenset({"source_fields", "source", "seen_at", "version"})
_TITLES = ("name", "title", "service", "measure")
_UNSEEN = frozenset({"external_id", "history", "gates", "paused", "terminal", *_TITLES[:3]})
_CHANGES_SHOWN, _VALUES_SHOWN = 4, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the preview or the report, in the reader's language."""

    row: int
    key: str
    title: str
    url: str
    outcome: str
    label: str
    is_bad: bool
    details: Sequence[str]


def columns_by_field(mapping: Mapping) -> dict[str, str]:
    """Return the file's column of each field, the first where there are several."""
    return {reader.name: reader.columns[0] for reader in mapping.readers if reader.columns}


def reasons_of(row: StagedRow, columns: dict[str, str]) -> list[str]:
    """Return a row's reasons as sentences, each with its column; apps name our field instead."""
    told = []
    for column, code, params in row.reasons:
        name = columns.get(column, column)
        told.append(f"{name}: {say(code, params)}" if name else say(code, params))
    return told


def lines(batch: ImportBatch, rows: Iterable[StagedRow]) -> list[Line]:
    """Return rows as the page prints them."""
    columns = columns_by_field(mapping_of(batch))
    return [_line(batch, row, columns) for row in rows]


def unread(batch: ImportBatch) -> list[str]:
    """Return the file's columns that fill no field and are kept as text."""
    return mapping_of(batch).unread(batch.columns)


def _line(batch: ImportBatch, row: StagedRow, columns: dict[str, str]) -> Line:
    fields = row.record.get("f", {})
    titles = [str(fields[name]) for name in _TITLES if fields.get(name)]
    label = str(dict(OUTCOMES).get(row.outcome, ""))
    if row.undo:
        label = str(row.get_undo_display())
    elif row.is_partly:
        label = _("%(outcome)s, in part") % {"outcome": label} if label else _("in part")
    return Line(
        row=row.row,
        key=row.external_id,
        title=titles[0] if titles else "",
        url=_url(row),
        outcome=row.outcome,
        label=label,
        is_bad=row.outcome == "refused" or row.is_partly or row.undo == "kept",
        details=[*reasons_of(row, columns), *(_values(batch, row) or _changes(batch, row))],
    )


def _url(row: StagedRow) -> str:
    known = {kind.code for kind in subjects.kinds()}
    gone = row.undo == "undone" and row.outcome == "new"
    if row.kind not in known or row.object_id is None or gone:
        return ""
    return subjects.url(Subject(row.kind, row.object_id))


def _values(batch: ImportBatch, row: StagedRow) -> list[str]:
    """Return what a new record would hold, in one line: a person sees how cells were understood."""
    if row.outcome != "new":
        return []
    fields = row.record.get("f", {})
    # In the kind's own order: PostgreSQL keeps the names of a JSON object in an order of its own.
    order = [name for name in KINDS[Kind(batch.kind)].fields if name in fields]
    names = order + [name for name in fields if name not in order]
    told = [
        f"{field_label(name)}: {shown(batch, name, fields[name])}"
        for name in names
        if fields[name] not in (None, "", []) and name not in _UNSEEN
    ]
    more = "; …" if len(told) > _VALUES_SHOWN else ""
    return ["; ".join(told[:_VALUES_SHOWN]) + more] if told else []


def _changes(batch: ImportBatch, row: StagedRow) -> list[str]:
    told = []
    for name, (before, after) in row.change.items():
        if name in _NEVER:
            continue
        if name in _ONLY_NAMED:
            told.append(field_label(name))
        else:
            told.append(
                f"{field_label(name)}: {shown(batch, name, before)} → {shown(batch, name, after)}"
            )
    more = len(told) - _CHANGES_SHOWN
    return [*told[:_CHANGES_SHOWN], "…"] if more > 0 else told


def refused_table(batch: ImportBatch) -> tuple[list[str], Iterator[list[str]]]:
    """Return header and rows of the download: the original cells, then row number and reason.

    The first columns are the file's own, so that what is corrected can be imported again.
    """
    mapping = mapping_of(batch)
    columns = columns_by_field(mapping)
    header = [*batch.columns, _("Row in the file"), _("Reason")]
    return header, _refused(batch, columns, once=mapping.unpivot is not None)


def _refused(batch: ImportBatch, columns: dict[str, str], *, once: bool) -> Iterator[list[str]]:
    """Yield the download's rows; a row that holds several records stands there `once`."""
    seen = 0
    for row in faulty_rows(batch):
        if once and row.row == seen:
            continue
        seen = row.row
        cells = _cells(row, columns)
        told = " ".join(reasons_of(row, columns))
        yield [*(cells.get(name, "") for name in batch.columns), str(row.row), told]


def _cells(row: StagedRow, columns: dict[str, str]) -> dict[str, str]:
    """Return a row's original cells; of a record folded from a log, what its events came to."""
    if row.cells is not None:
        return dict(row.cells)
    fields = row.record.get("f", {})
    read = {column: fields.get(name) for name, column in columns.items()}
    texts = {column: str(value) for column, value in read.items() if value is not None}
    return {**texts, **extra_of(row.record)}
