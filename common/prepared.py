"""Statements that PostgreSQL has parsed and planned once for a connection.

Planning costs up to a quarter of what it takes to answer the first screen. What a connection is
asked again is therefore prepared there, its values included: a plan that has to do for any value
would be a worse one. It is called by a digest of its whole text, the reader's rights in it; so a
name never stands for other rows, not even where a pooler gives one connection to several.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import DatabaseError, connection

from common.db import is_postgres

#: statements that are remembered of a connection; a prepared one may hold half a megabyte there
_AT_MOST = 64
#: a name that PostgreSQL does not know, one that it knows already, and a table that has changed
_LOST = {"26000", "42P05", "0A000"}
#: by connection of the driver: what it was asked, the longest ago first, and whether it is prepared
_ASKED: WeakKeyDictionary[Any, OrderedDict[str, bool]] = WeakKeyDictionary()


class Kept:
    """A statement with its values that is asked many times."""

    __slots__ = ("name", "parameters", "sql", "text")

    def __init__(self, sql: str, parameters: Sequence[Any]) -> None:
        self.sql, self.parameters = sql, parameters
        self.name = self.text = ""

    def ask(self, cursor: Any) -> None:
        """Let the cursor find the rows, in one message to the database; prepared from the second
        time on.
        """
        # Within a transaction a lost name would take the transaction with it.
        if not settings.PREPARED_STATEMENTS or not is_postgres() or connection.in_atomic_block:
            cursor.execute(self.sql, self.parameters)
            return
        if not self.name:
            ops: Any = connection.ops
            self.text = ops.compose_sql(self.sql, self.parameters)
            self.name = f"kept_{hashlib.sha256(self.text.encode()).hexdigest()[:32]}"
        asked = _ASKED.setdefault(connection.connection, OrderedDict())
        try:
            cursor.execute("; ".join(self._message(asked)))
        except DatabaseError as fault:
            if getattr(fault.__cause__, "sqlstate", None) not in _LOST:
                raise
            asked.clear()
            cursor.execute(f"DEALLOCATE ALL; {self.text}")
        while cursor.nextset():  # the last one holds the rows
            pass

    def _message(self, asked: OrderedDict[str, bool]) -> list[str]:
        """Return what to send, and note that it has been asked."""
        name = self.name
        is_known, is_prepared = name in asked, asked.get(name, False)
        asked[name] = is_known
        asked.move_to_end(name)
        message = []
        if len(asked) > _AT_MOST:
            oldest, was_prepared = asked.popitem(last=False)
            message = [f"DEALLOCATE {oldest}"] if was_prepared else []
        if not is_known:
            return [*message, self.text]
        prepare = [] if is_prepared else [f"PREPARE {name} AS {self.text}"]
        return [*message, *prepare, f"EXECUTE {name}"]
