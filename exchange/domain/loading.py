"""Making a :class:`~exchange.domain.mapping.Mapping` of a TOML text, or saying what is wrong.

Every setting is checked: a misspelt one must not silently mean its default.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from common.domain.parsing import ParseError
from exchange.domain.cells import CellSettings, Value, as_text, cell_reader, fold
from exchange.domain.errors import MappingError
from exchange.domain.kinds import KINDS, TICKET_STATUSES, Field, FieldType, Kind, KindSpec
from exchange.domain.mapping import FileSettings, LogSettings, Mapping
from exchange.domain.readers import FieldReader, GateReader
from exchange.domain.settings import (
    CELL_SETTINGS,
    Toml,
    cell_settings,
    check_names,
    flag,
    near,
    path,
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
    "skip",
    "create",
    "log",
)
_FIELD = (
    "column",
    "columns",
    "join",
    "constant",
    "after",
    "unit",
    "values",
    "word",
    "otherwise",
    "optional",
    *CELL_SETTINGS,
)
_GATE = ("name", "planned", "actual", "dated", *CELL_SETTINGS)
_UNITS = {
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}
_EVENT = {"status", "status_at"}
_SOURCE_LIMIT = 60
_OWN_ZONE = "organisation"
_GATE_DAY = Field(name="gate", type=FieldType.DATE)


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
    readers, constants = _fields(found, spec, settings, values, is_log=is_log)
    gates = _gates(found, spec, settings)
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
    check_names(found, ("encoding", "separator", "header_row", "sheet"), "file")
    header_row = found.get("header_row", 1)
    if isinstance(header_row, bool) or not isinstance(header_row, int) or header_row < 1:
        raise MappingError("bad_value", key="file.header_row", example="header_row = 1")
    return FileSettings(
        encoding=text(found, "encoding", "file") or None,
        separator=text(found, "separator", "file") or None,
        header_row=header_row,
        sheet=text(found, "sheet", "file") or None,
    )


def _creates(found: Toml) -> frozenset[str]:
    check_names(found, ("units", "services"), "create")
    return frozenset(name for name in found if flag(found, name, "create"))


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


def _fields(
    found: Toml,
    spec: KindSpec,
    settings: CellSettings,
    values: dict[str, Toml],
    *,
    is_log: bool,
) -> tuple[list[FieldReader], dict[str, Value]]:
    stated = subtable(found, "fields")
    allowed = {name: field for name, field in spec.fields.items() if is_log or not field.log_only}
    required = spec.required_in_log if is_log else spec.required
    readers: list[FieldReader] = []
    constants: dict[str, Value] = {}
    for name, how in stated.items():
        if name not in allowed:
            raise MappingError("unknown_field", key=f"fields.{name}", example=near(name, allowed))
        table = _field_table(how, f"fields.{name}")
        reader = _reader(allowed[name], table, settings, values, f"fields.{name}")
        if "constant" in table:
            constants[name] = _own_value(reader, table["constant"], f"fields.{name}.constant")
            continue
        _check_word(reader.word, allowed, f"fields.{name}.word")
        reader.required = name in required
        if reader.after and (
            reader.after not in stated or allowed[reader.after].type != allowed[name].type
        ):
            raise MappingError("unknown_field", key=f"fields.{name}.after", example="starts_at")
        readers.append(reader)
    readers.sort(key=lambda reader: bool(reader.after))  # what is counted from comes first
    for name in sorted(required - set(stated)):
        if allowed[name].otherwise is None:
            raise MappingError(
                "field_required",
                key=f"fields.{name}",
                example=f'{name} = "column"',
            )
        constants[name] = str(allowed[name].otherwise)
    return readers, constants


def _check_word(word: str, allowed: dict[str, Field], where: str) -> None:
    if word and (word not in allowed or allowed[word].type is not FieldType.TEXT):
        texts = [name for name, field in allowed.items() if field.type is FieldType.TEXT]
        raise MappingError("unknown_field", key=where, example=near(word, texts))


def _field_table(how: object, where: str) -> Toml:
    if isinstance(how, str):
        return {"column": how}
    if isinstance(how, list):
        return {"columns": how}
    if not isinstance(how, dict):
        raise MappingError("wrong_type", key=where, example='"column"')
    check_names(how, _FIELD, where)
    ways = [way for way in ("column", "columns", "join", "constant") if way in how]
    if len(ways) != 1:
        raise MappingError("missing_setting", key=where, example='{ column = "…" }')
    return how


def _reader(
    field: Field,
    table: Toml,
    settings: CellSettings,
    values: dict[str, Toml],
    where: str,
) -> FieldReader:
    own = cell_settings(table, settings, where)
    columns = texts(table, "join", where) or texts(table, "columns", where)
    columns = columns or [text(table, "column", where)]
    if "after" in table:
        return _later_reader(field, table, own, columns, where)
    words = _words(field, own, table.get("values"), values, where)
    reader = FieldReader(
        name=field.name,
        columns=tuple(columns),
        read=cell_reader(field, own, words),
        settings=own,
        word=text(table, "word", where),
        optional=flag(table, "optional", where),
        joined="join" in table,
        otherwise=field.otherwise,
    )
    if "otherwise" in table:
        reader.otherwise = _own_value(reader, table["otherwise"], f"{where}.otherwise")
    return reader


def _later_reader(
    field: Field,
    table: Toml,
    settings: CellSettings,
    columns: list[str],
    where: str,
) -> FieldReader:
    """Return what reads a length of time counted from another date or moment."""
    after = text(table, "after", where)
    if field.type not in {FieldType.DATE, FieldType.DATETIME}:
        raise MappingError("bad_value", key=path(where, "after"), example='after = "starts_at"')
    unit = text(table, "unit", where)
    if unit not in _UNITS:
        raise MappingError("bad_value", key=path(where, "unit"), example='unit = "minutes"')
    length = Field(name=field.name, type=FieldType.NUMBER)
    return FieldReader(
        name=field.name,
        columns=tuple(columns),
        read=cell_reader(length, replace(settings, scale=Decimal(1)), None),
        settings=settings,
        optional=flag(table, "optional", where),
        after=after,
        unit=_UNITS[unit],
    )


def _words(
    field: Field,
    settings: CellSettings,
    stated: object,
    values: dict[str, Toml],
    where: str,
) -> dict[str, Value] | None:
    """Return folded words with their values, each checked to be one the field can hold."""
    if stated is None:
        return None
    table = values.get(stated) if isinstance(stated, str) else stated
    if not isinstance(table, dict):
        example = near(str(stated), values) or "[values.name]"
        raise MappingError("values_not_found", key=f"{where}.values", example=example)
    plain = FieldReader(
        name=field.name,
        columns=(),
        read=cell_reader(field, replace(settings, scale=Decimal(1), date_formats=()), None),
        settings=settings,
    )
    return {
        fold(word): _own_value(plain, to, f"{where}.values.{word}") for word, to in table.items()
    }


def _own_value(reader: FieldReader, stated: object, where: str) -> Value:
    """Return a value the mapping itself states, read as a cell of the field would be."""
    if isinstance(stated, bool | str):
        cell: str | bool | Decimal = stated
    elif isinstance(stated, int | float):
        cell = Decimal(str(stated))
    else:
        cell = str(stated)  # TOML's own dates and times
    try:
        return reader.read(cell)
    except ParseError as error:
        example = error.params["example"]
        raise MappingError("bad_value", key=where, example=example, text=as_text(cell)) from error


def _gates(found: Toml, spec: KindSpec, settings: CellSettings) -> tuple[GateReader, ...]:
    stated = found.get("gates", [])
    if stated and (not spec.has_gates or not isinstance(stated, list)):
        raise MappingError("unknown_setting", key="gates", example="")
    gates = []
    for position, table in enumerate(stated, start=1):
        where = f"gates.{position}"
        if not isinstance(table, dict):
            raise MappingError("wrong_type", key=where, example="[[gates]]")
        check_names(table, _GATE, where)
        own = cell_settings(table, settings, where)
        days = {
            way: FieldReader(
                name="gate",
                columns=(text(table, way, where),),
                read=cell_reader(_GATE_DAY, own, None),
                settings=own,
            )
            for way in ("planned", "actual", "dated")
            if way in table
        }
        name = text(table, "name", where)
        if not name or not days:
            raise MappingError("missing_setting", key=where, example='name = "G1"')
        gates.append(
            GateReader(
                name=name,
                planned=days.get("planned"),
                actual=days.get("actual"),
                dated=days.get("dated"),
            ),
        )
    return tuple(gates)
