"""What cannot be judged stops nobody, is tried again, and is told to those who may know."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client

from accounts.models import Unit, User
from common.models import ChangeMark
from portfolio import actions
from portfolio.actions import rollup
from portfolio.models import RollupRun, SnapshotDay, Unjudged
from portfolio.sides import SIDES
from projects.models import Project, ProjectStanding
from tests.factories.accounts import make_organisation
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db

BEGUN = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.fixture
def time() -> Iterator[Any]:
    with time_machine.travel(BEGUN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bad(organisation: Unit, time: Any, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project that cannot be judged until it is renamed, beside a good one."""
    make_project(unit=organisation, name="Good")
    project = make_project(unit=organisation, name="Bad")
    side = SIDES["project"]

    def restand(ids: list[int], **rest: Any) -> Any:
        if project.pk in ids and Project.objects.get(pk=project.pk).name == "Bad":
            raise ZeroDivisionError
        return side.restand(ids, **rest)

    monkeypatch.setitem(rollup.SIDES, "project", replace(side, restand=restand))
    return project


def test_the_others_are_judged_and_the_bad_one_is_tried_again_ever_later(
    bad: Project, time: Any
) -> None:
    actions.sweep()
    assert set(ProjectStanding.objects.values_list("project__name", flat=True)) == {"Good"}

    tries = []
    for minute in range(60):
        if actions.sweep():
            tries.append(minute)
        time.shift(dt.timedelta(minutes=1))

    assert tries == [1, 6, 36]
    assert Unjudged.objects.need_attention().get().fault == "ZeroDivisionError"


def test_an_edit_has_it_judged_at_once_and_forgotten(bad: Project, pmo: User) -> None:
    from projects.actions import edit_project

    actions.sweep()
    edit_project(bad, {"name": "Mended"}, by=pmo, version=bad.version)

    actions.sweep()

    assert ProjectStanding.objects.filter(project=bad).exists()
    assert Unjudged.objects.count() == 0


def test_readers_are_told_and_see_only_what_they_may_open(
    bad: Project, pmo: User, stranger: User, time: Any
) -> None:
    actions.sweep()
    for minutes in (1, 5, 30):
        time.shift(dt.timedelta(minutes=minutes))
        actions.sweep()
    reader, other = Client(), Client()
    reader.force_login(pmo)
    other.force_login(stranger)

    assert "Some records could not be judged" in reader.get("/today/").content.decode()
    page = reader.get("/about/").content.decode()
    assert bad.key in page
    assert "needs somebody to look" in page
    assert bad.key not in other.get("/about/").content.decode()


def test_a_database_that_is_gone_is_no_record_s_fault(
    organisation: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project(unit=organisation)
    monkeypatch.setattr(rollup, "is_of_the_database", lambda fault: True)

    def restand(ids: list[int], **rest: Any) -> Any:
        raise OperationalError("locked")

    monkeypatch.setitem(rollup.SIDES, "project", replace(SIDES["project"], restand=restand))
    marks = ChangeMark.objects.count()

    with pytest.raises(OperationalError):
        actions.sweep()

    assert ChangeMark.objects.count() == marks
    assert Unjudged.objects.count() == 0


def test_a_run_that_was_killed_is_buried_by_the_next_full_one(
    organisation: Unit, time: Any
) -> None:
    killed = RollupRun.objects.create(mode="full", started_at=BEGUN, heartbeat_at=BEGUN)
    assert actions.full() is None
    time.shift(dt.timedelta(minutes=4))

    assert actions.full() is not None

    killed.refresh_from_db()
    assert killed.state == "failed"


def test_an_organisation_whose_day_cannot_be_written_stops_no_other(time: Any) -> None:
    broken, whole = make_organisation(), make_organisation()
    actions.full()
    make_project(unit=whole)
    actions.sweep()
    Unit.objects.filter(pk=broken.pk).update(zone="Europe/Nowhere")
    time.shift(dt.timedelta(days=1))

    actions.close_missed_days()

    assert list(SnapshotDay.objects.values_list("root", flat=True)) == [whole.pk]
    run = RollupRun.objects.get(mode="day_end", state="failed")
    assert run.failures == [["unit", broken.pk, "ZoneInfoNotFoundError"]]
