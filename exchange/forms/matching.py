"""The form that says what a file's columns are: a field, a key, and what the cells leave open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from common.errors import Refused
from common.web.forms import RecordForm
from common.web.once import new_key
from common.wording import say
from exchange.actions import checked_mapping
from exchange.asking import PARENTS, answer_label, question_help, question_label
from exchange.domain.kinds import KINDS, FieldType, Kind
from exchange.domain.mapping import Mapping as KnownList
from exchange.domain.matching import (
    DROP,
    GATE,
    KEEP,
    MOST_WORDS,
    NOTHING,
    REPORT,
    Matching,
    WordList,
    targets_of,
    with_words,
    word_lists,
)
from exchange.domain.proposing import with_scales
from exchange.domain.questions import SETTINGS, Ground, Question, questions
from exchange.domain.survey import Column, Survey
from exchange.domain.writing import mapping_toml, parents_of
from exchange.showing import code_label
from exchange.wording import KIND_LABELS, field_label

_SCALES = (
    ("1", gettext_lazy("as they stand")),
    ("1000", gettext_lazy("thousands")),
    ("1000000", gettext_lazy("millions")),
)
_MARK = ";"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnRow:
    """One column of the file as the page prints it."""

    column: Column
    target: BoundField
    key: BoundField


@dataclass(frozen=True, slots=True, kw_only=True)
class WordTable:
    """The words of one column, each with a choice of ours beside it."""

    title: str
    column: str
    too_many: bool
    fields: Sequence[BoundField]


def said(data: Mapping[str, Any], kind: Kind, survey: Survey) -> Matching:
    """Return what posted fields say, whether or not it is whole."""
    allowed = {KEEP, DROP, *targets_of(kind), *([GATE] if KINDS[kind].has_gates else [])}
    names = survey.names
    targets = {name: data.get(f"target-{at}", KEEP) for at, name in enumerate(names)}
    return Matching(
        title=" ".join(data.get("title", "").split()),
        targets={name: one if one in allowed else KEEP for name, one in targets.items()},
        key=tuple(name for at, name in enumerate(names) if data.get(f"key-{at}")),
        missing=tuple(
            word.strip() for word in data.get("missing", "").split(_MARK) if word.strip()
        ),
        settings={name: data[f"ask-{name}"] for name in SETTINGS if data.get(f"ask-{name}")},
        scales={
            name: data[f"scale-{at}"]
            for at, name in enumerate(names)
            if data.get(f"scale-{at}") in dict(_SCALES)
        },
        words={
            column.name: {
                word: data[f"word-{at}-{place}"]
                for place, word in enumerate(column.cells)
                if f"word-{at}-{place}" in data
            }
            for at, column in enumerate(survey.columns)
        },
        creates=bool(data.get("creates")),
    )


class MatchForm(RecordForm):
    """What each column is; the fields follow from the file, and the questions from the answers."""

    title = forms.CharField(
        label=gettext_lazy("Name of the list"),
        max_length=60,
        help_text=gettext_lazy(
            "The next edition of the same list, under the same name, updates what this one brings."
        ),
    )
    missing = forms.CharField(
        label=gettext_lazy("Words that mean that nothing is known"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Separated by semicolons. Empty cells always do."),
    )
    creates = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: Kind,
        survey: Survey,
        root: Unit,
        known: Sequence[KnownList],
        matching: Matching,
    ) -> None:
        self.kind, self.survey, self.root = kind, survey, root
        stated = with_scales(kind, said(data, kind, survey) if data is not None else matching)
        self.matching = with_words(kind, survey, stated, known)
        ground = Ground(currency=root.currency, zone=root.zone)
        self.asked = questions(kind, survey, self.matching, ground)
        self.lists = word_lists(kind, survey, self.matching)
        super().__init__(data)
        self._add_fields()
        if data is not None:
            self.data = self._with_what_was_not_asked(data)

    def _add_fields(self) -> None:
        stated = self.matching
        self.fields["title"].initial = stated.title
        self.fields["missing"].initial = f"{_MARK} ".join(stated.missing)
        self._add_parents()
        for at, column in enumerate(self.survey.columns):
            self.fields[f"target-{at}"] = self._target(column)
            self.fields[f"key-{at}"] = forms.BooleanField(
                label=_("%(column)s identifies a record") % {"column": column.name},
                required=False,
                initial=column.name in stated.key,
            )
            if column.name in stated.columns_of(self.kind, FieldType.MONEY):
                self.fields[f"scale-{at}"] = forms.ChoiceField(
                    label=_("Amounts in %(column)s") % {"column": column.name},
                    choices=_SCALES,
                    initial=stated.scales.get(column.name, "1"),
                )
        for question in self.asked:
            self.fields[f"ask-{question.setting}"] = self._question(question)
        for words in self.lists:
            for name, word in self._names(words):
                self.fields[name] = self._word(words, word)

    def _add_parents(self) -> None:
        parents = parents_of(self.kind)
        if parents:
            self.fields["creates"].label = str(PARENTS[parents])
            self.fields["creates"].initial = self.matching.creates
        else:
            del self.fields["creates"]

    def _target(self, column: Column) -> forms.ChoiceField:
        spec = KINDS[self.kind]
        own = [
            (name, _required(name, is_required=name in spec.required))
            for name in targets_of(self.kind)
        ]
        milestone = [(GATE, _("Milestone: a date"))] if spec.has_gates else []
        return forms.ChoiceField(
            label=column.name,
            required=False,
            choices=[
                (KEEP, _("Keep as text beside the record")),
                (DROP, _("Leave in the file, store nothing")),
                (str(KIND_LABELS[self.kind.value]), [*own, *milestone]),
            ],
            initial=self.matching.targets.get(column.name, KEEP),
        )

    def _question(self, question: Question) -> forms.ChoiceField:
        empty = [] if question.proposed else [("", _("Choose"))]
        return forms.ChoiceField(
            label=question_label(question),
            choices=[
                *empty,
                *((one.value, answer_label(question, one, self.root)) for one in question.choices),
            ],
            initial=self.matching.settings.get(question.setting, question.proposed),
            help_text=question_help(question),
            error_messages={"required": say("exchange.match.unanswered")},
        )

    def _word(self, words: WordList, word: str) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=word,
            required=False,
            choices=[
                (REPORT, _("Not matched: report it")),
                (NOTHING, _("No value")),
                *((code, code_label(self.kind, words.field, code)) for code in words.codes),
            ],
            initial=self.matching.words.get(words.column, {}).get(word, REPORT),
        )

    def _names(self, words: WordList) -> Iterator[tuple[str, str]]:
        """Yield the form's name of each word, which stays its own whatever else is said."""
        at = self.survey.names.index(words.column)
        places = {cell: place for place, cell in enumerate(self.survey.columns[at].cells)}
        for word in words.words:
            yield f"word-{at}-{places[word]}", word

    def _with_what_was_not_asked(self, data: Any) -> Any:
        """Return the posted data with what is proposed where a field was not on the page yet."""
        filled = data.copy()
        self.fresh = [
            name
            for name in self.fields
            if name.startswith(("ask-", "word-", "scale-")) and name not in data
        ]
        for name in self.fresh:
            filled[name] = self.get_initial_for_field(self.fields[name], name)
        self.matching = with_words(self.kind, self.survey, said(filled, self.kind, self.survey), ())
        return filled

    def renew(self) -> None:
        """After a refusal: let the form be sent anew."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict has it
        data["form_key"] = new_key()
        self.data = data

    @property
    def columns(self) -> list[ColumnRow]:
        """The file's columns with their controls."""
        return [
            ColumnRow(
                column=column,
                target=self[f"target-{at}"],
                key=self[f"key-{at}"],
            )
            for at, column in enumerate(self.survey.columns)
        ]

    @property
    def open_questions(self) -> list[BoundField]:
        """What the cells leave open."""
        return [self[f"ask-{question.setting}"] for question in self.asked]

    @property
    def scales(self) -> list[BoundField]:
        """What amounts are stated in, column by column."""
        return [self[name] for name in self.fields if name.startswith("scale-")]

    @property
    def word_tables(self) -> list[WordTable]:
        """The words that want one of ours."""
        return [
            WordTable(
                title=field_label(words.field),
                column=words.column,
                too_many=words.too_many,
                fields=[self[name] for name, _word in self._names(words)],
            )
            for words in self.lists
        ]

    def clean(self) -> dict[str, Any]:
        """Return the data; what is matched twice, to nothing, or leaves no key is told."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_targets()
        self._check_key()
        self._check_words()
        if not self.errors:
            try:
                checked_mapping(
                    self.matching.title,
                    mapping_toml(self.kind, self.survey, self.matching),
                    kind=self.kind,
                    root=self.root,
                )
            except Refused as refusal:
                self.add_error(None, str(refusal))
        return data

    def _check_targets(self) -> None:
        first: dict[str, str] = {}
        for at, (column, target) in enumerate(self.matching.targets.items()):
            if target in {KEEP, DROP, GATE}:
                continue
            if target in first:
                told = {"field": field_label(target), "column": first[target]}
                self.add_error(f"target-{at}", say("exchange.match.twice", told))
            first.setdefault(target, column)
        spec = KINDS[self.kind]
        for name in targets_of(self.kind):
            is_needed = name in spec.required and spec.fields[name].otherwise is None
            if is_needed and name not in first:
                self.add_error(None, say("exchange.match.missing", {"field": field_label(name)}))

    def _check_key(self) -> None:
        if not self.matching.key:
            self.add_error(None, say("exchange.match.no_key"))
        for at, (column, target) in enumerate(self.matching.targets.items()):
            if target == DROP and column in self.matching.key:
                self.add_error(f"target-{at}", say("exchange.match.key_dropped"))

    def _check_words(self) -> None:
        for words in self.lists:
            if words.too_many:
                at = self.survey.names.index(words.column)
                told = {"field": field_label(words.field), "most": MOST_WORDS}
                self.add_error(f"target-{at}", say("exchange.match.too_many", told))
        for name in self.fresh:
            if name.startswith("word-") and not self.cleaned_data.get(name):
                self.add_error(name, say("exchange.match.new_word"))


def _required(name: str, *, is_required: bool) -> str:
    label = field_label(name)
    return _("%(field)s (needed)") % {"field": label} if is_required else label
