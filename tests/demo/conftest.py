"""The demo organisation, loaded once for a module and rolled back at its end."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from common import calendars
from demo.load import Loaded, load


@pytest.fixture(scope="module")
def nordvik(django_db_setup: None, django_db_blocker: Any) -> Iterator[Loaded]:
    """The demo as of today; what a test changes in it is taken back after the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        calendars._KEPT.clear()
        yield load()
        transaction.set_rollback(True)


@pytest.fixture
def demo_mode(settings: Any) -> None:
    """As if the site had been started with DEMO=1."""
    settings.DEMO = True
