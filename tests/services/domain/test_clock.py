"""Agreement clocks: worked examples with sources, and each rule R4-R13 as a behaviour."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from common.domain.worktime import ALWAYS_OPEN, CalendarError, Segment, WorkCalendar
from services.domain.clock import (
    AgreementChanged,
    ChangeMode,
    ClockAgreement,
    ClockError,
    DueBasis,
    IntervalCode,
    OpenDays,
    Opened,
    OpenTime,
    Paused,
    PriorityChanged,
    ReopenMode,
    Resumed,
    RunEnd,
    Standing,
    StateChanged,
    WorkingDays,
    read,
    target_seconds,
)

HOUR = 3600


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def monday(clock, day=2):
    """June 2025: the second is a Monday."""
    return at(f"2025-06-{day:02}T{clock}")


def office(start=8, end=17, days=range(5)):
    return WorkCalendar("UTC", dict.fromkeys(days, (Segment(start * 60, end * 60),)))


def agreement(hours=8, *, calendar=None, **rules):
    rules.setdefault("pauses_in", frozenset({"waiting"}))
    return ClockAgreement(
        key=rules.pop("key", "SLA-1"),
        version=rules.pop("version", 1),
        calendar=calendar or office(),
        targets={1: OpenTime(hours * HOUR), 2: OpenTime(2 * hours * HOUR)},
        **rules,
    )


def opened(when, by, priority=1):
    return Opened(at=when, state="new", priority=priority, agreement=by)


def state(when, name):
    return StateChanged(at=when, state=name)


# Worked examples


def test_s5_business_and_wall_share_over_a_weekend():
    # ServiceNow: Mon-Fri 08-17, opened Fri 12 Dec 2014 21:00, read Mon 09:30, target 8 h.
    run = read([opened(at("2014-12-12T21:00"), agreement())], at("2014-12-15T09:30")).current

    assert (run.elapsed_seconds, run.percent) == (5400, Decimal("18.75"))
    assert (run.wall_seconds, run.wall_percent) == (217_800, Decimal("756.25"))
    assert not run.is_breached


def test_s16_just_short_of_the_whole_is_not_a_breach():
    # The rounding trap: 99.951 % prints as 100.0 % and is still not breached.
    by = ClockAgreement(
        key="a", version=1, calendar=ALWAYS_OPEN("UTC"), targets={1: OpenTime(100_000)}
    )
    start = monday("08:00")
    run = read([opened(start, by)], start + timedelta(seconds=99_951)).current

    assert run.percent == Decimal("99.951")
    assert not run.is_breached


@pytest.mark.parametrize(
    ("opening", "due", "warned"),
    [
        ("10:00", "2025-06-02T14:00", "2025-06-02T13:00"),
        ("17:00", "2025-06-03T11:00", "2025-06-03T10:00"),
    ],
    ids=["S2", "S3"],
)
def test_s2_s3_due_and_a_warning_at_three_quarters(opening, due, warned):
    # GLPI PR 22678: 08-18, 4 h; its warning one hour before is 75 % here.
    by = agreement(4, calendar=office(8, 18))
    run = read([opened(monday(opening), by)], monday(opening)).current

    assert (run.due, run.due_basis) == (at(due), DueBasis.RUNNING)
    assert {w.percent: w.at for w in run.warnings}[75] == at(warned)


# Running, pausing, stopping


def test_a_pause_adds_nothing_and_moves_due():
    events = [
        opened(monday("08:00"), agreement(4)),
        state(monday("09:00"), "waiting"),
        state(monday("12:00"), "working"),
    ]
    run = read(events, monday("13:00")).current

    assert (run.elapsed_seconds, run.paused_seconds) == (2 * HOUR, 3 * HOUR)
    assert run.due == monday("15:00")


def test_while_paused_due_is_as_if_it_ran_on_from_now():
    events = [opened(monday("08:00"), agreement(4)), state(monday("09:00"), "waiting")]

    first, later = (read(events, monday(hour)).current for hour in ("10:00", "11:00"))

    assert (first.due_basis, later.due_basis) == (DueBasis.PAUSED, DueBasis.PAUSED)
    assert (first.due, later.due) == (monday("13:00"), monday("14:00"))


@pytest.mark.parametrize("years", [1, 10, 100])
def test_a_clock_paused_for_ever_never_breaches(years):
    events = [
        opened(monday("08:00"), agreement(4)),
        Paused(at=monday("09:00"), reason="awaiting_supplier"),
    ]
    run = read(events, monday("09:00") + timedelta(days=365 * years)).current

    assert (run.is_breached, run.elapsed_seconds) == (False, HOUR)


@pytest.mark.parametrize(
    ("second", "breached"), [(0, False), (1, True)], ids=["equality is met", "a second more"]
)
def test_met_up_to_equality(second, breached):
    events = [
        opened(monday("08:00"), agreement(4)),
        state(monday("12:00") + timedelta(seconds=second), "solved"),
    ]
    run = read(events, monday("16:00")).current

    assert (run.is_breached, run.is_met) == (breached, not breached)
    assert (run.due, run.due_basis) == (monday("12:00"), DueBasis.PASSED)


def test_time_after_solving_never_counts():
    events = [opened(monday("08:00"), agreement(4)), state(monday("10:00"), "solved")]
    run = read(events, monday("10:00", day=30)).current

    assert (run.elapsed_seconds, run.wall_seconds) == (2 * HOUR, 2 * HOUR)
    assert (run.due, run.due_basis) == (monday("12:00"), DueBasis.STOPPED)
    assert run.stopped_at == monday("10:00")


def test_solving_after_closing_meets_a_target_used_up_at_closing():
    # No open second lies between the due at 17:00 and the solution at 20:00.
    events = [opened(monday("09:00"), agreement(8)), state(monday("20:00"), "solved")]

    assert read(events, monday("21:00")).current.is_met


def test_a_state_entered_at_the_very_instant_of_reading_is_known():
    events = [opened(monday("08:00"), agreement(4)), state(monday("10:00"), "solved")]

    assert read(events, monday("10:00")).current.standing is Standing.STOPPED


def test_what_comes_later_is_not_known_yet():
    events = [opened(monday("08:00"), agreement(4)), state(monday("10:00"), "solved")]

    run = read(events, monday("09:59")).current

    assert (run.standing, run.due_basis) == (Standing.RUNNING, DueBasis.RUNNING)


def test_warnings_are_reached_at_their_share_of_open_seconds():
    run = read([opened(monday("08:00"), agreement(8))], monday("14:00")).current

    assert [(w.percent, w.at, w.is_reached) for w in run.warnings] == [
        (50, monday("12:00"), True),
        (75, monday("14:00"), True),
        (90, monday("15:12"), False),
    ]


def test_a_stopped_clock_warns_no_more():
    events = [opened(monday("08:00"), agreement(8)), state(monday("13:00"), "solved")]
    run = read(events, monday("16:00")).current

    assert [(w.at, w.is_reached) for w in run.warnings] == [
        (monday("12:00"), True),
        (None, False),
        (None, False),
    ]


# Every second explained


def test_every_interval_says_why_it_counted():
    events = [
        opened(monday("16:00"), agreement(8)),
        state(monday("09:00", 3), "waiting"),
        Paused(at=monday("10:00", 3), reason="legal_hold"),
        state(monday("10:30", 3), "working"),
        Resumed(at=monday("11:00", 3)),
        state(monday("12:00", 3), "solved"),
    ]
    run = read(events, monday("13:00", 3)).current

    assert [(i.code, i.start, i.end) for i in run.intervals()] == [
        (IntervalCode.COUNTED, monday("16:00"), monday("17:00")),
        (IntervalCode.OUTSIDE_HOURS, monday("17:00"), monday("08:00", 3)),
        (IntervalCode.COUNTED, monday("08:00", 3), monday("09:00", 3)),
        (IntervalCode.PAUSING_STATE, monday("09:00", 3), monday("10:00", 3)),
        (IntervalCode.PAUSED, monday("10:00", 3), monday("10:30", 3)),
        (IntervalCode.PAUSED, monday("10:30", 3), monday("11:00", 3)),
        (IntervalCode.COUNTED, monday("11:00", 3), monday("12:00", 3)),
        (IntervalCode.STOPPED, monday("12:00", 3), monday("13:00", 3)),
    ]
    assert run.elapsed_seconds == 3 * HOUR


# Changes of agreement, R7


def changed(mode, when="12:00", **rules):
    return AgreementChanged(
        at=monday(when), agreement=agreement(6, key="SLA-2", on_change=mode, **rules)
    )


HISTORY = [  # 1 h running, 2 h waiting, 1 h running
    opened(monday("08:00"), agreement(8)),
    state(monday("09:00"), "waiting"),
    state(monday("11:00"), "working"),
]


def test_keep_counts_from_the_original_start_with_the_new_pauses():
    # The new agreement does not pause while waiting, so those hours count in retrospect.
    run = read([*HISTORY, changed(ChangeMode.KEEP, pauses_in=frozenset())], monday("13:00")).current

    assert (run.start, run.elapsed_seconds, run.target_seconds) == (
        monday("08:00"),
        5 * HOUR,
        6 * HOUR,
    )
    assert run.due == monday("14:00")
    assert {i.agreement_key for i in run.intervals()} == {"SLA-2"}


def test_freeze_leaves_what_was_counted_and_goes_on_by_the_new_rules():
    run = read(
        [*HISTORY, changed(ChangeMode.FREEZE, pauses_in=frozenset())], monday("13:00")
    ).current

    assert (run.start, run.elapsed_seconds) == (monday("08:00"), 3 * HOUR)
    assert run.due == monday("16:00")
    assert [i.agreement_key for i in run.intervals()] == ["SLA-1"] * 3 + ["SLA-2"]


def test_restart_begins_a_new_clock_and_keeps_the_old_result():
    reading = read([*HISTORY, changed(ChangeMode.RESTART)], monday("13:00"))

    old, new = reading.runs
    assert (old.elapsed_seconds, old.ended_by, old.end) == (
        2 * HOUR,
        RunEnd.AGREEMENT_CHANGED,
        monday("12:00"),
    )
    assert (new.start, new.elapsed_seconds, new.due) == (
        monday("12:00"),
        HOUR,
        monday("09:00", 3),
    )


def test_a_breach_before_a_restart_is_not_forgotten():
    events = [opened(monday("08:00"), agreement(2)), changed(ChangeMode.RESTART)]
    reading = read(events, monday("13:00"))

    assert [run.is_breached for run in reading.runs] == [True, False]


def test_a_new_version_is_used_only_once_an_event_brings_it():
    # R12: recalculation is an explicit act.
    second = agreement(1, version=2)
    events = [opened(monday("08:00"), agreement(8))]

    before = read(events, monday("10:00")).current
    after = read(
        [*events, AgreementChanged(at=monday("10:00"), agreement=second)], monday("10:00")
    ).current

    assert (before.agreement.version, before.is_breached) == (1, False)
    assert (after.agreement.version, after.is_breached) == (2, True)


# Changes of priority


def test_a_priority_change_keeps_the_clock_and_takes_the_new_target():
    events = [
        opened(monday("08:00"), agreement(4), priority=2),
        PriorityChanged(at=monday("10:00"), priority=1),
    ]
    run = read(events, monday("10:00")).current

    assert (run.elapsed_seconds, run.target_seconds, run.due) == (
        2 * HOUR,
        4 * HOUR,
        monday("12:00"),
    )


def test_a_priority_change_may_restart_the_clock():
    events = [
        opened(monday("08:00"), agreement(4, on_priority_change=ChangeMode.RESTART), priority=2),
        PriorityChanged(at=monday("10:00"), priority=1),
    ]
    reading = read(events, monday("11:00"))

    assert [(r.elapsed_seconds, r.priority) for r in reading.runs] == [(2 * HOUR, 2), (HOUR, 1)]
    assert reading.runs[0].ended_by is RunEnd.PRIORITY_CHANGED
    assert reading.current.due == monday("14:00")


def test_a_priority_without_a_target_has_no_due_and_cannot_breach():
    run = read([opened(monday("08:00"), agreement(4), priority=5)], monday("08:00", 30)).current

    assert (run.due, run.due_basis, run.percent) == (None, DueBasis.NO_TARGET, None)
    assert not run.is_breached
    assert not run.warnings


# Reopening, R8


def reopening(**rules):
    return [
        opened(monday("08:00"), agreement(4, **rules)),
        state(monday("10:00"), "solved"),
        state(monday("15:00"), "working"),
    ]


def test_a_reopened_record_resumes_and_the_solved_time_never_counts():
    reading = read(reopening(), monday("16:00"))

    run = reading.current
    assert len(reading.runs) == 1
    assert (run.elapsed_seconds, run.paused_seconds, run.stopped_seconds) == (
        3 * HOUR,
        0,
        5 * HOUR,
    )
    assert run.due == monday("17:00")


def test_a_reopened_record_may_get_a_new_clock():
    reading = read(reopening(on_reopen=ReopenMode.NEW), monday("16:00"))

    old, new = reading.runs
    assert (old.is_met, old.ended_by, old.stopped_at) == (True, RunEnd.REOPENED, monday("10:00"))
    assert (new.start, new.elapsed_seconds) == (monday("15:00"), HOUR)


def test_closing_a_solved_record_is_no_reopening():
    events = [*reopening(on_reopen=ReopenMode.NEW)[:2], state(monday("15:00"), "closed")]

    assert len(read(events, monday("16:00")).runs) == 1


def test_a_restart_after_solving_waits_for_a_reopening():
    events = reopening()
    events.insert(2, changed(ChangeMode.RESTART))
    reading = read(events, monday("16:00"))

    old, new = reading.runs
    assert (old.agreement.key, old.is_met) == ("SLA-1", True)
    assert (new.agreement.key, new.start) == ("SLA-2", monday("15:00"))


# Targets in days, R13


@pytest.mark.parametrize(
    ("target", "seconds", "due"),
    [
        (OpenDays(2, 8 * HOUR), 16 * HOUR, "2025-06-09T13:00"),
        (WorkingDays(2), 20 * HOUR, "2025-06-09T17:00"),
        (OpenTime(2 * HOUR), 2 * HOUR, "2025-06-05T17:00"),
    ],
)
def test_days_are_open_hours_or_ends_of_working_days(target, seconds, due):
    # Thursday 5 June 15:00, office 08-17, the Friday is a holiday in Sweden.
    calendar = WorkCalendar(
        "UTC", office().week, {date(2025, 6, 6): (), date(2025, 6, 7): (Segment(480, 1020),)}
    )
    by = ClockAgreement(key="a", version=1, calendar=calendar, targets={1: target})
    run = read([opened(monday("15:00", 5), by)], monday("15:00", 5)).current

    assert target_seconds(by, 1, monday("15:00", 5)) == run.target_seconds == seconds
    assert run.due == at(due)


def test_a_calendar_that_never_opens_has_no_due():
    closed = WorkCalendar("UTC", {})
    run = read(
        [opened(monday("08:00"), agreement(4, calendar=closed))], monday("08:00", 20)
    ).current

    assert (run.due, run.due_basis, run.elapsed_seconds) == (None, DueBasis.NEVER, 0)
    assert not run.is_breached


# Refusals


RULES = agreement(4)
OPEN = opened(monday("08:00"), RULES)


@pytest.mark.parametrize(
    ("events", "as_of", "code"),
    [
        ([], monday("09:00"), "first_not_opened"),
        ([state(monday("08:00"), "new")], monday("09:00"), "first_not_opened"),
        ([OPEN, opened(monday("08:30"), RULES)], monday("09:00"), "opened_twice"),
        (
            [OPEN, state(monday("08:30"), "a"), state(monday("08:20"), "b")],
            monday("09:00"),
            "events_out_of_order",
        ),
        ([OPEN], monday("07:59"), "not_opened_yet"),
        (
            [OPEN, Paused(at=monday("08:10"), reason="a"), Paused(at=monday("08:20"), reason="b")],
            monday("09:00"),
            "already_paused",
        ),
        ([OPEN, Resumed(at=monday("08:10"))], monday("09:00"), "not_paused"),
    ],
)
def test_a_history_that_cannot_be_is_refused(events, as_of, code):
    with pytest.raises(ClockError) as refusal:
        read(events, as_of)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("events", "as_of"),
    [
        ([OPEN], datetime(2025, 6, 2, 9)),
        ([OPEN, state(datetime(2025, 6, 2, 9), "a")], monday("10:00")),
    ],
)
def test_a_naive_instant_is_refused(events, as_of):
    with pytest.raises(CalendarError) as refusal:
        read(events, as_of)

    assert refusal.value.code == "instant_naive"


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"targets": {1: OpenTime(0)}}, "target_not_positive"),
        ({"targets": {1: WorkingDays(-1)}}, "target_not_positive"),
        ({"targets": {1: OpenDays(2, 0)}}, "target_not_positive"),
        ({"targets": {1: OpenTime(float("nan"))}}, "target_not_positive"),
        ({"targets": {}, "warn_at": (0,)}, "percent_out_of_range"),
        ({"targets": {}, "warn_at": (101,)}, "percent_out_of_range"),
        (
            {"targets": {}, "pauses_in": frozenset({"solved"})},
            "states_overlap",
        ),
    ],
)
def test_an_agreement_that_cannot_be_is_refused(rules, code):
    with pytest.raises(ClockError) as refusal:
        ClockAgreement(key="a", version=1, calendar=office(), **rules)

    assert refusal.value.code == code
