"""One parser for numbers, money, dates and date-times: forms, CSV, XLSX and API all use it.

It knows no interface language: the same text means the same value for everybody. Text that could
mean two things is refused with the readings spelled out, never guessed (a Swedish ``1234,56`` read
as 123456, or ``5/3/2026`` read month first, are the faults this exists for). A file's mapping may
state decimal sign, thousands sign, currency and date order, which settles what would be ambiguous.
"""

from common.domain.parsing.dates import (
    DateFormat,
    DateOrder,
    from_epoch,
    from_excel_serial,
    parse_date,
    parse_datetime,
)
from common.domain.parsing.errors import ParseError
from common.domain.parsing.lengths import parse_length
from common.domain.parsing.numbers import (
    MONEY_LIMIT,
    NumberConvention,
    parse_integer,
    parse_money,
    parse_number,
    parse_percent,
)
from common.domain.parsing.words import parse_bool, parse_text

__all__ = [
    "MONEY_LIMIT",
    "DateFormat",
    "DateOrder",
    "NumberConvention",
    "ParseError",
    "from_epoch",
    "from_excel_serial",
    "parse_bool",
    "parse_date",
    "parse_datetime",
    "parse_integer",
    "parse_length",
    "parse_money",
    "parse_number",
    "parse_percent",
    "parse_text",
]
