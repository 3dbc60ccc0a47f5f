"""Writing for Swedish Excel, with no live formulas: trust F34 and C2 row 5."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.domain.parsing import parse_date, parse_number
from common.tabular import TabularError, csv_lines, open_table, write_csv, write_xlsx

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "  =1"]


def csv_of(columns, rows, **options):
    file = io.BytesIO()
    write_csv(file, columns, rows, **options)
    return file.getvalue()


def xlsx_of(columns, rows, **options):
    file = io.BytesIO()
    count = write_xlsx(file, columns, rows, **options)
    file.seek(0)
    return count, openpyxl.load_workbook(file).active


def test_csv_is_what_swedish_excel_opens_right():
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    row = ["Åke; B", Decimal("-1234.50"), 7, date(2026, 3, 5), moment, None, True]
    content = csv_of(list("abcdefg"), [row], zone="Europe/Stockholm")
    assert content.startswith(b"\xef\xbb\xbfa;b;c;d;e;f;g\r\n")
    assert content.decode("utf-8-sig").splitlines()[1] == (
        '"Åke; B";-1234,50;7;2026-03-05;2026-07-02 00:30:00;;true'
    )


def test_the_count_is_of_rows_below_the_header():
    assert write_csv(io.BytesIO(), ["a"], []) == 0
    assert write_csv(io.BytesIO(), ["a"], [["x\ny"], ["z"]]) == 2


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_is_marked(text):
    lines = list(csv_lines([text], [[text]]))
    assert lines[0].lstrip('\ufeff"').startswith("'")
    assert lines[1].lstrip('"').startswith("'")


@pytest.mark.parametrize("value", [Decimal("-5.5"), -5, "-5", "+46701234567", "-5,5"])
def test_real_numbers_are_not_marked(value):
    assert list(csv_lines(["a"], [[value]]))[1][0] in "-+"


# What XML cannot hold is left out of a workbook, and NUL is no text in either.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.lists(st.tuples(st.just("x"), TEXT), min_size=1, max_size=5))
def test_every_text_reads_back_from_csv(rows):
    with open_table(io.BytesIO(csv_of(["k", "text"], rows))) as table:
        assert [row.cells["text"] for row in table] == [text for _, text in rows]


@given(st.lists(st.text("'=+-@ \tab5\n", max_size=6), min_size=1, max_size=4))
def test_marks_and_apostrophes_read_back_too(texts):
    content = csv_of(["k", "text"], [["x", text] for text in texts])
    with open_table(io.BytesIO(content), separator=";") as table:
        assert [row.cells["text"] for row in table] == texts


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4), st.dates(date(1900, 1, 1)))
def test_figures_and_dates_read_back_from_csv(figure, day):
    with open_table(io.BytesIO(csv_of(["n", "d"], [[figure, day]]))) as table:
        cells = next(iter(table)).cells
    assert parse_number(cells["n"]) == figure
    assert day.year > 2199 or parse_date(cells["d"]) == day


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", "5", "2026-03-05"])
def test_text_stays_text_in_a_workbook(text):
    _, sheet = xlsx_of([text], [[text]])
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.value.strip() == text.strip()


def test_a_workbook_holds_real_types():
    moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    row = [Decimal("1234.50"), Decimal(3), 7, date(2026, 3, 5), moment, True, None, 10**17]
    count, sheet = xlsx_of(list("abcdefgh"), [row], zone="Europe/Stockholm", title="A/B:[C]")
    cells = sheet[2]
    assert count == 1
    assert sheet.title == "A B  C "
    assert [cell.value for cell in cells] == [
        1234.5,
        3,
        7,
        datetime(2026, 3, 5),
        datetime(2026, 7, 2, 0, 30),
        True,
        None,
        "100000000000000000",
    ]
    assert [cell.number_format for cell in cells[:5]] == [
        "#,##0.00",
        "#,##0",
        "0",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm",
    ]


def test_a_workbook_survives_what_it_cannot_hold():
    _, sheet = xlsx_of(["a"], [["x\x00\x0b\ufffey"], ["z" * 40_000]])
    assert sheet["A2"].value == "xy"
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A3"].value.endswith("z…")


def test_a_workbook_opens_with_its_header_frozen_and_filtered():
    _, sheet = xlsx_of(["a", "b"], [[1, 2], [3, 4]])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet["A1"].font.bold


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch):
    monkeypatch.setattr("common.tabular.writing.ROWS_LIMIT", 3)
    assert xlsx_of(["a"], [[1], [2]])[0] == 2
    with pytest.raises(TabularError) as caught:
        xlsx_of(["a"], [[1], [2], [3]])
    assert caught.value.code == "too_many_rows"


def test_a_workbook_reads_back_through_our_own_reader():
    file = io.BytesIO()
    write_xlsx(file, ["text", "figure"], [["=1", Decimal("0.10")]])
    with open_table(file) as table:
        assert [row.cells for row in table] == [{"text": "=1", "figure": Decimal("0.1")}]
