"""Why a date is what it is, and what moved between two versions of a plan."""

from dataclasses import replace
from datetime import datetime as at

import pytest

from common.domain.worktime import Segment
from projects.domain.schedule import (
    Cause,
    Constraint,
    ConstraintKind,
    Driver,
    Lag,
    Link,
    Plan,
    PlanCalendar,
    ScheduleError,
    Task,
    compare,
    explain,
    schedule,
)

STANDARD = PlanCalendar(week=dict.fromkeys(range(5), (Segment(480, 720), Segment(780, 1020))))
SIX_DAYS = PlanCalendar(week=dict.fromkeys(range(6), (Segment(480, 720), Segment(780, 1020))))
DAY = 480
MON, TUE, WED, THU, FRI, MON2 = 2, 3, 4, 5, 6, 9


def march(day, hour=8):
    return at(2026, 3, day, hour)


def task(uid, days=1, **more):
    return Task(uid=uid, duration=days * DAY, **more)


def plan(*tasks, links=(), **more):
    return Plan(
        **{
            "start": march(MON),
            "calendar": "std",
            "calendars": {"std": STANDARD},
            "tasks": tasks,
            "links": tuple(Link(predecessor=a, successor=b) for a, b in links),
            **more,
        }
    )


def chain(computed, uid):
    return [(step.uid, step.reason) for step in explain(computed, uid)]


class TestExplain:
    def test_chain_runs_from_the_project_start_through_driving_links(self):
        computed = schedule(
            plan(
                task("a", 3),
                task("b", 1),
                task("c", 3),
                task("d"),
                links=[("a", "c"), ("b", "c"), ("c", "d"), ("b", "d")],
            )
        )

        assert chain(computed, "d") == [
            ("a", Driver.PROJECT_START),
            ("c", Driver.LINK),
            ("d", Driver.LINK),
        ]
        last = explain(computed, "d")[-1]
        assert last.link == Link(predecessor="c", successor="d")
        assert (last.start, last.finish) == (march(10), march(10, 17))

    def test_link_step_says_how_long_the_calendar_was_closed(self):
        computed = schedule(plan(task("a", 5), task("b"), links=[("a", "b")]))

        params = explain(computed, "b")[-1].params

        assert params["closed_minutes"] == 63 * 60  # Friday 17:00 to Monday 08:00
        assert (params["predecessor"], params["kind"], params["lag"]) == ("a", "FS", 0)

    @pytest.mark.parametrize(
        ("more", "reason", "params"),
        [
            (
                {
                    "constraints": (
                        Constraint(kind=ConstraintKind.START_NO_EARLIER_THAN, at=march(THU)),
                    )
                },
                Driver.CONSTRAINT,
                {"constraint": "snet", "at": "2026-03-05T08:00:00"},
            ),
            (
                {
                    "constraints": (
                        Constraint(
                            kind=ConstraintKind.MUST_START_ON, at=march(MON), is_pinned=True
                        ),
                    )
                },
                Driver.PIN,
                {"constraint": "mso", "at": "2026-03-02T08:00:00"},
            ),
            (
                {"actual_start": march(MON), "actual_finish": march(TUE)},
                Driver.ACTUAL_FINISH,
                {},
            ),
        ],
    )
    def test_chain_ends_where_something_else_than_logic_decides(self, more, reason, params):
        computed = schedule(
            plan(task("a"), task("b", 1, **more), task("c"), links=[("a", "b"), ("b", "c")])
        )

        steps = explain(computed, "c")

        assert [s.uid for s in steps] == ["b", "c"]
        assert (steps[0].reason, dict(steps[0].params)) == (reason, params)

    def test_rest_of_a_started_task_may_still_be_driven_by_its_logic(self):
        computed = schedule(
            plan(
                task("a", 3),
                task("b", 2, actual_start=march(MON), remaining=DAY),
                task("c", 2, actual_start=march(TUE)),
                links=[("a", "b")],
            )
        )

        assert chain(computed, "b") == [("a", Driver.PROJECT_START), ("b", Driver.LINK)]
        assert chain(computed, "c") == [("c", Driver.ACTUAL_START)]

    def test_unstarted_work_waits_for_the_status_date(self):
        computed = schedule(plan(task("a"), status_date=march(WED)))

        (step,) = explain(computed, "a")

        assert (step.reason, dict(step.params)) == (
            Driver.STATUS_DATE,
            {"at": "2026-03-04T08:00:00"},
        )

    def test_summaries_are_passed_through(self):
        computed = schedule(
            plan(
                Task(uid="s", duration=0),
                task("a", 2, parent="s"),
                task("b", 1, parent="s"),
                Task(uid="t", duration=0),
                task("c", 1, parent="t"),
                links=[("s", "t")],
            )
        )

        assert chain(computed, "t") == [("a", Driver.PROJECT_START), ("c", Driver.LINK)]
        assert explain(computed, "c")[-1].link == Link(predecessor="s", successor="t")

    def test_without_a_task_the_project_finish_is_explained(self):
        computed = schedule(plan(task("a", 2), task("b", 1), task("c", 2), links=[("b", "c")]))

        assert chain(computed, None) == [("b", Driver.PROJECT_START), ("c", Driver.LINK)]
        assert explain(schedule(plan())) == ()

    def test_unknown_task_is_refused(self):
        with pytest.raises(ScheduleError) as caught:
            explain(schedule(plan(task("a"))), "x")

        assert (caught.value.code, caught.value.params["task"]) == ("unknown_task", "x")


BEFORE = plan(task("a", 2), task("b", 1), task("c", 2), links=[("a", "c"), ("b", "c")])


def parts(movement):
    return {cause: days / DAY for cause, days in movement.parts.items() if days}


class TestCompare:
    @pytest.mark.parametrize(
        ("after", "cause", "days"),
        [
            (
                replace(BEFORE, tasks=(*BEFORE.tasks, task("n", 3)),
                        links=(*BEFORE.links, Link(predecessor="a", successor="n"),
                               Link(predecessor="n", successor="c"))),
                Cause.SCOPE, 3,
            ),
            (
                replace(BEFORE, links=(*BEFORE.links, Link(predecessor="a", successor="b"))),
                Cause.LOGIC, 1,
            ),
            (
                replace(BEFORE, links=(Link(predecessor="a", successor="c", lag=Lag(amount=DAY)),)),
                Cause.LOGIC, 1,
            ),
            (replace(BEFORE, tasks=(task("a", 3), *BEFORE.tasks[1:])), Cause.DURATION, 1),
            (
                replace(BEFORE, tasks=(
                    replace(BEFORE.tasks[0], actual_start=march(WED)), *BEFORE.tasks[1:])),
                Cause.PROGRESS, 2,
            ),
            (replace(BEFORE, start=march(TUE)), Cause.CONSTRAINT, 1),
            (
                replace(BEFORE, calendars={"std": PlanCalendar(
                    week=STANDARD.week, exceptions={march(TUE).date(): ()})}),
                Cause.CALENDAR, 1,
            ),
        ],
    )  # fmt: skip
    def test_each_kind_of_change_gets_its_own_part(self, after, cause, days):
        found = compare(schedule(BEFORE), schedule(after))

        assert parts(found.project) == {cause: days}
        (movement,) = [m for m in found.moved if m.uid == "c"]
        assert parts(movement) == {cause: days}
        assert sum(movement.parts.values()) == movement.shift

    def test_several_changes_add_up(self):
        after = replace(
            BEFORE,
            start=march(TUE),
            tasks=(task("a", 4), task("b", 1), task("c", 1)),
        )

        found = compare(schedule(BEFORE), schedule(after))

        assert parts(found.project) == {Cause.DURATION: 1, Cause.CONSTRAINT: 1}
        assert found.project.shift == 2 * DAY

    def test_nothing_changed_nothing_moved(self):
        found = compare(schedule(BEFORE), schedule(BEFORE))

        assert found.moved == ()
        assert (found.project.shift, sum(found.project.parts.values())) == (0, 0)

    def test_added_removed_and_critical_tasks_are_named(self):
        after = replace(
            BEFORE,
            tasks=(task("a", 1), task("b", 3), task("d", 1)),
            links=(Link(predecessor="b", successor="d"),),
        )

        found = compare(schedule(BEFORE), schedule(after))

        assert (found.added, found.removed) == (("d",), ("c",))
        assert (found.became_critical, found.no_longer_critical) == (("b",), ("a",))

    def test_change_that_needs_two_kinds_at_once_is_counted_with_the_later(self):
        """b > a turns to a > n > b: with the old link still there the new ones close a loop."""
        before = plan(task("a"), task("b"), links=[("b", "a")])
        after = plan(task("a"), task("n"), task("b"), links=[("a", "n"), ("n", "b")])

        found = compare(schedule(before), schedule(after))

        assert parts(found.project) == {Cause.LOGIC: 1}

    def test_summary_links_of_removed_summaries_do_not_stop_the_comparison(self):
        before = plan(
            Task(uid="s", duration=0), task("a", 2, parent="s"), task("b"), links=[("s", "b")]
        )
        after = plan(task("a", 2), task("b"), links=[("a", "b")])

        found = compare(schedule(before), schedule(after))

        assert found.removed == ("s",)
        assert found.project.shift == 0
