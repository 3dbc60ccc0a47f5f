"""Which column fills which field, and how its cells are read: the heart of a mapping's TOML."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from common.domain.parsing import ParseError
from exchange.domain.cells import Cell, CellSettings, Value, as_text, cell_reader, length_reader
from exchange.domain.errors import MappingError
from exchange.domain.kinds import Field, FieldType, KindSpec
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
_GATE_DAY = Field(name="gate", type=FieldType.DATE)


def read_fields(
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
        where = f"fields.{name}"
        table = _field_table(how, where)
        reader = _reader(allowed[name], table, settings, values, where)
        if "constant" in table:
            constants[name] = _stated(allowed[name], reader, table["constant"], where + ".constant")
            continue
        _check_word(reader.word, allowed, f"{where}.word")
        reader.required = name in required
        if reader.after and (
            reader.after not in stated or allowed[reader.after].type != allowed[name].type
        ):
            raise MappingError("unknown_field", key=f"{where}.after", example="starts_at")
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
        reader.otherwise = _stated(field, reader, table["otherwise"], f"{where}.otherwise")
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
    return FieldReader(
        name=field.name,
        columns=tuple(columns),
        read=length_reader(_UNITS[unit], settings),
        settings=settings,
        optional=flag(table, "optional", where),
        after=after,
    )


def _words(
    field: Field,
    settings: CellSettings,
    stated: object,
    values: dict[str, Toml],
    where: str,
) -> dict[str, Value] | None:
    """Return words with their values, each checked to be one the field can hold."""
    if stated is None:
        return None
    table = values.get(stated) if isinstance(stated, str) else stated
    if not isinstance(table, dict):
        example = near(str(stated), values) or "[values.name]"
        raise MappingError("values_not_found", key=f"{where}.values", example=example)
    plain = _plain_reader(field, settings)
    return {word: _own_value(plain, to, f"{where}.values.{word}") for word, to in table.items()}


def _plain_reader(field: Field, settings: CellSettings) -> Callable[[Cell], Value]:
    """Return what reads our own values of a field, whatever the file's words are for them."""
    return cell_reader(field, replace(settings, scale=Decimal(1), date_formats=()), None)


def _stated(field: Field, reader: FieldReader, stated: object, where: str) -> Value:
    """Return a value stated instead of a cell: one of ours, or a word of the field's table."""
    if field.type is not FieldType.TEXT:
        try:
            return _own_value(_plain_reader(field, reader.settings), stated, where)
        except MappingError:
            pass  # the file's own word, then
    return _own_value(reader.read, stated, where)


def _own_value(read: Callable[[Cell], Value], stated: object, where: str) -> Value:
    """Return a value the mapping itself states, read as a cell of the field would be."""
    if isinstance(stated, bool | str):
        cell: str | bool | Decimal = stated
    elif isinstance(stated, int | float):
        cell = Decimal(str(stated))
    else:
        cell = str(stated)  # TOML's own dates and times
    try:
        return read(cell)
    except ParseError as error:
        example = error.params["example"]
        raise MappingError("bad_value", key=where, example=example, text=as_text(cell)) from error


def read_gates(found: Toml, spec: KindSpec, settings: CellSettings) -> tuple[GateReader, ...]:
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
