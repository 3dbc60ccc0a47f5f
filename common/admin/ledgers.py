"""What is only read: long work, and the technical part of the log."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import HttpRequest

from common.admin.house import AuditedAdmin, ReadOnlyAdmin
from common.models import AuditEvent, Job


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Long work: what runs, what fell."""

    list_display = (
        "id",
        "work",
        "state",
        "done",
        "total",
        "attempts",
        "created_by",
        "created_at",
        "ended_at",
    )
    list_filter = ("state", "work")
    list_select_related = ("created_by",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the work of the people one administers, and of the machinery."""
        people = admin.site._registry[get_user_model()].get_queryset(request)  # noqa: SLF001  as above
        mine = Q(created_by=None) | Q(created_by__in=people.values("pk"))
        return super().get_queryset(request).filter(mine)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The technical part of the log: people, roles, calendars and settings, no business records."""

    list_display = ("at", "actor", "action", "kind", "object_id")
    list_filter = ("action",)
    list_select_related = ("actor",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return technical events only: the administrator's role sees no business and no money.

        Technical is what has a page here, and of that the rows that the administrator may find.
        """
        condition = Q(pk__in=[])
        for options in admin.site._registry.values():  # noqa: SLF001  as above
            if isinstance(options, AuditedAdmin):
                rows = options.get_queryset(request).order_by().values("pk")
                condition |= Q(kind=options.kind, object_id__in=rows)
        return super().get_queryset(request).filter(condition)
