"""Opening a file as a table, whatever it is, or saying why not."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, cast

from common.tabular.csv_file import open_csv
from common.tabular.errors import TabularError
from common.tabular.json_lines import looks_like_json, open_json
from common.tabular.table import Table
from common.tabular.xlsx_file import open_xlsx

UNPACKED_LIMIT = 100_000_000
"""Bytes a gzip file may unpack to."""

_CHUNK = 1 << 16
_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FOREIGN = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM\x00", b"Rar!", b"7z\xbc\xaf")


def open_table(
    source: Path | str | IO[bytes],
    *,
    encoding: str | None = None,
    separator: str | None = None,
    header_row: int = 1,
    sheet: str | None = None,
    records: str | None = None,
) -> Table:
    """Return the table in ``source``, a path or a seekable binary file.

    The content decides the format, not the name: CSV (UTF-8 with or without byte order mark,
    UTF-16, else Windows-1252; semicolon, tab, comma or bar), XLSX, JSON, and the text ones
    packed with gzip. ``encoding`` and ``separator`` override what would be detected;
    ``header_row`` counts from 1 as a spreadsheet does; ``sheet`` names one of a workbook's sheets,
    the first where None; ``records`` says where in a JSON object the list of rows stands.

    Raises ``TabularError`` before anything is parsed where the file is empty, damaged, too large
    unpacked or a bomb. A missing file raises ``OSError``.
    """
    file, close = _file(source)
    try:
        return _open(
            _unpacked(file),
            close,
            encoding=encoding,
            separator=separator,
            header_row=header_row,
            sheet=sheet,
            records=records,
        )
    except BaseException:
        close()
        raise


def _file(source: Path | str | IO[bytes]) -> tuple[IO[bytes], Callable[[], None]]:
    """Return the open file and what closes it."""
    if isinstance(source, Path | str):
        file = Path(source).open("rb")  # noqa: SIM115 - the table closes it
        return file, file.close
    return source, _leave_open


def _leave_open() -> None:
    """Do nothing: who handed the file in closes it."""


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    """Return what gzip has packed, or the file itself."""
    if not _head(file).startswith(_GZIP):
        return file
    unpacked = gzip.GzipFile(fileobj=file, mode="rb")
    check_unpacked(unpacked)
    return cast("IO[bytes]", unpacked)


def _open(
    file: IO[bytes],
    close: Callable[[], None],
    *,
    encoding: str | None,
    separator: str | None,
    header_row: int,
    sheet: str | None,
    records: str | None,
) -> Table:
    head = _head(file)
    if not head.strip():
        _refuse_if_blank(file)
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return open_xlsx(file, close, header_row=header_row, sheet=sheet)
    if head.startswith(_OLE):
        raise TabularError("old_excel")
    if head.startswith(_FOREIGN):
        raise TabularError("not_a_table")
    if records is not None or looks_like_json(head):
        return open_json(file, close, records=records)
    return open_csv(file, close, encoding=encoding, separator=separator, header_row=header_row)


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    return head


def _refuse_if_blank(file: IO[bytes]) -> None:
    while chunk := file.read(_CHUNK):
        if chunk.strip():
            file.seek(0)
            return
    raise TabularError("empty_file")


def check_unpacked(file: gzip.GzipFile, *, limit: int = UNPACKED_LIMIT) -> None:
    """Raise ``file_too_large`` or ``broken_gzip`` where ``file`` does not unpack within ``limit``.

    Unpacks the whole of it once and keeps nothing, so a damaged end is found before the first row
    is believed.
    """
    size = 0
    try:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise TabularError("file_too_large", limit=limit)
    except (OSError, EOFError, zlib.error) as error:
        raise TabularError("broken_gzip") from error
    file.seek(0)
