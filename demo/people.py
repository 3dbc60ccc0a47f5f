"""The municipality itself: units, working calendars, and people by role."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import holidays
from django.contrib.auth.hashers import make_password

from accounts.actions import assign_role, create_person, create_unit
from accounts.domain.roles import Role
from accounts.models import Unit, User
from common.models import CalendarException, WorkCalendar, WorkSegment
from demo.moment import ZONE, Moment
from demo.refusal import DemoRefused

SOURCE = "demo"
ORGANISATION = "Nordvik (invented)"
#: reserved for examples by RFC 2606, so that no letter ever reaches anybody
DOMAIN = "nordvik.example"
PASSWORD = "demo"  # noqa: S105  public on purpose, refused outside demo mode

#: administration -> (name, departments as code -> name)
TREE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "office": (
        "City Management Office",
        {"contact": "Citizen Contact", "finance": "Finance", "hr": "Human Resources"},
    ),
    "digital": (
        "Digital Services",
        {
            "workplace": "Digital Workplace",
            "platforms": "Platforms and Networks",
            "applications": "Applications",
        },
    ),
    "education": (
        "Education",
        {"preschool": "Preschools", "schools": "Schools", "upper": "Upper Secondary School"},
    ),
    "social": (
        "Social Services",
        {"elderly": "Elderly Care", "families": "Individual and Family Care"},
    ),
    "planning": (
        "Urban Planning",
        {"permits": "Building Permits", "geodata": "Surveying and Geodata"},
    ),
    "technical": (
        "Technical Services",
        {"water": "Water and Waste", "streets": "Streets and Parks", "property": "Property"},
    ),
    "culture": ("Culture and Leisure", {"libraries": "Libraries", "leisure": "Sports and Leisure"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A person of the demo by role: what they are called, where they sit, what they may do."""

    username: str
    title: str
    unit: str
    role: Role | None = None
    #: where the role holds; empty is the whole organisation
    scope: str = ""
    with_money: bool = False
    logs_in: bool = False


_LOGINS = (
    Seat(username="pmo", title="Head of the Project Office", unit="office", role=Role.PMO_LEAD),
    Seat(username="smo", title="Head of the Service Office", unit="digital", role=Role.SMO_LEAD),
    Seat(
        username="pm",
        title="Project manager, Digital Services",
        unit="digital",
        role=Role.PROJECT_MANAGER,
    ),
    Seat(
        username="owner",
        title="Service owner, Digital Workplace",
        unit="workplace",
        role=Role.SERVICE_OWNER,
    ),
    Seat(
        username="benefit",
        title="Process owner, Social Services",
        unit="social",
        role=Role.PROCESS_OWNER,
    ),
    Seat(
        username="manager",
        title="Improvement manager",
        unit="office",
        role=Role.IMPROVEMENT_MANAGER,
    ),
    Seat(
        username="executive",
        title="Municipal director",
        unit="office",
        role=Role.EXECUTIVE,
        with_money=True,
    ),
    Seat(username="auditor", title="Internal auditor", unit="office", role=Role.AUDITOR),
    Seat(username="admin", title="System administrator", unit="digital", role=Role.APP_ADMIN),
)
_OTHERS = (
    ("pm", "Project manager", Role.PROJECT_MANAGER),
    ("owner", "Service owner", Role.SERVICE_OWNER),
    ("director", "Director", Role.EXECUTIVE),
)


def seats() -> Sequence[Seat]:
    """Return everybody: the nine who log in, and a manager, an owner and a director a side."""
    others = [
        Seat(
            username=f"nordvik.{word}.{code}",
            title=f"{title}, {name}",
            unit=code,
            role=role,
            scope=code,
        )
        for code, (name, _departments) in TREE.items()
        for word, title, role in _OTHERS
    ]
    logins = [
        Seat(
            username=seat.username,
            title=seat.title,
            unit=seat.unit,
            role=seat.role,
            with_money=seat.with_money,
            logs_in=True,
        )
        for seat in _LOGINS
    ]
    return [*logins, *others]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the rest of the demo is put into: the organisation and its parts by code."""

    moment: Moment
    root: Unit
    units: Mapping[str, Unit]
    people: Mapping[str, User]
    calendars: Mapping[str, WorkCalendar]


def build(moment: Moment) -> House:
    """Build the organisation. Refused when one of its log-ins is somebody else's."""
    calendars = _calendars(moment)
    root = create_unit(
        ORGANISATION,
        by=None,
        currency="SEK",
        zone=ZONE,
        calendar=calendars["office"],
        source=SOURCE,
        external_id=SOURCE,
    )
    units = {"": root}
    for code, (name, departments) in TREE.items():
        units[code] = create_unit(
            name, by=None, parent=root, kind="portfolio", source=SOURCE, external_id=code
        )
        for part, title in departments.items():
            units[part] = create_unit(
                title, by=None, parent=units[code], source=SOURCE, external_id=part
            )
    # Hashing is slow on purpose; nine equal passwords need it once.
    password = make_password(PASSWORD)
    people = {seat.username: _seat(seat, units, password) for seat in seats()}
    return House(moment=moment, root=root, units=units, people=people, calendars=calendars)


def _seat(seat: Seat, units: Mapping[str, Unit], password: str) -> User:
    known = User.objects.filter(username__iexact=seat.username).first()
    if known is not None and not known.email.endswith("@" + DOMAIN):
        raise DemoRefused(
            f"The user name {seat.username} belongs to somebody else. "
            "Rename that person in the administration, then load the demo again."
        )
    person = known or create_person(
        seat.username,
        by=None,
        email=f"{seat.username}@{DOMAIN}",
        title=seat.title,
        unit=units[seat.unit],
    )
    person.unit, person.is_active, person.title = units[seat.unit], True, seat.title
    person.password = password if seat.logs_in else make_password(None)
    person.save(update_fields=["unit", "is_active", "title", "password"])
    if seat.role:
        assign_role(person, seat.role, units[seat.scope], by=None, with_money=seat.with_money)
    return person


#: code -> (name, weekday -> (from minute, to minute)), Monday is 0
HOURS: Mapping[str, tuple[str, Mapping[int, tuple[int, int]]]] = {
    "office": ("Nordvik office hours", dict.fromkeys(range(5), (8 * 60, 17 * 60))),
    "extended": (
        "Nordvik extended hours",
        {**dict.fromkeys(range(5), (7 * 60, 20 * 60)), 5: (9 * 60, 16 * 60)},
    ),
    "always": ("Nordvik around the clock", dict.fromkeys(range(7), (0, 1440))),
}


def _calendars(moment: Moment) -> dict[str, WorkCalendar]:
    found = {}
    for code, (name, week) in HOURS.items():
        row = found[code] = WorkCalendar.objects.create(name=name, zone=ZONE)
        WorkSegment.objects.bulk_create(
            WorkSegment(calendar=row, weekday=day, start_minute=start, end_minute=end)
            for day, (start, end) in week.items()
        )
        if code != "always":
            CalendarException.objects.bulk_create(
                CalendarException(calendar=row, on=day, name=name)
                for day, name in free_days(moment.today.year)
            )
    return found


def free_days(year: int) -> list[tuple[dt.date, str]]:
    """Return Swedish holidays and the eves that are free too, two years either side of a year."""
    swedish = holidays.country_holidays(
        "SE",
        years=range(year - 2, year + 3),
        categories=("public", "de_facto"),
        language="sv",
    )
    return sorted((day, name[:120]) for day, name in swedish.items())
