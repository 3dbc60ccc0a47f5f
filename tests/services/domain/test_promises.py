"""The promise chain: which link breaks first, and with which code."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.domain.refusal import Refusal
from common.domain.worktime import ALWAYS_OPEN, Segment, WorkCalendar
from services.domain.compound import Component, Needs, compound
from services.domain.promises import (
    FindingCode,
    Link,
    Promise,
    PromiseError,
    PromiseKind,
    check_promise,
)

START = datetime(2025, 6, 2, tzinfo=UTC)  # a Monday
END = START + timedelta(days=28)
HOUR = 3600
ZONE = "Europe/Stockholm"


def office(start, end, days=range(5), zone=ZONE, exceptions=None):
    return WorkCalendar(
        zone, dict.fromkeys(days, (Segment(start * 60, end * 60),)), exceptions or {}
    )


def promise(kind=PromiseKind.SLA, hours=None, availability=None, restore=None, ends_on=None):
    return Promise(
        key=f"{kind}-1",
        kind=kind,
        hours=hours or office(8, 17),
        availability=availability and Decimal(availability),
        targets={"restore": restore * HOUR} if restore else {},
        ends_on=ends_on,
    )


def contract(**terms):
    return Link(key="supplier", tier=1, promise=promise(PromiseKind.CONTRACT, **terms))


def found(above, *links, tier=1, **model):
    check = check_promise(above, tier=tier, links=links, start=START, end=END, **model)
    return [(finding.code, finding.link) for finding in check.findings]


def only(above, *links, **model):
    check = check_promise(above, tier=1, links=links, start=START, end=END, **model)
    (finding,) = check.findings
    return finding


def test_a_chain_that_holds_finds_nothing():
    above = promise(availability="0.99", restore=8)
    check = check_promise(
        above,
        tier=1,
        links=[contract(hours=office(7, 18), availability="0.995", restore=4)],
        start=START,
        end=END,
        modelled=Decimal("0.991"),
    )

    assert (check.findings, check.first_broken, check.is_kept) == ((), None, True)


def test_supplier_hours_that_end_too_early():
    # services 5, row 3: "supplier hours end 17:00"
    finding = only(promise(hours=office(8, 18)), contract(hours=office(8, 17)))

    assert (finding.code, finding.link) == (FindingCode.HOURS_SHORT, "supplier")
    assert finding.params == {
        "agreement": "contract-1",
        "kind": "contract",
        "from": "2025-06-02T17:00:00+02:00",
        "until": "2025-06-02T18:00:00+02:00",
        "uncovered_seconds": 20 * HOUR,
    }


def test_a_suppliers_holiday_is_a_gap_and_so_is_another_zone():
    holiday = only(promise(), contract(hours=office(8, 17, exceptions={date(2025, 6, 6): ()})))
    abroad = only(promise(), contract(hours=office(8, 17, zone="Europe/Helsinki")))

    assert holiday.params["uncovered_seconds"] == 9 * HOUR
    assert abroad.params["from"] == "2025-06-02T16:00:00+02:00"


def test_modelled_availability_below_the_promise():
    # services 5, row 3: "99.9 promised, 99.84 possible" (C8: .9999, .9995, .999)
    parts = [
        Component(
            key="service",
            own=Decimal(".9999"),
            needs=(Needs(members=("a",)), Needs(members=("b",))),
        ),
        Component(key="a", own=Decimal(".9995")),
        Component(key="b", own=Decimal(".999")),
    ]
    modelled = compound(parts, "service").value

    finding = only(promise(availability="0.999"), modelled=modelled)

    assert (finding.code, finding.link) == (FindingCode.MODEL_SHORT, None)
    assert Decimal(finding.params["modelled"]).quantize(Decimal("0.0001")) == Decimal("0.9984")


def test_equal_is_enough():
    above = promise(availability="0.99", restore=4)

    assert found(above, contract(availability="0.99", restore=4), modelled=Decimal("0.99")) == []


@pytest.mark.parametrize(
    ("hours", "restore", "late"),
    [
        (office(8, 17), 5, 16 * HOUR),  # from 13:00: 17:00 promised, 09:00 next day supported
        (ALWAYS_OPEN(ZONE), 5, HOUR),
        (ALWAYS_OPEN(ZONE), 4, None),
        (office(7, 18), 4, None),
    ],
)
def test_a_lower_target_that_comes_later_than_the_promised(hours, restore, late):
    findings = check_promise(
        promise(restore=4),
        tier=1,
        links=[contract(hours=hours, restore=restore)],
        start=START,
        end=START + timedelta(days=4),
    ).findings

    if late is None:
        assert findings == ()
    else:
        (finding,) = findings
        assert finding.code is FindingCode.TARGET_SHORT
        assert finding.params["late_seconds"] == late


def test_four_office_hours_cannot_support_four_hours_around_the_clock():
    above = promise(hours=ALWAYS_OPEN(ZONE), restore=4)

    codes = [code for code, _ in found(above, contract(hours=office(8, 17), restore=4))]

    assert codes == [FindingCode.HOURS_SHORT, FindingCode.TARGET_SHORT]


def test_a_supplier_that_never_opens_is_late_without_measure():
    findings = check_promise(
        promise(restore=4),
        tier=1,
        links=[contract(hours=WorkCalendar(ZONE, {}), restore=4)],
        start=START,
        end=END,
    ).findings

    assert [f.code for f in findings] == [FindingCode.HOURS_SHORT, FindingCode.TARGET_SHORT]
    assert findings[1].params["late_seconds"] is None


@pytest.mark.parametrize(
    ("above", "link", "tier", "code", "kept"),
    [
        (promise(), Link(key="net", tier=1, promise=None), 1, "no_agreement", False),
        (promise(), Link(key="net", tier=2, promise=promise()), 1, "tier_lower", False),
        (promise(), contract(ends_on=date(2025, 6, 20)), 1, "agreement_ends_first", False),
        (
            promise(ends_on=date(2026, 1, 1)),
            contract(ends_on=date(2025, 12, 31)),
            1,
            "agreement_ends_first",
            False,
        ),
        (
            promise(availability="0.999"),
            contract(availability="0.99"),
            1,
            "availability_short",
            False,
        ),
        (promise(availability="0.999"), contract(), 1, "availability_missing", None),
        (promise(restore=4), contract(), 1, "target_missing", None),
    ],
)
def test_each_link_is_broken_in_its_own_way(above, link, tier, code, kept):
    check = check_promise(above, tier=tier, links=[link], start=START, end=END)

    assert [finding.code for finding in check.findings] == [code]
    assert check.is_kept is kept


@pytest.mark.parametrize(
    ("above", "link", "tier"),
    [
        (promise(), Link(key="net", tier=3, promise=promise()), 2),  # only tier 1 must not
        (promise(), Link(key="net", tier=3, promise=None, is_hard=False), 1),  # soft
        (promise(ends_on=date(2026, 1, 1)), contract(ends_on=date(2026, 1, 1)), 1),
        (promise(ends_on=date(2025, 6, 3)), contract(ends_on=date(2025, 6, 20)), 1),
        (promise(), contract(ends_on=None), 1),
    ],
)
def test_what_is_not_broken_is_not_named(above, link, tier):
    assert found(above, link, tier=tier) == []


def test_the_first_broken_link_is_named_before_what_is_only_unproven():
    above = promise(availability="0.999", restore=4)
    check = check_promise(
        above,
        tier=1,
        links=[
            contract(availability=None, restore=4),
            Link(key="network", tier=1, promise=None),
            Link(key="database", tier=2, promise=None),
        ],
        start=START,
        end=END,
        is_modelled=True,
    )

    assert [(f.code, f.link) for f in check.findings] == [
        (FindingCode.AVAILABILITY_MISSING, "supplier"),
        (FindingCode.NO_AGREEMENT, "network"),
        (FindingCode.NO_AGREEMENT, "database"),
        (FindingCode.TIER_LOWER, "database"),
        (FindingCode.MODEL_UNKNOWN, None),
    ]
    assert (check.first_broken.code, check.first_broken.link) == (
        FindingCode.NO_AGREEMENT,
        "network",
    )


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (lambda: promise(availability="1.5"), "availability_out_of_range"),
        (lambda: promise(restore=-1), "target_not_positive"),
        (
            lambda: Promise(key="a", kind="sla", hours=office(8, 9), targets={"restore": 0}),
            "target_not_positive",
        ),
        (
            lambda: check_promise(promise(), tier=1, links=[], start=END, end=END),
            "interval_reversed",
        ),
        (lambda: Link(key="a", tier=0, promise=None), "tier_not_positive"),
        (lambda: found(promise(), contract(), contract()), "link_repeated"),
        (
            lambda: found(promise(availability="0.9"), modelled=Decimal("NaN")),
            "availability_out_of_range",
        ),
        (
            lambda: check_promise(promise(), tier=1, links=[], start=END, end=START),
            "interval_reversed",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(question, code):
    with pytest.raises(PromiseError) as refusal:
        question()

    assert refusal.value.code == code


calendars = st.sampled_from(
    [
        ALWAYS_OPEN(ZONE),
        office(8, 17),
        office(7, 18, range(6)),
        office(10, 12, [2]),
        WorkCalendar("UTC", {}),
    ]
)
promises = st.builds(
    promise,
    kind=st.sampled_from(PromiseKind),
    hours=calendars,
    availability=st.sampled_from([None, "0.9", "0.99", "1"]),
    restore=st.none() | st.integers(1, 40),
    ends_on=st.none() | st.dates(date(2025, 1, 1), date(2026, 1, 1)),
)


@settings(deadline=None)
@given(promises)
def test_a_promise_supports_itself(above):
    link = Link(key="same", tier=1, promise=above)
    check = check_promise(
        above, tier=1, links=[link], start=START, end=END, modelled=above.availability
    )

    if above.ends_on is None or above.ends_on > END.date():
        assert check.is_kept is True
    else:
        assert FindingCode.HOURS_SHORT not in {finding.code for finding in check.findings}


@settings(deadline=None, max_examples=50)
@given(promises, promises, st.integers(0, 27 * 86_400))
def test_where_no_target_is_short_no_opening_comes_late(above, below, offset):
    """An independent reading: any opening in the span, both dues compared."""
    above = Promise(key="a", kind="sla", hours=office(8, 17), targets={"restore": 4 * HOUR})
    check = check_promise(
        above, tier=1, links=[Link(key="l", tier=1, promise=below)], start=START, end=END
    )
    opened = START + timedelta(seconds=offset)
    target = below.targets.get("restore")
    codes = {finding.code for finding in check.findings}

    if target is None:
        assert FindingCode.TARGET_MISSING in codes
    elif FindingCode.TARGET_SHORT not in codes:
        assert below.hours.due(opened, target) <= above.hours.due(opened, 4 * HOUR)


@settings(deadline=None, max_examples=50)
@given(
    st.decimals(),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.integers(-1, 3),
    promises,
    st.datetimes(max_value=datetime(9000, 1, 1), timezones=st.just(UTC))
    | st.datetimes(datetime(2025, 1, 1), datetime(2025, 2, 1)),
    st.integers(0, 12),
)
def test_any_chain_is_checked_or_refused_with_a_code(value, targets, tier, below, start, days):
    with suppress(Refusal):
        above = Promise(
            key="a", kind=PromiseKind.SLA, hours=office(8, 17), availability=value, targets=targets
        )
        links = [Link(key="l", tier=tier, promise=below)]
        end = START if days > 9 else start + timedelta(days=days)
        check_promise(above, tier=tier, links=links, start=start, end=end, modelled=value)
