"""The column of a list that names a person."""

from typing import Any

from accounts.models.user import display_name
from common.web.columns import Column

_NAMES = ("first_name", "last_name", "title", "username")


def person(name: str, label: Any, lookup: str, **more: Any) -> Column:
    """A person of a record: the one matched by `lookup`, else the name as the source has it.

    The latter stands in the record's own `<lookup>_name`.
    """
    lookups, as_imported = [f"{lookup}__{part}" for part in _NAMES], f"{lookup}_name"

    def value(row: Any) -> str:
        first, last, title, username = (getattr(row, part) for part in lookups)
        imported = str(getattr(row, as_imported))
        return display_name(first, last, title, username) if username else imported

    return Column(
        name=name,
        label=label,
        reads=(*lookups, as_imported),
        value=value,
        sort=(f"{lookup}__last_name", as_imported),
        **more,
    )
