"""The fourteen points of schedule quality, each failing and passing, and as a whole."""

from dataclasses import replace
from datetime import datetime as at
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.worktime import Segment
from projects.domain.quality import (
    Assessment,
    Check,
    Evidence,
    QualityError,
    Thresholds,
    Verdict,
    assess,
)
from projects.domain.schedule import (
    Constraint,
    ConstraintKind,
    Lag,
    Link,
    LinkKind,
    Plan,
    PlanCalendar,
    Task,
    schedule,
)

WEEKDAYS = PlanCalendar(week=dict.fromkeys(range(5), (Segment(480, 720), Segment(780, 1020))))
DAY = 480


def march(day, hour=8):
    return at(2026, 3, day, hour)


def chain_plan(count=20, **more):
    """A plan of one-day tasks, one after the other."""
    return Plan(
        **{
            "start": march(2),
            "calendar": "std",
            "calendars": {"std": WEEKDAYS},
            "tasks": tuple(Task(uid=str(n), duration=DAY) for n in range(count)),
            "links": tuple(
                Link(predecessor=str(n), successor=str(n + 1)) for n in range(count - 1)
            ),
            **more,
        }
    )


def changed(plan, changes):
    """The plan with some tasks changed, by uid."""
    return replace(
        plan, tasks=tuple(replace(task, **changes.get(task.uid, {})) for task in plan.tasks)
    )


def point(plan, check, **more):
    evidence = Evidence(computed=schedule(plan), **{"as_of": march(2), **more})
    return assess(evidence)[check]


def links_of(plan, count, **more):
    """The plan with its first links changed."""
    first = [replace(link, **more) for link in plan.links[:count]]
    return replace(plan, links=(*first, *plan.links[count:]))


GOOD = chain_plan(41)
"""Forty-one tasks, so that the two open ends stay under five percent."""


class TestLogic:
    def test_open_ends_within_the_allowance_pass(self):
        found = point(GOOD, Check.LOGIC)

        assert (found.verdict, found.found) == (Verdict.PASSED, ("0", "40"))
        assert dict(found.parts) == {"count": 2, "of": 41}

    def test_open_ends_beyond_it_fail(self):
        found = point(replace(GOOD, links=GOOD.links[1:]), Check.LOGIC)

        assert (found.verdict, found.found) == (Verdict.FAILED, ("0", "1", "40"))
        assert found.value == Decimal(3) / 41

    def test_a_link_of_a_summary_is_its_leaves_logic(self):
        plan = chain_plan(
            0,
            tasks=(
                Task(uid="a", duration=DAY),
                Task(uid="s", duration=0),
                Task(uid="b", duration=DAY, parent="s"),
                Task(uid="c", duration=DAY),
            ),
            links=(Link(predecessor="a", successor="s"), Link(predecessor="s", successor="c")),
        )

        assert point(plan, Check.LOGIC).found == ("a", "c")


SHARES = [
    # check, plan that fails, its value, plan that just passes
    (Check.LEADS, links_of(GOOD, 1, lag=Lag(amount=-DAY)), 1, GOOD),
    (
        Check.LAGS,
        links_of(GOOD, 3, lag=Lag(amount=DAY)),
        Decimal(3) / 40,
        links_of(GOOD, 2, lag=Lag(amount=DAY)),
    ),
    (
        Check.FINISH_START,
        links_of(GOOD, 5, kind=LinkKind.START_START),
        Decimal(35) / 40,
        links_of(GOOD, 4, kind=LinkKind.START_START),
    ),
    (
        Check.HARD_CONSTRAINTS,
        changed(
            GOOD,
            {
                str(n): {
                    "constraints": (
                        Constraint(kind=ConstraintKind.FINISH_NO_LATER_THAN, at=at(2026, 12, 1)),
                    )
                }
                for n in range(3)
            },
        ),
        Decimal(3) / 41,
        changed(
            GOOD,
            {
                str(n): {
                    "constraints": (
                        Constraint(kind=ConstraintKind.START_NO_EARLIER_THAN, at=march(2)),
                    )
                }
                for n in range(9)
            },
        ),
    ),
    (
        Check.HIGH_FLOAT,
        replace(
            chain_plan(60),
            tasks=(
                *chain_plan(60).tasks,
                *(Task(uid=f"x{n}", duration=DAY) for n in range(4)),
            ),
        ),
        Decimal(4) / 64,
        replace(
            chain_plan(60),
            tasks=(*chain_plan(60).tasks, *(Task(uid=f"x{n}", duration=DAY) for n in range(3))),
        ),
    ),
    (
        Check.NEGATIVE_FLOAT,
        changed(GOOD, {"0": {"deadline": march(2)}}),
        1,
        changed(GOOD, {"0": {"deadline": march(2, 17)}}),
    ),
    (
        Check.HIGH_DURATION,
        changed(GOOD, {str(n): {"duration": 45 * DAY} for n in range(3)}),
        Decimal(3) / 41,
        changed(GOOD, {str(n): {"duration": 44 * DAY} for n in range(9)}),
    ),
]


@pytest.mark.parametrize(("check", "failing", "value", "passing"), SHARES)
def test_each_check_fails_just_over_its_limit_and_passes_at_it(check, failing, value, passing):
    failed, passed = point(failing, check), point(passing, check)

    assert (failed.verdict, failed.value) == (Verdict.FAILED, value)
    assert failed.found
    assert passed.verdict is Verdict.PASSED


class TestDates:
    @pytest.mark.parametrize(
        ("changes", "found"),
        [
            ({"0": {"actual_start": march(2), "actual_finish": march(2, 17)}}, ()),
            ({}, ("0",)),  # its forecast start, Monday, is past on Tuesday
            ({"0": {"actual_start": march(2)}}, ("0",)),  # so is its forecast finish
            ({"0": {"actual_start": march(2), "actual_finish": march(4, 17)}}, ("0",)),
        ],
    )
    def test_forecast_in_the_past_or_actual_in_the_future(self, changes, found):
        result = point(changed(GOOD, changes), Check.INVALID_DATES, as_of=march(3))

        assert result.found == found
        assert result.verdict is (Verdict.FAILED if found else Verdict.PASSED)

    def test_missed_tasks_finished_late_or_not_at_all(self):
        plan = changed(
            GOOD,
            {
                "0": {"actual_start": march(2), "actual_finish": march(2, 17)},
                "1": {"actual_start": march(3), "actual_finish": march(4, 12)},
            },
        )
        due = {"0": march(2, 17), "1": march(3, 17), "2": march(4, 17), "3": march(6, 17)}

        found = point(plan, Check.MISSED_TASKS, as_of=march(5), baseline_finishes=due)

        assert (found.verdict, found.found) == (Verdict.FAILED, ("1", "2"))
        assert dict(found.parts) == {"count": 2, "of": 3}

    def test_nothing_due_yet_is_not_applicable(self):
        found = point(GOOD, Check.MISSED_TASKS, baseline_finishes={"0": march(2, 17)})

        assert (found.verdict, found.value) == (Verdict.NOT_APPLICABLE, None)


def test_tasks_of_a_day_without_resource_are_reported_never_failed():
    plan = changed(GOOD, {"5": {"duration": DAY - 1}})

    found = point(plan, Check.RESOURCES, resourced=frozenset({"0", "1"}))

    assert found.verdict is Verdict.REPORTED
    assert dict(found.parts) == {"count": 38, "of": 40}
    assert "5" not in found.found


class TestCriticalPath:
    def test_delay_of_a_sound_network_moves_the_end_one_for_one(self):
        found = point(GOOD, Check.CRITICAL_PATH_TEST)

        assert (found.verdict, found.value, found.found) == (Verdict.PASSED, 1, ("0",))
        assert dict(found.parts) == {"delayed": 600 * DAY, "moved": 600 * DAY}

    def test_a_pinned_task_breaks_the_path(self):
        pin = Constraint(kind=ConstraintKind.MUST_START_ON, at=march(4), is_pinned=True)
        plan = changed(GOOD, {"2": {"constraints": (pin,)}})

        found = point(plan, Check.CRITICAL_PATH_TEST)

        assert found.verdict is Verdict.FAILED
        assert found.value < 1

    def test_a_pinned_finish_swallows_the_delay(self):
        pin = Constraint(kind=ConstraintKind.MUST_FINISH_ON, at=march(2, 17), is_pinned=True)

        found = point(changed(GOOD, {"0": {"constraints": (pin,)}}), Check.CRITICAL_PATH_TEST)

        assert (found.verdict, found.value) == (Verdict.FAILED, 0)

    def test_cpli_example(self):
        """spec/projects.md 4.6: 100 days remaining, total float -8: CPLI 0.92, fail."""
        plan = chain_plan(100)
        tight = replace(plan, required_finish=schedule(chain_plan(92)).finish)

        found = point(tight, Check.CPLI)

        assert (found.verdict, found.value) == (Verdict.FAILED, Decimal("0.92"))
        assert dict(found.parts) == {"numerator": 92 * DAY, "denominator": 100 * DAY}

    def test_cpli_of_an_untroubled_plan_is_one(self):
        assert (point(GOOD, Check.CPLI).verdict, point(GOOD, Check.CPLI).value) == (
            Verdict.PASSED,
            1,
        )


class TestBaselineExecution:
    PLAN = changed(
        GOOD,
        {
            str(n): {"actual_start": march(2 + n), "actual_finish": march(2 + n, 17)}
            for n in range(3)
        },
    )
    DUE = {str(n): march(2 + n, 17) for n in range(4)}

    def test_three_of_four_due_tasks_finished(self):
        later = {str(n): at(2026, 12, 1) for n in range(4, 41)}

        found = point(self.PLAN, Check.BEI, as_of=march(6), baseline_finishes={**self.DUE, **later})

        assert (found.verdict, found.value) == (Verdict.FAILED, Decimal("0.75"))

    def test_tasks_without_a_baseline_count_as_due(self):
        found = point(self.PLAN, Check.BEI, as_of=march(6), baseline_finishes=self.DUE)

        assert dict(found.parts) == {"numerator": 3, "denominator": 4 + 37}

    def test_without_any_baseline_it_does_not_apply(self):
        assert point(self.PLAN, Check.BEI, as_of=march(6)).verdict is Verdict.NOT_APPLICABLE


def test_a_sound_schedule_fails_nothing_and_points_stand_in_order():
    found = assess(Evidence(computed=schedule(GOOD), as_of=march(2)))

    assert found.failed == ()
    assert [p.check for p in found.points] == list(Check)


def test_a_finished_plan_has_nothing_left_to_judge():
    plan = changed(chain_plan(1), {"0": {"actual_start": march(2), "actual_finish": march(2, 17)}})

    found = assess(Evidence(computed=schedule(plan), as_of=march(9)))

    assert found.failed == ()
    assert found[Check.LOGIC].verdict is Verdict.NOT_APPLICABLE
    assert found[Check.CPLI].verdict is Verdict.NOT_APPLICABLE


def test_thresholds_are_data():
    strict = Thresholds(missing_logic=Decimal(0), minutes_a_day=240)

    found = assess(Evidence(computed=schedule(GOOD), as_of=march(2)), strict)

    assert Check.LOGIC in found.failed


def test_bad_evidence_is_refused():
    with pytest.raises(QualityError) as unknown:
        assess(Evidence(computed=schedule(GOOD), as_of=march(2), resourced=frozenset({"x"})))
    with pytest.raises(QualityError) as zero:
        Thresholds(minutes_a_day=0)

    assert (unknown.value.code, zero.value.code) == ("unknown_task", "threshold_not_positive")


moments = st.integers(0, 60).map(lambda d: at(2026, 2, 1, 8).replace(day=1 + d % 28))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            dict,
            duration=st.integers(0, 60 * DAY),
            deadline=st.none() | moments,
            actual_start=st.none() | moments,
            remaining=st.none() | st.integers(0, DAY),
        ),
        max_size=8,
    ),
    st.lists(st.integers(-2 * DAY, 2 * DAY), max_size=7),
    moments,
    st.dictionaries(st.sampled_from("01234567"), moments),
)
def test_any_schedule_is_assessed(rows, lags, as_of, finishes):
    plan = chain_plan(
        0,
        tasks=tuple(Task(uid=str(n), **row) for n, row in enumerate(rows)),
        links=tuple(
            Link(predecessor=str(n), successor=str(n + 1), lag=Lag(amount=lag))
            for n, lag in enumerate(lags[: max(len(rows) - 1, 0)])
        ),
    )
    known = {uid: finish for uid, finish in finishes.items() if int(uid) < len(rows)}

    found = assess(Evidence(computed=schedule(plan), as_of=as_of, baseline_finishes=known))

    assert isinstance(found, Assessment)
    for answer in found.points:
        has_value = answer.verdict is not Verdict.NOT_APPLICABLE
        assert (answer.value is not None) == has_value
