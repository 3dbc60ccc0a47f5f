"""The thresholds of service health: defaults in code, overridden by rule set "services"."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

CODE_VERSION = 1

DEFAULTS: Mapping[str, Any] = {
    # share of the allowed downtime that may be gone before it is amber, percent
    "downtime_used_amber": 75,
    # a period known less than this says nothing, percent of agreed time
    "coverage_needed": 50,
    # percentage points below the promise that are amber, beyond them red
    "attainment_margin": 5,
    # under so many incidents a missed promise is amber only
    "attainment_few": 5,
    # share of open incidents past their time, percent
    "late_amber": 10,
    "late_red": 25,
    # so many late ones are needed for red
    "late_few": 3,
    # without a target: days after which an open incident is old
    "old_days": 30,
    # opened in 28 days against resolved, percent, and by how many at least
    "inflow_amber": 120,
    "inflow_few": 5,
    # a reading older than this many days says nothing of now
    "reading_days": 62,
    "survey_days": 400,
    # how far below its target satisfaction is red, percent of the target
    "satisfaction_red": 10,
    # days between facts that are still fresh
    "cadence_days": 31,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The thresholds in force, each in the unit that `DEFAULTS` says."""

    downtime_used_amber: Decimal
    coverage_needed: Decimal
    attainment_margin: Decimal
    attainment_few: Decimal
    late_amber: Decimal
    late_red: Decimal
    late_few: Decimal
    old_days: Decimal
    inflow_amber: Decimal
    inflow_few: Decimal
    reading_days: Decimal
    survey_days: Decimal
    satisfaction_red: Decimal
    cadence_days: Decimal


def limits_of(values: Mapping[str, Any]) -> Limits:
    """Return limits from the values of a rule set; names it lacks keep their default."""
    whole = {**DEFAULTS, **values}
    return Limits(**{name.name: Decimal(str(whole[name.name])) for name in fields(Limits)})
