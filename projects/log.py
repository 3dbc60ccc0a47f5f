"""The audit log of a project as people read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from common.models import AuditEvent
from projects import access
from projects.models import Project
from projects.models.project import AMOUNTS
from projects.wording import ACTIONS, NAMES

#: lines shown; an auditor reads the whole log in its own place
LINES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed: who, when, what, and the fields that changed."""

    at: dt.datetime
    by: str
    label: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


def log_of(events: QuerySet[AuditEvent], project: Project, user: Any) -> list[Entry]:
    """Return the newest deeds in words; amounts only for those who may see them. One statement."""
    hidden = set() if access.can_see_money(user, project) else set(AMOUNTS)
    return [
        Entry(
            at=event.at,
            by=str(event.actor) if event.actor else _("the system"),
            label=str(ACTIONS.get(event.action, event.action)),
            note=event.note,
            changes=_changes(event, hidden),
        )
        for event in events.select_related("actor").order_by("-id")[:LINES]
    ]


def _changes(event: AuditEvent, hidden: set[str]) -> tuple[tuple[str, str, str], ...]:
    names = [name for name in event.after if name in NAMES and name not in hidden]
    return tuple(
        (str(NAMES[name]), _word(event.before.get(name)), _word(event.after[name]))
        for name in names
        # Keys of people, units and types say nothing to a reader.
        if name not in {"manager", "unit", "project_type", "purpose"}
    )


def _word(value: Any) -> str:
    return "–" if value in (None, "") else str(NAMES.get(str(value), value))
