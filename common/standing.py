"""What an app's `restand` tells the roll-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An overall colour that moved; `old` is None for a subject that had no standing yet."""

    subject: Subject
    old: str | None
    new: str
    #: dimension -> list of [code, params], as stored on the standing
    reasons: Mapping[str, Sequence[Any]] = field(default_factory=dict)
