"""What a project costs against what was approved: the cost dimension of its health.

Source: projects 4.7. Green to 5 percent above, amber to 10, red beyond or above an absolute cap;
always against the original approval. Amounts never stand in a reason.
"""

from collections.abc import Iterator
from decimal import Decimal

from common.domain.health import Colour, Reason
from projects.domain.hysteresis import Judged, held, reason_of_hold, shown_percent
from projects.domain.inputs import COST, Inputs, Said
from projects.domain.limits import Limits

_HUNDRED = Decimal(100)


def expected_cost(forecast: Decimal | None, actual: Decimal | None) -> Decimal | None:
    """What it is expected to cost: the forecast, and never less than what has been spent."""
    if forecast is None:
        return None
    return forecast if actual is None else max(forecast, actual)


def deviation(approved: Decimal | None, expected: Decimal | None) -> Decimal | None:
    """Return (expected - approved) / approved in percent: -VAC / BAC; None if undefined."""
    if approved is None or approved <= 0 or expected is None:
        return None
    return (expected - approved) * _HUNDRED / approved


def cost_of(inputs: Inputs, limits: Limits) -> Judged:
    """Return colour and reasons of the cost: what is expected, or spent, against the original.

    The original is the approved amount.
    """
    forecast, actual = inputs.forecast_cost, inputs.actual_cost
    if inputs.is_over and actual is not None:
        forecast = actual
    expected = expected_cost(forecast, actual)
    over = deviation(inputs.budget_approved, expected)
    if over is None or expected is None:
        return _unknown(inputs, limits)
    now = _colour(inputs, expected, over, limits)
    colour, by = held(now, () if inputs.is_over else _earlier(inputs, limits))
    return colour, (
        *((_held(inputs, colour, by),) if by else ()),
        _reason(inputs, over, is_spent=expected != forecast),
        *_cap_reasons(inputs, expected, limits),
    )


def _reason(inputs: Inputs, over: Decimal, *, is_spent: bool) -> Reason:
    percent = {"percent": shown_percent(abs(over))}
    if is_spent and over > 0:
        return Reason(code="projects.cost_spent_over_forecast", params=percent)
    against = "planned" if inputs.approved_budget is None else "approved"
    how = "over" if over > 0 else "under" if over < 0 else "even"
    return Reason(code=f"projects.cost_{how}_{against}", params=percent)


def _colour(inputs: Inputs, expected: Decimal, over: Decimal, limits: Limits) -> Colour:
    """Judge an amount by how many percent it is over the approved one, which there is."""
    if over > limits.cost_amber or _passes_cap(inputs, expected, limits):
        return Colour.RED
    return Colour.GREEN if over <= limits.cost_green else Colour.AMBER


def _passes_cap(inputs: Inputs, expected: Decimal, limits: Limits) -> bool:
    approved = inputs.budget_approved or Decimal(0)
    return limits.cost_cap > 0 and expected - approved > limits.cost_cap


def _cap_reasons(inputs: Inputs, expected: Decimal, limits: Limits) -> Iterator[Reason]:
    if _passes_cap(inputs, expected, limits):
        yield Reason(code="projects.cost_cap_passed", params={})


def _unknown(inputs: Inputs, limits: Limits) -> Judged:
    """Without a forecast only what is overspent, or granted above the original, is known."""
    known = [
        (over, amount, code)
        for amount, code in (
            (inputs.actual_cost, "cost_spent_over"),
            (inputs.current_budget, "cost_granted_over"),
        )
        if amount is not None and (over := deviation(inputs.budget_approved, amount)) is not None
    ]
    if known:
        over, amount, code = max(known)
        colour = _colour(inputs, amount, over, limits)
        if colour is not Colour.GREEN:
            reason = Reason(code=f"projects.{code}", params={"percent": shown_percent(over)})
            caps = _cap_reasons(inputs, amount, limits)
            return colour, (reason, *caps)
    code = "budget_missing" if not inputs.budget_approved else "cost_forecast_missing"
    return Colour.GREY, (Reason(code=f"projects.{code}", params={}),)


def _earlier(inputs: Inputs, limits: Limits) -> Iterator[tuple[Colour, Said]]:
    for said in inputs.said:
        expected = expected_cost(said.forecast_cost, said.actual_cost)
        over = deviation(inputs.budget_approved, expected)
        if over is not None and expected is not None:
            yield _colour(inputs, expected, over, limits), said


def _held(inputs: Inputs, colour: Colour, by: Said) -> Reason:
    over = deviation(inputs.budget_approved, expected_cost(by.forecast_cost, by.actual_cost))
    return reason_of_hold(COST, colour, by, percent=shown_percent(abs(over or Decimal(0))))
