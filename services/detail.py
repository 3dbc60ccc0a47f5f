"""Everything a service's page shows, computed live from stored results."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common import clock, formats
from common.domain.periods import Period, PeriodKind, local_day, period_of
from common.web.svg import LifeGroup, LifeRail, LifeStep, OutageRibbon, Sparkline
from common.wording import say
from services import access
from services.domain.facts import shown_number
from services.domain.lifecycle import STAGES, Status
from services.domain.trend import Course, trend
from services.models import Service, StatusEntry
from services.models.service import STATUSES
from services.plans import PlanRow, plan_rows
from services.queries.detail import LinkRow, MeasureRow, agreements_held, entries, links, measures
from services.queries.events import EventRow, events
from services.track_record import (
    RIBBON_DAYS,
    AgreementCard,
    AvailabilityCard,
    TrackRecord,
    start_of_days,
)
from services.wording import DIMENSIONS
from services.wording import STAGES as STAGE_WORDS

MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionRow:
    """A judged dimension with its reasons in words."""

    name: str
    label: str
    colour: str
    reasons: tuple[str, ...]
    #: where the rows stand that made it, below the service's own address
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCard:
    """A measure with its sparkline."""

    row: MeasureRow
    spark: Sparkline | None
    last: str
    target: str
    misses: bool
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage:
    """What the page prints."""

    service: Service
    zone: str
    today: dt.date
    dimensions: tuple[DimensionRow, ...]
    why: str
    rail: LifeRail
    agreements: tuple[AgreementCard, ...]
    availability: AvailabilityCard | None
    ribbon: OutageRibbon | None
    ribbon_note: str
    open_outages: tuple[EventRow, ...]
    plans: tuple[PlanRow, ...]
    measures: tuple[MeasureCard, ...]
    needs: tuple[LinkRow, ...]
    carries: tuple[LinkRow, ...]
    cost_per_user: Decimal | None


def service_page(service: Service, user: Any) -> ServicePage:
    """Return a service's page for a reader, in seven statements."""
    now = clock.now()
    zone = service.root.zone or "UTC"
    today = local_day(zone, now)
    months = complete_months(today)
    since = min(months[0].bounds(zone)[0], start_of_days(zone, today, RIBBON_DAYS))
    happened = events(service, since)
    record = TrackRecord(
        service=service,
        zone=zone,
        now=now,
        since=since,
        months=months,
        versions=agreements_held(service, months[0].start, today),
        happened=happened,
    )
    joined = links(service, user)
    cost = service.yearly_cost if access.can_see_money(user, service) else None
    dimensions = _dimensions(service)
    return ServicePage(
        service=service,
        zone=zone,
        today=today,
        dimensions=dimensions,
        why=next((row.reasons[0] for row in dimensions if _drags(service, row)), ""),
        rail=life_rail_of(service, entries(service), today),
        agreements=tuple(record.cards()),
        availability=record.availability(),
        ribbon=record.ribbon(today),
        ribbon_note=record.ribbon_note(today),
        open_outages=tuple(
            row for row in happened if row.table == "outage" and row.ends_at is None
        ),
        plans=plan_rows(service, happened, joined, now),
        measures=tuple(_measure(row) for row in measures(service, today - dt.timedelta(days=400))),
        needs=tuple(link for link in joined if link.is_need),
        carries=tuple(link for link in joined if not link.is_need),
        cost_per_user=(cost / service.users_count).quantize(Decimal(1))
        if cost and service.users_count
        else None,
    )


def complete_months(today: dt.date) -> list[Period]:
    """Return the last twelve complete months, oldest first."""
    months = [period_of(PeriodKind.MONTH, today).previous()]
    while len(months) < MONTHS:
        months.append(months[-1].previous())
    return months[::-1]


#: the rows behind each dimension
_ROWS = {
    "availability": "availability/?window=30",
    "service_levels": "incidents/?month=recent",
    "incidents": "incidents/?state=open",
}


def _drags(service: Service, row: DimensionRow) -> bool:
    standing = getattr(service, "standing", None)
    return bool(standing and row.reasons and row.name == standing.drag)


def _dimensions(service: Service) -> tuple[DimensionRow, ...]:
    """Return the stored judgement, each reason in the reader's language."""
    standing = getattr(service, "standing", None)
    if standing is None:
        return ()
    return tuple(
        DimensionRow(
            name=name,
            label=str(label),
            colour=getattr(standing, name),
            reasons=tuple(say(code, params) for code, params in standing.reasons.get(name, [])),
            url=_ROWS.get(name, ""),
        )
        for name, label in DIMENSIONS.items()
        if getattr(standing, name)
    )


def life_rail_of(service: Service, entered: Sequence[StatusEntry], today: dt.date) -> LifeRail:
    """Return the life cycle of the present pass: passed, present and coming statuses."""
    words = dict(STATUSES)
    current = Status(service.status)
    pass_no = entered[-1].pass_no if entered else 1
    since = {Status(row.status): row.on for row in entered if row.pass_no == pass_no}
    groups = []
    for stage, statuses in STAGES.items():
        dates = [since[status] for status in statuses if status in since]
        is_now = current in statuses
        note = ""
        if is_now:
            note = _("since %(day)s") % {"day": formats.format_date(service.status_on)}
        elif dates and current.number > statuses[0].number:
            note = str(dates[-1].year)
        groups.append(
            LifeGroup(
                label=str(STAGE_WORDS[stage]),
                note=note,
                steps=tuple(
                    LifeStep(
                        label=str(words[status]),
                        state="now"
                        if status is current
                        else "done"
                        if status.number < current.number
                        else "next",
                    )
                    for status in statuses
                ),
            )
        )
    label = _("Life cycle: %(status)s since %(day)s") % {
        "status": words[current],
        "day": formats.format_date(service.status_on),
    }
    return LifeRail(groups=tuple(groups), label=label)


def course_of(row: MeasureRow) -> Course:
    """Return a measure's readings as the domain knows them."""
    return Course(
        measure_id=row.id,
        name=row.name,
        is_lower_better=row.better == "down",
        target=row.target,
        days=row.days,
        values=row.values,
    )


def _measure(row: MeasureRow) -> MeasureCard:
    found = trend(course_of(row))
    unit = f" {row.unit_text}" if row.unit_text else ""
    last = f"{shown_number(found.last)}{unit}" if found.last is not None else formats.NOTHING
    spark = None
    if found.values:
        label = _("%(name)s, last %(value)s") % {"name": row.name, "value": last}
        spark = Sparkline(
            points=found.values,
            mean=found.mean,
            lower=found.lower,
            upper=found.upper,
            target=row.target,
            signals={at: "better" if good else "worse" for at, good in found.signals},
            label=label,
        )
    return MeasureCard(
        row=row,
        spark=spark,
        last=last,
        target=f"{shown_number(row.target)}{unit}" if row.target is not None else formats.NOTHING,
        misses=found.last_misses_target,
        url=f"measures/{row.id}/",
    )
