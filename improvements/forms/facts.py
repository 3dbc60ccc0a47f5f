"""What people enter about an improvement: captured, shaped, linked."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.access import people_for
from accounts.fields import UnitField
from accounts.models import Unit, User
from common.web.forms import NumberField, RecordForm
from common.web.rows import RowForm, long_text
from improvements import access
from improvements.actions.capture import SOURCE_OWNED
from improvements.forms.fields import RecordField
from improvements.models import Improvement
from improvements.models.improvement import ORIGINS, ROUTES
from improvements.wording import SENTENCES
from projects.access import visible_to as projects_visible_to
from services.access import visible_to as services_visible_to


class CaptureForm(RecordForm):
    """Two sentences and a place; everything else can wait."""

    title = forms.CharField(
        label=_("What should get better?"),
        max_length=200,
        error_messages={"required": SENTENCES["improvements.title_needed"]},
    )
    problem = forms.CharField(
        label=_("What is wrong today?"),
        widget=long_text(3),
        error_messages={"required": SENTENCES["improvements.problem_needed"]},
        help_text=_("One sentence is enough. A figure helps: how often, how long, how many."),
    )
    service = RecordField(
        label=_("Service"),
        required=False,
        help_text=_("By name or number. Leave it empty if you do not know, and choose your unit."),
    )
    unit = UnitField(label=_("Unit"), required=False, empty_label="–")
    origin = forms.ChoiceField(
        label=_("Where does it come from?"), choices=ORIGINS, initial="person", required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = access.units_to_propose(user)  # type: ignore[attr-defined]  # a ModelChoiceField
        self.fields["service"].choose(  # type: ignore[attr-defined]  # a RecordField
            services_visible_to(user).filter(archived_at=None),
            name_field="name",
            kind="service",
            list_id="capture-services",
        )
        if not self.is_bound and user.unit_id and "unit" not in self.initial:
            self.initial["unit"] = user.unit_id


class ImprovementForm(RowForm):
    """The facts of an improvement, grouped as the page shows them."""

    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        error_messages={"required": SENTENCES["improvements.title_needed"]},
    )
    problem = forms.CharField(
        label=_("Problem"),
        widget=long_text(4),
        error_messages={"required": SENTENCES["improvements.problem_needed"]},
    )
    origin = forms.ChoiceField(label=_("Origin"), choices=ORIGINS)
    unit = UnitField(label=_("Unit"))
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
        widget=long_text(2),
        help_text=_("Needed when it is not the suggested one."),
    )
    expected_effect = forms.CharField(
        label=_("Expected effect"),
        required=False,
        widget=long_text(2),
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
        if not access.can_triage(user, improvement):
            self.fields["route"].disabled = True
            self.fields["route"].help_text = _("Chosen by those who decide about it.")


_FACTS = frozenset({*ImprovementForm.FIRST, *ImprovementForm.PEOPLE, *ImprovementForm.WAY}) | {
    "expected_effect"
}


class LinkForm(RecordForm):
    """A service or a project to link, by key or name."""

    record = RecordField(label=_("Number or name"))

    def __init__(self, *args: Any, user: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visible = services_visible_to if kind == "service" else projects_visible_to
        field = self.fields["record"]
        field.label = _("Service") if kind == "service" else _("Project")
        field.choose(  # type: ignore[attr-defined]  # a RecordField
            visible(user).filter(archived_at=None),
            name_field="name",
            kind=kind,
            list_id=f"link-{kind}",
        )
