"""An incident's history: merging, where it leaves the incident, and its clock.

The clock's own oracles (S1-S16 of spec services 4.3) are proved with the engine; here it is the
way from a source's statuses to it.
"""

import datetime as dt

import pytest

from common.domain.worktime import Segment, WorkCalendar
from services.domain.histories import merge, told_by_row
from services.domain.incidents import (
    Outcome,
    Step,
    Terms,
    clock_of,
    outcome,
)

HOURS = WorkCalendar(
    zone="UTC", week={day: (Segment(8 * 60, 17 * 60),) for day in range(5)}, exceptions={}
)
#: a Monday, 08:00
START = dt.datetime(2026, 11, 16, 8, tzinfo=dt.UTC)
H = 3600


def at(hours):
    return START + dt.timedelta(hours=hours)


def step(hours, status, *, paused=False, word="", priority=None):
    return Step(at(hours), status, is_paused=paused, word=word, priority=priority)


def terms(no=1, *, starts=-1000, resolve=None, respond=None, change="keep", reopen="resume"):
    return Terms(
        agreement_id=no,
        version_no=no,
        starts_at=at(starts),
        ends_at=None,
        calendar=HOURS,
        resolve={3: 4 * H} if resolve is None else resolve,
        respond=respond or {},
        change_mode=change,
        reopen=reopen,
    )


def clock(steps, versions, *, priority=3, as_of=1000):
    result = outcome(steps, opened_at=START)
    return clock_of(
        steps,
        opened_at=START,
        result=result,
        priority=priority,
        terms=versions,
        clocks={version.agreement_id: version.clock() for version in versions},
        as_of=at(as_of),
    )


class TestMerge:
    def test_the_same_status_twice_is_one_step(self):
        assert merge((), [step(0, "new"), step(1, "new")]) == (step(0, "new"),)

    def test_another_word_is_another_step(self):
        told = [step(0, "on_hold", word="Vendor"), step(1, "on_hold", word="User")]
        assert merge((), told) == tuple(told)

    def test_steps_of_one_minute_keep_the_order_of_the_file(self):
        told = [step(1, "resolved"), step(1, "in_progress"), step(1, "resolved")]
        assert merge((), told) == tuple(told)
        assert merge(told, told[:2]) == tuple(told)
        assert merge(told[:1], told) == tuple(told)

    def test_what_comes_late_is_put_in_its_place(self):
        whole = [step(0, "new"), step(2, "in_progress"), step(5, "resolved")]
        assert merge([whole[0], whole[2]], [whole[1]]) == tuple(whole)


class TestOutcome:
    def test_open(self):
        found = outcome([step(0, "new"), step(1, "on_hold", paused=True)], opened_at=START)
        assert (found.status, found.responded_at, found.resolved_at) == ("on_hold", at(1), None)

    def test_over_at_the_first_of_the_last_stopping_steps(self):
        steps = [step(0, "new"), step(3, "resolved"), step(9, "closed")]
        assert outcome(steps, opened_at=START).resolved_at == at(3)

    def test_the_sources_own_end_counts_where_it_is_given(self):
        steps = [step(0, "new"), step(3, "resolved")]
        assert outcome(steps, opened_at=START, resolved_at=at(2.5)).resolved_at == at(2.5)

    def test_a_later_step_means_reopened(self):
        steps = [step(0, "new"), step(3, "resolved"), step(8, "in_progress")]
        assert outcome(steps, opened_at=START, resolved_at=at(3)).resolved_at is None

    def test_an_end_after_the_last_step_is_later_knowledge(self):
        found = outcome([step(0, "new")], opened_at=START, resolved_at=at(7), closed_at=at(9))
        assert (found.status, found.resolved_at, found.closed_at) == ("closed", at(7), at(9))

    def test_closed_without_resolved_ends_at_its_closing(self):
        found = outcome((), opened_at=START, closed_at=at(5), status="closed")
        assert (found.status, found.resolved_at) == ("closed", at(5))


def test_a_row_tells_no_pauses():
    assert told_by_row(START, at(4), at(6), "closed", "Stängt") == (
        step(0, "new"),
        step(4, "resolved"),
        step(6, "closed", word="Stängt"),
    )


class TestClock:
    def test_waiting_does_not_count(self):
        steps = [
            step(0, "new"),
            step(1, "on_hold", paused=True),
            step(4, "in_progress"),
            step(7, "resolved"),
        ]
        found = clock(steps, [terms()])
        assert (found.business_seconds, found.wall_seconds, found.met) == (4 * H, 7 * H, True)
        assert found.due_at == at(7)

    def test_one_second_more_is_too_late(self):
        # R6: equality is met, a breach is more than the target, in seconds.
        steps = [step(0, "new"), step(4 + 1 / 3600, "resolved")]
        assert clock(steps, [terms()]).met is False
        assert clock([step(0, "new"), step(4, "resolved")], [terms()]).met is True

    def test_a_waiting_status_that_does_not_pause_counts(self):
        steps = [step(0, "new"), step(1, "on_hold"), step(5, "resolved")]
        assert clock(steps, [terms()]).met is False

    def test_open_has_a_due_instant_and_no_result(self):
        found = clock([step(0, "new")], [terms()], as_of=4)
        assert (found.due_at, found.met, found.business_seconds) == (at(4), None, None)

    def test_open_past_its_time_can_no_longer_be_in_time(self):
        assert clock([step(0, "new")], [terms()], as_of=4 + 1 / 3600).met is False

    def test_waiting_never_makes_it_late_nor_timely_again(self):
        # Waiting cannot breach; and one that was late before it waited stays late.
        parked = [step(0, "new"), step(3, "on_hold", paused=True)]
        assert clock(parked, [terms()]).met is None
        late = [step(0, "new"), step(5, "on_hold", paused=True)]
        assert clock(late, [terms()]).met is False

    @pytest.mark.parametrize(
        ("first", "seconds"), [(step(1, "resolved"), H), (step(1, "on_hold", paused=True), 2 * H)]
    )
    def test_until_the_first_that_is_told_it_is_new_and_counts(self, first, seconds):
        steps = [first, step(2, "in_progress"), step(3, "resolved")]
        told = steps[:1] if first.is_stopping else steps
        assert outcome(told, opened_at=START).responded_at == at(1)
        assert clock(told, [terms()]).business_seconds == seconds

    def test_no_target_for_the_priority(self):
        found = clock([step(0, "new"), step(2, "resolved")], [terms()], priority=5)
        assert (found.due_at, found.met, found.business_seconds) == (None, None, 2 * H)

    def test_no_agreement_then_leaves_calendar_time(self):
        found = clock([step(0, "new"), step(2, "resolved")], [terms(starts=1)])
        assert (found.agreement_id, found.business_seconds, found.wall_seconds) == (
            None,
            None,
            2 * H,
        )

    def test_cancelled_is_not_judged(self):
        assert clock([step(0, "new"), step(9, "cancelled")], [terms()]).met is None

    def test_reopened_goes_on_or_begins_anew(self):
        # R8: the time it was thought to be solved counts in neither.
        steps = [
            step(0, "new"),
            step(2, "resolved"),
            step(6, "in_progress"),
            step(8, "resolved"),
        ]
        assert clock(steps, [terms()]).business_seconds == 4 * H
        assert clock(steps, [terms(reopen="new")]).business_seconds == 2 * H

    @pytest.mark.parametrize(
        ("change", "seconds", "met"),
        [("keep", 6 * H, False), ("restart", 4 * H, True), ("freeze", 6 * H, False)],
    )
    def test_new_terms_reach_an_open_incident_as_they_say(self, change, seconds, met):
        # R7, on a clock of 6 open hours with new terms after two of them.
        versions = [terms(), terms(2, starts=2, change=change)]
        found = clock([step(0, "new"), step(6, "resolved")], versions)
        assert (found.business_seconds, found.met, found.agreement_id) == (seconds, met, 2)

    def test_new_terms_do_not_reach_one_that_is_over(self):
        # R12: the version is pinned.
        versions = [terms(), terms(2, starts=20, resolve={3: 1})]
        found = clock([step(0, "new"), step(3, "resolved")], versions)
        assert (found.agreement_id, found.met) == (1, True)

    @pytest.mark.parametrize(("hours", "met"), [(1, True), (1.5, False)])
    def test_the_answer_is_judged_by_its_own_time(self, hours, met):
        steps = [step(0, "new"), step(hours, "in_progress"), step(3, "resolved")]
        assert clock(steps, [terms(respond={3: H})]).respond_met is met


#: from priority 3 to 1 after two hours, resolved after six: P1 has 3 hours, P3 has 8
RAISED = [step(0, "new", priority=3), step(2, "new", priority=1), step(6, "resolved", priority=1)]
LOWERED = [step(0, "new", priority=1), step(5, "new", priority=3), step(6, "resolved")]
BOTH = {1: 3 * H, 3: 8 * H}


class TestPriority:
    @pytest.mark.parametrize(
        ("steps", "change", "seconds", "met"),
        [
            # keep: the whole clock by the priority it came to have
            (RAISED, "keep", 6 * H, False),
            (LOWERED, "keep", 6 * H, True),
            # freeze is the same, since the hours do not change with a priority
            (RAISED, "freeze", 6 * H, False),
            # restart: a clock of its own for each, and what one missed stays missed
            (RAISED, "restart", 4 * H, False),
            (LOWERED, "restart", 1 * H, False),
            ([*RAISED[:2], step(4, "resolved")], "restart", 2 * H, True),
        ],
    )
    def test_a_change_of_priority_counts_as_the_agreement_says(self, steps, change, seconds, met):
        found = clock(steps, [terms(resolve=BOTH, change=change)], priority=steps[1].priority)
        assert (found.business_seconds, found.met) == (seconds, met)

    def test_the_answer_keeps_the_priority_it_was_given_under(self):
        steps = [
            step(0, "new", priority=3),
            step(2, "in_progress"),
            step(3, "in_progress", priority=1),
            step(4, "resolved"),
        ]
        held = terms(resolve=BOTH, respond={1: H, 3: 4 * H})
        assert clock(steps, [held], priority=1).respond_met is True
        at_once = [steps[0], step(1, "new", priority=1), step(2, "in_progress"), steps[3]]
        assert clock(at_once, [held], priority=1).respond_met is False

    def test_another_priority_alone_is_no_answer(self):
        steps = [step(0, "new", priority=3), step(1, "new", priority=1), step(2, "in_progress")]
        assert outcome(steps, opened_at=START).responded_at == at(2)

    def test_a_history_without_priorities_takes_the_present_one(self):
        steps = [step(0, "new"), step(6, "resolved")]
        assert clock(steps, [terms(resolve=BOTH)], priority=1).met is False

    def test_what_is_told_anew_with_a_priority_takes_the_place_of_what_was_not(self):
        bare = [step(0, "new"), step(2, "in_progress")]
        full = [step(0, "new", priority=3), step(2, "in_progress", priority=1)]
        assert merge(bare, full) == merge(full, bare) == merge(full, full) == tuple(full)


def test_an_outcome_knows_nothing_of_the_future():
    assert outcome((), opened_at=START) == Outcome(
        status="new", responded_at=None, resolved_at=None, closed_at=None
    )
