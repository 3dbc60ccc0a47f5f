"""The only writer of project standings."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import fields

from common import rules
from common.db import in_chunks
from common.standing import Change, Note, forget, reasons_of, standing_row, write
from common.subjects import Subject
from projects.domain.health import Judgement, judge_project
from projects.domain.inputs import DIMENSIONS, Inputs
from projects.domain.limits import AREA, CODE_VERSION, DEFAULTS, limits
from projects.models import Project, ProjectStanding
from projects.queries import health_inputs

#: projects judged at a time: gathered in a constant number of statements
STEP = 2000
_HASHED = tuple(field.name for field in fields(Inputs) if field.name != "calendar")
_WRITTEN = [
    field.name
    for field in ProjectStanding._meta.concrete_fields  # noqa: SLF001  Django's own public-by-convention name
    if not field.primary_key
]


def restand(
    ids: Sequence[int] | None, *, as_of: dt.date, now: dt.datetime, note: Note = forget
) -> list[Change]:
    """Judge projects anew (all when `ids` is None) and return whose overall colour moved.

    A row whose inputs, rules and day are as they were is left alone. Reads stand outside the
    transaction; each chunk is written, and its changes noted, in a short one of its own.
    """
    if ids is None:
        ids = list(Project.objects.order_by("pk").values_list("pk", flat=True))
    in_force = rules.current(AREA, DEFAULTS, CODE_VERSION)
    bounds = limits(in_force.values)
    changes: list[Change] = []
    for chunk in in_chunks(ids, STEP):
        known = {
            pk: (hashed, overall)
            for pk, hashed, overall in ProjectStanding.objects.filter(
                project_id__among=chunk
            ).values_list("pk", "input_hash", "overall")
        }
        rows, moved = [], []
        for inputs in health_inputs(chunk, as_of):
            hashed = _hash(inputs, in_force.version, as_of)
            old_hash, old = known.get(inputs.id, ("", None))
            if hashed == old_hash:
                continue
            row = _row(inputs.id, judge_project(inputs, bounds, as_of))
            row.input_hash, row.rule_version, row.stood_at = hashed, in_force.version, now
            rows.append(row)
            if row.overall != old:
                subject = Subject("project", inputs.id)
                moved.append(Change(subject=subject, old=old, new=row.overall, reasons=row.reasons))
        write(rows, moved, unique="project", update=_WRITTEN, note=note)
        changes += moved
    return changes


def _hash(inputs: Inputs, version: str, as_of: dt.date) -> str:
    text = repr((version, as_of, [getattr(inputs, name) for name in _HASHED]))
    return hashlib.sha256(text.encode()).hexdigest()


def _row(project_id: int, judged: Judgement) -> ProjectStanding:
    health = judged.health
    values = {
        "project_id": project_id,
        "overall": health.overall.value,
        "reported": judged.reported,
        "reported_on": judged.reported_on,
        "hatched": health.hatched,
        "confidence": health.confidence or 0,
        "drag": health.drag or "",
        "reasons": reasons_of(health),
        "inputs_on": judged.inputs_on,
        "finish_slip_days": judged.slip.working_days if judged.slip else None,
        "cost_deviation": judged.cost_deviation,
        **dict.fromkeys(DIMENSIONS),
        **{part.name: part.colour.value for part in health.dimensions},
    }
    return standing_row(ProjectStanding, values)
