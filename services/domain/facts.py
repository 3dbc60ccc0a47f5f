"""What the judgement of a service is made of, as read from its rows at one instant."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from common.domain.worktime import WorkCalendar
from services.domain.availability import Outage
from services.domain.trend import Course

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFacts:
    """A promised share in percent for one priority."""

    priority: int
    measure: str
    share: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the agreement in force promises; hours are its own, the service's or the root's."""

    version_no: int
    availability: Decimal | None
    degraded_weight: Decimal
    counts_planned: bool
    targets: tuple[TargetFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Incidents of one priority with a computed result in the last complete and this month."""

    priority: int
    measure: str
    met: int
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Open incidents and the flow of the last 28 days.

    `ages` counts open ones up to 1, 7, 30 days and older. `reported` and `agrees` compare the
    source's own result with the computed one.
    """

    open: int = 0
    late: int = 0
    major: int = 0
    without_target: int = 0
    ages: tuple[int, int, int, int] = (0, 0, 0, 0)
    opened: int = 0
    resolved: int = 0
    reported: int = 0
    agrees: int = 0

    @property
    def old(self) -> int:
        """Open ones in the oldest bucket."""
        return self.ages[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything the judgement of one service needs, as read at one instant."""

    service_id: int
    read_at: datetime
    #: first instant of the last 30 local days, of the last complete month and of this month
    window_start: datetime
    month_start: datetime
    month_end: datetime
    is_live: bool
    has_owner: bool
    hours: WorkCalendar
    promise: Promise | None
    #: whether an outage or a gap has ever been recorded: silence alone is not availability
    is_watched: bool
    outages: tuple[Outage, ...]
    gaps: tuple[tuple[datetime, datetime], ...]
    tallies: tuple[Tally, ...]
    backlog: Backlog
    newest_incident: date | None
    newest_outage: date | None
    primary: Course | None
    satisfaction: Course | None
    #: what was promised at the end of the last complete month, and its hours
    month_promise: Promise | None = None
    month_hours: WorkCalendar | None = None
    #: first local day of the last complete month: since then results in time are counted
    month_on: date | None = None


def shown_percent(value: Decimal, decimals: int) -> str:
    """Return a percentage as every screen shows it, without its sign; never rounded up to 100."""
    step = Decimal(1).scaleb(-decimals)
    rounded = value.quantize(step, rounding=ROUND_HALF_UP)
    if rounded == HUNDRED and value < HUNDRED:
        rounded = HUNDRED - step
    return f"{rounded:f}".replace(".", ",")


def shown_number(value: Decimal) -> str:
    """Return a reading as every screen shows it: no needless zeros, decimal comma, real minus."""
    text = f"{value.normalize():f}"
    return text.replace(".", ",").replace("-", "\u2212")
