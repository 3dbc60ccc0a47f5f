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
        return sentence % {name: _shown(value) for name, value in (params or {}).items()}
    except (KeyError, TypeError, ValueError):
        return sentence


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
        "common.not_your_role": _("Your role does not include this. Ask %(who)s."),
        "common.job_lost": _("The work was stopped three times half-way and needs attention."),
        "common.job_failed": _("The work stopped on an error of ours: %(error)s"),
        "common.posted_before": _("This was already saved a moment ago."),
        "common.too_large": _(
            "The file is larger than %(limit)s. Split it, or use the command line."
        ),
        "common.export_too_large": _("More than %(limit)s rows. Filter the list first."),
    }
)
