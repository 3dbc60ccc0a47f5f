"""What must hold for every plan: drawn at random, valid and invalid."""

from dataclasses import replace
from datetime import date, timedelta
from datetime import datetime as at
from itertools import pairwise

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
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
    ProgressLogic,
    Schedule,
    ScheduleError,
    ScheduleOptions,
    Task,
    compare,
    explain,
    schedule,
)

STANDARD = PlanCalendar(week=dict.fromkeys(range(5), (Segment(480, 720), Segment(780, 1020))))
NIGHTS = PlanCalendar(
    week={day: (Segment(0, 360), Segment(1320, 1440)) for day in range(7)},
    exceptions={date(2026, 3, 10): ()},
)
START = at(2026, 3, 2, 8)
CALENDARS = {"std": STANDARD, "nights": NIGHTS}

moments = st.integers(0, 40 * 1440).map(lambda m: START + timedelta(minutes=m - 5 * 1440))
durations = st.integers(0, 5000)
working_lags = st.builds(Lag, amount=st.integers(-2000, 2000)) | st.builds(
    Lag, amount=st.integers(-100, 200), kind=st.just(LagKind.PERCENT)
)
elapsed_lags = st.builds(
    Lag, amount=st.integers(-2000, 2000), kind=st.just(LagKind.ELAPSED)
) | st.builds(Lag, amount=st.integers(-100, 200), kind=st.just(LagKind.ELAPSED_PERCENT))
lags = working_lags | elapsed_lags
options = st.builds(
    ScheduleOptions,
    lag_calendar=st.sampled_from(LagCalendar),
    criticality=st.sampled_from(Criticality),
    progress_logic=st.sampled_from(ProgressLogic),
    open_ends_are_critical=st.booleans(),
)


@st.composite
def networks(draw, *, plain=False, least=1, kinds=tuple(LinkKind), lag=None):
    """Plans without cycles: links run from earlier to later tasks.

    Plain ones have one calendar (an elapsed lag is another) and no dates.
    """
    size = draw(st.integers(least, 9))
    tasks = []
    for number in range(size):
        more = {} if plain else draw(extras(number))
        tasks.append(Task(uid=str(number), duration=draw(durations), **more))
    parents = {task.parent for task in tasks}
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size)]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=12)) if pairs else []
    drawn_lags = lag if lag is not None else working_lags if plain else lags
    links = tuple(
        Link(
            predecessor=str(a),
            successor=str(b),
            kind=draw(st.sampled_from(kinds)),
            lag=draw(drawn_lags),
        )
        for a, b in chosen
        if not related(tasks, a, b) and not {str(a), str(b)} & parents
    )
    return Plan(
        start=START,
        calendar="std",
        calendars=CALENDARS,
        tasks=tuple(tasks),
        links=links,
        status_date=None if plain else draw(st.none() | moments),
        options=ScheduleOptions() if plain else draw(options),
    )


@st.composite
def extras(draw, number):
    more = {"calendar": draw(st.sampled_from((None, "std", "nights")))}
    if number and draw(st.integers(0, 3)) == 0:
        more["parent"] = str(draw(st.integers(0, number - 1)))
    kind = draw(st.none() | st.sampled_from(ConstraintKind))
    if kind is not None:
        more["constraints"] = (
            Constraint(kind=kind, at=draw(moments), is_pinned=draw(st.booleans())),
        )
    more["deadline"] = draw(st.none() | moments)
    if draw(st.integers(0, 3)) == 0:
        more["actual_start"] = draw(moments)
        more["remaining"] = draw(st.none() | durations)
        if draw(st.booleans()):
            more["actual_finish"] = more["actual_start"] + timedelta(minutes=draw(durations))
    return more


def related(tasks, a, b):
    ancestors, uid = set(), str(b)
    while uid is not None:
        ancestors.add(uid)
        uid = tasks[int(uid)].parent
    return str(a) in ancestors


@settings(max_examples=150, deadline=None)
@given(networks())
def test_any_valid_plan_has_a_whole_schedule(plan):
    computed = schedule(plan)

    assert list(computed.tasks) == [task.uid for task in plan.tasks]
    for row in computed.tasks.values():
        assert row.early_start <= row.early_finish
        assert row.interfering_float == row.total_float - row.free_float
        assert explain(computed, row.uid)[-1].finish <= computed.finish
    leaves = [row for row in computed.tasks.values() if not row.is_summary]
    assert computed.finish == max(row.early_finish for row in leaves)


@settings(max_examples=100, deadline=None)
@given(networks(least=2), st.data())
def test_adding_a_link_never_makes_an_early_date_earlier(plan, data):
    """Tasks as late as possible and pinned ones are moved by more than their logic."""
    free = tuple(
        replace(
            task,
            constraints=tuple(
                replace(c, is_pinned=False)
                for c in task.constraints
                if c.kind is not ConstraintKind.AS_LATE_AS_POSSIBLE
            ),
        )
        for task in plan.tasks
    )
    plan = replace(plan, tasks=free)
    a = data.draw(st.integers(0, len(free) - 2))
    b = data.draw(st.integers(a + 1, len(free) - 1))
    link = Link(
        predecessor=str(a),
        successor=str(b),
        kind=data.draw(st.sampled_from(LinkKind)),
        lag=data.draw(lags),
    )
    before = schedule(plan)

    try:
        after = schedule(replace(plan, links=(*plan.links, link)))
    except ScheduleError as refusal:
        event(f"refused: {refusal.code}")
        after = before

    for uid, row in before.tasks.items():
        assert after.tasks[uid].early_start >= row.early_start
        assert after.tasks[uid].early_finish >= row.early_finish


@settings(max_examples=100, deadline=None)
@given(networks(plain=True))
def test_float_of_the_critical_chain_is_zero(plan):
    computed = schedule(plan)
    by_path = schedule(replace(plan, options=ScheduleOptions(criticality=Criticality.LONGEST_PATH)))

    last = max(computed.tasks.values(), key=lambda row: row.early_finish)
    chain = explain(computed, last.uid)

    assert {computed.tasks[step.uid].total_float for step in chain} == {0}
    assert {step.uid for step in chain} <= set(by_path.critical) <= set(computed.critical)


@settings(max_examples=100, deadline=None)
@given(networks(plain=True))
def test_without_dates_floats_are_never_negative_and_free_is_within_total(plan):
    for row in schedule(plan).tasks.values():
        assert 0 <= row.free_float <= row.total_float
        assert row.early_finish <= row.late_finish or row.total_float == 0


@settings(max_examples=60, deadline=None)
@given(
    networks(
        plain=True,
        least=3,
        kinds=(LinkKind.FINISH_START, LinkKind.FINISH_FINISH),
        lag=st.builds(Lag, amount=st.integers(-2000, 2000)),
    )
)
def test_slipping_by_the_free_float_moves_no_other_task_and_not_the_finish(plan):
    """Links from finishes only: a longer task does not start later."""
    computed = schedule(plan)

    for uid, free in {u: row.free_float for u, row in computed.tasks.items()}.items():
        longer = tuple(
            replace(task, duration=task.duration + free) if task.uid == uid else task
            for task in plan.tasks
        )
        slipped = schedule(replace(plan, tasks=longer))
        moved = {
            other
            for other, row in computed.tasks.items()
            if other != uid and slipped.tasks[other].early_start != row.early_start
        }
        assert moved == set()
        assert computed.work_between(computed.finish, slipped.finish) == 0


@settings(max_examples=60, deadline=None)
@given(networks(plain=True, least=3), st.data())
def test_a_link_back_along_a_path_is_a_cycle_naming_its_loop(plan, data):
    assume(plan.links)
    link = data.draw(st.sampled_from(plan.links))
    back = Link(predecessor=link.successor, successor=link.predecessor)

    with pytest.raises(ScheduleError) as caught:
        schedule(replace(plan, links=(*plan.links, back)))

    assert caught.value.code == "cycle"
    loop = caught.value.params["loop"].split(" > ")
    pairs = {(x.predecessor, x.successor) for x in (*plan.links, back)}
    assert loop[0] == loop[-1]
    assert all(step in pairs for step in pairwise(loop))


@settings(max_examples=60, deadline=None)
@given(networks(), networks())
def test_parts_of_a_movement_add_up_to_the_whole(before, after):
    found = compare(schedule(before), schedule(after))

    for movement in (found.project, *found.moved):
        assert sum(movement.parts.values()) == movement.shift


@settings(max_examples=60, deadline=None)
@given(networks(plain=True), st.integers(0, 400))
def test_a_later_start_by_whole_weeks_moves_everything_by_as_much(plan, weeks):
    later = timedelta(weeks=weeks)

    here, there = schedule(plan), schedule(replace(plan, start=plan.start + later))

    for uid, row in here.tasks.items():
        moved = there.tasks[uid]
        assert moved.early_finish == row.early_finish + later
        assert moved.late_start == row.late_start + later
        assert moved.total_float == row.total_float


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
)
names = st.sampled_from(("a", "b", "c", "std", "x"))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.builds(
            Task,
            uid=names,
            duration=durations | st.integers() | st.floats(),
            parent=st.none() | names,
            calendar=st.none() | names,
            resource_calendars=st.lists(names, max_size=2).map(tuple),
            is_elapsed=st.booleans(),
            deadline=st.none() | st.datetimes(),
            actual_start=st.none() | st.datetimes(timezones=st.none() | st.timezones()),
            actual_finish=st.none() | st.datetimes(),
            remaining=st.none() | st.integers() | st.floats(),
        ),
        max_size=4,
    ),
    st.lists(
        st.builds(
            Link,
            predecessor=names,
            successor=names,
            kind=st.sampled_from(LinkKind),
            lag=st.builds(Lag, amount=st.integers() | st.floats(), kind=st.sampled_from(LagKind)),
        ),
        max_size=4,
    ),
    st.datetimes(),
)
def test_invalid_plans_are_refused_with_a_code_and_never_crash(tasks, links, start):
    plan = Plan(
        start=start, calendar="std", calendars=CALENDARS, tasks=tuple(tasks), links=tuple(links)
    )

    outcome = outcome_of(plan)

    assert isinstance(outcome, Schedule) or outcome.code.replace("_", "").isalpha()


def outcome_of(plan):
    try:
        return schedule(plan)
    except Refusal as refusal:
        return refusal
