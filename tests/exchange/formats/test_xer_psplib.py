"""Primavera XER and PSPLIB: what is read, dropped and refused."""

import io
from datetime import date
from datetime import datetime as at

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import Segment
from exchange.formats import psplib, xer
from exchange.formats.schedule_file import FormatError, ScheduleFile
from projects.domain.schedule import (
    Criticality,
    LagCalendar,
    LinkKind,
    ProgressLogic,
    schedule,
)

HOURS = (Segment(480, 720), Segment(780, 1020))
SHIFTS = "(0||0(s|08:00|f|12:00)())(0||1(s|13:00|f|17:00)())"
DAYS = "".join(f"(0||{n}()({SHIFTS if 1 < n < 7 else ''}))" for n in range(1, 8))
CALENDAR = (
    f"(0||CalendarData()((0||DaysOfWeek()({DAYS}))(0||VIEW(ShowTotal|N)())"
    "(0||Exceptions()((0||0(d|46085)())(0||1(d|46088)((0||0(s|08:00|f|12:00)()))))))"
    ")"
)


def table(name, *rows):
    columns = list(dict.fromkeys(column for row in rows for column in row))
    lines = [f"%T\t{name}", "%F\t" + "\t".join(columns)]
    lines += ["%R\t" + "\t".join(str(row.get(c, "")) for c in columns) for row in rows]
    return "\n".join(lines) + "\n"


PROJECT = {
    "proj_id": 1,
    "proj_short_name": "BRO",
    "clndr_id": 5,
    "plan_start_date": "2026-03-02 08:00",
    "last_recalc_date": "2026-03-02 08:00",
    "critical_path_type": "CT_TotFloat",
    "critical_drtn_hr_cnt": "0",
}
CALENDARS = {"clndr_id": 5, "clndr_name": "Standard", "clndr_data": CALENDAR}


def activity(uid, **more):
    return {
        "task_id": uid,
        "proj_id": 1,
        "clndr_id": 5,
        "wbs_id": 10,
        "task_type": "TT_Task",
        "task_code": f"A{uid}",
        "task_name": f"Activity {uid}",
        "target_drtn_hr_cnt": "8",
        "remain_drtn_hr_cnt": "8",
        **more,
    }


def relation(before, after, kind="PR_FS", lag="0", **more):
    return {
        "task_pred_id": f"{before}{after}",
        "task_id": after,
        "pred_task_id": before,
        "proj_id": 1,
        "pred_proj_id": 1,
        "pred_type": kind,
        "lag_hr_cnt": lag,
        **more,
    }


def export(*tables, end=True):
    head = "ERMHDR\t20.12\t2026-03-01\tProject\tadmin\n"
    return head + "".join(tables) + ("%E\n" if end else "")


def bridge(activities, relations=(), *more, project=PROJECT, calendar=CALENDARS):
    tables = [table("PROJECT", project), table("CALENDAR", calendar), table("TASK", *activities)]
    if relations:
        tables.append(table("TASKPRED", *relations))
    return export(*tables, *more)


def read(text, **more):
    return xer.read(io.BytesIO(text if isinstance(text, bytes) else text.encode()), **more)


def codes(findings):
    return {finding.code: finding.count for finding in findings}


class TestXer:
    def test_activities_links_and_calendar(self):
        file = read(
            bridge(
                [activity(1), activity(2), activity(3, task_type="TT_FinMile")],
                [relation(1, 2, lag="8"), relation(2, 3), relation(1, 3, "PR_SS", "-4")],
            )
        )

        assert [(x.kind, x.lag.amount) for x in file.plan.links] == [
            (LinkKind.FINISH_START, 480),
            (LinkKind.FINISH_START, 0),
            (LinkKind.START_START, -240),
        ]
        calendar = file.plan.calendars["5"]
        assert calendar.week == dict.fromkeys(range(5), HOURS)
        assert calendar.exceptions == {
            date(2026, 3, 4): (),
            date(2026, 3, 7): (Segment(480, 720),),
        }
        row = schedule(file.plan).tasks
        assert row["2"].early_start == at(2026, 3, 5, 8)  # Tuesday's lag, Wednesday is closed
        assert row["3"].early_start == row["2"].early_finish
        assert file.lines["3"].is_milestone

    def test_wbs_becomes_summaries_and_empty_elements_are_dropped(self):
        wbs = table(
            "PROJWBS",
            {"wbs_id": 9, "proj_id": 1, "wbs_name": "Bro", "proj_node_flag": "Y"},
            {"wbs_id": 10, "proj_id": 1, "wbs_name": "Pelare", "parent_wbs_id": 9},
            {"wbs_id": 11, "proj_id": 1, "wbs_name": "Tom", "parent_wbs_id": 9},
        )

        file = read(bridge([activity(1)], (), wbs))

        assert [(t.uid, t.name, t.parent) for t in file.plan.tasks] == [
            ("wbs-10", "Pelare", None),
            ("1", "Activity 1", "wbs-10"),
        ]
        assert codes(file.fidelity.dropped) == {"empty_wbs_element": 1}

    @pytest.mark.parametrize(
        ("code", "kind", "is_pinned"),
        [
            ("CS_MSO", "mso", False),
            ("CS_MEO", "mfo", False),
            ("CS_MSOA", "snet", False),
            ("CS_MSOB", "snlt", False),
            ("CS_MEOA", "fnet", False),
            ("CS_MEOB", "fnlt", False),
            ("CS_MANDSTART", "mso", True),
            ("CS_MANDFIN", "mfo", True),
            ("CS_ALAP", "alap", False),
        ],
    )
    def test_constraints(self, code, kind, is_pinned):
        file = read(bridge([activity(1, cstr_type=code, cstr_date="2026-03-05 08:00")]))

        (constraint,) = file.plan.tasks[0].constraints
        assert (constraint.kind.value, constraint.is_pinned) == (kind, is_pinned)

    def test_progress_and_second_constraint(self):
        file = read(
            bridge(
                [
                    activity(
                        1,
                        act_start_date="2026-03-02 08:00",
                        remain_drtn_hr_cnt="2.5",
                        cstr_type="CS_MSOA",
                        cstr_date="2026-03-02 08:00",
                        cstr_type2="CS_MEOB",
                        cstr_date2="2026-03-20 17:00",
                        phys_complete_pct="40",
                        total_float_hr_cnt="-8",
                    )
                ]
            )
        )

        (task,) = file.plan.tasks
        assert (task.actual_start, task.remaining) == (at(2026, 3, 2, 8), 150)
        assert [c.kind.value for c in task.constraints] == ["snet", "fnlt"]
        assert file.lines["1"].percent_complete == 40
        assert file.lines["1"].source.total_float == -480

    def test_options(self):
        options = table(
            "SCHEDOPTIONS",
            {
                "proj_id": 1,
                "sched_calendar_on_relationship_lag": "rcal_24Hour",
                "sched_progress_override": "Y",
                "sched_open_critical_flag": "Y",
            },
        )
        project = {
            **PROJECT,
            "critical_path_type": "CT_DrivPath",
            "critical_drtn_hr_cnt": "16",
            "plan_end_date": "2026-04-01 17:00",
        }

        plan = read(bridge([activity(1)], (), options, project=project)).plan

        assert plan.options.lag_calendar is LagCalendar.ELAPSED
        assert plan.options.progress_logic is ProgressLogic.OVERRIDE
        assert plan.options.criticality is Criticality.LONGEST_PATH
        assert plan.options.open_ends_are_critical
        assert plan.options.float_threshold == 960
        assert (plan.status_date, plan.required_finish) == (
            at(2026, 3, 2, 8),
            at(2026, 4, 1, 17),
        )

    def test_resource_dependent_activity_follows_its_resource(self):
        more = (
            table("RSRC", {"rsrc_id": 7, "rsrc_name": "Kran", "clndr_id": 5}),
            table(
                "TASKRSRC",
                {"task_id": 1, "rsrc_id": 7, "proj_id": 1, "target_qty": "8"},
            ),
        )

        file = read(bridge([activity(1, task_type="TT_Rsrc")], (), *more))

        assert file.plan.tasks[0].resource_calendars == ("5",)
        assert file.assignments[0].work == 480

    def test_what_is_left_out_is_counted(self):
        file = read(
            bridge(
                [
                    activity(1, cstr_type="CS_ODD"),
                    activity(2, task_type="TT_LOE"),
                    activity(3, clndr_id=99),
                    {**activity(4), "proj_id": 2},
                ],
                [
                    relation(1, 2),
                    relation(1, 3, "PR_ODD"),
                    relation(1, 3, pred_proj_id=2),
                ],
            )
        )

        assert codes(file.fidelity.dropped) == {
            "level_of_effort": 1,
            "unknown_constraint": 1,
            "unknown_calendar": 1,
            "link_to_unknown_task": 1,
            "unknown_link_type": 1,
            "link_to_other_project": 1,
        }

    def test_one_of_several_projects_is_chosen_by_name(self):
        second = {**PROJECT, "proj_id": 2, "proj_short_name": "TUN"}
        text = export(
            table("PROJECT", PROJECT, second),
            table("CALENDAR", CALENDARS),
            table("TASK", activity(1), {**activity(2), "proj_id": 2}),
        )

        file = read(text, project="TUN")

        assert (file.title, [t.uid for t in file.plan.tasks]) == ("TUN", ["2"])
        assert codes(file.fidelity.dropped) == {"other_project": 1}

    def test_swedish_letters_in_either_encoding(self):
        text = bridge([activity(1, task_name="Gjut bågen")])

        assert read(text.encode("cp1252")).plan.tasks[0].name == "Gjut bågen"
        assert read(text.encode()).plan.tasks[0].name == "Gjut bågen"

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "not_xer"),
            ("<Project/>", "not_xer"),
            (bridge([activity(1)]).replace("%E\n", ""), "xer_truncated"),
            (export(table("TASK", activity(1))), "project_missing"),
            (bridge([activity(1), activity(1)]), "duplicate_task"),
            (export(table("PROJECT", PROJECT), table("TASK", activity(1))), "calendar_missing"),
            (bridge([activity(1)], project={**PROJECT, "plan_start_date": ""}), "start_missing"),
        ],
    )
    def test_files_that_are_no_schedule(self, text, code):
        with pytest.raises(FormatError) as caught:
            read(text)

        assert caught.value.code == code

    @pytest.mark.parametrize("data", ["", "(0||", "))))", "(0||" * 40, "(0||a()(" * 40, "x"])
    def test_unreadable_calendar_is_left_out(self, data):
        with pytest.raises(FormatError) as caught:
            read(bridge([activity(1)], calendar={**CALENDARS, "clndr_data": data}))

        assert caught.value.code == "calendar_missing"


WHOLE = bridge(
    [activity(1), activity(2, cstr_type="CS_MSO", cstr_date="2026-03-05 08:00")],
    [relation(1, 2, lag="8")],
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_damage_to_an_xer_is_read_or_refused_with_a_code(data):
    words = st.sampled_from(["", "\t", "\n", "%T", "9" * 5000, "NaN", "1e999999", "(0||", "å"])
    text = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 30, len(text))))
        text = text[:start] + data.draw(words) + text[end:]

    outcome = outcome_of(xer.read, text)

    assert isinstance(outcome, ScheduleFile) or outcome.code.replace("_", "").isalpha()


PSPLIB = """\
****
file with basedata            : tiny.bas
****
projects                      :  1
horizon                       :  9
RESOURCES
  - renewable                 :  2   R
****
PROJECT INFORMATION:
pronr.  #jobs rel.date duedate tardcost  MPM-Time
    1      2      0       5       1        5
****
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
****
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
----------------------------------------
  1      1     0       0    0
  2      1     5       4    0
  3      1     3       0    2
  4      1     0       0    0
****
RESOURCEAVAILABILITIES:
  R 1  R 2
   12   13
****
"""


class TestPsplib:
    def test_instance(self):
        file = psplib.read(io.BytesIO(PSPLIB.encode()))

        computed = schedule(file.plan)

        assert psplib.periods_between(computed.start, computed.finish) == 5
        assert (file.critical_path_length, file.horizon) == (5, 9)
        assert file.capacities == (12, 13)
        assert file.demands["2"] == (4, 0)
        assert computed.critical == ("1", "2", "4")
        assert codes(file.fidelity.kept) == {"tasks": 4, "links": 4}

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "not_psplib"),
            ("<Project/>", "not_psplib"),
            (PSPLIB[: PSPLIB.index("REQUESTS")], "psplib_truncated"),
            (
                PSPLIB.replace("   1        1          2           2   3", "   1  1  2  2"),
                "psplib_broken",
            ),
            (PSPLIB.replace("           4\n", "           9\n", 1), "psplib_broken"),
            (PSPLIB.replace("  2      1     5", "  2      2     5"), "psplib_several_modes"),
            (PSPLIB.replace("  2      1     5", "  2      1     x"), "psplib_broken"),
        ],
    )
    def test_files_that_are_no_instance(self, text, code):
        with pytest.raises(FormatError) as caught:
            psplib.read(io.BytesIO(text.encode()))

        assert caught.value.code == code


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_damage_to_an_instance_is_read_or_refused_with_a_code(data):
    start = data.draw(st.integers(0, len(PSPLIB)))
    end = data.draw(st.integers(start, min(start + 40, len(PSPLIB))))
    text = PSPLIB[:start] + data.draw(st.text(max_size=5)) + PSPLIB[end:]

    outcome = outcome_of(psplib.read, text)

    assert isinstance(outcome, psplib.PsplibFile) or outcome.code.replace("_", "").isalpha()


def outcome_of(reader, text):
    """Read and schedule: either may refuse, none may crash."""
    try:
        file = reader(io.BytesIO(text.encode()))
        schedule(file.plan)
    except Refusal as refusal:
        return refusal
    return file
