"""The life of an import: begun, confirmed or discarded, done, undone for a day."""

import datetime as dt
import hashlib
from typing import IO, Any

from django.db import transaction

from accounts.models import Unit
from common import audit, clock, jobs
from common.db import locked
from common.errors import Refused
from common.models import Job
from common.subjects import Subject
from exchange.access import check_can_import, check_can_undo
from exchange.actions.applying import apply
from exchange.actions.preparing import prepare
from exchange.actions.undoing import undo
from exchange.domain.errors import MappingError
from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.domain.loading import parse_mapping
from exchange.domain.mapping import Mapping
from exchange.models import ImportBatch, ImportFile, Upload
from exchange.queries import counts_of, source_in

WORK = "import"
_NAME = 200
#: longer than any request may take
_REQUEST = dt.timedelta(seconds=60)


def begin(
    file: IO[bytes],
    *,
    kind: Kind,
    mapping: tuple[str, str],
    root: Unit,
    by: Any,
    file_name: str,
    as_of: dt.date | None = None,
    is_kept: bool = False,
) -> ImportBatch:
    """Begin an import of a file with a mapping, given as name and TOML text; reads no row yet.

    `is_kept` stores the bytes until they are read, so that a worker can go on with it. `as_of` is
    today where nothing else is stated. Refused: a broken mapping, one of another kind, a file in
    another currency.
    """
    if by is not None:
        check_can_import(by, kind, root)
    found = checked_mapping(*mapping, kind=kind, root=root)
    _check_currency(found, root)
    digest, size = _digest(file)
    with transaction.atomic():
        batch = ImportBatch.objects.create(
            kind=kind.value,
            mapping=mapping[0][:80],
            mapping_text=mapping[1],
            mapping_hash=hashlib.sha256(mapping[1].encode()).hexdigest(),
            source=source_in(found.source, root),
            file_name=file_name[-_NAME:],
            file_hash=digest,
            size=size,
            as_of=as_of or clock.today(root.zone),
            root=root,
            by=by,
            created_at=clock.now(),
        )
        if is_kept:
            file.seek(0)
            ImportFile.objects.create(batch=batch, content=file.read())
    return batch


def checked_mapping(name: str, text: str, *, kind: Kind, root: Unit) -> Mapping:
    """Return the mapping of a TOML text; Refused when it is broken or of another kind."""
    try:
        found = parse_mapping(text, name=name, currency=root.currency, zone=root.zone)
    except MappingError as error:
        raise Refused(f"exchange.mapping.{error.code}", field="mapping", **error.params) from error
    if found.kind is not kind:
        raise Refused(
            "exchange.mapping_other_kind",
            field="mapping",
            stated=found.kind.value,
            asked=kind.value,
        )
    return found


def _check_currency(mapping: Mapping, root: Unit) -> None:
    if _has_money(mapping) and mapping.currency != root.currency:
        raise Refused(
            "exchange.currency_differs",
            field="mapping",
            stated=mapping.currency,
            ours=root.currency,
            organisation=root.name,
        )


def _has_money(mapping: Mapping) -> bool:
    fields = KINDS[mapping.kind].fields
    return any(fields[reader.name].type is FieldType.MONEY for reader in mapping.readers)


def _digest(file: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return digest.hexdigest(), size


@transaction.atomic
def read_on(batch: ImportBatch, *, by: Any) -> Job:
    """Leave the rest of the reading to a worker."""
    job = jobs.start(WORK, by=by, params={"batch": batch.pk, "deed": "prepare"})
    batch.job = job
    batch.save(update_fields=["job"])
    return job


@transaction.atomic
def confirm(batch: ImportBatch, *, by: Any) -> Job:
    """Let a worker write what was previewed; once, whoever asks again is told so."""
    _check_may_work_on(batch, by)
    row = _in_state(batch, "staged")
    row.event = audit.record(
        "import.confirmed",
        Subject("import", row.pk),
        by=by,
        after={"file": row.file_name, "kind": row.kind, "mapping": row.mapping, "as_of": row.as_of},
    )
    row.state, row.confirmed_at = "confirmed", clock.now()
    Upload.objects.filter(batch=row).delete()
    return _start(row, "apply", by=by, total=row.rows - row.refused - row.skipped)


@transaction.atomic
def discard(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """Put a previewed file away; nothing of it was written."""
    _check_may_work_on(batch, by)
    row = _in_state(batch, "staged", "reading")
    row.state, row.ended_at = "discarded", clock.now()
    row.save(update_fields=["state", "ended_at"])
    Job.objects.filter(pk=row.job_id or 0, state__in=["queued", "running"]).update(
        state="stopped", ended_at=clock.now()
    )
    audit.record("import.discarded", Subject("import", row.pk), by=by)
    return row


@transaction.atomic
def start_undo(batch: ImportBatch, *, by: Any) -> Job:
    """Let a worker take an import back, within a day of it."""
    if by is not None:
        check_can_undo(by, batch)
    row = _in_state(batch, "done")
    if not row.can_be_undone(clock.now()):
        raise Refused("exchange.undo_too_late")
    event = audit.record(
        "import.undone",
        Subject("import", row.pk),
        by=by,
        after={"file": row.file_name, "kind": row.kind},
    )
    row.state = "undoing"
    return _start(row, "undo", by=by, total=row.new + row.changed, event=event.pk)


@transaction.atomic
def go_on(batch: ImportBatch, *, by: Any) -> Job:
    """Take up again what a stopped or failed job has left."""
    _check_may_work_on(batch, by)
    row = _in_state(batch, "reading", "confirmed", "applying", "undoing")
    if is_at_work(row, clock.now()):
        raise Refused("exchange.still_at_work")
    if row.job is None:
        return read_on(row, by=by)
    params = row.job.params
    return _start(row, params["deed"], by=by, total=row.job.total, event=params.get("event"))


def is_at_work(batch: ImportBatch, now: dt.datetime) -> bool:
    """Return whether somebody works on an import: its job, or the request that began it."""
    if batch.job is None:
        return now - batch.created_at < _REQUEST
    return not batch.job.is_over


@transaction.atomic
def end_here(batch: ImportBatch, *, by: Any) -> ImportBatch:
    """Leave a stopped import as far as it has come; what is in can be undone."""
    _check_may_work_on(batch, by)
    row = _in_state(batch, "confirmed", "applying")
    if row.job is not None and not row.job.is_over:
        raise Refused("exchange.still_at_work")
    for name, count in counts_of(row).items():
        setattr(row, name, count)
    row.state, row.ended_at = "done", clock.now()
    row.save()
    audit.record("import.ended", Subject("import", row.pk), by=by)
    return row


def _start(
    batch: ImportBatch, deed: str, *, by: Any, total: int = 0, event: int | None = None
) -> Job:
    params = {"batch": batch.pk, "deed": deed, "event": event}
    batch.job = jobs.start(WORK, by=by, params=params, total=max(total, 0))
    batch.save()
    return batch.job


def _check_may_work_on(batch: ImportBatch, by: Any) -> None:
    """Raise NotAllowed for those who may see an import and not import themselves: auditors."""
    if by is not None:
        check_can_import(by, Kind(batch.kind), batch.root)


def _in_state(batch: ImportBatch, *states: str) -> ImportBatch:
    """Return the import as it stands now, locked; Refused when it has moved on."""
    row: ImportBatch | None = locked(ImportBatch.objects.filter(pk=batch.pk)).first()
    if row is None or row.state not in states:
        raise Refused("exchange.moved_on", state=str(row.get_state_display()) if row else "")
    return row


def work(turn: jobs.Slice) -> bool:
    """Do a slice of an import's job; registered with `common.jobs`."""
    params = turn.job.params
    batch = ImportBatch.objects.select_related("root", "by", "event").get(pk=params["batch"])
    if params["deed"] == "prepare":
        return batch.state != "reading" or prepare(batch, turn)
    if params["deed"] == "undo":
        return batch.state != "undoing" or undo(batch, turn)
    return batch.state not in {"confirmed", "applying"} or apply(batch, turn)
