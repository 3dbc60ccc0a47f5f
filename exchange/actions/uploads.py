"""A file whose columns a person matches: kept, looked over, begun as an import."""

import datetime as dt
import io
from typing import IO, Any

from django.db import transaction

from accounts.models import Unit
from common import clock
from common.errors import Refused
from common.tabular import TableFormat, TabularError, open_table
from exchange.access import check_can_import
from exchange.actions.batches import begin
from exchange.domain import matching as matchings
from exchange.domain import survey as surveys
from exchange.domain.kinds import Kind
from exchange.domain.matching import Matching
from exchange.domain.survey import Survey
from exchange.domain.writing import mapping_toml
from exchange.models import ImportBatch, Upload
from exchange.models.upload import KEPT_FOR, MOST_KEPT
from exchange.queries import headers_of

_NAME = 200


def keep_upload(
    file: IO[bytes],
    *,
    kind: Kind,
    root: Unit,
    by: Any,
    file_name: str,
    as_of: dt.date | None = None,
) -> Upload:
    """Keep a readable file for its bringer, who says next what its columns are.

    A person's oldest waiting files make room. Refused: a file that is no table, or has no rows.
    """
    check_can_import(by, kind, root)
    survey = survey_of(file)
    if not survey.rows:
        raise Refused("exchange.no_rows", field="file", file=file_name)
    file.seek(0)
    content = file.read()
    with transaction.atomic():
        upload = Upload.objects.create(
            by=by,
            kind=kind.value,
            root=root,
            as_of=as_of,
            file_name=file_name[-_NAME:],
            content=content,
            survey=surveys.pack(survey),
            kept_at=clock.now(),
        )
        mine = Upload.objects.filter(by=by).order_by("-kept_at")
        Upload.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST_KEPT:])).delete()
    return upload


def turn_to(
    upload: Upload, *, kind: Kind, root: Unit, by: Any, as_of: dt.date | None = None
) -> Upload:
    """Let a kept file be of another kind, organisation or day."""
    check_can_import(by, kind, root)
    upload.kind, upload.root, upload.as_of = kind.value, root, as_of
    upload.save(update_fields=["kind", "root", "as_of"])
    return upload


def survey_of(
    file: IO[bytes], *, header_row: int = 1, sheet: str = "", records: str = ""
) -> Survey:
    """Return what the first rows of a file hold; Refused where it is no table.

    Of a JSON object with a single list in it, that list is the table.
    """
    try:
        with open_table(
            file, header_row=header_row, sheet=sheet or None, records=records or None
        ) as table:
            survey = surveys.look_over(
                table.columns,
                (row.cells for row in table),
                header_row=header_row,
                sheet=sheet,
                sheets=table.sheets,
                records=records,
            )
            inner = _list_within(survey) if table.format is TableFormat.JSON_LINES else ""
    except TabularError as error:
        lists = str(error.params.get("lists", "–"))
        if error.code == "json_records_missing" and not records and lists.isidentifier():
            return survey_of(file, records=lists)
        raise Refused(f"exchange.file.{error.code}", field="file", **error.params) from error
    return survey_of(file, records=inner) if inner and not records else survey


def _list_within(survey: Survey) -> str:
    """Return the only list of objects in a file that is a single object on a single line."""
    lists = [one.name for one in survey.columns if one.samples and one.samples[0][:2] == "[{"]
    return lists[0] if survey.rows == 1 and len(lists) == 1 else ""


def let_go(upload: Upload) -> None:
    """Drop a kept file whose import has begun without its columns being matched."""
    upload.delete()


def look_elsewhere(upload: Upload, *, header_row: int, sheet: str) -> Survey:
    """Look the file over anew, with its column names in another row or on another sheet."""
    content = Upload.objects.values_list("content", flat=True).get(pk=upload.pk)
    survey = survey_of(io.BytesIO(bytes(content)), header_row=header_row, sheet=sheet)
    upload.survey = surveys.pack(survey)
    upload.save(update_fields=["survey"])
    return survey


@transaction.atomic
def begin_matched(upload: Upload, matching: Matching, *, by: Any) -> ImportBatch:
    """Begin an import of a kept file with the mapping that a person's matching makes.

    An import begun of the same file before, and not confirmed yet, makes way for it.
    """
    kind = Kind(upload.kind)
    survey = surveys.unpack(upload.survey)
    content = Upload.objects.values_list("content", flat=True).get(pk=upload.pk)
    batch = begin(
        io.BytesIO(bytes(content)),
        kind=kind,
        mapping=(matching.title, mapping_toml(kind, survey, matching)),
        root=upload.root,
        by=by,
        file_name=upload.file_name,
        as_of=upload.as_of,
        is_kept=True,
    )
    remember(batch, headers_of(survey.names), matchings.pack(matching))
    earlier = ImportBatch.objects.filter(pk=upload.batch_id or 0, state__in=["staged", "reading"])
    earlier.update(state="discarded", ended_at=clock.now())
    upload.batch = batch
    upload.save(update_fields=["batch"])
    return batch


def remember(batch: ImportBatch, headers: str, matching: dict[str, Any]) -> None:
    """Keep with an import what was said of its columns, for the next file that has them."""
    batch.headers, batch.matching = headers, matching
    batch.save(update_fields=["headers", "matching"])


def tidy_uploads(now: dt.datetime) -> None:
    """Drop files that have waited for a day."""
    Upload.objects.filter(kept_at__lte=now - KEPT_FOR).delete()
