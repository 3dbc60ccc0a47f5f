"""The same form posted twice makes one thing."""

import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from common import clock
from common.models import FormKey


def new_key() -> str:
    """Return a key for a form about to be shown."""
    return str(uuid.uuid4())


def once(user: Any, key: str, do: Callable[[], str]) -> str:
    """Carry out `do` once for this form key and return the address of its result.

    The key is written in the same transaction as the deed: a double click, a resubmit after Back
    or a retry by a proxy finds it and gets the first result's address. `do` returns that address.
    Without a valid key the deed is carried out unprotected, e.g. from a script of one's own.
    """
    try:
        parsed = uuid.UUID(key)
    except ValueError:
        return do()
    try:
        with transaction.atomic():
            row = FormKey.objects.create(key=parsed, user=user, url="", at=clock.now())
            row.url = do()
            row.save(update_fields=["url"])
            return row.url
    except IntegrityError:
        first = FormKey.objects.filter(key=parsed, user=user).first()
        if first is None:
            raise
        return first.url
