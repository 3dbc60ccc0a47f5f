"""A computed number that carries its parts, and is a value with a reason where it is undefined."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from common.domain.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with the numbers it was made of.

    ``value`` is unrounded, and None exactly when ``undefined`` holds the code of why (a page
    shows a dash and the reason). ``parts`` are the inputs by their names, in the formula's order.
    """

    value: Decimal | None
    undefined: str | None
    parts: Mapping[str, Decimal]

    def __post_init__(self) -> None:
        """Hold the one invariant: a number or a reason, never both and never neither."""
        if (self.value is None) == (self.undefined is None):
            raise Refusal("figure_needs_value_or_reason")


def defined(value: Decimal, /, **parts: Decimal) -> Figure:
    """Return a figure that has a value."""
    return Figure(value=value, undefined=None, parts=MappingProxyType(parts))


def undefined(code: str, /, **parts: Decimal) -> Figure:
    """Return a figure without a value, with the code of the reason."""
    return Figure(value=None, undefined=code, parts=MappingProxyType(parts))


def quotient(
    numerator: Decimal, denominator: Decimal, when_zero: str, /, **parts: Decimal
) -> Figure:
    """Return numerator / denominator, undefined with the code ``when_zero`` where that is 0."""
    if denominator == 0:
        return undefined(when_zero, **parts)
    return defined(numerator / denominator, **parts)


LARGEST_EXPONENT, SMALLEST_EXPONENT = 17, -100
"""Beyond these a number is a slip of the keyboard, and sums would overflow or never end."""


def require_finite(error: type[Refusal], /, **values: Decimal) -> None:
    """Raise ``error`` naming the first value that cannot be reckoned with.

    Codes: ``not_a_number``; ``out_of_range`` from 10**18 on, or nearer to zero than 10**-100.
    """
    for name, value in values.items():
        if not value.is_finite():
            raise error("not_a_number", name=name, value=str(value))
        if value and not SMALLEST_EXPONENT <= value.adjusted() <= LARGEST_EXPONENT:
            raise error("out_of_range", name=name, value=str(value))


def require_not_negative(error: type[Refusal], /, **values: Decimal) -> None:
    """Raise ``error`` as `require_finite` does, or ``negative``, naming the first such value."""
    require_finite(error, **values)
    for name, value in values.items():
        if value < 0:
            raise error("negative", name=name, value=str(value))
