"""People and units for tests: explicit, with realistic defaults."""

import itertools

from accounts.actions import assign_role, create_person, create_unit
from accounts.domain.roles import Role
from accounts.models import Unit, User
from common.models import WorkCalendar, WorkSegment

_numbers = itertools.count(1)


def make_calendar(
    *,
    name: str | None = None,
    zone: str = "Europe/Stockholm",
    from_hour: int = 8,
    to_hour: int = 17,
) -> WorkCalendar:
    """Monday to Friday, one segment a day."""
    calendar = WorkCalendar.objects.create(name=name or f"Office hours {next(_numbers)}", zone=zone)
    WorkSegment.objects.bulk_create(
        [
            WorkSegment(
                calendar=calendar, weekday=day, start_minute=from_hour * 60, end_minute=to_hour * 60
            )
            for day in range(5)
        ]
    )
    return calendar


def make_organisation(
    *, name: str | None = None, currency: str = "SEK", calendar: WorkCalendar | None = None
) -> Unit:
    """A root unit in Stockholm time."""
    return create_unit(
        name or f"Organisation {next(_numbers)}",
        by=None,
        currency=currency,
        zone="Europe/Stockholm",
        calendar=calendar or make_calendar(),
    )


def make_unit(*, parent: Unit, name: str | None = None, is_confidential: bool = False) -> Unit:
    """A department under a parent."""
    return create_unit(
        name or f"Unit {next(_numbers)}", by=None, parent=parent, is_confidential=is_confidential
    )


def make_person(
    *,
    unit: Unit | None = None,
    role: Role | None = None,
    with_money: bool = False,
    username: str | None = None,
) -> User:
    """A person who can log in with "demo"; with a role in the unit when both are given."""
    user = create_person(
        username or f"person{next(_numbers)}",
        by=None,
        name=f"Person {next(_numbers)}",
        unit=unit,
        password="demo",
    )
    if role and unit:
        assign_role(user, role, unit, by=None, with_money=with_money)
    return user
