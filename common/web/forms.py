"""Form plumbing: one renderer, fields that use the one parser, hidden version and form key."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

from common.domain import parsing
from common.web.once import new_key
from common.wording import say


class UIRenderer(TemplatesSetting):
    """Draws every form and field with our own templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"

    def render(self, template_name: str, context: Any, request: Any = None) -> SafeString:
        """Draw a form, field or widget.

        A list of choices is joined here: Django's own template opens another one for every option,
        which made the filters of a list the dearest part of its page.
        """
        if template_name == "django/forms/widgets/select.html":
            return _select(context["widget"])
        return SafeString(super().render(template_name, context, request))


def _attributes(attrs: Mapping[str, Any]) -> str:
    """Return attributes as Django writes them: False is left out, True has no value."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in attrs.items()
        if value is not False
    )


def _select(widget: Mapping[str, Any]) -> SafeString:
    """Return a select with its groups and options; every text in it is escaped here."""
    name = conditional_escape(widget["name"])
    parts = [f'<select name="{name}"{_attributes(widget["attrs"])}>']
    for label, options, _index in widget["optgroups"]:
        if label:
            parts.append(f'<optgroup label="{conditional_escape(label)}">')
        parts += [_option(o["value"], o["label"], _attributes(o["attrs"])) for o in options]
        if label:
            parts.append("</optgroup>")
    parts.append("</select>")
    return SafeString("".join(parts))


def _option(value: Any, label: Any, attributes: str) -> str:
    shown = "" if value is None else conditional_escape(str(value))
    return f'<option value="{shown}"{attributes}>{conditional_escape(label)}</option>'


class LongSelect(forms.Select):
    """A select of many choices without groups: written as they are read, none made up before."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw it as any other select is drawn."""
        chosen = set(self.format_value(value))
        options = [
            _option(key, label, " selected" if str(key) in chosen else "")
            for key, label in self.choices
        ]
        own = _attributes(self.build_attrs(self.attrs, attrs))
        return SafeString(f'<select name="{escape(name)}"{own}>{"".join(options)}</select>')


def refuse(error: parsing.ParseError) -> ValidationError:
    """Return a parse error as the field's sentence, with an example."""
    return ValidationError(say(f"common.parse.{error.code}", error.params), code=error.code)


class NumberField(forms.CharField):
    """A number in any unambiguous way of writing; cleans to Decimal or None."""

    def __init__(
        self, *, least: Decimal | None = None, most: Decimal | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.least, self.most = least, most
        self.widget.attrs.setdefault("inputmode", "decimal")

    def parse(self, text: str) -> Decimal:
        """Return the number; parsing.ParseError says what is wrong."""
        return parsing.parse_number(text)

    def clean(self, value: Any) -> Decimal | None:
        """Return the number within its bounds, None when empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            number = self.parse(text)
        except parsing.ParseError as error:
            raise refuse(error) from error
        if self.least is not None and number < self.least:
            raise ValidationError(say("common.form.least", {"least": self.least}), code="least")
        if self.most is not None and number > self.most:
            raise ValidationError(say("common.form.most", {"most": self.most}), code="most")
        return number

    def prepare_value(self, value: Any) -> Any:
        """Return a stored number as a person writes it: decimal comma, no thousands sign."""
        if isinstance(value, Decimal | int | float):
            text = f"{Decimal(value):f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
        return value


class MoneyField(NumberField):
    """An amount with at most two decimals."""

    def parse(self, text: str) -> Decimal:
        """Return the amount; parsing.ParseError says what is wrong."""
        return parsing.parse_money(text)


class WholeField(NumberField):
    """A whole number."""

    def clean(self, value: Any) -> Any:
        """Return an int, None when empty and not required."""
        number = super().clean(value)
        if number is None:
            return None
        if number != number.to_integral_value():
            raise ValidationError(say("common.form.whole", {}), code="whole")
        return int(number)


class DayField(forms.CharField):
    """A day: ISO, compact or with the month's name; 5/3/2026 is refused with an example."""

    widget = forms.DateInput(
        attrs={"type": "text", "placeholder": "2026-11-23", "autocomplete": "off"}
    )

    def clean(self, value: Any) -> dt.date | None:
        """Return the day, None when empty and not required."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parsing.parse_date(text)
        except parsing.ParseError as error:
            raise refuse(error) from error

    def prepare_value(self, value: Any) -> Any:
        """Return a stored day as ISO text."""
        return value.isoformat() if isinstance(value, dt.date) else value


class RecordForm(forms.Form):
    """A form that writes: carries a one-time key, and the version it was filled from."""

    form_key = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_key"].initial = new_key()

    def refuse(self, refusal: Any) -> None:
        """Put a refusal's sentence on its field, or on top of the form."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, str(refusal))

    def differences(self, current: Any) -> list[dict[str, str]]:
        """Return what to show beside each other after a conflict; a `RowForm` knows."""
        return []

    def take_version(self, version: int) -> None:
        """After a conflict: keep what was typed, but let the next save be on the newer version."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict has it
        data["version"] = str(version)
        self.data = data
