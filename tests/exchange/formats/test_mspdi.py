"""MS Project XML: what is read, translated, dropped and refused; and back out again."""

import io
from dataclasses import replace
from datetime import date
from datetime import datetime as at
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import Segment
from exchange.formats import mspdi, mspdi_writer
from exchange.formats.schedule_file import (
    Assignment,
    Baseline,
    FormatError,
    Resource,
    ScheduleFile,
    SourceDates,
    TaskLine,
)
from projects.domain.schedule import (
    Constraint,
    ConstraintKind,
    Criticality,
    Lag,
    LagCalendar,
    LagKind,
    Link,
    LinkKind,
    Plan,
    PlanCalendar,
    ProgressLogic,
    ScheduleOptions,
    Task,
    schedule,
)

WORKING = """<WorkingTimes>
  <WorkingTime><FromTime>08:00:00</FromTime><ToTime>12:00:00</ToTime></WorkingTime>
  <WorkingTime><FromTime>13:00:00</FromTime><ToTime>17:00:00</ToTime></WorkingTime>
</WorkingTimes>"""
WEEK = "".join(
    f"<WeekDay><DayType>{n}</DayType><DayWorking>{int(1 < n < 7)}</DayWorking>"
    f"{WORKING if 1 < n < 7 else ''}</WeekDay>"
    for n in range(1, 8)
)
STANDARD = f"""<Calendar><UID>1</UID><Name>Standard</Name><BaseCalendarUID>-1</BaseCalendarUID>
<WeekDays>{WEEK}</WeekDays></Calendar>"""
HOURS = (Segment(480, 720), Segment(780, 1020))


def document(
    tasks="",
    head="",
    calendars=STANDARD,
    resources="",
    assignments="",
    start="<StartDate>2026-03-02T08:00:00</StartDate>",
):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project">
<Name>plan.xml</Name>{start}
<CalendarUID>1</CalendarUID><MinutesPerDay>480</MinutesPerDay>{head}
<Calendars>{calendars}</Calendars><Tasks>{tasks}</Tasks>
<Resources>{resources}</Resources><Assignments>{assignments}</Assignments></Project>"""


def task(uid, more="", duration="PT8H0M0S", level=1, name="x"):
    return (
        f"<Task><UID>{uid}</UID><ID>{uid}</ID><Name>{name}</Name><OutlineLevel>{level}</OutlineLevel>"
        f"<Duration>{duration}</Duration><DurationFormat>7</DurationFormat>{more}</Task>"
    )


def link(before, kind=1, lag=0, unit=7, more=""):
    return (
        f"<PredecessorLink><PredecessorUID>{before}</PredecessorUID><Type>{kind}</Type>"
        f"<LinkLag>{lag}</LinkLag><LagFormat>{unit}</LagFormat>{more}</PredecessorLink>"
    )


def read(text):
    return mspdi.read(io.BytesIO(text if isinstance(text, bytes) else text.encode()))


def read_one(more="", **kwargs):
    return read(document(task(1, more, **kwargs))).plan.tasks[0]


def codes(findings):
    return {finding.code: finding.count for finding in findings}


def refused(text):
    with pytest.raises(FormatError) as caught:
        read(text)
    return caught.value


class TestRefusals:
    @pytest.mark.parametrize(
        "prolog",
        [
            '<!DOCTYPE Project SYSTEM "http://example.com/project.dtd">',
            '<!DOCTYPE Project [<!ENTITY a "b">]>',
            '<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            "<!DOCTYPE Project>",
        ],
    )
    def test_any_document_type_is_refused(self, prolog):
        text = document(task(1)).replace("?>", "?>" + prolog, 1)

        assert refused(text).code == "xml_dtd_forbidden"

    def test_document_type_in_another_encoding_is_refused_too(self):
        text = document(task(1)).replace("UTF-8", "UTF-16")
        text = text.replace("?>", '?><!DOCTYPE Project [<!ENTITY a "b">]>', 1)

        assert refused(text.encode("utf-16")).code == "xml_dtd_forbidden"

    def test_document_type_behind_a_long_comment_is_refused_too(self):
        text = document(task(1)).replace("?>", f"?><!--{'x' * 200_000}--><!DOCTYPE Project>", 1)

        assert refused(text).code == "xml_dtd_forbidden"

    def test_undeclared_entity_is_broken_xml(self):
        assert refused(document(task(1, name="&secret;"))).code == "xml_broken"

    @pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
    def test_truncated_files_are_refused(self, share):
        text = document(task(1) + task(2, link(1)))

        assert refused(text[: int(len(text) * share)]).code == "xml_broken"

    def test_refusal_of_broken_xml_says_where(self):
        error = refused("<Project>\n<Name></Project>")

        assert (error.code, dict(error.params)) == ("xml_broken", {"line": 2, "column": 8})

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "xml_broken"),
            ("UID;Name\n1;a", "xml_broken"),
            ("<html><body/></html>", "not_mspdi"),
            ("<Project><Tasks/></Project>", "not_mspdi"),
            (document(task(1)).replace("UTF-8", "klingon"), "xml_broken"),
            (document(task(1), calendars=""), "calendar_missing"),
            (document(task(1), start=""), "start_missing"),
            (document(task(1) + task(1)), "duplicate_task"),
        ],
    )
    def test_files_that_are_no_schedule(self, text, code):
        assert refused(text).code == code


class TestTasks:
    def test_outline_levels_become_parents(self):
        file = read(
            document(
                task(0, level=0) + task(1) + task(2, level=2) + task(3, level=4) + task(4, level=1)
            )
        )

        assert [(t.uid, t.parent) for t in file.plan.tasks] == [
            ("1", None),
            ("2", "1"),
            ("3", "2"),
            ("4", None),
        ]

    @pytest.mark.parametrize(
        ("text", "minutes"),
        [
            ("PT8H0M0S", 480),
            ("PT57H8M24S", 3428),
            ("PT0H0M30S", 1),
            ("P1DT1H", 1500),
            ("PT90M", 90),
        ],
    )
    def test_durations_to_the_minute(self, text, minutes):
        assert read_one(duration=text).duration == minutes

    @pytest.mark.parametrize("text", ["", "8 days", "-PT8H0M0S", "P", "PTxH", "PT9999999999999H"])
    def test_missing_or_odd_duration_is_zero_and_noted(self, text):
        file = read(document(task(1, duration=text)))

        assert file.plan.tasks[0].duration == 0
        assert codes(file.fidelity.translated) == {"duration_missing": 1}

    def test_elapsed_duration_units(self):
        file = read(document(task(1).replace("<DurationFormat>7", "<DurationFormat>8")))

        assert file.plan.tasks[0].is_elapsed

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (1, "alap"), (2, "mso"), (3, "mfo"), (4, "snet"), (5, "snlt"), (6, "fnet"), (7, "fnlt"),
        ],
    )  # fmt: skip
    def test_constraints(self, code, kind):
        found = read_one(
            f"<ConstraintType>{code}</ConstraintType>"
            "<ConstraintDate>2026-03-05T08:00:00</ConstraintDate>"
        )

        (constraint,) = found.constraints
        assert (constraint.kind.value, constraint.is_pinned) == (kind, False)
        assert constraint.at == (None if kind == "alap" else at(2026, 3, 5, 8))

    def test_honoured_constraints_are_pinned_where_they_are_hard(self):
        date_ = "<ConstraintDate>2026-03-05T08:00:00</ConstraintDate>"
        file = read(
            document(
                task(1, f"<ConstraintType>2</ConstraintType>{date_}")
                + task(2, f"<ConstraintType>4</ConstraintType>{date_}"),
                head="<HonorConstraints>1</HonorConstraints>",
            )
        )

        assert [t.constraints[0].is_pinned for t in file.plan.tasks] == [True, False]

    def test_manual_task_stays_where_it_was_put(self):
        file = read(
            document(
                task(1, "<Manual>1</Manual><ManualStart>2026-03-04T08:00:00</ManualStart>"
                        "<ManualDuration>PT16H0M0S</ManualDuration>")
            )
        )  # fmt: skip

        row = schedule(file.plan).tasks["1"]
        assert (row.early_start, row.early_finish) == (at(2026, 3, 4, 8), at(2026, 3, 5, 17))
        assert codes(file.fidelity.translated) == {"manual_task_as_pinned_start": 1}

    def test_progress_deadline_and_baselines(self):
        file = read(
            document(
                task(
                    1,
                    "<ActualStart>2026-03-02T08:00:00</ActualStart>"
                    "<RemainingDuration>PT4H0M0S</RemainingDuration>"
                    "<PercentComplete>50</PercentComplete><WBS>1.1</WBS>"
                    "<Deadline>2026-03-06T17:00:00</Deadline>"
                    "<Baseline><Number>0</Number><Start>2026-03-02T08:00:00</Start>"
                    "<Finish>2026-03-02T17:00:00</Finish><Duration>PT8H0M0S</Duration>"
                    "<Cost>12550</Cost></Baseline>",
                ),
                head="<StatusDate>2026-03-03T17:00:00</StatusDate>",
            )
        )

        (found,) = file.plan.tasks
        assert (found.actual_start, found.remaining) == (at(2026, 3, 2, 8), 240)
        assert found.deadline == at(2026, 3, 6, 17)
        assert file.plan.status_date == at(2026, 3, 3, 17)
        line = file.lines["1"]
        assert (line.code, line.percent_complete) == ("1.1", 50)
        assert line.baselines == (
            Baseline(
                start=at(2026, 3, 2, 8),
                finish=at(2026, 3, 2, 17),
                duration=480,
                cost=Decimal("125.50"),
            ),
        )

    @pytest.mark.parametrize(
        ("resume", "noted"),
        [
            ("2026-03-02T13:00:00", {}),  # over lunch
            ("2026-03-04T08:00:00", {"interrupted_work_continues_at_once": 1}),
        ],
    )
    def test_interrupted_work_is_noted(self, resume, noted):
        file = read(
            document(
                task(
                    1,
                    "<ActualStart>2026-03-02T08:00:00</ActualStart>"
                    f"<Stop>2026-03-02T12:00:00</Stop><Resume>{resume}</Resume>",
                )
            )
        )

        assert codes(file.fidelity.translated) == noted

    def test_what_is_left_out_is_counted(self):
        file = read(
            document(
                task(1, "<Active>0</Active>")
                + task(2, "<IsNull>1</IsNull>")
                + task(3, link(1) + link(9) + link(3, more="<CrossProject>1</CrossProject>"))
                + task(4, "<ExtendedAttribute><FieldID>1</FieldID></ExtendedAttribute>"
                          "<Notes>remember</Notes><CalendarUID>77</CalendarUID>"
                          "<ConstraintType>42</ConstraintType>")
                + task(5, "<ConstraintType>2</ConstraintType>" + link(4, kind=9))
            )
        )  # fmt: skip

        assert codes(file.fidelity.dropped) == {
            "inactive_task": 1,
            "blank_line": 1,
            "link_to_unknown_task": 2,
            "link_to_other_project": 1,
            "element_not_read": 1,
            "field_not_read": 1,
            "unknown_calendar": 1,
            "unknown_constraint": 1,
            "constraint_without_date": 1,
            "unknown_link_type": 1,
        }
        assert file.plan.links == ()
        assert codes(file.fidelity.kept)["tasks"] == 3

    def test_source_dates_are_kept_for_comparison(self):
        file = read(
            document(
                task(0, "<EarlyFinish>2026-03-02T17:00:00</EarlyFinish>", level=0)
                + task(1, "<EarlyStart>2026-03-02T08:00:00</EarlyStart>"
                          "<TotalSlack>-4800</TotalSlack><Critical>1</Critical>")
            )
        )  # fmt: skip

        assert file.lines["1"].source == SourceDates(
            early_start=at(2026, 3, 2, 8), total_float=-480, free_float=0, is_critical=True
        )
        assert file.project.early_finish == at(2026, 3, 2, 17)


@pytest.mark.parametrize(
    ("kind", "lag", "unit", "expected"),
    [
        (0, 4800, 7, (LinkKind.FINISH_FINISH, 480, LagKind.WORKING)),
        (1, -4800, 7, (LinkKind.FINISH_START, -480, LagKind.WORKING)),
        (2, 14400, 8, (LinkKind.START_FINISH, 1440, LagKind.ELAPSED)),
        (3, 50, 19, (LinkKind.START_START, 50, LagKind.PERCENT)),
        (3, 50, 20, (LinkKind.START_START, 50, LagKind.ELAPSED_PERCENT)),
        (1, 24000, 9, (LinkKind.FINISH_START, 2400, LagKind.WORKING)),
        (1, 14400, 40, (LinkKind.FINISH_START, 1440, LagKind.ELAPSED)),
    ],
)
def test_link_types_and_lag_units(kind, lag, unit, expected):
    file = read(document(task(1) + task(2, link(1, kind, lag, unit))))

    (found,) = file.plan.links
    assert (found.kind, found.lag.amount, found.lag.kind) == expected


class TestCalendars:
    def test_options_follow_ms_project(self):
        head = (
            "<CriticalSlackLimit>2</CriticalSlackLimit>"
            "<MultipleCriticalPaths>1</MultipleCriticalPaths>"
        )

        options = read(document(task(1), head=head)).plan.options

        assert options == ScheduleOptions(
            lag_calendar=LagCalendar.SUCCESSOR,
            progress_logic=ProgressLogic.OVERRIDE,
            float_threshold=960,
            open_ends_are_critical=True,
        )

    def test_derived_calendar_inherits_week_and_exceptions(self):
        holiday = (
            "<Exceptions><Exception><TimePeriod><FromDate>2026-03-04T00:00:00</FromDate>"
            "<ToDate>2026-03-05T23:59:00</ToDate></TimePeriod><DayWorking>0</DayWorking>"
            "</Exception></Exceptions></Calendar>"
        )
        base = STANDARD.replace("</Calendar>", holiday)
        own = (
            "<Calendar><UID>2</UID><Name>Anna</Name><BaseCalendarUID>1</BaseCalendarUID><WeekDays>"
            "<WeekDay><DayType>6</DayType><DayWorking>0</DayWorking></WeekDay>"
            f"<WeekDay><DayType>0</DayType><DayWorking>1</DayWorking>{WORKING}<TimePeriod>"
            "<FromDate>2026-03-07T00:00:00</FromDate><ToDate>2026-03-07T23:59:00</ToDate>"
            "</TimePeriod></WeekDay></WeekDays></Calendar>"
        )

        calendar = read(document(task(1), calendars=base + own)).plan.calendars["2"]

        assert calendar.week == {**dict.fromkeys(range(4), HOURS), 4: (), 5: (), 6: ()}
        assert calendar.exceptions == {
            date(2026, 3, 4): (),
            date(2026, 3, 5): (),
            date(2026, 3, 7): HOURS,
        }

    def test_work_week_becomes_exceptions(self):
        week = (
            "<WorkWeeks><WorkWeek><TimePeriod><FromDate>2026-03-02T00:00:00</FromDate>"
            "<ToDate>2026-03-15T00:00:00</ToDate></TimePeriod><WeekDays><WeekDay>"
            "<DayType>6</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></WorkWeek>"
            "</WorkWeeks></Calendar>"
        )

        file = read(document(task(1), calendars=STANDARD.replace("</Calendar>", week)))

        assert file.plan.calendars["1"].exceptions == {
            date(2026, 3, 6): (),
            date(2026, 3, 13): (),
        }
        assert codes(file.fidelity.translated) == {"work_week_as_exceptions": 1}

    def test_midnight_ends_a_day(self):
        night = STANDARD.replace("<FromTime>13:00:00</FromTime><ToTime>17:00:00", (
            "<FromTime>13:00:00</FromTime><ToTime>00:00:00"))  # fmt: skip

        calendar = read(document(task(1), calendars=night)).plan.calendars["1"]

        assert calendar.week[0] == (Segment(480, 720), Segment(780, 1440))

    def test_calendar_without_working_time_is_left_out(self):
        empty = "<Calendar><UID>2</UID><Name>Never</Name></Calendar>"

        file = read(document(task(1, "<CalendarUID>2</CalendarUID>"), calendars=STANDARD + empty))

        assert file.plan.tasks[0].calendar is None
        assert codes(file.fidelity.dropped) == {
            "calendar_without_working_time": 1,
            "unknown_calendar": 1,
        }

    def test_calendars_deriving_from_each_other_do_not_hang(self):
        loop = STANDARD.replace(">-1<", ">2<") + (
            "<Calendar><UID>2</UID><BaseCalendarUID>1</BaseCalendarUID></Calendar>"
        )

        assert set(read(document(task(1), calendars=loop)).plan.calendars) == {"1", "2"}

    def test_resource_calendars_reach_the_task_only_where_they_differ(self):
        away = (
            "<Calendar><UID>2</UID><BaseCalendarUID>1</BaseCalendarUID><WeekDays><WeekDay>"
            "<DayType>2</DayType><DayWorking>0</DayWorking></WeekDay></WeekDays></Calendar>"
            "<Calendar><UID>3</UID><BaseCalendarUID>1</BaseCalendarUID></Calendar>"
        )
        people = "".join(
            f"<Resource><UID>{n}</UID><Type>1</Type><CalendarUID>{n}</CalendarUID></Resource>"
            for n in (2, 3)
        )
        work = (
            "<Assignment><TaskUID>1</TaskUID><ResourceUID>2</ResourceUID><Units>0.5</Units>"
            "<Work>PT4H0M0S</Work></Assignment>"
            "<Assignment><TaskUID>2</TaskUID><ResourceUID>3</ResourceUID></Assignment>"
            "<Assignment><TaskUID>2</TaskUID><ResourceUID>-65535</ResourceUID></Assignment>"
        )

        file = read(
            document(
                task(1) + task(2), calendars=STANDARD + away, resources=people, assignments=work
            )
        )

        assert [t.resource_calendars for t in file.plan.tasks] == [("2",), ()]
        assert file.assignments == (
            Assignment(task="1", resource="2", units=Decimal("0.5"), work=240),
            Assignment(task="2", resource="3"),
        )
        assert schedule(file.plan).tasks["1"].early_start == at(2026, 3, 3, 8)


PLAN = Plan(
    start=at(2026, 3, 2, 8),
    calendar="1",
    calendars={
        "1": PlanCalendar(
            week={day: HOURS if day < 5 else () for day in range(7)},
            exceptions={date(2026, 4, 3): (), date(2026, 4, 6): (), date(2026, 4, 11): HOURS},
            name="Standard",
        ),
        "2": PlanCalendar(week={day: (Segment(0, 1440),) for day in range(7)}, name="Dygnet runt"),
    },
    tasks=(
        Task(uid="1", duration=0, name="Föranalys & <plan>"),
        Task(uid="2", duration=480, name="a", parent="1"),
        Task(uid="3", duration=30, name="b", parent="1", calendar="2"),
        Task(
            uid="4",
            duration=960,
            name="c",
            actual_start=at(2026, 3, 4, 8),
            remaining=480,
            deadline=at(2026, 3, 20, 17),
        ),
        Task(
            uid="5",
            duration=1440,
            name="d",
            is_elapsed=True,
            constraints=(
                Constraint(kind=ConstraintKind.START_NO_EARLIER_THAN, at=at(2026, 3, 9, 8)),
            ),
        ),
        Task(uid="6", duration=0, name="m", ignores_resource_calendars=True),
    ),
    links=(
        Link(predecessor="2", successor="3"),
        Link(predecessor="1", successor="4", kind=LinkKind.START_START, lag=Lag(amount=-60)),
        Link(predecessor="4", successor="5", lag=Lag(amount=50, kind=LagKind.PERCENT)),
        Link(predecessor="4", successor="6", lag=Lag(amount=1440, kind=LagKind.ELAPSED)),
        Link(predecessor="5", successor="6", kind=LinkKind.FINISH_FINISH),
    ),
    status_date=at(2026, 3, 5, 8),
    options=ScheduleOptions(
        lag_calendar=LagCalendar.SUCCESSOR,
        progress_logic=ProgressLogic.OVERRIDE,
        float_threshold=480,
    ),
)


class TestWriting:
    def test_what_is_written_reads_back_the_same(self):
        lines = {
            "2": TaskLine(
                uid="2",
                code="1.1",
                percent_complete=30,
                baselines=(
                    Baseline(
                        number=1,
                        start=at(2026, 3, 2, 8),
                        finish=at(2026, 3, 2, 17),
                        duration=480,
                        cost=Decimal("99.95"),
                    ),
                ),
            )
        }
        file = ScheduleFile(
            format="mspdi",
            title="Åsa's plan",
            plan=PLAN,
            lines=lines,
            resources=(Resource(uid="7", name="Bo", calendar="1"), Resource(uid="8", name="Grus")),
            assignments=(Assignment(task="2", resource="7", units=Decimal("0.5"), work=240),),
        )

        written = mspdi_writer.write(file, computed=schedule(PLAN))
        again = read(written.content)

        assert again.plan == PLAN
        assert (again.title, again.resources, again.assignments) == (
            file.title,
            file.resources,
            file.assignments,
        )
        assert again.lines["2"].code == "1.1"
        assert again.lines["2"].percent_complete == 30
        assert again.lines["2"].baselines == lines["2"].baselines
        assert (written.fidelity.translated, written.fidelity.dropped) == ((), ())

    def test_computed_dates_are_written(self):
        computed = schedule(PLAN)

        again = read(mspdi_writer.write(bare(PLAN), computed=computed).content)

        for uid, row in computed.tasks.items():
            source = again.lines[uid].source
            assert source.early_finish == row.early_finish
            assert (source.total_float, source.free_float) == (row.total_float, row.free_float)
            assert source.is_critical == row.is_critical

    def test_names_are_numbered_and_that_is_told(self):
        plan = replace(
            PLAN,
            tasks=(Task(uid="a", duration=1), Task(uid="1", duration=2)),
            links=(Link(predecessor="a", successor="1"),),
        )

        written = mspdi_writer.write(bare(plan))

        assert [(t.uid, t.duration) for t in read(written.content).plan.tasks] == [
            ("2", 1),
            ("1", 2),
        ]
        (finding,) = written.fidelity.translated
        assert (finding.code, finding.examples) == ("task_renumbered", ("a",))

    def test_what_ms_project_cannot_hold_is_told(self):
        snet = Constraint(kind=ConstraintKind.START_NO_EARLIER_THAN, at=at(2026, 3, 3, 8))
        pin = Constraint(kind=ConstraintKind.MUST_START_ON, at=at(2026, 3, 3, 8), is_pinned=True)
        plan = replace(
            PLAN,
            tasks=(
                Task(uid="1", duration=480, constraints=(snet, snet)),
                Task(uid="2", duration=480, constraints=(pin,), resource_calendars=("2",)),
            ),
            links=(),
            required_finish=at(2026, 6, 1, 17),
            options=ScheduleOptions(criticality=Criticality.LONGEST_PATH, float_threshold=100),
        )

        written = mspdi_writer.write(bare(plan))
        again = read(written.content)

        assert codes(written.fidelity.dropped) == {
            "second_constraint": 1,
            "longest_path_criticality": 1,
            "required_finish": 1,
        }
        assert codes(written.fidelity.translated) == {
            "float_threshold_in_whole_days": 1,
            "pin_is_for_the_whole_project": 1,
            "resource_calendar_as_resource": 1,
            "lag_on_successor_calendar": 1,
            "progress_override": 1,
        }
        assert again.plan.tasks[1].resource_calendars == ("2",)
        assert again.plan.tasks[1].constraints == (pin,)

    def test_characters_xml_cannot_carry_are_left_out(self):
        plan = replace(PLAN, tasks=(Task(uid="1", duration=1, name="a\x00\x0b\ud800b"),), links=())

        assert read(mspdi_writer.write(bare(plan)).content).plan.tasks[0].name == "ab"


def bare(plan):
    return ScheduleFile(format="mspdi", title="t", plan=plan)


REAL = document(
    task(1, "<Manual>0</Manual>") + task(2, link(1, 3, 4800)) + task(3, link(2), level=2),
    head="<CriticalSlackLimit>0</CriticalSlackLimit>",
    resources="<Resource><UID>1</UID><CalendarUID>1</CalendarUID></Resource>",
    assignments="<Assignment><TaskUID>1</TaskUID><ResourceUID>1</ResourceUID></Assignment>",
)
words = st.sampled_from(
    ["", "0", "-1", "7", "9" * 5000, "1e999999", "NaN", "PT1H", "2026-13-45", "9999-12-31T23:59:59",
     "0001-01-01", "<b/>", "&amp;", "\u0667", "24:61:00", "x"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_value_anywhere_is_read_or_refused_with_a_code(data):
    places = [i for i in range(len(REAL)) if REAL[i] == ">" and REAL[i + 1 : i + 2] not in "<\n"]
    text = REAL
    for place in sorted(data.draw(st.sets(st.sampled_from(places), max_size=4)), reverse=True):
        end = text.index("<", place)
        text = text[: place + 1] + data.draw(words) + text[end:]

    outcome = outcome_of(text.encode())

    assert isinstance(outcome, ScheduleFile) or outcome.code.replace("_", "").isalpha()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_random_bytes_are_refused_with_a_code(content):
    assert outcome_of(content).code == "xml_broken"


def outcome_of(content):
    """Read and schedule: either may refuse, none may crash."""
    try:
        file = read(content)
        schedule(file.plan)
    except Refusal as refusal:
        return refusal
    return file
