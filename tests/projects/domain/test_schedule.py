"""What the schedule engine does with calendars, constraints, progress, summaries and bad input."""

from datetime import date
from datetime import datetime as at

import pytest

from common.domain.worktime import Segment
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
    PlanCalendarError,
    ProgressLogic,
    ScheduleError,
    ScheduleOptions,
    Task,
    schedule,
)

HOURS_8_TO_17 = (Segment(480, 720), Segment(780, 1020))
STANDARD = PlanCalendar(week=dict.fromkeys(range(5), HOURS_8_TO_17), name="Standard")
DAY = 480
HOUR = 60

# March 2026: Monday 2 to Friday 6, Monday 9 to Friday 13 ...
MON, TUE, WED, THU, FRI = 2, 3, 4, 5, 6
MON2, TUE2, WED2, THU2, FRI2 = 9, 10, 11, 12, 13


def march(day, hour=8, minute=0):
    return at(2026, 3, day, hour, minute)


def task(uid, days=1, **more):
    return Task(uid=uid, duration=days * DAY, **more)


def plan(*tasks, links=(), **more):
    settings = {
        "start": march(MON),
        "calendar": "std",
        "calendars": {"std": STANDARD},
        **more,
    }
    return Plan(
        tasks=tasks,
        links=tuple(
            x if isinstance(x, Link) else Link(predecessor=x[0], successor=x[1]) for x in links
        ),
        **settings,
    )


def early(computed, uid):
    row = computed.tasks[uid]
    return row.early_start, row.early_finish


def late(computed, uid):
    row = computed.tasks[uid]
    return row.late_start, row.late_finish


def refused(broken):
    with pytest.raises((ScheduleError, PlanCalendarError)) as caught:
        schedule(broken)
    return caught.value


class TestCalendars:
    def test_finish_is_inclusive_and_work_jumps_the_weekend(self):
        computed = schedule(plan(task("a", 5), task("b"), links=[("a", "b")]))

        assert early(computed, "a") == (march(MON), march(FRI, 17))
        assert early(computed, "b") == (march(MON2), march(MON2, 17))

    def test_holiday_and_one_off_opening(self):
        calendar = PlanCalendar(
            week=STANDARD.week,
            exceptions={date(2026, 3, 4): (), date(2026, 3, 7): HOURS_8_TO_17},
        )

        computed = schedule(plan(task("a", 5), calendars={"std": calendar}))

        assert early(computed, "a") == (march(MON), march(7, 17))

    def test_task_calendar_replaces_the_project_calendar(self):
        weekend = PlanCalendar(week=dict.fromkeys((5, 6), HOURS_8_TO_17))

        computed = schedule(
            plan(task("a", 2, calendar="we"), calendars={"std": STANDARD, "we": weekend})
        )

        assert early(computed, "a") == (march(7), march(8, 17))

    def test_resource_calendar_holds_the_task_and_can_be_ignored(self):
        away = PlanCalendar(week=STANDARD.week, exceptions={date(2026, 3, 3): ()})
        both = {"std": STANDARD, "anna": away}

        held = schedule(plan(task("a", 2, resource_calendars=("anna",)), calendars=both))
        free = schedule(
            plan(
                task("a", 2, resource_calendars=("anna",), ignores_resource_calendars=True),
                calendars=both,
            )
        )

        assert early(held, "a") == (march(MON), march(WED, 17))
        assert early(free, "a") == (march(MON), march(TUE, 17))

    def test_task_calendar_and_resource_calendar_meet(self):
        mornings = PlanCalendar(week=dict.fromkeys(range(7), (Segment(480, 720),)))
        late_riser = PlanCalendar(week=dict.fromkeys(range(5), (Segment(600, 1020),)))

        computed = schedule(
            plan(
                Task(uid="a", duration=4 * HOUR, calendar="am", resource_calendars=("bo",)),
                calendars={"std": STANDARD, "am": mornings, "bo": late_riser},
            )
        )

        assert early(computed, "a") == (march(MON, 10), march(TUE, 12))

    def test_two_resources_work_when_either_does(self):
        early_bird = PlanCalendar(week={0: (Segment(360, 600),)})
        late_riser = PlanCalendar(week={0: (Segment(600, 840),)})

        computed = schedule(
            plan(
                Task(uid="a", duration=8 * HOUR, resource_calendars=("x", "y")),
                start=march(MON, 6),
                calendars={"std": STANDARD, "x": early_bird, "y": late_riser},
            )
        )

        assert early(computed, "a") == (march(MON, 6), march(MON, 14))

    def test_elapsed_task_works_day_and_night(self):
        computed = schedule(
            plan(Task(uid="a", duration=24 * HOUR, is_elapsed=True), start=march(FRI, 12))
        )

        assert early(computed, "a") == (march(FRI, 12), march(7, 12))

    def test_plan_may_start_outside_working_time(self):
        computed = schedule(plan(task("a"), start=march(1, 3)))

        assert early(computed, "a") == (march(MON), march(MON, 17))
        assert computed.start == march(MON)

    def test_milestone_sits_on_its_predecessors_finish(self):
        computed = schedule(
            plan(task("a", 5), task("m", 0), task("b"), links=[("a", "m"), ("m", "b")])
        )

        assert early(computed, "m") == (march(FRI, 17), march(FRI, 17))
        assert early(computed, "b") == (march(MON2), march(MON2, 17))
        assert computed.tasks["m"].total_float == 0

    def test_milestone_after_an_elapsed_lag_snaps_to_working_time(self):
        lag = Lag(amount=24 * HOUR, kind=LagKind.ELAPSED)

        computed = schedule(
            plan(
                task("a", 5),
                task("m", 0),
                links=[Link(predecessor="a", successor="m", lag=lag)],
            )
        )

        assert early(computed, "m") == (march(MON2), march(MON2))


LAGS = [
    # kind of link, kind of lag, amount, early start, early finish of the one-day successor of a
    # two-day predecessor on Monday and Tuesday
    ("FS", "working", DAY, march(THU), march(THU, 17)),
    ("FS", "working", -DAY, march(TUE), march(TUE, 17)),
    ("FS", "working", -5 * DAY, march(MON), march(MON, 17)),  # never before the project start
    ("FS", "elapsed", 24 * HOUR, march(THU), march(THU, 17)),  # Wednesday 17:00 is a day's end
    ("FS", "elapsed", 15 * HOUR, march(WED), march(WED, 17)),
    ("FS", "percent", 50, march(THU), march(THU, 17)),
    ("FS", "percent", -50, march(TUE), march(TUE, 17)),
    ("FS", "elapsed_percent", 50, march(WED, 8), march(WED, 17)),
    ("SS", "working", 4 * HOUR, march(MON, 13), march(TUE, 12)),
    ("SS", "elapsed", 48 * HOUR, march(WED), march(WED, 17)),
    ("SS", "percent", 50, march(TUE), march(TUE, 17)),
    ("FF", "working", DAY, march(WED), march(WED, 17)),
    ("FF", "working", -4 * HOUR, march(MON, 13), march(TUE, 13)),
    ("SF", "working", 3 * DAY, march(WED), march(WED, 17)),
    ("SF", "working", 0, march(MON), march(MON, 17)),
]


@pytest.mark.parametrize(("kind", "lag_kind", "amount", "start", "finish"), LAGS)
def test_links_and_lags(kind, lag_kind, amount, start, finish):
    link = Link(
        predecessor="a",
        successor="b",
        kind=LinkKind(kind),
        lag=Lag(amount=amount, kind=LagKind(lag_kind)),
    )

    computed = schedule(plan(task("a", 2), task("b"), links=[link]))

    b = computed.tasks["b"]
    assert (b.early_start, b.early_finish) == (start, finish)


@pytest.mark.parametrize(
    ("option", "start"),
    [
        # Thursday 17:00 plus Friday and Monday 9: the task's next day is Saturday 14
        (LagCalendar.PREDECESSOR, march(14)),
        (LagCalendar.PROJECT, march(14)),
        # plus Saturday 7 and Sunday 8: Monday 9
        (LagCalendar.SUCCESSOR, march(MON2)),
        # plus sixteen hours of any kind, to Friday 09:00: Saturday 7
        (LagCalendar.ELAPSED, march(7)),
    ],
)
def test_lag_calendar_is_an_option(option, start):
    """Two days of lag after Thursday, to a task that works from Saturday to Monday."""
    weekends = PlanCalendar(week=dict.fromkeys((5, 6, 0), HOURS_8_TO_17))
    link = Link(predecessor="a", successor="b", lag=Lag(amount=2 * DAY))

    computed = schedule(
        plan(
            task("a", 4),
            task("b", calendar="long weekend"),
            links=[link],
            calendars={"std": STANDARD, "long weekend": weekends},
            options=ScheduleOptions(lag_calendar=option),
        )
    )

    assert computed.tasks["b"].early_start == start


class TestConstraints:
    """A two-day task after a one-day task, on a plan that ends on Friday 6 March."""

    def computed(self, kind, moment=None, *, is_pinned=False, **more):
        constraint = Constraint(kind=ConstraintKind(kind), at=moment, is_pinned=is_pinned)
        return schedule(
            plan(
                task("a"),
                task("b", 2, constraints=(constraint,)),
                task("end", 5),
                links=[("a", "b")],
                **more,
            )
        )

    @pytest.mark.parametrize(
        ("kind", "moment", "start", "finish", "late_finish", "total"),
        [
            ("asap", None, march(TUE), march(WED, 17), march(FRI, 17), 2 * DAY),
            ("alap", None, march(THU), march(FRI, 17), march(FRI, 17), 0),
            ("snet", march(WED), march(WED), march(THU, 17), march(FRI, 17), DAY),
            ("fnet", march(THU, 17), march(WED), march(THU, 17), march(FRI, 17), DAY),
            ("snlt", march(WED), march(TUE), march(WED, 17), march(THU, 17), DAY),
            ("fnlt", march(THU, 17), march(TUE), march(WED, 17), march(THU, 17), DAY),
            ("mso", march(WED), march(WED), march(THU, 17), march(THU, 17), 0),
            ("mfo", march(THU, 17), march(WED), march(THU, 17), march(THU, 17), 0),
        ],
    )
    def test_dates_under_each_of_the_eight(self, kind, moment, start, finish, late_finish, total):
        computed = self.computed(kind, moment)

        b = computed.tasks["b"]
        assert (b.early_start, b.early_finish) == (start, finish)
        assert (b.late_finish, b.total_float) == (late_finish, total)

    @pytest.mark.parametrize(
        ("kind", "moment"),
        [
            ("mso", march(MON)),
            ("snlt", march(MON)),
            ("mfo", march(TUE, 17)),
            ("fnlt", march(TUE, 17)),
        ],
    )
    def test_logic_wins_and_a_broken_date_is_negative_float(self, kind, moment):
        computed = self.computed(kind, moment)

        assert early(computed, "b") == (march(TUE), march(WED, 17))
        assert computed.tasks["b"].total_float == -DAY
        assert computed.tasks["a"].total_float == -DAY
        assert computed.critical == ("a", "b", "end")

    @pytest.mark.parametrize(
        ("kind", "moment"),
        [
            ("mso", march(MON)),
            ("snlt", march(MON)),
            ("mfo", march(TUE, 17)),
            ("fnlt", march(TUE, 17)),
        ],
    )
    def test_a_pin_holds_the_dates_and_the_predecessor_is_late(self, kind, moment):
        computed = self.computed(kind, moment, is_pinned=True)

        assert early(computed, "b") == (march(MON), march(TUE, 17))
        assert computed.tasks["a"].total_float == -DAY

    @pytest.mark.parametrize(("kind", "moment"), [("snlt", march(WED)), ("fnlt", march(FRI, 17))])
    def test_a_no_later_than_pin_moves_nothing_that_is_early_enough(self, kind, moment):
        computed = self.computed(kind, moment, is_pinned=True)

        assert early(computed, "b") == (march(TUE), march(WED, 17))
        assert computed.tasks["a"].total_float >= 0

    def test_deadline_moves_no_date_but_the_float(self):
        computed = schedule(plan(task("a", 2, deadline=march(MON, 17)), task("b", 5)))

        assert early(computed, "a") == (march(MON), march(TUE, 17))
        assert computed.tasks["a"].late_finish == march(MON, 17)
        assert computed.tasks["a"].total_float == -DAY

    def test_required_finish_replaces_the_computed_one(self):
        computed = schedule(plan(task("a", 3), required_finish=march(MON, 17)))

        assert computed.finish == march(WED, 17)
        assert computed.tasks["a"].total_float == -2 * DAY

    def test_two_constraints_hold_together(self):
        both = (
            Constraint(kind=ConstraintKind.START_NO_EARLIER_THAN, at=march(TUE)),
            Constraint(kind=ConstraintKind.FINISH_NO_LATER_THAN, at=march(THU, 17)),
        )

        computed = schedule(plan(task("a", 1, constraints=both), task("end", 5)))

        assert early(computed, "a") == (march(TUE), march(TUE, 17))
        assert computed.tasks["a"].total_float == 2 * DAY

    def test_late_task_delays_nobody(self):
        constraint = (Constraint(kind=ConstraintKind.AS_LATE_AS_POSSIBLE),)

        computed = schedule(
            plan(
                task("a", 1, constraints=constraint),
                task("b", 1),
                task("c", 3),
                task("end", 5),
                links=[("a", "b"), ("c", "b")],
            )
        )

        assert early(computed, "a") == (march(WED), march(WED, 17))
        assert early(computed, "b") == (march(THU), march(THU, 17))
        assert computed.tasks["a"].free_float == 0


class TestFloats:
    def test_interfering_float_is_what_delays_others_only(self):
        computed = schedule(plan(task("a"), task("b"), task("end", 5), links=[("a", "b")]))

        a, b = computed.tasks["a"], computed.tasks["b"]
        assert (a.total_float, a.free_float, a.interfering_float) == (3 * DAY, 0, 3 * DAY)
        assert (b.total_float, b.free_float, b.interfering_float) == (3 * DAY, 3 * DAY, 0)

    def test_threshold_makes_near_critical_tasks_critical(self):
        tasks = task("a", 4), task("b", 5), task("c", 2)

        strict = schedule(plan(*tasks))
        near = schedule(plan(*tasks, options=ScheduleOptions(float_threshold=DAY)))

        assert strict.critical == ("b",)
        assert near.critical == ("a", "b")

    def test_longest_path_ignores_float_and_follows_driving_links(self):
        """A deadline makes a side branch zero-float, yet it does not drive the finish."""
        tasks = task("side", 1, deadline=march(MON, 17)), task("a", 2), task("b", 3)
        links = [("a", "b")]

        by_float = schedule(plan(*tasks, links=links))
        by_path = schedule(
            plan(*tasks, links=links, options=ScheduleOptions(criticality=Criticality.LONGEST_PATH))
        )

        assert by_float.critical == ("side", "a", "b")
        assert by_path.critical == ("a", "b")

    def test_longest_path_survives_a_late_required_finish(self):
        """With a month to spare nothing has zero float, but one chain is still the longest."""
        settings = {
            "links": [("a", "b")],
            "required_finish": at(2026, 4, 30, 17),
            "options": ScheduleOptions(criticality=Criticality.LONGEST_PATH),
        }

        computed = schedule(plan(task("a", 2), task("b", 3), task("c", 1), **settings))

        assert min(row.total_float for row in computed.tasks.values()) > 0
        assert computed.critical == ("a", "b")

    def test_open_ends_may_be_critical_each_on_its_own(self):
        tasks = task("a", 2), task("b", 5)

        computed = schedule(plan(*tasks, options=ScheduleOptions(open_ends_are_critical=True)))

        assert computed.critical == ("a", "b")


class TestProgress:
    def test_finished_task_keeps_its_dates_and_has_no_float(self):
        done = task("a", 1, actual_start=march(TUE, 9), actual_finish=march(WED, 15))

        computed = schedule(plan(done, task("b", 1), task("end", 9), links=[("a", "b")]))

        row = computed.tasks["a"]
        assert early(computed, "a") == late(computed, "a") == (march(TUE, 9), march(WED, 15))
        assert (row.total_float, row.is_critical) == (0, False)
        assert early(computed, "b") == (march(WED, 15), march(THU, 15))

    def test_remaining_work_is_never_before_the_status_date(self):
        started = task("a", 2, actual_start=march(MON), remaining=DAY)

        computed = schedule(plan(started, status_date=march(THU)))

        assert early(computed, "a") == (march(MON), march(THU, 17))

    def test_without_status_date_the_rest_follows_what_is_done(self):
        started = task("a", 3, actual_start=march(TUE), remaining=2 * DAY)

        computed = schedule(plan(started))

        assert early(computed, "a") == (march(TUE), march(THU, 17))

    @pytest.mark.parametrize(
        ("logic", "finish"),
        [(ProgressLogic.RETAINED, march(THU, 17)), (ProgressLogic.OVERRIDE, march(TUE, 17))],
    )
    def test_rest_of_a_task_started_out_of_sequence(self, logic, finish):
        computed = schedule(
            plan(
                task("a", 3),
                task("b", 2, actual_start=march(MON), remaining=DAY),
                links=[("a", "b")],
                options=ScheduleOptions(progress_logic=logic),
            )
        )

        assert early(computed, "b") == (march(MON), finish)

    @pytest.mark.parametrize(
        ("logic", "finish"),
        [(ProgressLogic.RETAINED, march(WED, 17)), (ProgressLogic.OVERRIDE, march(TUE, 17))],
    )
    def test_finish_link_into_a_started_task(self, logic, finish):
        link = Link(predecessor="a", successor="b", kind=LinkKind.FINISH_FINISH)

        computed = schedule(
            plan(
                task("a", 3),
                task("b", 2, actual_start=march(MON), remaining=DAY),
                links=[link],
                options=ScheduleOptions(progress_logic=logic),
            )
        )

        assert early(computed, "b") == (march(MON), finish)

    @pytest.mark.parametrize(
        ("progress", "logic", "late_finish"),
        [
            # not started: held by the successor's two days before Friday evening
            ({}, ProgressLogic.RETAINED, march(WED, 17)),
            # started with a day left: held by that day, or by nothing
            (
                {"actual_start": march(MON), "remaining": DAY},
                ProgressLogic.RETAINED,
                march(THU, 17),
            ),
            (
                {"actual_start": march(MON), "remaining": DAY},
                ProgressLogic.OVERRIDE,
                march(FRI, 17),
            ),
            # finished: held by nothing
            (
                {"actual_start": march(MON), "actual_finish": march(TUE)},
                ProgressLogic.RETAINED,
                march(FRI, 17),
            ),
        ],
    )
    def test_how_far_a_successors_progress_still_holds_its_predecessor(
        self, progress, logic, late_finish
    ):
        computed = schedule(
            plan(
                task("a"),
                task("b", 2, **progress),
                task("end", 5),
                links=[("a", "b")],
                options=ScheduleOptions(progress_logic=logic),
            )
        )

        assert computed.tasks["a"].late_finish == late_finish

    def test_a_start_that_has_happened_is_held_by_nobody(self):
        link = Link(predecessor="a", successor="b", kind=LinkKind.START_START)

        computed = schedule(
            plan(
                task("a", 2, actual_start=march(MON), remaining=DAY),
                task("b", 4),
                task("end", 5),
                links=[link],
            )
        )

        assert computed.tasks["a"].late_finish == march(FRI, 17)
        assert computed.tasks["a"].free_float == 3 * DAY

    def test_late_start_of_a_started_task_is_its_actual_start(self):
        computed = schedule(
            plan(task("a", 2, actual_start=march(MON), remaining=DAY), task("end", 5))
        )

        assert late(computed, "a") == (march(MON), march(FRI, 17))
        assert computed.tasks["a"].total_float == 3 * DAY

    def test_actual_after_status_date_stands_and_is_noticed(self):
        done = task("a", 1, actual_start=march(MON), actual_finish=march(THU, 17))

        computed = schedule(plan(done, status_date=march(WED)))

        assert early(computed, "a") == (march(MON), march(THU, 17))
        assert [(n.code, n.task) for n in computed.notices] == [
            ("actual_finish_after_status_date", "a")
        ]


class TestSummaries:
    def test_summary_spans_its_leaves(self):
        computed = schedule(
            plan(
                Task(uid="s", duration=0),
                task("a", 1, parent="s"),
                task("b", 2, parent="s"),
                task("end", 5),
                links=[("a", "b")],
            )
        )

        row = computed.tasks["s"]
        assert early(computed, "s") == (march(MON), march(WED, 17))
        assert late(computed, "s") == (march(WED), march(FRI, 17))
        assert row.is_summary
        assert (row.total_float, row.free_float) == (2 * DAY, 2 * DAY)
        assert list(computed.tasks) == ["s", "a", "b", "end"]

    def test_link_from_a_summary_waits_for_its_last_leaf(self):
        computed = schedule(
            plan(
                Task(uid="s", duration=0),
                task("a", 1, parent="s"),
                task("b", 3, parent="s"),
                task("c"),
                links=[("s", "c")],
            )
        )

        assert early(computed, "c") == (march(THU), march(THU, 17))
        assert computed.tasks["a"].free_float == 2 * DAY
        assert computed.tasks["b"].total_float == 0

    def test_link_to_a_summary_holds_every_leaf(self):
        computed = schedule(
            plan(
                task("c"),
                Task(uid="s", duration=0),
                task("a", 1, parent="s"),
                task("b", 3, parent="s"),
                links=[("c", "s")],
            )
        )

        assert early(computed, "a")[0] == early(computed, "b")[0] == march(TUE)

    def test_start_of_a_summary_is_its_first_leaf(self):
        held = (Constraint(kind=ConstraintKind.START_NO_EARLIER_THAN, at=march(THU)),)
        link = Link(predecessor="s", successor="c", kind=LinkKind.START_START, lag=Lag(amount=DAY))

        computed = schedule(
            plan(
                Task(uid="s", duration=0),
                task("a", 2, parent="s"),
                task("b", 1, parent="s", constraints=held),
                task("c"),
                links=[link],
            )
        )

        assert early(computed, "c") == (march(TUE), march(TUE, 17))

    def test_nested_summaries_link_through(self):
        computed = schedule(
            plan(
                Task(uid="s", duration=0),
                Task(uid="t", duration=0, parent="s"),
                task("a", 2, parent="t"),
                Task(uid="u", duration=0),
                task("b", 1, parent="u"),
                links=[("s", "u")],
            )
        )

        assert early(computed, "b") == (march(WED), march(WED, 17))
        assert computed.critical == ("a", "b")


class TestRefusals:
    def test_cycle_names_its_loop(self):
        links = [("start", "a"), ("a", "b"), ("b", "c"), ("c", "a"), ("c", "end")]

        error = refused(plan(*(task(u) for u in ("start", "a", "b", "c", "end")), links=links))

        assert error.code == "cycle"
        assert dict(error.params) == {"loop": "a > b > c > a", "length": 3}

    def test_task_linked_to_itself_is_a_cycle(self):
        error = refused(plan(task("a"), links=[("a", "a")]))

        assert (error.code, error.params["loop"]) == ("cycle", "a > a")

    def test_cycle_through_a_summary_names_the_summary(self):
        error = refused(
            plan(
                Task(uid="s", duration=0),
                task("a", parent="s"),
                task("b"),
                links=[("s", "b"), ("b", "a")],
            )
        )

        assert (error.code, error.params["loop"]) == ("cycle", "a > s > b > a")

    @pytest.mark.parametrize(
        ("broken", "code"),
        [
            (plan(task("a"), task("a")), "duplicate_task"),
            (plan(task("a"), links=[("a", "x")]), "unknown_task"),
            (plan(task("a", parent="x")), "unknown_parent"),
            (plan(task("a", parent="b"), task("b", parent="a")), "summary_circle"),
            (plan(task("a", calendar="x")), "unknown_calendar"),
            (plan(task("a"), calendar="x"), "unknown_calendar"),
            (plan(task("a"), calendars={}), "unknown_calendar"),
            (plan(Task(uid="a", duration=-1)), "duration_negative"),
            (plan(Task(uid="a", duration=float("nan"))), "duration_not_whole_minutes"),
            (plan(Task(uid="a", duration=1.5)), "duration_not_whole_minutes"),
            (plan(task("a", remaining=-1)), "remaining_negative"),
            (plan(task("a", actual_finish=march(MON))), "finished_without_start"),
            (
                plan(task("a", actual_start=march(TUE), actual_finish=march(MON))),
                "finished_before_start",
            ),
            (
                plan(task("a", constraints=(Constraint(kind=ConstraintKind.MUST_START_ON),))),
                "constraint_without_date",
            ),
            (
                plan(
                    task("a"),
                    task("b"),
                    links=[Link(predecessor="a", successor="b", lag=Lag(amount=float("nan")))],
                ),
                "lag_not_whole",
            ),
            (
                plan(Task(uid="s", duration=0), task("a", parent="s"), links=[("s", "a")]),
                "link_within_own_summary",
            ),
            (
                plan(Task(uid="s", duration=0), task("a", parent="s"), links=[("a", "s")]),
                "link_within_own_summary",
            ),
            (plan(task("a"), start=at(1066, 10, 14)), "date_out_of_range"),
            (plan(task("a"), start=at(2026, 3, 2, 8, 0, 30)), "date_not_whole_minute"),
            (plan(task("a", 200_000)), "date_out_of_range"),
            (plan(Task(uid="a", duration=10**12, is_elapsed=True)), "date_out_of_range"),
        ],
    )
    def test_bad_plans_are_refused_with_a_code(self, broken, code):
        assert refused(broken).code == code

    def test_calendar_without_working_time(self):
        with pytest.raises(PlanCalendarError) as caught:
            PlanCalendar(week={0: ()}, name="Never")

        assert (caught.value.code, caught.value.params["calendar"]) == (
            "calendar_without_working_time",
            "Never",
        )

    def test_calendars_that_never_meet(self):
        weekend = PlanCalendar(week=dict.fromkeys((5, 6), HOURS_8_TO_17))

        error = refused(
            plan(
                task("a", calendar="std", resource_calendars=("we",)),
                calendars={"std": STANDARD, "we": weekend},
            )
        )

        assert error.code == "calendar_without_working_time"


def test_a_plan_without_tasks_starts_and_finishes_at_once():
    computed = schedule(plan())

    assert (computed.start, computed.finish) == (march(MON), march(MON))
    assert not computed.tasks
