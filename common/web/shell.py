"""What the page frame needs: menu, stamp and banners, each offered by the app that owns it.

The kernel does not know the apps above it; they add their entries when they start. An entry
appears when its page works and the reader may open it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common.words import worded


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One menu entry: where it leads and who gets it."""

    group: str
    order: int
    label: str | Promise
    icon: str
    url_name: str
    #: url prefix that makes the entry current
    under: str
    shown_to: Callable[[Any], bool] = lambda user: True


GROUPS: dict[str, str | Promise] = {
    "top": "",
    "shared": _("Shared"),
    "projects": worded("office.projects", _("Project office")),
    "services": worded("office.services", _("Service office")),
    "admin": _("Administration"),
}
_ENTRIES: list[Entry] = []
#: functions (request) -> mapping of more context: stamp, banners; set by upper apps
_PARTS: list[Callable[[HttpRequest], dict[str, Any]]] = []


def add_entry(entry: Entry) -> None:
    """Add a menu entry; called when an app starts."""
    _ENTRIES.append(entry)
    _ENTRIES.sort(key=lambda known: known.order)


def add_part(part: Callable[[HttpRequest], dict[str, Any]]) -> None:
    """Add a function that gives more to the frame, e.g. the as-of stamp; one statement at most."""
    _PARTS.append(part)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the frame; empty for those who have not logged in."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"demo": settings.DEMO}
    if user is None or not user.is_authenticated:
        return context
    # A fragment has no frame: it must not pay for one.
    htmx: Any = getattr(request, "htmx", None)
    if htmx and htmx.target and not htmx.boosted and not htmx.history_restore_request:
        return context
    context["menu"] = _menu(request)
    for part in _PARTS:
        context |= part(request)
    return context


def _menu(request: HttpRequest) -> list[dict[str, Any]]:
    menu = []
    current = _current(request.path)
    for group, label in GROUPS.items():
        entries = [
            {
                "label": str(entry.label),  # the frame prints it twice
                "icon": entry.icon,
                "url": reverse(entry.url_name),
                "current": entry.under == current,
            }
            for entry in _ENTRIES
            if entry.group == group and entry.shown_to(request.user)
        ]
        if entries:
            menu.append({"label": label, "entries": entries})
    return menu


def _current(path: str) -> str:
    """Return the longest prefix that an entry stands for: one page is under one entry."""
    prefixes = (
        entry.under
        for entry in _ENTRIES
        if (path == "/" if entry.under == "/" else path.startswith(entry.under))
    )
    return max(prefixes, key=len, default="")
