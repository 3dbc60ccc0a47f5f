"""What an app's `restand` writes and tells the roll-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.domain.health import Health, Reason
from common.subjects import Subject


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
