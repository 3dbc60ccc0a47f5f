"""The one refusal of a file that is, or hides, no readable table."""

from collections.abc import Mapping

CODES = (
    "empty_file",
    "file_too_large",
    "not_a_table",
    "old_excel",
    "nul_characters",
    "encoding_unknown",
    "wrong_encoding",
    "unknown_encoding",
    "unknown_separator",
    "header_missing",
    "broken_quotes",
    "cell_too_large",
    "broken_gzip",
    "broken_json",
    "json_records_missing",
    "broken_workbook",
    "workbook_too_large",
    "workbook_too_dense",
    "workbook_too_many_parts",
    "workbook_too_many_cells",
    "workbook_encrypted",
    "workbook_has_dtd",
    "workbook_formula_without_value",
    "sheet_missing",
    "too_many_rows",
)
"""Every reason a file, or writing one, is refused for; whoever words them words all of these."""


class TabularError(ValueError):
    """A file refused: ``code``, one of ``CODES``, says why; ``params`` what a sentence needs."""

    def __init__(self, code: str, **params: str | int) -> None:
        self.code = code
        self.params: Mapping[str, str | int] = params
        super().__init__(code, params)
