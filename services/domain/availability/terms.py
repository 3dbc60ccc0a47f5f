"""What availability is measured from: outages, and what an agreement says about counting them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from common.domain.localtime import epoch
from common.domain.refusal import Refusal
from common.domain.worktime import WorkCalendar


class AvailabilityError(Refusal):
    """``interval_reversed``, ``outage_repeated``, ``weight_out_of_range``,
    ``ratio_out_of_range``, ``seconds_negative``, ``mean_time_not_positive``,
    ``milestones_out_of_order``, ``users_not_positive``."""


class OutageKind(StrEnum):
    """What an outage is: nothing worked, nothing was meant to work, or it worked badly."""

    UNPLANNED = "unplanned"
    PLANNED = "planned"
    DEGRADED = "degraded"


class Overlap(StrEnum):
    """Whether outages that overlap or touch are one break (UNION) or each its own (SEPARATE)."""

    UNION = "union"
    SEPARATE = "separate"


class Treatment(StrEnum):
    """What an exclusion does to an outage: nothing, no downtime, or no agreed time either."""

    COUNT = "count"
    EXCUSE = "excuse"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A half-open interval in which a service was not as agreed; no end: still open.

    ``cause`` is a category an agreement may exclude (deployment, customer, ...). The four
    instants of the expanded incident life cycle are optional; restored is the end.
    Raises AvailabilityError ``interval_reversed``, ``milestones_out_of_order``.
    """

    key: str
    start: datetime
    end: datetime | None
    kind: OutageKind = OutageKind.UNPLANNED
    cause: str = ""
    detected_at: datetime | None = None
    diagnosed_at: datetime | None = None
    repaired_at: datetime | None = None
    recovered_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.end is not None and epoch(self.end) < epoch(self.start):
            raise AvailabilityError("interval_reversed", key=self.key)
        known = [epoch(at) for at in self.milestones if at is not None]
        if known != sorted(known):
            raise AvailabilityError("milestones_out_of_order", key=self.key)

    @property
    def milestones(self) -> tuple[datetime | None, ...]:
        """Occurred, detected, diagnosed, repaired, recovered, restored."""
        return (
            self.start,
            self.detected_at,
            self.diagnosed_at,
            self.repaired_at,
            self.recovered_at,
            self.end,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailabilityPolicy:
    """What an agreement says about counting, printed on every report that uses it.

    An outage is treated by its cause where ``by_cause`` names it, else by its kind. Where
    several lie over each other the one that counts most decides: an excused outage never hides
    a counted one. A degraded second costs ``degraded_weight`` (0-1) of a second; whether it is
    a break is a choice of its own.
    """

    hours: WorkCalendar
    overlap: Overlap = Overlap.UNION
    by_kind: Mapping[OutageKind, Treatment] = field(
        default_factory=lambda: {OutageKind.PLANNED: Treatment.EXCUSE}
    )
    by_cause: Mapping[str, Treatment] = field(default_factory=dict)
    degraded_weight: Decimal = Decimal(1)
    degraded_is_break: bool = False

    def __post_init__(self) -> None:
        weight = self.degraded_weight
        if not weight.is_finite() or not 0 <= weight <= 1:
            raise AvailabilityError("weight_out_of_range", weight=str(weight))

    def treatment(self, outage: Outage) -> Treatment:
        """Return what this agreement does with an outage."""
        by_kind = self.by_kind.get(outage.kind, Treatment.COUNT)
        return self.by_cause.get(outage.cause, by_kind)
