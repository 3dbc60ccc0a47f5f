"""How far a project's figures can be trusted: fresh, complete and without contradictions."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from common.domain import health
from projects.domain.inputs import Inputs
from projects.domain.limits import Limits


def data_confidence(inputs: Inputs, limits: Limits, as_of: date, heard_on: date) -> Decimal:
    """Freshness, completeness and consistency as one figure (bridge 6.7), two decimals."""
    age = 0 if inputs.is_over or inputs.overlay else max(0, (as_of - heard_on).days)
    expected = list(_expected_facts(inputs))
    checks = list(_consistent(inputs, as_of))
    return health.confidence(
        health.freshness(age, limits.cadence_days[inputs.tier]),
        Decimal(sum(expected)) / len(expected),
        Decimal(sum(checks)) / len(checks) if checks else Decimal(1),
    ).quantize(Decimal("0.01"))


def _expected_facts(inputs: Inputs) -> Iterator[bool]:
    yield inputs.has_purpose
    yield inputs.has_manager
    yield inputs.has_sponsor
    yield inputs.starts_on is not None
    yield inputs.finish_approved is not None
    yield inputs.budget_approved is not None
    if inputs.phase in {"executing", "closing"}:
        yield inputs.baseline_finish_on is not None
        yield inputs.approved_budget is not None
        yield inputs.forecast_finish_on is not None or inputs.actual_finish_on is not None
        yield inputs.forecast_cost is not None
    if inputs.phase == "closed":
        yield inputs.actual_finish_on is not None
        yield inputs.actual_cost is not None


def _consistent(inputs: Inputs, as_of: date) -> Iterator[bool]:
    start = inputs.starts_on or inputs.actual_start_on
    for finish in (inputs.planned_finish_on, inputs.baseline_finish_on, inputs.actual_finish_on):
        if start and finish:
            yield start <= finish
    for happened in (inputs.actual_start_on, inputs.actual_finish_on):
        if happened:
            yield happened <= as_of
    if inputs.forecast_cost is not None and inputs.actual_cost is not None:
        yield inputs.actual_cost <= inputs.forecast_cost
    if inputs.phase == "closed":
        yield inputs.actual_finish_on is not None
