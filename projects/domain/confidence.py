"""How far a project's figures can be trusted: fresh, complete and without contradictions."""

from datetime import date
from decimal import Decimal

from common.domain import health
from projects.domain.inputs import Inputs
from projects.domain.limits import Limits


def data_confidence(inputs: Inputs, limits: Limits, as_of: date, heard_on: date) -> Decimal:
    """Freshness, completeness and consistency as one figure (bridge 6.7), two decimals."""
    cadence = limits.cadence_days[inputs.tier]
    age = 0 if inputs.is_over or inputs.overlay else max(0, (as_of - heard_on).days)
    facts, checks = _facts(inputs), _checks(inputs, as_of)
    return health.confidence(
        health.freshness(age, cadence),
        health.share(sum(facts), len(facts)),
        health.share(sum(checks), len(checks)),
    ).quantize(_CENT)


_CENT = Decimal("0.01")


def _facts(inputs: Inputs) -> list[bool]:
    """Say of each fact that is expected by now whether it is there."""
    found = [
        inputs.has_purpose,
        inputs.has_manager,
        inputs.has_sponsor,
        inputs.starts_on is not None,
        inputs.finish_approved is not None,
        inputs.budget_approved is not None,
    ]
    if inputs.phase in {"executing", "closing"}:
        found += [
            inputs.baseline_finish_on is not None,
            inputs.approved_budget is not None,
            inputs.forecast_finish_on is not None or inputs.actual_finish_on is not None,
            inputs.forecast_cost is not None,
        ]
    if inputs.phase == "closed":
        found += [inputs.actual_finish_on is not None, inputs.actual_cost is not None]
    return found


def _checks(inputs: Inputs, as_of: date) -> list[bool]:
    """Say of each pair of facts that can contradict each other whether they agree."""
    start = inputs.starts_on or inputs.actual_start_on
    finishes = (inputs.planned_finish_on, inputs.baseline_finish_on, inputs.actual_finish_on)
    found = [start <= finish for finish in finishes if finish] if start else []
    happened = (inputs.actual_start_on, inputs.actual_finish_on)
    found += [day <= as_of for day in happened if day]
    if inputs.forecast_cost is not None and inputs.actual_cost is not None:
        found.append(inputs.actual_cost <= inputs.forecast_cost)
    if inputs.phase == "closed":
        found.append(inputs.actual_finish_on is not None)
    return found
