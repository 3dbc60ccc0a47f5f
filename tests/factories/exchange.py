"""Files and imports for tests."""

import gzip
import io
import zipfile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Unit
from common.jobs import run_to_end
from exchange.actions import Until, begin, confirm, prepare
from exchange.domain.kinds import Kind
from exchange.mappings import mapping_text
from exchange.models import ImportBatch

PROJECTS = """Number;Project;Unit;Start;Planned finish;Approved budget;Status
A1;Permit portal;;2026-01-12;2026-12-18;1250000;green
A2;New payroll;;2026-02-02;2027-01-29;640000,5;amber
A3;Road lights;;2026-03-01;2026-10-30;;
"""
TICKETS = """Number;Service;Opened;Resolved;Priority;Status
T1;E-mail;2026-03-05 09:01;2026-03-05 11:30;2;resolved
T2;;2026-03-06 10:00;;3;new
"""


def table(text: str = PROJECTS, *, name: str = "list.csv", encoding: str = "utf-8") -> Any:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, text.encode(encoding), content_type="text/csv")


def staged(
    text: str | bytes = PROJECTS,
    *,
    root: Unit,
    by: Any = None,
    kind: Kind = Kind.PROJECTS,
    mapping: str | tuple[str, str] | None = None,
    **more: Any,
) -> ImportBatch:
    """An import that waits for confirmation."""
    content = text if isinstance(text, bytes) else text.encode()
    pair = mapping if isinstance(mapping, tuple) else mapping_text(mapping or kind.value)
    batch = begin(
        io.BytesIO(content),
        kind=kind,
        mapping=pair,
        root=root,
        by=by,
        file_name="list.csv",
        is_kept=True,
        **more,
    )
    assert prepare(batch, Until())
    return batch


def imported(text: str | bytes = PROJECTS, **more: Any) -> ImportBatch:
    """An import that is done."""
    batch = staged(text, **more)
    run_to_end(confirm(batch, by=more.get("by")))
    return ImportBatch.objects.get(pk=batch.pk)


def workbook(parts: dict[str, bytes]) -> bytes:
    """A zip archive with those parts, as a workbook is one."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def packed(text: str) -> bytes:
    """A gzip file."""
    return gzip.compress(text.encode())
