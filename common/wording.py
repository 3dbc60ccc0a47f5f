"""Where a code and its parameters become a sentence.

Each app adds its own table when it starts (`<app>/wording.py`); nothing stored is a rendered
sentence, so every reader gets it in their own language.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SENTENCES: dict[str, str | Promise] = {}


def add(sentences: Mapping[str, str | Promise]) -> None:
    """Add an app's sentences, keyed by dotted code; a code may be added once only."""
    twice = _SENTENCES.keys() & sentences.keys()
    if twice:
        raise ValueError(f"said twice: {sorted(twice)}")
    _SENTENCES.update(sentences)


def knows(code: str) -> bool:
    """Return whether the code has a sentence."""
    return code in _SENTENCES


def say(code: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a code in the active language.

    Parameters that are missing leave the sentence without them rather than failing a page;
    an unknown code returns itself, and a test fails on it.
    """
    sentence = str(_SENTENCES.get(code, code))
    try:
        return sentence % {
            name: value if name in _QUOTED else _shown(value)
            for name, value in (params or {}).items()
        }
    except (KeyError, TypeError, ValueError):
        return sentence


#: what a person typed, and how to type it instead, stand as they are
_QUOTED = frozenset({"text", "example", "alternative"})
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def _shown(value: Any) -> Any:
    """Return a number as every screen shows it, decimal comma and real minus; the rest as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return value
    text = str(value)
    if _NUMBER.fullmatch(text):
        return text.replace(".", ",").replace("-", "−")
    return value


add(
    {
        "common.stale": _(
            "Somebody else saved this while you were writing. Both versions are shown below; "
            "nothing you typed is lost."
        ),
        "common.move_not_allowed": _("From “%(source)s” it is not possible to go to “%(target)s”."),
        "common.reason_needed": _("Give a reason, one sentence is enough."),
        "common.evidence_missing": _("This step needs more first: %(missing)s."),
        "common.admin_stale": _(
            "Somebody else has saved this since you opened it. What you typed is kept below; "
            "open the page anew beside it to compare, or save again to let yours stand."
        ),
        "common.not_your_role": _("Your role does not include this. Ask %(who)s."),
        "common.job_lost": _("The work was stopped three times half-way and needs attention."),
        "common.job_failed": _("The work stopped on an error of ours: %(error)s"),
        "common.posted_before": _("This was already saved a moment ago."),
        "common.too_large": _(
            "The file is larger than %(limit)s. Split it, or use the command line."
        ),
        "common.backup_unwritable": _("%(path)s cannot be written: %(error)s"),
        "common.backup_missing": _("There is no archive at %(path)s."),
        "common.backup_damaged": _(
            "The archive is damaged at %(member)s; nothing has been changed. Take another one."
        ),
        "common.backup_newer": _(
            "The archive is of a newer version (%(what)s); nothing has been changed. "
            "Install that version first."
        ),
        "common.backup_other_database": _(
            "The archive holds a %(database)s database and this installation runs on another; "
            "nothing has been changed."
        ),
        "common.backup_tool_missing": _(
            "The program %(tool)s is not installed here. On Debian: apt-get install "
            "postgresql-client."
        ),
        "common.backup_tool_failed": _("%(tool)s failed and nothing has been changed: %(error)s"),
        "common.export_too_large": _("More than %(limit)s rows. Filter the list first."),
    }
)

#: what the one parser refuses (common/domain/parsing/errors.py), for somebody filling in a form
_UNREADABLE: dict[str, str | Promise] = {
    "empty": _("Write something, for example %(example)s."),
    "not_a_number": _("“%(text)s” is not a number. Write for example %(example)s."),
    "number_ambiguous": _(
        "“%(text)s” can mean %(example)s or %(alternative)s. Write one of these."
    ),
    "number_not_finite": _("“%(text)s” is not a number. Write for example %(example)s."),
    "number_too_large": _("“%(text)s” is too large. Write for example %(example)s."),
    "not_an_integer": _("“%(text)s” is not a whole number. Write for example %(example)s."),
    "money_other_currency": _(
        "“%(text)s” is in another currency; amounts here are in %(currency)s. "
        "Write for example %(example)s."
    ),
    "money_scale_twice": _("“%(text)s” is scaled twice. Write for example %(example)s."),
    "money_too_precise": _("“%(text)s” has more than two decimals. Write for example %(example)s."),
    "money_too_large": _("“%(text)s” is too large an amount. Write for example %(example)s."),
    "not_a_date": _("“%(text)s” is not a date. Write for example %(example)s."),
    "date_ambiguous": _("“%(text)s” can mean %(example)s or %(alternative)s. Write one of these."),
    "date_impossible": _("“%(text)s” is a day that does not exist. Write for example %(example)s."),
    "date_out_of_range": _(
        "“%(text)s” is outside the years 1900 to 2200. Write for example %(example)s."
    ),
    "date_has_time": _(
        "“%(text)s” has a time of day; only the day is wanted. Write for example %(example)s."
    ),
    "not_a_datetime": _("“%(text)s” is not a time. Write for example %(example)s."),
    "datetime_needs_time": _("“%(text)s” lacks a time of day. Write for example %(example)s."),
    "datetime_needs_zone": _(
        "“%(text)s” does not say in which zone. Write for example %(example)s."
    ),
    "time_skipped": _(
        "“%(text)s” does not exist: clocks went forward over it. Write for example %(example)s."
    ),
    "time_repeated": _(
        "“%(text)s” happened twice, when clocks went back: %(example)s or %(alternative)s. "
        "Write one of these."
    ),
    "not_a_length": _("“%(text)s” is not a length of time. Write for example %(example)s."),
    "not_a_boolean": _("“%(text)s” is neither yes nor no. Write for example %(example)s."),
    "text_too_long": _("The text is longer than %(limit)s characters. Shorten it."),
}
add({f"common.parse.{code}": sentence for code, sentence in _UNREADABLE.items()})
add(
    {
        "common.form.least": _("Write %(least)s or more."),
        "common.form.most": _("Write %(most)s or less."),
        "common.form.whole": _("Write a whole number, for example 3."),
    }
)
# deeds of the administration; those on people and units are said by their app
for _kind in ("calendar", "words", "rules", "period", "type", "scoring"):
    add({f"{_kind}.created": _("Created"), f"{_kind}.changed": _("Changed")})
    add({f"{_kind}.rows_changed": _("Rows inside changed")})
