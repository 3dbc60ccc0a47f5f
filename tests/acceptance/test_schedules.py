"""Schedules of real files, held against what the tools that saved them computed.

Reads ``../shared/data`` beside the repository and is skipped where that is absent.
"""

from dataclasses import replace
from datetime import datetime as at
from pathlib import Path

import pytest

from exchange.formats import mspdi, psplib, xer
from exchange.formats.schedule_file import FormatError
from projects.domain.schedule import schedule

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"

pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent"),
]

DATES = ("early_start", "early_finish", "late_start", "late_finish")
FLOATS = ("total_float", "free_float")
ALL = (*DATES, *FLOATS, "is_critical")


def opened(folder, name):
    with (DATA / folder / name).open("rb") as source:
        return mspdi.read(source)


def differences(file, computed, names=ALL):
    """Everything in which a computed schedule differs from the dates its source stored."""
    return [
        (uid, name, getattr(line.source, name), getattr(computed.tasks[uid], name))
        for uid, line in file.lines.items()
        for name in names
        if getattr(line.source, name) != getattr(computed.tasks[uid], name)
    ]


@pytest.mark.parametrize(
    ("name", "tasks", "links", "critical", "finish", "hours"),
    [
        ("mp_j30_a2_nr1.xml", 64, 96, 20, at(2026, 3, 19, 19), 448),
        ("mp_j30_a5_nr1.xml", 160, 344, 11, at(2026, 4, 10, 19), 576),
    ],
)
def test_multiproject_plans_equal_ms_project_for_every_task(
    name, tasks, links, critical, finish, hours
):
    file = opened("schedule-msproject-multiproject", name)

    computed = schedule(file.plan)

    assert (len(file.plan.tasks), len(file.plan.links)) == (tasks, links)
    assert differences(file, computed) == []
    assert len(computed.critical) == critical
    assert (computed.start, computed.finish) == (at(2026, 1, 1, 9), finish)
    assert computed.work_between(computed.start, computed.finish) == hours * 60
    assert (file.project.early_start, file.project.early_finish) == (
        computed.start,
        computed.finish,
    )


@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("mspdirelations.xml", 5),
        ("task-links-project2010-mspdi.xml", 16),
        ("mspdiresource.xml", 3),
        ("enterprise.xml", 1),
        ("calendar-recurring-exceptions-project2016-mspdi.xml", 0),
    ],
)
def test_mspdi_files_equal_ms_project_for_every_task(name, tasks):
    """Sub-minute dates of ``mspdiresource`` are compared to the minute, the unit of a plan."""
    file = opened("schedule-mspdi", name)

    computed = schedule(file.plan)

    assert len(file.plan.tasks) == tasks
    assert differences(file, computed) == []
    assert computed.finish == file.project.early_finish


def test_manual_tasks_agree_in_all_dates_and_floats():
    """MS Project never marks its 110 hand-scheduled placeholder tasks critical; zero float does."""
    file = opened("schedule-mspdi", "task-baselines-project2019-mspdi.xml")

    computed = schedule(file.plan)

    assert len(file.plan.tasks) == 110
    assert differences(file, computed, (*DATES, *FLOATS)) == []
    assert differences(file, computed, ("is_critical",)) == [
        (uid, "is_critical", False, True) for uid in file.lines
    ]
    assert sum(len(line.baselines) for line in file.lines.values()) == 88


def test_timephased_segments_agree_in_early_dates_and_in_floats_from_stored_late_finishes():
    """The file was saved without recalculating its late dates.

    They stand against four project finishes from 2011-03-04 to 2013-05-24 while the file's own
    is 2012-07-20. Held against the late finish stored with each task, late starts and floats
    agree too, resource calendars included.
    """
    file = opened("schedule-mspdi", "mspditimephasedsegments.xml")

    computed = schedule(file.plan)

    assert differences(file, computed, ("early_start", "early_finish", "is_critical")) == []
    assert computed.finish == file.project.early_finish == at(2012, 7, 20, 17)
    finishes = {line.source.late_finish for line in file.lines.values()}
    assert len(finishes) == 4
    for finish in finishes:
        held = schedule(replace(file.plan, required_finish=finish))
        same = {u: x for u, x in file.lines.items() if x.source.late_finish == finish}
        assert differences(replace(file, lines=same), held, ("late_start", "total_float")) == []


def test_recurring_calendar_exceptions_have_as_many_dates_as_the_file_says():
    """28 rules with 3 to 9 occurrences each; the last, open Saturdays, is working time."""
    file = opened("schedule-mspdi", "calendar-recurring-exceptions-project2016-mspdi.xml")

    exceptions = file.plan.calendars[file.plan.calendar].exceptions

    by_year = {}
    for day in exceptions:
        by_year[day.year] = by_year.get(day.year, 0) + 1
    assert by_year[2000] == 3 + 4 + 5 + 6
    assert [day.isoformat() for day, hours in exceptions.items() if hours] == [
        "2010-01-02",
        "2010-02-06",
        "2010-03-06",
    ]


def test_every_other_xml_file_is_refused_with_a_code():
    with pytest.raises(FormatError) as caught:
        opened("schedule-mspdi", "PredecessorCalendar.xml")

    assert (caught.value.code, caught.value.params["root"]) == ("not_mspdi", "APIBusinessObjects")


@pytest.mark.parametrize("name", ["mp_j30_a2_nr1.xml", "mp_j30_a5_nr1.xml"])
def test_written_ms_project_file_reads_back_as_the_same_plan(name, tmp_path):
    file = opened("schedule-msproject-multiproject", name)
    path = tmp_path / name
    path.write_bytes(mspdi_written(file))

    with path.open("rb") as source:
        again = mspdi.read(source)

    assert again.plan == file.plan
    assert again.assignments == file.assignments
    assert differences(again, schedule(again.plan)) == []


def mspdi_written(file):
    from exchange.formats import mspdi_writer

    return mspdi_writer.write(file, computed=schedule(file.plan)).content


PSPLIB = sorted(path.name for path in (DATA / "schedule-psplib").glob("*.sm"))


@pytest.mark.parametrize("name", PSPLIB)
def test_psplib_lengths_equal_the_files(name):
    with (DATA / "schedule-psplib" / name).open("rb") as source:
        file = psplib.read(source)

    computed = schedule(file.plan)

    assert psplib.periods_between(computed.start, computed.finish) == file.critical_path_length


def test_psplib_has_twenty_files():
    assert len(PSPLIB) == 20


def test_primavera_activity_has_the_planned_dates_of_the_file():
    with (DATA / "schedule-mspdi" / "resource-rates-test.xer").open("rb") as source:
        file = xer.read(source)

    computed = schedule(file.plan)

    (row,) = computed.tasks.values()
    assert (row.early_start, row.early_finish) == (at(2022, 8, 22, 8), at(2022, 9, 30, 17))


def test_finished_primavera_activity_keeps_its_actual_dates():
    with (DATA / "schedule-mspdi" / "PredecessorCalendar.xer").open("rb") as source:
        file = xer.read(source)

    computed = schedule(file.plan)

    (activity,) = [task for task in file.plan.tasks if task.actual_finish]
    row = computed.tasks[activity.uid]
    assert (row.early_start, row.early_finish) == (at(2019, 6, 10, 8), at(2019, 6, 12, 17))
