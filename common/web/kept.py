"""What somebody had typed when their log-in ended: kept for the moment after the next log-in.

It stays in the visitor's own session, only after the form's token has been found good, and is
forgotten as soon as it is sent. Files and secrets are never kept. It is bound to the account whose
page the form stood on: a browser is told apart by a mark that outlives the log-in and names nobody,
and when another account logs in there, what is kept goes away unseen.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

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


def recognise(request: Any, response: HttpResponse) -> None:
    """Mark the browser as that of the person who is logged in, for as long as it stays open."""
    mark = _mark(request.user)
    if request.COOKIES.get(settings.TYPIST_COOKIE_NAME) != mark:
        response.set_cookie(
            settings.TYPIST_COOKIE_NAME,
            mark,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _mark(user: Any) -> str:
    return salted_hmac(__name__, str(user.pk), algorithm="sha256").hexdigest()


def keep(request: Any) -> bool:
    """Keep what was posted; False for nothing, too much, and a browser nobody has logged in on.

    Logging in gives a browser new tokens. So a form whose token is good was opened by whoever was
    the last to log in there, and that is whose mark the browser bears.
    """
    fields = fields_of(request)
    size = sum(len(name) + len(value) for name, value in fields)
    mark = request.COOKIES.get(settings.TYPIST_COOKIE_NAME)
    if not mark or not fields or size > MOST_CHARACTERS:
        return False
    request.session[_NAME] = {"path": request.get_full_path(), "fields": fields, "mark": mark}
    return True


def hide_from_others(request: Any) -> None:
    """Let go of what is kept when it is not the logged-in person who typed it."""
    found = request.session.get(_NAME)
    if found and not constant_time_compare(found.get("mark", ""), _mark(request.user)):
        del request.session[_NAME]


def kept(request: Any) -> Kept | None:
    """Return what is kept for the person who is logged in."""
    found = request.session.get(_NAME)
    return Kept(found["path"], tuple(map(tuple, found["fields"]))) if found else None


def forget(request: Any) -> None:
    """Forget it, when it has been sent."""
    found = request.session.get(_NAME)
    if found and found["path"] == request.get_full_path():
        del request.session[_NAME]
