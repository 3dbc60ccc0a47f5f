"""Files to download: the same rows as on screen, safe in a spreadsheet."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from common.tabular import writing

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a streamed CSV that a Swedish Excel opens right."""
    response: Any = StreamingHttpResponse(
        writing.csv_lines(columns, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a workbook with real types, written to disk first so that memory stays constant."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    writing.write_xlsx(file, columns, rows, title=name)
    file.seek(0)
    response: Any = FileResponse(
        file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE
    )
    return response
