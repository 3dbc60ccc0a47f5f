"""Reading workbooks, after the guard has let them in."""

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl

from common.tabular.errors import TabularError
from common.tabular.table import Cell, Table, TableFormat, name_columns, number_rows
from common.tabular.xlsx_guard import CELLS_LIMIT, check_sheet, check_workbook

# What openpyxl raises on a file that is a sound archive but no sound workbook.
_BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def open_xlsx(
    file: IO[bytes],
    close: Callable[[], None],
    *,
    header_row: int,
    sheet: str | None,
) -> Table:
    """Return one sheet of a workbook; see :func:`common.tabular.open_table`."""
    check_workbook(file)
    workbook = _load(file)
    sheets = tuple(found.title for found in workbook.worksheets)
    name = sheet if sheet is not None else (sheets[0] if sheets else "")
    if name not in sheets:
        workbook.close()
        raise TabularError("sheet_missing", sheet=name, sheets=", ".join(sheets))
    records = _records(workbook[name], file)
    header = next(islice(records, header_row - 1, None), ())
    columns, renamed = name_columns([_header(cell) for cell in header])
    if not columns:
        workbook.close()
        raise TabularError("header_missing", row=header_row)

    def close_workbook() -> None:
        workbook.close()
        close()

    return Table(
        columns=columns,
        renamed=renamed,
        format=TableFormat.XLSX,
        encoding="",
        separator="",
        sheets=sheets,
        _rows=number_rows(columns, records, first=header_row + 1),
        _close=close_workbook,
    )


def _load(file: IO[bytes]) -> Any:
    try:
        with warnings.catch_warnings():
            # About styles and extensions that are not read anyway.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except _BROKEN as error:
        raise TabularError("broken_workbook") from error


def _records(sheet: Any, file: IO[bytes]) -> Iterator[Sequence[Cell]]:
    """Yield every row of the sheet, empty ones too, until the limit of cells is passed."""
    seen = 0
    try:
        check_sheet(file, sheet._worksheet_path)  # noqa: SLF001 - the sheet's part in the archive
        # The stated dimensions are often wrong, so rows are as long as their last cell.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True):
            seen += max(len(row), 1)  # gaps between cells and rows count as well
            if seen > CELLS_LIMIT:
                raise TabularError("workbook_too_many_cells", limit=CELLS_LIMIT)
            yield [_cell(value) for value in row]
    except TabularError:
        raise
    except _BROKEN as error:
        raise TabularError("broken_workbook") from error


def _header(cell: Cell) -> str:
    return cell.date().isoformat() if isinstance(cell, datetime) else str(cell)


def _cell(value: object) -> Cell:
    """Return a workbook's value as one of ours; numbers as the 15 digits a spreadsheet shows."""
    if value is None:
        return ""
    if isinstance(value, bool | str | datetime):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(f"{value:.15g}")
    if isinstance(value, date):
        return datetime.combine(value, time())
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return str(value)
