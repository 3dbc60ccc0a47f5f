"""Statements that are built once and asked often.

To build a statement costs Django several times what PostgreSQL needs to answer it: the first screen
asks eight, the roll-up as many for every two thousand records. What a statement says depends on the
reader's rights and on what is asked; so its text is kept by just that. Its rows never are: every
figure is that of now.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

from common.db import Keys, as_parameter

#: as many as a few dozen readers ask
_KEPT_AT_MOST = 512
_KEPT: OrderedDict[Hashable, tuple[Any, str, Any]] = OrderedDict()


#: stands for the keys in a statement that is built before they are known
_ANY_KEYS = Keys("?")


def rows_of(key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` queryset, in one statement.

    `build` makes the queryset and is called only for a key that is not known: all that it depends
    on, the reader's rights first of all, must be part of the key.
    """
    compiler, sql, parameters = _kept(key, build)
    return _rows(compiler, sql, parameters)


def rows_among(
    key: Hashable, build: Callable[[Keys], QuerySet[Any, Any]], keys: Keys
) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` queryset that asks `__among` keys; the same statement
    for any of them.

    `build` is given what to filter by; the rest as `rows_of`.
    """
    compiler, sql, parameters = _kept(key, lambda: build(_ANY_KEYS))
    stand_in, given = as_parameter(_ANY_KEYS), as_parameter(keys)
    return _rows(compiler, sql, [given if known == stand_in else known for known in parameters])


def _kept(key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> tuple[Any, str, Any]:
    known = _KEPT.get(key)
    if known is None:
        known = _KEPT[key] = _compiled(build())
        while len(_KEPT) > _KEPT_AT_MOST:
            _KEPT.popitem(last=False)
    return known


def _rows(compiler: Any, sql: str, parameters: Any) -> list[tuple[Any, ...]]:
    if not sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        fetched = cursor.fetchall()
    return list(compiler.results_iter([fetched], tuple_expected=True))


def _compiled(rows: QuerySet[Any, Any]) -> tuple[Any, str, Any]:
    """Return what reads the rows, the text and its parameters; no text where nothing can match."""
    compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
    try:
        return compiler, *compiler.as_sql()
    except EmptyResultSet:
        return compiler, "", ()
