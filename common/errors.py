"""One family of refusals. Each carries a code and parameters; wording makes the sentence.

The web turns them into answers: Refused 422, NotAllowed 403, Stale 409 (common/web/middleware.py).
"""

from collections.abc import Mapping
from typing import Any

from common.wording import say


class Refused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The thing may not happen in its present state, or with this input."""

    status = 422

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        self.code = code
        self.params: Mapping[str, Any] = params
        #: the form field the sentence belongs to, where there is one
        self.field = field
        super().__init__(code, params)

    def __str__(self) -> str:
        return say(self.code, self.params)


class NotAllowed(Refused):
    """The thing may happen, but not by this person."""

    status = 403


class Stale(Refused):
    """Somebody else saved first. `current` is the row as it stands now."""

    status = 409

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__("common.stale")
