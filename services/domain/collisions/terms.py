"""What stands in the service calendar, what a service is to it, and how collisions are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.localtime import epoch
from common.domain.refusal import Refusal, Scalar

FURTHEST_DAYS = 3660
GO_LIVE_GAP_DAYS = 7


class CollisionError(Refusal):
    """``interval_empty``, ``interval_reversed``, ``kind_not_placed``, ``service_unknown``,
    ``count_not_positive``, ``horizon_too_far``, ``gap_out_of_range``."""


class EntryKind(StrEnum):
    """What stands in the service calendar."""

    CHANGE = "change"
    GO_LIVE = "go_live"
    MAINTENANCE = "maintenance"
    FREEZE = "freeze"
    EARLY_LIFE = "early_life"
    MEASUREMENT = "measurement"


PLACED = frozenset({EntryKind.CHANGE, EntryKind.GO_LIVE})
"""Kinds that somebody places, and that can therefore collide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the service calendar, ``[start, end)``.

    It concerns ``services``, and every service of ``units`` and the units below them. ``source``
    is whose it is (PRJ-12); ``people`` whom it occupies, the implementer among them. A freeze is
    hard or soft; an emergency passes a hard one only with a named authoriser.
    Raises CollisionError ``interval_empty``, ``interval_reversed``.
    """

    key: str
    kind: EntryKind
    start: datetime
    end: datetime
    services: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    source: str = ""
    people: frozenset[str] = frozenset()
    implementer: str | None = None
    approver: str | None = None
    is_hard: bool = True
    is_emergency: bool = False
    authoriser: str | None = None

    def __post_init__(self) -> None:
        length = epoch(self.end) - epoch(self.start)
        if length <= 0:
            code = "interval_reversed" if length else "interval_empty"
            raise CollisionError(code, key=self.key)

    @property
    def occupied(self) -> frozenset[str]:
        """Everybody it takes the time of."""
        return self.people | {self.implementer} if self.implementer else self.people

    def overlaps(self, other: "Entry") -> bool:
        """Whether the two share an instant."""
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """What a collision needs to know of a service: where it stands, and how it stands.

    ``units`` are its own and all above it; ``upstream`` what it depends on, ``downstream`` what
    depends on it.
    """

    key: str
    units: frozenset[str] = frozenset()
    upstream: frozenset[str] = frozenset()
    downstream: frozenset[str] = frozenset()
    is_budget_spent: bool = False
    has_open_major: bool = False


class CollisionCode(StrEnum):
    """Why a placement collides (ServiceNow's seven and OpenText's four, joined)."""

    INSIDE_FREEZE = "inside_freeze"
    FREEZE_AUTHORISED = "freeze_authorised"
    INSIDE_SOFT_FREEZE = "inside_soft_freeze"
    OUTSIDE_WINDOW = "outside_maintenance_window"
    OVERRUNS_WINDOW = "overruns_maintenance_window"
    SAME_SERVICE = "same_service"
    LINKED_SERVICE = "linked_service"
    GO_LIVES_CLOSE = "go_lives_close"
    EARLY_LIFE = "overlaps_early_life"
    SAME_PERSON = "same_person"
    APPROVER_IMPLEMENTS = "approver_implements"
    BUDGET_SPENT = "budget_spent"
    BUDGET_HOLDS_GO_LIVE = "budget_holds_go_live"
    MAJOR_OPEN = "major_incident_open"


class Severity(StrEnum):
    """Whether a collision blocks or warns."""

    HARD = "hard"
    SOFT = "soft"


HARD_BY_DEFAULT = frozenset(
    {
        CollisionCode.INSIDE_FREEZE,
        CollisionCode.APPROVER_IMPLEMENTS,
        CollisionCode.BUDGET_HOLDS_GO_LIVE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollisionPolicy:
    """How an organisation weighs collisions; days are those of ``zone``.

    Two go-lives on one service on days fewer than ``go_live_gap_days`` apart are too close.
    """

    zone: str
    severities: Mapping[CollisionCode, Severity] = field(default_factory=dict)
    go_live_gap_days: int = GO_LIVE_GAP_DAYS

    def __post_init__(self) -> None:
        if not 0 <= self.go_live_gap_days <= FURTHEST_DAYS:
            raise CollisionError("gap_out_of_range", days=self.go_live_gap_days)

    def severity(self, code: CollisionCode) -> Severity:
        """Return how much a reason weighs here."""
        default = Severity.HARD if code in HARD_BY_DEFAULT else Severity.SOFT
        return self.severities.get(code, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collision:
    """One reason against a placement: with which other entry, on which service, how heavy."""

    code: CollisionCode
    severity: Severity
    other: str | None
    service: str | None
    params: Mapping[str, Scalar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A free placement ``[start, end)``."""

    start: datetime
    end: datetime
