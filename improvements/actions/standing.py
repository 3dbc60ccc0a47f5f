"""The only writer of `ImprovementStanding`."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from common.bulk import upsert
from common.db import in_chunks
from common.domain.health import Health
from common.standing import Change, Note, change_to, columns_of_health, forget, standing_row, write
from common.subjects import Subject
from improvements.domain.approvals import Office
from improvements.domain.health import (
    Inputs,
    Limits,
    age_days,
    days_in_state,
    is_late,
    judge_improvement,
)
from improvements.domain.joint_score import JointScore
from improvements.domain.weighting import Criterion
from improvements.models import Improvement, ImprovementStanding
from improvements.queries import as_criteria, criteria, health_inputs, joint_scores, limits

_SCORES = (
    "has_project_score",
    "has_service_score",
    "project_score",
    "service_score",
    "score",
    "spread_low",
    "spread_high",
)
_WRITTEN = (
    "overall",
    "hatched",
    "confidence",
    "drag",
    "reasons",
    "inputs_on",
    "rule_version",
    "input_hash",
    "stood_at",
    "progress",
    "effect",
    "age_days",
    "days_in_state",
    "is_late",
    *_SCORES,
)
_CENT = Decimal("0.01")
#: improvements judged at a time: gathered in a constant number of statements
STEP = 5000


def restand(
    ids: Sequence[int] | None, *, as_of: dt.date, now: dt.datetime, note: Note = forget
) -> list[Change]:
    """Judge those improvements, or all, and write the standings that differ.

    Returns the overall colours that moved. Reads outside a transaction, writes and notes changes
    in short ones; the number of statements a chunk is constant.
    """
    wanted = (
        list(Improvement.objects.order_by("pk").values_list("pk", flat=True))
        if ids is None
        else sorted(set(ids))
    )
    known, version = limits()
    using = as_criteria(criteria())
    changes: list[Change] = []
    for chunk in in_chunks(wanted, STEP):
        rows, moved = _judged(chunk, known, using, version, (as_of, now))
        write(ImprovementStanding, rows, moved, unique="improvement", update=_WRITTEN, note=note)
        changes += moved
    return changes


def _judged(
    ids: Sequence[int],
    known: Limits,
    using: Sequence[Criterion],
    version: str,
    when: tuple[dt.date, dt.datetime],
) -> tuple[list[tuple[Any, ...]], list[Change]]:
    as_of, now = when
    scores = joint_scores(ids, using)
    standing = {
        pk: (hashed, overall)
        for pk, hashed, overall in ImprovementStanding.objects.filter(
            improvement_id__among=ids
        ).values_list("improvement_id", "input_hash", "overall")
    }
    rows, changes = [], []
    for inputs in health_inputs(ids):
        old_seal, old = standing.get(inputs.id, ("", None))
        score = scores[inputs.id]
        scored = _score_fields(score)
        seal = _seal(inputs, scored, version, as_of)
        if old_seal == seal:
            continue
        health = judge_improvement(inputs, known, as_of, is_scored=score.is_in)
        own = {"rule_version": version, "input_hash": seal, "stood_at": now}
        values = _values(inputs, health, known, as_of) | scored | own
        rows.append(standing_row(ImprovementStanding, values))
        # A row that only carries scores has never been judged: its colour is new.
        was = old if old_seal else None
        if was != health.overall:
            changes.append(change_to(health, Subject("improvement", inputs.id), was))
    return rows, changes


def rescore(ids: Iterable[int]) -> None:
    """Write the scores of those improvements at once, in the caller's transaction.

    The review must be in order as soon as a score is saved; scores move no colour, so the sweep
    still finds and reports whatever else has changed.
    """
    found = joint_scores(list(ids))
    rows = [ImprovementStanding(improvement_id=pk, **_score_fields(s)) for pk, s in found.items()]
    upsert(ImprovementStanding, rows, unique=["improvement"], update=_SCORES)


def _values(inputs: Inputs, health: Health, known: Limits, as_of: dt.date) -> dict[str, Any]:
    return {
        **columns_of_health(health),
        "improvement_id": inputs.id,
        "inputs_on": max(inputs.state_since, inputs.changed_on),
        "age_days": age_days(inputs, as_of),
        "days_in_state": days_in_state(inputs, as_of),
        "is_late": is_late(inputs, known, as_of),
    }


def _score_fields(score: JointScore) -> dict[str, Any]:
    def cents(value: Decimal | None) -> Decimal | None:
        return None if value is None else value.quantize(_CENT)

    return {
        "has_project_score": Office.PROJECT in score.offices,
        "has_service_score": Office.SERVICE in score.offices,
        "project_score": cents(score.project),
        "service_score": cents(score.service),
        "score": cents(score.score),
        "spread_low": cents(score.low),
        "spread_high": cents(score.high),
    }


def _seal(inputs: Inputs, scored: Mapping[str, Any], version: str, as_of: dt.date) -> str:
    # As plain tuples: by their names the facts take twice as long to write.
    facts = (*map(str, inputs), *scored.values(), version, as_of)
    return hashlib.sha256(repr(facts).encode()).hexdigest()
