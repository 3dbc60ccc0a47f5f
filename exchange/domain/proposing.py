"""What a file's headers and cells say by themselves: proposed, for a person to look through."""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Table
from dataclasses import replace
from difflib import get_close_matches

from common.domain.parsing import ParseError, parse_date, parse_money
from exchange.domain.cells import fold
from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.domain.mapping import Mapping
from exchange.domain.matching import (
    DROP,
    KEEP,
    MOST_WORDS,
    Matching,
    codes_of,
    targets_of,
    with_words,
)
from exchange.domain.survey import Column, Survey

_MILLIONS = r"\b(?:mkr|mnkr|msek|mnok|mdkk|meur|m€|m£|m\$|million(?:er|s)?)\b|[£€$]m\b"
_THOUSANDS = r"\b(?:tkr|kkr|ksek|tsek|k€|k£|k\$|thousands?|tusen(?:tal)?)\b|[£€$]k\b"
_SCALES = (("1000000", re.compile(_MILLIONS)), ("1000", re.compile(_THOUSANDS)))
_MISSING = ("-", "–", "n/a", "na", "none", "null", "unknown", "saknas", "okänt", "ej beslutat")
_ALIKE = 0.85
#: numbers of persons, which nothing here needs
_OF_PERSONS = re.compile(
    r"person(?:al )?(?:nummer|nr|number|identity)|social security|telefon|phone"
)
_COUNT = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?|[0-9]{10}(?:[0-9]{3})?")
_NO_DATE = {"not_a_date", "date_impossible", "date_out_of_range", "empty"}
_NO_NUMBER = {"not_a_number", "number_not_finite", "empty"}


def proposed(kind: Kind, survey: Survey, known: Sequence[Mapping], *, title: str) -> Matching:
    """Return what the headers say by themselves, by the lists of ours that ``known`` reads."""
    found, key = _by_name(kind, survey.names, known)
    found |= _by_likeness(kind, survey.names, known, found)
    targets = {
        column.name: target
        if could_be(target := found.get(column.name, KEEP), kind, column)
        else KEEP
        for column in survey.columns
    }
    named = [name for name, target in targets.items() if target in {"name", "title", "email"}]
    matching = Matching(
        title=title,
        targets=targets,
        key=key or tuple(named[:1]),
        missing=tuple(_missing_words(survey)),
    )
    return with_words(kind, survey, with_scales(kind, matching), known)


def _by_name(
    kind: Kind, names: Sequence[str], known: Sequence[Mapping]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the columns that ``known`` finds by name or alias, and the key of the first it has."""
    allowed = set(targets_of(kind))
    targets: dict[str, str] = {}
    key: tuple[str, ...] = ()
    for mapping in known:
        fitted = mapping.fitted(names)
        for name, columns in _fields_and_columns(fitted):
            found = [column for column in columns if column in names and column not in targets]
            if found and (name in allowed - set(targets.values()) or name == DROP):
                targets[found[0]] = name
        if not key and set(fitted.key) <= set(names):
            key = fitted.key
    return targets, key


def _fields_and_columns(mapping: Mapping) -> Iterator[tuple[str, tuple[str, ...]]]:
    for reader in mapping.readers:
        yield reader.name, reader.columns
    for column in sorted(mapping.dropped):
        yield DROP, (column,)


def _by_likeness(
    kind: Kind, names: Sequence[str], known: Sequence[Mapping], taken: Table[str, str]
) -> dict[str, str]:
    """Return fields for columns whose header is nearly a known one: "Project_Name (short)"."""
    heads: dict[str, str] = {name.replace("_", " "): name for name in targets_of(kind)}
    for mapping in known:
        for name, columns in _fields_and_columns(mapping):
            for column in columns:
                for head in (column, *mapping.aliases.get(column, ())):
                    heads.setdefault(_plain(head), name)
    allowed = {*targets_of(kind), DROP}
    found = {column: DROP for column in names if _OF_PERSONS.search(column.casefold())}
    for column in (name for name in names if name not in found):
        digits = re.findall(r"\d+", column)
        alike = [head for head in heads if re.findall(r"\d+", head) == digits]
        near = get_close_matches(_plain(column), alike, n=1, cutoff=_ALIKE)
        name = heads[near[0]] if near else ""
        used = {*taken.values(), *found.values()} - {DROP}
        if column not in taken and name in allowed and name not in used:
            found[column] = name
    return found


def _plain(header: str) -> str:
    """Return a header without what stands in brackets, without marks and units of money."""
    plain = header.casefold()
    for _scale, said in _SCALES:
        plain = said.sub(" ", plain)
    return " ".join(re.sub(r"\([^)]*\)|[^\w]|_", " ", plain).split())


def scale_said(header: str) -> str:
    """Return what amounts are stated in by a column's header: "Budget (tkr)" is in thousands."""
    return next((scale for scale, said in _SCALES if said.search(header.casefold())), "1")


def with_scales(kind: Kind, matching: Matching) -> Matching:
    """Return the matching with what each column of amounts is stated in, by its header at first."""
    money = matching.columns_of(kind, FieldType.MONEY)
    scales = {column: matching.scales.get(column, scale_said(column)) for column in money}
    return replace(matching, scales=scales)


def _missing_words(survey: Survey) -> Iterator[str]:
    """Yield the words of the file that say that there is no value."""
    found = {fold(cell): cell for column in survey.columns for cell in column.texts}
    yield from (found[word] for word in _MISSING if word in found)


def could_be(target: str, kind: Kind, column: Column) -> bool:
    """Return whether any of a column's cells can be read as that field; an empty column may be."""
    one = KINDS[kind].fields.get(target)
    if one is None or not column.cells:
        return True
    if codes_of(one):
        return len(column.cells) <= MOST_WORDS and not column.is_cut
    if one.type in {FieldType.DATE, FieldType.DATETIME}:
        return any(
            _date_fault(cell) not in _NO_DATE or _COUNT.fullmatch(cell) for cell in column.cells
        )
    if one.type in {FieldType.MONEY, FieldType.NUMBER, FieldType.INTEGER}:
        return any(_number_fault(cell) not in _NO_NUMBER for cell in column.cells)
    return one.type is not FieldType.EMAIL or any("@" in cell for cell in column.cells)


def _date_fault(cell: str) -> str:
    try:
        parse_date(cell, drop_time=True)
    except ParseError as refusal:
        return refusal.code
    return ""


def _number_fault(cell: str) -> str:
    try:
        parse_money(cell)
    except ParseError as refusal:
        return refusal.code
    return ""
