"""What the page of one improvement shows, worked out for one reader."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common import formats
from common.domain.health import Health
from common.wording import say
from improvements import access, queries
from improvements.actions.moves import REOPENED
from improvements.domain.compare import Compared
from improvements.domain.health import Inputs, age_days, days_in_state, judge_improvement
from improvements.domain.joint_score import JointPart, parts
from improvements.domain.lifecycle import DECIDED, PATH, STEPS, TABLE, State, evidence
from improvements.domain.routes import Route
from improvements.drawings import Node, bridge_path
from improvements.models import Decision, Improvement, ImprovementProject, Score
from improvements.panel import Panel, build
from improvements.wording import DIMENSIONS, evidence_name, method_name, state_name
from projects.access import visible_to as projects_visible_to


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A criterion with what each office rated and what it adds."""

    label: str
    part: JointPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A move along the path: what it is called, and what it still lacks."""

    target: str
    name: str
    missing: str
    is_back: bool
    asks_grade: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionRow:
    """A judged dimension with its reasons in words."""

    name: str
    colour: str
    sentences: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page."""

    improvement: Improvement
    panel: Panel
    health: Health
    dimensions: Sequence[DimensionRow]
    path: SafeString
    path_rows: Sequence[tuple[str, str]]
    parts: Sequence[PartRow]
    own_scores: Sequence[Score]
    projects: Sequence[Any]
    decisions: Sequence[Decision]
    merged: Sequence[Improvement]
    steps: Sequence[Step]
    age: int
    in_state: int
    limit: int | None
    is_unanswered: bool
    may_edit: bool
    may_move: bool
    may_start_project: bool
    may_see_log: bool


def page_of(improvement: Improvement, user: Any, now: dt.datetime) -> Page:
    """Return the page of an improvement. Seven statements beside those of the frame."""
    limits = queries.limits()[0]
    known = queries.criteria()
    criteria = queries.as_criteria(known)
    scores = list(Score.objects.filter(improvement=improvement).select_related("scorer"))
    joint = queries.joint_of(scores, criteria)
    decisions, merged = _decisions(improvement, user)
    panel = build(improvement, user, joint=joint, known=known, decisions=decisions, limits=limits)
    services = len(access.service_links(user, improvement))
    linked, seen = _projects(improvement, user)
    inputs = queries.inputs_of(improvement, services=services, projects=linked)
    as_of = now.astimezone(_zone(improvement)).date()
    health = judge_improvement(inputs, limits, as_of, is_scored=joint.is_in)
    ballots = [queries.ballot(score) for score in scores]
    labels = {row.key: row.label for row in known}
    may_move = access.can_triage(user, improvement)
    return Page(
        improvement=improvement,
        panel=panel,
        health=health,
        dimensions=_dimensions(health),
        path=bridge_path(_nodes(improvement, decisions), _path_label(improvement)),
        path_rows=[(node.label, node.date) for node in _nodes(improvement, decisions)],
        parts=[PartRow(label=labels[part.key], part=part) for part in parts(criteria, ballots)]
        if joint.is_in
        else [],
        own_scores=[score for score in scores if score.scorer_id == user.pk],
        projects=seen,
        decisions=decisions,
        merged=merged,
        steps=_steps(improvement, inputs) if may_move else [],
        age=age_days(inputs, as_of),
        in_state=days_in_state(inputs, as_of),
        limit=limits.state_days.get(inputs.state),
        is_unanswered=inputs.respond_on is not None and inputs.respond_on < as_of,
        may_edit=access.can_edit_improvement(user, improvement),
        may_move=may_move,
        may_start_project=access.can_start_project(user, improvement),
        may_see_log=access.can_see_audit(user, improvement),
    )


def _zone(improvement: Improvement) -> ZoneInfo:
    root = improvement.unit.root
    return ZoneInfo(root.zone if root and root.zone else "UTC")


def _decisions(improvement: Improvement, user: Any) -> tuple[list[Decision], list[Improvement]]:
    """Return its decisions, and the improvements merged into it that the reader may see."""
    came = Q(target=improvement, improvement__in=access.visible_to(user))
    rows = (
        Decision.objects.filter(Q(improvement=improvement) | came)
        .select_related("by", "improvement", "target")
        .order_by("pk")
    )
    own, merged = [], []
    for row in rows:
        if row.improvement_id == improvement.pk:
            own.append(row)
        elif row.improvement.state == State.MERGED:
            merged.append(row.improvement)
    return own, merged


def _projects(improvement: Improvement, user: Any) -> tuple[int, list[Any]]:
    """Return how many projects are linked, and those the reader may see. One statement."""
    links = list(
        ImprovementProject.objects.filter(improvement=improvement)
        .annotate(
            is_seen=Exists(projects_visible_to(user).filter(pk=OuterRef("project_id")).order_by())
        )
        .select_related("project__standing")
        .order_by("pk")
    )
    return len(links), [link.project for link in links if link.is_seen]


def _dimensions(health: Health) -> list[DimensionRow]:
    return [
        DimensionRow(
            name=str(DIMENSIONS[part.name]),
            colour=part.colour.value,
            sentences=[say(reason.code, reason.params) for reason in part.reasons],
        )
        for part in health.dimensions
    ]


def _nodes(improvement: Improvement, decisions: Sequence[Decision]) -> list[Node]:
    """Return the path: what is known of the past with its dates, what is ahead without."""
    at = STEPS.get(State(improvement.state), _left_at(decisions))
    dates = {State.CAPTURED: improvement.captured_at}
    for row in decisions:
        if row.to_state == State.APPROVED and row.decision == "approve":
            dates[State.APPROVED] = row.at
    if improvement.state in STEPS:
        dates[State(improvement.state)] = improvement.state_since
    delivery = "project" if improvement.route == Route.PROJECT else "service"
    banks = {
        State.SHAPED: "joint",
        State.APPROVED: "joint",
        State.DELIVERING: delivery,
    }
    zone = _zone(improvement)
    nodes = []
    for step, state in enumerate(PATH):
        past = "done" if step < at else "next"
        mark = "now" if state == improvement.state else past
        known = dates.get(state) if step <= at else None
        nodes.append(
            Node(
                label=state_name(state).capitalize(),
                bank=banks.get(state, "service"),
                state="done" if mark == "next" and step == at else mark,
                date=formats.format_date(known.astimezone(zone).date()) if known else "",
            )
        )
    return nodes


def _left_at(decisions: Sequence[Decision]) -> int:
    """Return how far it had come when it left the path."""
    left = [row.from_state for row in decisions if row.to_state in {"parked", "declined", "merged"}]
    return STEPS.get(State(left[-1]), 0) if left else 0


def _path_label(improvement: Improvement) -> str:
    return _("The path from captured to closed; now %(state)s") % {
        "state": state_name(State(improvement.state))
    }


def _steps(improvement: Improvement, inputs: Inputs) -> list[Step]:
    """Return the moves that are no decisions, forward ones first."""
    have = evidence(
        services=inputs.services,
        has_owner=inputs.has_owner,
        route=improvement.route,
        projects=inputs.projects,
        # The grade is asked for with the step itself.
        grade="asked",
    )
    here = State(improvement.state)
    steps = []
    for move in TABLE.moves_from(here):
        target = State(move.target)
        is_back = STEPS.get(target, 0) < STEPS.get(here, 0)
        is_exit = target not in STEPS or (target in DECIDED and not is_back)
        if is_exit or (here, target) in REOPENED:
            continue
        lacking = [evidence_name(need) for need in move.needs if need not in have]
        # An early-life step is not offered beside the direct one of a lighter route.
        if "light_route" in move.needs and lacking:
            continue
        steps.append(
            Step(
                target=target.value,
                name=state_name(target),
                missing=", ".join(lacking),
                is_back=is_back,
                asks_grade=target is State.CLOSED,
            )
        )
    return sorted(steps, key=lambda step: step.is_back)


def method_row(row: Compared) -> dict[str, Any]:
    """Return one method beside the others as the table prints it."""
    agreement = row.agreement.kendall_tau_b.value if row.agreement else None
    return {
        "name": method_name(row.method.value),
        "value": row.value,
        "place": row.placed.place if row.placed else None,
        "is_tied": bool(row.placed and row.placed.tied),
        "items": row.items,
        "agreement": agreement,
    }
