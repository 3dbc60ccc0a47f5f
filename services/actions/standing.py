"""The only writer of `ServiceStanding`."""

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from common import rules
from common.standing import Change, Note, forget, reasons_of, standing_row, write
from services.actions.services import subject_of
from services.domain.facts import Inputs
from services.domain.health import Assessment, assess
from services.domain.limits import CODE_VERSION, DEFAULTS, limits_of
from services.domain.trend import Course, Trend
from services.models import ServiceStanding
from services.queries.health import health_inputs

DIMENSIONS = (
    "availability",
    "service_levels",
    "incidents",
    "change",
    "satisfaction",
    "cost",
)
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
        row = _row(facts, assess(facts, values, as_of), limits.version, now)
        old = known.get(facts.service_id)
        if old is not None and old[1] == row.input_hash:
            continue
        rows.append(row)
        if old is None or old[0] != row.overall:
            changes.append(
                Change(
                    subject=subject_of(facts.service_id),
                    old=old[0] if old else None,
                    new=row.overall,
                    reasons=row.reasons,
                )
            )
    write(rows, changes, unique="service", update=_WRITTEN, note=note)
    return changes


def _known(ids: Sequence[int] | None) -> dict[int, tuple[str, str]]:
    rows = ServiceStanding.objects.all()
    if ids is not None:
        rows = rows.filter(service_id__among=ids)
    return {
        pk: (colour, mark)
        for pk, colour, mark in rows.values_list("service_id", "overall", "input_hash")
    }


def _row(inputs: Inputs, assessment: Assessment, version: str, now: dt.datetime) -> ServiceStanding:
    health, figures = assessment.health, assessment.figures
    colours = {part.name: part.colour.value for part in health.dimensions}
    values: dict[str, Any] = {
        "overall": health.overall.value,
        "hatched": health.hatched,
        "confidence": health.confidence or Decimal(0),
        "drag": health.drag or "",
        "reasons": reasons_of(health),
        "inputs_on": max((p.inputs_on for p in health.dimensions if p.inputs_on), default=None),
        "rule_version": version,
        **{name: colours.get(name) for name in DIMENSIONS},
        "availability_agreed": _rounded(figures.availability_agreed, "0.0001"),
        "availability_experienced": _rounded(figures.availability_experienced, "0.0001"),
        "attainment": _rounded(figures.attainment, "0.01"),
        "open_incidents": inputs.backlog.open,
        "open_major": inputs.backlog.major,
        "spark": _spark(inputs.primary, figures.trend),
    }
    own = {"service_id": inputs.service_id, "input_hash": _hash(values), "stood_at": now}
    return standing_row(ServiceStanding, values | own)


def _hash(values: dict[str, Any]) -> str:
    """Hash everything that the inputs come to.

    The window slides with every second, so raw inputs always differ; what they come to does not.
    """
    text = json.dumps(values, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


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
