"""What a connection is asked again: answered alike, in one message, and never by another's rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from common import prepared
from common.prepared import Kept

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite prepares by itself"),
    # Prepared is what is asked outside a transaction.
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _things() -> Iterator[None]:
    prepared._ASKED.clear()
    _run("CREATE TEMP TABLE things AS SELECT 'one'::varchar(9) AS name")
    yield
    _run("DROP TABLE things; DEALLOCATE ALL")


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _rows(kept: Kept) -> list[Any]:
    with connection.cursor() as cursor:
        kept.ask(cursor)
        return list(cursor.fetchall())


def _prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def _named(name: str) -> Kept:
    return Kept("SELECT name FROM things WHERE name LIKE %s", [f"{name}%"])


def test_the_second_time_it_is_prepared_and_each_time_it_is_one_statement() -> None:
    one = _named("one")

    with CaptureQueriesContext(connection) as seen:
        found = [_rows(one) for _ in range(3)]

    first, second, third = [query["sql"] for query in seen.captured_queries]
    assert found == [[("one",)]] * 3
    assert first == "SELECT name FROM things WHERE name LIKE 'one%'"
    assert second == f"PREPARE {one.name} AS {first}; EXECUTE {one.name}"
    assert third == f"EXECUTE {one.name}"


def test_it_answers_with_the_rows_of_now() -> None:
    anything = _named("")
    assert [_rows(anything) for _ in range(2)] == [[("one",)]] * 2

    _run("INSERT INTO things VALUES ('two')")

    assert _rows(anything) == [("one",), ("two",)]


def test_other_values_are_another_statement() -> None:
    one, two = _named("one"), _named("two")

    assert [(_rows(one), _rows(two)) for _ in range(3)] == [([("one",)], [])] * 3
    assert one.name != two.name


@pytest.mark.parametrize(
    "change", ["DEALLOCATE ALL", "ALTER TABLE things ALTER name TYPE varchar(20)"]
)
def test_what_the_database_has_lost_is_asked_in_full(change: str) -> None:
    one = _named("one")
    _rows(one), _rows(one)

    _run(change)

    assert [_rows(one) for _ in range(3)] == [[("one",)]] * 3
    assert prepared._ASKED[connection.connection][one.name]


def test_a_name_that_somebody_else_has_taken_is_not_asked() -> None:
    one = _named("one")
    _rows(one)
    _run(f"PREPARE {one.name} AS SELECT 'of somebody else'")

    assert [_rows(one) for _ in range(3)] == [[("one",)]] * 3


def test_within_a_transaction_it_is_asked_in_full() -> None:
    one = _named("one")

    with transaction.atomic():
        assert [_rows(one) for _ in range(3)] == [[("one",)]] * 3

    assert _prepared() == 0


def test_it_can_be_switched_off(settings: Any) -> None:
    settings.PREPARED_STATEMENTS = False
    one = _named("one")

    assert [_rows(one) for _ in range(3)] == [[("one",)]] * 3
    assert _prepared() == 0


def test_a_connection_keeps_no_more_than_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "_AT_MOST", 2)
    several = [_named(name) for name in ("one", "two", "three")]

    for kept in several:
        _rows(kept), _rows(kept)

    assert _prepared() == 2
    assert _rows(several[0]) == [("one",)]


def test_any_other_fault_is_told() -> None:
    one = _named("one")
    _rows(one), _rows(one)

    _run("ALTER TABLE things RENAME TO others")
    try:
        with pytest.raises(ProgrammingError):
            _rows(one)
    finally:
        _run("ALTER TABLE others RENAME TO things")
