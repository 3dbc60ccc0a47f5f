"""Projects for tests: explicit, with realistic defaults, written through the actions."""

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from accounts.models import Unit, User
from projects.actions import add_risk, create_project
from projects.models import Project, ProjectType, Risk

_numbers = itertools.count(1)


def make_project_type(
    *, name: str | None = None, delivers_to_operation: bool = True
) -> ProjectType:
    """A type of project."""
    return ProjectType.objects.create(
        name=name or f"Type {next(_numbers)}", delivers_to_operation=delivers_to_operation
    )


def make_project(
    *,
    unit: Unit,
    name: str | None = None,
    manager: User | None = None,
    tier: str = "light",
    phase: str = "executing",
    **values: Any,
) -> Project:
    """A running project of 2026 with an approved plan: 1 million, finished by 30 October."""
    facts: dict[str, Any] = {
        "purpose": "Fewer calls about permits.",
        "starts_on": dt.date(2026, 1, 12),
        "planned_finish_on": dt.date(2026, 10, 30),
        "baseline_finish_on": dt.date(2026, 10, 30),
        "forecast_finish_on": dt.date(2026, 10, 30),
        "approved_budget": Decimal("1000000.00"),
        "current_budget": Decimal("1000000.00"),
        "forecast_cost": Decimal("1000000.00"),
    }
    project_type = values.pop("project_type", None) or ProjectType.objects.first()
    return create_project(
        {
            "name": name or f"Project {next(_numbers)}",
            "unit": unit,
            "project_type": project_type or make_project_type(),
            "tier": tier,
            "manager": manager,
            **(facts | values),
        },
        by=None,
        phase=phase,
    )


def make_risk(
    *, project: Project, probability: int = 2, consequence: int = 2, **values: Any
) -> Risk:
    """A risk, within tolerance unless told otherwise."""
    return add_risk(
        project,
        {
            "title": values.pop("title", f"Risk {next(_numbers)}"),
            "probability": probability,
            "consequence": consequence,
            **values,
        },
        by=None,
    )
