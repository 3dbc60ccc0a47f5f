"""A person's ratings and the inputs of the other methods."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.web.forms import NumberField, RecordForm
from improvements.domain.approvals import Office
from improvements.models import Score, ScoringCriterion
from improvements.models.scoring import HIGHEST
from improvements.wording import method_name, office_name

IMPACTS = [("3", "3"), ("2", "2"), ("1", "1"), ("0.5", "0,5"), ("0.25", "0,25")]


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
