"""Plan calendars and timelines, held against counting minute by minute."""

from datetime import UTC, date, timedelta
from datetime import datetime as at

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.worktime import Segment
from projects.domain.schedule import PlanCalendar, PlanCalendarError
from projects.domain.schedule.calendars import (
    ELAPSED,
    Timeline,
    datetime_of,
    intersection,
    minute_of,
    union,
)

START = at(2026, 3, 2)
ORIGIN = minute_of(START)
HORIZON = 30 * 1440


@st.composite
def days(draw):
    """Hours of one day on a grid of six hours, so that edges meet often."""
    edges = sorted(draw(st.sets(st.integers(0, 4), max_size=4)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(Segment(a * 360, b * 360) for a, b in pairs)


calendars = st.builds(
    lambda week, exceptions: PlanCalendar(
        week=dict(enumerate(week)) | {2: (Segment(480, 1020),)},
        exceptions={START.date() + timedelta(days=d): hours for d, hours in exceptions.items()},
    ),
    st.lists(days(), min_size=7, max_size=7),
    # The first Wednesday stays open, so that there is something before every moment asked for.
    st.dictionaries(st.integers(0, 20).filter(lambda day: day != 2), days(), max_size=4),
)
offsets = st.integers(3 * 1440, 12 * 1440)


def is_open(calendar, minute):
    moment = datetime_of(minute)
    minute_of_day = moment.hour * 60 + moment.minute
    return any(
        s.start_minute <= minute_of_day < s.end_minute for s in calendar.segments(moment.date())
    )


def open_minutes(calendar):
    return [is_open(calendar, ORIGIN + offset) for offset in range(HORIZON)]


@settings(max_examples=25, deadline=None)
@given(calendars, offsets, offsets, st.integers(1, 2000))
def test_timeline_agrees_with_counting_minutes(calendar, one, other, work):
    line = Timeline(calendar, ORIGIN)
    opened = open_minutes(calendar)
    first, last = sorted((one, other))
    moment = ORIGIN + first

    assert line.total(ORIGIN + last) - line.total(moment) == sum(opened[first:last])
    assert line.next_start(moment) - ORIGIN == next(
        minute for minute in range(first, HORIZON) if opened[minute]
    )
    finish = line.previous_finish(moment) - ORIGIN
    assert opened[finish - 1]
    assert not any(opened[finish:first])
    done = line.add(moment, work) - ORIGIN
    assert sum(opened[first:done]) == work
    assert opened[done - 1]


@settings(max_examples=25, deadline=None)
@given(calendars, offsets, st.integers(1, 800))
def test_going_back_is_the_latest_start_that_still_ends_in_time(calendar, offset, work):
    line = Timeline(calendar, ORIGIN)
    moment = ORIGIN + offset

    start = line.subtract(moment, work)

    assert line.total(moment) - line.total(start) == work
    assert line.next_start(start) == start
    assert line.add(start, work) <= moment


@settings(max_examples=25, deadline=None)
@given(calendars, calendars, st.integers(0, HORIZON - 1))
def test_union_and_intersection_hold_at_every_minute(one, other, offset):
    minute = ORIGIN + offset
    both = is_open(one, minute), is_open(other, minute)

    assert is_open(union([one, other]), minute) == any(both)
    assert is_open(intersection([one, other]), minute) == all(both)


@settings(max_examples=50, deadline=None)
@given(calendars, offsets)
def test_settling_keeps_edges_and_open_time_and_moves_closed_time(calendar, offset):
    line = Timeline(calendar, ORIGIN)
    moment = ORIGIN + offset
    touches = is_open(calendar, moment) or is_open(calendar, moment - 1)

    assert (line.settle(moment) == moment) == touches
    assert (line.settle_back(moment) == moment) == touches
    assert line.settle_back(moment) <= moment <= line.settle(moment)


def test_far_dates_in_both_directions():
    line = Timeline(PlanCalendar(week={0: (Segment(0, 60),)}), ORIGIN)

    later = line.add(ORIGIN, 60 * 52 * 100)
    earlier = line.subtract(ORIGIN, 60 * 52 * 100)

    assert (datetime_of(later).year, datetime_of(earlier).year) == (2125, 1926)
    assert line.total(later) - line.total(earlier) == 2 * 60 * 52 * 100


def test_years_beyond_the_calendar_are_refused():
    line = Timeline(PlanCalendar(week={0: (Segment(0, 60),)}), ORIGIN)

    with pytest.raises(PlanCalendarError) as later:
        line.add(ORIGIN, 60 * 52 * 400)
    with pytest.raises(PlanCalendarError) as earlier:
        line.subtract(ORIGIN, 60 * 52 * 400)

    assert (later.value.code, earlier.value.code) == ("date_out_of_range",) * 2


def test_calendar_that_opens_only_in_a_later_year_is_found():
    calendar = PlanCalendar(
        week={0: (Segment(0, 60),)},
        exceptions={START.date() + timedelta(days=n): () for n in range(-400, 1200)},
    )

    found = Timeline(calendar, ORIGIN).next_start(ORIGIN)

    assert datetime_of(found).date() == date(2029, 6, 18)


def test_elapsed_time_never_stops():
    assert (ELAPSED.add(10, 5), ELAPSED.subtract(10, 5), ELAPSED.total(7)) == (15, 5, 7)
    assert ELAPSED.settle(3) == ELAPSED.settle_back(3) == 3


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (at(2026, 3, 2, tzinfo=UTC), "date_has_zone"),
        (at(2026, 3, 2, 8, 0, 1), "date_not_whole_minute"),
        (at(1899, 12, 31), "date_out_of_range"),
        (at(2200, 1, 1), "date_out_of_range"),
    ],
)
def test_instants_that_are_no_plan_minutes(moment, code):
    with pytest.raises(PlanCalendarError) as caught:
        minute_of(moment)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("week", "code"),
    [
        ({}, "calendar_without_working_time"),
        ({7: (Segment(0, 60),)}, "unknown_weekday"),
        ({0: (Segment(0, 60), Segment(30, 90))}, "segments_overlap"),
        ({0: (Segment(60, 90), Segment(0, 30))}, "segments_overlap"),
    ],
)
def test_weeks_that_are_no_calendar(week, code):
    with pytest.raises(PlanCalendarError) as caught:
        PlanCalendar(week=week)

    assert caught.value.code == code
