"""What is only read: long work, and the technical part of the log."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from common import clock, formats
from common.admin.house import AuditedAdmin, ReadOnlyAdmin, lines
from common.models import AuditEvent, Job
from common.wording import knows, say


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Long work: what runs, how far it has come, what fell."""

    list_display = ("number", "what", "state", "progress", "age", "attempts", "who", "created_at")
    list_filter = ("state", ("created_at", admin.DateFieldListFilter))
    list_select_related = ("created_by",)
    search_fields = ("=id", "created_by__username", "created_by__last_name")
    ordering = ("-id",)
    fields = (
        "what", "state", "progress", "age", "attempts", "who", "created_at", "ended_at", "fell_on",
        "result",
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the work of the people one administers, and of the machinery."""
        people = admin.site._registry[get_user_model()].get_queryset(request)  # noqa: SLF001  as above
        mine = Q(created_by=None) | Q(created_by__in=people.order_by().values("pk"))
        return super().get_queryset(request).filter(mine)

    @admin.display(description=_("number"), ordering="id")
    def number(self, job: Job) -> int:
        """Its number."""
        return job.pk

    @admin.display(description=_("work"), ordering="work")
    def what(self, job: Job) -> Any:
        """What kind of work it is, in words."""
        code = f"work.{job.work}"
        return say(code) if knows(code) else job.work

    @admin.display(description=_("done"), ordering="done")
    def progress(self, job: Job) -> str:
        """How many of how many, so far as that is known."""
        if not job.total:
            return formats.format_number(job.done)
        return _("%(done)s of %(total)s") % {
            "done": formats.format_number(job.done),
            "total": formats.format_number(job.total),
        }

    @admin.display(description=_("age"))
    def age(self, job: Job) -> str:
        """How long since it was started, or how long it took to its end."""
        length = (job.ended_at or clock.now()) - job.created_at
        return formats.format_duration(int(length.total_seconds()))

    @admin.display(description=_("by"), ordering="created_by__last_name")
    def who(self, job: Job) -> str:
        """Who started it."""
        return str(job.created_by or _("the machinery"))

    @admin.display(description=_("error"))
    def fell_on(self, job: Job) -> str:
        """What it fell on, as a sentence."""
        code = str(job.error.get("code", ""))
        return say(code, job.error.get("params")) if code else formats.NOTHING


class KindFilter(admin.SimpleListFilter):
    """Events by what they are about."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return every kind that has a page here."""
        return [
            (kind, options.model._meta.verbose_name_plural)  # noqa: SLF001  Django's own name
            for kind, options in _told().items()
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return those of the kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


def _told() -> dict[str, AuditedAdmin]:
    """Return the pages whose saves are told of, by the kind that their events bear."""
    pages = admin.site._registry.values()  # noqa: SLF001  no other way to ask
    return {options.kind: options for options in pages if isinstance(options, AuditedAdmin)}


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The technical part of the log: people, roles, calendars and settings, no business records."""

    list_display = ("at", "who", "deed", "about")
    list_filter = (KindFilter, ("at", admin.DateFieldListFilter))
    list_select_related = ("actor",)
    search_fields = ("=object_id", "actor__username", "actor__last_name", "action")
    ordering = ("-at", "-id")
    fields = ("at", "who", "deed", "about", "note", "changes")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return technical events only: the administrator's role sees no business and no money.

        Technical is what has a page here, and of that the rows that the administrator may find.
        """
        condition = Q(pk__in=[])
        for kind, options in _told().items():
            rows = options.get_queryset(request).order_by().values("pk")
            condition |= Q(kind=kind, object_id__in=rows)
        return super().get_queryset(request).filter(condition)

    @admin.display(description=_("by"), ordering="actor__last_name")
    def who(self, event: AuditEvent) -> str:
        """Who did it."""
        return str(event.actor or _("the machinery"))

    @admin.display(description=_("what"), ordering="action")
    def deed(self, event: AuditEvent) -> str:
        """What was done, in words."""
        return say(event.action)

    @admin.display(description=_("record"), ordering="kind")
    def about(self, event: AuditEvent) -> str:
        """To what, as a link to its page."""
        meta = _told()[event.kind].model._meta  # noqa: SLF001  Django's own name
        page = f"admin:{meta.app_label}_{meta.model_name}_change"
        address = reverse(page, args=[event.object_id])
        return format_html('<a href="{}">{} {}</a>', address, meta.verbose_name, event.object_id)

    @admin.display(description=_("changes"))
    def changes(self, event: AuditEvent) -> str:
        """Every value before and after, a line each."""
        model = _told()[event.kind].model
        rows = _differences(model, event.before or {}, event.after or {})
        return lines("{}: {} → {}", rows)


def _differences(
    model: type[Model], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[Any, Any, Any]]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old != new:
            yield _field(model, name), _value(old), _value(new)


def _field(model: type[Model], name: str) -> Any:
    try:
        return getattr(model._meta.get_field(name), "verbose_name", name)  # noqa: SLF001  Django's own name
    except FieldDoesNotExist:
        return name


def _value(value: Any) -> Any:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return formats.NOTHING if value in (None, "") else value
