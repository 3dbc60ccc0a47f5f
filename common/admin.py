"""Django admin for reference data: every save is audited and marks what it moves.

Who gets in is decided by our roles (`BryggaAdminSite`), not by Django's own permissions. Nothing
is deleted in bulk; business records and ledgers are read-only.
"""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import audit, clock, marks
from common.db import columns_of
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

#: what must never stand in the log
SECRET = ("password",)


class HouseAdmin(admin.ModelAdmin):
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


class HouseInline(admin.TabularInline):
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


class AuditedAdmin(HouseAdmin):
    """Reference data: the save, its audit event and its marks are one transaction."""

    #: the word before ``.created`` and ``.changed`` in the audit log
    kind = ""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Save, and record what changed."""
        before = type(obj).objects.filter(pk=obj.pk).first() if change else None
        super().save_model(request, obj, form, change)
        names = [f.name for f in columns_of(type(obj)) if f.name not in SECRET and f.editable]
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


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The technical part of the log: people, roles, calendars and settings, no business records."""

    list_display = ("at", "actor", "action", "kind", "object_id")
    list_filter = ("action",)
    list_select_related = ("actor",)
    TECHNICAL = ("unit", "person", "calendar", "words", "rules", "scoring", "type", "period")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return technical events only: the administrator's role sees no business and no money."""
        return super().get_queryset(request).filter(kind__in=self.TECHNICAL)


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
