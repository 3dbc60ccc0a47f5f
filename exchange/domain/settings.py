"""The settings of a mapping's TOML, read one by one and checked by name and type."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from common.domain.parsing import DateFormat, DateOrder, NumberConvention
from exchange.domain.cells import EPOCHS, CellSettings, fold
from exchange.domain.errors import MappingError

_T = TypeVar("_T")
Toml = dict[str, Any]

CELL_SETTINGS = (
    "missing",
    "missing_prefix",
    "decimal",
    "thousands",
    "sign",
    "currency",
    "scale",
    "rounding",
    "date_order",
    "date_formats",
    "zone",
    "clocks_back",
    "time",
    "serial_dates",
    "epoch",
)


def cell_settings(table: Toml, base: CellSettings, where: str) -> CellSettings:
    """Return ``base`` with the cell settings that ``table`` states laid over it."""
    readers: dict[str, tuple[str, Callable[[Toml, str], object]]] = {
        "missing": ("missing", _missing),
        "missing_prefix": ("missing_prefixes", _missing_prefixes),
        "currency": ("currency", lambda found, at: text(found, "currency", at)),
        "scale": ("scale", _scale),
        "rounding": ("rounding", lambda found, at: flag(found, "rounding", at)),
        "date_order": ("date_order", _date_order),
        "date_formats": ("date_formats", _date_formats),
        "zone": ("zone", _zone),
        "clocks_back": ("fold", _clocks_back),
        "time": ("time", _time),
        "serial_dates": ("serial_dates", lambda found, at: flag(found, "serial_dates", at)),
        "epoch": ("epoch", _epoch),
    }
    changes: dict[str, Any] = {
        name: read(table, where) for key, (name, read) in readers.items() if key in table
    }
    if {"decimal", "thousands", "sign"} & table.keys():
        changes["convention"] = _convention(table, base.convention, where)
    settings = replace(base, **changes)
    if settings.epoch and settings.serial_dates:
        raise MappingError("bad_value", key=path(where, "epoch"), example="serial_dates = false")
    return settings


def check_names(table: Toml, allowed: Iterable[str], where: str) -> None:
    """Raise ``unknown_setting`` with the nearest known name for a setting that does not exist."""
    names = list(allowed)
    for name in table:
        if name not in names:
            raise MappingError("unknown_setting", key=path(where, name), example=near(name, names))


def near(name: str, known: Iterable[str]) -> str:
    """Return the known name most like ``name``, or all of them when none is."""
    names = list(known)
    found = get_close_matches(name, names, n=1, cutoff=0.5)
    return found[0] if found else ", ".join(names)


def path(where: str, name: str) -> str:
    """Return the dotted path of a setting."""
    return f"{where}.{name}" if where else name


def subtable(found: Toml, name: str, where: str = "") -> Toml:
    """Return a table, empty when it is not there."""
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise MappingError("wrong_type", key=path(where, name), example=f"[{name}]")
    return table


def text(found: Toml, name: str, where: str = "") -> str:
    """Return a text setting, empty when it is not there."""
    value = found.get(name, "")
    if not isinstance(value, str):
        raise MappingError("wrong_type", key=path(where, name), example=f'{name} = "…"')
    return value


def flag(found: Toml, name: str, where: str = "") -> bool:
    """Return a yes/no setting, no when it is not there."""
    value = found.get(name, False)
    if not isinstance(value, bool):
        raise MappingError("wrong_type", key=path(where, name), example=f"{name} = true")
    return value


def texts(found: Toml, name: str, where: str = "") -> list[str]:
    """Return a list of texts; a single text stands for a list of one."""
    value = found.get(name, [])
    value = [value] if isinstance(value, str) else value
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise MappingError("wrong_type", key=path(where, name), example=f'{name} = ["…", "…"]')
    return value


def _missing(table: Toml, where: str) -> frozenset[str]:
    return frozenset(fold(word) for word in texts(table, "missing", where))


def _missing_prefixes(table: Toml, where: str) -> tuple[str, ...]:
    return tuple(fold(prefix) for prefix in texts(table, "missing_prefix", where))


def _scale(table: Toml, where: str) -> Decimal:
    stated = table["scale"]
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not stated > 0:
        raise MappingError("bad_value", key=path(where, "scale"), example="scale = 1000000")
    return Decimal(str(stated))


def _date_order(table: Toml, where: str) -> DateOrder:
    stated = text(table, "date_order", where)
    return _checked(path(where, "date_order"), lambda: DateOrder(stated), 'date_order = "dmy"')


def _date_formats(table: Toml, where: str) -> tuple[DateFormat, ...]:
    patterns = texts(table, "date_formats", where)
    return _checked(
        path(where, "date_formats"),
        lambda: tuple(DateFormat(pattern=pattern) for pattern in patterns),
        'date_formats = ["D/M/YYYY"]',
    )


def _zone(table: Toml, where: str) -> str:
    zone = text(table, "zone", where)
    _checked(path(where, "zone"), lambda: ZoneInfo(zone), 'zone = "Europe/Stockholm"')
    return zone


def _clocks_back(table: Toml, where: str) -> int:
    which = text(table, "clocks_back", where)
    return _checked(
        path(where, "clocks_back"),
        lambda: ("first", "second").index(which),
        'clocks_back = "first"',
    )


def _time(table: Toml, where: str) -> str:
    how = text(table, "time", where)
    if how not in {"drop", "midnight"}:
        raise MappingError("bad_value", key=path(where, "time"), example='time = "drop"')
    return how


def _epoch(table: Toml, where: str) -> str:
    of_what = text(table, "epoch", where)
    if of_what not in EPOCHS:
        raise MappingError("bad_value", key=path(where, "epoch"), example='epoch = "seconds"')
    return of_what


def _convention(table: Toml, base: NumberConvention | None, where: str) -> NumberConvention:
    base = base or NumberConvention()
    decimal = text(table, "decimal", where) if "decimal" in table else base.decimal
    thousands = text(table, "thousands", where) if "thousands" in table else base.thousands
    signs = tuple(texts(table, "sign", where)) if "sign" in table else base.signs
    return _checked(
        path(where, "decimal"),
        lambda: NumberConvention(decimal=decimal, thousands=thousands, signs=signs),
        'decimal = ","',
    )


def _checked(where: str, make: Callable[[], _T], example: str) -> _T:
    """Return what ``make`` gives, with its refusal turned into ours."""
    try:
        return make()
    except (ValueError, KeyError, OSError) as error:
        raise MappingError("bad_value", key=where, example=example) from error
