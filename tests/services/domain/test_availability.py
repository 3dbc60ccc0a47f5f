"""Availability: the worked examples A1-A11 with their sources, the policies, the invariants."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import ALWAYS_OPEN, Segment, WorkCalendar
from services.domain.availability import (
    AvailabilityError,
    AvailabilityPolicy,
    OfferingAvailability,
    Outage,
    OutageKind,
    Overlap,
    PieceCode,
    RestorationPart,
    RollUp,
    Treatment,
    allowed_downtime,
    availability_of_means,
    measure,
    restoration_parts,
    roll_up,
)

HOUR = 3600
START = datetime(2025, 6, 2, tzinfo=UTC)  # a Monday
LATER = START + timedelta(days=4000)
ALWAYS = ALWAYS_OPEN("UTC")
U, P, D = OutageKind.UNPLANNED, OutageKind.PLANNED, OutageKind.DEGRADED


def hours(count):
    return START + timedelta(hours=count)


def outage(begin, end, kind=U, **more):
    """An outage by hours since START."""
    end = None if end is None else hours(end)
    return Outage(
        key=more.pop("key", f"OUT-{begin}"), start=hours(begin), end=end, kind=kind, **more
    )


def measured(*outages, span=24, as_of=LATER, unknown=(), calendar=ALWAYS, **policy):
    return measure(
        outages,
        policy=AvailabilityPolicy(hours=calendar, **policy),
        start=START,
        end=hours(span),
        as_of=as_of,
        unknown=[(hours(a), hours(b)) for a, b in unknown],
    )


def percent(measure, places=4):
    return round(measure.value * 100, places)


def in_hours(measure):
    return measure.value / HOUR


# Worked examples


def test_a1_the_service_design_example():
    # ITIL v3 Service Design: 5,020 h with breaks of 6 h and 14 h.
    figures = measured(outage(100, 106), outage(2000, 2014), span=5020).agreed

    assert percent(figures.availability) == Decimal("99.6016")
    assert in_hours(figures.mtbsi_seconds) == 2510
    assert in_hours(figures.mtbf_seconds) == 2500
    assert in_hours(figures.mtrs_seconds) == 10


def test_a2_a_week_of_five_days():
    # Study exercise, scribd 403226083: down Tue 05-07, Thu 16-20, Fri 08-11.
    weekdays = WorkCalendar("UTC", dict.fromkeys(range(5), (Segment(0, 1440),)))
    figures = measured(
        outage(29, 31), outage(88, 92), outage(104, 107), span=168, calendar=weekdays
    ).agreed

    assert (figures.service_seconds, figures.down_seconds) == (120 * HOUR, 9 * HOUR)
    assert percent(figures.availability) == Decimal("92.5")
    assert in_hours(figures.mtbf_seconds) == 37
    assert in_hours(figures.mtrs_seconds) == 3
    assert in_hours(figures.mtbsi_seconds) == 40


@pytest.mark.parametrize(
    ("mtbf", "mtrs", "expected"),
    [("50", "10", "83.3333"), ("1000", "5", "99.5025"), ("1000", "0", "100")],
    ids=["A4 PTC", "A4 Nemotron sample", "never down"],
)
def test_a4_availability_from_mean_times(mtbf, mtrs, expected):
    assert round(availability_of_means(Decimal(mtbf), Decimal(mtrs)) * 100, 4) == Decimal(expected)


@pytest.mark.parametrize(
    ("target", "days", "minutes"),
    [
        ("0.99", 30, "432"),
        ("0.999", 30, "43.2"),
        ("0.9995", 30, "21.6"),
        ("0.9999", 30, "4.32"),
        ("0.999", 365, "525.6"),  # 8.76 h
        ("0.9999", 365, "52.56"),
        ("0.99999", 365, "5.256"),
    ],
)
def test_a5_a6_allowed_downtime(target, days, minutes):
    assert allowed_downtime(Decimal(target), days * 86_400) == Decimal(minutes) * 60


@pytest.mark.parametrize(
    ("weight", "expected"),
    [("0.3", "99.9306"), ("0.7", "99.8997"), ("1", "99.8765"), ("0", "99.9537")],
)
def test_a7_partial_outages_by_the_weight_on_the_agreement(weight, expected):
    # 90 days, major 60 min and partial 100 min; public descriptions of the weight disagree.
    figures = measured(
        outage(10, 11),
        outage(30, 30 + 100 / 60, D),
        span=90 * 24,
        degraded_weight=Decimal(weight),
    ).agreed

    assert percent(figures.availability) == Decimal(expected)


def test_a8_degraded_may_be_up():
    # incident.io: one hour of 10 min ok, 30 degraded, 20 full.
    shown = measured(
        outage(10 / 60, 40 / 60, D), outage(40 / 60, 1), span=1, degraded_weight=Decimal(0)
    )

    assert percent(shown.agreed.availability, 3) == Decimal("66.667")
    assert percent(shown.experienced.availability, 3) == Decimal("16.667")


@pytest.mark.parametrize(("overlap", "breaks"), [(Overlap.UNION, 1), (Overlap.SEPARATE, 2)])
def test_a10_overlapping_outages_are_down_once_and_breaks_by_policy(overlap, breaks):
    figures = measured(outage(10, 11, key="a"), outage(10.5, 11.5, key="b"), overlap=overlap).agreed

    assert figures.down_seconds == Decimal("1.5") * HOUR
    assert figures.breaks == breaks


def test_a11_unknown_time_is_neither_up_nor_down():
    # A monitor silent for 2 h of 24, down 1 h of the 22 seen.
    shown = measured(outage(10, 11), unknown=[(2, 4)])

    assert percent(shown.agreed.availability) == Decimal("95.4545")
    assert percent(shown.coverage, 3) == Decimal("91.667")
    assert shown.unknown_seconds == 2 * HOUR


# Policies


def test_planned_outages_are_excused_by_default_and_experienced_all_the_same():
    shown = measured(outage(2, 4, P), outage(10, 11))

    assert (shown.agreed.down_seconds, shown.agreed.breaks) == (HOUR, 1)
    assert (shown.experienced.down_seconds, shown.experienced.breaks) == (3 * HOUR, 2)
    assert shown.agreed.service_seconds == shown.experienced.service_seconds == 24 * HOUR


@pytest.mark.parametrize(
    ("treatment", "service", "down"),
    [
        (Treatment.COUNT, 24, 2),
        (Treatment.EXCUSE, 24, 0),
        (Treatment.REMOVE, 22, 0),
    ],
)
def test_an_exclusion_takes_away_downtime_or_agreed_time_too(treatment, service, down):
    figures = measured(outage(2, 4, P), by_kind={P: treatment}).agreed

    assert (figures.service_seconds, figures.down_seconds) == (service * HOUR, down * HOUR)


def test_a_cause_outranks_a_kind():
    shown = measured(
        outage(2, 4, cause="customer"),
        outage(6, 7, P, cause="late_notice"),
        by_cause={"customer": Treatment.EXCUSE, "late_notice": Treatment.COUNT},
    )

    assert shown.agreed.down_seconds == HOUR


def test_an_excused_outage_never_hides_a_counted_one():
    shown = measured(outage(2, 6, P), outage(5, 8))

    assert shown.agreed.down_seconds == 3 * HOUR
    assert [(p.code, p.open_seconds // HOUR) for p in shown.pieces] == [
        (PieceCode.UP, 2),
        (PieceCode.EXCUSED, 3),
        (PieceCode.DOWN, 1),
        (PieceCode.DOWN, 2),
        (PieceCode.UP, 16),
    ]
    assert shown.pieces[2].outages == ("OUT-2", "OUT-5")


def test_only_agreed_hours_count_and_an_outage_outside_them_is_no_break():
    office = WorkCalendar("UTC", dict.fromkeys(range(7), (Segment(480, 960),)))
    shown = measured(outage(5, 7), outage(15, 20), calendar=office)

    assert (shown.open_seconds, shown.agreed.down_seconds) == (8 * HOUR, HOUR)
    assert (shown.agreed.breaks, shown.experienced.breaks) == (1, 1)


def test_outages_joined_to_one_break_reach_as_far_as_the_longest():
    spans = [(30, 32), (10, 16), (11, 12), (15, 18), (18, 19), (20, 21), (20.5, 25), (25, 26)]
    office = WorkCalendar("UTC", dict.fromkeys(range(7), (Segment(960, 1440),)))

    shown = measured(*(outage(a, b) for a, b in spans), span=48, calendar=office)

    # 10-19 is one break, open from 16; 20-26 another, open until 24; 30-32 is outside hours.
    assert shown.agreed.breaks == 2


def test_an_open_outage_counts_to_now_and_so_does_the_period():
    figures = measured(outage(10, None), as_of=hours(12)).agreed

    assert (figures.service_seconds, figures.down_seconds) == (12 * HOUR, 2 * HOUR)


def test_a_recorded_outage_in_unwatched_time_is_known():
    shown = measured(outage(3, 5), unknown=[(2, 4), (3, 6)])

    assert (shown.unknown_seconds, shown.agreed.down_seconds) == (2 * HOUR, 2 * HOUR)


def test_degraded_time_costs_its_weight_and_is_a_break_only_by_choice():
    half = {"degraded_weight": Decimal("0.5")}

    silent = measured(outage(2, 4, D), **half).agreed
    broken = measured(outage(2, 4, D), degraded_is_break=True, **half).agreed

    assert (silent.down_seconds, silent.breaks) == (HOUR, 0)
    assert (broken.down_seconds, broken.breaks) == (HOUR, 1)
    assert silent.mtrs_seconds.value is None


def test_without_a_break_mean_times_say_so():
    figures = measured().agreed

    assert figures.availability.value == 1
    assert {figures.mtbf_seconds, figures.mtrs_seconds, figures.mtbsi_seconds} == {
        type(figures.mtbf_seconds)(value=None, reason="no_break_in_period")
    }


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"calendar": WorkCalendar("UTC", {})}, "no_agreed_time"),
        ({"as_of": START}, "no_agreed_time"),
        ({"as_of": START - timedelta(days=9)}, "no_agreed_time"),
        ({"unknown": [(0, 24)]}, "nothing_known"),
    ],
)
def test_without_known_agreed_time_there_is_no_availability(more, reason):
    shown = measured(**more)

    assert (shown.agreed.availability.value, shown.agreed.availability.reason) == (None, reason)
    assert shown.agreed.mtbf_seconds.reason == reason


def test_when_everything_is_removed_no_agreed_time_is_left():
    shown = measured(outage(0, 24, P), by_kind={P: Treatment.REMOVE})

    assert shown.agreed.availability.reason == "no_agreed_time"
    assert shown.experienced.availability.value == 0


def test_restoration_has_five_parts_and_what_was_not_recorded_has_no_value():
    parts = restoration_parts(
        [
            outage(
                0,
                10,
                detected_at=hours(1),
                diagnosed_at=hours(3),
                repaired_at=hours(6),
                recovered_at=hours(9),
            ),
            outage(20, 24, detected_at=hours(23)),
            outage(30, None),
        ],
        ALWAYS,
    )

    assert [(p.part, p.outages, p.mean_seconds.value) for p in parts] == [
        (RestorationPart.DETECT, 2, 2 * HOUR),
        (RestorationPart.DIAGNOSE, 1, 2 * HOUR),
        (RestorationPart.REPAIR, 1, 3 * HOUR),
        (RestorationPart.RECOVER, 1, 3 * HOUR),
        (RestorationPart.RESTORE, 1, HOUR),
    ]
    assert restoration_parts([], ALWAYS)[0].mean_seconds.reason == "not_recorded"


OFFERINGS = [
    OfferingAvailability(key="a", availability=Decimal("0.99"), users=30),
    OfferingAvailability(key="b", availability=Decimal("0.95"), users=10),
    OfferingAvailability(key="c", availability=None, users=99),
]


@pytest.mark.parametrize(
    ("method", "expected"),
    [(RollUp.WORST, "0.95"), (RollUp.MEAN, "0.97"), (RollUp.BY_USERS, "0.98")],
)
def test_a_service_rolls_up_its_known_offerings(method, expected):
    assert roll_up(OFFERINGS, method).value == Decimal(expected)


def test_a_roll_up_without_figures_or_users_has_a_reason():
    assert roll_up(OFFERINGS[2:], RollUp.WORST).reason == "nothing_known"
    unused = [OfferingAvailability(key="a", availability=Decimal(1))]
    assert roll_up(unused, RollUp.BY_USERS).reason == "no_users"


# Refusals


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: outage(5, 4), "interval_reversed"),
        (lambda: outage(5, 8, detected_at=hours(4)), "milestones_out_of_order"),
        (
            lambda: outage(5, 8, repaired_at=hours(7), recovered_at=hours(6)),
            "milestones_out_of_order",
        ),
        (lambda: measured(outage(1, 2), outage(1, 3)), "outage_repeated"),
        (lambda: measured(span=-1), "interval_reversed"),
        (lambda: measured(unknown=[(3, 2)]), "interval_reversed"),
        (lambda: measured(degraded_weight=Decimal("1.1")), "weight_out_of_range"),
        (lambda: measured(degraded_weight=Decimal("NaN")), "weight_out_of_range"),
        (lambda: allowed_downtime(Decimal("99.9"), 1), "ratio_out_of_range"),
        (lambda: allowed_downtime(Decimal("0.9"), -1), "seconds_negative"),
        (lambda: allowed_downtime(Decimal("-0.1"), 1), "ratio_out_of_range"),
        (lambda: availability_of_means(Decimal(0), Decimal(1)), "mean_time_not_positive"),
        (lambda: availability_of_means(Decimal("NaN"), Decimal(1)), "mean_time_not_positive"),
        (
            lambda: roll_up([OfferingAvailability(key="a", availability=Decimal(2))], RollUp.MEAN),
            "ratio_out_of_range",
        ),
        (
            lambda: roll_up(
                [OfferingAvailability(key="a", availability=None, users=-1)], RollUp.MEAN
            ),
            "users_not_positive",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(question, code):
    with pytest.raises(AvailabilityError) as refusal:
        question()

    assert refusal.value.code == code


# Invariants

calendars = st.sampled_from(
    [ALWAYS, WorkCalendar("Europe/Stockholm", dict.fromkeys(range(5), (Segment(480, 1020),)))]
)
policies = st.builds(
    AvailabilityPolicy,
    hours=calendars,
    overlap=st.sampled_from(Overlap),
    by_kind=st.dictionaries(st.sampled_from(OutageKind), st.sampled_from(Treatment)),
    degraded_weight=st.decimals(0, 1, places=2),
    degraded_is_break=st.booleans(),
)
stretches = st.tuples(st.integers(-30, 200), st.integers(0, 60))
outage_lists = st.lists(st.tuples(stretches, st.sampled_from(OutageKind)), max_size=6).map(
    lambda rows: [
        outage(begin, begin + length, kind, key=str(n))
        for n, ((begin, length), kind) in enumerate(rows)
    ]
)
silences = st.lists(stretches, max_size=3).map(
    lambda rows: [(hours(begin), hours(begin + length)) for begin, length in rows]
)


def one_week(outages, policy, unknown):
    return measure(
        outages, policy=policy, start=START, end=hours(168), as_of=hours(150), unknown=unknown
    )


@given(outage_lists, policies, silences)
def test_the_pieces_sum_to_the_agreed_hours_and_never_overlap(outages, policy, unknown):
    shown = one_week(outages, policy, unknown)

    assert shown.open_seconds == policy.hours.open_seconds(START, hours(150))
    assert sum(piece.open_seconds for piece in shown.pieces) == shown.open_seconds
    ends = [piece.end for piece in shown.pieces]
    assert all(a <= b.start for a, b in zip(ends, shown.pieces[1:], strict=False))


@given(outage_lists, policies, silences)
def test_experienced_is_never_better_than_agreed(outages, policy, unknown):
    shown = one_week(outages, policy, unknown)

    if shown.agreed.availability.value is not None:
        experienced = shown.experienced.availability.value
        assert 0 <= experienced <= shown.agreed.availability.value <= 1
        assert shown.agreed.breaks <= shown.experienced.breaks or policy.overlap is Overlap.UNION


@given(outage_lists, policies, silences)
def test_mean_times_agree_with_each_other(outages, policy, unknown):
    figures = one_week(outages, policy, unknown).agreed

    if figures.mtbf_seconds.value is None:
        assert figures.mtbf_seconds.reason is not None
        return
    parts = figures.mtbf_seconds.value + figures.mtrs_seconds.value
    assert abs(parts - figures.mtbsi_seconds.value) < Decimal("1e-15")
    ratio = figures.mtbf_seconds.value / figures.mtbsi_seconds.value
    assert abs(ratio - figures.availability.value) < Decimal("1e-20")


@given(outage_lists, policies, silences, stretches)
def test_one_more_counted_outage_never_raises_availability_over_known_hours(
    outages, policy, unknown, stretch
):
    policy = AvailabilityPolicy(hours=policy.hours, by_kind=policy.by_kind | {U: Treatment.COUNT})
    begin, length = stretch
    more = [*outages, outage(begin, begin + length, U, key="more")]

    before = one_week(outages, policy, []).agreed
    after = one_week(more, policy, []).agreed

    assert after.down_seconds >= before.down_seconds


@given(outage_lists, policies)
def test_order_of_outages_does_not_matter(outages, policy):
    assert one_week(outages, policy, []) == one_week(outages[::-1], policy, [])


@given(outage_lists, policies, silences)
def test_down_equals_counting_hour_by_hour(outages, policy, unknown):
    """An independent reading: ask of every hour what lay over it."""
    down = experienced = 0
    for number in range(150):
        at = hours(number)
        open_seconds = policy.hours.open_seconds(at, hours(number + 1))
        over = [o for o in outages if o.start <= at < o.end]
        experienced += open_seconds * bool(over)
        kinds = {o.kind for o in over if policy.treatment(o) is Treatment.COUNT}
        down += open_seconds * (1 if kinds - {D} else policy.degraded_weight if kinds else 0)

    shown = one_week(outages, policy, unknown)

    assert (shown.agreed.down_seconds, shown.experienced.down_seconds) == (down, experienced)


wild = st.datetimes() | st.datetimes(timezones=st.just(UTC))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(), wild, wild | st.none(), st.sampled_from(OutageKind)), max_size=4),
    wild,
    wild,
    wild,
    st.decimals(),
)
def test_any_input_is_measured_or_refused_with_a_code(rows, start, end, as_of, weight):
    with suppress(Refusal):
        measure(
            [Outage(key=key, start=a, end=b, kind=kind) for key, a, b, kind in rows],
            policy=AvailabilityPolicy(hours=ALWAYS, degraded_weight=weight),
            start=start,
            end=end,
            as_of=as_of,
        )
