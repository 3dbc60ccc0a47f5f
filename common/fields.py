"""Model fields that migrations may name."""

from typing import Any

from django.db import models

COLOURS = [("green", "green"), ("amber", "amber"), ("red", "red"), ("grey", "grey")]


class ColourField(models.CharField):
    """A status colour: green, amber, red or grey. NULL means the dimension is not used."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 5)
        kwargs.setdefault("choices", COLOURS)
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):
    """An amount with two decimals in the organisation's currency."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 18)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
