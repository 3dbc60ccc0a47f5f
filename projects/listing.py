"""The list of projects: its rows and its columns."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.listing import person
from common import formats
from common.domain.health import Colour, steps_between
from common.subjects import Subject, key, url
from common.web.columns import Column, day, link, money, number, percentage
from common.web.judged import dimension, measured, ranked
from common.web.lists import ListSpec
from common.web.marks import differs_mark, health_mark
from projects import access
from projects.domain.inputs import DIMENSIONS
from projects.filters import ProjectFilters
from projects.models import Project
from projects.models.project import AMOUNTS, OVERLAYS, PHASES, TIERS, type_name
from projects.wording import DIMENSIONS as LABELS

#: working days of slip from which the number is marked (visual language 3.2)
LATE_FROM = 10
_PHASES, _OVERLAYS, _TIERS = dict(PHASES), dict(OVERLAYS), dict(TIERS)


def listed(user: Any) -> QuerySet[Project]:
    """Return the rows of the list for a reader."""
    return access.visible_to(user).current()


def project_url(project: Any) -> str:
    """Return the address of a project's page."""
    return url(Subject("project", project.pk))


def phase_text(phase: str, overlay: str) -> str:
    """Return the phase in words, with what lies over it: "executing, on hold"."""
    word = str(_PHASES[phase])
    word = word[:1].upper() + word[1:]
    return f"{word}, {_OVERLAYS[overlay]}" if overlay else word


def _reported(said: str | None, measured_as: str | None) -> SafeString | str:
    if not said or not measured_as:
        return formats.NOTHING
    steps = steps_between(Colour(said), Colour(measured_as))
    return SafeString(f"{health_mark(said, str(_('Reported')))} {differs_mark(steps)}")


def _slip(days: int | None) -> SafeString | str:
    text = formats.format_number(days, signed=True)
    # A number past its own limit is the only one that is coloured.
    return SafeString(f'<b class="b-over">{text}</b>') if (days or 0) >= LATE_FROM else text


def _amount(name: str, label: Any) -> Column:
    return money(
        name,
        label,
        f"shown_{name}",
        "unit__root__currency",
        is_shown=name == "current_budget",
        allowed=access.sees_money_anywhere,
    )


def _text(name: str, label: Any, lookup: str) -> Column:
    return Column(name=name, label=label, reads=(lookup,), sort=(lookup,), is_shown=False)


PROJECTS = ListSpec(
    name="projects",
    filterset=ProjectFilters,
    default_sort="-measured",
    empty_text=_("No projects yet. Create one, or import a list."),
    empty_action=_("Create a project"),
    empty_url=lambda: reverse("projects:create"),
    computed={f"shown_{name}": partial(access.seen_amount, name=name) for name in AMOUNTS},
    columns=(
        Column(
            name="key",
            label=_("Number"),
            reads=("pk",),
            value=lambda project: key(Subject("project", project.pk)),
            sort=("pk",),
            is_shown=False,
        ),
        link(
            "name",
            _("Project"),
            lambda project: project.name,
            project_url,
            meta=lambda project: f"PRJ-{project.pk} · {project.unit__name}",
            reads=("name", "unit__name"),
            sort=("name",),
        ),
        Column(
            name="phase",
            label=_("Phase"),
            reads=("phase", "overlay"),
            value=lambda project: phase_text(project.phase, project.overlay),
            sort=(ranked("phase", {code: nth for nth, code in enumerate(_PHASES)}), "overlay"),
        ),
        measured("-name"),
        Column(
            name="reported",
            label=_("Reported"),
            reads=("standing__reported", "standing__overall"),
            show=_reported,
            sort=(ranked("standing__reported"),),
        ),
        *(
            dimension(name, LABELS[name], is_shown=name in {"schedule", "cost", "risk"})
            for name in DIMENSIONS
        ),
        person("manager", _("Project manager"), "manager"),
        _text("unit", _("Unit"), "unit__name"),
        Column(
            name="type",
            label=_("Type"),
            reads=("project_type__name", "project_type__name_sv"),
            value=lambda row: type_name(row.project_type__name, row.project_type__name_sv),
            sort=("project_type__name",),
            is_shown=False,
        ),
        Column(
            name="tier",
            label=_("Tier"),
            reads=("tier",),
            value=lambda project: str(_TIERS[project.tier]),
            sort=("tier",),
            is_shown=False,
        ),
        day("starts", _("Planned start"), "starts_on", is_shown=False),
        day("approved_finish", _("Approved finish"), "baseline_finish_on", is_shown=False),
        day("planned_finish", _("Planned finish"), "planned_finish_on", is_shown=False),
        day("forecast_finish", _("Forecast finish"), "forecast_finish_on"),
        day("actual_finish", _("Actual finish"), "actual_finish_on", is_shown=False),
        Column(
            name="slip",
            label=_("Slip"),
            reads=("standing__finish_slip_days",),
            show=_slip,
            sort=("standing__finish_slip_days",),
            is_numeric=True,
        ),
        _amount("approved_budget", _("Approved budget")),
        _amount("current_budget", _("Current budget")),
        _amount("forecast_cost", _("Forecast cost")),
        _amount("actual_cost", _("Actual cost")),
        percentage(
            "deviation",
            _("Cost deviation"),
            "standing__cost_deviation",
            signed=True,
            is_shown=False,
        ),
        day("reported_on", _("Last report"), "standing__reported_on", is_shown=False),
        number(
            "confidence", _("Data confidence"), "standing__confidence", decimals=2, is_shown=False
        ),
        _text("source_number", _("Number in the source"), "external_id"),
    ),
)
