"""The audit trail in words."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from accounts.models.assignment import ROLES
from common import formats
from common.models import AuditEvent
from improvements.models import Improvement
from improvements.wording import action_name

#: fields whose values are numbers of other rows, which say nothing to a reader
_LINKS = frozenset({"owner", "benefit_owner", "unit", "proposed_by", "merged_into"})
_OWN: frozenset[str] = frozenset({"ratings", "service", "project", "from", "is_own", "role"})
_ROLES = dict(ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One event."""

    at: dt.datetime
    name: str
    by: str
    role: str
    note: str
    changes: list[str]


def line_of(event: AuditEvent) -> Line:
    """Return an event as the page prints it: deed, person, reason and what it changed."""
    # What it was captured with stands on the page; only what changed since is news.
    told = set() if event.action == "improvement.captured" else event.after.keys()
    names = sorted((event.before.keys() | told) - _OWN)
    return Line(
        at=event.at,
        name=action_name(event.action),
        by=str(event.actor) if event.actor else "",
        role=str(_ROLES.get(event.after.get("role", ""), "")),
        note=event.note,
        changes=[said for name in names if (said := _change(name, event))],
    )


def _change(name: str, event: AuditEvent) -> str:
    """Return one change in words; empty for a field the model does not know."""
    try:
        field: Any = Improvement._meta.get_field(name)  # noqa: SLF001  Django's own public-by-convention name
    except FieldDoesNotExist:
        return ""
    label = str(field.verbose_name).capitalize()
    if name in _LINKS:
        return _("%(field)s changed") % {"field": label}
    old, new = (_shown(field, side.get(name)) for side in (event.before, event.after))
    if old == formats.NOTHING:
        return _("%(field)s: %(new)s") % {"field": label, "new": new}
    return _("%(field)s: %(old)s → %(new)s") % {"field": label, "old": old, "new": new}


def _shown(field: Any, value: Any) -> str:
    if value in (None, ""):
        return formats.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value, value))
