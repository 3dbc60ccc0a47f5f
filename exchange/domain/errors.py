"""What is refused: a mapping as a whole, or one cell of a file."""

from collections.abc import Mapping
from dataclasses import dataclass

MAPPING_CODES = (
    "mapping_not_found",
    "broken_toml",
    "unknown_setting",
    "missing_setting",
    "wrong_type",
    "bad_value",
    "unknown_kind",
    "unknown_field",
    "field_required",
    "values_not_found",
    "column_used_and_dropped",
    "missing_columns",
    "unknown_columns",
)
"""Every reason a mapping is refused for."""

CELL_CODES = (
    "unknown_value",
    "required_missing",
    "key_missing",
    "not_an_email",
    "out_of_range",
    "cell_without_header",
)
"""What a cell is refused for beside the parser's own reasons."""


class MappingError(ValueError):
    """A mapping that cannot be used.

    ``code`` is one of ``MAPPING_CODES``; ``params`` always holds ``key`` (where in the mapping:
    ``fields.starts_on.date_order``) and ``example`` (something that would be understood).
    """

    def __init__(self, code: str, *, key: str, example: str = "", **more: str) -> None:
        self.code = code
        self.params: Mapping[str, str] = {"key": key, "example": example, **more}
        super().__init__(code, self.params)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellError:
    """A cell that could not be read; the rest of its row still counts.

    ``code`` is one of ``CELL_CODES`` or of ``common.domain.parsing.errors.CODES``. ``params`` holds
    what that code's sentence needs; for ``unknown_value`` also ``known``, the first known words.
    """

    column: str
    code: str
    params: Mapping[str, str]
