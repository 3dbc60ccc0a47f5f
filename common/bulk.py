"""Many rows in one go, by what either database does best; the caller holds the transaction.

Beside `common.db` the only module whose statements differ by database.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Model

from common.db import CHUNK, columns_of, in_chunks, is_postgres

M = TypeVar("M", bound=Model)
T = TypeVar("T")

#: up to so many rows one INSERT costs less than a temporary table
_HANDFUL = 50


def upsert(
    model: type[M], rows: Sequence[M], *, unique: Sequence[str], update: Sequence[str]
) -> int:
    """Insert rows, or update those that stand under the same unique key; return how many.

    PostgreSQL takes more than a handful through COPY into a temporary table and one merge, SQLite
    in chunks of `CHUNK` rows a statement. The caller holds the transaction.
    """
    if not rows:
        return 0
    if is_postgres() and len(rows) > _HANDFUL:
        fields: list[Any] = columns_of(model)
        if rows[0].pk is None:
            fields = [field for field in fields if not field.primary_key]
        _copy_and_merge(model, fields, _cells(fields, rows), unique=unique, update=update)
    else:
        model._base_manager.bulk_create(  # noqa: SLF001  the manager no subclass narrows
            rows,
            update_conflicts=bool(update),
            ignore_conflicts=not update,
            unique_fields=list(unique) if update else None,
            update_fields=list(update) or None,
            batch_size=CHUNK,
        )
    return len(rows)


def upsert_rows(
    model: type[Model],
    rows: Sequence[Sequence[Any]],
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> None:
    """Do what `upsert` does with rows of column values, in the order of `columns_of`.

    JSON comes as text (`as_json`). Nothing is built per row: what is judged is written by the ten
    thousand. The caller holds the transaction.
    """
    if is_postgres() and len(rows) > _HANDFUL:
        _copy_and_merge(model, columns_of(model), rows, unique=unique, update=update)
    elif rows:
        fields = columns_of(model)
        marks = ", ".join(["%s"] * len(fields))
        with connection.cursor() as cursor:
            cursor.executemany(
                _merged(model, fields, f"VALUES ({marks})", unique=unique, update=update),
                [tuple(_adapted(value) for value in row) for row in rows],
            )


def as_json(value: Any) -> str:
    """Return a JSON value as the text that a column of it takes."""
    return _JSON.encode(value)


#: made once: to make one costs as much as a standing's reasons take it
_JSON = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=str)


def _cells(
    fields: Sequence[models.Field[Any, Any]], objects: Iterable[Model]
) -> Iterable[list[Any]]:
    """Yield each object's values as COPY takes them: psycopg knows all our types but JSON."""
    read = attrgetter(*(field.attname for field in fields))
    places = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
    for obj in objects:
        cells = list(read(obj))
        for n in places:
            cells[n] = as_json(cells[n])
        yield cells


def _copy_and_merge(
    model: type[Model],
    fields: Sequence[Any],
    rows: Iterable[Sequence[Any]],
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> None:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    table, target = quote("merge_rows"), quote(model._meta.db_table)  # noqa: SLF001  as above
    like = f"SELECT {columns} FROM {target} WITH NO DATA"  # noqa: S608  names come from the model
    rows_in = f"SELECT {columns} FROM {table}"  # noqa: S608  as above
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {like}")
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(_merged(model, fields, rows_in, unique=unique, update=update))


def _merged(
    model: type[Model],
    fields: Sequence[Any],
    rows: str,
    *,
    unique: Sequence[str],
    update: Sequence[str],
) -> str:
    """Return the statement that inserts rows or updates those under the same unique key."""
    quote = connection.ops.quote_name
    column = {name: quote(f.column) for f in fields for name in (f.name, f.attname)}
    columns = ", ".join(quote(field.column) for field in fields)
    keys = ", ".join(column[name] for name in unique)
    sets = ", ".join(f"{column[name]} = EXCLUDED.{column[name]}" for name in update)
    action = f"DO UPDATE SET {sets}" if update else "DO NOTHING"
    target = quote(model._meta.db_table)  # noqa: SLF001  as above
    return f"INSERT INTO {target} ({columns}) {rows} ON CONFLICT ({keys}) {action}"


def insert_rows(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows of column values; JSON comes as text.

    Nothing is built per row, so that a file of a hundred thousand rows goes in as it is read:
    by COPY on PostgreSQL, by one prepared statement on SQLite. The caller holds the transaction.
    """
    if not rows:
        return
    fields: list[Any] = [model._meta.get_field(name) for name in names]  # noqa: SLF001  as above
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table = quote(model._meta.db_table)  # noqa: SLF001  as above
    with connection.cursor() as cursor:
        if is_postgres():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        marks = ", ".join(["%s"] * len(fields))
        cursor.executemany(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608  names come from the model
            [tuple(_adapted(value) for value in row) for row in rows],
        )


def _adapted(value: Any) -> Any:
    """Return a value as SQLite keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return str(value) if isinstance(value, date | Decimal) else value


def insert_objects(model: type[M], objects: Sequence[M]) -> None:
    """Insert new rows and give them their keys, as `bulk_create` does but by COPY on PostgreSQL.

    There the keys are drawn from the table's own sequence first. The caller holds the transaction.
    """
    if not is_postgres() or not objects:
        model._base_manager.bulk_create(objects, batch_size=CHUNK)  # noqa: SLF001  as above
        return
    fields: list[Any] = columns_of(model)
    key: Any = model._meta.pk  # noqa: SLF001  as above
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [f'"{model._meta.db_table}"', key.column, len(objects)],  # noqa: SLF001  as above
        )
        for obj, (number,) in zip(objects, cursor.fetchall(), strict=True):
            obj.pk = number
    rows = list(_cells(fields, objects))
    insert_rows(model, [field.name for field in fields], rows)
    for obj in objects:
        obj._state.adding = False  # noqa: SLF001  what Django's own bulk_create sets


def set_columns(model: type[Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set columns of rows by primary key: each of `rows` is the key and then the values.

    Values are texts, whole numbers, truth values or None, JSON as text; one statement on
    PostgreSQL. The caller holds the transaction.
    """
    if not rows:
        return
    meta = model._meta  # noqa: SLF001  as above
    fields: list[Any] = [meta.get_field(name) for name in names]
    quote = connection.ops.quote_name
    table, key = quote(meta.db_table), quote(str(meta.pk and meta.pk.column))
    with connection.cursor() as cursor:
        if is_postgres():
            # One text instead of an array a column: the driver writes it without a loop in Python.
            places = range(1, len(fields) + 1)
            sets = ", ".join(
                f"{quote(f.column)} = (v.r->>{n})::{f.db_type(connection)}"
                for n, f in zip(places, fields, strict=True)
            )
            cursor.execute(
                f"UPDATE {table} SET {sets} "  # noqa: S608  names come from the model
                f"FROM json_array_elements(%s::json) AS v(r) "
                f"WHERE {table}.{key} = (v.r->>0)::bigint",
                [json.dumps(rows, ensure_ascii=False)],
            )
            return
        sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        cursor.executemany(
            f"UPDATE {table} SET {sets} WHERE {key} = %s",  # noqa: S608  names come from the model
            [(*row[1:], row[0]) for row in rows],
        )


def in_writes(rows: Sequence[T]) -> Iterable[Sequence[T]]:
    """Yield the rows in pieces for one transaction each: short on SQLite, where writers queue."""
    return in_chunks(rows, CHUNK * 10 if is_postgres() else CHUNK)
