"""The one shape in which an engine refuses its input: a code with parameters, never a sentence."""

from collections.abc import Mapping
from types import MappingProxyType

Scalar = str | int | float | bool | None
"""What a reason's parameter may be: something JSON can carry and wording can print."""


class Refusal(ValueError):  # noqa: N818 - the word of the product; subclasses end in Error
    """Input an engine will not compute with. Each engine raises its own subclass.

    ``code`` is stable and lower_snake_case; ``params`` holds what a sentence about it needs.
    """

    def __init__(self, code: str, /, **params: Scalar) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: Mapping[str, Scalar] = MappingProxyType(params)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes whole: exceptions are otherwise rebuilt from ``args`` alone."""
        return _rebuilt, (type(self), self.code, dict(self.params))

    def __str__(self) -> str:
        """For logs and test output only; people read what ``wording`` makes of the code."""
        return f"{self.code} {dict(self.params)}" if self.params else self.code


def _rebuilt(kind: type[Refusal], code: str, params: dict[str, Scalar]) -> Refusal:
    return kind(code, **params)
