"""The only module that knows the database vendor.

Everything here behaves the same on SQLite and PostgreSQL; where the means differ, the test suite
runs both. SQLite is opened with IMMEDIATE transactions, so every `atomic` block is a writer:
read first, outside, and keep what is inside short.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from functools import cache
from importlib import import_module
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


def in_chunks(items: Sequence[T], size: int = CHUNK) -> Iterable[Sequence[T]]:
    """Yield the items in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
