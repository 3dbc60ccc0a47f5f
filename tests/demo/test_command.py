"""Loading and unloading from the shell: refusals, repetition, and what is left."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Unit
from common import clock
from common.models import WorkCalendar
from demo import load as loading
from demo.load import Loaded, is_loaded
from demo.moment import at
from services.models import Incident
from tests.factories.accounts import make_organisation, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


def said(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("demo", *args, stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize("deed", ["load", "unload"])
def test_it_is_refused_outside_demo_mode(deed: str, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        said(deed)
    assert not Unit.objects.exists()


@pytest.mark.usefixtures("demo_mode")
def test_data_of_others_is_left_alone() -> None:
    make_organisation()
    assert said("load", if_empty=True).count("\n") == 1
    assert not is_loaded()


@pytest.mark.usefixtures("demo_mode")
def test_nothing_to_unload_is_said() -> None:
    with pytest.raises(CommandError, match="no demo organisation"):
        said("unload")


@pytest.mark.usefixtures("demo_mode")
def test_a_taken_log_in_stops_it_before_anything_is_written() -> None:
    make_person(username="pmo")
    with pytest.raises(CommandError, match="pmo belongs to somebody else"):
        said("load")
    assert not is_loaded()
    assert not WorkCalendar.objects.filter(name__startswith="Nordvik").exists()


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(dt.date(2027, 1, 3), id="a Sunday in the holidays"),
        pytest.param(dt.date(2028, 2, 29), id="a leap day"),
    ],
)
def test_any_day_will_do(day: dt.date) -> None:
    with clock.standing_at(at(day, 9)):
        found: Loaded = loading.load()
    assert found.projects > 40
    assert not Incident.objects.filter(opened_at__gte=at(day, 0)).exists()
    assert Incident.objects.filter(opened_at__gte=at(day, 0) - dt.timedelta(days=4)).exists()
