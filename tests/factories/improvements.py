"""Improvements for tests: explicit, with realistic defaults, written through the actions."""

import itertools
from decimal import Decimal
from typing import Any

from accounts.models import Unit, User
from improvements.actions import (
    CriterionGiven,
    Rating,
    capture,
    change_state,
    edit,
    score,
    set_scoring_model,
)
from improvements.domain.approvals import Office
from improvements.domain.lifecycle import State
from improvements.models import Improvement, Score, ScoringModel
from services.models import Service

_numbers = itertools.count(1)
CRITERIA = (
    CriterionGiven(
        key="value", label_en="Value to users", label_sv="Nytta för användarna", weight=Decimal(2)
    ),
    CriterionGiven(key="urgency", label_en="Urgency", label_sv="Brådska", weight=Decimal(1)),
    CriterionGiven(
        key="risk",
        label_en="Risk of doing it",
        label_sv="Risk med att göra det",
        weight=Decimal(1),
        is_inverted=True,
    ),
    CriterionGiven(
        key="law",
        label_en="Required by law",
        label_sv="Krävs enligt lag",
        weight=Decimal(0),
        is_mandatory=True,
    ),
)


def make_scoring_model(*, name: str = "Test weights") -> ScoringModel:
    """The default model of the tests: weights 2, 1, 1 (the last inverted) and one mandatory."""
    return set_scoring_model(name, CRITERIA, by=None)


def make_improvement(
    *,
    by: User,
    unit: Unit | None = None,
    service: Service | None = None,
    title: str | None = None,
    **values: Any,
) -> Improvement:
    """A captured improvement; `values` are edited in afterwards."""
    improvement = capture(
        title or f"Improvement {next(_numbers)}",
        "It takes four days where it should take one.",
        by=by,
        unit=unit,
        service=service,
    )
    if values:
        edit(improvement, values, by=by, expected=improvement.version)
    return improvement


def make_shaped(
    *, by: User, service: Service, owner: User | None = None, route: str = "project", **values: Any
) -> Improvement:
    """A shaped improvement with an owner, a service and a route whose effort fits it."""
    effort = {"do_now": 3, "change": 12, "project": 34}[route]
    improvement = make_improvement(by=by, service=service, title=values.pop("title", None))
    edit(
        improvement,
        {"owner": owner or by, "effort_days": Decimal(effort), "route": route, **values},
        by=by,
        expected=improvement.version,
    )
    return change_state(improvement, State.SHAPED, by=by, expected=improvement.version)


def make_score(
    improvement: Improvement,
    *,
    by: User,
    office: Office,
    value: int = 3,
    urgency: int = 3,
    risk: int = 2,
    law: int = 0,
    **inputs: Decimal,
) -> Score:
    """A score for an office, on the criteria of `make_scoring_model`."""
    ratings = {"value": value, "urgency": urgency, "risk": risk, "law": law}
    return score(improvement, Rating(ratings=ratings, inputs=inputs), office=office, by=by)
