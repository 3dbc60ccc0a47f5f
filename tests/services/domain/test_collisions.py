"""Collisions: every reason of services 4.7 and bridge 6.8, and the slots that are free of them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from services.domain.collisions import (
    CollisionCode,
    CollisionError,
    CollisionPolicy,
    Entry,
    EntryKind,
    ServiceFacts,
    Severity,
    collisions,
    next_free_slots,
)

POLICY = CollisionPolicy(zone="Europe/Stockholm")
START = datetime(2025, 6, 2, tzinfo=UTC)
SERVICES = {
    "mail": ServiceFacts(
        key="mail",
        units=frozenset({"it", "city"}),
        upstream=frozenset({"network"}),
        downstream=frozenset({"calendar"}),
    ),
    "network": ServiceFacts(
        key="network", units=frozenset({"ops", "city"}), downstream=frozenset({"mail"})
    ),
    "calendar": ServiceFacts(key="calendar", upstream=frozenset({"mail"})),
    "burnt": ServiceFacts(key="burnt", is_budget_spent=True),
    "broken": ServiceFacts(key="broken", has_open_major=True),
}
CHANGE, GO_LIVE = EntryKind.CHANGE, EntryKind.GO_LIVE
FREEZE, WINDOW = EntryKind.FREEZE, EntryKind.MAINTENANCE


def entry(begin, end, *services, kind=CHANGE, key=None, **more):
    """An entry by hours since START."""
    return Entry(
        key=key or f"{kind}-{begin}",
        kind=kind,
        start=START + timedelta(hours=begin),
        end=START + timedelta(hours=end),
        services=frozenset(services),
        **{k: frozenset(v) if k in {"units", "people"} else v for k, v in more.items()},
    )


def found(placed, *others, policy=POLICY):
    return [(c.code.value, c.severity.value) for c in collisions(placed, others, SERVICES, policy)]


def test_a_change_ending_at_ten_does_not_collide_with_one_starting_at_ten():
    assert found(entry(8, 10, "mail"), entry(10, 12, "mail")) == []
    assert found(entry(8, 10, "mail"), entry(9, 12, "mail")) == [("same_service", "soft")]


@pytest.mark.parametrize(
    ("placed", "other", "expected"),
    [
        (entry(8, 10, "mail"), entry(9, 12, "network"), [("linked_service", "soft")]),
        (entry(8, 10, "mail"), entry(9, 12, "calendar"), [("linked_service", "soft")]),
        (entry(8, 10, "mail", "network"), entry(9, 12, "network"), [("same_service", "soft")]),
        (entry(8, 10, "network"), entry(9, 12, "mail", "network"), [("same_service", "soft")]),
        (entry(8, 10, "mail"), entry(9, 12, "burnt"), []),
        (
            entry(8, 10, "mail", people=["ada"]),
            entry(9, 12, "burnt", people=["ada", "bo"]),
            [("same_person", "soft")],
        ),
        (
            entry(8, 10, "mail", implementer="ada"),
            entry(9, 12, "burnt", people=["ada"]),
            [("same_person", "soft")],
        ),
        (entry(8, 10, "mail", people=["ada"]), entry(10, 12, "burnt", people=["ada"]), []),
        (entry(8, 10, "mail"), entry(9, 12, "mail", kind=FREEZE), [("inside_freeze", "hard")]),
        (
            entry(8, 10, "mail"),
            entry(9, 12, kind=FREEZE, units=["city"]),
            [("inside_freeze", "hard")],
        ),
        (entry(8, 10, "mail"), entry(9, 12, "network", kind=FREEZE), [("inside_freeze", "hard")]),
        (entry(8, 10, "mail"), entry(9, 12, "calendar", kind=FREEZE), []),
        (entry(8, 10, "mail"), entry(9, 12, kind=FREEZE, units=["ops"]), []),
        (
            entry(8, 10, "mail"),
            entry(9, 12, "mail", kind=FREEZE, is_hard=False),
            [("inside_soft_freeze", "soft")],
        ),
        (
            entry(8, 10, "mail", is_emergency=True),
            entry(9, 12, "mail", kind=FREEZE),
            [("inside_freeze", "hard")],
        ),
        (
            entry(8, 10, "mail", is_emergency=True, authoriser="cio"),
            entry(9, 12, "mail", kind=FREEZE),
            [("freeze_authorised", "soft")],
        ),
        (
            entry(8, 10, "mail", authoriser="cio"),
            entry(9, 12, "mail", kind=FREEZE),
            [("inside_freeze", "hard")],
        ),
        (
            entry(8, 10, "mail", kind=GO_LIVE, source="PRJ-1"),
            entry(0, 99, "mail", kind=EntryKind.EARLY_LIFE, source="PRJ-2"),
            [("overlaps_early_life", "soft")],
        ),
        (
            entry(8, 10, "mail", kind=GO_LIVE, source="PRJ-1"),
            entry(0, 99, "mail", kind=EntryKind.EARLY_LIFE, source="PRJ-1"),
            [],
        ),
        (
            entry(8, 10, "mail"),
            entry(0, 99, "network", kind=EntryKind.EARLY_LIFE),
            [("overlaps_early_life", "soft")],
        ),
        (entry(8, 10, "mail"), entry(0, 99, "mail", kind=EntryKind.MEASUREMENT), []),
        (entry(8, 10, "mail"), entry(7, 10, "mail", kind=WINDOW), []),
        (entry(8, 10, "mail"), entry(7, 10, kind=WINDOW, units=["it"]), []),
        (
            entry(8, 10, "mail"),
            entry(7, 9, "mail", kind=WINDOW),
            [("overruns_maintenance_window", "soft")],
        ),
        (
            entry(8, 10, "mail"),
            entry(9, 12, "mail", kind=WINDOW),
            [("outside_maintenance_window", "soft")],
        ),
        (
            entry(8, 10, "mail"),
            entry(7, 8, "mail", kind=WINDOW),
            [("outside_maintenance_window", "soft")],
        ),
        (entry(8, 10, "mail"), entry(20, 22, "network", kind=WINDOW), []),
    ],
)
def test_each_reason(placed, other, expected):
    assert found(placed, other) == expected


def test_touching_windows_are_one():
    windows = [entry(9, 12, "mail", kind=WINDOW), entry(7, 9, "mail", kind=WINDOW)]

    assert found(entry(8, 10, "mail"), *windows) == []


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        (
            entry(8, 10, "mail", implementer="ada", approver="ada"),
            [("approver_implements", "hard")],
        ),
        (entry(8, 10, "mail", implementer="ada", approver="bo"), []),
        (entry(8, 10, "burnt"), [("budget_spent", "soft")]),
        (entry(8, 10, "burnt", kind=GO_LIVE), [("budget_holds_go_live", "hard")]),
        (entry(8, 10, "broken"), [("major_incident_open", "soft")]),
    ],
)
def test_reasons_that_do_not_depend_on_time(placed, expected):
    assert found(placed) == expected


def local_day(month, day, hours=24, year=2025, **more):
    """A day in Stockholm in winter, which is an hour ahead of UTC."""
    start = datetime(year, month, day, tzinfo=UTC) - timedelta(hours=1)
    return Entry(
        **{"key": f"{month}-{day}", "kind": GO_LIVE, "services": frozenset({"mail"})} | more,
        start=start,
        end=start + timedelta(hours=hours),
    )


@pytest.mark.parametrize(
    ("month", "day", "year", "codes"),
    [(12, 15, 2025, ["inside_freeze"]), (1, 7, 2026, []), (1, 6, 2026, ["inside_freeze"])],
)
def test_a_freeze_is_half_open(month, day, year, codes):
    # bridge 6.8: freeze 12-15..01-07; a go-live on 12-15 clashes, one on 01-07 does not.
    freeze = local_day(12, 15, hours=23 * 24, kind=FREEZE, key="freeze")

    assert [code for code, _ in found(local_day(month, day, year=year), freeze)] == codes


@pytest.mark.parametrize(("day", "codes"), [(8, []), (7, ["go_lives_close"])])
def test_two_go_lives_within_seven_days_on_one_service(day, codes):
    # bridge 6.8: day 1 and day 8 ok, day 1 and day 7 clash.
    assert [c for c, _ in found(local_day(12, 1), local_day(12, day))] == codes
    assert [c for c, _ in found(local_day(12, day), local_day(12, 1))] == codes


def test_only_go_lives_keep_a_distance_from_go_lives():
    change = local_day(12, 3, kind=CHANGE, key="change")

    assert found(local_day(12, 1), change) == []
    assert found(change, local_day(12, 1)) == []


def test_an_overrun_says_which_window_and_by_how_much():
    (collision,) = collisions(
        entry(8, 10, "mail"), [entry(7, 9, "mail", kind=WINDOW, key="WIN")], SERVICES, POLICY
    )

    assert (collision.other, dict(collision.params)) == ("WIN", {"seconds_over": 3600})


def test_a_slot_may_end_with_the_horizon_itself():
    closed = entry(0, 24 * 90 - 2, "mail", kind=FREEZE)

    assert slots(entry(0, 2, "mail"), closed) == [(2158, 2160)]


def test_a_policy_may_weigh_otherwise_and_hard_comes_first():
    policy = CollisionPolicy(
        zone="UTC", severities={CollisionCode.SAME_PERSON: Severity.HARD}, go_live_gap_days=1
    )
    others = [entry(9, 12, "mail", people=["ada"])]

    assert found(entry(8, 10, "mail", people=["ada"]), *others, policy=policy) == [
        ("same_person", "hard"),
        ("same_service", "soft"),
    ]


def test_a_collision_names_the_other_the_service_and_how_it_reaches():
    (collision,) = collisions(
        entry(8, 10, "mail"),
        [entry(9, 12, kind=FREEZE, units=["city"], key="FRZ")],
        SERVICES,
        POLICY,
    )

    assert (collision.other, collision.service, dict(collision.params)) == (
        "FRZ",
        "mail",
        {"reach": "inherited"},
    )


def test_nothing_collides_with_itself():
    placed = entry(8, 10, "mail", people=["ada"])

    assert found(placed, placed) == []


# Free slots


def slots(placed, *others, earliest=0, **more):
    free = next_free_slots(
        placed, others, SERVICES, POLICY, earliest=START + timedelta(hours=earliest), **more
    )
    return [
        ((s.start - START) / timedelta(hours=1), (s.end - START) / timedelta(hours=1)) for s in free
    ]


def test_slots_lie_between_what_stands_there():
    others = [entry(0, 3, "mail"), entry(5, 9, "mail"), entry(12, 20, "mail", kind=FREEZE)]

    assert slots(entry(1, 3, "mail"), *others) == [(3, 5), (9, 11), (20, 22)]


def test_slots_lie_within_windows_and_skip_those_too_short():
    windows = [
        entry(24, 25, "mail", kind=WINDOW),
        entry(48, 51, "mail", kind=WINDOW),
        entry(72, 76, "mail", kind=WINDOW),
    ]

    assert slots(entry(0, 2, "mail"), *windows) == [(48, 50), (72, 74), (74, 76)]


def test_a_go_live_waits_for_the_gap():
    placed = entry(12, 14, "mail", kind=GO_LIVE)
    other = entry(6, 8, "mail", kind=GO_LIVE)

    # From the local midnight that begins the seventh day after, which is 22:00 UTC in summer.
    assert slots(placed, other, count=1) == [(7 * 24 - 2, 7 * 24)]


def test_no_slot_beyond_the_horizon():
    closed = entry(0, 24 * 89 + 2, "mail", kind=FREEZE)

    assert slots(entry(1, 24, "mail"), closed) == []
    assert slots(entry(1, 24, "mail"), closed, horizon_days=91, count=1) == [(2138, 2161)]


def test_what_no_time_cures_does_not_hide_the_slots():
    assert slots(entry(1, 2, "burnt", kind=GO_LIVE), count=1) == [(0, 1)]


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: entry(2, 2), "interval_empty"),
        (lambda: entry(2, 1), "interval_reversed"),
        (lambda: found(entry(1, 2, kind=FREEZE)), "kind_not_placed"),
        (lambda: found(entry(1, 2, "nowhere")), "service_unknown"),
        (lambda: slots(entry(1, 2, "nowhere")), "service_unknown"),
        (lambda: slots(entry(1, 2, "mail"), count=0), "count_not_positive"),
        (lambda: slots(entry(1, 2, "mail"), horizon_days=0), "count_not_positive"),
        (lambda: slots(entry(1, 2, "mail"), horizon_days=10**9), "horizon_too_far"),
        (lambda: CollisionPolicy(zone="UTC", go_live_gap_days=-1), "gap_out_of_range"),
        (lambda: CollisionPolicy(zone="UTC", go_live_gap_days=10**9), "gap_out_of_range"),
    ],
)
def test_what_cannot_be_placed_is_refused(question, code):
    with pytest.raises(CollisionError) as refusal:
        question()

    assert refusal.value.code == code


# Invariants

keys = st.sampled_from(sorted(SERVICES))
subsets = st.frozensets(keys, max_size=2)


@st.composite
def entries(draw, kinds=tuple(EntryKind), most=300):
    begin = draw(st.integers(0, most))
    return Entry(
        key=draw(st.uuids()).hex,
        kind=draw(st.sampled_from(kinds)),
        start=START + timedelta(hours=begin),
        end=START + timedelta(hours=begin + draw(st.integers(1, 40))),
        services=draw(subsets),
        units=draw(st.frozensets(st.sampled_from(["it", "ops", "city"]), max_size=1)),
        people=draw(st.frozensets(st.sampled_from(["ada", "bo"]), max_size=1)),
        is_hard=draw(st.booleans()),
    )


placed_entries = entries(kinds=(CHANGE, GO_LIVE))
TIMELESS = {"approver_implements", "budget_spent", "budget_holds_go_live", "major_incident_open"}


def in_time(placed, others):
    return {code for code, _ in found(placed, *others)} - TIMELESS


@given(placed_entries, placed_entries)
def test_changes_collide_with_each_other_or_not_at_all(one, two):
    ours = {c.code for c in collisions(one, [two], SERVICES, POLICY)}
    theirs = {c.code for c in collisions(two, [one], SERVICES, POLICY)}
    mutual = {
        CollisionCode.SAME_SERVICE,
        CollisionCode.LINKED_SERVICE,
        CollisionCode.SAME_PERSON,
        CollisionCode.GO_LIVES_CLOSE,
    }

    assert ours & mutual == theirs & mutual


@given(placed_entries, st.lists(entries(), max_size=6))
def test_what_overlaps_nothing_collides_only_with_windows_and_near_go_lives(placed, others):
    apart = [o for o in others if not placed.overlaps(o)]

    assert in_time(placed, apart) <= {"outside_maintenance_window", "go_lives_close"}


@given(placed_entries, st.lists(entries(), max_size=6))
def test_every_slot_is_free_in_order_and_within_the_horizon(placed, others):
    free = next_free_slots(placed, others, SERVICES, POLICY, earliest=START, horizon_days=30)

    at = START
    for slot in free:
        assert at <= slot.start
        assert slot.end - slot.start == placed.end - placed.start
        moved = Entry(
            **{n: getattr(placed, n) for n in placed.__slots__}
            | {"start": slot.start, "end": slot.end}
        )
        assert in_time(moved, others) == set()
        at = slot.end
    assert at <= START + timedelta(days=30)


@given(placed_entries, st.lists(entries(), max_size=6), st.integers(0, 29 * 86_400))
def test_no_free_placement_comes_before_the_first_slot(placed, others, offset):
    start = START + timedelta(seconds=offset)
    length = placed.end - placed.start
    tried = Entry(
        **{n: getattr(placed, n) for n in placed.__slots__}
        | {"start": start, "end": start + length}
    )

    free = next_free_slots(placed, others, SERVICES, POLICY, earliest=START, horizon_days=31)

    if not in_time(tried, others):
        assert free
        assert free[0].start <= start


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=2),
            st.sampled_from(EntryKind),
            st.datetimes() | st.datetimes(timezones=st.just(UTC)),
            st.datetimes(timezones=st.just(UTC)),
            st.frozensets(keys | st.just("nowhere")),
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(-1, 4),
)
def test_any_calendar_is_judged_or_refused_with_a_code(rows, count):
    with suppress(Refusal):
        lines = [
            Entry(key=key, kind=kind, start=a, end=b, services=services)
            for key, kind, a, b, services in rows
        ]
        collisions(lines[0], lines, SERVICES, POLICY)
        next_free_slots(lines[0], lines, SERVICES, POLICY, earliest=START, count=count)
