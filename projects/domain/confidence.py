"""How far a project's figures can be trusted: fresh, complete and without contradictions."""

from datetime import date
from decimal import Decimal
from functools import lru_cache

from common.domain import health
from projects.domain.inputs import Inputs
from projects.domain.limits import Limits


def data_confidence(inputs: Inputs, limits: Limits, as_of: date, heard_on: date) -> Decimal:
    """Freshness, completeness and consistency as one figure (bridge 6.7), two decimals."""
    cadence = limits.cadence_days[inputs.tier]
    age = 0 if inputs.is_over or inputs.overlay else max(0, (as_of - heard_on).days)
    # Freshness stays at nothing from two cadences on.
    fresh = _freshness(min(age, 2 * cadence), cadence)
    facts, checks = _facts(inputs), _checks(inputs, as_of)
    return _weighed(fresh, _share(sum(facts), len(facts)), _share(sum(checks), len(checks)))


# Small numbers make few combinations, and fractions are slow.
_freshness = lru_cache(maxsize=1024)(health.freshness)


@lru_cache(maxsize=1024)
def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(1)


@lru_cache(maxsize=4096)
def _weighed(fresh: Decimal, complete: Decimal, consistent: Decimal) -> Decimal:
    return health.confidence(fresh, complete, consistent).quantize(Decimal("0.01"))


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
