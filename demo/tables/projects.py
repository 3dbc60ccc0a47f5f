"""The forty projects: what they are, how they go, and what their managers say of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.tables.reading import read, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One project. Days count from today: `began` days ago, over `length` days as approved."""

    name: str
    unit: str
    type: str
    tier: str
    phase: str
    began: int
    length: int
    #: thousands of kronor, as approved
    budget: int
    purpose: str
    #: days the expected finish lies after the approved one
    slip: int = 0
    #: percent the forecast lies above the approved budget
    over: float = 0
    #: low | raised | severe
    risk: str = "low"
    #: what reports say beside the measure: honest | optimistic | stale
    report: str = "honest"
    #: how slip and cost came about: steady | fresh (with the newest report) | better (was worse)
    course: str = "steady"
    #: days since the newest report; 0 lets the tier's cadence decide
    reported: int = 0
    manager: str = ""
    has_sponsor: bool = True
    #: whether its reports give any figure of cost
    has_cost: bool = True
    overlay: str = ""
    #: what the newest report asks the sponsor for
    asks: str = ""
    #: what has happened since the newest report: "" or risk (one turned unacceptable)
    since: str = ""


#: code -> (English, Swedish, delivers to operation)
TYPES = {
    "system": ("System and service", "System och tjänst", True),
    "infrastructure": ("Infrastructure", "Infrastruktur", True),
    "process": ("Process and organisation", "Process och organisation", False),
    "building": ("Building and facilities", "Bygg och anläggning", False),
}

PLANS: tuple[Plan, ...] = tuple(read("projects", Plan))

#: a risk as (title, response), and milestones in order, by type
RISKS: Mapping[str, Sequence[tuple[str, str]]] = words("risks")
MILESTONES: Mapping[str, Sequence[str]] = words("milestones")
_REPORTS: Mapping[str, Sequence[str]] = words("reports")
ISSUES = _REPORTS["issues"]
SUMMARIES = _REPORTS["summaries"]
NEXT_STEPS = _REPORTS["next_steps"]

EXCUSES = {
    "schedule": "The supplier has a recovery plan; two of four delays are made up.",
    "cost": "Half of the overrun is a claim that we expect to win.",
    "risk": "The response starts this week and takes the risk below tolerance.",
}
