"""The shape of what people enter about projects."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import UnitField
from accounts.models import Unit, User
from common.domain.health import Colour, Health, steps_between
from common.web.forms import DayField, MoneyField, RecordForm
from common.web.rows import RowForm, long_text
from common.wording import say
from projects import access
from projects.actions.projects import ORIGINALS, ProjectValues
from projects.actions.reports import ReportValues
from projects.domain.reporting import Line, differs
from projects.models import Issue, Project, ProjectType, Risk, StatusReportLine
from projects.models.project import AMOUNTS, TIERS
from projects.models.raid import ISSUE_STATES, LEVELS, RISK_KINDS, RISK_STATES
from projects.wording import DIMENSIONS, shown


class ProjectForm(RowForm):
    """A project. Few fields are asked for; the rest can wait, a light project never needs it."""

    name = forms.CharField(label=_("Name"), max_length=200)
    unit = UnitField(label=_("Unit"))
    project_type = forms.ModelChoiceField(label=_("Type"), queryset=ProjectType.objects.all())
    tier = forms.ChoiceField(
        label=_("Tier"),
        choices=TIERS,
        initial="light",
        help_text=_("Light: milestones, one budget line and the top three risks."),
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        required=False,
        widget=long_text(),
        help_text=_("One sentence: what gets better for whom."),
    )
    manager = forms.ModelChoiceField(
        label=_("Project manager"), queryset=User.objects.none(), required=False
    )
    sponsor = forms.ModelChoiceField(
        label=_("Sponsor"), queryset=User.objects.none(), required=False
    )
    starts_on = DayField(label=_("Planned start"), required=False)
    planned_finish_on = DayField(label=_("Planned finish"), required=False)
    baseline_finish_on = DayField(
        label=_("Approved finish"),
        required=False,
        help_text=_("The original approval. It is set once and stays."),
    )
    forecast_finish_on = DayField(
        label=_("Forecast finish"),
        required=False,
        help_text=_("When you expect it to be done as things look now."),
    )
    actual_start_on = DayField(label=_("Actual start"), required=False)
    actual_finish_on = DayField(label=_("Actual finish"), required=False)
    approved_budget = MoneyField(
        label=_("Approved budget"),
        required=False,
        help_text=_("The original approval. It is set once and stays."),
    )
    current_budget = MoneyField(label=_("Current budget"), required=False)
    forecast_cost = MoneyField(label=_("Forecast cost"), required=False)
    actual_cost = MoneyField(label=_("Actual cost"), required=False)
    is_confidential = forms.BooleanField(
        label=_("Confidential: only sponsor and project manager get in"), required=False
    )

    #: fields as the page groups them
    FIRST = ("name", "unit", "project_type", "tier", "purpose")
    WIDE = frozenset({"purpose", "is_confidential"})
    PEOPLE = ("manager", "sponsor", "is_confidential")
    DATES = (
        "starts_on",
        "planned_finish_on",
        "baseline_finish_on",
        "forecast_finish_on",
        "actual_start_on",
        "actual_finish_on",
    )
    MONEY = AMOUNTS

    def __init__(
        self,
        *args: Any,
        user: Any,
        project: Project | None = None,
        carried: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """With `carried` a new project starts with what is known of it from elsewhere."""
        start = {**self._start(user, project), **(carried or {})}
        super().__init__(*args, initial=start, **kwargs)
        self._choose(user, project)
        if project is None:
            self._drop([*self.DATES[2:], "approved_budget", "forecast_cost", "actual_cost"])
            return
        if not access.can_see_money(user, project):
            self._drop(AMOUNTS)
        may_fix = access.can_fix_original(user, project)
        self._drop(name for name in ORIGINALS if not may_fix or getattr(project, name) is not None)
        if "current_budget" in self.fields and not access.can_change_budget(user, project):
            self.fields["current_budget"].disabled = True
            self.fields["current_budget"].help_text = _(
                "Granted by the project office. Say what you expect in the forecast."
            )
        for name in project.owned_by_source & self.fields.keys():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Kept by the system the project comes from.")

    def _start(self, user: Any, project: Project | None) -> dict[str, Any]:
        if project is not None:
            return self.initial_of(project)
        return {"manager": user.pk, "unit": user.unit_id, "tier": "light"}

    def _choose(self, user: Any, project: Project | None) -> None:
        units, people = access.units_to_place(user), access.people_to_name(user)
        if project is not None:
            # What stands there now stays choosable, even where the person could not choose it.
            units = units | Unit.objects.filter(pk=project.unit_id)
        for name, rows in (("unit", units), ("manager", people), ("sponsor", people)):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = rows

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.fields.pop(name, None)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """Return the form's fields in groups with headings; empty groups are left out."""
        listed = (
            (_("The project"), self.FIRST),
            (_("People"), self.PEOPLE),
            (_("Dates"), self.DATES),
            (_("Money"), self.MONEY),
        )
        return [
            {
                "title": title,
                "fields": [self[name] for name in there if name not in self.WIDE],
                "wide": [self[name] for name in there if name in self.WIDE],
            }
            for title, names in listed
            if (there := [name for name in names if name in self.fields])
        ]


class MoveForm(RecordForm):
    """A move to another phase or overlay."""

    target = forms.CharField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("Reason"), required=False, widget=long_text())


class ArchiveForm(RecordForm):
    """Why a project leaves the lists."""

    reason = forms.CharField(label=_("Reason"), widget=long_text())


class MilestoneForm(RowForm):
    """A milestone."""

    name = forms.CharField(label=_("Milestone"), max_length=200)
    planned_on = DayField(label=_("Planned"))
    actual_on = DayField(label=_("Reached"), required=False)


class RiskForm(RowForm):
    """A risk or opportunity."""

    title = forms.CharField(
        label=_("Risk"), max_length=200, help_text=_("What may happen, and what it would do.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=RISK_KINDS, initial="threat")
    probability = forms.TypedChoiceField(
        label=_("Probability"), choices=LEVELS, coerce=int, initial=3
    )
    consequence = forms.TypedChoiceField(
        label=_("Consequence"), choices=LEVELS, coerce=int, initial=3
    )
    response = forms.CharField(label=_("Response"), required=False, widget=long_text())
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)
    due_on = DayField(label=_("Response due"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=RISK_STATES, initial="open")

    def __init__(self, *args: Any, user: Any, row: Risk | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(row), **kwargs)
        _offer_people(self, "owner", user)
        if row is None:
            del self.fields["state"]


class IssueForm(RowForm):
    """An issue."""

    title = forms.CharField(label=_("Issue"), max_length=200)
    description = forms.CharField(label=_("What has happened"), required=False, widget=long_text())
    resolution = forms.CharField(label=_("What is being done"), required=False, widget=long_text())
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)
    due_on = DayField(label=_("Due"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=ISSUE_STATES, initial="open")

    def __init__(self, *args: Any, user: Any, row: Issue | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.initial_of(row), **kwargs)
        _offer_people(self, "owner", user)
        if row is None:
            del self.fields["state"]


def _offer_people(form: forms.Form, name: str, user: Any) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = access.people_to_name(user)


REPORTED = [
    ("green", _("Green, on track")),
    ("amber", _("Amber, at risk")),
    ("red", _("Red, off track")),
    ("grey", _("Unknown")),
]


def _asks(check_url: str) -> dict[str, str]:
    """Return what has the dimensions judged anew when a field changes."""
    return {
        "hx-post": check_url,
        "hx-target": "#report-lines",
        "hx-include": "closest form",
        "hx-trigger": "change",
    }


class FiguresForm(RowForm):
    """What the project is expected to end at, as the writer of a report brings it up to date."""

    forecast_finish_on = DayField(label=_("Forecast finish"), required=False)
    forecast_cost = MoneyField(label=_("Forecast cost"), required=False, least=Decimal(0))
    actual_cost = MoneyField(label=_("Actual cost"), required=False, least=Decimal(0))

    FIGURES = ("forecast_finish_on", "forecast_cost", "actual_cost")

    def __init__(
        self,
        *args: Any,
        user: Any,
        project: Project,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={**self.initial_of(project), **(initial or {})}, **kwargs)
        if not access.can_see_money(user, project):
            del self.fields["forecast_cost"], self.fields["actual_cost"]
        for name in project.owned_by_source & self.fields.keys():
            self.fields[name].disabled = True
            self.fields[name].help_text = _("Kept by the system the project comes from.")

    def figures(self) -> ProjectValues:
        """Return the figures that were written; what was not sent or cannot be read is left out."""
        entered = self.cleaned_data
        sent = [name for name in self.FIGURES if name in self.data and name in entered]
        figures: Any = {name: entered[name] for name in sent}
        found: ProjectValues = figures
        return found

    @property
    def figure_fields(self) -> list[Any]:
        """The fields of the figures this writer may change."""
        return [self[name] for name in self.FIGURES if name in self.fields]


class ReportForm(FiguresForm):
    """A status report: figures, texts, and a colour per dimension, with a reason if it differs."""

    summary = forms.CharField(
        label=_("How it goes"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two or three sentences a reader outside the project understands."),
    )
    next_steps = forms.CharField(label=_("Next steps"), required=False, widget=long_text())
    decisions_needed = forms.CharField(
        label=_("Decisions needed"), required=False, widget=long_text()
    )

    def __init__(
        self,
        *args: Any,
        health: Health,
        last: Mapping[str, StatusReportLine],
        check_url: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.health = health
        for name in self.FIGURES:
            if name in self.fields:
                self.fields[name].widget.attrs |= _asks(check_url)
        for part in health.dimensions:
            self._add_dimension(part.name, part.colour, last.get(part.name), check_url)

    def _add_dimension(
        self, name: str, measured: Colour, line: StatusReportLine | None, check_url: str
    ) -> None:
        # A judgement that agreed with the measure follows it; one that differed is carried over.
        start = line.reported if line and line.reported != line.measured else measured.value
        if abs(steps_between(Colour(start), measured)) > 1:
            start = measured.value
        said = _("%(dimension)s, reported") % {"dimension": DIMENSIONS[name]}
        why = _("%(dimension)s, reason") % {"dimension": DIMENSIONS[name]}
        self.fields[f"reported_{name}"] = forms.ChoiceField(
            label=said,
            choices=REPORTED,
            initial=start,
            widget=forms.Select(attrs={"aria-label": said, **_asks(check_url)}),
        )
        self.fields[f"reason_{name}"] = forms.CharField(
            label=why,
            required=False,
            max_length=500,
            initial=line.reason if line and start == line.reported != measured.value else "",
            widget=forms.TextInput(attrs={"aria-label": why}),
        )

    def report(self) -> ReportValues:
        """Return what was entered, as the action takes it."""
        entered = self.cleaned_data
        return {
            "summary": entered["summary"],
            "next_steps": entered["next_steps"],
            "decisions_needed": entered["decisions_needed"],
            "lines": {
                part.name: (entered[f"reported_{part.name}"], entered[f"reason_{part.name}"])
                for part in self.health.dimensions
            },
        }

    @property
    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield each dimension as the writer sees it: measured and why, beside the two fields."""
        for part in self.health.dimensions:
            reported = self[f"reported_{part.name}"]
            value = str(reported.value())
            colour = Colour(value) if value in set(Colour) else Colour.GREY
            line = Line(dimension=part.name, reported=colour, measured=part.colour)
            yield {
                "name": part.name,
                "label": DIMENSIONS[part.name],
                "measured": part.colour.value,
                "why": [say(reason.code, shown(reason.params)) for reason in part.reasons],
                "reported": reported,
                "reason": self[f"reason_{part.name}"],
                "steps": steps_between(colour, part.colour),
                "too_far": abs(steps_between(colour, part.colour)) > 1,
                "differs": differs(line),
            }
