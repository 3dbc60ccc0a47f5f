"""The audit log of a project as people read it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.models.assignment import ROLES
from common import formats
from common.models import AuditEvent
from projects import access
from projects.models import Project, ProjectType
from projects.models.project import AMOUNTS
from projects.wording import ACTIONS, FIELDS, NAMES

#: lines of the log's own page, and of the panel on the project's page
LINES, LATEST_LINES = 200, 6
#: fields that hold the number of another row, and the rows they number
_ROWS: Mapping[str, Any] = {
    "manager": User,
    "sponsor": User,
    "owner": User,
    "unit": Unit,
    "project_type": ProjectType,
}
_LABELS: Mapping[str, Any] = {**NAMES, **FIELDS}
_ROLES = dict(ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed: who, when, under which role, what, and the fields that changed."""

    at: dt.datetime
    by: str
    role: str
    #: approved by whoever had prepared it, as a small organisation allows
    is_own: bool
    label: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


def log_of(project: Project, user: Any, *, lines: int) -> list[Entry]:
    """Return the newest deeds in words; amounts only for those who may see them.

    One statement, and one for each kind of row (people, units, types) that a change names.
    """
    found = AuditEvent.objects.filter(kind="project", object_id=project.pk)
    events = list(found.select_related("actor").order_by("-at", "-id")[:lines])
    hidden = frozenset() if access.can_see_money(user, project) else frozenset(AMOUNTS)
    named = _names_of_rows(events)
    return [
        Entry(
            at=event.at,
            by=str(event.actor) if event.actor else _("the system"),
            role=str(_ROLES.get(event.after.get("role", ""), "")),
            is_own=bool(event.after.get("self_approved")),
            label=str(ACTIONS.get(event.action, event.action)),
            note=event.note,
            changes=tuple(_changes(event, project.currency, hidden, named)),
        )
        for event in events
    ]


def _moved(event: AuditEvent) -> list[str]:
    """The fields that changed; what a thing was made of is on its page."""
    return [
        name
        for name, old in event.before.items()
        if name in _LABELS and event.after.get(name) != old
    ]


def _names_of_rows(events: Sequence[AuditEvent]) -> dict[tuple[Any, int], str]:
    wanted: dict[Any, set[int]] = {}
    for event in events:
        for name in _moved(event):
            if name in _ROWS:
                numbers = {event.before[name], event.after.get(name)} - {None}
                wanted.setdefault(_ROWS[name], set()).update(numbers)
    return {
        (model, row.pk): str(row)
        for model, numbers in wanted.items()
        for row in model.objects.filter(pk__in=numbers)
    }


def _changes(
    event: AuditEvent,
    currency: str,
    hidden: frozenset[str],
    named: Mapping[tuple[Any, int], str],
) -> list[tuple[str, str, str]]:
    """What moved, old beside new."""

    def word(name: str, value: Any) -> str:
        if name in _ROWS:
            return named.get((_ROWS[name], value), formats.NOTHING)
        return _word(name, value, currency)

    return [
        (str(_LABELS[name]), word(name, event.before[name]), word(name, event.after.get(name)))
        for name in _moved(event)
        if name not in hidden
    ]


def _word(name: str, value: Any, currency: str) -> str:
    if value in (None, ""):
        return formats.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in AMOUNTS:
        return formats.format_money(Decimal(value), currency)
    text = str(value)
    return text.replace("-", formats.HYPHEN) if name.endswith("_on") else str(NAMES.get(text, text))
