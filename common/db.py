"""The only module that knows the database vendor.

Everything here behaves the same on SQLite and PostgreSQL; where the means differ, the test suite
runs both. SQLite is opened with IMMEDIATE transactions, so every `atomic` block is a writer:
read first, outside, and keep what is inside short.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any, TypeVar

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.backends.signals import connection_created
from django.db.models import DecimalField, Lookup, Model, QuerySet, Sum
from django.db.models.functions import Cast

from common.errors import Stale
from common.swedish import compare, like

M = TypeVar("M", bound=Model)
T = TypeVar("T")

#: rows in one write; SQLite stays under 100 ms a transaction with it
CHUNK = 500
#: up to so many rows one INSERT costs less than a temporary table
_HANDFUL = 50


def is_postgres() -> bool:
    """Return whether the product runs on PostgreSQL now."""
    return connection.vendor == "postgresql"


def is_of_the_database(fault: Exception) -> bool:
    """Return whether a fault is the database's own, gone or locked, and not of the rows at hand."""
    # PostgreSQL reports a statement that took too long in the same way; then it still answers.
    if isinstance(fault, InterfaceError):
        return True
    return isinstance(fault, OperationalError) and not (is_postgres() and connection.is_usable())


# --- Swedish order and search -------------------------------------------------------------------

#: the collation's name on both databases: ICU's Swedish on PostgreSQL (made by the first
#: migration), `common.swedish` on SQLite. A text field that people sort by declares it.
SWEDISH = "swedish"


def _prepare(sender: object, connection: Any, **kwargs: object) -> None:
    if connection.vendor == "sqlite":
        connection.connection.create_collation(SWEDISH, compare)
        connection.connection.create_function("like", 2, like, deterministic=True)
        connection.connection.create_function("like", 3, like, deterministic=True)
    elif connection.timezone is UTC:
        connection.connection.adapters.register_loader("timestamptz", _utc_loader())


@cache
def _utc_loader() -> Any:
    """Return what reads an instant: the driver's own in C where it has one.

    Django puts one written in Python in its place, which takes several times as long. `timezone`
    is what Django compares with its own zone before it does so again for a cursor.
    """
    adapt: Any = import_module("psycopg.adapt")
    known = import_module("psycopg").adapters
    driver = known.get_loader(
        known.types["timestamptz"].oid, import_module("psycopg.pq").Format.TEXT
    )

    def begin(self: Any, oid: int, context: Any = None) -> None:
        adapt.Loader.__init__(self, oid, context)
        self.load = driver(oid, context).load

    def load(self: Any, data: Any) -> Any:
        return self.load(data)  # the attribute, which the driver finds first

    return type("UtcLoader", (adapt.Loader,), {"__init__": begin, "load": load, "timezone": UTC})


def install() -> None:
    """Teach new connections what they lack, and fields `among`; called once when the app starts."""
    connection_created.connect(_prepare, dispatch_uid="common.db")
    for field in (models.BigAutoField, models.BigIntegerField, models.ForeignKey):
        field.register_lookup(Among)


@dataclass(frozen=True, slots=True)
class Keys:
    """Primary keys as `__among` sends them, for several statements that ask for the same ones.

    Django looks at each member of a list that it is given; two thousand of them, six times over,
    cost as much as the answers.
    """

    text: str


def keys(ids: Iterable[int]) -> Keys:
    """Return primary keys ready to be sent."""
    return Keys(",".join(map(str, ids)))


def as_parameter(keys: Keys) -> str:
    """Return keys as the one parameter that the database takes."""
    return ("{%s}" if is_postgres() else "[%s]") % keys.text


class Among(Lookup[Any]):
    """`pk__among=ids`: like `__in`, with all the ids in one parameter.

    Two thousand of them in a statement's text cost more to write and parse than to look up, and
    SQLite takes no more than a number of its own. Keys only: whole numbers, never None.
    """

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> Any:
        """Return the one parameter; the ids are numbers, so nothing is to be escaped."""
        return "%s", [as_parameter(value if isinstance(value, Keys) else keys(value))]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the condition of either database."""
        left, params = self.process_lhs(compiler, connection)
        right, listed = self.process_rhs(compiler, connection)
        if connection.vendor == "postgresql":
            condition = f"{left} = ANY({right}::bigint[])"
        else:
            condition = f"{left} IN (SELECT value FROM json_each({right}))"  # noqa: S608  placeholders
        return condition, (*params, *listed)


# --- Money --------------------------------------------------------------------------------------


def money_sum(field: str, **filters: Any) -> Any:
    """Return an aggregate that adds an amount column; use `exact` on what it gives."""
    amount = DecimalField(max_digits=20, decimal_places=2)
    return Cast(Sum(field, **filters), output_field=amount)


def exact(total: Any) -> Decimal:
    """Return a sum as an amount with two decimals; SQLite adds in floating point, exact to 1e13."""
    return Decimal(total or 0).quantize(Decimal("0.01"))


# --- Writing ------------------------------------------------------------------------------------


def columns_of(model: type[Model]) -> list[models.Field[Any, Any]]:
    """Return a model's own columns in their order."""
    return list(model._meta.concrete_fields)  # noqa: SLF001  Django's public-by-convention name


def column_attribute(model: type[Model], name: str) -> str:
    """Return the attribute that holds a field's column value: `owner` gives ``owner_id``."""
    field: Any = model._meta.get_field(name)  # noqa: SLF001  as above
    return str(field.attname)


def save_version(obj: Any, *, expected: int, fields: Iterable[str], at: Any) -> None:
    """Save those fields if the row still has the expected version; count the version up.

    Raises Stale with the row as it stands when somebody else saved first.
    """
    names = [column_attribute(type(obj), name) for name in dict.fromkeys(fields)]
    manager = type(obj)._base_manager  # noqa: SLF001  the manager no subclass narrows
    updated = manager.filter(pk=obj.pk, version=expected).update(
        **{name: getattr(obj, name) for name in names}, version=expected + 1, updated_at=at
    )
    if not updated:
        raise Stale(manager.get(pk=obj.pk))
    obj.version = expected + 1
    obj.updated_at = at


def locked(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows locked for this transaction; SQLite serialises writers anyway."""
    return queryset.select_for_update(of=("self",)) if is_postgres() else queryset


def unclaimed(queryset: QuerySet[Any]) -> QuerySet[Any]:
    """Return the rows that no other worker holds, locked for this transaction."""
    return queryset.select_for_update(skip_locked=True, of=("self",)) if is_postgres() else queryset


def read_phase() -> AbstractContextManager[object]:
    """Return the frame for reading, judging and then writing.

    One transaction on PostgreSQL, so that locked rows stay locked; none on SQLite, where every
    transaction is a writer and the write at its end opens a short one of its own.
    """
    return transaction.atomic() if is_postgres() else nullcontext()


def try_lock(number: int) -> bool:
    """Take an advisory lock that ends with this transaction; False when another holds it.

    Transaction-level on purpose: a session-level one strands behind a connection pooler.
    On SQLite the transaction itself is the lock.
    """
    if not is_postgres():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    return bool(row and row[0])


def wait_for_lock(what: int, number: int) -> None:
    """Take an advisory lock that ends with this transaction, once whoever holds it is done.

    On SQLite the transaction itself is the lock.
    """
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [what, number])


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
        _copy_and_merge(model, rows, unique=unique, update=update)
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


def _cells(fields: Sequence[models.Field[Any, Any]], rows: Iterable[Model]) -> Iterable[list[Any]]:
    """Yield each row's values as COPY takes them: psycopg knows all our types but JSON."""
    read = attrgetter(*(field.attname for field in fields))
    as_json = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
    for row in rows:
        cells = list(read(row))
        for n in as_json:
            cells[n] = json.dumps(cells[n], ensure_ascii=False, default=str)
        yield cells


def _copy_and_merge(
    model: type[M], rows: Sequence[M], *, unique: Sequence[str], update: Sequence[str]
) -> None:
    fields: list[Any] = columns_of(model)
    if rows[0].pk is None:
        fields = [field for field in fields if not field.primary_key]
    quote = connection.ops.quote_name
    column = {name: quote(f.column) for f in fields for name in (f.name, f.attname)}
    columns = ", ".join(quote(f.column) for f in fields)
    keys = ", ".join(column[name] for name in unique)
    sets = ", ".join(f"{column[name]} = EXCLUDED.{column[name]}" for name in update)
    table, target = quote("merge_rows"), quote(model._meta.db_table)  # noqa: SLF001  as above
    like = f"SELECT {columns} FROM {target} WITH NO DATA"  # noqa: S608  names come from the model
    rows_in = f"SELECT {columns} FROM {table}"  # noqa: S608  as above
    action = f"DO UPDATE SET {sets}" if update else "DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute(f"CREATE TEMP TABLE {table} ON COMMIT DROP AS {like}")
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for cells in _cells(fields, rows):
                copy.write_row(cells)
        cursor.execute(f"INSERT INTO {target} ({columns}) {rows_in} ON CONFLICT ({keys}) {action}")


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
    read = attrgetter(*[field.attname for field in fields])
    as_text = [n for n, field in enumerate(fields) if isinstance(field, models.JSONField)]
    rows = []
    for obj in objects:
        row = list(read(obj))
        for number in as_text:
            row[number] = json.dumps(row[number], ensure_ascii=False, default=str)
        rows.append(row)
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
    return in_chunks(rows, CHUNK * 8 if is_postgres() else CHUNK)


def in_chunks(items: Sequence[T], size: int = CHUNK) -> Iterable[Sequence[T]]:
    """Yield the items in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
