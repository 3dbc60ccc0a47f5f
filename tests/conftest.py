"""What every test may use."""

import datetime as dt
import os
from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import settings

from accounts.domain.roles import Role
from accounts.models import Unit, User
from common import calendars
from tests.factories.accounts import make_organisation, make_person

# A slow machine is no failed property: no test here is timed.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_report_header() -> str:
    """Say which database runs, so that no run is taken for another."""
    return f"database: {connection.vendor}"


@pytest.fixture(autouse=True, scope="session")
def _the_database_is_the_one_asked_for() -> None:
    """A run that was meant for PostgreSQL must not pass on SQLite."""
    expected = os.environ.get("EXPECTED_VENDOR")
    assert expected in {None, "", connection.vendor}


#: when every test begins, unless it says otherwise: an ordinary Wednesday at noon in Stockholm
NOW = dt.datetime(2026, 11, 25, 11, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _one_day(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the suite pass on every day of the year, not only on the one it was written on.

    Time goes on from there. Faults start processes of their own, which live today; so does the
    demo organisation, whose past is told from the day it is loaded.
    """
    if {"faults", "demo"} & set(request.path.parts):
        yield
        return
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(autouse=True)
def _fresh_surroundings() -> None:
    """No test inherits another's language, nor a calendar whose number is given out again."""
    translation.activate("en")
    calendars._KEPT.clear()


@pytest.fixture
def clear_cache(db: None) -> None:
    """Forget rate limits."""
    cache.clear()


@pytest.fixture
def organisation(db: None) -> Unit:
    """A root unit in Stockholm time."""
    return make_organisation(name="Nordvik")


@pytest.fixture
def pmo(organisation: Unit) -> User:
    """The lead of the project office."""
    return make_person(unit=organisation, role=Role.PMO_LEAD, username="pmo")


@pytest.fixture
def smo(organisation: Unit) -> User:
    """The lead of the service office."""
    return make_person(unit=organisation, role=Role.SMO_LEAD, username="smo")


@pytest.fixture
def stranger(db: None) -> User:
    """Somebody of another organisation."""
    return make_person(
        unit=make_organisation(name="Elsewhere"), role=Role.PMO_LEAD, username="stranger"
    )
