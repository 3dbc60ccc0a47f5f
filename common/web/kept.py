"""What somebody had typed when their log-in ended: kept for the moment after the next log-in.

It stays in the visitor's own session, only after the form's token has been found good, and is
forgotten as soon as it is sent. Files and secrets are never kept.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

#: a form that holds more is no form of ours
MOST_CHARACTERS = 200_000
_CODE = re.compile(r"[a-z0-9_.-]*")
_NAME = "half_written"
_NEVER = ("csrfmiddlewaretoken", "password")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that could not be taken: where it goes, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]

    @property
    def typed(self) -> tuple[str, ...]:
        """The texts, which a person would recognise: no keys, codes and numbers of choices."""
        return tuple(value for _name, value in self.fields if not _CODE.fullmatch(value))


def fields_of(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return what was posted, without secrets."""
    return tuple(
        (name, str(value))
        for name, values in request.POST.lists()
        for value in values
        if not name.startswith(_NEVER)
    )


def keep(request: Any) -> bool:
    """Keep what was posted; False when there is nothing or too much of it."""
    fields = fields_of(request)
    size = sum(len(name) + len(value) for name, value in fields)
    if not fields or size > MOST_CHARACTERS:
        return False
    request.session[_NAME] = {"path": request.get_full_path(), "fields": fields}
    return True


def kept(request: Any) -> Kept | None:
    """Return what is kept for this visitor."""
    found = request.session.get(_NAME)
    return Kept(found["path"], tuple(map(tuple, found["fields"]))) if found else None


def forget(request: Any) -> None:
    """Forget it, when it has been sent."""
    found = request.session.get(_NAME)
    if found and found["path"] == request.get_full_path():
        del request.session[_NAME]
