"""Reporting periods: codes, neighbours, fiscal years and local days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.localtime import CalendarError
from common.domain.periods import (
    Period,
    PeriodError,
    PeriodKind,
    local_day,
    local_day_bounds,
    period_of,
    periods_between,
)

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
kinds = st.sampled_from(PeriodKind)
fiscal_starts = st.integers(1, 12)


@pytest.mark.parametrize(
    ("kind", "day", "fiscal_start", "start", "end", "code"),
    [
        ("month", "2026-03-31", 1, "2026-03-01", "2026-04-01", "2026-03"),
        ("month", "2026-12-01", 7, "2026-12-01", "2027-01-01", "2026-12"),
        ("quarter", "2026-06-30", 1, "2026-04-01", "2026-07-01", "2026-Q2"),
        ("quarter", "2026-02-01", 7, "2026-01-01", "2026-04-01", "2025/26-Q3"),
        ("tertial", "2026-08-31", 1, "2026-05-01", "2026-09-01", "2026-T2"),
        ("half_year", "2026-07-01", 1, "2026-07-01", "2027-01-01", "2026-H2"),
        ("fiscal_year", "2026-08-01", 1, "2026-01-01", "2027-01-01", "2026"),
        ("fiscal_year", "2026-04-30", 5, "2025-05-01", "2026-05-01", "2025/26"),
        ("fiscal_year", "2099-07-01", 7, "2099-07-01", "2100-07-01", "2099/00"),
        ("week", "2027-01-03", 1, "2026-12-28", "2027-01-04", "2026-W53"),
        ("week", "2025-12-29", 1, "2025-12-29", "2026-01-05", "2026-W01"),  # ISO 8601
    ],
)
def test_the_period_of_a_day(kind, day, fiscal_start, start, end, code):
    period = period_of(PeriodKind(kind), date.fromisoformat(day), fiscal_start)

    assert (str(period.start), str(period.end), period.code) == (start, end, code)


@given(kinds, days, fiscal_starts)
def test_a_period_holds_its_day_and_meets_its_neighbours(kind, day, fiscal_start):
    period = period_of(kind, day, fiscal_start)

    assert period.start <= day < period.end
    assert period.next().start == period.end
    assert period.previous().end == period.start
    assert period.next().previous() == period
    assert period_of(kind, period.start, fiscal_start) == period
    assert period_of(kind, period.end - timedelta(1), fiscal_start) == period


@given(st.sampled_from([k for k in PeriodKind if k != "week"]), days, fiscal_starts)
def test_the_parts_of_a_fiscal_year_sum_to_the_year(kind, day, fiscal_start):
    year = period_of(PeriodKind.FISCAL_YEAR, day, fiscal_start)

    parts = list(periods_between(kind, year.start, year.end, fiscal_start))

    assert sum(part.days for part in parts) == year.days
    assert (parts[0].start, parts[-1].end) == (year.start, year.end)
    if kind != "month":
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))


@given(kinds, days, fiscal_starts)
def test_codes_name_one_period(kind, day, fiscal_start):
    period = period_of(kind, day, fiscal_start)

    assert len({period.code, period.next().code, period.previous().code}) == 3


def test_no_days_hold_no_periods():
    assert list(periods_between(PeriodKind.MONTH, date(2026, 1, 1), date(2026, 1, 1))) == []


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Stockholm", date(2025, 3, 30), 23),
        ("Europe/Stockholm", date(2025, 10, 26), 25),
        ("Europe/Stockholm", date(2025, 6, 6), 24),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_local_day_is_as_long_as_its_clocks_say(zone, day, hours):
    start, end = local_day_bounds(zone, day)

    assert end - start == timedelta(hours=hours)
    assert start.tzinfo is UTC


@given(st.sampled_from(["Europe/Stockholm", "America/Havana", "Asia/Kathmandu"]), days)
def test_local_days_follow_each_other_and_hold_their_instants(zone, day):
    start, end = local_day_bounds(zone, day)

    assert local_day_bounds(zone, day + timedelta(1))[0] == end
    assert local_day(zone, start) == day
    assert local_day(zone, end - timedelta(seconds=1)) == day


def test_a_period_is_bounded_by_local_midnights():
    march = period_of(PeriodKind.MONTH, date(2025, 3, 1))

    assert march.bounds("Europe/Stockholm") == (
        datetime(2025, 2, 28, 23, tzinfo=UTC),
        datetime(2025, 3, 31, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("question", "error", "code"),
    [
        (
            lambda: Period(start=date(2026, 1, 2), end=date(2026, 1, 2), kind=PeriodKind.MONTH),
            PeriodError,
            "period_reversed",
        ),
        (lambda: period_of(PeriodKind.MONTH, date.min, 0), PeriodError, "fiscal_start_unknown"),
        (lambda: period_of(PeriodKind.MONTH, date.min, 13), PeriodError, "fiscal_start_unknown"),
        (lambda: period_of(PeriodKind.MONTH, date.max), PeriodError, "beyond_horizon"),
        (lambda: period_of(PeriodKind.WEEK, date.max), PeriodError, "beyond_horizon"),
        (lambda: period_of(PeriodKind.MONTH, date.min).previous(), PeriodError, "beyond_horizon"),
        (lambda: period_of(PeriodKind.FISCAL_YEAR, date.min, 7), PeriodError, "beyond_horizon"),
        (lambda: local_day_bounds("Nowhere", date(2026, 1, 1)), CalendarError, "zone_unknown"),
        (lambda: local_day_bounds("UTC", date.max), CalendarError, "beyond_horizon"),
        (lambda: local_day_bounds("Asia/Tokyo", date.min), CalendarError, "beyond_horizon"),
        (lambda: local_day("UTC", datetime(2026, 1, 1)), CalendarError, "instant_naive"),
    ],
)
def test_what_is_no_period_is_refused(question, error, code):
    with pytest.raises(error) as refusal:
        question()

    assert refusal.value.code == code
