"""What an app's `restand` writes and tells the roll-up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model

from common.db import columns_of, in_writes, upsert
from common.domain.health import Health, Reason
from common.models import StandingBase
from common.subjects import Subject

S = TypeVar("S", bound=StandingBase)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An overall colour that moved; `old` is None for a subject that had no standing yet."""

    subject: Subject
    old: str | None
    new: str
    #: dimension -> list of [code, params], as stored on the standing
    reasons: Mapping[str, Sequence[Any]] = field(default_factory=dict)


#: writes changes down; called in the transaction that makes them
Note = Callable[[Sequence[Change]], None]


def forget(changes: Sequence[Change]) -> None:
    """Note nothing: for those who only want the standings."""


def write(
    rows: Sequence[Model],
    changes: Iterable[Change],
    *,
    unique: str,
    update: Sequence[str],
    note: Note,
) -> None:
    """Write standings in short transactions, each with the changes of colour that it makes.

    Whoever is killed has written both or neither, so that no change goes unnoted.
    """
    moved = {change.subject.id: change for change in changes}
    for part in in_writes(rows):
        with transaction.atomic():
            upsert(type(part[0]), part, unique=[unique], update=update)
            note([moved[row.pk] for row in part if row.pk in moved])


def as_stored(reasons: Sequence[Reason]) -> list[list[Any]]:
    """Return reasons as rows keep them: a list of [code, params]."""
    return [[reason.code, dict(reason.params)] for reason in reasons]


def reasons_of(health: Health) -> dict[str, list[list[Any]]]:
    """Return dimension -> its reasons as a standing keeps them."""
    return {part.name: as_stored(part.reasons) for part in health.dimensions}


def standing_row(model: type[S], values: Mapping[str, Any]) -> S:
    """Return an unsaved standing from values by column; a column that is not named is None.

    Made by position: Django takes four times as long to find the columns by their names.
    """
    row: Any = model(*map(values.get, _columns(model)))
    made: S = row
    return made


@cache
def _columns(model: type[StandingBase]) -> tuple[str, ...]:
    return tuple(field.attname for field in columns_of(model))
