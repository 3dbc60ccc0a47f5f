"""What preview, report and download print of a staged row."""

from common.wording import say
from exchange.domain.mapping import Mapping
from exchange.models import StagedRow


def columns_by_field(mapping: Mapping) -> dict[str, str]:
    """Return the file's column of each field, the first where there are several."""
    return {reader.name: reader.columns[0] for reader in mapping.readers if reader.columns}


def reasons_of(row: StagedRow, columns: dict[str, str] | None = None) -> list[str]:
    """Return a row's reasons as sentences in the reader's language, each with its column.

    Apps name our field; `columns` turns it into the file's own column.
    """
    told = []
    for column, code, params in row.reasons:
        name = (columns or {}).get(column, column)
        sentence = say(code, params)
        told.append(f"{name}: {sentence}" if name else sentence)
    return told
