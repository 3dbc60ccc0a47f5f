"""Reads the tables of this folder into the values that say what their fields mean."""

import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

T = TypeVar("T")


def read(name: str, kind: type[T]) -> Iterator[T]:
    """Yield the rows of a table as values of a dataclass; an unknown field is a TypeError."""
    text = (Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8")
    for rows in tomllib.loads(text).values():
        for row in rows:
            yield _made(kind, row)


def words(name: str) -> Any:
    """Return a table of `words.toml`, its lists as tuples."""
    text = (Path(__file__).parent / "words.toml").read_text(encoding="utf-8")
    return {key: _frozen(value) for key, value in tomllib.loads(text)[name].items()}


def _made(kind: type[Any], row: dict[str, Any]) -> Any:
    """Return a value of a dataclass; lists become tuples, tables the dataclass they stand for."""
    hints = get_type_hints(kind)
    inner: dict[str, type[Any]] = {
        field.name: part
        for field in fields(kind)
        for part in (hints[field.name], *get_args(hints[field.name]))
        if isinstance(part, type) and is_dataclass(part)
    }
    return kind(
        **{
            name: _made(inner[name], value) if name in inner else _frozen(value)
            for name, value in row.items()
        }
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value
