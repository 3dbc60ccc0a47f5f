"""The mapping language at work on single rows."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.errors import CellError, MappingError
from exchange.domain.loading import parse_mapping
from exchange.domain.parts import Milestone

PROJECTS = """
kind = "projects"
dropped = ["Phone"]

[cells]
missing = ["?", "N/A"]
missing_prefix = ["Exempt under"]
decimal = "."
thousands = ","
sign = "£"
currency = "GBP"
scale = 1_000_000
date_order = "dmy"

[key]
columns = ["No"]
fallback = ["Dept", "Name"]

[fields]
name = "Name"
unit = "Dept"
phase = { constant = "executing" }
starts_on = "Start"
approved_budget = "Cost"
reported_colour = { columns = ["RAG", "RAG#2"], values = "rag", word = "reported_word" }

[values.rag]
"Amber/Red" = "red"
"Amber" = "amber"
"Green" = "green"
"""

ROW = {
    "No": "7",
    "Name": " Åby ",
    "Dept": "DfT",
    "Start": "5/3/2026",
    "Cost": "£12,343.96",
    "RAG": "AMBER/red",
    "RAG#2": "",
}


def read(row, text=PROJECTS, **options):
    return parse_mapping(text).read_row(row, **options)


def codes(result):
    return [(error.column, error.code) for error in result.errors]


def test_a_row_becomes_typed_fields():
    result = read(ROW)
    assert result.errors == ()
    assert result.external_key == "7"
    assert result.fields == {
        "external_id": "7",
        "name": "Åby",
        "unit": "DfT",
        "phase": "executing",
        "starts_on": date(2026, 3, 5),
        "approved_budget": Decimal("12343960000.00"),
        "reported_colour": "red",
        "reported_word": "AMBER/red",
    }


def test_the_first_column_with_a_value_decides():
    assert read({**ROW, "RAG": "?", "RAG#2": "green"}).fields["reported_colour"] == "green"
    assert read({**ROW, "RAG": "green", "RAG#2": "amber"}).fields["reported_colour"] == "green"


@pytest.mark.parametrize("missing", ["", "  ", "?", "n/a", "\u00a0"])
def test_missing_words_give_no_value(missing):
    result = read({**ROW, "Start": missing})
    assert result.fields["starts_on"] is None
    assert result.errors == ()


def test_a_missing_text_that_explains_itself_is_kept():
    result = read({**ROW, "RAG": "EXEMPT under  Section 43"})
    assert result.fields["reported_colour"] is None
    assert result.fields["reported_word"] is None
    assert result.extra == {"RAG": "EXEMPT under  Section 43"}


def test_a_refused_cell_is_reported_and_leaves_its_field_alone():
    result = read({**ROW, "Start": "31/2/2026", "Cost": "1.234,5", "RAG": "Purple"})
    assert codes(result) == [
        ("Start", "date_impossible"),
        ("Cost", "not_a_number"),
        ("RAG", "unknown_value"),
    ]
    assert not {"starts_on", "approved_budget", "reported_colour"} & result.fields.keys()
    assert result.fields["reported_word"] == "Purple"
    assert result.fields["name"] == "Åby"
    assert result.errors[2].params == {
        "text": "Purple",
        "known": "Amber/Red, Amber, Green",
        "example": "Amber/Red",
    }


def test_the_key_falls_back_and_its_absence_is_an_error():
    assert read({**ROW, "No": "?"}).external_key == "DfT / Åby"
    result = read({**ROW, "No": "", "Dept": ""})
    assert result.external_key == ""
    assert codes(result) == [("No", "key_missing")]


def test_a_key_is_never_cut_into_another():
    result = read({**ROW, "No": "x" * 201})
    assert result.external_key == ""
    assert codes(result) == [("No", "text_too_long")]


def test_a_required_field_without_a_value_is_an_error():
    assert codes(read({**ROW, "Name": "?"})) == [("Name", "required_missing")]


def test_unmapped_columns_are_kept_and_dropped_ones_are_not():
    result = read({**ROW, "Phone": "070", "Notes": " x ", "Empty": "?"})
    assert result.extra == {"Notes": "x"}


def test_a_cell_beyond_the_header_is_an_error_and_kept():
    result = read({**ROW, "+9": "stray"})
    assert codes(result) == [("+9", "cell_without_header")]
    assert result.extra == {"+9": "stray"}


def test_a_column_without_a_header_is_a_column_like_others():
    result = read({**ROW, "#1": "0"})
    assert result.errors == ()
    assert result.extra == {"#1": "0"}


def test_cells_of_a_workbook_have_no_marks_to_doubt():
    cells = {**ROW, "No": Decimal("7.0"), "Cost": Decimal("1.234"), "Start": datetime(2026, 3, 5)}
    result = read(cells)
    assert result.external_key == "7"
    assert result.fields["approved_budget"] == 1_234_000
    assert result.fields["starts_on"] == date(2026, 3, 5)


def test_the_same_cell_gives_the_same_value_every_time():
    mapping = parse_mapping(PROJECTS)
    assert mapping.read_row(ROW) == mapping.read_row(dict(ROW))
    bad = {**ROW, "Start": "31/2/2026"}
    assert mapping.read_row(bad) == mapping.read_row(bad)


@given(st.dictionaries(st.sampled_from(list(ROW)), st.text(max_size=20)))
def test_no_content_raises(row):
    result = read({**ROW, **row})
    assert all(isinstance(error, CellError) for error in result.errors)


# Columns


def test_missing_columns_are_named_with_the_nearest_header():
    mapping = parse_mapping(PROJECTS)
    with pytest.raises(MappingError) as caught:
        mapping.check_columns(["No", "Name", "Dept", "Starts", "Cost", "RAG", "RAG#2"])
    assert caught.value.code == "missing_columns"
    assert caught.value.params == {"key": "fields", "columns": "Start", "example": "Starts"}


def test_a_strict_mapping_stops_at_an_unknown_column():
    columns = [*ROW, "Phone", "Notes"]
    parse_mapping(PROJECTS).check_columns(columns)
    with pytest.raises(MappingError) as caught:
        parse_mapping("strict = true\n" + PROJECTS).check_columns(columns)
    assert caught.value.code == "unknown_columns"
    assert caught.value.params["columns"] == "Notes"


def test_optional_columns_may_be_absent():
    text = 'kind = "projects"\n[fields]\nname = "A"\ntype = { column = "B", optional = true }'
    mapping = parse_mapping(text)
    mapping.check_columns(["A"])
    assert "type" not in mapping.read_row({"A": "x"}).fields
    assert mapping.read_row({"A": "x", "B": ""}).fields["type"] is None


# Gates


GATES = """
kind = "projects"
[cells]
date_order = "dmy"
time = "drop"
[fields]
name = "A"
[[gates]]
name = "G1"
planned = "P"
actual = "Q"
[[gates]]
name = "G2"
dated = "D"
"""


def test_gates_have_planned_and_actual_days():
    row = {"A": "x", "P": "1/2/2026", "Q": "", "D": "2026-03-01 17:00:00"}
    assert read(row, GATES).fields["gates"] == (
        Milestone(name="G1", planned_on=date(2026, 2, 1), actual_on=None),
        Milestone(name="G2", planned_on=date(2026, 3, 1), actual_on=None),
    )


@pytest.mark.parametrize(
    ("as_of", "actual"),
    [(date(2026, 3, 1), date(2026, 3, 1)), (date(2026, 2, 28), None)],
)
def test_a_single_date_is_a_plan_until_it_has_passed(as_of, actual):
    row = {"A": "x", "D": "1/3/2026"}
    gates = read(row, GATES, as_of=as_of).fields["gates"]
    assert gates == (Milestone(name="G2", planned_on=date(2026, 3, 1), actual_on=actual),)


def test_a_refused_gate_is_an_error_and_no_gate():
    result = read({"A": "x", "D": "soon"}, GATES)
    assert codes(result) == [("D", "not_a_date")]
    assert result.fields["gates"] == ()


# Tickets, outages, measures


def test_a_service_is_unassigned_where_the_file_names_none():
    text = (
        'kind = "tickets"\n[cells]\nzone = "UTC"\n[key]\ncolumns = "N"\n[fields]\nopened_at = "O"'
    )
    row = {"N": "1", "O": "2026-03-05 10:00", "S": "?"}
    assert read(row, text).fields["service"] == "Unassigned"
    mapped = text.replace("[fields]", '[fields]\nservice = { column = "S", missing = ["?"] }')
    assert read(row, mapped).fields["service"] == "Unassigned"
    named = mapped.replace("[fields]", '[fields]\nstatus = { constant = "new" }')
    assert read({**row, "S": "E-mail"}, named).fields["service"] == "E-mail"


def test_words_of_a_table_rename_and_others_stay():
    text = 'kind = "services"\n[fields.name]\ncolumn = "N"\nvalues = { "GitHub Pages" = "Pages" }'
    assert read({"N": "github  pages"}, text).fields["name"] == "Pages"
    assert read({"N": "Issues"}, text).fields["name"] == "Issues"


LOG = """
kind = "tickets"
mode = "log"
[cells]
zone = "UTC"
[key]
columns = "N"
[fields]
service = { constant = "Post" }
opened_at = "O"
status_at = "T"
status = { column = "S", values = "s", word = "status_word" }
priority = { column = "P", values = { "2 - High" = 2 }, optional = true }
[values.s]
"Waiting for user" = "on_hold"
"Waiting for vendor" = "on_hold"
"Closed" = "closed"
"""


@pytest.mark.parametrize(
    ("log", "word", "paused"),
    [
        ("", "Waiting for vendor", True),
        ("", "Closed", False),
        ('[log]\npauses = ["Waiting for user"]', "waiting FOR user", True),
        ('[log]\npauses = ["Waiting for user"]', "Waiting for vendor", False),
    ],
)
def test_pauses_go_by_our_status_or_by_the_sources_own_word(log, word, paused):
    row = {"N": "1", "O": "2026-03-05 10:00", "T": "2026-03-05 11:00", "S": word}
    assert read(row, LOG + log).fields["paused"] is paused


@pytest.mark.parametrize(
    ("log", "word", "terminal"),
    [
        ("", "Closed", True),
        ("", "Waiting for user", False),
        ('[log]\nterminal = ["Waiting for vendor"]', "Waiting for vendor", True),
        ('[log]\nterminal = ["Waiting for vendor"]', "Closed", False),
    ],
)
def test_terminal_statuses_go_the_same_way(log, word, terminal):
    row = {"N": "1", "O": "2026-03-05 10:00", "T": "2026-03-05 11:00", "S": word}
    assert read(row, LOG + log).fields["terminal"] is terminal


@pytest.mark.parametrize(
    ("change", "blocked"),
    [
        ({}, False),
        ({"S": "Purple"}, False),
        ({"T": "soon"}, False),
        ({"O": "soon"}, True),
        ({"O": ""}, True),
        ({"N": ""}, True),
        ({"+9": "stray"}, True),
    ],
)
def test_a_row_is_blocked_when_no_record_can_be_made_of_it(change, blocked):
    row = {"N": "1", "O": "2026-03-05 10:00", "T": "2026-03-05 11:00", "S": "Closed", **change}
    assert read(row, LOG).blocked is blocked


def test_a_number_outside_its_bounds_is_refused_with_them():
    row = {"N": "1", "O": "2026-03-05 10:00", "T": "2026-03-05 11:00", "S": "Closed", "P": "9"}
    error = read(row, LOG).errors[0]
    assert (error.column, error.code) == ("P", "out_of_range")
    assert (error.params["lowest"], error.params["highest"]) == ("1", "5")
    assert read({**row, "P": "2 - high"}, LOG).fields["priority"] == 2


def test_rows_can_be_left_out_by_a_word_and_say_so():
    text = (
        'kind = "outages"\n[skip]\nimpact = ["none"]\n[cells]\nzone = "UTC"\n'
        '[key]\ncolumns = "id"\n[fields]\nstarts_at = "at"'
    )
    row = {"id": "1", "at": "2026-03-05T10:00Z", "impact": "None"}
    assert read(row, text).skipped == "impact"
    assert read({**row, "impact": "minor"}, text).skipped == ""


OUTAGES = """
kind = "outages"
[cells]
zone = "UTC"
missing = ["?"]
[key]
columns = "N"
[fields]
ends_at = { column = "L", after = "starts_at", unit = "minutes" }
starts_at = { join = ["D", "T"] }
"""


def test_date_and_time_of_day_may_stand_apart_and_a_length_give_the_end():
    result = read({"N": "1", "D": "2026-03-05", "T": "09:30", "L": "90,5"}, OUTAGES)
    assert result.errors == ()
    assert result.fields["starts_at"] == datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    assert result.fields["ends_at"] == datetime(2026, 3, 5, 11, 0, 30, tzinfo=UTC)
    day = datetime(2026, 3, 5)
    assert read({"N": "1", "D": day, "T": "09:30:00", "L": ""}, OUTAGES).fields == {
        "external_id": "1",
        "service": "Unassigned",
        "starts_at": datetime(2026, 3, 5, 9, 30, tzinfo=UTC),
        "ends_at": None,
    }


def test_an_end_counted_from_a_refused_start_is_left_alone():
    result = read({"N": "1", "D": "soon", "T": "?", "L": "90"}, OUTAGES)
    assert codes(result) == [("D", "not_a_date")]
    assert not {"starts_at", "ends_at"} & result.fields.keys()
    assert codes(read({"N": "1", "D": "2026-03-05", "T": "9:30", "L": "9e9"}, OUTAGES)) == [
        ("L", "out_of_range"),
    ]


@pytest.mark.parametrize(
    ("cells", "column", "text", "expected"),
    [
        ('zone = "Europe/Stockholm"', "O", "2026-07-01 10:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        (
            'zone = "Europe/Stockholm"\nclocks_back = "second"',
            "O",
            "2026-10-25 02:30",
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        ),
        ('zone = "UTC"\ntime = "midnight"', "O", "2026-07-01", datetime(2026, 7, 1, tzinfo=UTC)),
        (
            'zone = "UTC"\ndate_formats = ["DD.MM.YYYY HH:mm"]',
            "O",
            "01.07.2026 10:00",
            datetime(2026, 7, 1, 10, tzinfo=UTC),
        ),
        ('zone = "UTC"\nserial_dates = true', "O", "46086,5", datetime(2026, 3, 5, 12, tzinfo=UTC)),
        ('zone = "UTC"', "O", datetime(2026, 3, 5), datetime(2026, 3, 5, tzinfo=UTC)),
        ('epoch = "seconds"', "O", "1772701260", datetime(2026, 3, 5, 9, 1, tzinfo=UTC)),
        (
            'epoch = "milliseconds"',
            "O",
            Decimal(1772701260000),
            datetime(2026, 3, 5, 9, 1, tzinfo=UTC),
        ),
        ('epoch = "seconds"', "O", "2026-03-05T09:01Z", datetime(2026, 3, 5, 9, 1, tzinfo=UTC)),
    ],
)
def test_moments_are_read_as_the_file_writes_them(cells, column, text, expected):
    mapping = f'kind = "tickets"\n[cells]\n{cells}\n[key]\ncolumns = "N"\n[fields]\nopened_at = "O"'
    result = read({"N": "1", column: text}, mapping)
    assert result.errors == ()
    assert result.fields["opened_at"] == expected


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        # 2026-03-05 23:30 in universal time is the next day in Stockholm
        ('epoch = "seconds", zone = "UTC", time = "drop"', date(2026, 3, 5)),
        ('epoch = "seconds", zone = "Europe/Stockholm", time = "drop"', date(2026, 3, 6)),
        ('epoch = "seconds", time = "drop"', "datetime_needs_zone"),
        ('epoch = "seconds", zone = "UTC"', "date_has_time"),
        ('epoch = "milliseconds", zone = "UTC"', "date_has_time"),
    ],
)
def test_a_count_since_1970_is_a_day_where_somebody_says_whose(how, expected):
    text = f'kind = "projects"\n[fields]\nname = "N"\nstarts_on = {{ column = "S", {how} }}'
    result = read({"N": "a", "S": "1772753400"}, text)
    told = [error.code for error in result.errors] or [result.fields["starts_on"]]
    assert told == [expected]


@pytest.mark.parametrize(
    ("how", "cell", "expected"),
    [
        ('{ column = "P", date_formats = ["YYYY-MM"] }', "2026-11", date(2026, 11, 1)),
        ('{ column = "P", date_formats = ["MMM YYYY"] }', "november 2026", date(2026, 11, 1)),
        ('{ column = "P", serial_dates = true }', Decimal(46086), date(2026, 3, 5)),
        ('"P"', "2026-11-30", date(2026, 11, 30)),
    ],
)
def test_periods_of_measures(how, cell, expected):
    text = (
        'kind = "measures"\n[key]\ncolumns = ["S", "M", "P"]\n[fields]\nservice = "S"\n'
        f'measure = "M"\nvalue = "V"\nn = "N"\nperiod_on = {how}'
    )
    result = read({"S": "Post", "M": "Calls", "P": cell, "V": "1 234,5", "N": "12"}, text)
    assert result.errors == ()
    assert result.fields["period_on"] == expected
    assert (result.fields["value"], result.fields["n"]) == (Decimal("1234.5"), 12)


def test_people_need_an_address_that_is_one():
    text = 'kind = "people"\n[fields]\nname = "N"\nemail = "E"'
    assert read({"N": "Anna", "E": "Anna.Berg@Example.org"}, text).external_key
    assert read({"N": "A", "E": "Anna@Example.ORG"}, text).fields["email"] == "anna@example.org"
    assert codes(read({"N": "A", "E": "anna at example"}, text)) == [("E", "not_an_email")]
