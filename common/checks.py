"""System checks: a way of running that would lose writes is refused at start, not met later."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def sqlite_is_immediate(app_configs: Any, **kwargs: Any) -> list[Error]:
    """SQLite must take the write lock at BEGIN, else writers fail half-way under load."""
    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"]:
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE":
        return []
    return [
        Error(
            "SQLite is opened without transaction_mode=IMMEDIATE.",
            hint="Set OPTIONS as config/settings.py does; other modes lose writes under load.",
            id="common.E001",
        )
    ]
