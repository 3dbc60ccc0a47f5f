"""What headers and cells say by themselves, what is asked, and the mapping that answers make."""

import string
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain import matching as matchings
from exchange.domain import survey as surveys
from exchange.domain.kinds import KINDS, Kind
from exchange.domain.loading import parse_mapping
from exchange.domain.matching import DROP, GATE, KEEP, NOTHING, Matching, targets_of, word_lists
from exchange.domain.proposing import proposed
from exchange.domain.questions import SETTINGS, Ground, questions
from exchange.domain.survey import look_over
from exchange.domain.writing import mapping_toml, quoted
from exchange.templates import known_lists

GROUND = Ground(currency="SEK", zone="Europe/Stockholm")


def lists(kind, language="en"):
    return known_lists(kind, language, currency="SEK", zone="Europe/Stockholm")


def survey(text):
    head, *lines = [line.split(";") for line in text.strip().splitlines()]
    return look_over(head, [dict(zip(head, line, strict=True)) for line in lines])


def propose(kind, text, language="en"):
    return proposed(kind, survey(text), lists(kind, language), title="List")


def asked(text, targets, *, kind=Kind.PROJECTS, **settings):
    seen = survey(text)
    matching = Matching(title="List", targets=targets, key=("N",), settings=settings)
    return {one.setting: one for one in questions(kind, seen, matching, GROUND)}


def read(kind, text, matching):
    """Read every row of a text as the import would."""
    seen = survey(text)
    mapping = parse_mapping(mapping_toml(kind, seen, matching), name="list")
    head, *lines = [line.split(";") for line in text.strip().splitlines()]
    mapping.check_columns(head)
    return [mapping.read_row(dict(zip(head, line, strict=True))) for line in lines]


@pytest.mark.parametrize(
    ("header", "cell", "target"),
    [
        ("Start", "soon", KEEP),
        ("Start", "5/3/2026 5:00:00 PM", "starts_on"),
        ("Start", "", "starts_on"),
        ("Budget", "see below", KEEP),
        ("Budget", "1,250 kr", "approved_budget"),
        ("Stage1", "closing", KEEP),
        ("Stages", "closing", "phase"),
    ],
)
def test_a_field_is_proposed_only_for_cells_that_can_be_it(header, cell, target):
    assert propose(Kind.PROJECTS, f"Zzz;{header}\na;{cell}").targets[header] == target


def test_a_column_of_many_texts_is_no_word_list():
    text = "N;S\n" + "\n".join(f"{at};word {at}" for at in range(41))
    assert propose(Kind.PROJECTS, text.replace("N;S", "N;Phase")).targets["Phase"] == KEEP
    matching = Matching(title="L", targets={"N": "name", "S": "phase"}, key=("N",))
    (words,) = word_lists(Kind.PROJECTS, survey(text), matching)
    assert (words.words, words.too_many) == ((), True)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Project", "name"),
        ("project_name", "name"),
        ("Projektets namn", "name"),
        ("Förvaltning", "unit"),
        ("Budget (tkr)", "approved_budget"),
        ("Planned  Finish", "planned_finish_on"),
        ("Startdatum:", "starts_on"),
        ("Colour of the door", KEEP),
        ("Ordförande", KEEP),
        ("Personnummer PL", DROP),
        ("Telefon", DROP),
    ],
)
def test_a_header_is_known_by_name_alias_or_likeness(header, target):
    assert propose(Kind.PROJECTS, f"{header};Zzz\n;b").targets[header] == target


def test_no_field_is_proposed_twice_and_persons_stay_in_the_file():
    text = "Number;Opened;Created;Assignee;Caller\n1;2026-03-05;2026-03-05;c;d"
    found = propose(Kind.TICKETS, text).targets
    assert found == {
        "Number": KEEP,
        "Opened": "opened_at",
        "Created": KEEP,
        "Assignee": DROP,
        "Caller": DROP,
    }


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        (Kind.PROJECTS, "Projektnr;Namn\n1;a", ("Projektnr",)),
        (Kind.PROJECTS, "Zzz;Namn\n1;a", ("Namn",)),
        (Kind.MEASURES, "Service;Measure;Period;Value\na;b;c;1", ("Service", "Measure", "Period")),
        (Kind.PROJECTS, "Zzz;Yyy\n1;a", ()),
    ],
)
def test_the_key_is_a_number_before_a_name(kind, text, key):
    assert propose(kind, text).key == key


def test_what_amounts_are_stated_in_stands_in_the_header():
    text = "Namn;Budget (tkr);Prognos, Mkr;Utfall\na;1;2;3"
    assert propose(Kind.PROJECTS, text, "sv").scales == {
        "Budget (tkr)": "1000",
        "Prognos, Mkr": "1000000",
        "Utfall": "1",
    }


def test_words_are_matched_with_those_that_are_known_in_either_language():
    text = "Projekt;Fas;Status\na;Genomförande;At risk\nb;Pausat;Gul\nc;Malpåse;-"
    found = propose(Kind.PROJECTS, text)
    assert found.words == {
        "Fas": {"Genomförande": "executing", "Pausat": "on_hold", "Malpåse": ""},
        "Status": {"At risk": "amber", "Gul": "amber"},
    }
    assert found.missing == ("-",)


def asked_of(cells, field, name):
    """Return what is asked under that name of a column with these cells; None when nothing is."""
    text = "N;X\n" + "\n".join(f"{at};{cell}" for at, cell in enumerate(cells))
    return asked(text, {"N": "name", "X": field}).get(name)


@pytest.mark.parametrize(
    ("cells", "choices", "answer"),
    [
        (["5/3/2026"], ["dmy", "mdy"], ""),
        (["5/3/2026", "25/3/2026"], ["dmy", "mdy"], "dmy"),
        (["5/3/2026", "3/25/2026"], ["dmy", "mdy"], "mdy"),
        (["5/3/2026", "25/3/2026", "3/25/2026"], ["dmy", "mdy"], ""),
        (["5.3.26"], ["dmy", "mdy", "ymd"], ""),
        (["5/3/2026 5:00:00 PM", "TBC", "2026-03-05"], ["dmy", "mdy"], ""),
        (["2026-03-05", "25/3/2026", "soon"], None, None),
    ],
)
def test_the_order_of_a_date_is_asked_only_where_it_is_open(cells, choices, answer):
    question = asked_of(cells, "starts_on", "date_order")
    if choices is None:
        assert question is None
    else:
        assert [one.value for one in question.choices] == choices
        assert question.proposed == answer
        assert question.columns == ("X",)


@pytest.mark.parametrize(
    ("cells", "answer", "readings"),
    [
        (["1,250"], "", ["1.25", "1250"]),
        (["1,250", "12,5"], ",", ["1.25", "1250"]),
        (["1,250", "1,250.5"], ".", ["1.25", "1250"]),
        (["1.250", "12,5"], ",", ["1250", "1.25"]),
        (["1,250", "unknown yet"], "", ["1.25", "1250"]),
        (["1 250", "12,5", "1.234,5"], None, None),
    ],
)
def test_the_decimal_mark_is_asked_only_where_it_is_open(cells, answer, readings):
    question = asked_of(cells, "approved_budget", "decimal")
    if readings is None:
        assert question is None
    else:
        assert question.proposed == answer
        assert [one.reading for one in question.choices] == readings


def test_a_workbooks_own_numbers_leave_nothing_open():
    seen = look_over(["N", "B"], [{"N": "a", "B": Decimal("1.234")}])
    matching = Matching(title="L", targets={"N": "name", "B": "approved_budget"}, key=("N",))
    found = {one.setting for one in questions(Kind.PROJECTS, seen, matching, GROUND)}
    assert found == {"rounding"}


@pytest.mark.parametrize(
    ("cell", "settings"),
    [
        ("2026-03-05 09:01", {"zone"}),
        ("2026-03-05T09:01Z", set()),
        ("2026-03-05", {"zone", "bare_days"}),
        ("2026-10-25 02:30", {"zone", "clocks_back"}),
        ("5/3/2026 09:01", {"zone", "date_order"}),
        ("soon", set()),
    ],
)
def test_a_moment_asks_for_what_it_lacks(cell, settings):
    found = asked(f"N;O\n1;{cell}", {"N": KEEP, "O": "opened_at"}, kind=Kind.TICKETS)
    assert set(found) == settings


@pytest.mark.parametrize(
    ("cell", "readings"),
    [
        ("1772701260", ["1970-01-21 12:25", "2026-03-05 09:01"]),
        ("1772701260000", ["2026-03-05 09:01"]),
        ("46086.5", ["2026-03-05 12:00", "1970-01-01 12:48", "1970-01-01 00:00"]),
        ("20260305", None),
    ],
)
def test_what_bare_numbers_count_is_asked(cell, readings):
    found = asked(f"N;O\n1;{cell}", {"N": KEEP, "O": "opened_at"}, kind=Kind.TICKETS)
    question = found.get("numbers_as")
    told = sorted((one.reading for one in question.choices), reverse=True) if question else None
    assert told == (sorted(readings, reverse=True) if readings else None)


@pytest.mark.parametrize(
    ("kind", "target", "cell", "settings", "value"),
    [
        (Kind.TICKETS, "opened_at", "1772701260", {"numbers_as": "seconds"}, "2026-03-05T09:01"),
        (
            Kind.TICKETS,
            "opened_at",
            "46086.5",
            {"numbers_as": "days", "zone": "organisation"},
            "2026-03-05T11:00",
        ),
        (
            Kind.PROJECTS,
            "starts_on",
            "1772753400000",
            {"numbers_as": "milliseconds", "zone": "organisation"},
            "2026-03-06",
        ),
    ],
)
def test_numbers_are_read_as_said(kind, target, cell, settings, value):
    text = f"N;O\na;{cell}"
    targets = {"N": "name" if kind is Kind.PROJECTS else KEEP, "O": target}
    assert set(asked(text, targets, kind=kind, **settings)) == set(settings)
    matching = Matching(title="L", targets=targets, key=("N",), settings=settings)
    (row,) = read(kind, text, matching)
    assert row.errors == ()
    assert row.fields[target].isoformat().startswith(value)


def test_the_clock_going_back_is_no_question_in_universal_time():
    found = asked(
        "N;O\n1;2026-10-25 02:30", {"N": KEEP, "O": "opened_at"}, kind=Kind.TICKETS, zone="UTC"
    )
    assert set(found) == {"zone"}


def test_the_answers_make_a_mapping_that_reads_the_file():
    text = (
        "Nr;Namn;Läge;Start;Slut;Budget (tkr);Beslut;Ansvarig\n"
        "17;Åby;Gult ljus;5.3.2026;31.12.2026;1,250;1.2.2026;Bo\n"
        "18;Bro;ej satt;1.9.2025 08:00;-;12,5;;Åsa\n"
    )
    matching = propose(Kind.PROJECTS, text, "sv")
    targets = matching.targets | {"Beslut": GATE, "Ansvarig": DROP}
    words = {"Läge": {"Gult ljus": "amber", "ej satt": NOTHING}}
    matching = replace(
        matching, targets=targets, words=words, settings={"date_order": "dmy", "decimal": ","}
    )
    first, second = read(Kind.PROJECTS, text, matching)
    assert (first.errors, second.errors) == ((), ())
    assert first.external_key == "17"
    assert first.fields["approved_budget"] == 1_250
    assert second.fields["approved_budget"] == 12_500
    assert first.fields["starts_on"].isoformat() == "2026-03-05"
    assert second.fields["starts_on"].isoformat() == "2025-09-01"
    assert (first.fields["reported_colour"], first.fields["reported_word"]) == (
        "amber",
        "Gult ljus",
    )
    assert second.fields["reported_colour"] is None
    assert first.fields["gates"][0].name == "Beslut"
    assert "Ansvarig" not in first.extra


def test_a_ticket_list_comes_in_by_its_answers():
    text = "Ticket;Created;Prio;State;In time\nT1;5/3/2026 9:01 AM;P2;Open;met\n"
    matching = propose(Kind.TICKETS, text)
    matching = replace(
        matching,
        targets=matching.targets | {"In time": "made_sla_reported"},
        settings={"date_order": "dmy", "zone": "UTC"},
        words={**matching.words, "In time": {"met": "true"}},
    )
    (row,) = read(Kind.TICKETS, text, matching)
    assert row.errors == ()
    assert row.fields["opened_at"].isoformat() == "2026-03-05T09:01:00+00:00"
    assert (row.fields["priority"], row.fields["status"]) == (2, "new")
    assert row.fields["made_sla_reported"] is True


def test_words_that_have_become_another_field_are_dropped():
    text = "N;W\na;Open"
    seen = survey(text)
    stale = Matching(title="L", targets={"N": "name", "W": "phase"}, key=("N",),
                     words={"W": {"Open": "new"}})  # fmt: skip
    assert matchings.with_words(Kind.PROJECTS, seen, stale, []).words == {"W": {"Open": ""}}


def test_what_was_said_fits_the_same_columns_in_another_order_and_case():
    matching = Matching(title="L", targets={"A": "name", "B": KEEP}, key=("B",), scales={"B": "1"})
    found = matchings.fitted(matching, ["b", "C", "a"])
    assert found.targets == {"b": KEEP, "C": KEEP, "a": "name"}
    assert (found.key, found.scales) == (("b",), {"b": "1"})


def test_a_survey_and_a_matching_are_kept_whole():
    seen = look_over(
        ["A", "B"], [{"A": "x\x00 \ud800", "B": Decimal(3)}, {"A": "", "B": ""}], sheets=["S"]
    )
    assert surveys.unpack(surveys.pack(seen)) == seen
    assert seen.column("A").cells == ("x ?",)
    assert (seen.column("B").filled, seen.column("B").texts) == (1, ())
    matching = Matching(title="L", targets={"A": "name"}, key=("A",), words={"A": {"x": "y"}})
    assert matchings.unpack(matchings.pack(matching)) == matching


def test_a_survey_ends_somewhere():
    seen = look_over(["A"], ({"A": str(number)} for number in range(10_000)))
    assert (seen.rows, seen.is_whole) == (5_000, False)
    assert len(seen.column("A").cells) == 300
    assert seen.column("A").is_cut


ODD = st.text(alphabet=string.printable + "åß\x7f\x85\u2028\"\\'", min_size=1, max_size=12)


@given(text=ODD)
def test_every_text_is_a_toml_string(text):
    import tomllib

    assert tomllib.loads(f"a = {quoted(text)}")["a"] == text


@given(data=st.data(), kind=st.sampled_from(list(Kind)))
def test_whatever_is_said_makes_a_mapping_that_holds(data, kind):
    cell = st.sampled_from(
        ["", "-", "1,234", "1.234,5", "5/3/2026", "2026-03-05 09:01", "P1", "1772701260", "x"]
    )
    needed = [name for name in targets_of(kind) if name in KINDS[kind].required]
    head = [f"C{at}\"'\\é" for at in range(len(needed) + 2)]
    rows = data.draw(st.lists(st.lists(cell, min_size=len(head), max_size=len(head)), min_size=1))
    others = sorted({KEEP, DROP, *targets_of(kind)} - set(needed))
    loose = data.draw(st.lists(st.sampled_from(others), min_size=2, max_size=2, unique=True))
    targets = dict(zip(head, [*needed, *loose], strict=True))
    seen = look_over(head, [dict(zip(head, row, strict=True)) for row in rows])
    matching = Matching(title="L", targets=targets, key=(head[0],), missing=("-",))
    matching = matchings.with_words(kind, seen, matching, lists(kind))
    for question in questions(kind, seen, matching, GROUND):
        assert question.setting in SETTINGS
        choice = data.draw(st.sampled_from(question.choices)).value
        matching = replace(matching, settings={**matching.settings, question.setting: choice})
    mapping = parse_mapping(mapping_toml(kind, seen, matching), name="l")
    mapping.check_columns(head)
    for row in rows:
        mapping.read_row(dict(zip(head, row, strict=True)))
