"""Figures on screens: visual language section 8 and trust C2 row 13."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import formats
from common.domain.parsing import parse_date, parse_datetime, parse_money, parse_number


def plain(text):
    """Return ``text`` as it is easiest to write in a table of examples."""
    return text.replace(formats.NBSP, " ").replace(formats.HYPHEN, "-")


@pytest.mark.parametrize(
    ("value", "options", "shown"),
    [
        (1234567, {}, "1 234 567 kr"),
        (Decimal("1234567.50"), {}, "1 234 568 kr"),
        (Decimal("1234567.50"), {"exact": True}, "1 234 567,50 kr"),
        (Decimal("9999.5"), {}, "9 999,50 kr"),
        (Decimal("500.00"), {}, "500 kr"),
        (Decimal("-1234567"), {}, "−1 234 567 kr"),
        (Decimal("-0.001"), {"exact": True}, "0,00 kr"),
        (Decimal(5000), {"signed": True}, "+5 000 kr"),
        (0, {"signed": True}, "0 kr"),
        (12, {"currency": "EUR"}, "12 €"),
        (12, {"currency": "CAD"}, "12 CAD"),
        (None, {}, "–"),
    ],
)
def test_money(value, options, shown):
    assert plain(formats.format_money(value, **options)) == shown


@pytest.mark.parametrize(
    ("value", "currency", "shown"),
    [
        (Decimal(12_340_000), "SEK", "12,3 Mkr"),
        (Decimal(999_999), "SEK", "999 999 kr"),
        (Decimal(-1_500_000_000), "GBP", "−1 500,0 M£"),
        (2_000_000, "AUD", "2,0 MAUD"),
        (None, "SEK", "–"),
    ],
)
def test_short_money(value, currency, shown):
    assert plain(formats.format_money_short(value, currency)) == shown


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("0.945"), 2, "0,95"),
        (Decimal("-0.945"), 2, "−0,95"),
        (Decimal("-0.001"), 2, "0,00"),
        (Decimal("1e6"), 0, "1 000 000"),
        (1234, 0, "1 234"),
        (1234, 2, "1 234,00"),
        (None, 2, "–"),
    ],
)
def test_numbers(value, decimals, shown):
    assert plain(formats.format_number(value, decimals)) == shown


def test_percentages_are_given_as_figures_and_shares_as_parts_of_one():
    assert plain(formats.format_percent(Decimal(-24), 0)) == "−24 %"
    assert plain(formats.format_percent(Decimal("99.951"), 2)) == "99,95 %"
    assert plain(formats.format_percent(Decimal(5), signed=True)) == "+5,0 %"
    assert plain(formats.format_share(Decimal("0.86"))) == "86 %"
    assert formats.format_share(None) == "–"


def test_dates_do_not_break_at_their_hyphens():
    assert formats.format_date(date(2026, 11, 23)) == "2026\u201111\u201123"
    assert formats.format_date(None) == "–"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 11, 25), "11-25"),
        (date(2026, 11, 23), "11-23"),
        (date(2026, 11, 22), "2026-11-22"),
        (date(2027, 11, 23), "2027-11-23"),
        (None, "–"),
    ],
)
def test_dense_dates_drop_the_year_within_the_coming_one(day, shown):
    assert plain(formats.format_date_dense(day, date(2026, 11, 23))) == shown


def test_instants_are_shown_in_local_time():
    instant = datetime(2026, 7, 1, 22, 2, tzinfo=UTC)
    assert plain(formats.format_datetime(instant, "Europe/Stockholm")) == "2026-07-02 00:02"
    assert formats.format_datetime(None, "UTC") == "–"


def test_weeks_are_iso_weeks():
    assert formats.format_week(date(2026, 11, 23)) == "w48"
    assert plain(formats.format_week(date(2027, 1, 1), word="vecka")) == "vecka 53"


@pytest.mark.parametrize(
    ("seconds", "options", "shown"),
    [
        (0, {}, "0 s"),
        (59, {}, "59 s"),
        (60, {}, "1 min"),
        (75, {}, "1 min 15 s"),
        (3_599, {}, "59 min 59 s"),
        (7_199, {}, "2 h"),
        (8_100, {}, "2 h 15 min"),
        (86_399, {}, "1 d"),
        (273_600, {}, "3 d 4 h"),
        (99_000, {"days": False}, "27 h 30 min"),
        (-90, {}, "−1 min 30 s"),
        (None, {}, "–"),
    ],
)
def test_durations_show_two_units(seconds, options, shown):
    assert plain(formats.format_duration(seconds, **options)) == shown


MONEY = st.decimals(min_value=-(10**12), max_value=10**12, places=2)


@given(MONEY)
def test_what_is_shown_exactly_can_be_typed_back(value):
    assert parse_money(formats.format_money(value, exact=True)) == value
    assert parse_number(formats.format_number(value, 2)) == value


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_a_shown_date_can_be_typed_back(day):
    assert parse_date(formats.format_date(day)) == day


def test_a_shown_instant_can_be_typed_back():
    instant = datetime(2026, 7, 1, 22, 2, tzinfo=UTC)
    shown = formats.format_datetime(instant, "Europe/Stockholm")
    assert parse_datetime(shown, zone="Europe/Stockholm") == instant
