"""The one refusal of the parser."""

from collections.abc import Mapping

_SHOWN_CHARACTERS = 80

CODES = (
    "empty",
    "not_a_number",
    "number_ambiguous",
    "number_not_finite",
    "number_too_large",
    "not_an_integer",
    "money_other_currency",
    "money_scale_twice",
    "money_too_precise",
    "money_too_large",
    "not_a_date",
    "date_ambiguous",
    "date_impossible",
    "date_out_of_range",
    "date_has_time",
    "not_a_datetime",
    "datetime_needs_time",
    "datetime_needs_zone",
    "time_skipped",
    "time_repeated",
    "not_a_length",
    "not_a_boolean",
    "text_too_long",
)
"""Every reason the parser refuses for; whoever words them words all of these."""


class ParseError(ValueError):
    """Text that is not, or not clearly, a value.

    ``code``, one of ``CODES``, names the fault and ``params`` holds what a sentence about it needs,
    always as text: ``text`` (what was read, cut at 80 characters), ``example`` (a way of writing
    it that is understood) and, where the text has two readings, ``alternative`` (the other one).
    """

    def __init__(self, code: str, *, text: str, example: str, **more: str) -> None:
        shown = text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"
        self.code = code
        self.params: Mapping[str, str] = {"text": shown, "example": example, **more}
        super().__init__(code, self.params)
