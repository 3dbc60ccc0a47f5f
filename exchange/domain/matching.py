"""Which column of a file is which field of ours, as a person says it."""

from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from common.domain.parsing import ParseError
from exchange.domain.cells import fold
from exchange.domain.kinds import KINDS, TIERS, Field, FieldType, Kind
from exchange.domain.mapping import Mapping
from exchange.domain.survey import Survey

KEEP, DROP, GATE = "", "drop", "gate"
"""What a column can be besides a field: kept as it is, left in the file, a dated milestone."""

REPORT, NOTHING = "", "nothing"
"""What a word can be besides one of ours: told as a fault, or no value at all."""

WORD_OF = {"reported_colour": "reported_word", "status": "status_word"}
"""Fields whose cells are kept as they were written, and where."""

MOST_WORDS = 40
_NOT_A_NAME = {"external_id", *WORD_OF.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """What a person says of a file.

    ``targets`` gives each column's field (or KEEP, DROP, GATE), ``key`` the columns that identify a
    record, ``missing`` the words for no value. ``settings`` answer what the cells leave open,
    ``scales`` say what amounts are stated in, ``words`` give ours for the file's, by column.
    """

    title: str
    targets: dict[str, str]
    key: tuple[str, ...]
    missing: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)
    scales: dict[str, str] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    creates: bool = True

    def columns_of(self, kind: Kind, *types: FieldType) -> list[str]:
        """Return the columns that fill a field of one of these types; milestones are dates."""
        fields = KINDS[kind].fields
        return [
            column
            for column, target in self.targets.items()
            if (target == GATE and FieldType.DATE in types)
            or (target in fields and fields[target].type in types)
        ]

    def is_missing(self, cell: str) -> bool:
        """Return whether a cell stands for no value."""
        return not cell or fold(cell) in {fold(word) for word in self.missing}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """The words of a column that fills a field with a fixed set of values.

    Where there are too many of them, none is listed: whatever it is, it is not that field.
    """

    column: str
    field: str
    words: tuple[str, ...]
    codes: tuple[str, ...]
    too_many: bool


def pack(matching: Matching) -> dict[str, Any]:
    """Return a matching as JSON can hold it."""
    return asdict(matching)


def unpack(packed: Table[str, Any]) -> Matching:
    """Return a matching from what JSON held."""
    lists = {name: tuple(packed[name]) for name in ("key", "missing")}
    return Matching(**{**packed, **lists})


def fitted(matching: Matching, names: Sequence[str]) -> Matching:
    """Return what was said of another file of the same columns, by the names this one has."""
    own = {fold(name): name for name in names}

    def to(column: str) -> str:
        return own.get(fold(column), "")

    targets = {to(column): target for column, target in matching.targets.items() if to(column)}
    return replace(
        matching,
        targets={name: targets.get(name, KEEP) for name in names},
        key=tuple(to(column) for column in matching.key if to(column)),
        scales={to(column): scale for column, scale in matching.scales.items() if to(column)},
        words={to(column): words for column, words in matching.words.items() if to(column)},
    )


def targets_of(kind: Kind) -> list[str]:
    """Return the fields a column can be matched to, in the kind's order, required ones first."""
    spec = KINDS[kind]
    names = [
        name for name, one in spec.fields.items() if not one.log_only and name not in _NOT_A_NAME
    ]
    return sorted(names, key=lambda name: name not in spec.required)


def word_lists(kind: Kind, survey: Survey, matching: Matching) -> list[WordList]:
    """Return the words that want one of ours beside them."""
    found = []
    for name, target in matching.targets.items():
        one = KINDS[kind].fields.get(target)
        codes = codes_of(one) if one else ()
        if one is None or not codes:
            continue
        column = survey.column(name)
        words = [cell for cell in column.cells if not matching.is_missing(cell)]
        too_many = column.is_cut or len(words) > MOST_WORDS
        if one.type is FieldType.CODE or any(not _is_read(word, one) for word in words):
            found.append(
                WordList(
                    column=name,
                    field=target,
                    words=() if too_many else tuple(words),
                    codes=codes,
                    too_many=too_many,
                )
            )
    return found


def codes_of(one: Field) -> tuple[str, ...]:
    """Return the values a field can hold, where they are few."""
    if one.codes == TIERS:
        return one.codes[:4]  # the others are names of the same
    if one.type is FieldType.BOOLEAN:
        return ("true", "false")
    if one.type is FieldType.INTEGER and one.highest is not None and one.highest < 10:
        return tuple(str(number) for number in range(one.lowest or 0, one.highest + 1))
    return one.codes


def _is_read(word: str, one: Field) -> bool:
    """Return whether a word needs nobody to say what it means."""
    if one.type is FieldType.BOOLEAN:
        return fold(word) in {"true", "false", "yes", "no", "ja", "nej", "0", "1"}
    return fold(word) in codes_of(one)


def with_words(
    kind: Kind, survey: Survey, matching: Matching, known: Iterable[Mapping]
) -> Matching:
    """Return the matching with a word of ours for each of the file's that is known.

    What a person has said stays, and is dropped where the column is another field by now.
    """
    words = {}
    readers = list(known)
    for asked in word_lists(kind, survey, matching):
        allowed = {*asked.codes, REPORT, NOTHING}
        stated = matching.words.get(asked.column, {})
        mine = {word: ours for word, ours in stated.items() if ours in allowed}
        for word in asked.words:
            if word not in mine:
                mine[word] = known_word(asked, word, readers)
        words[asked.column] = mine
    return replace(matching, words=words)


def known_word(asked: WordList, word: str, known: Iterable[Mapping]) -> str:
    """Return our word for one of a file's, by whichever known list has it; REPORT for none."""
    if fold(word) in asked.codes:
        return fold(word)
    for mapping in known:
        for reader in mapping.readers:
            if reader.name != asked.field:
                continue
            try:
                value = reader.read(word)
            except ParseError:
                continue
            said = str(value).casefold()
            if said in asked.codes:
                return said
    return REPORT
