"""The parser for numbers, money and dates. C5 rows are the product's own table of formats."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.parsing import (
    DateFormat,
    DateOrder,
    NumberConvention,
    ParseError,
    from_epoch,
    from_excel_serial,
    parse_bool,
    parse_date,
    parse_datetime,
    parse_integer,
    parse_length,
    parse_money,
    parse_number,
    parse_percent,
    parse_text,
)

NBSP, NNBSP, MINUS = "\u00a0", "\u202f", "\u2212"
BRITISH = NumberConvention(decimal=".", thousands=",", signs=("£",))
SWEDISH = NumberConvention(decimal=",", thousands=" ")
MILLION_POUNDS = {"currency": "GBP", "convention": BRITISH, "scale": Decimal(10**6)}
STOCKHOLM = {"zone": "Europe/Stockholm"}
DAY_FIRST = {"zone": "UTC", "order": DateOrder.DMY}
GERMAN = NumberConvention(decimal=",", thousands=".")


def refusal(parse, text, **options):
    with pytest.raises(ParseError) as caught:
        parse(text, **options)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # C5, first two rows
        ("1234,56", "1234.56"),
        ("1 234,56", "1234.56"),
        (f"1{NBSP}234,56", "1234.56"),
        (f"1{NNBSP}234,56", "1234.56"),
        ("1234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        # one reading only
        ("0", "0"),
        ("007", "7"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234 567", "1234567"),
        ("1'234'567.5", "1234567.5"),
        ("1’234’567", "1234567"),
        ("1234,567", "1234.567"),
        ("0,123", "0.123"),
        ("0.123", "0.123"),
        ("1,5", "1.5"),
        ("1.2345", "1.2345"),
        (",5", "0.5"),
        ("  42\t", "42"),
        ("\ufeff42", "42"),
        # signs
        ("-1234,56", "-1234.56"),
        (f"{MINUS}1 234,56", "-1234.56"),
        ("–5", "-5"),
        ("+5", "5"),
        ("- 5", "-5"),
        ("-0", "0"),
        # C5, last row, and Excel's own short form
        ("1e9", "1000000000"),
        ("1,5E+05", "150000"),
        ("1e-2", "0.01"),
        # negative amounts as books write them
        ("(1 200,50)", "-1200.50"),
        # and as ledgers do
        ("1 234,50-", "-1234.50"),
        ("1.234,50-", "-1234.50"),
        (f"1 234,50{MINUS}", "-1234.50"),
        ("5-", "-5"),
        ("0-", "0"),
    ],
)
def test_a_number_with_one_reading_is_understood(text, value):
    assert parse_number(text) == Decimal(value)
    assert str(parse_number(text))[0] != "-" or value.startswith("-")


@pytest.mark.parametrize("text", ["-5-", "+5-", "(5-)", "5--", "5 -", "5-7", "5+", "-", "5-:"])
def test_a_sign_stands_once_and_where_it_means_something(text):
    assert refusal(parse_number, text).code == "not_a_number"


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("1 234,50-", "SEK", "-1234.50"),
        ("1 234,50- kr", "SEK", "-1234.50"),
        ("kr 1 234,50-", "SEK", "-1234.50"),
        ("$1,234.50-", "USD", "-1234.50"),
        ("1,5- Mkr", "SEK", "-1500000.00"),
        # a price without öre is no negative amount
        ("100:-", "SEK", "100.00"),
        ("100,-", "SEK", "100.00"),
    ],
)
def test_an_amount_may_end_in_a_minus(text, currency, value):
    assert parse_money(text, currency=currency) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "convention", "value"),
    [("1 234,5-", SWEDISH, "-1234.5"), ("£12,343.96-", BRITISH, "-12343.96")],
)
def test_a_stated_convention_takes_a_minus_at_the_end_too(text, convention, value):
    assert parse_number(text, convention=convention) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "example", "alternative"),
    [
        ("1,234", "1234", "1,2340"),
        ("1.234", "1234", "1,2340"),
        ("12.345", "12345", "12,3450"),
        ("-123,456", "123456", "123,4560"),
    ],
)
def test_three_digits_after_a_single_mark_are_ambiguous(text, example, alternative):
    error = refusal(parse_number, text)
    assert error.code == "number_ambiguous"
    assert error.params == {"text": text, "example": example, "alternative": alternative}


def test_both_readings_offered_for_an_ambiguous_number_are_themselves_clear():
    error = refusal(parse_number, "1,234")
    assert parse_number(error.params["example"]) == 1234
    assert parse_number(error.params["alternative"]) == Decimal("1.234")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (NBSP, "empty"),
        ("NaN", "number_not_finite"),
        ("-Infinity", "number_not_finite"),
        ("inf", "number_not_finite"),
        ("1e30", "number_too_large"),
        ("1e999999999999", "number_too_large"),
        ("1e-999999999999", "not_a_number"),
        ("9" * 40, "number_too_large"),
        ("9" * 4000, "not_a_number"),
        ("12 34", "not_a_number"),
        ("1 2345", "not_a_number"),
        (f"1 234{NBSP}56", "not_a_number"),
        ("1,23,456", "not_a_number"),
        ("1.23,456", "not_a_number"),
        ("1.234,567.8", "not_a_number"),
        ("5.", "not_a_number"),
        ("--5", "not_a_number"),
        ("+-5", "not_a_number"),
        ("5 kr", "not_a_number"),
        ("abc", "not_a_number"),
        ("0x10", "not_a_number"),
        ("1_000", "not_a_number"),
        ("٣", "not_a_number"),
        ("²", "not_a_number"),
        ("5 6", "not_a_number"),
        ("=1+1", "not_a_number"),
        ("(-5)", "not_a_number"),
    ],
)
def test_what_is_not_a_number_is_refused_by_name(text, code):
    assert refusal(parse_number, text).code == code


@pytest.mark.parametrize(
    ("text", "convention", "value"),
    [
        ("£12,343.96", BRITISH, "12343.96"),
        ("-£5", BRITISH, "-5"),
        ("£-5", BRITISH, "-5"),
        ("1,234", BRITISH, "1234"),
        ("1.234", BRITISH, "1.234"),
        (".5", BRITISH, "0.5"),
        ("1.234", GERMAN, "1234"),
        ("1,234", GERMAN, "1.234"),
        ("1 234,567", SWEDISH, "1234.567"),
        (f"1{NNBSP}234", SWEDISH, "1234"),
    ],
)
def test_a_stated_convention_settles_the_reading(text, convention, value):
    assert parse_number(text, convention=convention) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "convention"),
    [
        ("1.234,56", BRITISH),
        ("1,23", BRITISH),
        ("12,34,567", BRITISH),
        ("1,234.56", SWEDISH),
        ("$5", BRITISH),
        ("£5£6", BRITISH),
    ],
)
def test_what_breaks_the_stated_convention_is_refused(text, convention):
    assert refusal(parse_number, text, convention=convention).code == "not_a_number"


@pytest.mark.parametrize(("decimal", "thousands"), [(",", ","), (";", ""), (".", "x")])
def test_an_impossible_convention_is_refused(decimal, thousands):
    with pytest.raises(ValueError, match=r"decimal|thousands"):
        NumberConvention(decimal=decimal, thousands=thousands)


@given(
    st.decimals(min_value=-(10**15), max_value=10**15, places=2),
    st.sampled_from([" ", NBSP, NNBSP, ""]),
    st.sampled_from([",", "."]),
)
def test_two_decimals_read_back_in_every_spacing(value, space, decimal_sign):
    written = f"{value:,.2f}".replace(",", space).replace(".", decimal_sign).replace("-", MINUS)
    assert parse_number(written) == value


def outcome(parse, text, **options):
    """Return the value or the refusal; any other exception fails the test."""
    try:
        return parse(text, **options)
    except ParseError as error:
        return error


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_a_refusal_with_an_example(text):
    for parse in (parse_number, parse_money, parse_percent, parse_date, parse_datetime, parse_bool):
        found = outcome(parse, text)
        assert not isinstance(found, ParseError) or found.params["example"]


@given(st.text(alphabet="0123456789.,- 'e£kr/:T", max_size=16))
def test_any_figures_are_finite_or_refused(text):
    for options in ({}, {"convention": BRITISH}):
        for parse in (parse_number, parse_money):
            found = outcome(parse, text, **options)
            assert isinstance(found, ParseError) or found.is_finite()
    for options in ({}, {"order": DateOrder.DMY}):
        found = outcome(parse_date, text, **options)
        assert isinstance(found, ParseError) or 1900 <= found.year < 2200


@pytest.mark.parametrize(
    ("text", "options", "value"),
    [
        ("1234,5", {}, "1234.50"),
        ("1 234 567 kr", {}, "1234567.00"),
        (f"{MINUS}1{NBSP}234{NBSP}567{NBSP}kr", {}, "-1234567.00"),
        ("1 234:-", {}, "1234.00"),
        ("SEK 99,90", {}, "99.90"),
        ("1,5 Mkr", {}, "1500000.00"),
        ("250 tkr", {}, "250000.00"),
        ("-0,00", {}, "0.00"),
        ("$3,794,700", {"currency": "CAD"}, "3794700.00"),
        ("€ 12", {"currency": "EUR"}, "12.00"),
        ("£12,343.96", MILLION_POUNDS, "12343960000.00"),
        ("£0.0001", MILLION_POUNDS, "100.00"),
        ("2066075.5899999999", {"rounding": True}, "2066075.59"),
        ("0,005", {"rounding": True}, "0.01"),
        ("-0,005", {"rounding": True}, "-0.01"),
    ],
)  # fmt: skip
def test_money_is_read_in_whole_units_with_two_decimals(text, options, value):
    assert str(parse_money(text, **options)) == value


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("1e30", {}, "money_too_large"),
        ("1e16", {}, "money_too_large"),
        ("10000000000", {"scale": Decimal(10**6)}, "money_too_large"),
        ("$5", {}, "money_other_currency"),
        ("5 kr", {"currency": "EUR"}, "money_other_currency"),
        ("5 Mkr", {"currency": "EUR"}, "money_other_currency"),
        ("5 apples", {}, "not_a_number"),
        ("5 Mkr", {"scale": Decimal(1000)}, "money_scale_twice"),
        ("1,005", {"convention": SWEDISH}, "money_too_precise"),
        ("1,234", {}, "number_ambiguous"),
        ("NaN", {}, "number_not_finite"),
    ],
)
def test_money_refuses_by_name(text, options, code):
    assert refusal(parse_money, text, **options).code == code


def test_whole_numbers_and_percentages():
    assert parse_integer("3,0") == 3
    assert refusal(parse_integer, "3,5").code == "not_an_integer"
    assert parse_percent(f"{MINUS}24{NBSP}%") == -24
    assert parse_percent("99,95") == Decimal("99.95")
    assert refusal(parse_percent, "5 kr").code == "not_a_number"


@pytest.mark.parametrize(
    "text",
    [
        # C5, fourth row
        "2026-03-05",
        "20260305",
        "5 mars 2026",
        # the same day otherwise
        "2026/03/05",
        "2026.3.5",
        "2026‑03‑05",
        "den 5 mars 2026",
        "5 MARS 2026",
        "March 5, 2026",
        "5th March 2026",
        "5-Mar-2026",
        "Mar. 5 2026",
        "2026 mars 5",
        "2026-03-05 00:00:00",
        "2026-03-05T00:00",
    ],
)
def test_a_clear_date_is_understood(text):
    assert parse_date(text) == date(2026, 3, 5)


@pytest.mark.parametrize(
    ("name", "month"),
    [("maj", 5), ("okt", 10), ("december", 12), ("augusti", 8), ("May", 5), ("sept", 9)],
)
def test_months_are_known_in_both_languages(name, month):
    assert parse_date(f"7 {name} 2025") == date(2025, month, 7)


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("5/3/2026", DateOrder.DMY, date(2026, 3, 5)),
        ("5/3/2026", DateOrder.MDY, date(2026, 5, 3)),
        ("30.06.08", DateOrder.DMY, date(2008, 6, 30)),
        ("26-03-05", DateOrder.YMD, date(2026, 3, 5)),
        ("01.01.69", DateOrder.DMY, date(1969, 1, 1)),
        ("01.01.68", DateOrder.DMY, date(2068, 1, 1)),
        ("5-Mar-26", DateOrder.DMY, date(2026, 3, 5)),
        ("Mar 5, 26", DateOrder.MDY, date(2026, 3, 5)),
        ("26 mars 5", DateOrder.YMD, date(2026, 3, 5)),
        ("2026-03-05", DateOrder.MDY, date(2026, 3, 5)),
        ("25/3/2026", None, date(2026, 3, 25)),
        ("3/25/2026", None, date(2026, 3, 25)),
        ("3/3/2026", None, date(2026, 3, 3)),
    ],
)
def test_a_stated_order_settles_digits(text, order, day):
    assert parse_date(text, order=order) == day


@pytest.mark.parametrize(
    ("text", "example", "alternative"),
    [
        ("5/3/2026", "2026-03-05", "2026-05-03"),
        ("3/5/26", "2026-05-03", "2026-03-05"),
        ("25/3/26", "2026-03-25", "2025-03-26"),
        ("26-03-05", "2026-03-05", "2005-03-26"),
        ("31.12.99", "1999-12-31", "1999-12-31"),
    ],
)
def test_a_date_with_two_readings_is_refused_with_both(text, example, alternative):
    error = refusal(parse_date, text)
    assert error.code == "date_ambiguous"
    assert (error.params["example"], error.params["alternative"]) == (example, alternative)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("tomorrow", "not_a_date"),
        ("2026-02-30", "date_impossible"),
        ("31 februari 2026", "date_impossible"),
        ("40/13/2026", "date_impossible"),
        ("1066-10-14", "date_out_of_range"),
        ("99991231", "date_out_of_range"),
        ("5 mars", "not_a_date"),
        ("5 mars 26", "not_a_date"),
        ("5 mar 5", "not_a_date"),
        ("5 mars april 2026", "not_a_date"),
        ("5/3-2026", "not_a_date"),
        ("45000", "not_a_date"),
        ("2026-03-05 14:30", "date_has_time"),
        ("2023-24", "not_a_date"),
        ("1" * 500, "not_a_date"),
    ],
)
def test_what_is_not_a_date_is_refused_by_name(text, code):
    assert refusal(parse_date, text).code == code


def test_the_time_of_day_is_dropped_only_when_asked():
    assert parse_date("5/02/2016 5:00:00 PM", order=DateOrder.DMY, drop_time=True) == date(
        2016, 2, 5
    )


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("2026-03-05T14:30:00Z", {}, datetime(2026, 3, 5, 14, 30, tzinfo=UTC)),
        ("2026-03-05 14:30:00.123+01:00", {}, datetime(2026, 3, 5, 13, 30, 0, 123000, tzinfo=UTC)),
        ("2026-03-05T14:30-0330", {}, datetime(2026, 3, 5, 18, 0, tzinfo=UTC)),
        ("2026-03-05 14:30 UTC", {}, datetime(2026, 3, 5, 14, 30, tzinfo=UTC)),
        ("2026-03-05 14:30", STOCKHOLM, datetime(2026, 3, 5, 13, 30, tzinfo=UTC)),
        ("2026-07-05 14:30", STOCKHOLM, datetime(2026, 7, 5, 12, 30, tzinfo=UTC)),
        ("5 mars 2026 kl. 14.30", {"zone": "UTC"}, datetime(2026, 3, 5, 14, 30, tzinfo=UTC)),
        ("29/2/2016 01:16", DAY_FIRST, datetime(2016, 2, 29, 1, 16, tzinfo=UTC)),
        ("5/02/2016 12:00:00 AM", DAY_FIRST, datetime(2016, 2, 5, tzinfo=UTC)),
        ("5/02/2016 12:30 pm", DAY_FIRST, datetime(2016, 2, 5, 12, 30, tzinfo=UTC)),
        ("2026-03-05", {"zone": "UTC", "midnight": True}, datetime(2026, 3, 5, tzinfo=UTC)),
        # Clocks go back at 03:00 on 25 October 2026 in Stockholm
        ("2026-10-25 02:30", {**STOCKHOLM, "fold": 0}, datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25 02:30", {**STOCKHOLM, "fold": 1}, datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_an_instant_is_read_as_utc(text, options, expected):
    found = parse_datetime(text, **options)
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        ("2026-03-05 14:30", {}, "datetime_needs_zone"),
        ("2026-03-05", {"zone": "UTC"}, "datetime_needs_time"),
        ("2026-03-05 25:00", {"zone": "UTC"}, "not_a_datetime"),
        ("2026-03-05 13:00 PM", {"zone": "UTC"}, "not_a_datetime"),
        ("2026-03-05 14:30+25:00", {}, "not_a_datetime"),
        ("2026-03-29 02:30", STOCKHOLM, "time_skipped"),
        ("2026-10-25 02:30", STOCKHOLM, "time_repeated"),
        ("5/3/2026 10:00", {"zone": "UTC"}, "date_ambiguous"),
    ],
)
def test_what_is_not_an_instant_is_refused_by_name(text, options, code):
    assert refusal(parse_datetime, text, **options).code == code


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31)))
def test_every_order_reads_back_what_it_writes(day):
    assert parse_date(day.isoformat()) == day
    assert parse_date(f"{day:%d/%m/%Y}", order=DateOrder.DMY) == day
    assert parse_date(f"{day:%m/%d/%Y}", order=DateOrder.MDY) == day


@given(st.datetimes(min_value=datetime(1950, 1, 1), max_value=datetime(2100, 1, 1)))
def test_an_instant_reads_back(moment):
    aware = moment.replace(tzinfo=UTC)
    assert parse_datetime(aware.isoformat()) == aware


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("D/M/YYYY H:mm", "9/3/2016 4:05", datetime(2016, 3, 9, 4, 5)),
        ("DD.MM.YY", "30.06.08", datetime(2008, 6, 30)),
        ("YYYY-MM", "2026-11", datetime(2026, 11, 1)),
        ("MMM YYYY", "oktober 2026", datetime(2026, 10, 1)),
        ("YYYYMMDDHHmmss", "20260305143000", datetime(2026, 3, 5, 14, 30)),
        ("M/D/YYYY H:mm:ss AM", "3/5/2026 2:30:00 pm", datetime(2026, 3, 5, 14, 30)),
        ("YYYY", "2026", datetime(2026, 1, 1)),
        ("DD.MM.YY", "2008-06-30", None),
        ("DD.MM.YY", "31.02.08", None),
        ("MMM YYYY", "foo 2026", None),
    ],
)
def test_a_stated_format_reads_exactly_itself(pattern, text, expected):
    assert DateFormat(pattern=pattern).match(text) == expected


@pytest.mark.parametrize("pattern", ["DD.MM", "YYYY YYYY", ""])
def test_an_impossible_format_is_refused(pattern):
    with pytest.raises(ValueError, match="format"):
        DateFormat(pattern=pattern)


def test_spreadsheet_day_numbers():
    # Excel shows 46086 as 2026-03-05 and 46086.5 as noon of it.
    assert from_excel_serial(Decimal("46086.5")) == datetime(2026, 3, 5, 12)
    assert from_excel_serial(Decimal(61)) == datetime(1900, 3, 1)
    assert from_excel_serial(Decimal(44624), since_1904=True) == datetime(2026, 3, 5)
    assert refusal(from_excel_serial, Decimal(60)).code == "date_out_of_range"


@pytest.mark.parametrize(
    ("count", "per_second", "value"),
    [
        # date -u -d @1772701260
        ("0", 1, datetime(1970, 1, 1, tzinfo=UTC)),
        ("1772701260", 1, datetime(2026, 3, 5, 9, 1, tzinfo=UTC)),
        ("1772701260.5", 1, datetime(2026, 3, 5, 9, 1, 0, 500_000, tzinfo=UTC)),
        ("1772701260500", 1000, datetime(2026, 3, 5, 9, 1, 0, 500_000, tzinfo=UTC)),
        ("-86400", 1, datetime(1969, 12, 31, tzinfo=UTC)),
        ("-1", 1000, datetime(1969, 12, 31, 23, 59, 59, 999_000, tzinfo=UTC)),
        ("-2208988800", 1, datetime(1900, 1, 1, tzinfo=UTC)),
    ],
)
def test_counts_since_1970(count, per_second, value):
    assert from_epoch(Decimal(count), per_second=per_second) == value


@pytest.mark.parametrize("count", ["-2208988801", "7258118400", "1772701260000"])
def test_a_count_beyond_what_any_record_is_dated_is_refused(count):
    assert refusal(from_epoch, Decimal(count)).code == "date_out_of_range"


@given(moment=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31), timezones=st.just(UTC)))
def test_every_moment_comes_back_from_its_count(moment):
    count = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    back = from_epoch(Decimal(count), per_second=1000)
    assert timedelta() <= moment - back < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("JA", True), ("SANT", True), ("1", True), ("nej", False), ("0", False)],
)
def test_yes_and_no_in_both_languages(text, value):
    assert parse_bool(text) is value


def test_other_words_are_neither_yes_nor_no():
    assert refusal(parse_bool, "x").code == "not_a_boolean"
    assert refusal(parse_bool, " ").code == "empty"


def test_text_is_kept_but_for_control_characters():
    assert (
        parse_text(" Åse\x00 \u05d0\U0001f600\r\nrad två\ufeff ") == "Åse \u05d0\U0001f600\nrad två"
    )
    assert parse_text("A\u030angstro\u0308m") == "Ångström"
    assert parse_text("x" * 4000, limit=4000) == "x" * 4000
    assert refusal(parse_text, "x" * 4001, limit=4000).params["length"] == "4001"


def test_a_refusal_quotes_at_most_eighty_characters():
    assert len(refusal(parse_number, "x" * 5000).params["text"]) == 80


@pytest.mark.parametrize(
    ("text", "unit", "minutes"),
    [
        ("90", 60, 90),
        ("1,5", 3_600, 90),
        ("2:15", 3_600, 135),
        ("2:15", 60, 2.25),
        ("26:15:30", 60, 1_575.5),
        ("1 h 30 min", 1, 90),
        ("2 d 3 h", 60, 3_060),
        ("1,5 tim.", 60, 90),
        ("2 dagar och 1 timme", 60, 2_940),
    ],
)
def test_a_length_of_time_is_read_in_its_unit_or_its_own_words(text, unit, minutes):
    assert parse_length(text, unit=timedelta(seconds=unit)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2:15", "not_a_length"),
        ("2:75:00", "not_a_number"),
        ("3 möten", "not_a_length"),
        ("9" * 19 + " d", "not_a_length"),
        ("", "empty"),
        ("snart", "not_a_number"),
    ],
)
def test_what_is_no_length_of_time_is_refused_by_name(text, code):
    assert refusal(parse_length, text, unit=timedelta(days=1)).code == code
