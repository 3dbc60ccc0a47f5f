"""The only writer of project standings."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from common import rules
from common.db import in_chunks
from common.standing import Change, Note, change_to, columns_of_health, forget, standing_row, write
from common.subjects import Subject
from projects.domain.health import Judgement, judge_project
from projects.domain.inputs import Inputs
from projects.domain.limits import AREA, CODE_VERSION, DEFAULTS, limits
from projects.models import Project, ProjectStanding
from projects.queries import health_inputs

#: projects judged at a time: gathered in a constant number of statements
STEP = 5000
_TENTH = Decimal("0.1")
_CALENDAR = Inputs._fields.index("calendar")  # and what was said follows it
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
    run = {"rule_version": in_force.version, "stood_at": now}
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
            judged = judge_project(inputs, bounds, as_of)
            own = {"project_id": inputs.id, "input_hash": hashed} | run
            rows.append(standing_row(ProjectStanding, _values(judged) | own))
            if judged.health.overall != old:
                moved.append(change_to(judged.health, Subject("project", inputs.id), old))
        write(ProjectStanding, rows, moved, unique="project", update=_WRITTEN, note=note)
        changes += moved
    return changes


def _hash(inputs: Inputs, version: str, as_of: dt.date) -> str:
    # As plain tuples: by their names the facts take twice as long to write. The calendar stands
    # among them by its version.
    said = [tuple(said) for said in inputs.said]
    facts = (version, as_of, inputs[:_CALENDAR], inputs[_CALENDAR + 2 :], said)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def _values(judged: Judgement) -> dict[str, Any]:
    over = judged.cost_deviation
    return {
        **columns_of_health(judged.health),
        "reported": judged.reported,
        "reported_on": judged.reported_on,
        "inputs_on": judged.inputs_on,
        "finish_slip_days": judged.slip.working_days if judged.slip else None,
        "cost_deviation": None if over is None else over.quantize(_TENTH, ROUND_HALF_UP),
    }
