"""The list of improvements: its rows and its columns."""

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from common import clock, formats
from common.web.judged import dimension, ranked, stood
from common.web.lists import Column, ListSpec, day, link, number
from improvements import access
from improvements.domain.lifecycle import PATH, State
from improvements.drawings import score_band
from improvements.filters import ImprovementFilters
from improvements.models import Improvement
from improvements.models.improvement import ORIGINS, ROUTES, STATES
from improvements.wording import DIMENSIONS
from services.access import visible_to as services_visible_to

_STATES, _ROUTES, _ORIGINS = dict(STATES), dict(ROUTES), dict(ORIGINS)
_ORDER = {state.value: i for i, state in enumerate([*PATH, *(s for s in State if s not in PATH)])}
_SCORES = ("score", "project_score", "service_score")
_ROUTE_ORDER = {"do_now": 1, "change": 2, "project": 3}


def with_service(rows: QuerySet[Improvement], user: Any) -> QuerySet[Improvement]:
    """Add `service_name`: the primary service, when the reader may see it."""
    primary = (
        services_visible_to(user)
        .filter(improvement_links__improvement=OuterRef("pk"), improvement_links__is_primary=True)
        .order_by()
        .values("name")[:1]
    )
    return rows.annotate(service_name=Subquery(primary))


def _unscored_first(score: F | CombinedExpression) -> Coalesce:
    """Return a score to sort by; the databases disagree on where nothing stands."""
    nothing = Value(Decimal(-1), output_field=DecimalField(max_digits=5, decimal_places=2))
    return Coalesce(score, nothing)


def listed(user: Any) -> QuerySet[Improvement]:
    """Return the rows of the list for a reader, with what their cells need."""
    rows = (
        access.visible_to(user)
        .filter(archived_at=None)
        .select_related("unit", "owner", "standing")
        .defer("extra", "expected_effect", "route_reason")
        .alias(
            state_rank=ranked("state", _ORDER),
            route_rank=ranked("route", _ROUTE_ORDER),
            progress_rank=ranked("standing__progress"),
            effect_rank=ranked("standing__effect"),
            **{f"{name}_rank": _unscored_first(F(f"standing__{name}")) for name in _SCORES},
            band_rank=_unscored_first(F("standing__spread_high") - F("standing__spread_low")),
        )
    )
    return with_service(rows, user)


def improvement_url(improvement: Improvement) -> str:
    """Return the address of an improvement's page."""
    return f"{reverse('improvements:list')}{improvement.key}/"


def owner_text(improvement: Improvement) -> str:
    """Return who owns it: the person, else the imported name."""
    return str(improvement.owner) if improvement.owner_id else improvement.owner_name


def age_of(improvement: Improvement) -> int:
    """Return the whole days since it was captured."""
    return max(0, (clock.now() - improvement.captured_at).days)


def days_text(days: int | None) -> str:
    """Return a number of days with its unit."""
    return formats.NOTHING if days is None else f"{formats.format_number(days)}{formats.NBSP}d"


def _meta(improvement: Improvement) -> str:
    return ", ".join(filter(None, [improvement.key, improvement.service_name]))  # type: ignore[attr-defined]  # annotated by `with_service`


def _band(improvement: Improvement) -> SafeString | str:
    score = stood(improvement, "score")
    if score is None:
        return ""
    return score_band(score, stood(improvement, "spread_low"), stood(improvement, "spread_high"))


def _age_cell(improvement: Improvement) -> str | SafeString:
    text = days_text(age_of(improvement))
    if stood(improvement, "is_late"):
        return SafeString(f'<span class="b-over">{text}</span>')
    return text


def _spread_text(improvement: Improvement) -> str:
    low, high = stood(improvement, "spread_low"), stood(improvement, "spread_high")
    if low is None:
        return ""
    return f"{formats.format_number(low)}–{formats.format_number(high)}"


IMPROVEMENTS = ListSpec(
    name="improvements",
    filterset=ImprovementFilters,
    default_sort="age",
    empty_text=_("No improvement has been captured yet."),
    empty_action=_("Capture the first one"),
    empty_url=lambda: reverse("improvements:create"),
    columns=(
        link(
            "title",
            _("Improvement"),
            lambda improvement: improvement.title,
            improvement_url,
            meta=_meta,
            sort=("title",),
        ),
        Column(
            name="key",
            label=_("Number"),
            value=lambda improvement: improvement.key,
            sort=("pk",),
            is_shown=False,
        ),
        Column(
            name="state",
            label=_("State"),
            value=lambda improvement: str(_STATES[improvement.state]),
            sort=("state_rank",),
        ),
        dimension("progress", DIMENSIONS["progress"]),
        dimension("effect", DIMENSIONS["effect"], is_shown=False),
        Column(
            name="route",
            label=_("Route"),
            value=lambda improvement: str(_ROUTES.get(improvement.route, "")),
            sort=("route_rank",),
        ),
        number(
            "score",
            _("Score"),
            lambda improvement: stood(improvement, "score"),
            sort=("score_rank",),
        ),
        Column(
            name="spread",
            label=_("Spread"),
            value=_spread_text,
            cell=_band,
            sort=("band_rank",),
        ),
        number(
            "project_score",
            _("Project side"),
            lambda improvement: stood(improvement, "project_score"),
            sort=("project_score_rank",),
            is_shown=False,
        ),
        number(
            "service_score",
            _("Service side"),
            lambda improvement: stood(improvement, "service_score"),
            sort=("service_score_rank",),
            is_shown=False,
        ),
        Column(
            name="effort",
            label=_("Effort, days"),
            value=lambda improvement: improvement.effort_days,
            cell=lambda improvement: formats.format_number(improvement.effort_days),
            sort=("effort_days",),
            is_numeric=True,
        ),
        Column(
            name="service",
            label=_("Service"),
            value=lambda improvement: improvement.service_name or "",
            sort=("service_name",),
            is_shown=False,
        ),
        Column(
            name="owner",
            label=_("Owner"),
            value=owner_text,
            sort=("owner__last_name", "owner_name"),
        ),
        Column(
            name="unit",
            label=_("Unit"),
            value=lambda improvement: improvement.unit.name,
            sort=("unit__name",),
            is_shown=False,
        ),
        Column(
            name="origin",
            label=_("Origin"),
            value=lambda improvement: str(_ORIGINS[improvement.origin]),
            sort=("origin",),
            is_shown=False,
        ),
        day(
            "captured",
            _("Captured"),
            lambda improvement: improvement.captured_at.date(),
            sort=("captured_at",),
            is_shown=False,
        ),
        Column(
            name="in_state",
            label=_("In this state"),
            value=lambda improvement: stood(improvement, "days_in_state"),
            cell=lambda improvement: days_text(stood(improvement, "days_in_state")),
            sort=("standing__days_in_state",),
            is_numeric=True,
            is_shown=False,
        ),
        Column(
            name="age",
            label=_("Age"),
            value=age_of,
            cell=_age_cell,
            # The youngest first is the newest date first.
            sort=("-captured_at",),
            is_numeric=True,
        ),
    ),
)
