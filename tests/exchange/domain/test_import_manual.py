"""docs/import.md says what the mapping language is: its tables and examples are held to it."""

import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from common.tabular import open_table
from exchange.domain import kinds
from exchange.domain.kinds import KINDS, Kind
from exchange.domain.loading import parse_mapping
from exchange.domain.log import fold_tickets
from exchange.domain.settings import CELL_SETTINGS
from exchange.mappings import mapping_names

MANUAL = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", MANUAL, flags=re.DOTALL)
MAPPINGS = [text for language, text in BLOCKS if language == "toml" and text.startswith("kind")]
FILES = [text for language, text in BLOCKS if not language and not text.startswith("manage.py")]


def rows_of(mapping, text):
    content = text.encode(mapping.file.encoding or "utf-8")
    with open_table(io.BytesIO(content), separator=mapping.file.separator) as table:
        mapping.check_columns(table.columns)
        return [mapping.read_row(row.cells) for row in table]


def test_the_smallest_mapping_works():
    assert parse_mapping(MAPPINGS[0]).kind is Kind.PROJECTS


def test_the_register_of_the_manual_reads_as_it_says():
    rows = rows_of(parse_mapping(MAPPINGS[1]), FILES[0])
    assert [row.errors for row in rows] == [(), ()]
    assert rows[0].fields["approved_budget"] == 1_250_000
    assert rows[0].fields["starts_on"] == date(2026, 3, 5)
    assert rows[0].fields["reported_colour"] == "amber"
    assert rows[0].fields["reported_word"] == "Gult ljus"
    assert rows[1].fields["reported_colour"] is None
    assert rows[1].fields["planned_finish_on"] is None
    careless = parse_mapping(MAPPINGS[1].replace(', "ej klart"', ""))
    (error,) = rows_of(careless, FILES[0])[1].errors
    assert (error.column, error.code) == ("Slut (plan)", "not_a_date")


def test_the_log_of_the_manual_reads_as_it_says():
    (ticket,) = fold_tickets(rows_of(parse_mapping(MAPPINGS[2]), FILES[1]))
    assert ticket.fields["service"] == "Lön"
    assert ticket.fields["opened_at"] == datetime(2026, 3, 5, 8, 1, tzinfo=UTC)
    assert ticket.fields["closed_at"] == datetime(2026, 3, 6, 7, 15, tzinfo=UTC)
    assert [event.at for event in ticket.events if event.paused] == [
        datetime(2026, 3, 5, 8, 40, tzinfo=UTC),
    ]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_field_of_every_kind_is_in_the_manual_and_no_other(kind):
    line = re.search(rf"^\| `{kind}` \| (.*) \|$", MANUAL, flags=re.MULTILINE)[1]
    told = re.sub(r"\([^)]*\)", "", line)
    words = set(re.findall(r"[a-z]+(?:_[a-z]+)*", told)) - {
        "in",
        "a",
        "log",
        "also",
        "instead",
        "and",
    }
    spec = KINDS[kind]
    assert words - {"gates"} == set(spec.fields)
    assert ("gates" in words) is spec.has_gates
    assert spec.required - {"service"} <= set(re.findall(r"\*\*(\w+)\*\*", line))


@pytest.mark.parametrize(
    "codes",
    [
        kinds.PHASES,
        kinds.COLOURS,
        kinds.SERVICE_STATUSES,
        kinds.TICKET_STATUSES,
        kinds.OUTAGE_KINDS,
        kinds.TIERS,
        kinds.UNIT_KINDS,
    ],
)
def test_every_fixed_word_is_in_the_manual(codes):
    assert f"| {', '.join(codes)} |" in MANUAL


def test_every_setting_for_cells_is_in_the_manual():
    assert all(f"| `{setting}` |" in MANUAL for setting in CELL_SETTINGS)


def test_every_shipped_mapping_is_in_the_manual():
    listed = MANUAL[MANUAL.index("## Shipped mappings") :]
    for name in mapping_names():
        stem, _, year = name.rpartition("-")
        assert f"`{name}`" in listed or (f"`{stem}-" in listed and f"`-{year}`" in listed)
