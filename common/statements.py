"""Statements that are built once and asked often.

To build a statement costs Django several times what PostgreSQL needs to answer it: the first screen
asks eight, the roll-up as many for every two thousand records. What a statement says depends on the
reader's rights and on what is asked; so its text is kept by just that. Its rows never are: every
figure is that of now.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from common.db import Keys, as_parameter
from common.prepared import Kept

#: as many as a few dozen readers ask
_KEPT_AT_MOST = 512
_KEPT: OrderedDict[Hashable, "_Statement"] = OrderedDict()
#: stands for the keys in a statement that is built before they are known
_ANY_KEYS = Keys("?")


@dataclass(frozen=True, slots=True)
class _Statement:
    """A statement with its values, and by place what turns a database's value into ours.

    The text is empty where nothing can match. The queryset itself is not kept: it is large.
    """

    kept: Kept
    converters: Sequence[tuple[int, tuple[Sequence[Callable[..., Any]], Any]]]


def rows_of(key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` queryset, in one statement.

    `build` makes the queryset and is called only for a key that is not known: all that it depends
    on, the reader's rights first of all, must be part of the key.
    """
    statement = _kept(key, build)
    return _rows(statement, statement.kept.ask)


def rows_among(
    key: Hashable, build: Callable[[Keys], QuerySet[Any, Any]], keys: Keys
) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` queryset that asks `__among` keys; the same statement
    for any of them.

    `build` is given what to filter by; the rest as `rows_of`.
    """
    statement = _kept(key, lambda: build(_ANY_KEYS))
    stand_in, given = as_parameter(_ANY_KEYS), as_parameter(keys)
    values = [given if p == stand_in else p for p in statement.kept.parameters]
    # Other keys are another statement to the database, so it is never prepared.
    return _rows(statement, lambda cursor: cursor.execute(statement.kept.sql, values))


def rows_now(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` queryset that is asked once, built anew; read at once."""
    statement = _compiled(rows)
    kept = statement.kept
    return _rows(statement, lambda cursor: cursor.execute(kept.sql, kept.parameters))


def _kept(key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> _Statement:
    known = _KEPT.get(key)
    if known is None:
        known = _KEPT[key] = _compiled(build())
        while len(_KEPT) > _KEPT_AT_MOST:
            _KEPT.popitem(last=False)
    return known


def _compiled(rows: QuerySet[Any, Any]) -> _Statement:
    compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        sql, parameters = compiler.as_sql()
    except EmptyResultSet:
        return _Statement(Kept("", ()), ())
    columns = [column for column, _, _ in compiler.select[: compiler.col_count]]
    converters = list(compiler.get_converters(columns).items())
    return _Statement(Kept(sql, tuple(parameters)), converters)


def _rows(statement: _Statement, ask: Callable[[Any], None]) -> list[tuple[Any, ...]]:
    if not statement.kept.sql:
        return []
    with connection.cursor() as cursor:
        ask(cursor)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if not (statement.converters and rows):
        return rows
    # By column and not by row: most columns need nothing, and those that do are walked once.
    columns: list[Any] = list(zip(*rows, strict=True))
    for place, (converters, column) in statement.converters:
        for convert in converters:
            columns[place] = [convert(value, column, connection) for value in columns[place]]
    return list(zip(*columns, strict=True))
