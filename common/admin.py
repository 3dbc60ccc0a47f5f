"""Django admin for reference data: every save is audited and marks what it moves.

Who gets in is decided by our roles (`BryggaAdminSite`), not by Django's own permissions. Nothing
is deleted in bulk; business records and ledgers are read-only.
"""

import hashlib
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, Q
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import audit, clock, marks
from common.db import columns_of, locked
from common.models import (
    AuditEvent,
    CalendarException,
    Job,
    Word,
    WordPack,
    WorkCalendar,
    WorkSegment,
)
from common.subjects import Subject
from common.wording import say

#: what must never stand in the log
SECRET = ("password",)


class ScopedChoices:
    """Offers, and takes, only those related rows that the administrator may find."""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Ask the related model's own admin page which rows there are."""
        related = admin.site._registry.get(db_field.related_model)  # noqa: SLF001  no other way to ask
        if related is not None:
            kwargs["queryset"] = related.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # a mixin


class HouseAdmin(ScopedChoices, admin.ModelAdmin):
    """Opens to whoever the site lets in; no bulk actions."""

    actions = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The site has asked already."""
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Reference data is archived or left; links protect it."""
        return False


class HouseInline(ScopedChoices, admin.TabularInline):
    """Rows inside a parent's form; these may be deleted, the parent's event tells."""

    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The site has asked already."""
        return True


class ReadOnlyAdmin(HouseAdmin):
    """A ledger: to be read."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ledgers are written by the machinery."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ledgers are never altered."""
        return False


class SeenForm(forms.ModelForm):
    """Carries what the page was filled from; refuses to save over what somebody else has saved."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    #: models of the rows inside
    inside: Sequence[type[Model]] = ()
    is_stale = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.print()

    def print(self) -> str:
        """Return a hash of the row and the rows inside as they stand now."""
        row = locked(type(self.instance)._base_manager.filter(pk=self.instance.pk)).get()  # noqa: SLF001  the manager no subclass narrows
        told = [audit.snapshot(row, _editable(type(row)))]
        for model in self.inside:
            key = next(f for f in columns_of(model) if f.related_model is type(row))
            rows = model._base_manager.filter(**{key.name: row}).order_by("pk")  # noqa: SLF001  as above
            told += [audit.snapshot(each, _editable(model)) for each in rows]
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def clean(self) -> Any:
        """Compare; what was typed stays, and the next save is on what stands now."""
        cleaned = super().clean()
        seen, now = self.cleaned_data.get("seen"), self.print()
        if seen and seen != now:
            self.is_stale = True
            self.data = {**self.data.dict(), self.add_prefix("seen"): now}  # type: ignore[attr-defined]  # a QueryDict
            self.add_error(None, say("common.admin_stale"))
        return cleaned


def _editable(model: type[Model]) -> list[str]:
    left_out = {*SECRET, "last_login"}
    return [f.name for f in columns_of(model) if f.editable and f.name not in left_out]


class AuditedAdmin(HouseAdmin):
    """Reference data: the save, its audit event and its marks are one transaction."""

    #: the word before ``.created`` and ``.changed`` in the audit log
    kind = ""

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **kwargs: Any,
    ) -> Any:
        """Return the form; one that changes a row knows what it was filled from."""
        if obj is not None and self.has_change_permission(request, obj):
            inside = tuple(inline.model for inline in self.inlines)
            kwargs["form"] = type("Form", (SeenForm, self.form), {"inside": inside})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the field sets; the hidden field goes with the first."""
        found = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return found
        (title, first), *rest = found
        names = [name for name in first["fields"] if name != "seen"]
        return [(title, {**first, "fields": [*names, "seen"]}), *rest]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Answer 409 when somebody else has saved meanwhile."""
        response = super().render_change_form(request, context, *args, **kwargs)
        if getattr(context["adminform"].form, "is_stale", False):
            response.status_code = HTTPStatus.CONFLICT
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Save, and record what changed."""
        before = type(obj).objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        names = _editable(type(obj))
        audit.record(
            f"{self.kind}.{'changed' if change else 'created'}",
            Subject(self.kind, obj.pk),
            by=request.user,
            before=audit.snapshot(before, names) if before else {},
            after=audit.snapshot(obj, names),
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Save the rows inside, and record them with the parent."""
        super().save_related(request, form, formsets, change)
        touched = [
            {"row": str(row), "deed": deed}
            for formset in formsets
            for deed, rows in (
                ("new", formset.new_objects),
                ("changed", [row for row, _names in formset.changed_objects]),
                ("removed", formset.deleted_objects),
            )
            for row in rows
        ]
        if touched:
            subject = Subject(self.kind, form.instance.pk)
            audit.record(
                f"{self.kind}.rows_changed", subject, by=request.user, after={"rows": touched}
            )
        self.after_save(request, form.instance, has_touched_rows=bool(touched))

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """For subclasses: what else follows from the save."""


class SegmentInline(HouseInline):
    """Opening hours."""

    model = WorkSegment


class ExceptionInline(HouseInline):
    """Holidays and extra openings."""

    model = CalendarException


class CalendarForm(forms.ModelForm):
    """A calendar, and if wished a country's public holidays of a year to begin with."""

    holidays_country = forms.CharField(
        label=_("Add public holidays of"),
        max_length=2,
        required=False,
        help_text=_("A country's two letters, for example SE. Days listed below stay as they are."),
    )
    holidays_year = forms.IntegerField(
        label=_("for the year"), min_value=2000, max_value=2100, required=False
    )

    class Meta:
        model = WorkCalendar
        fields = ["name", "zone"]

    def clean_zone(self) -> str:
        """Refuse a zone that no clock knows."""
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise ValidationError(_("There is no such zone. Write for example Europe/Stockholm."))
        return zone

    def clean_holidays_country(self) -> str:
        """Refuse a country whose holidays are not known."""
        import holidays  # noqa: PLC0415  slow import

        country = str(self.cleaned_data["holidays_country"]).upper()
        if country and country not in holidays.list_supported_countries():
            raise ValidationError(
                _("No holidays are known for this country. Write for example SE.")
            )
        return country

    def clean(self) -> dict[str, Any]:
        """Refuse a country without a year and a year without a country."""
        cleaned: dict[str, Any] = super().clean() or {}
        if bool(cleaned.get("holidays_country")) != bool(cleaned.get("holidays_year")):
            self.add_error("holidays_year", _("Give both the country and the year."))
        return cleaned


@admin.register(WorkCalendar)
class WorkCalendarAdmin(AuditedAdmin):
    """Calendars: every change counts the version up and has everything judged anew."""

    kind = "calendar"
    form = CalendarForm
    list_display = ("name", "zone", "version")
    inlines = (SegmentInline, ExceptionInline)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Save the rows inside, then add the holidays that were asked for."""
        super().save_related(request, form, formsets, change)
        country, year = (form.cleaned_data[f"holidays_{part}"] for part in ("country", "year"))
        if country:
            added = add_holidays(form.instance, country=country, year=year, by=request.user)
            text = ngettext("%(n)s holiday added.", "%(n)s holidays added.", added)
            messages.success(request, text % {"n": added})

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Count the version up, so that kept calendars are read anew, and mark."""
        obj.version += 1
        obj.save(update_fields=["version"])
        marks.mark([Subject("calendar", obj.pk)])


class WordInline(HouseInline):
    """Labels."""

    model = Word


@admin.register(WordPack)
class WordPackAdmin(AuditedAdmin):
    """Labels for gates, phases, roles and the two offices."""

    kind = "words"
    list_display = ("name", "code", "version")
    inlines = (WordInline,)

    def after_save(self, request: HttpRequest, obj: Any, *, has_touched_rows: bool) -> None:
        """Count the version up, so that kept words are read anew."""
        obj.version += 1
        obj.save(update_fields=["version"])


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


@transaction.atomic
def add_holidays(calendar: WorkCalendar, *, country: str, year: int, by: Any) -> int:
    """Add a country's public holidays of a year to a calendar; return how many were new.

    Days that already have a row are left as they are: somebody has decided about them.
    """
    import holidays  # noqa: PLC0415  slow import

    known = set(calendar.exceptions.values_list("on", flat=True))
    found = holidays.country_holidays(country, years=year)
    # Sundays stand in the Swedish list too; they are closed by the week already.
    rows = [
        CalendarException(calendar=calendar, on=day, name=name)
        for day, name in sorted(found.items())
        if day not in known and name not in {"Söndag", "Søndag", "Sunday"}
    ]
    CalendarException.objects.bulk_create(rows)
    calendar.version += 1
    calendar.save(update_fields=["version"])
    audit.record(
        "calendar.rows_changed",
        Subject("calendar", calendar.pk),
        by=by,
        after={"holidays": f"{country} {year}", "rows": len(rows), "at": clock.now()},
    )
    return len(rows)
