"""Reading separated text."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import IO

from common.tabular.errors import TabularError
from common.tabular.formula import SIGNS, unmark
from common.tabular.table import Table, TableFormat, name_columns, number_rows

SEPARATORS = (";", "\t", ",", "|")
CELL_LIMIT = 131_072
"""Characters in one cell; four times what a spreadsheet can hold, and the csv module's own."""

_CHUNK = 1 << 18
_SAMPLE_ROWS = 30
_SAMPLE_BYTES = 1 << 18
_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_MARKED = re.compile(rf"(?:^|[;,\t|\"\n\r])'[\s']*[{SIGNS}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Survey:
    """What one pass over the text found: how it is encoded and whether it holds marked cells."""

    encoding: str
    marked: bool


def open_csv(
    file: IO[bytes],
    close: Callable[[], None],
    *,
    encoding: str | None,
    separator: str | None,
    header_row: int,
) -> Table:
    """Return the table in separated text; see :func:`common.tabular.open_table`."""
    if separator is not None and len(separator) != 1:
        raise TabularError("unknown_separator", separator=separator)
    survey = _survey(file, encoding)
    file.seek(0)
    sample = file.read(_SAMPLE_BYTES).decode(survey.encoding, errors="ignore")
    file.seek(0)
    hint = _HINT.match(sample)
    sign = separator or (hint[1] if hint else _separator(sample, header_row))
    text = io.TextIOWrapper(file, encoding=survey.encoding, newline="")
    records = _records(text, sign)
    first = header_row + 1 if hint and header_row == 1 else header_row
    try:
        header = next(islice(records, first - 1, None), ())
        columns, renamed = name_columns(header)
        if not columns:
            raise TabularError("header_missing", row=first)
    except TabularError:
        text.detach()  # or the file would be closed with it, whoever owns it
        raise
    cells = map(_unmarked, records) if survey.marked else records

    def close_text() -> None:
        text.detach()
        close()

    return Table(
        columns=columns,
        renamed=renamed,
        format=TableFormat.CSV,
        encoding=survey.encoding,
        separator=sign,
        sheets=(),
        _rows=number_rows(columns, cells, first=first + 1),
        _close=close_text,
    )


def _survey(file: IO[bytes], stated: str | None) -> _Survey:
    """Return the encoding that decodes every byte: the stated one, or the first that fits."""
    if stated is not None:
        try:
            name = codecs.lookup(stated).name
        except LookupError as error:
            raise TabularError("unknown_encoding", encoding=stated) from error
        # A byte order mark belongs to no cell, whoever wrote it.
        candidates = ["utf-8-sig" if name == "utf-8" else stated]
    else:
        candidates = _candidates(file)
    for candidate in candidates:
        marked = _decodes(file, candidate)
        if marked is not None:
            return _Survey(encoding=candidate, marked=marked)
    if stated is not None:
        raise TabularError("wrong_encoding", encoding=stated)
    raise TabularError("encoding_unknown")


def _candidates(file: IO[bytes]) -> list[str]:
    file.seek(0)
    head = file.read(256)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # Without a mark, Western text in UTF-16 has every second byte zero.
    if len(head) >= 4 and 0 in head:
        if not any(head[1::2]):
            return ["utf-16-le"]
        if not any(head[0::2]):
            return ["utf-16-be"]
    return ["utf-8-sig", "cp1252"]


def _decodes(file: IO[bytes], encoding: str) -> bool | None:
    """Return whether marked cells occur, or None where a byte does not fit the encoding.

    Raises ``nul_characters``: text holding those is damaged, or no text at all.
    """
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    marked, tail, seen = False, "\n", 0
    while True:
        chunk = file.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError:
            return None
        if "\0" in text:
            line = seen + text.count("\n", 0, text.index("\0")) + 1
            raise TabularError("nul_characters", line=line)
        marked = marked or _MARKED.search(tail + text) is not None
        if not chunk:
            return marked
        seen += text.count("\n")
        tail = text[-16:]


def _separator(sample: str, header_row: int) -> str:
    """Return the sign that cuts the sample's rows most evenly into more than one cell."""
    best, best_score = ",", (0, 0)
    for sign in SEPARATORS:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=sign)
        rows: list[list[str]] = []
        # A cell too large for a sample says nothing about the rows before it.
        with suppress(csv.Error):
            rows.extend(islice(reader, header_row - 1, header_row + _SAMPLE_ROWS))
        widths = Counter(len(row) for row in rows if row)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        score = (count, width) if width > 1 else (0, 0)
        if score > best_score:
            best, best_score = sign, score
    return best


def _records(text: io.TextIOWrapper, separator: str) -> Iterator[list[str]]:
    """Yield every record, blank ones as empty lists; quoted cells may hold line ends."""
    # Strict: an unclosed quote would otherwise swallow the rest of the file into one cell.
    reader = csv.reader(text, delimiter=separator, strict=True)
    number = 0
    try:
        for record in reader:
            number += 1
            yield record
    except csv.Error as error:
        code = "cell_too_large" if "field limit" in str(error) else "broken_quotes"
        raise TabularError(code, row=number + 1, line=reader.line_num) from error


def _unmarked(record: list[str]) -> list[str]:
    return [unmark(cell) for cell in record]
