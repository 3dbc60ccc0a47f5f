"""What every test may use."""

import os

import pytest
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
