"""Tables in files: CSV, XLSX and JSON lines, read as streams and written for Swedish Excel."""

from common.tabular.errors import TabularError
from common.tabular.reading import open_table
from common.tabular.table import Cell, RenamedColumn, Row, Table, TableFormat
from common.tabular.writing import Value, csv_lines, write_csv, write_xlsx

__all__ = [
    "Cell",
    "RenamedColumn",
    "Row",
    "Table",
    "TableFormat",
    "TabularError",
    "Value",
    "csv_lines",
    "open_table",
    "write_csv",
    "write_xlsx",
]
