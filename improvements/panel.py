"""What a person needs to decide about one improvement: on its own page and in the review."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from common import formats
from common.wording import say
from improvements import access, queries
from improvements.actions.capture import advice_for
from improvements.actions.decisions import as_taken
from improvements.domain.approvals import (
    Answer,
    Deed,
    Seat,
    Standing,
    answer,
    seats_of,
    standing,
)
from improvements.domain.health import Limits
from improvements.domain.joint_score import JointScore
from improvements.domain.lifecycle import BACKLOG, TABLE, State, evidence
from improvements.domain.routes import Route, RouteAdvice
from improvements.drawings import bridge_score
from improvements.forms import DEED_WORDS
from improvements.models import Decision, Improvement, Score, ScoringCriterion
from improvements.models.improvement import ROUTES
from improvements.wording import evidence_name, route_sentences, seat_name

KEYS: Mapping[Deed, str] = {
    Deed.APPROVE: "a",
    Deed.PARK: "p",
    Deed.MERGE: "m",
    Deed.DECLINE: "d",
    Deed.ASK: "r",
}
_ROUTES = dict(ROUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A deed this person may do now."""

    deed: str
    word: str
    url: str
    key: str
    is_primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """A seat of the route and the approval it has given, if any."""

    name: str
    decision: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The facts and buttons of a decision."""

    improvement: Improvement
    url: str
    joint: JointScore
    drawing: SafeString | str
    gap: str
    differs: str
    advice: RouteAdvice
    advised: str
    why: Sequence[str]
    route: str
    is_overridden: bool
    services: Sequence[Any]
    hidden_services: int
    seats: Sequence[SeatRow]
    missing: Sequence[str]
    buttons: Sequence[Button]
    why_not: str
    may_score: bool


def panel_of(improvement: Improvement, user: Any, scores: Sequence[Score], limits: Limits) -> Panel:
    """Return the panel of an improvement. Three statements: criteria, services, decisions."""
    known = queries.criteria()
    own = [score for score in scores if score.improvement_id == improvement.pk]
    joint = queries.joint_of(own, queries.as_criteria(known))
    decisions = list(
        Decision.objects.filter(improvement=improvement).select_related("by").order_by("pk")
    )
    return build(improvement, user, joint=joint, known=known, decisions=decisions, limits=limits)


def build(
    improvement: Improvement,
    user: Any,
    *,
    joint: JointScore,
    known: Sequence[ScoringCriterion],
    decisions: Sequence[Decision],
    limits: Limits,
) -> Panel:
    """Return the panel from what has been read already; one statement, for the services."""
    links = access.service_links(user, improvement)
    advice = advice_for(improvement, limits, services=len(links))
    route = Route(improvement.route) if improvement.route else None
    own = access.is_owners_own(user, improvement)
    taken = [as_taken(row) for row in decisions]
    now = standing(route, taken, is_owners_own=own) if route else None
    missing = _missing(improvement, len(links))
    reply = _reply(improvement, user, now)
    seen = [link.service for link in links if link.service is not None]
    return Panel(
        improvement=improvement,
        url=f"{reverse('improvements:list')}{improvement.key}/",
        joint=joint,
        drawing=_drawing(joint),
        gap=formats.format_number(joint.gap) if joint.gap is not None else "",
        differs=_differs(joint, known),
        advice=advice,
        advised=str(_ROUTES[advice.route.value]) if advice.route else "",
        why=route_sentences(advice),
        route=str(_ROUTES.get(improvement.route, "")),
        is_overridden=bool(route and advice.route and route is not advice.route),
        services=seen,
        hidden_services=len(links) - len(seen),
        seats=_seats(seats_of(route, is_owners_own=own) if route else (), now, decisions),
        missing=missing,
        buttons=_buttons(improvement, user, reply, missing),
        why_not=say(f"improvements.{reply.code}") if reply and reply.code else "",
        may_score=access.can_score(user, improvement),
    )


def _missing(improvement: Improvement, services: int) -> list[str]:
    """Return what the approval lacks, in words; empty for one that is not up for approval."""
    if improvement.state != State.SHAPED:
        return []
    have = evidence(
        services=services,
        has_owner=bool(improvement.owner_id or improvement.owner_name),
        route=improvement.route,
        projects=0,
        grade="",
    )
    verdict = TABLE.judge(State.SHAPED, State.APPROVED, evidence=have, reason="-")
    return [evidence_name(code) for code in verdict.missing]


def _reply(improvement: Improvement, user: Any, now: Standing | None) -> Answer | None:
    """Return whether the person may approve; None for one that is not up for approval."""
    if improvement.state != State.SHAPED or now is None:
        return None
    return answer(
        now,
        by=user.pk,
        held=access.seats_held(user, improvement),
        proposer=improvement.proposed_by_id,
        is_small=access.is_small(improvement),
    )


def _seats(
    seats: Sequence[Seat], now: Standing | None, decisions: Sequence[Decision]
) -> list[SeatRow]:
    if now is None:
        return []
    rows = {row.pk: row for row in decisions}

    def given(seat: Seat) -> Decision | None:
        taken = now.approved.get(seat)
        return rows[taken.id] if taken else None

    return [SeatRow(name=seat_name(seat), decision=given(seat)) for seat in seats]


def _buttons(
    improvement: Improvement, user: Any, reply: Answer | None, missing: Sequence[str]
) -> list[Button]:
    deeds: list[Deed] = []
    if reply and reply.seat and not missing:
        deeds.append(Deed.APPROVE)
    if access.can_triage(user, improvement):
        targets = {move.target for move in TABLE.moves_from(improvement.state)}
        exits = {
            Deed.PARK: State.PARKED,
            Deed.MERGE: State.MERGED,
            Deed.DECLINE: State.DECLINED,
        }
        deeds += [deed for deed, state in exits.items() if state in targets]
        if improvement.state in BACKLOG:
            deeds.append(Deed.ASK)
        if improvement.state in {State.APPROVED, State.PARKED, State.DECLINED, State.MERGED}:
            deeds.append(Deed.REOPEN)
    return [
        Button(
            deed=deed.value,
            word=str(DEED_WORDS[deed]),
            url=reverse("improvements:decide", args=[improvement.key, deed.value]),
            key=KEYS.get(deed, ""),
            is_primary=deed is Deed.APPROVE,
        )
        for deed in deeds
    ]


def _drawing(joint: JointScore) -> SafeString | str:
    if joint.project is None or joint.service is None:
        return ""
    return bridge_score(joint.project, joint.service)


def _differs(joint: JointScore, known: Sequence[ScoringCriterion]) -> str:
    """Return the two criteria they differ on most, in words."""
    labels = {row.key: row.label for row in known}
    return ", ".join(
        f"{labels[each.key]}{formats.NBSP}{formats.format_number(each.points)}"
        for each in joint.differs_on[:2]
    )
