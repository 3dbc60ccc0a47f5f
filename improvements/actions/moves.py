"""Moving an improvement along its path; what the review decides stands in `decisions`."""

from typing import Any

from django.db import transaction

from common import audit, clock
from common.db import save_version
from common.domain.transitions import Verdict
from common.errors import Refused
from common.subjects import Subject
from improvements.access import check_can_triage, role_of
from improvements.domain.lifecycle import DECIDED, TABLE, State, evidence
from improvements.models import Improvement, ImprovementProject, ImprovementService
from improvements.wording import evidence_name, state_name

#: moves that take something back that was decided; `decide` writes them with their reason
REOPENED = frozenset(
    {
        (State.SHAPED, State.CAPTURED),
        (State.APPROVED, State.SHAPED),
        (State.PARKED, State.CAPTURED),
        (State.PARKED, State.SHAPED),
        (State.DECLINED, State.CAPTURED),
        (State.DECLINED, State.SHAPED),
        (State.MERGED, State.CAPTURED),
        (State.MERGED, State.SHAPED),
    }
)
#: approved is decided, but coming back to it from delivery is not
STEPS_BACK = frozenset({(State.DELIVERING, State.APPROVED)})


@transaction.atomic
def change_state(
    improvement: Improvement,
    target: State,
    *,
    by: Any,
    expected: int,
    reason: str = "",
    grade: str = "",
) -> Improvement:
    """Move an improvement one step along its path, or one back with a reason.

    `grade` is the evidence it closes with: measured, indicative, judged or none. Shaping it is
    its first answer. Refused naming what is missing, and for what only a decision may do.
    """
    check_can_triage(by, improvement)
    move = (State(improvement.state), target)
    if (target in DECIDED and move not in STEPS_BACK) or move in REOPENED:
        raise Refused("improvements.needs_decision", state=state_name(target))
    if grade and target is State.CLOSED:
        improvement.evidence = grade
    refuse_unless_allowed(improvement, target, reason=reason)
    before = {"state": improvement.state}
    fields = enter(improvement, target)
    save_version(
        improvement, expected=expected, fields=[*fields, "evidence"], at=improvement.state_since
    )
    audit.record(
        "improvement.state_changed",
        Subject("improvement", improvement.pk),
        by=by,
        before=before,
        after={
            "state": improvement.state,
            "role": role_of(by, improvement),
            **({"evidence": grade} if grade else {}),
        },
        note=reason,
    )
    return improvement


def judge_move(improvement: Improvement, target: State, *, reason: str = "") -> Verdict:
    """Return whether the state table lets the improvement go there with what it has now."""
    have = evidence(
        services=ImprovementService.objects.filter(improvement=improvement).count(),
        has_owner=bool(improvement.owner_id or improvement.owner_name),
        route=improvement.route,
        projects=ImprovementProject.objects.filter(improvement=improvement).count(),
        grade=improvement.evidence,
    )
    return TABLE.judge(improvement.state, target.value, evidence=have, reason=reason)


def refuse_unless_allowed(improvement: Improvement, target: State, *, reason: str) -> None:
    """Raise Refused with what is missing when the state table says no."""
    verdict = judge_move(improvement, target, reason=reason)
    if verdict.allowed:
        return
    if verdict.code == "common.reason_needed":
        raise Refused(verdict.code, field="reason")
    raise Refused(
        verdict.code,
        source=state_name(State(improvement.state)),
        target=state_name(target),
        missing=", ".join(evidence_name(need) for need in verdict.missing),
    )


def enter(improvement: Improvement, target: State) -> list[str]:
    """Set the state, its date and the first answer; return the names of the fields it touched."""
    now = clock.now()
    improvement.state, improvement.state_since = target.value, now
    improvement.first_response_at = improvement.first_response_at or now
    improvement.parked_until = None
    return ["state", "state_since", "first_response_at", "parked_until"]
