"""What the joint review decides, each with a reason, an audit line and a row that stays."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from common import audit, clock
from common.db import locked, save_version
from common.errors import NotAllowed, Refused, Stale
from common.subjects import Subject
from improvements.access import (
    can_triage,
    check_can_triage,
    is_owners_own,
    is_small,
    role_of,
    seats_held,
    visible_to,
)
from improvements.actions.moves import enter, refuse_unless_allowed
from improvements.actions.standing import rescore
from improvements.domain.approvals import (
    OFFICE_OF,
    Deed,
    Seat,
    Standing,
    Taken,
    answer,
    standing,
)
from improvements.domain.lifecycle import BACKLOG, OPEN, State
from improvements.domain.routes import Route
from improvements.models import (
    Decision,
    Improvement,
    ImprovementProject,
    ImprovementService,
    Score,
)
from improvements.wording import state_name

_TARGET = {
    Deed.APPROVE: State.APPROVED,
    Deed.PARK: State.PARKED,
    Deed.DECLINE: State.DECLINED,
    Deed.MERGE: State.MERGED,
    Deed.ASK: State.CAPTURED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a person wants decided; `until` is for parking, `target` for merging."""

    deed: Deed
    reason: str = ""
    until: dt.date | None = None
    target: Improvement | None = None


@transaction.atomic
def decide(improvement: Improvement, wish: Wish, *, by: Any, expected: int) -> Decision:
    """Take a decision about an improvement and return its row.

    Each asks for a reason. Approval: each seat of the route in turn
    (`improvements.domain.approvals`); the improvement is approved when the last one is given.
    Park: a date too, if there is one. Merge: a target; links and scores move there, and reopening
    brings the scores back. NotAllowed or Refused say why not.
    """
    wish = Wish(deed=wish.deed, reason=wish.reason.strip(), until=wish.until, target=wish.target)
    _check_reason(wish)
    if improvement.version != expected:
        # What was decided meanwhile is said before what it makes impossible.
        raise Stale(improvement)
    before = {"state": improvement.state}
    take = {Deed.APPROVE: _approve, Deed.MERGE: _merge}.get(wish.deed, _move)
    decision, fields = take(improvement, wish, by)
    improvement.first_response_at = improvement.first_response_at or decision.at
    save_version(
        improvement, expected=expected, fields=[*fields, "first_response_at"], at=decision.at
    )
    decision.to_state = improvement.state
    decision.save()
    audit.record(
        f"improvement.{_DONE[wish.deed]}",
        Subject("improvement", improvement.pk),
        by=by,
        before=before,
        after={
            "state": improvement.state,
            "seat": decision.seat or None,
            "role": decision.role,
            "until": wish.until,
            "merged_into": wish.target.pk if wish.target else None,
            "is_own": decision.is_own or None,
        },
        note=wish.reason,
    )
    return decision


_DONE = {
    Deed.APPROVE: "approved",
    Deed.PARK: "parked",
    Deed.DECLINE: "declined",
    Deed.MERGE: "merged",
    Deed.ASK: "asked",
    Deed.REOPEN: "reopened",
}


def as_taken(row: Decision) -> Taken:
    """Return a stored decision as the approval rule sees it."""
    return Taken(
        id=row.pk,
        deed=Deed(row.decision),
        seat=Seat(row.seat) if row.seat else None,
        by=row.by_id,
        route=Route(row.route) if row.route else None,
    )


def _approve(improvement: Improvement, wish: Wish, by: Any) -> tuple[Decision, list[str]]:
    refuse_unless_allowed(improvement, State.APPROVED, reason=wish.reason)
    rows = Decision.objects.filter(improvement=improvement).order_by("pk")
    now = standing(
        Route(improvement.route),
        [as_taken(row) for row in rows],
        is_owners_own=is_owners_own(by, improvement),
    )
    reply = answer(
        now,
        by=by.pk,
        held=seats_held(by, improvement),
        proposer=improvement.proposed_by_id,
        is_small=is_small(improvement),
    )
    if reply.seat is None:
        raise NotAllowed(f"improvements.{reply.code}")
    decision = _decision(improvement, wish, by)
    decision.seat, decision.office = reply.seat.value, OFFICE_OF[reply.seat].value
    decision.is_own = reply.is_own
    decision.role = role_of(by, improvement, reply.seat)
    partner = max((each.id for each in now.approved.values()), default=None)
    decision.stands_with_id = partner
    return decision, enter(improvement, State.APPROVED) if _is_last(now) else []


def _is_last(now: Standing) -> bool:
    return len(now.awaited) == 1


def _move(improvement: Improvement, wish: Wish, by: Any) -> tuple[Decision, list[str]]:
    check_can_triage(by, improvement)
    decision = _decision(improvement, wish, by)
    target = _way_back(improvement) if wish.deed is Deed.REOPEN else _TARGET[wish.deed]
    if wish.deed is Deed.ASK and improvement.state == State.CAPTURED:
        # Nothing to take back: the question itself is the answer the proposer was promised.
        return decision, []
    refuse_unless_allowed(improvement, target, reason=wish.reason)
    fields = enter(improvement, target)
    improvement.parked_until = wish.until if wish.deed is Deed.PARK else None
    if improvement.merged_into_id:
        _give_back(improvement, improvement.merged_into_id, decision)
        fields.append("merged_into")
    return decision, fields


def _give_back(improvement: Improvement, merged_into: int, decision: Decision) -> None:
    """Undo a merge: its scores come back while they still count; links it brought stay there."""
    target = locked(Improvement.objects.filter(pk=merged_into)).get()
    improvement.merged_into = None
    if target.state in BACKLOG:
        for score in Score.objects.filter(improvement=target, merged_from=improvement):
            score.improvement, score.merged_from = improvement, None
            score.save(update_fields=["improvement", "merged_from"])
        rescore([improvement.pk, target.pk])
    save_version(target, expected=target.version, fields=[], at=decision.at)
    audit.record(
        "improvement.gave_back",
        Subject("improvement", target.pk),
        by=decision.by,
        after={"from": improvement.pk, "role": decision.role},
        note=decision.reason,
    )


def _way_back(improvement: Improvement) -> State:
    """Return where a reopened improvement goes: where the decision found it, at most to shaped."""
    if improvement.state == State.APPROVED:
        return State.SHAPED
    last = (
        Decision.objects.filter(improvement=improvement, to_state=improvement.state)
        .order_by("-pk")
        .first()
    )
    was = State(last.from_state) if last else State.CAPTURED
    return was if was in BACKLOG else State.SHAPED


def _merge(improvement: Improvement, wish: Wish, by: Any) -> tuple[Decision, list[str]]:
    check_can_triage(by, improvement)
    if wish.target is None or wish.target.pk == improvement.pk:
        raise Refused("improvements.merge_target_needed", field="target")
    target = (
        locked(visible_to(by).filter(pk=wish.target.pk, archived_at=None))
        .select_related("unit__root")
        .first()
    )
    if target is None or not can_triage(by, target):
        raise NotAllowed("improvements.merge_target_not_yours", field="target")
    if target.state not in OPEN:
        raise Refused(
            "improvements.merge_target_over", field="target", state=state_name(State(target.state))
        )
    if target.unit.root_id != improvement.unit.root_id:
        raise Refused("improvements.other_organisation", field="target")
    refuse_unless_allowed(improvement, State.MERGED, reason=wish.reason)
    decision = _decision(improvement, wish, by)
    decision.target = target
    fields = enter(improvement, State.MERGED)
    improvement.merged_into = target
    _carry_over(improvement, target)
    save_version(target, expected=target.version, fields=[], at=decision.at)
    audit.record(
        "improvement.took_over",
        Subject("improvement", target.pk),
        by=by,
        after={"from": improvement.pk, "role": decision.role},
        note=wish.reason,
    )
    return decision, [*fields, "merged_into"]


def _carry_over(source: Improvement, target: Improvement) -> None:
    """Copy links and move scores to the target; what it has already stays as it is."""
    has = set(
        ImprovementService.objects.filter(improvement=target).values_list("service_id", flat=True)
    )
    for link in ImprovementService.objects.filter(improvement=source).exclude(service__in=has):
        ImprovementService.objects.create(
            improvement=target, service_id=link.service_id, is_primary=not has and link.is_primary
        )
    ImprovementProject.objects.bulk_create(
        [
            ImprovementProject(improvement=target, project_id=link.project_id)
            for link in ImprovementProject.objects.filter(improvement=source)
        ],
        ignore_conflicts=True,
    )
    voted = set(Score.objects.filter(improvement=target).values_list("office", "scorer_id"))
    for score in Score.objects.filter(improvement=source):
        if (score.office, score.scorer_id) not in voted:
            score.improvement, score.merged_from = target, source
            score.save(update_fields=["improvement", "merged_from"])
    rescore([source.pk, target.pk])


def _decision(improvement: Improvement, wish: Wish, by: Any) -> Decision:
    last = Decision.objects.filter(improvement=improvement).order_by("-pk").first()
    is_next_seat = last is not None and last.decision == wish.deed == Deed.APPROVE
    return Decision(
        improvement=improvement,
        decision=wish.deed.value,
        route=improvement.route,
        by=by,
        role=role_of(by, improvement),
        reason=wish.reason,
        until=wish.until,
        from_state=improvement.state,
        at=clock.now(),
        supersedes=None if is_next_seat else last,
    )


def _check_reason(wish: Wish) -> None:
    if not wish.reason:
        raise Refused("common.reason_needed", field="reason")
    if wish.until and wish.until <= clock.today():
        raise Refused("improvements.park_date_past", field="until")
