"""The audit log of a project as people read it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common import formats
from common.models import AuditEvent
from projects import access
from projects.models import Project
from projects.models.project import AMOUNTS
from projects.wording import ACTIONS, NAMES

#: lines of the log's own page, and of the panel on the project's page
LINES, LATEST_LINES = 200, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed: who, when, what, and the fields that changed."""

    at: dt.datetime
    by: str
    label: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


def log_of(project: Project, user: Any, *, lines: int) -> list[Entry]:
    """Return the newest deeds in words; amounts only for those who may see them. One statement."""
    events = AuditEvent.objects.filter(kind="project", object_id=project.pk)
    hidden = _UNREADABLE if access.can_see_money(user, project) else _UNREADABLE | set(AMOUNTS)
    return [
        Entry(
            at=event.at,
            by=str(event.actor) if event.actor else _("the system"),
            label=str(ACTIONS.get(event.action, event.action)),
            note=event.note,
            changes=_changes(event, project.currency, hidden),
        )
        for event in events.select_related("actor").order_by("-at", "-id")[:lines]
    ]


#: numbers of people, units and types say nothing to a reader
_UNREADABLE = {"manager", "unit", "project_type", "purpose"}


def _changes(
    event: AuditEvent, currency: str, hidden: set[str]
) -> tuple[tuple[str, str, str], ...]:
    """What moved, old beside new; what a thing was made of is on its page."""
    return tuple(
        (
            str(NAMES[name]),
            _word(name, event.before[name], currency),
            _word(name, event.after.get(name), currency),
        )
        for name in event.before
        if name in NAMES and name not in hidden
    )


def _word(name: str, value: Any, currency: str) -> str:
    if value in (None, ""):
        return formats.NOTHING
    if name in AMOUNTS:
        return formats.format_money(Decimal(value), currency)
    text = str(value)
    return text.replace("-", formats.HYPHEN) if name.endswith("_on") else str(NAMES.get(text, text))
