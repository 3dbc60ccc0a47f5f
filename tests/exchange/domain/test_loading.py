"""A mapping that is wrong says where and what would do."""

import pytest

from exchange.domain.errors import MappingError
from exchange.domain.kinds import KINDS, Kind
from exchange.domain.loading import parse_mapping
from exchange.mappings import load_mapping, mapping_names

NAME = '[fields]\nname = "N"\n'
CELLS = 'kind = "projects"\n' + NAME + "[cells]\n"
FIELDS = 'kind = "projects"\n' + NAME


def refusal(text):
    with pytest.raises(MappingError) as caught:
        parse_mapping(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "key", "example"),
    [
        ("kind = ", "broken_toml", "", ""),
        ("", "missing_setting", "kind", 'kind = "projects"'),
        ('kind = "project"\n', "unknown_kind", "kind", ", ".join(Kind)),
        ('knd = "projects"\n', "unknown_setting", "knd", "kind"),
        ('kind = "projects"\nmode = "log"\n', "bad_value", "mode", 'mode = "record"'),
        ('kind = "projects"\nmode = "both"\n', "bad_value", "mode", 'mode = "record"'),
        (
            'kind = "projects"\n[fields]\ntype = "T"',
            "field_required",
            "fields.name",
            'name = "column"',
        ),
        ('kind = "projects"\n[fields]\nnme = "T"', "unknown_field", "fields.nme", "name"),
        (
            'kind = "tickets"\n[fields]\nstatus_at = "T"',
            "unknown_field",
            "fields.status_at",
            "status",
        ),
        ('kind = "projects"\n[fields]\nname = 3', "wrong_type", "fields.name", '"column"'),
        (
            'kind = "projects"\n[fields]\nname = { clumn = "T" }',
            "unknown_setting",
            "fields.name.clumn",
            "column",
        ),
        (
            'kind = "projects"\n[fields]\nname = { word = "T" }',
            "missing_setting",
            "fields.name",
            '{ column = "…" }',
        ),
        ('kind = "projects"\ndropped = ["N"]\n' + NAME, "column_used_and_dropped", "dropped", "N"),
        ('kind = "projects"\nstrict = "yes"\n' + NAME, "wrong_type", "strict", "strict = true"),
        (CELLS + 'epoch = "days"', "bad_value", "cells.epoch", 'epoch = "seconds"'),
        (
            CELLS + 'epoch = "seconds"\nserial_dates = true',
            "bad_value",
            "cells.epoch",
            "serial_dates = false",
        ),
        (CELLS + 'decimel = ","', "unknown_setting", "cells.decimel", "decimal"),
        (CELLS + 'decimal = ";"', "bad_value", "cells.decimal", 'decimal = ","'),
        (CELLS + "scale = 0", "bad_value", "cells.scale", "scale = 1000000"),
        (CELLS + 'zone = "Mars"', "bad_value", "cells.zone", 'zone = "Europe/Stockholm"'),
        (CELLS + 'date_order = "x"', "bad_value", "cells.date_order", 'date_order = "dmy"'),
        (
            CELLS + 'date_formats = ["D"]',
            "bad_value",
            "cells.date_formats",
            'date_formats = ["D/M/YYYY"]',
        ),
        (CELLS + 'clocks_back = "x"', "bad_value", "cells.clocks_back", 'clocks_back = "first"'),
        (CELLS + 'time = "x"', "bad_value", "cells.time", 'time = "drop"'),
        (CELLS + "missing = [1]", "wrong_type", "cells.missing", 'missing = ["…", "…"]'),
        (
            'kind = "projects"\n[file]\nheader_row = 0\n' + NAME,
            "bad_value",
            "file.header_row",
            "header_row = 1",
        ),
        (
            'kind = "projects"\n[create]\nunit = true\n' + NAME,
            "unknown_setting",
            "create.unit",
            "units",
        ),
        ('kind = "services"\n[[gates]]\nname = "G"\n' + NAME, "unknown_setting", "gates", ""),
        (
            'kind = "projects"\n[[gates]]\nname = "G"\n' + NAME,
            "missing_setting",
            "gates.1",
            'name = "G1"',
        ),
        (
            FIELDS + 'phase = { column = "P", values = "fas" }',
            "values_not_found",
            "fields.phase.values",
            "[values.name]",
        ),
        (
            FIELDS + 'phase = { column = "P", values = { A = "begun" } }',
            "bad_value",
            "fields.phase.values.A",
            "initiating",
        ),
        (
            FIELDS + 'phase = { constant = "begun" }',
            "bad_value",
            "fields.phase.constant",
            "initiating",
        ),
        (
            FIELDS + 'starts_on = { constant = "5/3/2026" }',
            "bad_value",
            "fields.starts_on.constant",
            "2026-03-05",
        ),
        (
            FIELDS + 'phase = { column = "P", word = "gates" }',
            "unknown_field",
            "fields.phase.word",
            None,
        ),
        (
            FIELDS + 'actual_finish_on = { column = "L", after = "starts_on", unit = "days" }',
            "unknown_field",
            "fields.actual_finish_on.after",
            "starts_at",
        ),
        (
            FIELDS + 'actual_finish_on = { column = "L", after = "starts_on", unit = "weeks" }',
            "bad_value",
            "fields.actual_finish_on.unit",
            'unit = "minutes"',
        ),
        (
            FIELDS + 'type = { column = "L", after = "starts_on", unit = "days" }',
            "bad_value",
            "fields.type.after",
            'after = "starts_at"',
        ),
        (
            'kind = "tickets"\n[fields]\nopened_at = "O"',
            "missing_setting",
            "key.columns",
            'columns = ["number"]',
        ),
    ],
)
def test_a_wrong_mapping_names_the_key_and_an_example(text, code, key, example):
    error = refusal(text)
    assert (error.code, error.params["key"]) == (code, key)
    assert example is None or error.params["example"] == example


def test_what_is_not_stated_has_its_documented_default():
    mapping = parse_mapping('kind = "projects"\n[fields]\nname = "N"')
    assert (mapping.file.header_row, mapping.file.encoding, mapping.file.separator) == (
        1,
        None,
        None,
    )
    assert (mapping.currency, mapping.strict, mapping.is_log) == ("SEK", False, False)
    assert mapping.creates == frozenset()
    assert mapping.key == ("N",)


def test_constants_take_tomls_own_types():
    text = 'kind = "projects"\n' + NAME + "starts_on = { constant = 2026-03-05 }\n"
    text += "approved_budget = { constant = 1500.5 }\n[create]\nunits = true"
    mapping = parse_mapping(text)
    fields = mapping.read_row({"N": "x"}).fields
    assert (str(fields["starts_on"]), str(fields["approved_budget"])) == ("2026-03-05", "1500.50")
    assert mapping.creates == {"units"}


@pytest.mark.parametrize("name", mapping_names())
def test_every_shipped_mapping_loads_by_name(name):
    mapping = load_mapping(name)
    assert mapping.name == name
    assert mapping.title != name
    assert mapping.readers


def test_an_own_mapping_is_loaded_by_its_path(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text('\ufeffkind = "projects"\n[fields]\nname = "N"', encoding="utf-8")
    assert load_mapping(path).name == "own"
    assert load_mapping(str(path)).kind is Kind.PROJECTS


@pytest.mark.parametrize("name", ["no-such", "../mappings/projekt", "/etc/hostname\0"])
def test_an_unknown_mapping_is_refused_with_the_known_ones(name):
    with pytest.raises(MappingError) as caught:
        load_mapping(name)
    assert caught.value.code == "mapping_not_found"
    assert "projekt" in caught.value.params["known"]


def test_a_file_that_is_no_mapping_is_refused(tmp_path):
    path = tmp_path / "big.toml"
    path.write_bytes(b"x" * 300_000)
    with pytest.raises(MappingError):
        load_mapping(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(MappingError):
        load_mapping(path)


def test_every_kind_can_be_mapped_from_its_required_fields_alone():
    for kind, spec in KINDS.items():
        fields = "\n".join(f'{name} = "{name}"' for name in sorted(spec.required))
        text = f'kind = "{kind}"\n[key]\ncolumns = "id"\n[fields]\n{fields}'
        assert parse_mapping(text).kind is kind


def test_the_swedish_templates_read_swedish_lists():
    row = {
        "Projektnamn": "Nytt ärendesystem",
        "Fas": "Genomförande",
        "Startdatum": "5 mars 2026",
        "Beslutad budget": "1,5 Mkr",
        "Prognos": "1\u00a0620\u00a0000 kr",
        "Status": "GUL",
    }
    result = load_mapping("projekt").read_row(row)
    assert result.errors == ()
    assert result.external_key == "Nytt ärendesystem"
    assert result.fields["phase"] == "executing"
    assert result.fields["approved_budget"] == 1_500_000
    assert result.fields["forecast_cost"] == 1_620_000
    assert (result.fields["reported_colour"], result.fields["reported_word"]) == ("amber", "GUL")

    ticket = load_mapping("arenden").read_row(
        {"Ärendenummer": "A1", "Skapat": "2026-07-01 09:00", "Prioritet": "hög", "Status": "Löst"},
    )
    assert ticket.errors == ()
    assert ticket.fields["opened_at"].isoformat() == "2026-07-01T07:00:00+00:00"
    assert (ticket.fields["priority"], ticket.fields["status"]) == (2, "resolved")

    service = load_mapping("tjanster").read_row({"Tjänst": "E-post", "Status": "I drift"})
    assert (service.fields["name"], service.fields["status"]) == ("E-post", "operational")
