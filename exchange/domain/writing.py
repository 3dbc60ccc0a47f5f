"""A person's matching as the TOML text of an ordinary mapping: what is asked becomes settings."""

import json
from collections.abc import Iterable, Sequence

from common.domain.parsing import parse_date
from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.domain.matching import DROP, GATE, NOTHING, WORD_OF, Matching
from exchange.domain.questions import cells_of, convention_of, counts_in, fault_of, order_of
from exchange.domain.survey import Survey

_PARENTS = {
    Kind.TICKETS: "services",
    Kind.OUTAGES: "services",
    Kind.MEASURES: "services",
    Kind.PEOPLE: "units",
    Kind.UNITS: "units",
    Kind.PROJECTS: "units",
    Kind.SERVICES: "units",
}
_DATES = (FieldType.DATE, FieldType.DATETIME)


def parents_of(kind: Kind) -> str:
    """Return what a file of that kind names and may bring along: units, services, or nothing."""
    return _PARENTS.get(kind, "")


def mapping_toml(kind: Kind, survey: Survey, matching: Matching) -> str:
    """Return the mapping that reads the file as the person has said."""
    parts = [
        _top(kind, matching),
        _table("file", _file(survey)),
        _table("cells", _cells(kind, survey, matching)),
        _table("key", [("columns", _list(matching.key))]),
        _table("fields", _fields(kind, survey, matching)),
        *_values(kind, matching),
        *_gates(kind, survey, matching),
        _table("create", [(parents_of(kind), "true")] if _creates(kind, matching) else []),
    ]
    return "\n".join(part for part in parts if part)


def _creates(kind: Kind, matching: Matching) -> bool:
    return matching.creates and bool(parents_of(kind))


def quoted(text: str) -> str:
    """Return a TOML string. JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(quoted(text) for text in texts) + "]"


def _table(name: str, settings: Sequence[tuple[str, str]]) -> str:
    if not settings:
        return ""
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in settings)


def _top(kind: Kind, matching: Matching) -> str:
    lines = [
        ("kind", quoted(kind.value)),
        ("title", quoted(matching.title)),
        ("source", quoted(matching.title)),
    ]
    dropped = [column for column, target in matching.targets.items() if target == DROP]
    if dropped:
        lines.append(("dropped", _list(dropped)))
    return "".join(f"{key} = {value}\n" for key, value in lines)


def _file(survey: Survey) -> list[tuple[str, str]]:
    found = []
    if survey.header_row != 1:
        found.append(("header_row", str(survey.header_row)))
    if survey.sheet:
        found.append(("sheet", quoted(survey.sheet)))
    if survey.records:
        found.append(("records", quoted(survey.records)))
    return found


def _cells(kind: Kind, survey: Survey, matching: Matching) -> list[tuple[str, str]]:
    found = []
    if matching.missing:
        found.append(("missing", _list(matching.missing)))
    settings = matching.settings
    found += [
        (name, quoted(settings[name]))
        for name in ("date_order", "zone", "clocks_back")
        if settings.get(name)
    ]
    counted = settings.get("numbers_as", "")
    if counted == "days":
        found.append(("serial_dates", "true"))
    elif counted:
        found.append(("epoch", quoted(counted)))
    if convention := convention_of(survey, matching, kind):
        found.append(("decimal", quoted(convention.decimal)))
        if convention.thousands:
            found.append(("thousands", quoted(convention.thousands)))
    if settings.get("rounding") == "round":
        found.append(("rounding", "true"))
    return found


def _fields(kind: Kind, survey: Survey, matching: Matching) -> list[tuple[str, str]]:
    spec = KINDS[kind]
    found = []
    for name, field in spec.fields.items():
        for column in (c for c, target in matching.targets.items() if target == name):
            how = [("column", quoted(column))]
            how += _words_said(kind, matching, column)
            if field.type in _DATES:
                how += _time(kind, survey, matching, column)
            if field.type is FieldType.MONEY and matching.scales.get(column, "1") != "1":
                how.append(("scale", matching.scales[column]))
            if name not in spec.required and column not in matching.key:
                how.append(("optional", "true"))
            inline = ", ".join(f"{key} = {value}" for key, value in how)
            found.append((name, quoted(column) if len(how) == 1 else f"{{ {inline} }}"))
    return found


def _words_said(kind: Kind, matching: Matching, column: str) -> list[tuple[str, str]]:
    target = matching.targets[column]
    said = matching.words.get(column, {})
    found = []
    if any(value not in {"", NOTHING} for value in said.values()):
        found.append(("values", quoted(target)))
    if nothing := [word for word, value in said.items() if value == NOTHING]:
        found.append(("missing", _list([*matching.missing, *nothing])))
    word = WORD_OF.get(target, "")
    if word in KINDS[kind].fields:
        found.append(("word", quoted(word)))
    return found


def _time(kind: Kind, survey: Survey, matching: Matching, column: str) -> list[tuple[str, str]]:
    """Return what a time of day means on a day, or its absence on a moment."""
    if column in matching.columns_of(kind, FieldType.DATETIME):
        stated = matching.settings.get("bare_days") == "midnight"
        return [("time", quoted("midnight"))] if stated else []
    order = order_of(matching)
    timed = any(
        fault_of(lambda cell=cell: parse_date(cell, order=order)) == "date_has_time"  # type: ignore[misc]
        for _column, cell in cells_of(survey, matching, [column])
    )
    counted = "numbers_as" in matching.settings and any(
        name == column for name, _cell in counts_in(kind, survey, matching)
    )
    return [("time", quoted("drop"))] if timed or counted else []


def _values(kind: Kind, matching: Matching) -> list[str]:
    """Return the tables of words, each under its field's name."""
    tables = []
    for column, said in matching.words.items():
        field = KINDS[kind].fields.get(matching.targets.get(column, ""))
        if field is None:
            continue
        is_text = field.type is FieldType.CODE
        lines = [
            (quoted(word), quoted(value) if is_text else value)
            for word, value in said.items()
            if value not in {"", NOTHING}
        ]
        tables.append(_table(f"values.{field.name}", lines))
    return tables


def _gates(kind: Kind, survey: Survey, matching: Matching) -> list[str]:
    """Return the milestones: each by its column's name, on the day that stands there."""
    return [
        "[[gates]]\n"
        + "".join(
            f"{key} = {value}\n"
            for key, value in [
                ("name", quoted(column)),
                ("dated", quoted(column)),
                *_time(kind, survey, matching, column),
            ]
        )
        for column, target in matching.targets.items()
        if target == GATE
    ]
