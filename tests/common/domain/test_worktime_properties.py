"""What must hold of business time for every calendar, zone and instant."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from common.domain.worktime import ALWAYS_OPEN, CalendarError, Segment, WorkCalendar, epoch

ZONES = [
    "UTC",
    "Europe/Stockholm",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Havana",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
]
zones = st.sampled_from(ZONES)
days = st.dates(date(2010, 1, 1), date(2027, 12, 31))
instants = st.datetimes(datetime(2010, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0)
)
seconds = st.integers(0, 60 * 86_400)


@st.composite
def segments(draw, least=0):
    """Up to three segments of one day, cut from ordered minutes."""
    count = draw(st.integers(least, 3))
    cuts = draw(st.lists(st.integers(0, 1440), min_size=count * 2, max_size=count * 2, unique=True))
    cuts.sort()
    return tuple(Segment(*cuts[place : place + 2]) for place in range(0, len(cuts), 2))


@st.composite
def calendars(draw):
    """A partial week with at least one opening, and a few exceptions."""
    week = draw(st.dictionaries(st.integers(0, 6), segments(), max_size=7))
    week[draw(st.integers(0, 6))] = draw(segments(least=1))
    exceptions = draw(st.dictionaries(days, segments(), max_size=5))
    return WorkCalendar(draw(zones), week, exceptions)


@given(calendars(), instants, instants, instants)
def test_elapsed_is_additive_over_adjacent_intervals(calendar, a, b, c):
    a, b, c = sorted((a, b, c))

    assert calendar.open_seconds(a, b) + calendar.open_seconds(b, c) == calendar.open_seconds(a, c)
    assert 0 <= calendar.open_seconds(a, c) <= (c - a).total_seconds()


@given(calendars(), instants, seconds)
def test_due_is_the_first_instant_with_that_much_open_time(calendar, start, wanted):
    due = calendar.due(start, wanted)

    assert calendar.open_seconds(start, due) == wanted
    if wanted:
        assert calendar.open_seconds(start, due - timedelta(seconds=1)) == wanted - 1


@given(calendars(), instants, seconds)
def test_due_undoes_elapsed_up_to_a_close_and_gives_the_close_before_an_opening(
    calendar, start, wall
):
    x = start + timedelta(seconds=wall)
    due = calendar.due(start, calendar.open_seconds(start, x))

    assert due <= x
    assert calendar.open_seconds(due, x) == 0
    if x > start and calendar.is_open(x - timedelta(seconds=1)):
        assert due == x


@given(calendars(), instants, seconds)
def test_back_is_the_last_instant_with_that_much_open_time_left(calendar, end, wanted):
    start = calendar.back(end, wanted)

    assert calendar.open_seconds(start, end) == wanted
    if wanted:
        assert calendar.open_seconds(start + timedelta(seconds=1), end) == wanted - 1


@given(calendars(), instants, seconds, days)
def test_a_holiday_never_makes_due_earlier(calendar, start, wanted, day):
    closed = WorkCalendar(calendar.zone, calendar.week, {**calendar.exceptions, day: ()})

    assert closed.due(start, wanted) >= calendar.due(start, wanted)


@given(calendars(), instants, seconds)
def test_intervals_are_ordered_apart_and_sum_to_the_open_seconds(calendar, start, wall):
    end = start + timedelta(seconds=wall)
    spans = list(calendar.intervals(start, end))

    assert all(start <= a < b <= end for a, b in spans)
    assert all(b < c for (_, b), (c, _) in pairwise(spans))
    assert sum((b - a).total_seconds() for a, b in spans) == calendar.open_seconds(start, end)


@given(calendars(), instants)
def test_open_means_that_the_next_second_counts(calendar, at):
    assert calendar.is_open(at) == (calendar.open_seconds(at, at + timedelta(seconds=1)) == 1)
    opening = calendar.next_opening(at)
    assert calendar.is_open(opening)
    assert calendar.open_seconds(at, opening) == 0


@given(calendars(), instants)
def test_open_is_what_the_clock_on_the_wall_says_unless_it_changes_that_day(calendar, at):
    """An independent reading: local minutes against the segments of the local date."""
    local = at.astimezone(ZoneInfo(calendar.zone))
    assume(local.utcoffset() == (local - timedelta(1)).utcoffset())
    assume(local.utcoffset() == (local + timedelta(1)).utcoffset())
    minute = local.hour * 60 + local.minute

    expected = any(
        part.start_minute <= minute < part.end_minute for part in calendar.segments_on(local.date())
    )

    assert calendar.is_open(at) == expected


@given(zones, instants, instants)
def test_24x7_business_time_is_wall_time(zone, a, b):
    a, b = sorted((a, b))

    assert ALWAYS_OPEN(zone).open_seconds(a, b) == (b - a).total_seconds()


@given(calendars(), days, days)
def test_working_days_equal_counting_them_one_by_one(calendar, a, b):
    a, b = sorted((a, b))
    assume((b - a).days < 800)

    counted = sum(bool(calendar.segments_on(a + timedelta(n))) for n in range((b - a).days))

    assert calendar.working_days(a, b) == counted


@given(calendars(), days, st.integers(1, 60))
def test_adding_working_days_lands_on_the_working_day_with_that_many_passed(calendar, day, count):
    reached = calendar.add_working_days(day, count)

    assert calendar.segments_on(reached)
    assert calendar.working_days(day + timedelta(1), reached + timedelta(1)) == count


@given(calendars(), instants, seconds)
def test_a_part_of_a_second_is_cut_off(calendar, start, wanted):
    assert calendar.due(start + timedelta(microseconds=999_999), wanted) == calendar.due(
        start, wanted
    )


wild_instants = st.datetimes(timezones=st.none() | st.just(UTC))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([*ZONES, "Nowhere/Land", "", "Europe"]),
    st.dictionaries(st.integers(-1, 8), st.lists(st.tuples(st.integers(), st.integers()))),
    wild_instants,
    wild_instants,
    st.integers(-10, 10**12),
)
def test_any_input_gets_an_answer_or_a_typed_refusal(zone, week, start, end, wanted):
    def ask(question):
        with suppress(CalendarError):
            return question()
        return None

    calendar = ask(
        lambda: WorkCalendar(
            zone, {day: tuple(Segment(*pair) for pair in pairs) for day, pairs in week.items()}
        )
    )
    if calendar is not None:
        ask(lambda: calendar.due(start, wanted))
        ask(lambda: calendar.back(start, wanted))
        ask(lambda: calendar.next_opening(start))
        ask(lambda: calendar.end_of_working_day(start, wanted % 20))
        elapsed = ask(lambda: calendar.open_seconds(start, end))
        assert elapsed is None or elapsed <= epoch(end) - epoch(start)
