"""The list of improvements: its rows and its columns."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, QuerySet, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.listing import person
from common import clock, formats
from common.subjects import Subject, key, url
from common.web.columns import Column, link, number
from common.web.judged import dimension, ranked
from common.web.lists import ListSpec
from improvements import access
from improvements.domain.lifecycle import PATH, State
from improvements.drawings import score_band
from improvements.filters import ImprovementFilters
from improvements.models import Improvement
from improvements.models.improvement import ORIGINS, ROUTES, STATES
from improvements.queries import service_name
from improvements.wording import DIMENSIONS

_STATES, _ROUTES, _ORIGINS = dict(STATES), dict(ROUTES), dict(ORIGINS)
_ORDER = {state.value: i for i, state in enumerate([*PATH, *(s for s in State if s not in PATH)])}
_ROUTE_ORDER = {"do_now": 1, "change": 2, "project": 3}


def _unscored_first(score: F | CombinedExpression) -> Coalesce:
    """Return a score to sort by; the databases disagree on where nothing stands."""
    nothing = Value(Decimal(-1), output_field=DecimalField(max_digits=5, decimal_places=2))
    return Coalesce(score, nothing)


def listed(user: Any) -> QuerySet[Improvement]:
    """Return the rows of the list for a reader."""
    return access.visible_to(user).filter(archived_at=None)


def improvement_url(improvement: Any) -> str:
    """Return the address of an improvement's page."""
    return url(Subject("improvement", improvement.pk))


def age_of(captured_at: dt.datetime) -> int:
    """Return the whole days since an improvement was captured."""
    return max(0, (clock.now() - captured_at).days)


def days_text(days: int | None) -> str:
    """Return a number of days with its unit."""
    return formats.NOTHING if days is None else f"{formats.format_number(days)}{formats.NBSP}d"


def _meta(row: Any) -> str:
    return ", ".join(filter(None, [f"IMP-{row.pk}", row.service_name]))


def _band(score: Decimal | None, low: Decimal, high: Decimal) -> SafeString | str:
    return "" if score is None else score_band(score, low, high)


def _age_cell(row: Any) -> str | SafeString:
    text = days_text(age_of(row.captured_at))
    return SafeString(f'<span class="b-over">{text}</span>') if row.standing__is_late else text


def _spread_text(row: Any) -> str:
    low, high = row.standing__spread_low, row.standing__spread_high
    if low is None:
        return ""
    return f"{formats.format_number(low)}–{formats.format_number(high)}"


def _score(name: str, label: Any, **more: Any) -> Column:
    lookup = f"standing__{name}"
    return number(name, label, lookup, sort=(_unscored_first(F(lookup)),), **more)


def _text(name: str, label: Any, lookup: str, **more: Any) -> Column:
    return Column(name=name, label=label, reads=(lookup,), sort=(lookup,), is_shown=False, **more)


IMPROVEMENTS = ListSpec(
    name="improvements",
    filterset=ImprovementFilters,
    default_sort="age",
    empty_text=_("No improvement has been captured yet."),
    empty_action=_("Capture the first one"),
    empty_url=lambda: reverse("improvements:create"),
    computed={"service_name": service_name},
    columns=(
        link(
            "title",
            _("Improvement"),
            lambda improvement: improvement.title,
            improvement_url,
            meta=_meta,
            reads=("title", "service_name"),
            sort=("title",),
        ),
        Column(
            name="key",
            label=_("Number"),
            reads=("pk",),
            value=lambda improvement: key(Subject("improvement", improvement.pk)),
            sort=("pk",),
            is_shown=False,
        ),
        Column(
            name="state",
            label=_("State"),
            reads=("state",),
            value=lambda improvement: str(_STATES[improvement.state]),
            sort=(ranked("state", _ORDER),),
        ),
        dimension("progress", DIMENSIONS["progress"]),
        dimension("effect", DIMENSIONS["effect"], is_shown=False),
        Column(
            name="route",
            label=_("Route"),
            reads=("route",),
            value=lambda improvement: str(_ROUTES.get(improvement.route, "")),
            sort=(ranked("route", _ROUTE_ORDER),),
        ),
        _score("score", _("Score")),
        Column(
            name="spread",
            label=_("Spread"),
            reads=("standing__score", "standing__spread_low", "standing__spread_high"),
            value=_spread_text,
            show=_band,
            sort=(_unscored_first(F("standing__spread_high") - F("standing__spread_low")),),
        ),
        _score("project_score", _("Project side"), is_shown=False),
        _score("service_score", _("Service side"), is_shown=False),
        number("effort", _("Effort, days"), "effort_days"),
        _text("service", _("Service"), "service_name"),
        person("owner", _("Owner"), "owner"),
        _text("unit", _("Unit"), "unit__name"),
        Column(
            name="origin",
            label=_("Origin"),
            reads=("origin",),
            value=lambda improvement: str(_ORIGINS[improvement.origin]),
            sort=("origin",),
            is_shown=False,
        ),
        Column(
            name="captured",
            label=_("Captured"),
            reads=("captured_at",),
            value=lambda improvement: improvement.captured_at.date(),
            show=formats.format_date,
            sort=("captured_at",),
            is_numeric=True,
            is_shown=False,
        ),
        _text(
            "in_state",
            _("In this state"),
            "standing__days_in_state",
            show=days_text,
            is_numeric=True,
        ),
        Column(
            name="age",
            label=_("Age"),
            reads=("captured_at", "standing__is_late"),
            value=lambda improvement: age_of(improvement.captured_at),
            cell=_age_cell,
            # The youngest first is the newest date first.
            sort=("-captured_at",),
            is_numeric=True,
        ),
    ),
)
