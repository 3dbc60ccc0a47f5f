"""Codes and values of MS Project XML (MS-MSPDI schema), both ways.

Lag and slack stand in tenths of a minute, money in hundredths, durations as ISO 8601.
"""

import re
from decimal import Decimal
from functools import lru_cache

from exchange.formats.schedule_values import decimal_of
from projects.domain.schedule import ConstraintKind, LagKind, LinkKind

NAMESPACE = "http://schemas.microsoft.com/project"
LINK_KINDS = {
    "0": LinkKind.FINISH_FINISH,
    "1": LinkKind.FINISH_START,
    "2": LinkKind.START_FINISH,
    "3": LinkKind.START_START,
}
CONSTRAINT_KINDS = {
    "0": ConstraintKind.AS_SOON_AS_POSSIBLE,
    "1": ConstraintKind.AS_LATE_AS_POSSIBLE,
    "2": ConstraintKind.MUST_START_ON,
    "3": ConstraintKind.MUST_FINISH_ON,
    "4": ConstraintKind.START_NO_EARLIER_THAN,
    "5": ConstraintKind.START_NO_LATER_THAN,
    "6": ConstraintKind.FINISH_NO_EARLIER_THAN,
    "7": ConstraintKind.FINISH_NO_LATER_THAN,
}
ELAPSED_UNITS = frozenset({"4", "6", "8", "10", "12", "36", "38", "40", "42", "44"})
PERCENT_UNITS = {
    "19": LagKind.PERCENT,
    "51": LagKind.PERCENT,
    "20": LagKind.ELAPSED_PERCENT,
    "52": LagKind.ELAPSED_PERCENT,
}
READ_FIELDS = frozenset(
    {
        "UID", "ID", "Name", "WBS", "OutlineNumber", "OutlineLevel", "IsNull", "Active",
        "Manual", "ManualStart", "ManualDuration", "Start", "Finish", "Duration",
        "DurationFormat", "RemainingDuration", "Milestone", "Summary", "PercentComplete",
        "ConstraintType", "ConstraintDate", "Deadline", "ActualStart", "ActualFinish",
        "CalendarUID", "IgnoreResourceCalendar", "ExternalTask", "EarlyStart", "EarlyFinish",
        "LateStart", "LateFinish", "TotalSlack", "FreeSlack", "Critical", "PredecessorLink",
        "Baseline", "ActualDuration",
    }
)  # fmt: skip
"""Fields of a task that are read, or that follow from those that are."""

SELF_EVIDENT_FIELDS = frozenset(
    {
        "CreateDate", "GUID", "Type", "Priority", "StartSlack", "FinishSlack", "StartVariance",
        "FinishVariance", "WorkVariance", "ResumeValid", "Stop", "Resume", "Estimated",
        "EffortDriven", "DisplayAsSummary", "LevelAssignments", "LevelingCanSplit",
        "LevelingDelayFormat", "IsPublished", "ManualFinish", "FixedCostAccrual", "RegularWork",
        "RemainingWork", "RemainingCost", "PercentWorkComplete", "Rollup", "HideBar",
        "FreeformDurationFormat",
    }
)  # fmt: skip
"""Fields that carry no planning information of their own: derived, display or identity."""

_DURATION = re.compile(
    r"(-?)P(?:(\d{1,9})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.\d+)?S)?)?"
)


@lru_cache(maxsize=8192)
def minutes_of(text: str) -> int | None:
    """Return whole minutes of an ISO 8601 duration, half up; None when it is none."""
    match = _DURATION.fullmatch(text)
    if match is None or text in {"", "P", "PT"}:
        return None
    sign, days, hours, minutes, seconds = match.groups()
    total = int(days or 0) * 1440 + int(hours or 0) * 60 + int(minutes or 0)
    total += (int(seconds or 0) + 30) // 60
    return -total if sign else total


@lru_cache(maxsize=8192)
def tenths_of(text: str) -> int | None:
    """Return whole minutes of tenths of a minute, half away from zero; None when it is none."""
    value = decimal_of(text)
    if value is None:
        return None
    size = (int(abs(value)) + 5) // 10
    return size if value >= 0 else -size


def money_of(text: str) -> Decimal | None:
    """Return an amount of money from hundredths; None when it is none."""
    value = decimal_of(text)
    return None if value is None else value / 100
