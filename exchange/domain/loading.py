"""Making a :class:`~exchange.domain.mapping.Mapping` of a TOML text, or saying what is wrong.

Every setting is checked: a misspelt one must not silently mean its default.
"""

import tomllib
from collections.abc import Iterable

from exchange.domain.cells import CellSettings, fold
from exchange.domain.errors import MappingError
from exchange.domain.fields import read_fields, read_gates
from exchange.domain.kinds import KINDS, TICKET_STATUSES, Kind, KindSpec
from exchange.domain.mapping import Mapping
from exchange.domain.parts import FileSettings, LogSettings, Unpivot
from exchange.domain.readers import FieldReader, GateReader
from exchange.domain.settings import (
    CELL_SETTINGS,
    Toml,
    cell_settings,
    check_names,
    flag,
    subtable,
    text,
    texts,
)

_TOP = (
    "kind",
    "title",
    "source",
    "mode",
    "strict",
    "dropped",
    "file",
    "cells",
    "key",
    "fields",
    "values",
    "gates",
    "unpivot",
    "aliases",
    "skip",
    "create",
    "log",
)
_EVENT = {"status", "status_at"}
_SOURCE_LIMIT = 60
_OWN_ZONE = "organisation"


def parse_mapping(
    source: str, *, name: str = "", currency: str = "SEK", zone: str = "Europe/Stockholm"
) -> Mapping:
    """Return the mapping that a TOML ``source`` describes; ``docs/import.md`` is its manual.

    ``currency`` holds where the mapping states none, ``zone`` where it says ``"organisation"``.
    Raises ``MappingError`` with the key at fault and an example of what would do.
    """
    try:
        found = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise MappingError("broken_toml", key=name, reason=str(error)) from error
    check_names(found, _TOP, "")
    kind = _kind(found)
    spec = KINDS[kind]
    is_log = _mode(found, spec)
    cells = subtable(found, "cells")
    check_names(cells, CELL_SETTINGS, "cells")
    if cells.get("zone") == _OWN_ZONE:
        cells = {**cells, "zone": zone}
    settings = cell_settings(cells, CellSettings(currency=currency), "cells")
    values = {key: subtable(found["values"], key) for key in subtable(found, "values")}
    readers, constants = read_fields(found, spec, settings, values, is_log=is_log)
    gates = read_gates(found, spec, settings)
    key = _key(found, readers)
    skip = _skip(found)
    used = _used(readers, gates, key, skip)
    dropped = frozenset(texts(found, "dropped", ""))
    if both := sorted(used & dropped):
        raise MappingError("column_used_and_dropped", key="dropped", example=both[0])
    return Mapping(
        name=name,
        title=text(found, "title") or name,
        source=(text(found, "source") or name)[:_SOURCE_LIMIT],
        kind=kind,
        is_log=is_log,
        file=_file(subtable(found, "file")),
        settings=settings,
        readers=tuple(readers),
        constants=constants,
        key=key[0],
        key_fallback=key[1],
        gates=gates,
        skip=skip,
        dropped=dropped,
        strict=flag(found, "strict"),
        creates=_creates(subtable(found, "create")),
        log=_log(subtable(found, "log")),
        required=(spec.required_in_log if is_log else spec.required) - _EVENT,
        used=used,
        unpivot=_unpivot(found, kind),
        aliases=_aliases(subtable(found, "aliases"), used | dropped),
        optional=frozenset(
            column for reader in readers if reader.optional for column in reader.columns
        ),
    )


def _kind(found: Toml) -> Kind:
    stated = text(found, "kind")
    if not stated:
        raise MappingError("missing_setting", key="kind", example='kind = "projects"')
    try:
        return Kind(stated)
    except ValueError as error:
        raise MappingError("unknown_kind", key="kind", example=", ".join(Kind)) from error


def _mode(found: Toml, spec: KindSpec) -> bool:
    mode = text(found, "mode") or "record"
    if mode not in {"record", "log"} or (mode == "log" and not spec.has_log):
        raise MappingError("bad_value", key="mode", example='mode = "record"')
    return mode == "log"


def _file(found: Toml) -> FileSettings:
    check_names(found, ("encoding", "separator", "header_row", "sheet", "records"), "file")
    header_row = found.get("header_row", 1)
    if isinstance(header_row, bool) or not isinstance(header_row, int) or header_row < 1:
        raise MappingError("bad_value", key="file.header_row", example="header_row = 1")
    return FileSettings(
        encoding=text(found, "encoding", "file") or None,
        separator=text(found, "separator", "file") or None,
        header_row=header_row,
        sheet=text(found, "sheet", "file") or None,
        records=text(found, "records", "file") or None,
    )


def _creates(found: Toml) -> frozenset[str]:
    check_names(found, ("units", "services"), "create")
    return frozenset(name for name in found if flag(found, name, "create"))


def _unpivot(found: Toml, kind: Kind) -> Unpivot | None:
    """Return which columns are spread; of measures only, the one kind kept as a matrix."""
    if "unpivot" not in found:
        return None
    if kind is not Kind.MEASURES:
        raise MappingError("unknown_setting", key="unpivot", example="")
    table = subtable(found, "unpivot")
    check_names(table, ("columns", "name", "value"), "unpivot")
    columns = tuple(texts(table, "columns", "unpivot"))
    name, value = text(table, "name", "unpivot"), text(table, "value", "unpivot")
    if not (columns and name and value):
        example = 'columns = ["20*"], name = "Month", value = "Value"'
        raise MappingError("missing_setting", key="unpivot", example=example)
    return Unpivot(columns=columns, name=name, value=value)


def _aliases(found: Toml, known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Return the other names of columns, each of which the mapping must read or drop."""
    check_names(found, sorted(known), "aliases")
    return {column: tuple(texts(found, column, "aliases")) for column in found}


def _log(found: Toml) -> LogSettings:
    check_names(found, ("pauses", "terminal"), "log")
    pauses = texts(found, "pauses", "log") if "pauses" in found else ["on_hold"]
    terminal = texts(found, "terminal", "log") if "terminal" in found else TICKET_STATUSES[-2:]
    return LogSettings(
        pauses=frozenset(fold(status) for status in pauses),
        terminal=frozenset(fold(status) for status in terminal),
    )


def _skip(found: Toml) -> dict[str, frozenset[str]]:
    table = subtable(found, "skip")
    return {
        column: frozenset(fold(word) for word in texts(table, column, "skip")) for column in table
    }


def _key(found: Toml, readers: list[FieldReader]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return key columns and fallback: by default the column of ``external_id``, then the name."""
    table = subtable(found, "key")
    check_names(table, ("columns", "fallback"), "key")
    stated = tuple(texts(table, "columns", "key"))
    fallback = tuple(texts(table, "fallback", "key"))
    if stated:
        return stated, fallback
    by_name = {reader.name: reader.columns for reader in readers}
    for name in ("external_id", "email", "name", "title"):
        if name in by_name:
            return by_name[name][:1], fallback
    raise MappingError("missing_setting", key="key.columns", example='columns = ["number"]')


def _used(
    readers: Iterable[FieldReader],
    gates: Iterable[GateReader],
    key: tuple[tuple[str, ...], tuple[str, ...]],
    skip: dict[str, frozenset[str]],
) -> frozenset[str]:
    used = {column for reader in readers for column in reader.columns}
    used |= {column for gate in gates for reader in gate.readers for column in reader.columns}
    return frozenset({*used, *key[0], *key[1], *skip})
