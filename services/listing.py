"""The lists of services and of a service's incidents: their rows and their columns."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.listing import person
from common import formats
from common.subjects import Subject, key, url
from common.web.columns import Column, day, link, money, number, percentage
from common.web.judged import dimension, measured, ranked
from common.web.lists import ListSpec
from common.web.svg import Sparkline, sparkline
from services import access
from services.domain.lifecycle import Status, section
from services.filters import IncidentFilters, ServiceFilters
from services.models import Service
from services.models.incident import INCIDENT_STATES
from services.models.service import STATUSES, TIERS, everyday, shown_name
from services.wording import DIMENSIONS, EVERYDAY, SECTIONS

_BY_STATUS = ranked("status", {status.value: status.number for status in Status})
_STATUSES, _TIERS, _STATES = dict(STATUSES), dict(TIERS), dict(INCIDENT_STATES)


def listed(user: Any) -> QuerySet[Service]:
    """Return the rows of the list for a reader."""
    return access.visible_to(user).filter(archived_at=None)


def service_url(service: Any) -> str:
    """Return the address of a service's page."""
    return url(Subject("service", service.pk))


def _open_count(service: Any) -> str | SafeString:
    count = service.standing__open_incidents
    text = formats.format_number(count)
    if not count:
        return text
    address = f"{service_url(service)}incidents/?state=open"
    return SafeString(f'<a class="b-link" href="{address}">{text}</a>')


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


def _spark_text(user: Any) -> Cast:
    """Return the stored trend as text, by which one that has been drawn is known again."""
    return Cast("standing__spark", TextField())


def _spark(spark: str | None) -> SafeString:
    return _drawn(spark or "{}", str(_("Leading measure")))


@lru_cache(maxsize=1024)
def _drawn(spark: str, label: str) -> SafeString:
    """Return a trend's drawing; a hundred of them cost a page more than all its other cells."""
    chart = spark_of(json.loads(spark), label)
    return sparkline(chart) if chart else SafeString("")


def _text(name: str, label: Any, lookup: str, **more: Any) -> Column:
    return Column(name=name, label=label, reads=(lookup,), sort=(lookup,), **more)


SERVICES = ListSpec(
    name="services",
    filterset=ServiceFilters,
    default_sort="-measured",
    empty_text=_("No services yet. Create one, or import a list or tickets."),
    empty_action=_("Create a service"),
    empty_url=lambda: reverse("services:create"),
    computed={"shown_cost": access.seen_cost, "spark_text": _spark_text},
    columns=(
        Column(
            name="key",
            label=_("Number"),
            reads=("pk",),
            value=lambda service: key(Subject("service", service.pk)),
            sort=("pk",),
            is_shown=False,
        ),
        link(
            "name",
            _("Service"),
            lambda row: shown_name(row.name, is_unassigned=row.is_unassigned),
            service_url,
            meta=lambda service: f"SVC-{service.pk} · {service.unit__name}",
            reads=("name", "is_unassigned", "unit__name"),
            sort=("name",),
        ),
        Column(
            name="status",
            label=_("Status"),
            reads=("status", "retires_on"),
            value=lambda row: str(EVERYDAY[everyday(Status(row.status), row.retires_on)]),
            sort=(_BY_STATUS, "retires_on"),
        ),
        Column(
            name="itil_status",
            label=_("ITIL status"),
            reads=("status",),
            value=lambda service: str(_STATUSES[service.status]),
            sort=(_BY_STATUS,),
            is_shown=False,
        ),
        Column(
            name="section",
            label=_("Section"),
            reads=("status",),
            value=lambda service: str(SECTIONS[section(Status(service.status))]),
            sort=(_BY_STATUS,),
            is_shown=False,
        ),
        _text("tier", _("Tier"), "tier", show=lambda tier: str(_TIERS[tier])),
        measured("-tier", "-name"),
        *(
            dimension(name, DIMENSIONS[name], is_shown=name != "satisfaction")
            for name in ("availability", "service_levels", "incidents", "satisfaction")
        ),
        percentage(
            "availability_agreed",
            _("Available, 30 days"),
            "standing__availability_agreed",
            decimals=2,
        ),
        percentage(
            "availability_experienced",
            _("Experienced, 30 days"),
            "standing__availability_experienced",
            decimals=2,
            is_shown=False,
        ),
        percentage("attainment", _("In time"), "standing__attainment"),
        Column(
            name="open_incidents",
            label=_("Open"),
            reads=("standing__open_incidents",),
            cell=_open_count,
            sort=("standing__open_incidents",),
            is_numeric=True,
        ),
        Column(
            name="trend",
            label=_("Leading measure"),
            reads=("spark_text",),
            value=lambda row: (json.loads(row.spark_text or "{}").get("points") or [None])[-1],
            show=_spark,
        ),
        person("owner", _("Service owner"), "owner"),
        _text("unit", _("Unit"), "unit__name", is_shown=False),
        number("users", _("Users"), "users_count", is_shown=False),
        money(
            "cost",
            _("Cost a year"),
            "shown_cost",
            "unit__root__currency",
            is_shown=False,
            allowed=access.sees_money_anywhere,
        ),
        day("retires", _("Retires on"), "retires_on", is_shown=False),
        number(
            "confidence", _("Data confidence"), "standing__confidence", decimals=2, is_shown=False
        ),
        _text("source_number", _("Number in the source"), "external_id", is_shown=False),
    ),
)


def incident_url(incident: Any) -> str:
    """Return the address of an incident's page."""
    return f"{url(Subject('service', incident.service_id))}incidents/{incident.pk}/"


def _in_time(met: bool | None) -> str:  # noqa: FBT001  it is the column's value
    if met is None:
        return formats.NOTHING
    return str(_("in time") if met else _("too late"))


def _instant(name: str, label: Any) -> Column:
    return Column(
        name=name,
        label=label,
        reads=(name, "service__root__zone"),
        show=lambda at, zone: formats.format_datetime(at, zone or "UTC"),
        sort=(name,),
        is_numeric=True,
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
            reads=("external_id", "service_id", "title"),
            sort=("external_id",),
        ),
        _text("priority", _("Priority"), "priority", is_numeric=True),
        Column(
            name="state",
            label=_("State"),
            reads=("state",),
            value=lambda incident: str(_STATES[incident.state]),
            sort=("state",),
        ),
        _instant("opened_at", _("Opened")),
        _instant("due_at", _("Due")),
        _instant("resolved_at", _("Resolved")),
        _text(
            "business_seconds",
            _("Business time"),
            "business_seconds",
            show=lambda seconds: formats.format_duration(seconds, days=False),
            is_numeric=True,
        ),
        _text(
            "wall_seconds",
            _("Calendar time"),
            "wall_seconds",
            show=formats.format_duration,
            is_numeric=True,
            is_shown=False,
        ),
        Column(
            name="met",
            label=_("Result"),
            reads=("met",),
            value=lambda incident: _in_time(incident.met),
            sort=("met",),
        ),
        _text(
            "reported",
            _("Says the source"),
            "made_sla_reported",
            show=_in_time,
            is_shown=False,
        ),
        _text("category", _("Category"), "category"),
        _text("group", _("Group"), "group_name", is_shown=False),
    ),
)
