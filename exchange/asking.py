"""What a matched file leaves open, as questions and answers in the reader's language."""

from decimal import Decimal

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from common.formats import format_number
from exchange.domain.questions import Choice, Question

QUESTIONS: dict[str, str | Promise] = {
    "numbers_as": _("The time that “%(example)s” is"),
    "date_order": _("The day that “%(example)s” is"),
    "zone": _("Times such as “%(example)s” are"),
    "bare_days": _("Days without a time, such as “%(example)s”"),
    "clocks_back": _("“%(example)s”, which happened twice when clocks went back"),
    "decimal": _("The amount that “%(example)s” is"),
    "rounding": _("Amounts with more than two decimals, such as “%(example)s”"),
}
ANSWERS: dict[tuple[str, str], str | Promise] = {
    ("numbers_as", "days"): _("%(reading)s: a spreadsheet's day number"),
    ("numbers_as", "seconds"): _("%(reading)s UTC: seconds since 1970"),
    ("numbers_as", "milliseconds"): _("%(reading)s UTC: milliseconds since 1970"),
    ("date_order", "dmy"): _("%(reading)s: day, month, year"),
    ("date_order", "mdy"): _("%(reading)s: month, day, year"),
    ("date_order", "ymd"): _("%(reading)s: year, month, day"),
    ("zone", "organisation"): _("Local time, %(zone)s"),
    ("zone", "UTC"): _("Universal time, UTC"),
    ("bare_days", "midnight"): _("Mean the beginning of the day"),
    ("bare_days", "refuse"): _("Report such cells"),
    ("clocks_back", "first"): _("The first, in summer time"),
    ("clocks_back", "second"): _("The second, in winter time"),
    ("decimal", ","): _("%(reading)s: the comma is the decimal mark"),
    ("decimal", "."): _("%(reading)s: the point is the decimal mark"),
    ("rounding", "round"): _("Round to two decimals"),
    ("rounding", "refuse"): _("Report such cells"),
}
#: what a file may bring along that is not here yet
PARENTS: dict[str, str | Promise] = {
    "units": _("Make units that the file names and that are not here"),
    "services": _("Make services that the file names and that are not here"),
}


def question_label(question: Question) -> str:
    """Return what is asked, with a cell that asks it."""
    return str(QUESTIONS[question.setting]) % {"example": question.example}


def question_help(question: Question) -> str:
    """Return where it is asked, and why an answer is filled in already.

    A help text is printed as it is, so a file's words are escaped here.
    """
    told = gettext("Columns: %(columns)s.") % {"columns": escape(", ".join(question.columns))}
    if question.proposed and question.setting in {"date_order", "decimal"}:
        told += " " + gettext("Other cells there can be read in no other way.")
    return told


def answer_label(question: Question, choice: Choice, root: Unit) -> str:
    """Return an answer, with what the cell would be by it."""
    reading = choice.reading
    if question.setting == "decimal" and reading:
        number = Decimal(reading)
        reading = format_number(number, max(0, -int(number.as_tuple().exponent)))
    told = {"reading": reading, "zone": root.zone}
    return str(ANSWERS[question.setting, choice.value]) % told
