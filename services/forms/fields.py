"""Fields of an instant and of a length of time."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common import formats
from common.domain import parsing
from common.web.forms import refuse
from common.wording import say
from services.domain.lengths import LengthError, parse_length, show_length


class InstantField(forms.CharField):
    """Day and time in the organisation's zone; cleans to an aware UTC instant or None."""

    def __init__(self, *, zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.zone = zone
        self.widget.attrs.setdefault("placeholder", "2026-11-23 14:30")
        self.widget.attrs.setdefault("autocomplete", "off")

    def clean(self, value: Any) -> dt.datetime | None:
        """Return the instant, None when empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parsing.parse_datetime(text, zone=self.zone)
        except parsing.ParseError as error:
            raise refuse(error) from error

    def prepare_value(self, value: Any) -> Any:
        """Return a stored instant as local ISO text to the minute."""
        if isinstance(value, dt.datetime):
            shown = formats.format_datetime(value, self.zone)
            return shown.replace(formats.NBSP, " ").replace(formats.HYPHEN, "-")
        return value


class LengthField(forms.CharField):
    """Hours and minutes; cleans to seconds or None."""

    def clean(self, value: Any) -> int | None:
        """Return seconds, None when empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_length(text)
        except LengthError as error:
            raise ValidationError(say("services.length_bad"), code="length") from error

    def prepare_value(self, value: Any) -> Any:
        """Return stored seconds as a person writes them."""
        return show_length(value) if isinstance(value, int) else value
