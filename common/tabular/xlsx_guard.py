"""What a workbook must pass before any of it is parsed as one.

A 186 kB file can unpack to a sheet of 57 MB that takes 554 MB of memory and 20 s to read, so the
archive's own table of contents is judged first, then the first bytes of every part.
"""

import re
import zipfile
import zlib
from typing import IO
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from common.tabular.errors import TabularError

UNPACKED_LIMIT = 100_000_000
RATIO_LIMIT = 100
PARTS_LIMIT = 1_000
CELLS_LIMIT = 500_000

_CHUNK = 1 << 16
_ENCRYPTED = 0x1
# A cell of type "str" is exempt: there an empty value is what the formula gave.
_WITHOUT_VALUE = re.compile(
    rb"<c(?=[\s>])(?![^>]*\bt=\"str\")[^>]*>"
    rb"<f[^>]*(?:/>|>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>",
)
_CELL = re.compile(rb"<(?:[A-Za-z]+:)?c[\s/>]")
_LONGEST_CELL = 10_000  # a formula has at most 8,192 characters


class _RootSeen(Exception):  # noqa: N818 - a signal, not an error
    """The first element has begun: what may hold a DTD lies behind."""


class _UntilRoot:
    """A parser's target that stops it at the first element."""

    def start(self, _tag: str, _attributes: dict[str, str]) -> None:
        raise _RootSeen

    def close(self) -> None:
        """Return nothing: no tree is built."""


def check_workbook(file: IO[bytes]) -> None:
    """Raise ``TabularError`` unless ``file`` is a zip archive that is safe to read as a workbook.

    At most 100 MB unpacked, 100 times its packed size and 1,000 parts; not encrypted; no DTD and
    so no entity in any part.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_contents(archive.infolist())
            for part in archive.infolist():
                _check_prolog(archive, part)
    except TabularError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
    ) as error:
        raise TabularError("broken_workbook") from error
    file.seek(0)


def _check_contents(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > PARTS_LIMIT:
        raise TabularError("workbook_too_many_parts", limit=PARTS_LIMIT, count=len(parts))
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise TabularError("workbook_encrypted")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > UNPACKED_LIMIT:
        raise TabularError("workbook_too_large", limit=UNPACKED_LIMIT, size=unpacked)
    packed = sum(part.compress_size for part in parts)
    if unpacked > RATIO_LIMIT * max(packed, 1):
        raise TabularError("workbook_too_dense", limit=RATIO_LIMIT)
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise TabularError("broken_workbook")


def _check_prolog(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Refuse a DTD, which XML allows before the first element only.

    Every part is looked at, since a relationship may name any of them; pictures fail to parse
    here exactly as they would later.
    """
    parser = DefusedXMLParser(target=_UntilRoot(), forbid_dtd=True)
    with archive.open(part) as content:
        try:
            while chunk := content.read(_CHUNK):
                parser.feed(chunk)
        except (_RootSeen, ParseError):
            return
        except (DefusedXmlException, ValueError) as error:
            raise TabularError("workbook_has_dtd", part=part.filename) from error


def check_sheet(file: IO[bytes], part: str) -> None:
    """Raise ``TabularError`` unless the sheet in ``part`` is small enough and fully calculated.

    ``workbook_too_many_cells`` above 500,000; the sheet's stated dimensions are not believed, its
    cells are counted. ``workbook_formula_without_value`` where a formula was never calculated: it
    would read as an empty cell. Opening and saving the file in a spreadsheet program helps.
    """
    cells, tail = 0, b""
    with zipfile.ZipFile(file) as archive, archive.open(part) as content:
        while chunk := content.read(_CHUNK):
            window = tail + chunk
            cells += len(_CELL.findall(window)) - len(_CELL.findall(tail))
            if cells > CELLS_LIMIT:
                raise TabularError("workbook_too_many_cells", limit=CELLS_LIMIT)
            if _WITHOUT_VALUE.search(window):
                raise TabularError("workbook_formula_without_value")
            tail = chunk[-_LONGEST_CELL:]
