"""The roll-up over all three sides at once: races, zones, random edits, nothing counted twice."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection, connections, transaction

from accounts.actions import create_unit, move_unit
from accounts.models import Unit, User
from common import clock
from common.errors import Refused
from common.models import ChangeMark
from improvements.actions import Wish, decide
from improvements.actions import edit as edit_improvement
from improvements.domain.approvals import Deed
from improvements.models import Improvement, ImprovementStanding
from portfolio import actions
from portfolio.models import RollupRun, Snapshot, SnapshotDay, StandingChange, UnitTotal
from portfolio.sides import SIDES
from projects.actions import add_risk, edit_project
from projects.models import Project, ProjectStanding
from services.actions import close_outage
from services.models import Service, ServiceStanding
from tests.factories.accounts import make_calendar, make_organisation, make_unit
from tests.factories.improvements import make_improvement
from tests.factories.projects import make_project
from tests.factories.services import make_agreement, make_incident, make_outage
from tests.factories.world import make_keeper, make_records

pytestmark = pytest.mark.django_db


def _cost(chance: random.Random, keeper: User) -> None:
    project = chance.choice(list(Project.objects.all()))
    values = {"forecast_cost": Decimal(chance.randrange(500_000, 1_500_000))}
    edit_project(project, values, by=keeper, version=project.version)  # type: ignore[arg-type]


def _risk(chance: random.Random, keeper: User) -> None:
    values = {
        "title": "R",
        "probability": chance.randint(1, 5),
        "consequence": chance.randint(1, 5),
    }
    add_risk(chance.choice(list(Project.objects.all())), values, by=keeper)  # type: ignore[arg-type]


def _outage(chance: random.Random, keeper: User) -> None:
    service = chance.choice(list(Service.objects.all()))
    begun = clock.now() - dt.timedelta(days=chance.randint(1, 80))
    make_outage(service=service, starts_at=begun, hours=chance.choice([0.5, 4, 30]))


def _down(chance: random.Random, keeper: User) -> None:
    service = chance.choice(list(Service.objects.all()))
    outage = make_outage(service=service, starts_at=clock.now(), hours=None)
    if chance.random() < 0.5:
        close_outage(outage, by=keeper, expected=outage.version, ends_at=clock.now())


def _promise(chance: random.Random, keeper: User) -> None:
    service = chance.choice(list(Service.objects.all()))
    make_agreement(
        service=service,
        availability=Decimal(chance.choice(["90", "99.9"])),
        starts_on=dt.date(2021, 1, 1) + dt.timedelta(days=chance.randrange(1800)),
    )


def _propose(chance: random.Random, keeper: User) -> None:
    make_improvement(by=keeper, unit=chance.choice(list(Unit.objects.exclude(parent=None))))


def _decline(chance: random.Random, keeper: User) -> None:
    row = chance.choice(list(Improvement.objects.all()))
    if row.state == "captured":
        decide(row, Wish(deed=Deed.DECLINE, reason="No"), by=keeper, expected=row.version)


def _effort(chance: random.Random, keeper: User) -> None:
    row = chance.choice(list(Improvement.objects.all()))
    if row.state == "captured":
        values = {"effort_days": Decimal(chance.randint(1, 90))}
        edit_improvement(row, values, by=keeper, expected=row.version)


def _move(chance: random.Random, keeper: User) -> None:
    units = list(Unit.objects.exclude(parent=None))
    unit, parent = chance.sample(units, 2)
    if not parent.path.startswith(unit.path) and unit.root_id == parent.root_id:
        move_unit(unit, parent=parent, by=None)


DEEDS: list[Callable[[random.Random, User], None]] = [
    _cost, _risk, _outage, _down, _promise, _propose, _decline, _effort, _move,
]  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_whatever_people_do_incremental_equals_full(organisation: Unit, seed: int) -> None:
    """All at one instant: an outage that goes on would come to more from second to second."""
    with clock.standing_at(clock.now()):
        _live_and_compare(organisation, random.Random(seed))


def _live_and_compare(organisation: Unit, chance: random.Random) -> None:
    keeper = make_keeper(organisation)
    for _ in range(2):
        unit = make_unit(parent=organisation)
        make_records(unit=unit, word="R", by=keeper)
    for _ in range(25):
        with suppress(Refused), transaction.atomic():
            chance.choice(DEEDS)(chance, keeper)
        if chance.random() < 0.3:
            actions.sweep()
    while actions.sweep():
        pass
    stood = {kind: _plain(side.standing) for kind, side in SIDES.items()}

    for side in SIDES.values():
        side.standing.objects.all().delete()
    actions.full()

    assert {kind: _plain(side.standing) for kind, side in SIDES.items()} == stood
    assert actions.verify().differences == 0
    assert ChangeMark.objects.count() == 0


def _plain(standing: Any) -> dict[int, tuple[Any, ...]]:
    unlike = {"stood_at"}
    names = [f.attname for f in standing._meta.concrete_fields if f.attname not in unlike]
    return {row[0]: row for row in standing.objects.values_list("pk", *names)}


def test_the_last_change_of_every_subject_is_how_it_stands(organisation: Unit) -> None:
    """Days that are filled late are read from these: they must not lag behind."""
    keeper = make_keeper(organisation)
    make_records(unit=organisation, word="R", by=keeper)
    chance = random.Random(7)
    for _ in range(15):
        _cost(chance, keeper)
        actions.sweep()

    for kind, side in SIDES.items():
        newest = dict(
            StandingChange.objects.filter(kind=kind).order_by("id").values_list("object_id", "new")
        )
        assert newest == dict(side.standing.objects.values_list("pk", "overall"))


@pytest.mark.django_db(transaction=True)
def test_sweeps_that_race_lose_nothing_and_count_nothing_twice() -> None:
    organisation = make_organisation()
    projects = [make_project(unit=organisation) for _ in range(12)]
    start = Barrier(4)

    def sweep(_: int) -> None:
        try:
            start.wait(20)
            for _turn in range(4):
                actions.sweep(limit=5)
        finally:
            connections.close_all()

    def edit(number: int) -> None:
        try:
            start.wait(20)
            for project in projects[number::2]:
                row = Project.objects.get(pk=project.pk)
                edit_project(
                    row, {"forecast_cost": Decimal(1_900_000)}, by=None, version=row.version
                )
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(sweep, n) for n in range(2)] + [pool.submit(edit, n) for n in range(2)]
        for run in runs:
            run.result(60)
    while actions.sweep():
        pass

    assert ChangeMark.objects.count() == 0
    assert set(ProjectStanding.objects.values_list("cost", flat=True)) == {"red"}
    assert ProjectStanding.objects.count() == len(projects)
    first = Counter(
        StandingChange.objects.filter(kind="project", old=None).values_list("object_id", flat=True)
    )
    assert set(first.values()) == {1}
    assert actions.verify().differences == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
def test_two_workers_that_close_the_same_day_write_it_once() -> None:
    with time_machine.travel("2026-11-02T12:00:00+00:00", tick=False) as traveller:
        organisation = make_organisation()
        make_project(unit=organisation)
        actions.full()
        traveller.shift(dt.timedelta(days=1))
        start = Barrier(2)

        def close(_: int) -> Any:
            try:
                start.wait(20)
                return actions.close_missed_days()
            except Exception as fault:  # noqa: BLE001  looked at below
                return fault
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(close, range(2)))

        assert not [answer for answer in answers if isinstance(answer, Exception)], answers
        assert Snapshot.objects.count() == 1
        assert SnapshotDay.objects.count() == 1
        assert UnitTotal.objects.filter(kind="project").count() == 1


def test_organisations_in_other_zones_end_their_days_on_their_own_clocks() -> None:
    zones = ["Pacific/Auckland", "Europe/Stockholm", "America/New_York"]
    with time_machine.travel("2026-11-02T12:00:00+00:00", tick=False) as traveller:
        roots = {}
        for zone in zones:
            roots[zone] = create_unit(
                zone, by=None, currency="SEK", zone=zone, calendar=make_calendar(zone=zone)
            )
            make_project(unit=roots[zone])
        actions.full()
        written: dict[str, list[str]] = {}
        for _ in range(24):
            traveller.shift(dt.timedelta(hours=1))
            for day in actions.close_missed_days():
                written.setdefault(day.root.zone, []).append(f"{day.on} {clock.now():%dT%H}")

    # Midnight in Auckland (+13) is 11:00, in Stockholm (+1) 23:00, in New York (-5) 05:00; in
    # Auckland it was the 3rd already when the first roll-up ran.
    assert written == {
        "Pacific/Auckland": ["2026-11-03 03T11"],
        "Europe/Stockholm": ["2026-11-02 02T23"],
        "America/New_York": ["2026-11-02 03T05"],
    }


@pytest.mark.parametrize("seed", range(3))
def test_parts_add_up_to_the_whole_in_every_unit(organisation: Unit, seed: int) -> None:
    chance = random.Random(seed)
    units = [organisation]
    for _ in range(6):
        units.append(make_unit(parent=Unit.objects.get(pk=chance.choice(units).pk)))
    for _ in range(15):
        make_project(
            unit=Unit.objects.get(pk=chance.choice(units).pk),
            current_budget=Decimal(chance.randrange(1, 10**9)) / 100,
            phase=chance.choice(["executing", "planning", "closed"]),
        )
    actions.full()

    actions.write_day(organisation, clock.today())

    totals = {row.unit_id: row for row in UnitTotal.objects.filter(kind="project")}
    live = Project.objects.exclude(phase="closed")
    for unit in Unit.objects.all():
        here = list(live.filter(unit__path__startswith=unit.path))
        total = totals.get(unit.pk)
        assert (total.subjects if total else 0) == len(here)
        if total:
            assert total.money == sum((row.current_budget for row in here), Decimal(0))
            parts = (total.money_green, total.money_amber, total.money_red, total.money_grey)
            assert total.money == sum(parts, Decimal(0))
            assert total.subjects == total.green + total.amber + total.red + total.grey


def test_a_reopened_day_keeps_what_was_written_first(organisation: Unit, pmo: User) -> None:
    later = dict.fromkeys(
        ("planned_finish_on", "baseline_finish_on", "forecast_finish_on"), dt.date(2090, 1, 1)
    )
    project = make_project(unit=organisation, forecast_cost=Decimal(1_900_000), **later)
    actions.full()
    today = clock.today(organisation.zone)
    actions.write_day(organisation, today, is_over=True)
    first = Snapshot.objects.get()

    actions.reopen_day(organisation, today, by=pmo, reason="The forecast came late.")
    row = Project.objects.get(pk=project.pk)
    edit_project(row, {"forecast_cost": Decimal(1_000_000)}, by=None, version=row.version)
    actions.sweep()
    day = actions.write_day(organisation, today, is_over=True)

    assert day.revision == 2
    assert [(s.revision, s.dims["cost"]) for s in Snapshot.objects.order_by("revision")] == [
        (1, first.dims["cost"]), (2, "green"),
    ]  # fmt: skip
    assert first.dims["cost"] == "red"
    with pytest.raises(Exception, match="is closed"):
        actions.write_day(organisation, today)


def test_a_day_that_has_not_begun_is_refused(organisation: Unit) -> None:
    tomorrow = clock.today(organisation.zone) + dt.timedelta(days=1)

    with pytest.raises(Exception, match="has not begun"):
        actions.write_day(organisation, tomorrow)

    assert RollupRun.objects.filter(mode="day_end").count() == 0


def test_what_is_archived_is_in_no_total_and_no_snapshot(organisation: Unit) -> None:
    make_project(unit=organisation)
    gone = make_project(unit=organisation)
    Project.objects.filter(pk=gone.pk).update(archived_at=clock.now())
    actions.full()

    actions.write_day(organisation, clock.today(organisation.zone))

    assert Snapshot.objects.filter(kind="project").count() == 1
    assert UnitTotal.objects.get(kind="project").subjects == 1


def test_every_side_stands_after_one_full_run(organisation: Unit) -> None:
    records = make_records(unit=organisation, word="R", by=make_keeper(organisation))
    make_incident(service=records.service, opened_at=clock.now())

    run = actions.full()

    assert run is not None
    assert run.failures == []
    assert ProjectStanding.objects.filter(project=records.project).exists()
    assert ServiceStanding.objects.filter(service=records.service).exists()
    assert ImprovementStanding.objects.filter(improvement=records.improvement).exists()
