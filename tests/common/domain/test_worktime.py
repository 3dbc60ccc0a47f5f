"""Business time: the worked examples S1-S16 with their sources, and the rules one by one."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from common.domain.worktime import (
    ALWAYS_OPEN,
    CalendarError,
    Segment,
    WorkCalendar,
    week_from_shifts,
)

HOUR = 3600


def calendar(*hours, zone="UTC", days=range(7), exceptions=None):
    """A week with the same segments, given in hours, on each of ``days``."""
    segments = tuple(Segment(start * 60, end * 60) for start, end in hours)
    return WorkCalendar(zone, dict.fromkeys(days, segments), exceptions or {})


def at(text, zone="UTC"):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


WEEKDAYS = range(5)
# 2 June 2025 is a Monday.
DUE = [
    # id and source, calendar, zone, opened, hours, due
    ("S1 GLPI docs", calendar((8, 18)), "UTC", "2025-06-03T16:00", 4, "2025-06-04T10:00"),
    (
        "S2 GLPI PR 22678",
        calendar((8, 18), days=WEEKDAYS),
        "UTC",
        "2025-06-02T10:00",
        4,
        "2025-06-02T14:00",
    ),
    (
        "S3 GLPI PR 22678, the reported bug",
        calendar((8, 18), days=WEEKDAYS),
        "UTC",
        "2025-06-02T17:00",
        4,
        "2025-06-03T11:00",
    ),
    ("S6 web article", calendar((8, 17)), "UTC", "2025-06-03T16:00", 8, "2025-06-04T15:00"),
    (
        "S7 HELPDESK.AI PR 3935, 8 h",
        calendar((9, 17), days=WEEKDAYS),
        "UTC",
        "2025-06-06T16:00",
        8,
        "2025-06-09T16:00",
    ),
    (
        "S7 HELPDESK.AI PR 3935, 2 h",
        calendar((9, 17), days=WEEKDAYS),
        "UTC",
        "2025-06-06T16:00",
        2,
        "2025-06-09T10:00",
    ),
    ("S9 SysAid", calendar((8, 18)), "UTC", "2025-06-03T16:00", 6, "2025-06-04T12:00"),
    (
        "S10 ours: a lunch break",
        calendar((8, 12), (13, 17), days=WEEKDAYS),
        "UTC",
        "2025-06-02T11:00",
        4,
        "2025-06-02T16:00",
    ),
    (
        "S11 ours: 1 May in Berlin",
        calendar((9, 17), zone="Europe/Berlin", days=WEEKDAYS, exceptions={date(2025, 5, 1): ()}),
        "Europe/Berlin",
        "2025-04-30T15:00",
        8,
        "2025-05-02T15:00",
    ),
]


@pytest.mark.parametrize(
    ("week", "zone", "opened", "hours", "expected"),
    [row[1:] for row in DUE],
    ids=[row[0] for row in DUE],
)
def test_due_equals_the_published_example(week, zone, opened, hours, expected):
    due = week.due(at(opened, zone), hours * HOUR)

    assert due == at(expected, zone)
    assert due.tzinfo is UTC


@pytest.mark.parametrize(
    ("opened", "warning"),
    [("2025-06-02T10:00", "2025-06-02T13:00"), ("2025-06-02T17:00", "2025-06-03T10:00")],
    ids=["S2", "S3, where the bug warned at midnight"],
)
def test_a_warning_one_open_hour_before_due(opened, warning):
    week = calendar((8, 18), days=WEEKDAYS)

    assert week.back(week.due(at(opened), 4 * HOUR), HOUR) == at(warning)


def test_s4_business_and_wall_time_read_next_morning():
    # ServiceNow: Monday to Friday 09-17, start 14:00, read 09:00 next weekday.
    week = calendar((9, 17), days=WEEKDAYS)
    start, read = at("2025-06-02T14:00"), at("2025-06-03T09:00")

    assert week.open_seconds(start, read) == 3 * HOUR
    assert read - start == timedelta(hours=19)


def test_s5_business_share_of_target_over_a_weekend():
    # ServiceNow: opened Friday 12 December 2014 21:00, read Monday 09:30, target 8 h.
    week = calendar((8, 17), days=WEEKDAYS)
    start, read = at("2014-12-12T21:00"), at("2014-12-15T09:30")

    assert week.open_seconds(start, read) == 5400
    assert 5400 / (8 * HOUR) == 0.1875
    assert (read - start) / timedelta(hours=8) == 7.5625


def test_s8_an_instant_after_closing_rolls_to_the_next_opening():
    # ServiceNow: 08-16, a fixed due of Wednesday 11 January 2017 20:30.
    assert calendar((8, 16)).next_opening(at("2017-01-11T20:30")) == at("2017-01-12T08:00")


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2025, 3, 30), 5), (date(2025, 10, 26), 7)], ids=["spring", "autumn"]
)
def test_s14_a_night_segment_on_the_day_the_clocks_change(day, hours):
    night = calendar((0, 6), zone="Europe/Berlin")
    start = at(f"{day}T00:00", "Europe/Berlin")

    assert night.open_seconds(start, start + timedelta(hours=20)) == hours * HOUR


@pytest.mark.parametrize(
    ("monday", "hours"), [("2025-03-24", 167), ("2025-10-20", 169)], ids=["spring", "autumn"]
)
def test_s15_a_week_of_24x7_with_a_clock_change(monday, hours):
    start = at(f"{monday}T00:00", "Europe/Berlin")
    end = at(f"{date.fromisoformat(monday) + timedelta(7)}T00:00", "Europe/Berlin")

    assert ALWAYS_OPEN("Europe/Berlin").open_seconds(start, end) == hours * HOUR


def test_a_boundary_the_clock_skips_is_the_instant_of_the_skip():
    # Berlin, 30 March 2025: 02:00 becomes 03:00.
    split = WorkCalendar(
        "Europe/Berlin", {6: (Segment(60, 150), Segment(150, 240))}
    )  # 01:00-02:30, 02:30-04:00
    midnight = at("2025-03-30T00:00", "Europe/Berlin")

    assert list(split.intervals(midnight, midnight + timedelta(hours=12))) == [
        (at("2025-03-30T00:00"), at("2025-03-30T02:00"))
    ]


def test_a_segment_wholly_inside_the_skipped_hour_has_no_time():
    skipped = WorkCalendar("Europe/Berlin", {6: (Segment(125, 170),)})

    assert skipped.open_seconds(at("2025-03-30T00:00"), at("2025-03-31T00:00")) == 0


def test_a_boundary_the_clock_shows_twice_is_the_first():
    # Berlin, 26 October 2025: 03:00 becomes 02:00, so 02:30 comes at 00:30 and 01:30 UTC.
    late = WorkCalendar("Europe/Berlin", {6: (Segment(150, 240),)})

    assert list(late.intervals(at("2025-10-26T00:00"), at("2025-10-26T12:00"))) == [
        (at("2025-10-26T00:30"), at("2025-10-26T03:00"))
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # skips midnight itself
        ("America/Havana", date(2025, 11, 2), 25),  # shows midnight twice
        ("Australia/Lord_Howe", date(2025, 10, 5), 23.5),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), 0),  # a day that never was
    ],
)
def test_unusual_days_have_the_length_their_clocks_give_them(zone, day, hours):
    calendar = WorkCalendar(zone, {}, {day: (Segment(0, 1440),)})
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)

    opened = calendar.open_seconds(noon - timedelta(days=3), noon + timedelta(days=3))

    assert opened == hours * HOUR


def test_a_one_off_opening_replaces_the_weekday_and_a_holiday_closes_it():
    week = calendar(
        (8, 16),
        days=WEEKDAYS,
        exceptions={date(2025, 6, 7): (Segment(600, 720),), date(2025, 6, 9): ()},
    )

    assert week.due(at("2025-06-06T15:00"), 4 * HOUR) == at("2025-06-10T09:00")
    assert week.working_days(date(2025, 6, 6), date(2025, 6, 10)) == 2


def test_a_target_used_up_at_closing_is_due_at_that_close():
    assert calendar((8, 16)).due(at("2025-06-02T15:00"), HOUR) == at("2025-06-02T16:00")


def test_nothing_to_do_is_due_at_once_even_outside_hours():
    assert calendar((8, 16)).due(at("2025-06-02T20:00"), 0) == at("2025-06-02T20:00")


def test_a_start_outside_hours_counts_from_the_first_open_second():
    assert calendar((8, 16)).due(at("2025-06-02T20:00"), HOUR) == at("2025-06-03T09:00")


def test_shifts_over_midnight_are_split():
    week = week_from_shifts({4: [(22 * 60, 6 * 60)], 6: [(22 * 60, 6 * 60)], 2: [(0, 0)]})

    assert week == {
        2: (Segment(0, 1440),),
        4: (Segment(1320, 1440),),
        5: (Segment(0, 360),),
        6: (Segment(1320, 1440),),
        0: (Segment(0, 360),),
    }


def test_touching_intervals_are_joined_across_midnight():
    week = WorkCalendar("UTC", week_from_shifts({4: [(1320, 360)]}))

    assert list(week.intervals(at("2025-06-06T00:00"), at("2025-06-08T00:00"))) == [
        (at("2025-06-06T22:00"), at("2025-06-07T06:00"))
    ]


def test_open_is_half_open():
    week = calendar((8, 16))

    assert week.is_open(at("2025-06-02T08:00"))
    assert not week.is_open(at("2025-06-02T16:00"))
    assert week.is_open(at("2025-06-02T15:59") + timedelta(seconds=59))


@pytest.mark.parametrize(
    ("start", "days", "close"),
    [
        ("2025-06-05T10:00", 2, "2025-06-09T17:00"),
        ("2025-06-05T10:00", 0, "2025-06-05T17:00"),
        ("2025-06-07T10:00", 0, "2025-06-09T17:00"),
        ("2025-06-07T10:00", 1, "2025-06-09T17:00"),
    ],
)
def test_a_days_target_ends_at_the_close_of_its_last_working_day(start, days, close):
    week = calendar((8, 12), (13, 17), days=WEEKDAYS)

    assert week.end_of_working_day(at(start), days) == at(close)


def test_working_days_are_added_and_taken_back():
    week = calendar((8, 16), days=WEEKDAYS, exceptions={date(2025, 6, 6): ()})

    assert week.add_working_days(date(2025, 6, 5), 2) == date(2025, 6, 10)
    assert week.add_working_days(date(2025, 6, 10), -2) == date(2025, 6, 5)
    assert week.add_working_days(date(2025, 6, 7), 0) == date(2025, 6, 9)
    assert week.add_working_days(date(2025, 6, 5), 0) == date(2025, 6, 5)


def test_calendars_of_the_same_content_are_one():
    first = calendar((8, 12), (13, 17), days=[0, 1])
    second = WorkCalendar(
        "UTC", {1: (Segment(780, 1020), Segment(480, 720)), 0: first.week[0], 5: ()}
    )

    assert first == second
    assert hash(first) == hash(second)
    assert first.version == second.version
    assert first != calendar((8, 12), (13, 17), days=[0, 1], zone="Europe/Stockholm")


@pytest.mark.parametrize("clone", [copy.deepcopy, lambda c: pickle.loads(pickle.dumps(c))])
def test_a_calendar_can_be_copied_and_pickled(clone):
    week = calendar((8, 16), exceptions={date(2025, 6, 3): ()})

    assert clone(week) == week
    assert clone(week).due(at("2025-06-02T15:00"), 2 * HOUR) == at("2025-06-04T09:00")


def test_answers_do_not_depend_on_the_order_of_questions():
    asked = calendar((8, 16), zone="Europe/Stockholm", days=WEEKDAYS)
    fresh = calendar((8, 16), zone="Europe/Stockholm", days=WEEKDAYS)
    asked.open_seconds(at("1995-01-01T00:00"), at("2060-01-01T00:00"))
    asked.back(at("2025-06-02T10:00"), 40_000 * HOUR)

    assert asked.due(at("2025-06-02T15:00"), 90_000 * HOUR) == fresh.due(
        at("2025-06-02T15:00"), 90_000 * HOUR
    )


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (600, 480, "segment_crosses_midnight"),
        (480, 480, "segment_empty"),
        (-1, 480, "segment_out_of_day"),
        (480, 1441, "segment_out_of_day"),
        (480.0, 500, "segment_out_of_day"),
        (float("nan"), 500, "segment_out_of_day"),
    ],
)
def test_an_impossible_segment_is_refused(start, end, code):
    with pytest.raises(CalendarError) as refusal:
        Segment(start, end)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("zone", "week", "code"),
    [
        ("Mars/Olympus", {}, "zone_unknown"),
        ("", {}, "zone_unknown"),
        ("../etc/passwd", {}, "zone_unknown"),
        ("Europe", {}, "zone_unknown"),
        (None, {}, "zone_unknown"),
        ("UTC", {7: (Segment(0, 60),)}, "weekday_unknown"),
        ("UTC", {"monday": ()}, "weekday_unknown"),
        ("UTC", {0: (Segment(0, 60), Segment(59, 61))}, "segments_overlap"),
    ],
)
def test_an_impossible_calendar_is_refused(zone, week, code):
    with pytest.raises(CalendarError) as refusal:
        WorkCalendar(zone, week)

    assert refusal.value.code == code


NAIVE = datetime(2025, 6, 2, 10, 0)
MONDAY = datetime(2025, 6, 2, 10, 0, tzinfo=UTC)
NEVER = WorkCalendar("UTC", {}, {date(2025, 6, 3): (Segment(0, 60),), date(2025, 6, 4): ()})


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda c: c.due(NAIVE, 1), "instant_naive"),
        (lambda c: c.open_seconds(MONDAY, NAIVE), "instant_naive"),
        (lambda c: c.open_seconds(MONDAY, MONDAY - timedelta(1)), "interval_reversed"),
        (lambda c: list(c.intervals(MONDAY, MONDAY - timedelta(1))), "interval_reversed"),
        (lambda c: c.working_days(date(2025, 6, 2), date(2025, 6, 1)), "interval_reversed"),
        (lambda c: c.due(MONDAY, -1), "seconds_negative"),
        (lambda c: c.back(MONDAY, -1), "seconds_negative"),
        (lambda c: c.end_of_working_day(MONDAY, -1), "seconds_negative"),
        (lambda c: c.due(MONDAY, 10**15), "beyond_horizon"),
        (lambda c: c.back(MONDAY, 10**15), "beyond_horizon"),
        (lambda c: c.due(datetime(9999, 12, 31, tzinfo=UTC), 1), "beyond_horizon"),
        (lambda c: c.due(datetime(1, 1, 1, tzinfo=UTC), 1), "beyond_horizon"),
        (lambda c: c.due_epoch(10**18, 1), "beyond_horizon"),
        (lambda c: c.add_working_days(date(2199, 12, 30), 9), "beyond_horizon"),
        (lambda c: NEVER.due(MONDAY, HOUR + 1), "never_open"),
        (lambda c: NEVER.next_opening(datetime(2025, 6, 5, tzinfo=UTC)), "never_open"),
        (lambda c: NEVER.back(MONDAY, 1), "never_open"),
        (lambda c: WorkCalendar("UTC", {}).due(MONDAY, 1), "never_open"),
        (lambda c: WorkCalendar("UTC", {}).back(MONDAY, 1), "never_open"),
        (lambda c: NEVER.add_working_days(date(2025, 6, 5), 1), "beyond_horizon"),
    ],
)
def test_a_question_without_an_answer_is_refused(question, code):
    with pytest.raises(CalendarError) as refusal:
        question(calendar((8, 16)))

    assert refusal.value.code == code
    assert code in str(refusal.value)


def test_a_refusal_does_not_depend_on_what_was_asked_before():
    assert NEVER.due(MONDAY, HOUR) == at("2025-06-03T01:00")
    assert NEVER.back(datetime(2025, 6, 9, tzinfo=UTC), HOUR) == at("2025-06-03T00:00")
