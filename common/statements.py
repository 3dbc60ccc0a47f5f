"""Statements that are built once and asked often.

To build a statement costs Django several times what PostgreSQL needs to answer it, and the first
screen asks eight. What a statement says depends on the reader's rights and on what is asked; so
its text is kept by just that. Its rows never are: every figure is that of now.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet

#: as many as a few dozen readers ask
_KEPT_AT_MOST = 512
_KEPT: OrderedDict[Hashable, tuple[Any, str, Any]] = OrderedDict()


def rows_of(key: Hashable, build: Callable[[], QuerySet[Any, Any]]) -> list[tuple[Any, ...]]:
    """Return the rows of a `values_list` queryset, in one statement.

    `build` makes the queryset and is called only for a key that is not known: all that it depends
    on, the reader's rights first of all, must be part of the key.
    """
    known = _KEPT.get(key)
    if known is None:
        known = _KEPT[key] = _compiled(build())
        while len(_KEPT) > _KEPT_AT_MOST:
            _KEPT.popitem(last=False)
    compiler, sql, parameters = known
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
