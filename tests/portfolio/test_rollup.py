"""The roll-up follows edits, loses none, and says the same as a judgement from nothing."""

import datetime as dt
import random
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Unit, User
from common import clock
from common.models import ChangeMark
from portfolio import actions
from portfolio.actions import rollup
from portfolio.models import RollupRun, Snapshot, SnapshotDay, StandingChange, UnitTotal
from portfolio.sides import SIDES
from projects.actions import add_risk, edit_project
from projects.models import Project, ProjectStanding
from tests.factories.accounts import make_organisation, make_unit
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


def _edit(project: object, **values: object) -> None:
    project.refresh_from_db()  # type: ignore[attr-defined]
    edit_project(project, values, by=None, version=project.version)  # type: ignore[arg-type, attr-defined]


def test_an_edit_is_followed_by_the_next_sweep(organisation: Unit) -> None:
    project = make_project(
        unit=organisation, approved_budget=Decimal(100), forecast_cost=Decimal(100)
    )
    actions.sweep()
    first = ProjectStanding.objects.get(project=project).cost

    _edit(project, forecast_cost=Decimal(150))
    run = actions.sweep()

    standing = ProjectStanding.objects.get(project=project)
    assert (first, standing.cost) == ("green", "red")
    assert run is not None
    assert run.subjects == 1
    assert ChangeMark.objects.count() == 0


def test_a_sweep_without_marks_does_nothing_and_leaves_no_run(organisation: Unit) -> None:
    make_project(unit=organisation)
    actions.sweep()
    runs = RollupRun.objects.count()

    assert actions.sweep() is None
    assert RollupRun.objects.count() == runs


def test_judging_again_writes_and_reports_nothing(organisation: Unit) -> None:
    make_project(unit=organisation)
    actions.full()
    stood = ProjectStanding.objects.get().stood_at
    changes = StandingChange.objects.count()

    actions.full()

    assert ProjectStanding.objects.get().stood_at == stood
    assert StandingChange.objects.count() == changes


@pytest.mark.parametrize("seed", range(3))
def test_incremental_equals_a_judgement_from_nothing(organisation: Unit, seed: int) -> None:
    chance = random.Random(seed)
    projects = [make_project(unit=organisation, approved_budget=Decimal(1000)) for _ in range(5)]
    for _ in range(20):
        project = chance.choice(projects)
        deed = chance.randrange(3)
        if deed == 0:
            _edit(project, forecast_cost=Decimal(chance.randrange(500, 1500)))
        elif deed == 1:
            day = dt.date(2026, 12, 1) + dt.timedelta(days=chance.randrange(200))
            _edit(project, forecast_finish_on=day)
        else:
            risk = {
                "title": "R",
                "probability": chance.randint(1, 5),
                "consequence": chance.randint(1, 5),
            }
            add_risk(project, risk, by=None)  # type: ignore[arg-type]
        if chance.random() < 0.4:
            actions.sweep()

    assert actions.verify().differences == 0


def test_verification_finds_and_repairs_what_was_tampered_with(organisation: Unit) -> None:
    project = make_project(unit=organisation)
    actions.full()
    right = ProjectStanding.objects.get(project=project).overall
    wrong = "red" if right != "red" else "green"
    ProjectStanding.objects.update(overall=wrong)

    run = actions.verify()

    assert run.differences == 1
    assert ProjectStanding.objects.get(project=project).overall == right


def test_one_bad_record_stops_nobody(organisation: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = make_project(unit=organisation), make_project(unit=organisation)
    side = SIDES["project"]

    def restand(ids: list[int], **when: object) -> object:
        if bad.pk in ids:
            raise ZeroDivisionError
        return side.restand(ids, **when)

    monkeypatch.setitem(rollup.SIDES, "project", _with(side, restand))
    run = actions.sweep()

    assert run is not None
    assert run.failures == [["project", bad.pk, "ZeroDivisionError"]]
    assert ProjectStanding.objects.filter(project=good).exists()


def _with(side: object, restand: object) -> object:
    from dataclasses import replace

    return replace(side, restand=restand)  # type: ignore[type-var]


def test_moving_a_threshold_or_calendar_marks_everything(organisation: Unit) -> None:
    from common import marks
    from common.subjects import Subject

    make_project(unit=organisation)
    make_project(unit=make_unit(parent=organisation))
    actions.sweep()
    marks.mark([Subject("rules", 1)])

    run = actions.sweep()

    assert run is not None
    assert run.subjects == 2


def test_an_open_day_is_written_again_and_a_closed_one_is_refused(
    organisation: Unit, pmo: User
) -> None:
    make_project(unit=organisation)
    actions.full()
    today = dt.datetime.now(dt.UTC).date()
    actions.write_day(organisation, today)
    actions.write_day(organisation, today)
    assert Snapshot.objects.count() == 1

    SnapshotDay.objects.update(closed_at=dt.datetime.now(dt.UTC))
    with pytest.raises(Exception, match="is closed"):
        actions.write_day(organisation, today)

    with pytest.raises(Exception, match="Give a reason"):
        actions.reopen_day(organisation, today, by=pmo, reason=" ")
    actions.reopen_day(organisation, today, by=pmo, reason="A late report")
    actions.write_day(organisation, today)
    assert sorted(Snapshot.objects.values_list("revision", flat=True)) == [1, 2]


def test_reopening_needs_the_right(organisation: Unit, stranger: User) -> None:
    actions.write_day(organisation, dt.datetime.now(dt.UTC).date())
    SnapshotDay.objects.update(closed_at=dt.datetime.now(dt.UTC))

    with pytest.raises(Exception, match="Only a project or service office lead"):
        actions.reopen_day(organisation, SnapshotDay.objects.get().on, by=stranger, reason="x")


def test_totals_of_a_unit_are_the_sum_of_what_is_below(organisation: Unit) -> None:
    school = make_unit(parent=organisation)
    make_project(unit=school, current_budget=Decimal(100))
    make_project(unit=organisation, current_budget=Decimal(50))
    actions.full()

    actions.write_day(organisation, dt.datetime.now(dt.UTC).date())

    totals = {row.unit_id: row for row in UnitTotal.objects.filter(kind="project")}
    assert (totals[organisation.pk].subjects, totals[organisation.pk].money) == (2, Decimal(150))
    assert (totals[school.pk].subjects, totals[school.pk].money) == (1, Decimal(100))


@pytest.mark.parametrize(
    ("night", "days"),
    [
        ("2026-03-28", ["2026-03-28", "2026-03-29", "2026-03-30"]),  # 23 hours on the 29th
        ("2026-10-24", ["2026-10-24", "2026-10-25", "2026-10-26"]),  # 25 hours on the 25th
        ("2026-12-30", ["2026-12-30", "2026-12-31", "2027-01-01"]),  # week 53 and the new year
    ],
)
def test_every_local_day_gets_exactly_one_snapshot(night: str, days: list[str]) -> None:
    start = dt.datetime.fromisoformat(f"{night}T12:00:00+00:00")
    with time_machine.travel(start, tick=False) as traveller:
        organisation = make_organisation()
        make_project(unit=organisation)
        actions.full()
        for _ in range(3 * 24 * 4):
            traveller.shift(dt.timedelta(minutes=15))
            actions.close_missed_days()

        written = Snapshot.objects.order_by("on").values_list("on", "is_late")
        assert [(str(on), late) for on, late in written] == [(day, False) for day in days]


def test_missed_days_are_filled_from_dated_facts_and_marked_late() -> None:
    with time_machine.travel("2026-11-02T12:00:00+00:00", tick=False) as traveller:
        organisation = make_organisation()
        project = make_project(
            unit=organisation, approved_budget=Decimal(100), forecast_cost=Decimal(200)
        )
        actions.full()
        colour = ProjectStanding.objects.get(project=project).overall
        traveller.shift(dt.timedelta(days=3))

        actions.close_missed_days()
        actions.close_missed_days()

        rows = list(Snapshot.objects.order_by("on").values_list("on", "overall", "is_late"))
        assert rows == [
            (dt.date(2026, 11, 2), colour, True),
            (dt.date(2026, 11, 3), colour, True),
            (dt.date(2026, 11, 4), colour, True),
        ]
        assert SnapshotDay.objects.filter(closed_at=None).count() == 0


def test_a_day_asked_for_long_after_is_filled_from_dated_facts_too() -> None:
    """What stands today was not so then, whoever asks."""
    with time_machine.travel("2026-11-02T12:00:00+00:00", tick=False) as traveller:
        organisation = make_organisation()
        project = make_project(
            unit=organisation, approved_budget=Decimal(100), forecast_cost=Decimal(200)
        )
        actions.full()
        colour = ProjectStanding.objects.get(project=project).overall
        traveller.shift(dt.timedelta(days=3))
        ProjectStanding.objects.update(overall="green")

        day = actions.write_day(organisation, dt.date(2026, 11, 2))

        assert colour == "red"
        assert (Snapshot.objects.get().overall, day.is_late) == ("red", True)


def test_what_has_left_is_taken_out_of_an_open_day_that_is_written_again(
    organisation: Unit,
) -> None:
    make_project(unit=organisation)
    school = make_unit(parent=organisation)
    gone = make_project(unit=school)
    actions.full()
    today = clock.today(organisation.zone)
    actions.write_day(organisation, today)
    Project.objects.filter(pk=gone.pk).update(archived_at=clock.now())

    actions.write_day(organisation, today)

    assert Snapshot.objects.filter(object_id=gone.pk, kind="project").count() == 0
    assert UnitTotal.objects.filter(unit=school).count() == 0
    assert UnitTotal.objects.get(unit=organisation, kind="project").subjects == 1


def test_a_closed_day_is_reopened_from_the_shell_by_somebody_who_may(
    organisation: Unit, pmo: User, stranger: User, capsys: pytest.CaptureFixture[str]
) -> None:
    make_project(unit=organisation)
    actions.full()
    today = clock.today(organisation.zone)
    actions.write_day(organisation, today, is_over=True)
    day = ["--date", today.isoformat()]

    with pytest.raises(CommandError, match="is closed"):
        call_command("rollup", *day)
    with pytest.raises(CommandError, match="Only a project or service office lead"):
        call_command("rollup", *day, "--reopen", "A late report", "--by", "stranger",
                     "--unit", str(organisation.pk))  # fmt: skip
    with pytest.raises(CommandError, match="There is nobody called"):
        call_command("rollup", *day, "--reopen", "A late report", "--by", "nobody")
    call_command("rollup", *day, "--reopen", "A late report", "--by", "pmo",
                 "--unit", str(organisation.pk))  # fmt: skip

    assert "written" in capsys.readouterr().out
    newest = SnapshotDay.objects.order_by("-revision").first()
    assert newest is not None
    assert (newest.revision, newest.reopened_for) == (2, "A late report")


def test_a_unit_moved_later_keeps_its_old_place_in_old_days(organisation: Unit) -> None:
    from accounts.actions import move_unit

    school, care = make_unit(parent=organisation), make_unit(parent=organisation)
    make_project(unit=school)
    actions.full()
    actions.write_day(organisation, dt.datetime.now(dt.UTC).date())
    old = Snapshot.objects.get().unit_path

    move_unit(school, parent=care, by=None)

    assert Snapshot.objects.get().unit_path == old
