"""What the log-in page shows in demo mode: who may try what."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models.assignment import ROLES


def demo_people(request: HttpRequest) -> dict[str, Any]:
    """Return the demo log-ins with their roles; nothing outside demo mode or once logged in."""
    user = getattr(request, "user", None)
    if not settings.DEMO or user is None or user.is_authenticated:
        return {}
    labels = dict(ROLES)
    people = [
        {"username": username, "role": labels[role]}
        for username, role in settings.DEMO_PEOPLE.items()
    ]
    return {"demo_people": people, "demo_password": settings.DEMO_PASSWORD}
