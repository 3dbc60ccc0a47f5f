"""Limits that a project's health is judged by; the newest set in admin overrides them.

Sources: projects 4.7 (our default rules); DESIGN sections 1 and 6 (cadence follows the tier).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

AREA = "projects"
#: counts up when a formula below or in health.py changes
CODE_VERSION = 2

DEFAULTS: Mapping[str, Any] = {
    # Forecast against approved cost, percent above.
    "cost_green_percent": "5",
    "cost_amber_percent": "10",
    # More than this above the approved amount is red whatever the percentage; 0 is no cap. It is
    # in the currency of each organisation.
    "cost_cap_amount": "0",
    # Forecast against approved finish.
    "schedule_green_days": 20,
    "schedule_green_percent": "5",
    "schedule_amber_days": 60,
    "schedule_amber_percent": "10",
    # A report older than this is no longer known.
    "cadence_days_light": 65,
    "cadence_days_standard": 35,
    "cadence_days_heavy": 21,
    # A finished project that is not taken to closing.
    "closing_late_days": 60,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The limits as numbers."""

    cost_green: Decimal
    cost_amber: Decimal
    cost_cap: Decimal
    schedule_green_days: int
    schedule_green: Decimal
    schedule_amber_days: int
    schedule_amber: Decimal
    cadence_days: Mapping[str, int]
    closing_late_days: int


def limits(values: Mapping[str, Any]) -> Limits:
    """Return limits from rule values, which are JSON: numbers or numbers as text."""
    return Limits(
        cost_green=Decimal(str(values["cost_green_percent"])),
        cost_amber=Decimal(str(values["cost_amber_percent"])),
        cost_cap=Decimal(str(values["cost_cap_amount"])),
        schedule_green_days=int(values["schedule_green_days"]),
        schedule_green=Decimal(str(values["schedule_green_percent"])),
        schedule_amber_days=int(values["schedule_amber_days"]),
        schedule_amber=Decimal(str(values["schedule_amber_percent"])),
        cadence_days={
            tier: int(values[f"cadence_days_{tier}"]) for tier in ("light", "standard", "heavy")
        },
        closing_late_days=int(values["closing_late_days"]),
    )


DEFAULT_LIMITS = limits(DEFAULTS)
