"""The one registry: what kinds of thing there are, how they are keyed, who may see them.

Each app registers its kinds in `AppConfig.ready`. Audit, marks, jobs and requirements speak of
(kind, id) and ask here for the rest, so that no lower app needs to know an upper one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise

_KEY = re.compile(r"^([A-Z]{3})-([1-9][0-9]{0,17})$")
#: digits that a primary key may have in either database
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing, by kind and primary key."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What the kernel must know of a kind of thing."""

    code: str
    prefix: str
    model: type[Model]
    #: rows of this kind that a user may see
    visible_to: Callable[[Any], QuerySet[Any]]
    url_name: str
    title: Callable[[Any], str]
    label: str | Promise


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind; code and prefix must be new."""
    if kind.code in _KINDS or kind.prefix in {known.prefix for known in _KINDS.values()}:
        raise ValueError(f"kind {kind.code} or prefix {kind.prefix} is taken")
    _KINDS[kind.code] = kind


def kinds() -> tuple[Kind, ...]:
    """Return every registered kind."""
    return tuple(_KINDS.values())


def kind(code: str) -> Kind:
    """Return a kind by code; KeyError when there is none."""
    return _KINDS[code]


def of(obj: Model) -> Subject:
    """Return the subject of a row of a registered model."""
    for known in _KINDS.values():
        if isinstance(obj, known.model):
            return Subject(known.code, obj.pk)
    raise LookupError(f"{type(obj).__name__} is no registered kind")


def key(subject: Subject) -> str:
    """Return the human key, e.g. ``PRJ-12``."""
    return f"{_KINDS[subject.kind].prefix}-{subject.id}"


def parse(text: str, *, kind: str | None = None) -> Subject:
    """Return the subject of a human key; 404 when it is not one, or of another kind."""
    match = _KEY.match(text.strip().upper())
    if match:
        for known in _KINDS.values():
            if known.prefix == match[1] and kind in {None, known.code}:
                return Subject(known.code, int(match[2]))
    raise Http404(text)


def number_of(text: str, kind: str) -> int | None:
    """Return the number of a key of that kind, such as ``SVC-7``, or of a bare number.

    None for any other text: what a person types into a search may be anything.
    """
    number = text.strip().upper().removeprefix(f"{_KINDS[kind].prefix}-")
    is_number = number.isascii() and number.isdecimal() and len(number) <= _DIGITS
    return int(number) if is_number else None


def url(subject: Subject) -> str:
    """Return the address of the subject's page."""
    return _address(subject.kind).replace(_PLACE, key(subject))


#: where the key stands in an address
_PLACE = "AAA-1"


@cache
def _address(code: str) -> str:
    """Return the address of a kind's pages, worked out once: lists hold hundreds of them."""
    return reverse(_KINDS[code].url_name, args=[_PLACE])


def visible(subjects: set[Subject], user: Any) -> dict[Subject, Any]:
    """Return the rows of those subjects that the user may see, in one statement a kind."""
    found: dict[Subject, Any] = {}
    for known in _KINDS.values():
        ids = [subject.id for subject in subjects if subject.kind == known.code]
        if ids:
            for row in known.visible_to(user).filter(pk__in=ids):
                found[Subject(known.code, row.pk)] = row
    return found
