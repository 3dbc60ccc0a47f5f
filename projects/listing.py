"""The list of projects: its rows and its columns."""

from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common import formats
from common.domain.health import Colour, steps_between
from common.web.judged import dimension, measured, ranked, stood
from common.web.lists import Column, ListSpec, day, link, money, number
from common.web.marks import differs_mark, health_mark
from projects import access
from projects.domain.inputs import DIMENSIONS
from projects.filters import ProjectFilters
from projects.models import Project
from projects.models.project import AMOUNTS, OVERLAYS, PHASES, TIERS
from projects.wording import DIMENSIONS as LABELS

#: working days of slip from which the number is marked (visual language 3.2)
LATE_FROM = 10
_RANKED = ("overall", "reported", *DIMENSIONS)
_PHASES, _OVERLAYS, _TIERS = dict(PHASES), dict(OVERLAYS), dict(TIERS)


def listed(user: Any) -> QuerySet[Project]:
    """Return the rows of the list for a reader, with what their cells need.

    Amounts of a row that the reader has no right to are null already in the database, so that
    neither order nor filter can tell them.
    """
    rows = (
        access.visible_to(user)
        .current()
        .select_related("unit__root", "project_type", "manager", "standing")
        .defer("purpose", "extra", *AMOUNTS)
        .alias(
            phase_rank=ranked("phase", {code: nth for nth, code in enumerate(_PHASES)}),
            **{f"{name}_rank": ranked(f"standing__{name}") for name in _RANKED},
        )
    )
    if not access.sees_money_anywhere(user):
        return rows
    may_see = access.money_where(user)
    return rows.annotate(**{f"shown_{name}": Case(When(may_see, then=F(name))) for name in AMOUNTS})


def project_url(project: Project) -> str:
    """Return the address of a project's page."""
    return f"{reverse('projects:list')}{project.key}/"


def phase_text(project: Project) -> str:
    """Return the phase in words, with what lies over it: "executing, on hold"."""
    phase = str(_PHASES[project.phase])
    phase = phase[:1].upper() + phase[1:]
    return f"{phase}, {_OVERLAYS[project.overlay]}" if project.overlay else phase


def _reported(project: Project) -> SafeString | str:
    colour = stood(project, "reported")
    if not colour:
        return formats.NOTHING
    steps = steps_between(Colour(colour), Colour(stood(project, "overall")))
    return format_html("{} {}", health_mark(colour, str(_("Reported"))), differs_mark(steps))


def _slip(project: Project) -> SafeString | str:
    days = stood(project, "finish_slip_days")
    text = formats.format_number(days, signed=True)
    # A number past its own limit is the only one that is coloured.
    return format_html('<b class="b-over">{}</b>', text) if (days or 0) >= LATE_FROM else text


def _amount(name: str, label: Any) -> Column:
    return money(
        name,
        label,
        lambda project: getattr(project, f"shown_{name}"),
        lambda project: project.currency,
        sort=(f"shown_{name}",),
        is_shown=name == "current_budget",
        allowed=access.sees_money_anywhere,
    )


PROJECTS = ListSpec(
    name="projects",
    filterset=ProjectFilters,
    default_sort="-measured",
    empty_text=_("No projects yet. Create one, or import a list."),
    empty_action=_("Create a project"),
    empty_url=lambda: reverse("projects:create"),
    columns=(
        Column(
            name="key",
            label=_("Number"),
            value=lambda project: project.key,
            sort=("pk",),
            is_shown=False,
        ),
        link(
            "name",
            _("Project"),
            lambda project: project.name,
            project_url,
            meta=lambda project: f"{project.key} · {project.unit.name}",
            sort=("name",),
        ),
        Column(
            name="phase",
            label=_("Phase"),
            value=phase_text,
            sort=("phase_rank", "overlay"),
        ),
        measured("-name"),
        Column(
            name="reported",
            label=_("Reported"),
            value=lambda project: stood(project, "reported"),
            cell=_reported,
            sort=("reported_rank",),
        ),
        *(
            dimension(name, LABELS[name], is_shown=name in {"schedule", "cost", "risk"})
            for name in DIMENSIONS
        ),
        Column(
            name="manager",
            label=_("Project manager"),
            value=lambda project: project.manager_text,
            sort=("manager__last_name", "manager_name"),
        ),
        Column(
            name="unit",
            label=_("Unit"),
            value=lambda project: project.unit.name,
            sort=("unit__name",),
            is_shown=False,
        ),
        Column(
            name="type",
            label=_("Type"),
            value=lambda project: str(project.project_type),
            sort=("project_type__name",),
            is_shown=False,
        ),
        Column(
            name="tier",
            label=_("Tier"),
            value=lambda project: str(_TIERS[project.tier]),
            sort=("tier",),
            is_shown=False,
        ),
        day(
            "starts",
            _("Planned start"),
            lambda project: project.starts_on,
            sort=("starts_on",),
            is_shown=False,
        ),
        day(
            "approved_finish",
            _("Approved finish"),
            lambda project: project.baseline_finish_on,
            sort=("baseline_finish_on",),
            is_shown=False,
        ),
        day(
            "planned_finish",
            _("Planned finish"),
            lambda project: project.planned_finish_on,
            sort=("planned_finish_on",),
            is_shown=False,
        ),
        day(
            "forecast_finish",
            _("Forecast finish"),
            lambda project: project.forecast_finish_on,
            sort=("forecast_finish_on",),
        ),
        day(
            "actual_finish",
            _("Actual finish"),
            lambda project: project.actual_finish_on,
            sort=("actual_finish_on",),
            is_shown=False,
        ),
        Column(
            name="slip",
            label=_("Slip"),
            value=lambda project: stood(project, "finish_slip_days"),
            cell=_slip,
            sort=("standing__finish_slip_days",),
            is_numeric=True,
        ),
        _amount("approved_budget", _("Approved budget")),
        _amount("current_budget", _("Current budget")),
        _amount("forecast_cost", _("Forecast cost")),
        _amount("actual_cost", _("Actual cost")),
        Column(
            name="deviation",
            label=_("Cost deviation"),
            value=lambda project: stood(project, "cost_deviation"),
            cell=lambda project: formats.format_percent(
                stood(project, "cost_deviation"), signed=True
            ),
            sort=("standing__cost_deviation",),
            is_numeric=True,
            is_shown=False,
        ),
        day(
            "reported_on",
            _("Last report"),
            lambda project: stood(project, "reported_on"),
            sort=("standing__reported_on",),
            is_shown=False,
        ),
        number(
            "confidence",
            _("Data confidence"),
            lambda project: stood(project, "confidence"),
            decimals=2,
            sort=("standing__confidence",),
            is_shown=False,
        ),
        Column(
            name="source_number",
            label=_("Number in the source"),
            value=lambda project: project.external_id or "",
            sort=("external_id",),
            is_shown=False,
        ),
    ),
)
