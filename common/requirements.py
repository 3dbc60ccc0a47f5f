"""Requirements: an upper app posts down what a lower app's gate must know."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from common import clock
from common.models import Requirement
from common.subjects import Subject


def post(  # noqa: PLR0913  one keyword per column
    subject: Subject,
    *,
    gate: str,
    key: str,
    state: str,
    code: str,
    posted_by: str,
    params: Mapping[str, Any] | None = None,
    waived_until: dt.date | None = None,
    url: str = "",
) -> None:
    """Write the present state of one requirement, in the transaction that changes the fact."""
    Requirement.objects.update_or_create(
        kind=subject.kind,
        object_id=subject.id,
        gate=gate,
        key=key,
        defaults={
            "state": state,
            "code": code,
            "params": dict(params or {}),
            "waived_until": waived_until,
            "url": url,
            "posted_by": posted_by,
            "posted_at": clock.now(),
        },
    )


def unmet(subject: Subject, *, gate: str, required: frozenset[str], as_of: dt.date) -> list[str]:
    """Return the required keys that are not met, sorted; one without a row is not met."""
    met = {
        row.key
        for row in Requirement.objects.filter(kind=subject.kind, object_id=subject.id, gate=gate)
        if row.state == "met"
        or (row.state == "waived" and row.waived_until and row.waived_until >= as_of)
    }
    return sorted(required - met)
