"""Reading CSV, workbooks and JSON lines: trust F29, F32, F33."""

import gzip
import io
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from common.tabular import Row, TableFormat, TabularError, open_table
from common.tabular.reading import check_unpacked
from common.tabular.table import name_columns

SWEDISH = "namn;belopp\r\nÅke Öberg;1,5\r\n"


def read(content, **options):
    with open_table(io.BytesIO(content), **options) as table:
        return table, list(table)


def refusal(content, **options):
    with pytest.raises(TabularError) as caught:
        read(content, **options)
    return caught.value


def workbook(rows, *, title="Projekt", more=()):
    book = openpyxl.Workbook()
    book.active.title = title
    for name in more:
        book.create_sheet(name)
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def rezip(content, changes, *, level=zipfile.ZIP_DEFLATED):
    """Return the archive with parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", level) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (SWEDISH.encode(), "utf-8-sig"),
        (SWEDISH.encode("utf-8-sig"), "utf-8-sig"),
        (SWEDISH.encode("utf-16"), "utf-16"),
        (SWEDISH.encode("utf-16-le"), "utf-16-le"),
        (SWEDISH.encode("utf-16-be"), "utf-16-be"),
        (SWEDISH.encode("cp1252"), "cp1252"),
        (gzip.compress(SWEDISH.encode(), mtime=0), "utf-8-sig"),
    ],
)
def test_the_same_text_in_every_encoding_gives_the_same_rows(content, encoding):
    table, rows = read(content)
    assert table.encoding == encoding
    assert table.columns == ("namn", "belopp")
    assert rows == [Row(2, {"namn": "Åke Öberg", "belopp": "1,5"})]


@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
def test_the_separator_is_detected(separator):
    table, rows = read(f"a{separator}b\n1{separator}2\n".encode())
    assert table.separator == separator
    assert rows[0].cells == {"a": "1", "b": "2"}


def test_commas_in_text_do_not_hide_the_semicolon():
    table, _ = read(b"name;text\na;one, two, three\nb;four, five, six\n")
    assert table.columns == ("name", "text")


def test_a_hint_for_spreadsheets_is_obeyed_and_counted_as_a_row():
    _, rows = read(b"sep=|\r\na|b,c\r\n1|2\r\n")
    assert rows == [Row(3, {"a": "1", "b,c": "2"})]


def test_what_is_stated_overrides_what_would_be_detected():
    content = "a,b;c\n1,2;ä\n".encode("cp1252")
    table, rows = read(content, separator=";", encoding="latin-1")
    assert table.columns == ("a,b", "c")
    assert rows[0].cells == {"a,b": "1,2", "c": "ä"}


def test_quoted_cells_hold_line_ends_and_rows_are_numbered_as_a_spreadsheet_shows_them():
    _, rows = read(b'a,b\n"one\ntwo",2\n\n ,\nx,"say ""hi"""\n')
    assert [row.number for row in rows] == [2, 5]
    assert rows[0].cells["a"] == "one\ntwo"
    assert rows[1].cells["b"] == 'say "hi"'


def test_mixed_line_ends_are_all_line_ends():
    _, rows = read(b"a,b\r1,2\r\n3,4\n5,6")
    assert [row.cells["b"] for row in rows] == ["2", "4", "6"]


def test_header_row_may_stand_further_down():
    table, rows = read(b"Report of today\n\na;b\n1;2\n", header_row=3)
    assert table.columns == ("a", "b")
    assert rows == [Row(4, {"a": "1", "b": "2"})]


def test_repeated_and_empty_headers_become_distinct_and_are_reported():
    columns, renamed = name_columns([" x ", "x", "", "x#2", "x", "y\nz", "", ""])
    assert columns == ("x", "x#3", "#3", "x#2", "x#4", "y z")
    assert [(column.position, column.column) for column in renamed] == [
        (2, "x#3"),
        (3, "#3"),
        (5, "x#4"),
    ]


@given(st.lists(st.sampled_from(["", "a", "a#2", "#1", "b", "a#3"]), max_size=8))
def test_column_names_are_always_distinct(headers):
    columns, _ = name_columns(headers)
    assert len(set(columns)) == len(columns)


def test_cells_beyond_the_header_are_kept_and_short_rows_are_filled():
    _, rows = read(b"a,b\n1,2,,3\n4\n", separator=",")
    assert rows[0].cells == {"a": "1", "b": "2", "+4": "3"}
    assert rows[1].cells == {"a": "4", "b": ""}


def test_header_only_is_a_table_without_rows():
    table, rows = read(b"a;b\n")
    assert table.columns == ("a", "b")
    assert rows == []


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (b"", {}, "empty_file"),
        (b" \r\n\n", {}, "empty_file"),
        (gzip.compress(b"", mtime=0), {}, "empty_file"),
        (b"a,b\n1,\x002\n", {}, "nul_characters"),
        (b"a,b\n1,\x812\n", {}, "encoding_unknown"),
        (b"a,b\n1,\xe52\n", {"encoding": "utf-8"}, "wrong_encoding"),
        (b"a,b\n", {"encoding": "klingon"}, "unknown_encoding"),
        (b"a,b\n", {"separator": "::"}, "unknown_separator"),
        (b"a,b\n", {"header_row": 5}, "header_missing"),
        (b",,\n1,2,3\n", {}, "header_missing"),
        (b'a,b\n1,"open\n2,3\n', {}, "broken_quotes"),
        (b'a,b\n1,"x"y\n', {}, "broken_quotes"),
        (b"a,b\n1," + b"x" * 10_000_000 + b"\n", {}, "cell_too_large"),
        (gzip.compress(SWEDISH.encode(), mtime=0)[:-9], {}, "broken_gzip"),
        (b"\x1f\x8b\x08 nonsense", {}, "broken_gzip"),
        (b"%PDF-1.7\n...", {}, "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, {}, "old_excel"),
        (b"PK\x03\x04 nonsense", {}, "broken_workbook"),
        (b'{"a": 1}\n{"a": \n', {}, "broken_json"),
        (b'{"a": 1}\n[1]\n', {}, "broken_json"),
        (b'{"a": "' + b"x" * 1_000_001, {}, "cell_too_large"),
    ],
)
def test_a_bad_file_is_refused_by_name(content, options, code):
    assert refusal(content, **options).code == code


def test_a_cell_of_megabytes_is_named_by_its_row_whatever_the_separator():
    content = b'number;name\n1;short\n2;"' + b"x" * 5_000_000 + b'"\n'
    with pytest.raises(TabularError) as refusal:
        read(content)
    assert (refusal.value.code, refusal.value.params["row"]) == ("cell_too_large", 3)


def test_a_refusal_in_the_middle_names_the_row():
    assert refusal(b'a,b\n1,2\n3,"x"y\n').params == {"row": 3, "line": 3}


def test_a_file_that_unpacks_to_more_than_allowed_is_refused():
    packed = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(b"a" * 5000, mtime=0)))
    with pytest.raises(TabularError) as caught:
        check_unpacked(packed, limit=4999)
    assert caught.value.code == "file_too_large"


def test_a_file_handed_in_stays_open_also_after_a_refusal():
    file = io.BytesIO(b",,\n1,2,3\n")
    with pytest.raises(TabularError):
        open_table(file)
    assert not file.closed
    file = io.BytesIO(SWEDISH.encode())
    open_table(file).close()
    assert not file.closed


def test_an_upload_is_read_like_a_path(tmp_path):
    upload = SimpleUploadedFile("list.csv", SWEDISH.encode())
    path = tmp_path / "list.csv"
    path.write_bytes(SWEDISH.encode())
    with open_table(upload) as uploaded, open_table(path) as stored:
        assert list(uploaded) == list(stored)


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_any_bytes_are_a_table_or_a_named_refusal(content):
    try:
        _, rows = read(content)
    except TabularError as error:
        rows = [error.code]
    assert all(rows)


# Workbooks


def test_a_workbook_gives_its_own_types():
    rows = [
        ["Namn", "Belopp", "Start", "Klar", "Kod", "Tid", None],
        ["Ärende", 0.1 + 0.2, date(2026, 3, 5), True, "007", timedelta(hours=30), None],
        [None, None, None, None, None, None, None],
    ]
    table, found = read(workbook(rows))
    assert table.format is TableFormat.XLSX
    assert table.columns == ("Namn", "Belopp", "Start", "Klar", "Kod", "Tid")
    assert found == [
        Row(
            2,
            {
                "Namn": "Ärende",
                "Belopp": Decimal("0.3"),
                "Start": datetime(2026, 3, 5),
                "Klar": True,
                "Kod": "007",
                "Tid": "30:00:00",
            },
        ),
    ]


def test_rows_of_a_workbook_are_numbered_as_it_shows_them():
    _, rows = read(workbook([["a"], [1], [None], [3]]))
    assert [row.number for row in rows] == [2, 4]


def test_a_sheet_is_chosen_by_name():
    content = workbook([["a"], [1]], more=("Tom",))
    assert read(content, sheet="Projekt")[0].sheets == ("Projekt", "Tom")
    error = refusal(content, sheet="Other")
    assert error.code == "sheet_missing"
    assert error.params == {"sheet": "Other", "sheets": "Projekt, Tom"}
    assert refusal(content, sheet="Tom").code == "header_missing"


def test_a_formula_nobody_calculated_is_refused_rather_than_read_as_empty():
    assert refusal(workbook([["a"], ["=1+1"]])).code == "workbook_formula_without_value"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A2"><f>1+1</f><v>2</v></c>', Decimal(2)),
        ('<c r="A2" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', "ab"),
        ('<c r="A2" t="str"><f>IF(B1="","",B1)</f><v></v></c>', ""),
    ],
)
def test_a_calculated_formula_is_its_value(cell, value):
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
        f'<row r="2">{cell}<c r="B2"><v>1</v></c></row></sheetData></worksheet>'
    )
    content = rezip(workbook([["a"]]), {"xl/worksheets/sheet1.xml": sheet.encode()})
    assert read(content)[1][0].cells["a"] == value


def test_a_bomb_is_refused_before_it_is_parsed():
    bomb = rezip(workbook([["a"], [1]]), {"xl/worksheets/sheet1.xml": b"<x/>" + b" " * 20_000_000})
    assert refusal(bomb).code == "workbook_too_dense"


def test_too_large_too_many_parts_and_encrypted_are_refused(monkeypatch):
    small = workbook([["a"], [1]])
    many = rezip(small, {f"part{number}.xml": b"<x/>" for number in range(1001)})
    assert refusal(many).code == "workbook_too_many_parts"
    monkeypatch.setattr("common.tabular.xlsx_guard.UNPACKED_LIMIT", 1000)
    assert refusal(small).code == "workbook_too_large"
    locked = bytearray(small)
    at = locked.index(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert refusal(bytes(locked)).code == "workbook_encrypted"


@pytest.mark.parametrize(
    "prolog",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x SYSTEM "http://example.org/x.dtd"><x/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
    ],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "other.bin"])
def test_a_dtd_in_any_part_is_refused(prolog, part):
    error = refusal(rezip(workbook([["a"], [1]]), {part: prolog}))
    assert error.code == "workbook_has_dtd"
    assert error.params == {"part": part}


@pytest.mark.parametrize("module", ["xlsx_guard", "xlsx_file"])
def test_too_many_cells_are_refused_before_and_while_reading(monkeypatch, module):
    monkeypatch.setattr(f"common.tabular.{module}.CELLS_LIMIT", 6)
    assert len(read(workbook([["a", "b"], [1, 2], [3, 4]]))[1]) == 2
    assert refusal(workbook([["a", "b"], [1, 2], [3, 4], [5, 6]])).code == "workbook_too_many_cells"


def test_too_many_cells_are_refused_when_the_file_is_opened(monkeypatch):
    monkeypatch.setattr("common.tabular.xlsx_guard.CELLS_LIMIT", 2_000)
    content = workbook([list("abcd"), *([[1, 2, 3, 4]] * 499)])
    assert len(read(content)[1]) == 499
    with pytest.raises(TabularError):
        open_table(io.BytesIO(workbook([list("abcd"), *([[1, 2, 3, 4]] * 500)])))


def test_a_lone_cell_far_down_is_refused_not_walked_to():
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="str"><v>a</v></c></row>'
        b'<row r="999999999999"><c r="A999999999999"><v>1</v></c></row></sheetData></worksheet>'
    )
    content = rezip(workbook([["a"]]), {"xl/worksheets/sheet1.xml": sheet})
    assert refusal(content).code == "workbook_too_many_cells"


def test_a_zip_that_is_no_workbook_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert refusal(file.getvalue()).code == "broken_workbook"


SOUND = workbook([["a", "b"], [1, "x"], [2.5, "y"]])


@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_is_read_or_refused_by_name(at, noise):
    damaged = SOUND[:at] + noise + SOUND[at + len(noise) :]
    try:
        _, rows = read(damaged)
    except TabularError as error:
        rows = [error.code]
    assert all(rows)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("content", [b"", b"<x/>", b"<worksheet><sheetData><row r='x'/>", b"\xff"])
def test_a_senseless_part_is_read_or_refused_by_name(part, content):
    try:
        _, rows = read(rezip(SOUND, {part: content}))
    except TabularError as error:
        rows = [error.code]
    assert all(rows)


# JSON lines


def test_json_lines_are_flattened_and_keep_their_types():
    content = b"\n".join(
        [
            b'{"id": 7, "owner": {"name": "A"}, "tags": ["x", "y"], "ok": true, "none": null}',
            b"",
            b'{"id": 7.10, "late": "z", "list": [{"a": 1}]}',
        ],
    )
    table, rows = read(gzip.compress(content, mtime=0))
    assert table.format is TableFormat.JSON_LINES
    assert table.columns == ("id", "owner.name", "tags", "ok", "none", "late", "list")
    assert rows[0] == Row(
        1,
        {"id": Decimal(7), "owner.name": "A", "tags": "x; y", "ok": True, "none": ""},
    )
    assert rows[1] == Row(3, {"id": Decimal("7.10"), "late": "z", "list": '[{"a": "1"}]'})


@pytest.mark.parametrize(
    ("content", "records"),
    [
        (b'[{"id": 1}, {"id": 2, "owner": {"name": "A"}}]', None),
        (b'\xef\xbb\xbf [\n {"id": 1},\n {"id": 2, "owner": {"name": "A"}}\n]', None),
        (
            b'{"n": 2, "data": {"items": [{"id": 1}, {"id": 2, "owner": {"name": "A"}}]}}',
            "data.items",
        ),
    ],
)
def test_a_list_of_objects_is_a_table(content, records):
    table, rows = read(content, records=records)
    assert table.columns == ("id", "owner.name")
    assert rows == [
        Row(1, {"id": Decimal(1)}),
        Row(2, {"id": Decimal(2), "owner.name": "A"}),
    ]


@pytest.mark.parametrize(
    ("content", "options", "code"),
    [
        (b'{\n"result": [{"id": 1}]\n}', {}, "json_records_missing"),
        (b'{"result": [{"id": 1}]}', {"records": "rows"}, "json_records_missing"),
        (b'{"result": 7}', {"records": "result"}, "json_records_missing"),
        (b'[{"id": 1}, 7]', {}, "broken_json"),
        (b'[{"id": 1},', {}, "broken_json"),
        (b"[{}]" + b" " * 31_000_000, {}, "file_too_large"),
        (b'{"result": []}', {"records": "result"}, "empty_file"),
    ],
)
def test_a_json_document_that_holds_no_rows_is_refused_by_name(content, options, code):
    with pytest.raises(TabularError) as refusal:
        read(content, **options)
    assert refusal.value.code == code
