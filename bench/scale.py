"""The scale set: invented rows in the numbers that the targets speak of, loaded with COPY.

Deterministic: row N is always the same, so that two runs measure the same work.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, transaction

from bench.loading import Frame, frame, load, next_key, pick
from improvements.models import Improvement, ImprovementService, Score, ScoringCriterion
from portfolio.models import UnitTotal
from projects.models import (
    Milestone,
    Project,
    ProjectFigure,
    ProjectType,
    Risk,
    StatusReport,
    StatusReportLine,
)
from services.models import (
    Agreement,
    AgreementTarget,
    Incident,
    Measure,
    MeasurePoint,
    Outage,
    Service,
    StatusSpan,
)

DAYS_OF_HISTORY = 730
PHASES = ("initiating", "planning", "executing", "executing", "executing", "closing", "closed")
STATES = ("captured", "shaped", "approved", "delivering", "measuring", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of each."""

    projects: int
    services: int
    incidents: int
    improvements: int


FULL = Size(projects=10_000, services=2_000, incidents=1_000_000, improvements=5_000)
QUICK = Size(projects=1_000, services=200, incidents=50_000, improvements=500)


def build(name: str, size: Size, *, username: str, departments: int = 100) -> Frame:
    """Load one organisation of that size; returns what it hangs on."""
    at = frame(name, departments=departments, username=username)
    with transaction.atomic():
        _projects(at, size.projects)
        services = _services(at, size.services)
        _incidents(at, services, size.incidents)
        _improvements(at, services, size.improvements)
        _trend(at)
        _reset_sequences()
    return at


def _reset_sequences() -> None:
    filled = [Project, Service, Incident, Improvement, Agreement, Measure, StatusReport]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), filled):
            cursor.execute(statement)


def _projects(at: Frame, count: int) -> None:
    start = next_key(Project)
    ids = range(start, start + count)
    kind, _ = ProjectType.objects.get_or_create(name="Development")
    stamp = {"created_at": at.back(400), "updated_at": at.back(20)}

    def rows() -> Iterator[dict[str, Any]]:
        for n, pk in enumerate(ids):
            finish = at.today + dt.timedelta(days=n % 500 - 60)
            budget = Decimal(500_000 + n % 97 * 250_000)
            phase = PHASES[n % len(PHASES)]
            yield {
                "id": pk,
                "name": f"Project {n * 7919 % 100_003:06}: renewal of part {n % 313}",
                "unit_id": pick(at.units, n),
                "tier": ("light", "standard", "heavy")[n % 3],
                "sponsor_id": pick(at.people, n + 3),
                "manager_id": pick(at.people, n),
                "phase": phase,
                "overlay": "on_hold" if n % 41 == 0 else "",
                "starts_on": finish - dt.timedelta(days=500),
                "actual_start_on": finish - dt.timedelta(days=495),
                "planned_finish_on": finish,
                "baseline_finish_on": finish,
                "forecast_finish_on": finish + dt.timedelta(days=n % 11 * 9),
                "actual_finish_on": finish if phase == "closed" else None,
                "approved_budget": budget,
                "current_budget": budget,
                "forecast_cost": budget * (95 + n % 23) / 100,
                "actual_cost": budget * (n % 80) / 100,
            }

    shared = {"project_type_id": kind.pk, "purpose": "Invented, to measure by.", **stamp}
    load(Project, rows(), same=shared)
    load(
        Milestone,
        (
            {
                "project_id": pk,
                "name": f"Milestone {m}",
                "baseline_on": at.today + dt.timedelta(days=m * 60 - 90),
                "planned_on": at.today + dt.timedelta(days=m * 60 - 80 + pk % 13),
                "actual_on": at.today - dt.timedelta(days=70) if m == 0 else None,
            }
            for pk in ids
            for m in range(3)
        ),
        same=stamp,
    )
    load(
        Risk,
        (
            {
                "project_id": pk,
                "title": f"Risk {r}",
                "probability": (pk + r) % 5 + 1,
                "consequence": (pk * 3 + r) % 5 + 1,
                "owner_id": pick(at.people, pk),
            }
            for pk in ids
            for r in range(2)
        ),
        same=stamp,
    )
    _reports(at, ids)


def _reports(at: Frame, ids: range) -> None:
    load(
        ProjectFigure,
        (
            {
                "project_id": pk,
                "on": at.today - dt.timedelta(days=5 + 30 * back),
                "reported_colour": ("green", "green", "amber", "red")[(pk + back) % 4],
                "forecast_cost": 1_000_000 + pk,
                "actual_cost": 400_000 + pk,
                "forecast_finish_on": at.today + dt.timedelta(days=pk % 300),
            }
            for pk in ids
            for back in range(2)
        ),
        same={},
    )
    first = next_key(StatusReport)
    load(
        StatusReport,
        (
            {
                "id": first + n,
                "project_id": pk,
                "reported": ("green", "green", "amber", "red")[n % 4],
                "measured": ("green", "amber", "red")[n % 3],
            }
            for n, pk in enumerate(ids)
        ),
        same={
            "on": at.today - dt.timedelta(days=5),
            "published_at": at.back(5),
            "summary": "As planned.",
            "rule_version": "1.0",
        },
    )
    load(
        StatusReportLine,
        (
            {
                "report_id": first + n,
                "dimension": dimension,
                "reported": ("green", "green", "amber", "red")[n % 4],
                "measured": ("green", "amber", "red")[n % 3],
            }
            for n in range(len(ids))
            for dimension in ("schedule", "cost", "risk")
        ),
        same={},
    )


def _services(at: Frame, count: int) -> range:
    start = next_key(Service)
    ids = range(start, start + count)
    stamp = {"created_at": at.back(700), "updated_at": at.back(20)}
    load(
        Service,
        (
            {
                "id": pk,
                "name": f"Service {n * 7919 % 10_007:05}: {('mail', 'case', 'pay', 'map')[n % 4]}",
                "unit_id": pick(at.units, n),
                "owner_id": pick(at.people, n),
                "tier": n % 4 + 1,
                "status": "operational" if n % 10 else "released",
                "users_count": 50 + n % 400,
                "yearly_cost": Decimal(100_000 + n % 53 * 40_000),
            }
            for n, pk in enumerate(ids)
        ),
        same={"root_id": at.root.pk, "status_on": at.today - dt.timedelta(days=600), **stamp},
    )
    agreement = next_key(Agreement)
    load(
        Agreement,
        ({"id": agreement + n, "service_id": pk} for n, pk in enumerate(ids)),
        same={
            "starts_on": at.today - dt.timedelta(days=600),
            "availability_target": Decimal("99.5"),
            "calendar_id": at.calendar.pk,
        },
    )
    load(
        AgreementTarget,
        (
            {"agreement_id": agreement + n, "priority": p, "seconds": p * 14_400}
            for n in range(count)
            for p in range(1, 5)
        ),
        same={},
    )
    load(
        Outage,
        (
            {
                "service_id": pk,
                "starts_at": at.back(DAYS_OF_HISTORY * k / 10 + pk % 29),
                "ends_at": at.back(DAYS_OF_HISTORY * k / 10 + pk % 29 - 0.05 * (pk % 7 + 1)),
                "kind": ("unplanned", "planned", "degraded")[(pk + k) % 3],
            }
            for pk in ids
            for k in range(10)
        ),
        same=stamp,
    )
    _measures(at, ids, stamp)
    return ids


def _measures(at: Frame, ids: range, stamp: dict[str, Any]) -> None:
    first = next_key(Measure)
    load(
        Measure,
        ({"id": first + n, "service_id": pk} for n, pk in enumerate(ids)),
        same={"name": "Handled the same day", "unit_text": "%", "is_primary": True, **stamp},
    )
    load(
        MeasurePoint,
        (
            {
                "measure_id": first + n,
                "on": at.today - dt.timedelta(days=30 * k + 3),
                "value": 80 + (n * 31 + k * 17) % 19,
            }
            for n in range(len(ids))
            for k in range(24)
        ),
        same={"entered_at": at.back(3)},
    )


def _incidents(at: Frame, services: range, count: int) -> None:
    """Spread over two years, newest last; one in fifty still open."""
    start = next_key(Incident)
    ids = range(start, start + count)
    step = DAYS_OF_HISTORY / max(count, 1)
    texts = [f"Incident of sort {n}" for n in range(40)]

    def rows() -> Iterator[dict[str, Any]]:
        for n, pk in enumerate(ids):
            opened = at.back(DAYS_OF_HISTORY - n * step)
            is_open = n % 50 == 0 and n > count // 2
            took = dt.timedelta(minutes=15 + n * 37 % 2800)
            ended = None if is_open else min(opened + took, at.now)
            yield {
                "id": pk,
                "service_id": services[n * 7919 % len(services)],
                "title": texts[n % 40],
                "priority": n % 4 + 1,
                "state": "in_progress" if is_open else "closed",
                "opened_at": opened,
                "resolved_at": ended,
                "closed_at": ended,
                "due_at": opened + dt.timedelta(days=n % 4 + 1),
                "business_seconds": None if is_open else n % 90_000,
                "wall_seconds": None if is_open else n % 260_000,
                "met": None if is_open else n % 8 != 0,
            }

    load(Incident, rows(), same={"category": "Application", "group_name": "Service desk"})
    newest = ids[-min(count, 50_000) :] if count else ids
    load(
        StatusSpan,
        ({"incident_id": pk, "starts_at": at.back(30)} for pk in newest),
        same={"status": "in_progress", "word": "In progress"},
    )


def _improvements(at: Frame, services: range, count: int) -> None:
    start = next_key(Improvement)
    ids = range(start, start + count)
    load(
        Improvement,
        (
            {
                "id": pk,
                "title": f"Improvement {n * 7919 % 10_007:05}: fewer calls about {n % 71}",
                "unit_id": pick(at.units, n),
                "owner_id": pick(at.people, n),
                "state": STATES[n % len(STATES)],
                "state_since": at.back(n % 90),
                "captured_at": at.back(90 + n % 300),
                "created_at": at.back(90 + n % 300),
                "updated_at": at.back(n % 90),
            }
            for n, pk in enumerate(ids)
        ),
        same={"problem": "Invented, to measure by.", "first_response_at": at.back(5)},
    )
    load(
        ImprovementService,
        (
            {"improvement_id": pk, "service_id": services[n * 7919 % len(services)]}
            for n, pk in enumerate(ids)
        ),
        same={"is_primary": True},
    )
    keys = list(ScoringCriterion.objects.values_list("key", flat=True))
    load(
        Score,
        (
            {
                "improvement_id": pk,
                "office": office,
                "scorer_id": at.people[0],
                "ratings": {key: (pk + k) % 6 for k, key in enumerate(keys)},
            }
            for pk in ids[::2]
            for office in ("project", "service")
        ),
        same={"at": at.back(10)},
    )


def _trend(at: Frame) -> None:
    load(
        UnitTotal,
        (
            {
                "kind": kind,
                "on": at.today - dt.timedelta(days=back),
                "green": 60 + back % 7,
                "amber": 20,
                "red": 20 - back % 7,
                "subjects": 100,
            }
            for kind in ("project", "service", "improvement")
            for back in range(1, 91)
        ),
        same={"unit_id": at.root.pk},
    )
