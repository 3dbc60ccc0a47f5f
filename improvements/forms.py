"""The shape of what people enter about improvements."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.access import people_for
from accounts.models import Unit, User
from common.web.forms import DayField, NumberField, RecordForm
from improvements import access
from improvements.actions.capture import SOURCE_OWNED
from improvements.domain.approvals import Deed, Office
from improvements.domain.lifecycle import OPEN
from improvements.filters import number_of, unit_label
from improvements.models import Improvement, Score, ScoringCriterion
from improvements.models.improvement import GRADES, ORIGINS, ROUTES
from improvements.models.scoring import HIGHEST
from improvements.wording import SENTENCES, method_name, office_name
from projects.access import visible_to as projects_visible_to
from services.access import visible_to as services_visible_to

#: how many names a field of records suggests; more are found by typing
SUGGESTED = 300
IMPACTS = [("3", "3"), ("2", "2"), ("1", "1"), ("0.5", "0,5"), ("0.25", "0,25")]


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class UnitField(forms.ModelChoiceField):
    """A unit, indented by its depth."""

    def label_from_instance(self, obj: Model) -> str:
        """Return the unit's name under its parents."""
        return unit_label(obj) if isinstance(obj, Unit) else str(obj)


class RecordField(forms.CharField):
    """A record by its key or its name: typed, with the first few hundred suggested.

    A choice of thousands would weigh more than the page; this finds them all. Cleans to the row,
    None when empty. `choose` says among which rows, by which field and key prefix.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows: QuerySet[Any] | None = None
        self.name_field, self.prefix = "name", ""

    def choose(self, rows: QuerySet[Any], *, name_field: str, prefix: str, list_id: str) -> None:
        """Set the rows to choose among, and the id of the list of suggestions."""
        self.rows, self.name_field, self.prefix = rows, name_field, prefix
        self.widget.attrs |= {"list": list_id, "autocomplete": "off"}

    def suggestions(self) -> list[str]:
        """Return the first rows as a person chooses them: name and key. One statement."""
        if self.rows is None:
            return []
        named = self.rows.order_by(self.name_field).values_list("pk", self.name_field)
        return [f"{name} ({self.prefix}-{pk})" for pk, name in named[:SUGGESTED]]

    def prepare_value(self, value: Any) -> Any:
        """Return a row as it is chosen."""
        if isinstance(value, Model):
            return f"{getattr(value, self.name_field)} ({self.prefix}-{value.pk})"
        return value

    def clean(self, value: Any) -> Any:
        """Return the one row that is meant; two that fit are named, none is said."""
        text = super().clean(value).strip()
        if not text or self.rows is None:
            return None
        number = number_of(text.rpartition("(")[2].rstrip(") "), self.prefix)
        found = [] if number is None else list(self.rows.filter(pk=number)[:1])
        for lookup in ("iexact", "icontains"):
            found = found or list(self.rows.filter(**{f"{self.name_field}__{lookup}": text})[:3])
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(
                _("Nothing you may see is called “%(text)s”."), "unknown", {"text": text}
            )
        names = ", ".join(str(self.prepare_value(row)) for row in found)
        raise ValidationError(_("Several fit: %(names)s."), "several", {"names": names})


class CaptureForm(RecordForm):
    """Two sentences and a place; everything else can wait."""

    title = forms.CharField(
        label=_("What should get better?"),
        max_length=200,
        error_messages={"required": SENTENCES["improvements.title_needed"]},
    )
    problem = forms.CharField(
        label=_("What is wrong today?"),
        widget=_text(3),
        error_messages={"required": SENTENCES["improvements.problem_needed"]},
        help_text=_("One sentence is enough. A figure helps: how often, how long, how many."),
    )
    service = RecordField(
        label=_("Service"),
        required=False,
        help_text=_("By name or number. Leave it empty if you do not know, and choose your unit."),
    )
    unit = UnitField(label=_("Unit"), queryset=Unit.objects.none(), required=False, empty_label="–")
    origin = forms.ChoiceField(
        label=_("Where does it come from?"), choices=ORIGINS, initial="person", required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = access.units_to_propose(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["service"].choose(  # type: ignore[attr-defined]  # a RecordField
            services_visible_to(user).filter(archived_at=None),
            name_field="name",
            prefix="SVC",
            list_id="capture-services",
        )
        if not self.is_bound and user.unit_id and "unit" not in self.initial:
            self.initial["unit"] = user.unit_id


class RowForm(RecordForm):
    """A form over one improvement: knows what differs after a conflict."""

    def values(self) -> dict[str, Any]:
        """Return what was entered, by field name, without the plumbing."""
        return {n: v for n, v in self.cleaned_data.items() if n not in {"form_key", "version"}}

    def differences(self, current: Model) -> list[dict[str, str]]:
        """Return the fields where the row as it stands now differs from what was typed."""
        rows = []
        for name, value in self.values().items():
            if not hasattr(current, name):
                continue
            theirs, yours = self._said(name, getattr(current, name)), self._said(name, value)
            if theirs != yours:
                rows.append(
                    {"field": str(self.fields[name].label), "theirs": theirs, "yours": yours}
                )
        return rows

    def _said(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if value is None or isinstance(value, Model):
            return str(value or "")
        if isinstance(value, bool):
            return str(_("yes") if value else _("no"))
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # pairs here
        return str(field.prepare_value(value))


class ImprovementForm(RowForm):
    """The facts of an improvement, grouped as the page shows them."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": SENTENCES["improvements.title_needed"]},
    )
    problem = forms.CharField(
        label=_("Problem"),
        widget=_text(4),
        error_messages={"required": SENTENCES["improvements.problem_needed"]},
    )
    origin = forms.ChoiceField(label=_("Origin"), choices=ORIGINS)
    unit = UnitField(label=_("Unit"), queryset=Unit.objects.none())
    is_confidential = forms.BooleanField(
        label=_("Confidential: only the people named on it get in"), required=False
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), required=False, empty_label="–"
    )
    benefit_owner = forms.ModelChoiceField(
        label=_("Benefit owner"),
        queryset=User.objects.none(),
        required=False,
        empty_label="–",
    )
    effort_days = NumberField(
        label=_("Effort, person-days"), required=False, least=Decimal(0), most=Decimal(999_999)
    )
    needs_outage = forms.BooleanField(label=_("It needs an outage"), required=False)
    needs_spend = forms.BooleanField(label=_("It needs money of its own"), required=False)
    route = forms.ChoiceField(
        label=_("Route"), choices=[("", _("not chosen")), *ROUTES], required=False
    )
    route_reason = forms.CharField(
        label=_("Why this route"),
        required=False,
        widget=_text(2),
        help_text=_("Needed when it is not the suggested one."),
    )
    expected_effect = forms.CharField(
        label=_("Expected effect"),
        required=False,
        widget=_text(2),
        help_text=_("One sentence: which measure moves, which way and how far."),
    )

    FIRST = ("title", "problem", "origin", "unit", "is_confidential")
    PEOPLE = ("owner", "benefit_owner")
    WAY = ("effort_days", "needs_outage", "needs_spend", "route", "route_reason")

    def __init__(self, *args: Any, user: Any, improvement: Improvement, **kwargs: Any) -> None:
        initial = {name: getattr(improvement, name) for name in self.base_fields if name in _FACTS}
        initial["version"] = improvement.version
        super().__init__(*args, initial=initial, **kwargs)
        root = improvement.unit.path[:7]
        units = access.units_to_propose(user).filter(path__startswith=root)
        self.fields["unit"].queryset = units | Unit.objects.filter(pk=improvement.unit_id)  # type: ignore[attr-defined]  # a ModelChoiceField
        for name in self.PEOPLE:
            self.fields[name].queryset = people_for(user)  # type: ignore[attr-defined]  # as above
        if improvement.source:
            for name in SOURCE_OWNED:
                self.fields[name].disabled = True


_FACTS = frozenset({*ImprovementForm.FIRST, *ImprovementForm.PEOPLE, *ImprovementForm.WAY}) | {
    "expected_effect"
}


class LinkForm(RecordForm):
    """A service or a project to link, by key or name."""

    record = RecordField(label=_("Number or name"))

    def __init__(self, *args: Any, user: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible, prefix = {
            "service": (services_visible_to, "SVC"),
            "project": (projects_visible_to, "PRJ"),
        }[kind]
        field = self.fields["record"]
        field.label = _("Service") if kind == "service" else _("Project")
        field.choose(  # type: ignore[attr-defined]  # a RecordField
            visible(user).filter(archived_at=None),
            name_field="name",
            prefix=prefix,
            list_id=f"link-{kind}",
        )


class MoveForm(RecordForm):
    """One step along the path."""

    target = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), required=False, widget=_text(2))
    grade = forms.ChoiceField(
        label=_("How good is the evidence?"), choices=[("", "–"), *GRADES], required=False
    )


class DecisionForm(RecordForm):
    """What a decision asks for: a reason, and a date or a target where the deed has one."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=_text(3),
        error_messages={"required": _("Give a reason, one sentence is enough.")},
    )
    until = DayField(label=_("Come back to it on"), required=False)
    target = RecordField(
        label=_("Becomes part of"),
        required=False,
        error_messages={"required": SENTENCES["improvements.merge_target_needed"]},
        help_text=_("By title or number. Links and scores move there."),
    )

    def __init__(
        self, *args: Any, user: Any, improvement: Improvement, deed: Deed, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial={"version": improvement.version}, **kwargs)
        for name, needed in (("until", Deed.PARK), ("target", Deed.MERGE)):
            if deed is not needed:
                del self.fields[name]
        if deed is not Deed.PARK:
            self.fields["reason"].required = True
        else:
            self.fields["reason"].help_text = _("A date or a reason; both are welcome.")
        self.fields["reason"].widget.attrs["autofocus"] = True
        if deed is Deed.MERGE:
            self.fields["target"].required = True
            others = access.visible_to(user).filter(archived_at=None, state__in=sorted(OPEN))
            self.fields["target"].choose(  # type: ignore[attr-defined]  # a RecordField
                others.exclude(pk=improvement.pk),
                name_field="title",
                prefix="IMP",
                list_id="merge-targets",
            )


class ScoreForm(RecordForm):
    """A person's ratings for an office, and the inputs of the other methods folded below."""

    office = forms.ChoiceField(label=_("Score for"), widget=forms.RadioSelect)
    reach = NumberField(label=_("People or events reached a quarter"), required=False)
    impact = forms.TypedChoiceField(
        label=_("Impact on each"),
        choices=[("", "–"), *IMPACTS],
        required=False,
        coerce=Decimal,
        empty_value=None,
    )
    confidence = NumberField(
        label=_("Confidence, percent"), required=False, least=Decimal(0), most=Decimal(100)
    )
    business_value = NumberField(label=_("Business value, 1 to 20"), required=False)
    time_criticality = NumberField(label=_("Time criticality, 1 to 20"), required=False)
    risk_reduction = NumberField(label=_("Risk reduction, 1 to 20"), required=False)
    job_size = NumberField(label=_("Job size, 1 to 20"), required=False)
    cost_of_delay = NumberField(
        label=_("Cost of delay a week"),
        required=False,
        help_text=_("In any one unit that the whole backlog uses."),
    )
    duration_weeks = NumberField(label=_("Duration in weeks"), required=False)

    METHODS: Mapping[str, tuple[str, ...]] = {
        "rice": ("reach", "impact", "confidence"),
        "wsjf": ("business_value", "time_criticality", "risk_reduction", "job_size"),
        "cd3": ("cost_of_delay", "duration_weeks"),
    }

    def __init__(
        self,
        *args: Any,
        offices: tuple[Office, ...],
        criteria: list[ScoringCriterion],
        given: Score | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial=self._start(offices, given), **kwargs)
        self.fields["office"].choices = [(o.value, office_name(o)) for o in offices]  # type: ignore[attr-defined]  # a ChoiceField
        if len(offices) == 1:
            self.fields["office"].widget = forms.HiddenInput()
        self.rated = tuple(f"rate_{row.key}" for row in criteria)
        for name, row in zip(self.rated, criteria, strict=True):
            self.fields[name] = forms.TypedChoiceField(
                label=row.label,
                choices=[("", "–"), *((str(n), str(n)) for n in range(HIGHEST + 1))],
                coerce=int,
                required=row.weight > 0,
                empty_value=None,
                help_text=self._help(row),
            )

    @property
    def rating_fields(self) -> list[Any]:
        """The criteria's fields, in the model's order."""
        return [self[name] for name in self.rated]

    @property
    def method_fields(self) -> list[dict[str, Any]]:
        """The other methods with their fields."""
        return [
            {"name": method_name(method), "fields": [self[name] for name in names]}
            for method, names in self.METHODS.items()
        ]

    @property
    def has_method_errors(self) -> bool:
        """Whether something below the fold is wrong, so that it must stand open."""
        return any(self[name].errors for names in self.METHODS.values() for name in names)

    @staticmethod
    def _start(offices: tuple[Office, ...], given: Score | None) -> dict[str, Any]:
        start: dict[str, Any] = {"office": offices[0].value} if offices else {}
        if given is None:
            return start
        inputs = [name for names in ScoreForm.METHODS.values() for name in names]
        start |= {"office": given.office} | {name: getattr(given, name) for name in inputs}
        if given.confidence is not None:
            start["confidence"] = given.confidence * 100
        if given.impact is not None:
            start["impact"] = f"{given.impact.normalize():f}"
        return start | {f"rate_{key}": value for key, value in given.ratings.items()}

    @staticmethod
    def _help(row: ScoringCriterion) -> str:
        if row.is_mandatory:
            return str(_("%(highest)s decides alone: the score is 100.") % {"highest": HIGHEST})
        if row.is_inverted:
            return str(_("Counts against: a high rating lowers the score."))
        return ""

    def ratings(self) -> dict[str, int]:
        """Return criterion key -> rating, without what was left open."""
        chosen = {n.removeprefix("rate_"): self.cleaned_data[n] for n in self.rated}
        return {key: value for key, value in chosen.items() if value is not None}

    def inputs(self) -> dict[str, Decimal | None]:
        """Return the inputs of the other methods; confidence as a share."""
        names = [name for group in self.METHODS.values() for name in group]
        found: dict[str, Decimal | None] = {name: self.cleaned_data[name] for name in names}
        if found["confidence"] is not None:
            found["confidence"] = found["confidence"] / 100
        return found


DEED_WORDS: Mapping[Deed, Any] = {
    Deed.APPROVE: pgettext_lazy("button", "Approve"),
    Deed.PARK: pgettext_lazy("button", "Park"),
    Deed.DECLINE: pgettext_lazy("button", "Decline"),
    Deed.MERGE: pgettext_lazy("button", "Merge"),
    Deed.ASK: pgettext_lazy("button", "Ask for more"),
    Deed.REOPEN: pgettext_lazy("button", "Reopen"),
}
