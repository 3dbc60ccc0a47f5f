"""Files to fill in: for each kind a table that its own mapping reads without a refusal."""

from exchange.domain.kinds import Kind
from exchange.domain.loading import parse_mapping
from exchange.domain.mapping import Mapping
from exchange.mappings import load_mapping, mapping_names, mapping_text

#: which shipped mapping a person's own first list is read with, by language
OWN_LISTS: dict[str, dict[Kind, str]] = {
    "en": {
        Kind.PEOPLE: "people",
        Kind.UNITS: "units",
        Kind.PROJECTS: "projects",
        Kind.SERVICES: "services",
        Kind.IMPROVEMENTS: "improvements",
        Kind.TICKETS: "tickets",
        Kind.OUTAGES: "outages",
        Kind.MEASURES: "measures",
    },
    "sv": {
        Kind.PEOPLE: "personer",
        Kind.UNITS: "enheter",
        Kind.PROJECTS: "projekt",
        Kind.SERVICES: "tjanster",
        Kind.IMPROVEMENTS: "forbattringar",
        Kind.TICKETS: "arenden",
        Kind.OUTAGES: "avbrott",
        Kind.MEASURES: "matvarden",
    },
}


def own_list(kind: Kind, language: str) -> str:
    """Return the name of the mapping for a person's own list of that kind."""
    return OWN_LISTS.get(language, OWN_LISTS["en"])[kind]


def mappings_of(kind: Kind, language: str) -> list[tuple[str, str]]:
    """Return (name, title) of the shipped mappings of a kind, the one for own lists first."""
    first = own_list(kind, language)
    found = [load_mapping(name) for name in mapping_names()]
    fitting = [(mapping.name, mapping.title) for mapping in found if mapping.kind is kind]
    return sorted(fitting, key=lambda pair: (pair[0] != first, pair[1].casefold()))


def known_lists(kind: Kind, language: str, *, currency: str, zone: str) -> list[Mapping]:
    """Return what reads a person's own lists in every language, theirs first."""
    names = dict.fromkeys([own_list(kind, language), *(one[kind] for one in OWN_LISTS.values())])
    return [
        parse_mapping(mapping_text(name)[1], name=name, currency=currency, zone=zone)
        for name in names
    ]


def columns_to_fill(kind: Kind, language: str) -> list[str]:
    """Return the columns of the table to fill in."""
    mapping = load_mapping(own_list(kind, language))
    columns = [column for reader in mapping.readers for column in reader.columns]
    key = [column for column in mapping.key if column not in columns]
    return list(dict.fromkeys([*key, *columns]))


#: an ordinary value of each field, in the words of the mapping for own lists
_EXAMPLES: dict[str, str] = {
    "external_id": "A-17",
    "email": "anna.berg@example.org",
    "starts_on": "2026-01-12",
    "planned_finish_on": "2026-12-18",
    "baseline_finish_on": "2026-11-30",
    "forecast_finish_on": "2027-01-29",
    "approved_budget": "1250000",
    "current_budget": "1250000",
    "forecast_cost": "1310000",
    "actual_cost": "640000",
    "opened_at": "2026-03-05 09:01",
    "resolved_at": "2026-03-05 11:30",
    "starts_at": "2026-03-05 09:00",
    "ends_at": "2026-03-05 10:15",
    "priority": "2",
    "period_on": "2026-03-31",
    "value": "99.2",
    "n": "310",
    "tier": "2",
    "effort_days": "5",
}
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "name": "Example, replace this row",
        "title": "Example, replace this row",
        "phase": "executing",
        "reported_colour": "green",
        "status": "operational",
        "kind": "unplanned",
    },
    "sv": {
        "name": "Exempel, ersätt raden",
        "title": "Exempel, ersätt raden",
        "phase": "Genomförande",
        "reported_colour": "Grön",
        "status": "I drift",
        "kind": "Avbrott",
        "priority": "Hög",
    },
}
_OF_KIND: dict[tuple[Kind, str], dict[str, str]] = {
    (Kind.TICKETS, "en"): {"status": "resolved"},
    (Kind.TICKETS, "sv"): {"status": "Löst"},
    (Kind.MEASURES, "en"): {"service": "E-mail", "measure": "Availability, %"},
    (Kind.MEASURES, "sv"): {"service": "E-post", "measure": "Tillgänglighet, %"},
    (Kind.OUTAGES, "en"): {"service": "E-mail"},
    (Kind.OUTAGES, "sv"): {"service": "E-post"},
}


def example_row(columns: list[str], kind: Kind, language: str) -> list[str]:
    """Return one filled row for those columns; columns without a known value stay empty.

    No unit, person or role is named: they would have to exist.
    """
    language = language if language in OWN_LISTS else "en"
    values = {**_EXAMPLES, **_WORDS[language], **_OF_KIND.get((kind, language), {})}
    mapping = load_mapping(own_list(kind, language))
    keyed = dict.fromkeys(mapping.key, values["external_id"])
    by_column = keyed | {
        column: values.get(reader.name, "")
        for reader in mapping.readers
        for column in reader.columns
    }
    return [by_column.get(column, "") for column in columns]
