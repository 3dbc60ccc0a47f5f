"""A measure: its course, and the grid its readings are typed into."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common import formats
from common.web.access import signed_in
from common.web.answers import answer_form
from common.web.render import render_page
from common.web.requests import Request
from common.web.svg import XmrChart, XmrPoint
from services import access, actions
from services.domain.facts import shown_number
from services.domain.trend import Course, Trend, trend
from services.forms import ReadingsForm
from services.models import Measure, MeasurePoint
from services.views.detail import head

#: readings that stand in the grid ready to be corrected
LATEST = 6


@signed_in
@require_http_methods(["GET", "POST"])
def measure(request: Request, key: str, pk: int) -> HttpResponse:
    """A measure's course with its limits, a table twin, and the grid for readings."""
    row = access.get_measure_for(request.user, key, pk)
    points = list(row.points.filter(is_current=True).order_by("on"))
    context = head(request, row.service, "measures") | _drawn(row, points)
    if request.method == "POST":
        access.check_can_edit_service(request.user, row.service)
    elif not access.can_edit_service(request.user, row.service):
        return render_page(request, "services/measure.html", context)
    form = ReadingsForm(request.POST or None, measure=row, latest=points[-LATEST:])

    def save() -> str:
        actions.add_points(row, form.readings(), by=request.user)
        return reverse("services:measure", args=[row.service.key, row.pk])

    return answer_form(
        request,
        "services/measure.html",
        form,
        save,
        said=_("The readings are saved."),
        context=context,
    )


def _drawn(row: Measure, points: list[MeasurePoint]) -> dict[str, Any]:
    """Return a measure's chart with its table."""
    found = trend(
        Course(
            measure_id=row.pk,
            name=row.name,
            is_lower_better=row.better == "down",
            target=row.target,
            days=tuple(point.on for point in points),
            values=tuple(point.value for point in points),
        )
    )
    return {
        "measure": row,
        "chart": _chart(row, found) if points else None,
        "headers": [_("Day"), row.unit_text or _("Value"), _("Observations"), _("Revision")],
        "table": [
            [
                formats.format_date(point.on),
                shown_number(point.value),
                formats.format_number(point.n),
                point.revision,
            ]
            for point in reversed(points)
        ],
    }


def _chart(row: Measure, found: Trend) -> XmrChart:
    signals = {at: "better" if good else "worse" for at, good in found.signals}
    label = _("%(name)s: %(count)s readings, last %(value)s") % {
        "name": row.name,
        "count": len(found.values),
        "value": shown_number(found.values[-1]),
    }
    return XmrChart(
        points=tuple(
            XmrPoint(label=_week(day), value=value, signal=signals.get(at, ""))
            for at, (day, value) in enumerate(zip(found.days, found.values, strict=True))
        ),
        mean=found.mean,
        lower=found.lower,
        upper=found.upper,
        target=row.target,
        is_trial=found.is_trial,
        decimals=_decimals(found),
        label=label,
        caption=row.unit_text,
    )


def _decimals(found: Trend) -> int:
    """Return how many decimals the readings themselves have, two at most."""
    exponents = [value.normalize().as_tuple().exponent for value in found.values]
    return min(2, max(0, *(-number for number in exponents if isinstance(number, int))))


def _week(day: dt.date) -> str:
    return formats.format_date(day)[5:]
