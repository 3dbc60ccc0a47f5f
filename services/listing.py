"""The lists of services and of a service's incidents: their rows and their columns."""

from decimal import Decimal
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common import formats
from common.web.judged import dimension, measured, ranked, stood
from common.web.lists import Column, ListSpec, day, link, money, number
from common.web.svg import Sparkline, sparkline
from services import access
from services.domain.lifecycle import Status, section
from services.filters import IncidentFilters, ServiceFilters
from services.models import Incident, Service
from services.models.incident import INCIDENT_STATES
from services.models.service import STATUSES, TIERS
from services.wording import DIMENSIONS, EVERYDAY, SECTIONS

_RANKED = ("overall", "availability", "service_levels", "incidents", "satisfaction")
_STATUSES, _TIERS, _STATES = dict(STATUSES), dict(TIERS), dict(INCIDENT_STATES)


def listed(user: Any) -> QuerySet[Service]:
    """Return the rows of the list for a reader, with what their cells need.

    The cost of a row that the reader has no right to is null already in the database, so that
    neither order nor filter can tell it.
    """
    rows = (
        access.visible_to(user)
        .filter(archived_at=None)
        .select_related("unit__root", "owner", "standing")
        .defer("purpose", "extra", "yearly_cost")
        .alias(
            status_rank=ranked("status", {status.value: status.number for status in Status}),
            **{f"{name}_rank": ranked(f"standing__{name}") for name in _RANKED},
        )
    )
    if not access.sees_money_anywhere(user):
        return rows
    return rows.annotate(shown_cost=Case(When(access.money_where(user), then=F("yearly_cost"))))


def service_url(service: Service) -> str:
    """Return the address of a service's page."""
    return f"{reverse('services:list')}{service.key}/"


def owner_text(service: Service) -> str:
    """Return who owns the service: the person, else the imported name."""
    return str(service.owner) if service.owner_id else service.owner_name


def _percentage(name: str, label: Any, decimals: int, **more: Any) -> Column:
    return Column(
        name=name,
        label=label,
        value=lambda service: stood(service, name),
        cell=lambda service: formats.format_percent(stood(service, name), decimals),
        sort=(f"standing__{name}",),
        is_numeric=True,
        **more,
    )


def _open_count(service: Service) -> str | SafeString:
    count = stood(service, "open_incidents")
    if not count:
        return formats.format_number(count)
    return format_html(
        '<a class="b-link" href="{}incidents/?state=open">{}</a>',
        service_url(service),
        formats.format_number(count),
    )


def spark_of(spark: dict[str, Any], label: str) -> Sparkline | None:
    """Return a stored trend as a drawing; None where nothing is read."""
    if not spark.get("points"):
        return None

    def figure(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return Sparkline(
        points=tuple(figure(text) for text in spark["points"]),
        mean=figure(spark["mean"]),
        lower=figure(spark["lower"]),
        upper=figure(spark["upper"]),
        target=figure(spark["target"]),
        signals={int(at): word for at, word in spark["signals"].items()},
        label=label,
    )


def _spark(service: Service) -> SafeString | str:
    chart = spark_of(stood(service, "spark") or {}, str(_("Leading measure")))
    return sparkline(chart) if chart else ""


SERVICES = ListSpec(
    name="services",
    filterset=ServiceFilters,
    default_sort="-measured",
    empty_text=_("No services yet. Create one, or import a list or tickets."),
    empty_action=_("Create a service"),
    empty_url=lambda: reverse("services:create"),
    columns=(
        Column(
            name="key",
            label=_("Number"),
            value=lambda service: service.key,
            sort=("pk",),
            is_shown=False,
        ),
        link(
            "name",
            _("Service"),
            str,
            service_url,
            meta=lambda service: f"{service.key} · {service.unit.name}",
            sort=("name",),
        ),
        Column(
            name="status",
            label=_("Status"),
            value=lambda service: str(EVERYDAY[service.everyday]),
            sort=("status_rank", "retires_on"),
        ),
        Column(
            name="itil_status",
            label=_("ITIL status"),
            value=lambda service: str(_STATUSES[service.status]),
            sort=("status_rank",),
            is_shown=False,
        ),
        Column(
            name="section",
            label=_("Section"),
            value=lambda service: str(SECTIONS[section(Status(service.status))]),
            sort=("status_rank",),
            is_shown=False,
        ),
        Column(
            name="tier",
            label=_("Tier"),
            value=lambda service: service.tier,
            cell=lambda service: str(_TIERS[service.tier]),
            sort=("tier",),
        ),
        measured("-tier", "-name"),
        *(
            dimension(name, DIMENSIONS[name], is_shown=name != "satisfaction")
            for name in _RANKED[1:]
        ),
        _percentage("availability_agreed", _("Available, 30 days"), 2),
        _percentage("availability_experienced", _("Experienced, 30 days"), 2, is_shown=False),
        _percentage("attainment", _("In time"), 1),
        Column(
            name="open_incidents",
            label=_("Open"),
            value=lambda service: stood(service, "open_incidents"),
            cell=_open_count,
            sort=("standing__open_incidents",),
            is_numeric=True,
        ),
        Column(
            name="trend",
            label=_("Leading measure"),
            value=lambda service: ((stood(service, "spark") or {}).get("points") or [None])[-1],
            cell=_spark,
        ),
        Column(
            name="owner",
            label=_("Service owner"),
            value=owner_text,
            sort=("owner__last_name", "owner_name"),
        ),
        Column(
            name="unit",
            label=_("Unit"),
            value=lambda service: service.unit.name,
            sort=("unit__name",),
            is_shown=False,
        ),
        number(
            "users",
            _("Users"),
            lambda service: service.users_count,
            sort=("users_count",),
            is_shown=False,
        ),
        money(
            "cost",
            _("Cost a year"),
            lambda service: service.shown_cost,
            lambda service: service.unit.root.currency,
            sort=("shown_cost",),
            is_shown=False,
            allowed=access.sees_money_anywhere,
        ),
        day(
            "retires",
            _("Retires on"),
            lambda service: service.retires_on,
            sort=("retires_on",),
            is_shown=False,
        ),
        number(
            "confidence",
            _("Data confidence"),
            lambda service: stood(service, "confidence"),
            decimals=2,
            sort=("standing__confidence",),
            is_shown=False,
        ),
        Column(
            name="source_number",
            label=_("Number in the source"),
            value=lambda service: service.external_id or "",
            sort=("external_id",),
            is_shown=False,
        ),
    ),
)


def incident_url(incident: Incident) -> str:
    """Return the address of an incident's page."""
    return f"{reverse('services:list')}SVC-{incident.service_id}/incidents/{incident.pk}/"


def _met(incident: Incident) -> str:
    if incident.met is None:
        return formats.NOTHING
    return str(_("in time") if incident.met else _("too late"))


def _instant(name: str, label: Any, **more: Any) -> Column:
    return Column(
        name=name,
        label=label,
        value=lambda incident: getattr(incident, name),
        cell=lambda incident: formats.format_datetime(
            getattr(incident, name), incident.service.root.zone or "UTC"
        ),
        sort=(name,),
        is_numeric=True,
        **more,
    )


INCIDENTS = ListSpec(
    name="incidents",
    filterset=IncidentFilters,
    default_sort="-opened_at",
    empty_text=_("No incidents. They come with an import of tickets."),
    columns=(
        link(
            "number",
            _("Incident"),
            lambda incident: incident.external_id or str(incident.pk),
            incident_url,
            meta=lambda incident: incident.title,
            sort=("external_id",),
        ),
        Column(
            name="priority",
            label=_("Priority"),
            value=lambda incident: incident.priority,
            sort=("priority",),
            is_numeric=True,
        ),
        Column(
            name="state",
            label=_("State"),
            value=lambda incident: str(_STATES[incident.state]),
            sort=("state",),
        ),
        _instant("opened_at", _("Opened")),
        _instant("due_at", _("Due")),
        _instant("resolved_at", _("Resolved")),
        Column(
            name="business_seconds",
            label=_("Business time"),
            value=lambda incident: incident.business_seconds,
            cell=lambda incident: formats.format_duration(incident.business_seconds, days=False),
            sort=("business_seconds",),
            is_numeric=True,
        ),
        Column(
            name="wall_seconds",
            label=_("Calendar time"),
            value=lambda incident: incident.wall_seconds,
            cell=lambda incident: formats.format_duration(incident.wall_seconds),
            sort=("wall_seconds",),
            is_numeric=True,
            is_shown=False,
        ),
        Column(name="met", label=_("Result"), value=_met, sort=("met",)),
        Column(
            name="reported",
            label=_("Says the source"),
            value=lambda incident: incident.made_sla_reported,
            cell=lambda incident: (
                formats.NOTHING
                if incident.made_sla_reported is None
                else str(_("in time") if incident.made_sla_reported else _("too late"))
            ),
            sort=("made_sla_reported",),
            is_shown=False,
        ),
        Column(
            name="category",
            label=_("Category"),
            value=lambda incident: incident.category,
            sort=("category",),
        ),
        Column(
            name="group",
            label=_("Group"),
            value=lambda incident: incident.group_name,
            sort=("group_name",),
            is_shown=False,
        ),
    ),
)
