"""Writing tables that open right in Swedish Excel and cannot carry a formula.

CSV is UTF-8 with a byte order mark, semicolons and decimal commas. A text that a spreadsheet
would take for a formula gets an apostrophe before it, which our own reader takes away again; in
XLSX every text is stored as text. Source of the rule: F34, formula injection.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from common.tabular.errors import TabularError
from common.tabular.formula import mark

Value = str | int | Decimal | bool | date | datetime | None
"""What a cell can be given; date-times are aware and written in the zone asked for."""

BOM = "\ufeff"
ROWS_LIMIT = 1_048_576
TEXT_LIMIT = 32_767

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_EXACT_DIGITS = 10**15


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    zone: str = "UTC",
) -> Iterator[str]:
    """Yield the lines of a CSV file, for a streamed response; the first carries the mark."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    place = ZoneInfo(zone)
    yield BOM + str(writer.writerow([mark(column) for column in columns]))
    for row in rows:
        yield str(writer.writerow([_csv_cell(value, place) for value in row]))


def write_csv(
    file: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    zone: str = "UTC",
) -> int:
    """Write a CSV file and return how many rows below the header it has."""
    count = -1
    for line in csv_lines(columns, rows, zone=zone):
        file.write(line.encode())
        count += 1
    return count


def _csv_cell(value: Value, place: ZoneInfo) -> str:
    if isinstance(value, str):
        return mark(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(place):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else str(value)


def write_xlsx(
    file: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    title: str = "Brygga",
    zone: str = "UTC",
) -> int:
    """Write a workbook of one sheet with real types and return how many rows it has.

    Rows are streamed; characters XML cannot hold are left out and a text above 32,767 characters,
    which no spreadsheet can show, ends in an ellipsis. Raises ``TabularError`` (``too_many_rows``)
    above what a sheet holds.
    """
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_NOT_IN_TITLES.sub(" ", title).strip("'")[:31] or "Brygga")
    sheet.freeze_panes = "A2"
    for position, column in enumerate(columns, start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = min(max(len(column) + 2, 12), 60)
    try:
        sheet.append([_heading(sheet, column) for column in columns])
        count = _append(sheet, rows, ZoneInfo(zone))
    except BaseException:
        # What has been streamed waits in a temporary file, which would outlive the export.
        sheet.close()
        sheet._writer.cleanup()  # noqa: SLF001 - the library offers no other way
        raise
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(columns), 1))}{count + 1}"
    workbook.save(file)
    return count


def _append(sheet: Any, rows: Iterable[Sequence[Value]], place: ZoneInfo) -> int:
    count = 0
    for row in rows:
        count += 1
        if count >= ROWS_LIMIT:
            raise TabularError("too_many_rows", limit=ROWS_LIMIT - 1)
        sheet.append([_xlsx_cell(sheet, value, place) for value in row])
    return count


def _heading(sheet: Any, column: str) -> Any:
    cell = _text(sheet, column)
    cell.font = Font(bold=True)
    return cell


def _text(sheet: Any, text: str) -> Any:
    cleaned = _NOT_IN_XML.sub("", text)
    if len(cleaned) > TEXT_LIMIT:
        cleaned = cleaned[: TEXT_LIMIT - 1] + "…"
    cell = WriteOnlyCell(sheet, value=cleaned)
    cell.data_type = "s"  # "=1+1" would otherwise become a live formula
    return cell


def _xlsx_cell(sheet: Any, value: Value, place: ZoneInfo) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(sheet, value)
    if not isinstance(value, date) and not -_EXACT_DIGITS < value < _EXACT_DIGITS:
        return _text(sheet, str(value))  # a spreadsheet keeps fifteen digits and drops the rest
    cell = WriteOnlyCell(sheet, value=value)
    if isinstance(value, datetime):
        cell.value = value.astimezone(place).replace(tzinfo=None)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, Decimal):
        exponent = value.as_tuple().exponent
        decimals = min(max(-exponent if isinstance(exponent, int) else 0, 0), 6)
        cell.number_format = "#,##0" + ("." + "0" * decimals if decimals else "")
    else:
        cell.number_format = "0"
    return cell
