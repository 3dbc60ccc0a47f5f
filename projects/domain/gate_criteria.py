"""The six gates and their criteria, as data, and how ready a project is for one.

Source: DESIGN section 4; criteria from projects 4.2, at the gate with the same move. An
organisation edits its own copy; what no copy may drop are the criteria that protect the receiver.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from common.domain.refusal import Refusal


class GateError(Refusal):
    """Why a gate, a template or a decision is refused. Codes: see `gates` and this module:
    ``criterion_repeated``, ``receiver_unprotected``, ``criterion_unknown``."""


class Gate(StrEnum):
    """The gates in order. Their names on screen come from the word pack."""

    SHAPE = "g0"
    CHARTER = "g1"
    PLAN = "g2"
    GO_LIVE = "g3"
    ACCEPT = "g4"
    EFFECT = "g5"


class Tier(StrEnum):
    """How heavily a project is governed."""

    LIGHT = "light"
    STANDARD = "standard"
    HEAVY = "heavy"


class Role(StrEnum):
    """Who prepares, decides or may refuse."""

    COORDINATOR = "coordinator"
    PROJECT_OFFICE = "project_office"
    SERVICE_OFFICE = "service_office"
    PROJECT_MANAGER = "project_manager"
    SPONSOR = "sponsor"
    PORTFOLIO_BOARD = "portfolio_board"
    STEERING_GROUP = "steering_group"
    CHANGE_AUTHORITY = "change_authority"
    SERVICE_OWNER = "service_owner"
    BENEFIT_OWNER = "benefit_owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRule:
    """One row of the gate table.

    ``decides`` are alternatives. ``author_may_decide``: the gate is so light that whoever prepared
    it may also take it.
    """

    gate: Gate
    project_move: tuple[str, str] | None
    improvement_move: tuple[str, str] | None
    prepares: frozenset[Role]
    decides: frozenset[Role]
    may_refuse: frozenset[Role]
    author_may_decide: bool = False


def _rule(  # the table below reads as DESIGN's does, a row a gate
    gate: Gate,
    project_move: tuple[str, str] | None,
    improvement_move: tuple[str, str] | None,
    *,
    prepares: set[Role],
    decides: set[Role],
    may_refuse: set[Role] | None = None,
) -> GateRule:
    return GateRule(
        gate=gate,
        project_move=project_move,
        improvement_move=improvement_move,
        prepares=frozenset(prepares),
        decides=frozenset(decides),
        may_refuse=frozenset(may_refuse or ()),
        author_may_decide=gate is Gate.SHAPE,
    )


_R = Role
GATES: Mapping[Gate, GateRule] = MappingProxyType(
    {
        rule.gate: rule
        for rule in (
            _rule(
                Gate.SHAPE,
                None,
                ("captured", "shaped"),
                prepares={_R.COORDINATOR},
                decides={_R.COORDINATOR},
            ),
            _rule(
                Gate.CHARTER,
                ("initiating", "planning"),
                ("shaped", "approved"),
                prepares={_R.PROJECT_OFFICE, _R.SERVICE_OFFICE},
                decides={_R.SPONSOR, _R.PORTFOLIO_BOARD},
                may_refuse={_R.SERVICE_OWNER},
            ),
            _rule(
                Gate.PLAN,
                ("planning", "executing"),
                None,
                prepares={_R.PROJECT_MANAGER},
                decides={_R.STEERING_GROUP},
                may_refuse={_R.BENEFIT_OWNER, _R.SERVICE_OWNER},
            ),
            _rule(
                Gate.GO_LIVE,
                ("executing", "closing"),
                ("delivering", "early_life"),
                prepares={_R.PROJECT_MANAGER},
                decides={_R.CHANGE_AUTHORITY},
                may_refuse={_R.SERVICE_OWNER},
            ),
            _rule(
                Gate.ACCEPT,
                ("closing", "closed"),
                ("early_life", "measuring"),
                prepares={_R.PROJECT_MANAGER},
                decides={_R.STEERING_GROUP},
                may_refuse={_R.SERVICE_OWNER},
            ),
            _rule(
                Gate.EFFECT,
                None,
                ("measuring", "closed"),
                prepares=set(),
                decides={_R.BENEFIT_OWNER},
            ),
        )
    }
)
"""The gate table of DESIGN section 4."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """Something that must be so before a gate is passed.

    ``from_tier``: the lightest tier that asks for it. ``to_operation``: asked only of projects
    that deliver to operation. ``protects_receiver``: no tier drops it, no condition replaces it,
    and only the receiver waives it. ``posted``: an upper app says whether it is met.
    """

    key: str
    gate: Gate
    from_tier: Tier = Tier.LIGHT
    mandatory: bool = True
    to_operation: bool = False
    protects_receiver: bool = False
    posted: bool = False


def _plain(gate: Gate, tier: Tier, *keys: str) -> tuple[Criterion, ...]:
    return tuple(Criterion(key=key, gate=gate, from_tier=tier) for key in keys)


def _receiving(gate: Gate, *keys: str) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(key=key, gate=gate, to_operation=True, protects_receiver=True, posted=True)
        for key in keys
    )


CRITERIA: tuple[Criterion, ...] = (
    *_plain(Gate.SHAPE, Tier.LIGHT, "problem", "owner", "rough_size"),
    *_plain(Gate.SHAPE, Tier.STANDARD, "strategic_link", "tier_score"),
    *_plain(Gate.CHARTER, Tier.LIGHT, "top_risks", "budget_line"),
    *_plain(
        Gate.CHARTER,
        Tier.STANDARD,
        "options_with_do_nothing",
        "preliminary_business_case",
        "resource_demand",
        "dependencies",
        "plan_for_planning",
    ),
    *_receiving(Gate.CHARTER, "receiving_service", "expected_effect_locked"),
    *_plain(Gate.PLAN, Tier.LIGHT, "charter", "milestones", "benefits_plan"),
    *_plain(
        Gate.PLAN,
        Tier.STANDARD,
        "business_case",
        "work_breakdown",
        "schedule_baseline",
        "cost_baseline",
        "named_resources",
        "risk_responses",
        "tolerances",
        "change_thresholds",
    ),
    *_plain(Gate.PLAN, Tier.HEAVY, "schedule_quality", "earned_value_plan", "p80_finish"),
    *_receiving(Gate.PLAN, "handover_plan"),
    *_plain(Gate.GO_LIVE, Tier.LIGHT, "deliverables_accepted"),
    *_receiving(
        Gate.GO_LIVE,
        "support_model",
        "agreements",
        "monitoring",
        "runbook",
        "known_errors",
        "training",
        "change_approved",
        "early_life_dates",
    ),
    *_plain(Gate.ACCEPT, Tier.LIGHT, "closing_report", "lessons", "final_cost"),
    *_plain(Gate.ACCEPT, Tier.LIGHT, "open_items_transferred"),
    *_receiving(Gate.ACCEPT, "service_accepted", "early_life_ended"),
    *_plain(Gate.EFFECT, Tier.LIGHT, "measured_against_planned", "next_step"),
)
"""The default template."""

_TIERS = tuple(Tier)


def check_template(template: Sequence[Criterion]) -> None:
    """Refuse a template that repeats a criterion or drops one that protects the receiver.

    Raises GateError ``criterion_repeated``, ``receiver_unprotected``.
    """
    kept = {(each.gate, each.key): each for each in template}
    if len(kept) < len(template):
        raise GateError("criterion_repeated")
    for each in CRITERIA:
        mine = kept.get((each.gate, each.key))
        weakened = mine is None or (
            not (mine.protects_receiver and mine.mandatory) or mine.from_tier is not Tier.LIGHT
        )
        if each.protects_receiver and weakened:
            raise GateError("receiver_unprotected", gate=each.gate.value, criterion=each.key)


def criteria_for(
    gate: Gate,
    tier: Tier,
    *,
    delivers_to_operation: bool,
    template: Sequence[Criterion] = CRITERIA,
) -> tuple[Criterion, ...]:
    """Return what a gate asks of a project of this tier and type."""
    return tuple(
        each
        for each in template
        if each.gate is gate
        and _TIERS.index(each.from_tier) <= _TIERS.index(tier)
        and (delivers_to_operation or not each.to_operation)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is on record about one criterion: met, not met, or waived through a day by a role."""

    met: bool
    waived_until: date | None = None
    waived_by: Role | None = None


class Status(StrEnum):
    """How a criterion stands on a day."""

    MET = "met"
    WAIVED = "waived"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a conditional go left to be done, by whom and by when (that day included)."""

    key: str
    owner: str
    due_on: date
    criterion: str | None = None
    done_on: date | None = None

    def is_overdue(self, as_of: date) -> bool:
        """Return whether it is still open after its due date."""
        return self.done_on is None and as_of > self.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How a project stands before a gate on a day: each criterion with its status.

    ``overdue``: conditions of an earlier gate whose date has passed; they block this one.
    """

    gate: Gate
    statuses: tuple[tuple[Criterion, Status], ...]
    overdue: tuple[str, ...]

    @property
    def unmet(self) -> tuple[Criterion, ...]:
        """The mandatory criteria that are neither met nor waived."""
        return tuple(
            each for each, status in self.statuses if each.mandatory and status is Status.NOT_MET
        )

    @property
    def is_ready(self) -> bool:
        """Whether a plain go may be decided."""
        return not self.unmet and not self.overdue


def readiness(
    gate: Gate,
    criteria: Iterable[Criterion],
    standings: Mapping[str, Standing],
    as_of: date,
    conditions: Sequence[Condition] = (),
) -> Readiness:
    """Return the readiness on a day. A criterion nobody has said anything about is not met.

    A waiver holds through its last day; one that protects the receiver only if the service owner
    gave it.
    """
    return Readiness(
        gate=gate,
        statuses=tuple(
            (each, _status(each, standings.get(each.key), as_of))
            for each in criteria
            if each.gate is gate
        ),
        overdue=tuple(each.key for each in conditions if each.is_overdue(as_of)),
    )


def _status(criterion: Criterion, standing: Standing | None, as_of: date) -> Status:
    if standing is None:
        return Status.NOT_MET
    if standing.met:
        return Status.MET
    entitled = not criterion.protects_receiver or standing.waived_by is Role.SERVICE_OWNER
    if standing.waived_until is not None and as_of <= standing.waived_until and entitled:
        return Status.WAIVED
    return Status.NOT_MET
