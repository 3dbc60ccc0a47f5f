"""Work calendars with their hours and days off, and a country's holidays to begin with."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import audit, clock, marks
from common.admin.house import AuditedAdmin, HouseInline
from common.models import CalendarException, WorkCalendar, WorkSegment
from common.subjects import Subject


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
