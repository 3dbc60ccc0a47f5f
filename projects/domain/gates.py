"""Deciding a gate: five decisions with their effects, and who may not take them.

The gates and their criteria are in `gate_criteria`. A decision is checked against the readiness
of the moment, and is never edited afterwards, only superseded. Source: DESIGN section 4,
projects 4.2; docs/domain/gates.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from projects.domain.gate_criteria import GATES, Condition, Gate, GateError, Readiness, Role

ESCALATION_WORKING_DAYS = 10
"""A refusal unresolved for so long goes to the portfolio board."""


class Decision(StrEnum):
    """What can be decided at a gate."""

    GO = "go"
    CONDITIONAL_GO = "conditional_go"
    HOLD = "hold"
    RECYCLE = "recycle"
    STOP = "stop"


class Needed(StrEnum):
    """What a decision is not complete without."""

    CONDITIONS = "conditions"
    REVIEW_DATE = "review_date"
    GAPS = "gaps"
    REASON = "reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a decision does to the project.

    ``passes``: the next phase opens, the baseline is frozen and the evidence stored as it was.
    ``softens_bookings``: clock and spending stop, resource bookings become soft.
    ``counts_attempt``: the project stays in its phase and the named gaps become actions.
    ``closes``: on to closing, with sunk cost, freed money and capacity, and lessons compulsory.
    """

    passes: bool = False
    softens_bookings: bool = False
    counts_attempt: bool = False
    closes: bool = False
    needs: frozenset[Needed] = frozenset()


EFFECTS: Mapping[Decision, Effect] = MappingProxyType(
    {
        Decision.GO: Effect(passes=True),
        Decision.CONDITIONAL_GO: Effect(passes=True, needs=frozenset({Needed.CONDITIONS})),
        Decision.HOLD: Effect(softens_bookings=True, needs=frozenset({Needed.REVIEW_DATE})),
        Decision.RECYCLE: Effect(counts_attempt=True, needs=frozenset({Needed.GAPS})),
        Decision.STOP: Effect(closes=True, needs=frozenset({Needed.REASON})),
    }
)
"""The five decisions (projects 4.2)."""


class Stance(StrEnum):
    """How somebody voted."""

    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One voter's stance, with the role it was given under."""

    person: str
    role: Role
    stance: Stance


@dataclass(frozen=True, slots=True, kw_only=True)
class Veto:
    """A standing refusal by somebody entitled to refuse, naming the unmet criteria."""

    role: Role
    person: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A decision as it is about to be taken. Persons are keys; ``body`` is the deciding role."""

    decision: Decision
    body: Role
    decided_on: date
    author: str
    project_manager: str
    votes: tuple[Vote, ...]
    quorum: int = 1
    reason: str = ""
    conditions: tuple[Condition, ...] = ()
    review_on: date | None = None
    gaps: tuple[str, ...] = ()
    vetoes: tuple[Veto, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A decision that may be recorded: its effect, who dissented, and what was stretched.

    ``separation_relaxed``: the author voted, as a small organisation may allow. ``vetoes``: what
    the portfolio board decided beside.
    """

    decision: Decision
    effect: Effect
    dissent: tuple[str, ...]
    separation_relaxed: bool
    vetoes: tuple[Veto, ...]
    evidence: Readiness


def veto(role: Role, person: str, criteria: tuple[str, ...], against: Readiness) -> Veto:
    """Return a refusal that may be recorded.

    Raises GateError ``role_may_not_refuse``, ``refusal_names_nothing``, ``criterion_unknown``,
    ``criterion_is_met``.
    """
    if role not in GATES[against.gate].may_refuse:
        raise GateError("role_may_not_refuse", gate=against.gate.value, role=role.value)
    if not criteria:
        raise GateError("refusal_names_nothing")
    known = {criterion.key for criterion, _ in against.statuses}
    unmet = {criterion.key for criterion in against.unmet}
    for key in criteria:
        if key not in known:
            raise GateError("criterion_unknown", criterion=key)
        if key not in unmet:
            raise GateError("criterion_is_met", criterion=key)
    return Veto(role=role, person=person, criteria=criteria)


def rule(proposal: Proposal, evidence: Readiness, *, author_may_vote: bool = False) -> Ruling:
    """Return the ruling of a proposed decision, or refuse it with the first thing that is wrong.

    ``author_may_vote`` relaxes the separation of author and approver in a small organisation; the
    project manager never decides their own gate. Raises GateError: who - ``body_may_not_decide``,
    ``manager_decides_own_gate``, ``author_decides``, ``voted_twice``, ``quorum_not_positive``,
    ``no_quorum``, ``not_carried``; what - ``reason_missing``, ``conditions_missing``,
    ``review_date_missing``, ``gaps_missing``, ``condition_without_owner``,
    ``date_not_ahead``; whether - ``refusal_stands``, ``conditions_overdue``, ``criteria_unmet``,
    ``receiver_unprotected``.
    """
    relaxed = _check_people(proposal, evidence.gate, author_may_vote=author_may_vote)
    _check_votes(proposal)
    _check_complete(proposal)
    effect = EFFECTS[proposal.decision]
    if effect.passes:
        _check_passable(proposal, evidence)
    return Ruling(
        decision=proposal.decision,
        effect=effect,
        dissent=tuple(v.person for v in proposal.votes if v.stance is Stance.AGAINST),
        separation_relaxed=relaxed,
        vetoes=proposal.vetoes,
        evidence=evidence,
    )


def _check_people(proposal: Proposal, gate: Gate, *, author_may_vote: bool) -> bool:
    """Return whether the author voted where that had to be relaxed."""
    gate_rule = GATES[gate]
    escalated = bool(proposal.vetoes) and proposal.body is Role.PORTFOLIO_BOARD
    if proposal.body not in gate_rule.decides and not escalated:
        raise GateError("body_may_not_decide", gate=gate.value, role=proposal.body.value)
    voters = [vote.person for vote in proposal.votes]
    if len(set(voters)) < len(voters):
        raise GateError("voted_twice")
    if proposal.project_manager in voters:
        raise GateError("manager_decides_own_gate", person=proposal.project_manager)
    if proposal.author not in voters or gate_rule.author_may_decide:
        return False
    if not author_may_vote:
        raise GateError("author_decides", person=proposal.author)
    return True


def _check_votes(proposal: Proposal) -> None:
    if proposal.quorum < 1:
        raise GateError("quorum_not_positive", quorum=proposal.quorum)
    if len(proposal.votes) < proposal.quorum:
        raise GateError("no_quorum", voters=len(proposal.votes), quorum=proposal.quorum)
    stances = [vote.stance for vote in proposal.votes]
    in_favour, against = stances.count(Stance.FOR), stances.count(Stance.AGAINST)
    if in_favour <= against:
        raise GateError("not_carried", in_favour=in_favour, against=against)


def _check_complete(proposal: Proposal) -> None:
    given = {
        Needed.CONDITIONS: bool(proposal.conditions),
        Needed.REVIEW_DATE: proposal.review_on is not None,
        Needed.GAPS: bool(proposal.gaps),
        Needed.REASON: bool(proposal.reason.strip()),
    }
    for needed in sorted(EFFECTS[proposal.decision].needs):
        if not given[needed]:
            raise GateError(f"{needed.value}_missing", decision=proposal.decision.value)
    dates = [condition.due_on for condition in proposal.conditions]
    dates += [proposal.review_on] if proposal.review_on else []
    for day in dates:
        if day <= proposal.decided_on:
            raise GateError("date_not_ahead", date=str(day))
    for condition in proposal.conditions:
        if not condition.owner.strip():
            raise GateError("condition_without_owner", condition=condition.key)


def _check_passable(proposal: Proposal, evidence: Readiness) -> None:
    board = proposal.body is Role.PORTFOLIO_BOARD
    if proposal.vetoes and not board:
        raise GateError("refusal_stands", role=proposal.vetoes[0].role.value)
    if evidence.overdue:
        raise GateError("conditions_overdue", conditions=", ".join(evidence.overdue))
    conditional = proposal.decision is Decision.CONDITIONAL_GO
    covered = {condition.criterion for condition in proposal.conditions if conditional}
    open_keys = [each.key for each in evidence.unmet if each.key not in covered]
    if open_keys:
        raise GateError("criteria_unmet", criteria=", ".join(open_keys))
    overruled = {key for each in proposal.vetoes for key in each.criteria} if board else set()
    for each in evidence.unmet:
        if each.protects_receiver and each.key not in overruled:
            raise GateError("receiver_unprotected", criterion=each.key)
