"""Service level objectives: error budget, burn and the alerts that watch it.

Formulas and sources: ``docs/domain/budget.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from common.domain.localtime import epoch, instant
from common.domain.refusal import Refusal
from common.domain.worktime import WorkCalendar

MINUTE, HOUR, DAY = 60, 3600, 86_400
GATE_LEFT = Decimal("0.25")


class BudgetError(Refusal):
    """``objective_out_of_range``, ``count_negative``, ``bad_above_eligible``,
    ``eligible_above_window``, ``window_not_positive``, ``share_out_of_range``,
    ``interval_reversed``."""


class Window(StrEnum):
    """Whether a window of so many seconds rolls with the day or follows the calendar."""

    ROLLING = "rolling"
    CALENDAR = "calendar"


class Basis(StrEnum):
    """What an objective counts: good minutes of time, or good events."""

    TIME_SLICES = "time_slices"
    OCCURRENCES = "occurrences"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """A service level objective: the good share it asks for, over a window.

    ``target`` is a ratio in (0, 1]; at 1 there is no budget and burn is undefined.
    """

    target: Decimal
    window_seconds: int
    window: Window = Window.ROLLING
    basis: Basis = Basis.TIME_SLICES

    def __post_init__(self) -> None:
        if not self.target.is_finite() or not 0 < self.target <= 1:
            raise BudgetError("objective_out_of_range", target=str(self.target))
        if self.window_seconds <= 0:
            raise BudgetError("window_not_positive", seconds=self.window_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Where an error budget stands; counts are events or minutes, whatever was put in.

    ``left_share`` may be negative: overspent. Burn 1 empties the budget exactly at the window's
    end. A figure that does not exist is None, and ``reason`` says why: ``no_budget`` (the
    objective is 100 %) or ``nothing_eligible``.
    """

    allowed: Decimal
    bad: int
    used_share: Decimal | None
    left_share: Decimal | None
    burn: Decimal | None
    seconds_to_empty: Decimal | None
    reason: str | None


def budget(
    objective: Objective, *, eligible_in_window: int, eligible_so_far: int, bad: int
) -> Budget:
    """Return the state of the budget.

    allowed = (1 - target) x eligible in the whole window; used = bad / allowed; burn = bad ratio
    so far / (1 - target); ``seconds_to_empty`` = window x left / burn from now at that burn
    (None at burn 0, 0 once empty). Source: services 4.6, E6. Raises BudgetError
    ``count_negative``, ``bad_above_eligible``, ``eligible_above_window``.
    """
    _check_counts(eligible_in_window, eligible_so_far, bad)
    allowance = 1 - objective.target
    allowed = allowance * eligible_in_window
    if not allowance or not eligible_in_window:
        reason = "nothing_eligible" if allowance else "no_budget"
        return _no_budget(allowed, bad, reason)
    used = bad / allowed
    burn = burn_rate(objective, bad=bad, eligible=eligible_so_far)
    empty_in = None
    if burn:
        empty_in = max(Decimal(0), 1 - used) * objective.window_seconds / burn
    return Budget(
        allowed=allowed,
        bad=bad,
        used_share=used,
        left_share=1 - used,
        burn=burn,
        seconds_to_empty=empty_in,
        reason=None if burn is not None else "nothing_eligible",
    )


def burn_rate(objective: Objective, *, bad: int, eligible: int) -> Decimal | None:
    """Return bad ratio / (1 - target); None without anything eligible or without a budget.

    Raises BudgetError ``count_negative``, ``bad_above_eligible``.
    """
    _check_counts(eligible, eligible, bad)
    allowance = 1 - objective.target
    if not allowance or not eligible:
        return None
    return Decimal(bad) / eligible / allowance


def burn_threshold(budget_share: Decimal, window_seconds: int, alert_seconds: int) -> Decimal:
    """Return the burn that uses ``budget_share`` of a window's budget within the alert's window.

    threshold = share x window / alert window. Source: E1, E2 (SRE workbook, as Sloth ships it).
    Raises BudgetError ``share_out_of_range``, ``window_not_positive``.
    """
    if not budget_share.is_finite() or not 0 < budget_share <= 1:
        raise BudgetError("share_out_of_range", share=str(budget_share))
    if min(window_seconds, alert_seconds) <= 0:
        raise BudgetError("window_not_positive", seconds=min(window_seconds, alert_seconds))
    return budget_share * window_seconds / alert_seconds


def seconds_to_empty(window_seconds: int, burn: Decimal) -> Decimal | None:
    """Return how long a full budget lasts at a burn: window / burn; None when nothing burns (E4).

    Raises BudgetError ``window_not_positive``, ``count_negative``.
    """
    if window_seconds <= 0:
        raise BudgetError("window_not_positive", seconds=window_seconds)
    if not burn.is_finite() or burn < 0:
        raise BudgetError("count_negative", count=str(burn))
    return window_seconds / burn if burn else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnAlert:
    """Two windows watched together: the short one ends the alert soon after the burning does."""

    budget_share: Decimal
    long_seconds: int
    short_seconds: int


ALERTS = (
    BurnAlert(budget_share=Decimal("0.02"), long_seconds=HOUR, short_seconds=5 * MINUTE),
    BurnAlert(budget_share=Decimal("0.05"), long_seconds=6 * HOUR, short_seconds=30 * MINUTE),
    BurnAlert(budget_share=Decimal("0.10"), long_seconds=DAY, short_seconds=2 * HOUR),
    BurnAlert(budget_share=Decimal("0.10"), long_seconds=3 * DAY, short_seconds=6 * HOUR),
)
"""The four alerts of the SRE workbook (E1, E3)."""


def fires(
    alert: BurnAlert,
    objective: Objective,
    *,
    long_burn: Decimal | None,
    short_burn: Decimal | None,
) -> bool:
    """Return whether both windows burn faster than the alert's threshold (E3).

    At the threshold itself nothing fires, nor where a burn is not known.
    """
    threshold = burn_threshold(alert.budget_share, objective.window_seconds, alert.long_seconds)
    burns = (long_burn, short_burn)
    return all(burn is not None and burn > threshold for burn in burns)


class Release(StrEnum):
    """Who may let a change through while a budget stands as it does."""

    AUTO = "auto"
    MANAGER = "manager"


def release_gate(left_share: Decimal | None, burn: Decimal | None) -> Release:
    """Return AUTO with more than 25 % left and burn below 1; any other case needs the manager.

    Equal, mixed and unknown cases are the manager's too. Source: services 4.6.
    """
    if left_share is None or burn is None:
        return Release.MANAGER
    return Release.AUTO if left_share > GATE_LEFT and burn < 1 else Release.MANAGER


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """Minutes of agreed time, and how many of them were bad."""

    eligible: int
    bad: int


def minute_slices(
    outages: Sequence[tuple[datetime, datetime]],
    hours: WorkCalendar,
    *,
    start: datetime,
    end: datetime,
) -> Slices:
    """Return the minutes of agreed time in ``[start, end)`` and those an outage touched.

    For a service without telemetry the indicator comes from its outage records: a minute is bad
    when any of its open seconds is. Overlapping outages spoil a minute once. Raises BudgetError
    ``interval_reversed``.
    """
    lower, upper = epoch(start), epoch(end)
    if upper < lower or any(epoch(b) < epoch(a) for a, b in outages):
        raise BudgetError("interval_reversed")
    spoilt: list[tuple[int, int]] = []
    for begun, done in sorted((epoch(a), epoch(b)) for a, b in outages):
        begun, done = max(begun, lower), min(done, upper)
        if begun < done:
            spans = hours.intervals(instant(begun), instant(done))
            spoilt += [_minutes(epoch(a), epoch(b)) for a, b in spans]
    eligible = [_minutes(epoch(a), epoch(b)) for a, b in hours.intervals(start, end)]
    return Slices(eligible=_covered(eligible), bad=_covered(sorted(spoilt)))


def _minutes(start: int, end: int) -> tuple[int, int]:
    return start // MINUTE, -(-end // MINUTE)


def _covered(ranges: Sequence[tuple[int, int]]) -> int:
    count, reached = 0, None
    for first, last in ranges:
        begin = first if reached is None else max(first, reached)
        count += max(0, last - begin)
        reached = last if reached is None else max(last, reached)
    return count


def _no_budget(allowed: Decimal, bad: int, reason: str) -> Budget:
    return Budget(
        allowed=allowed,
        bad=bad,
        used_share=None,
        left_share=None,
        burn=None,
        seconds_to_empty=None,
        reason=reason,
    )


def _check_counts(eligible_in_window: int, eligible_so_far: int, bad: int) -> None:
    least = min(eligible_in_window, eligible_so_far, bad)
    if least < 0:
        raise BudgetError("count_negative", count=least)
    if eligible_so_far > eligible_in_window:
        raise BudgetError(
            "eligible_above_window", so_far=eligible_so_far, in_window=eligible_in_window
        )
    if bad > eligible_so_far:
        raise BudgetError("bad_above_eligible", bad=bad, eligible=eligible_so_far)
