"""The parts that a judgement is put together from."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from common.domain.health import Colour, Dimension, Reason
from services.domain.facts import HUNDRED


def percent(value: Decimal | None) -> Decimal | None:
    """Return a share as percent."""
    return None if value is None else value * HUNDRED


def newest(*days: date | None) -> date | None:
    """Return the latest of those days that are known."""
    return max((day for day in days if day is not None), default=None)


def reason(code: str, **params: str | int | bool | None) -> Reason:
    """Return a reason."""
    return Reason(code=code, params=params)


def grey(name: str, code: str, on: date | None, **params: str | int) -> Dimension:
    """Return an unknown dimension with why."""
    return Dimension(name=name, colour=Colour.GREY, reasons=(reason(code, **params),), inputs_on=on)


def known(name: str, colour: Colour, reasons: Sequence[Reason], on: date | None) -> Dimension:
    """Return a dimension with its reasons."""
    return Dimension(name=name, colour=colour, reasons=tuple(reasons), inputs_on=on)


def worst(name: str, found: Sequence[tuple[Colour, Reason]], on: date | None) -> Dimension:
    """The worst of several findings; its reasons come first, the others stay readable."""
    ordered = sorted(found, key=lambda item: -item[0].severity)
    return known(name, ordered[0][0], [reason for _, reason in ordered], on)
