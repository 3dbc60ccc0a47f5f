"""The twenty-five services: what they are, what is promised, and how they fare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from demo.tables.reading import read, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """A measure with weekly readings: a level with season, spread, and shifts that stayed."""

    name: str
    unit: str
    better: str
    target: float
    level: float
    spread: float
    season: float = 0
    #: (weeks ago, by how much the level moved from then on)
    shifts: tuple[tuple[int, float], ...] = ()
    #: how far the newest reading lies beside the level
    last: float = 0
    decimals: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One service with its promise and its noise."""

    code: str
    name: str
    unit: str
    tier: int = 3
    status: str = "operational"
    #: code in `demo.people`: whose owner it is; "owner" is the log-in
    owner: str = ""
    users: int = 0
    #: thousands of kronor a year
    cost: int = 0
    hours: str = "office"
    #: promised availability in percent; 0 is no agreement
    available: float = 0
    #: incidents an ordinary week
    weekly: float = 0
    #: share restored in time
    quality: float = 0.965
    #: (weeks ago, factor on incidents, share in time) from then on
    strain: tuple[tuple[int, float, float], ...] = ()
    family: str = "line"
    gauge: Gauge | None = None
    #: (level, target) of the yearly user survey, 1 to 5
    survey: tuple[float, float] | None = None
    #: unplanned outages a year
    outages: float = 6
    retires_in: int = 0
    needs: tuple[tuple[str, str], ...] = ()
    purpose: str = ""


OFFERS: tuple[Offer, ...] = tuple(read("services", Offer))

#: targets of an agreement by tier: priority -> hours of service time
TARGETS: Mapping[int, Mapping[int, int]] = {
    1: {1: 2, 2: 6, 3: 18, 4: 45},
    2: {1: 4, 2: 9, 3: 27, 4: 54},
    3: {1: 6, 2: 12, 3: 36, 4: 72},
    4: {1: 9, 2: 18, 3: 45, 4: 90},
}
#: share that must be restored in time, by priority
SHARES = {1: 90, 2: 90, 3: 85, 4: 80}

#: titles of incidents by family, of outages by kind
TITLES: Mapping[str, Sequence[str]] = words("incidents")
OUTAGES: Mapping[str, Sequence[str]] = words("outages")
CATEGORIES = ("Fault", "Access", "Performance", "Question")
GROUPS = {
    "workplace": "Service desk",
    "access": "Identity team",
    "network": "Network team",
    "web": "Web team",
    "school": "Application support",
    "line": "Application support",
}

#: outages that are part of the story: (service, kind, days ago, hour, minutes, title); 0 goes on
STORIES = (
    ("homecare", "unplanned", 4, 6, 255, "Plans could not be opened after the night's update"),
    ("eservice", "unplanned", 12, 10, 95, "Sign-in to e-services refused"),
    ("eservice", "degraded", 1, 20, 0, "Attachments above 5 MB are refused"),
    ("identity", "degraded", 6, 8, 140, "Two-step codes arrived late"),
    ("network", "unplanned", 2, 9, 35, "Core switch restarted"),
    ("workplace", "degraded", 11, 8, 80, "Sign-in takes several minutes"),
    ("workplace", "unplanned", 38, 13, 25, "Remote desktops down"),
    ("workplace", "planned", 24, 18, 120, "Monthly updates"),
    ("print", "unplanned", 14, 10, 150, "Print server out of disk"),
    ("phone", "unplanned", 20, 11, 20, "Fault at the operator"),
    ("school", "planned", 16, 18, 120, "Database moved to new storage"),
    ("mail", "planned", 9, 19, 90, "Mail gateway renewed"),
    ("cases", "unplanned", 27, 13, 45, "Search index damaged"),
    ("website", "planned", 23, 22, 60, "New certificate chain"),
    ("payroll", "planned", 19, 18, 75, "Yearly upgrade"),
)
#: what stands in the service calendar: (kind, service or "", unit, in days, days long, title)
ENTRIES = (
    ("freeze", "", "", 22, 24, "Year-end freeze"),
    ("go_live", "sso", "", 2, 1, "School sign-on, all schools"),
    ("go_live", "eservice", "", 24, 1, "E-services relaunch"),
    ("change", "network", "", 5, 1, "Core switch, east ring"),
    ("change", "network", "", 16, 1, "Core switch, west ring"),
    ("change", "identity", "", 9, 1, "New rules for leaving staff"),
    ("maintenance", "cases", "", 12, 1, "Quarterly upgrade"),
    ("maintenance", "finance", "", 19, 1, "Year-end preparations"),
    ("maintenance", "mail", "", 33, 1, "Security updates"),
    ("early_life", "sso", "", 2, 30, "Early life support, school sign-on"),
    ("early_life", "signing", "", -20, 42, "Early life support, second release"),
    ("measuring", "network", "", -14, 56, "Lost minutes after the Wi-Fi renewal"),
    ("measuring", "identity", "", 14, 56, "Access lead time after the new rules"),
    ("measuring", "school", "", -42, 56, "Time to restore after the storage move"),
    ("freeze", "payroll", "", 13, 4, "Payroll run"),
)
