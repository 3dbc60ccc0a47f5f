"""What must hold of every clock, whatever happened to it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import ALWAYS_OPEN, Segment, WorkCalendar
from services.domain.clock import (
    AgreementChanged,
    ChangeMode,
    ClockAgreement,
    IntervalCode,
    OpenDays,
    Opened,
    OpenTime,
    Paused,
    PriorityChanged,
    ReopenMode,
    Resumed,
    Standing,
    StateChanged,
    WorkingDays,
    read,
)

START = datetime(2025, 3, 28, 9, tzinfo=UTC)
STATES = ["new", "working", "waiting", "solved", "closed"]
calendars = st.sampled_from(
    [
        ALWAYS_OPEN("Europe/Stockholm"),
        WorkCalendar("Europe/Stockholm", dict.fromkeys(range(5), (Segment(480, 1020),))),
        WorkCalendar(
            "America/New_York", {2: (Segment(0, 60), Segment(600, 1440)), 3: (Segment(0, 5),)}
        ),
    ]
)
targets = (
    st.builds(OpenTime, st.integers(1, 400_000))
    | st.builds(OpenDays, st.integers(1, 5), st.integers(1, 40_000))
    | st.builds(WorkingDays, st.integers(1, 8))
)
agreements = st.builds(
    ClockAgreement,
    key=st.sampled_from(["SLA-1", "SLA-2"]),
    version=st.integers(1, 3),
    calendar=calendars,
    targets=st.dictionaries(st.integers(1, 3), targets),
    pauses_in=st.sampled_from([frozenset(), frozenset({"waiting"})]),
    on_change=st.sampled_from(ChangeMode),
    on_priority_change=st.sampled_from(ChangeMode),
    on_reopen=st.sampled_from(ReopenMode),
)
moments = st.integers(0, 30 * 86_400).map(lambda s: START + timedelta(seconds=s))


@st.composite
def histories(draw, changes=True):
    """Events in order, with pauses that match."""
    kinds = ["state", "pause", *(["priority", "agreement"] if changes else [])]
    steps = draw(st.lists(st.tuples(moments, st.sampled_from(kinds)), max_size=8))
    events = [
        Opened(at=START, state="new", priority=draw(st.integers(1, 3)), agreement=draw(agreements))
    ]
    paused = False
    for at, kind in sorted(steps):
        match kind:
            case "state":
                events.append(StateChanged(at=at, state=draw(st.sampled_from(STATES))))
            case "pause":
                events.append(Resumed(at=at) if paused else Paused(at=at, reason="legal_hold"))
                paused = not paused
            case "priority":
                events.append(PriorityChanged(at=at, priority=draw(st.integers(1, 3))))
            case "agreement":
                events.append(AgreementChanged(at=at, agreement=draw(agreements)))
    return events


def seconds(interval):
    return int((interval.end - interval.start).total_seconds())


@given(histories(), moments)
def test_intervals_cover_every_run_without_gaps_and_sum_to_what_it_shows(events, as_of):
    for run in read(events, as_of).runs:
        intervals = list(run.intervals())

        edges = [run.start, *(i.end for i in intervals)]
        assert [i.start for i in intervals] == edges[:-1]
        assert edges[-1] == run.end
        assert all(i.start < i.end for i in intervals)
        sums = dict.fromkeys(IntervalCode, 0)
        for interval in intervals:
            sums[interval.code] += seconds(interval)
        assert sums[IntervalCode.COUNTED] == run.elapsed_seconds
        paused = sums[IntervalCode.PAUSED] + sums[IntervalCode.PAUSING_STATE]
        assert paused == run.paused_seconds


@given(histories(), moments)
def test_runs_follow_each_other_from_the_opening_to_the_reading(events, as_of):
    reading = read(events, as_of)

    assert reading.runs[0].start == START
    assert reading.current.end == as_of
    assert [r.end for r in reading.runs[:-1]] == [r.start for r in reading.runs[1:]]
    assert all(r.ended_by is not None for r in reading.runs[:-1])
    assert reading.current.ended_by is None


@given(histories(changes=False), moments)
def test_a_clock_equals_counting_minute_by_minute(events, as_of):
    """An independent reading: look at every minute, what the state was and whether it was open."""
    as_of = START + timedelta(seconds=int((as_of - START).total_seconds()) % 172_800 // 60 * 60)
    events = [
        type(e)(**{n: getattr(e, n) for n in e.__slots__} | {"at": e.at.replace(second=0)})
        for e in events
    ]
    rules = events[0].agreement
    if rules.on_reopen is ReopenMode.NEW:
        return
    counted = 0
    minute = START
    while minute < as_of:
        known = [e for e in events if e.at <= minute]
        state = [e.state for e in known if isinstance(e, Opened | StateChanged)][-1]
        holds = [e for e in known if isinstance(e, Paused | Resumed)]
        held = bool(holds) and isinstance(holds[-1], Paused)
        if not held and state not in rules.pauses_in | rules.stops_in:
            counted += 60 * rules.calendar.is_open(minute)
        minute += timedelta(minutes=1)

    assert read(events, as_of).current.elapsed_seconds == counted


@given(histories(), moments, moments, moments)
def test_adding_a_pause_never_makes_due_earlier(events, as_of, a, b):
    a, b = sorted((a, b))
    plain = [e for e in events if not isinstance(e, Paused | Resumed)]
    paused = sorted(
        [*plain, Paused(at=a, reason="legal_hold"), Resumed(at=b)], key=lambda event: event.at
    )

    before, after = read(plain, as_of).current, read(paused, as_of).current

    assert after.elapsed_seconds <= before.elapsed_seconds
    if before.due is not None:
        assert after.due >= before.due
    assert before.is_breached or not after.is_breached


@given(agreements, moments, moments)
def test_a_clock_paused_for_ever_never_breaches(rules, a, as_of):
    events = [
        Opened(at=START, state="new", priority=1, agreement=rules),
        Paused(at=a, reason="legal_hold"),
    ]
    unbreached = not read(events, a).current.is_breached

    run = read(events, a + timedelta(days=30_000)).current

    assert run.is_breached != unbreached
    assert run.elapsed_seconds == read(events, a).current.elapsed_seconds


@given(histories(), moments)
def test_around_the_clock_business_time_is_wall_time_less_pauses(events, as_of):
    always = {"calendar": ALWAYS_OPEN("UTC")}
    plain = []
    for event in events:
        fields = {name: getattr(event, name) for name in event.__slots__}
        if "agreement" in fields:
            rules = fields["agreement"]
            content = {name: getattr(rules, name) for name in rules.__slots__}
            fields["agreement"] = ClockAgreement(**content | always)
        plain.append(type(event)(**fields))

    for run in read(plain, as_of).runs:
        still = run.paused_seconds + run.stopped_seconds
        assert run.elapsed_seconds == run.wall_seconds - still


@given(histories(), moments)
def test_due_breach_and_warnings_agree(events, as_of):
    run = read(events, as_of).current

    if run.target_seconds is None:
        assert (run.due, run.is_breached, run.warnings) == (None, False, ())
        return
    if run.is_breached:
        assert run.due < run.end
    if run.stopped_at is not None and run.due is not None and run.stopped_at <= run.due:
        assert run.is_met
    if run.standing is Standing.RUNNING and run.due > as_of:
        later = read([*(e for e in events if e.at <= as_of)], run.due).current
        assert later.remaining_seconds == 0
        assert not later.is_breached
    points = [w.at for w in run.warnings if w.at is not None]
    assert points == sorted(points)
    for warning in run.warnings:
        share = run.elapsed_seconds * 100 >= run.target_seconds * warning.percent
        assert warning.is_reached == share


@given(histories(), moments)
def test_reading_by_events_known_then_is_reading_with_the_later_ones_cut_off(events, as_of):
    known = [event for event in events if event.at <= as_of]

    assert read(events, as_of) == read(known, as_of)


anything = st.one_of(
    st.builds(
        Opened, at=st.datetimes(), state=st.text(), priority=st.integers(), agreement=agreements
    ),
    st.builds(Opened, at=moments, state=st.text(), priority=st.integers(), agreement=agreements),
    st.builds(StateChanged, at=moments, state=st.text()),
    st.builds(StateChanged, at=st.datetimes(timezones=st.just(UTC)), state=st.text()),
    st.builds(PriorityChanged, at=moments, priority=st.integers()),
    st.builds(AgreementChanged, at=moments, agreement=agreements),
    st.builds(Paused, at=moments, reason=st.text()),
    st.builds(Resumed, at=moments),
)


@settings(deadline=None)
@given(st.lists(anything, max_size=6), moments | st.datetimes())
def test_any_history_is_read_or_refused_with_a_code(events, as_of):
    with suppress(Refusal):
        for run in read(events, as_of).runs:
            assert run.elapsed_seconds >= 0
