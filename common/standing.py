"""What an app's `restand` writes and tells the roll-up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import JSONField

from common.bulk import as_json, in_writes, upsert_rows
from common.db import columns_of
from common.domain.health import Health, Reason
from common.models import StandingBase
from common.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An overall colour that moved; `old` is None for a subject that had no standing yet."""

    subject: Subject
    old: str | None
    new: str
    #: dimension -> list of [code, params], as stored on the standing
    reasons: Mapping[str, Sequence[Any]] = field(default_factory=dict)


_NONE, _CENT = Decimal(0), Decimal("0.01")
#: writes changes down; called in the transaction that makes them
Note = Callable[[Sequence[Change]], None]


def forget(changes: Sequence[Change]) -> None:
    """Note nothing: for those who only want the standings."""


def write(
    model: type[StandingBase],
    rows: Sequence[Sequence[Any]],
    changes: Iterable[Change],
    *,
    unique: str,
    update: Sequence[str],
    note: Note,
) -> None:
    """Write standings in short transactions, each with the changes of colour that it makes.

    The rows are those of `standing_row`. Whoever is killed has written both or neither, so that no
    change goes unnoted.
    """
    moved = {change.subject.id: change for change in changes}
    key = _columns(model).index(f"{unique}_id")
    for part in in_writes(rows):
        with transaction.atomic():
            upsert_rows(model, part, unique=[unique], update=update)
            note([moved[row[key]] for row in part if row[key] in moved])


def as_stored(reasons: Sequence[Reason]) -> list[list[Any]]:
    """Return reasons as rows keep them: a list of [code, params]."""
    return [[reason.code, dict(reason.params)] for reason in reasons]


def change_to(health: Health, subject: Subject, old: str | None) -> Change:
    """Return the change of a subject's overall colour that a judgement makes."""
    return Change(subject=subject, old=old, new=str(health.overall), reasons=reasons_of(health))


def columns_of_health(health: Health) -> dict[str, Any]:
    """Return what every standing keeps of a judgement, by column: the whole, and each part."""
    return {
        "overall": str(health.overall),
        "hatched": health.hatched,
        "confidence": (health.confidence or _NONE).quantize(_CENT),
        "drag": health.drag or "",
        # As they are: a reason is written to JSON as the pair that `as_stored` makes of it.
        "reasons": {part.name: part.reasons for part in health.dimensions},
        **{part.name: str(part.colour) for part in health.dimensions},
    }


def reasons_of(health: Health) -> dict[str, list[list[Any]]]:
    """Return dimension -> its reasons as a standing keeps them."""
    return {part.name: as_stored(part.reasons) for part in health.dimensions}


def standing_row(model: type[StandingBase], values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a standing as `write` takes it, from values by column; one not named is None.

    A tuple and not a model's instance, which takes several times as long to make and to read.
    """
    row = list(map(values.get, _columns(model)))
    for place in _json_places(model):
        row[place] = as_json(row[place])
    return tuple(row)


@cache
def _columns(model: type[StandingBase]) -> tuple[str, ...]:
    return tuple(field.attname for field in columns_of(model))


@cache
def _json_places(model: type[StandingBase]) -> tuple[int, ...]:
    return tuple(n for n, f in enumerate(columns_of(model)) if isinstance(f, JSONField))
