"""The three kinds the roof rolls up, and where each keeps its standing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from common.standing import Change
from improvements.actions.standing import restand as restand_improvements
from improvements.domain.lifecycle import OPEN
from improvements.models import Improvement, ImprovementStanding
from projects.actions.standing import restand as restand_projects
from projects.models import Project, ProjectStanding
from services.actions.standing import restand as restand_services
from services.models import Service, ServiceStanding

KINDS = ("project", "service", "improvement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One kind: its rows, its standing, and the function that judges them."""

    kind: str
    model: Any
    standing: Any
    restand: Callable[..., Sequence[Change]]
    dimensions: tuple[str, ...]
    #: what totals and the dashboard count: the rest is history
    is_live: Q
    #: the subject's field that counts as its money; empty where it has none
    money: str = ""


PROJECT_DIMENSIONS = ("schedule", "cost", "scope", "risk", "resources", "benefits", "governance")
SERVICE_DIMENSIONS = (
    "availability",
    "service_levels",
    "incidents",
    "change",
    "satisfaction",
    "cost",
)
IMPROVEMENT_DIMENSIONS = ("progress", "effect")

SIDES: dict[str, Side] = {
    "project": Side(
        kind="project",
        model=Project,
        standing=ProjectStanding,
        restand=restand_projects,
        dimensions=PROJECT_DIMENSIONS,
        is_live=~Q(phase="closed") & ~Q(overlay="stopped"),
        money="current_budget",
    ),
    "service": Side(
        kind="service",
        model=Service,
        standing=ServiceStanding,
        restand=restand_services,
        dimensions=SERVICE_DIMENSIONS,
        is_live=~Q(status="retired"),
        money="yearly_cost",
    ),
    "improvement": Side(
        kind="improvement",
        model=Improvement,
        standing=ImprovementStanding,
        restand=restand_improvements,
        dimensions=IMPROVEMENT_DIMENSIONS,
        is_live=Q(state__in=sorted(OPEN)),
    ),
}
