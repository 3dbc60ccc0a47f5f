"""What an app's `restand` writes and tells the roll-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from common.db import columns_of
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
