"""Thresholds in force: the code's defaults, overridden by the newest version in admin."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.models import RuleSet


@dataclass(frozen=True, slots=True)
class Rules:
    """Values of an area and the version that stands in every result judged by them."""

    values: Mapping[str, Any]
    version: str


def current(area: str, defaults: Mapping[str, Any], code_version: int) -> Rules:
    """Return the rules of an area. One statement.

    The version reads ``<code>.<set>``: the first counts changes of the formulas, the second
    changes of the limits. Names that the code does not know are ignored.
    """
    latest = RuleSet.objects.filter(area=area).order_by("-version").first()
    values = dict(defaults)
    if latest:
        values |= {name: value for name, value in latest.values.items() if name in defaults}
    return Rules(values, f"{code_version}.{latest.version if latest else 0}")
