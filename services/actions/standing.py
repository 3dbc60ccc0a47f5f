"""The only writer of `ServiceStanding`."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from common import rules
from common.standing import Change, Note, change_to, columns_of_health, forget, standing_row, write
from services.actions.services import subject_of
from services.domain.facts import Inputs
from services.domain.health import Assessment, assess
from services.domain.limits import CODE_VERSION, DEFAULTS, limits_of
from services.domain.trend import Course, Trend
from services.models import ServiceStanding
from services.queries.health import health_inputs

_WRITTEN = [
    field.name
    for field in ServiceStanding._meta.concrete_fields  # noqa: SLF001  Django's own public-by-convention name
    if field.name not in {"service", "reported"}
]


def restand(
    ids: Sequence[int] | None, *, as_of: dt.date, now: dt.datetime, note: Note = forget
) -> list[Change]:
    """Judge those services (None: all in use) and write what differs from their standing.

    Returns the changes of overall colour. Reads outside any transaction, in a constant number of
    statements; writes, and notes the changes, in one short transaction a chunk. A service whose
    result is as it was is left alone.
    """
    limits = rules.current("services", DEFAULTS, CODE_VERSION)
    inputs = health_inputs(ids, now=now)
    known = _known(ids)
    values = limits_of(limits.values)
    changes, rows = [], []
    for facts in inputs:
        assessment = assess(facts, values, as_of)
        stands = _values(facts, assessment, limits.version)
        hashed = _hash(stands)
        old, old_hash = known.get(facts.service_id, (None, ""))
        if hashed == old_hash:
            continue
        own = {"service_id": facts.service_id, "input_hash": hashed, "stood_at": now}
        rows.append(standing_row(ServiceStanding, stands | own))
        if assessment.health.overall != old:
            changes.append(change_to(assessment.health, subject_of(facts.service_id), old))
    write(ServiceStanding, rows, changes, unique="service", update=_WRITTEN, note=note)
    return changes


def _known(ids: Sequence[int] | None) -> dict[int, tuple[str, str]]:
    rows = ServiceStanding.objects.all()
    if ids is not None:
        rows = rows.filter(service_id__among=ids)
    return {
        pk: (colour, mark)
        for pk, colour, mark in rows.values_list("service_id", "overall", "input_hash")
    }


def _values(inputs: Inputs, assessment: Assessment, version: str) -> dict[str, Any]:
    health, figures = assessment.health, assessment.figures
    return {
        **columns_of_health(health),
        "inputs_on": max((p.inputs_on for p in health.dimensions if p.inputs_on), default=None),
        "rule_version": version,
        "availability_agreed": _rounded(figures.availability_agreed, "0.0001"),
        "availability_experienced": _rounded(figures.availability_experienced, "0.0001"),
        "attainment": _rounded(figures.attainment, "0.01"),
        "open_incidents": inputs.backlog.open,
        "open_major": inputs.backlog.major,
        "spark": _spark(inputs.primary, figures.trend),
    }


def _hash(values: dict[str, Any]) -> str:
    """Hash everything that the inputs come to.

    The window slides with every second, so raw inputs always differ; what they come to does not.
    The values stand in the order in which they are made, which is always the same.
    """
    return hashlib.sha256(repr(values).encode()).hexdigest()


def _rounded(value: Decimal | None, step: str) -> Decimal | None:
    return None if value is None else value.quantize(Decimal(step), rounding=ROUND_HALF_UP)


def _spark(measure: Course | None, found: Trend | None) -> dict[str, Any]:
    """Return a trend as JSON: numbers as text, so that none is rounded on its way."""
    if measure is None or found is None:
        return {}

    def text(value: Decimal | None) -> str | None:
        return None if value is None else f"{value.quantize(Decimal('0.0001')).normalize():f}"

    return {
        "name": measure.name,
        "variation": found.variation,
        "points": [text(value) for value in found.values],
        "mean": text(found.mean),
        "lower": text(found.lower),
        "upper": text(found.upper),
        "target": text(found.target),
        "signals": {str(at): "better" if good else "worse" for at, good in found.signals},
        "is_trial": found.is_trial,
        "on": found.days[-1].isoformat(),
    }
