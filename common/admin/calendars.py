"""Work calendars with their hours and days off, and a country's holidays to begin with."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from common import audit, clock, formats, marks
from common.admin.house import AuditedAdmin, HouseInline
from common.models import CalendarException, WorkCalendar, WorkSegment
from common.models.calendars import WEEKDAYS
from common.subjects import Subject

#: minutes in a day, and the last one in an hour
DAY, LAST_MINUTE = 1440, 59


def clock_of(minute: int) -> str:
    """Return minutes since midnight as a time of day."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def hours_in_words(segments: list[tuple[int, int, int]]) -> str:
    """Return (weekday, from minute, to minute) as text: days with the same hours stand together."""
    by_day: dict[int, list[str]] = {}
    for day, start, end in sorted(segments):
        by_day.setdefault(day, []).append(f"{clock_of(start)}–{clock_of(end)}")
    runs: list[tuple[list[int], str]] = []
    for day, hours in sorted(by_day.items()):
        text = ", ".join(hours)
        if runs and runs[-1][1] == text and runs[-1][0][-1] == day - 1:
            runs[-1][0].append(day)
        else:
            runs.append(([day], text))
    names = dict(WEEKDAYS)
    return "; ".join(
        f"{names[days[0]]}{f'–{names[days[-1]]}' if len(days) > 1 else ''} {text}"
        for days, text in runs
    )


class MinuteField(forms.CharField):
    """A time of day, kept as minutes since midnight; 24:00 is the day's end."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"size": 5, "placeholder": "08:00"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return stored minutes as a time of day."""
        return clock_of(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> Any:
        """Return the minutes, None when empty."""
        text = value.strip() if isinstance(value, str) else value
        if text in self.empty_values:
            return None
        hours, _colon, minutes = str(text).replace(".", ":").partition(":")
        if not (hours.isdecimal() and (minutes or "0").isdecimal()):
            raise ValidationError(_("Write a time of day, for example 08:00."))
        found = int(hours) * 60 + int(minutes or 0)
        if int(minutes or 0) > LAST_MINUTE or found > DAY:
            raise ValidationError(_("Write a time of day, for example 08:00."))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another time of day was written."""
        return super().has_changed(self.prepare_value(initial), data)


class HoursForm(forms.ModelForm):
    """A row with a beginning and an end within a day."""

    start_minute = MinuteField(label=_("from"))
    end_minute = MinuteField(label=_("to"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start_minute", "end_minute"):
            self.fields[name].required = not self._meta.model._meta.get_field(name).blank  # noqa: SLF001  Django's own names


class SegmentInline(HouseInline):
    """Opening hours."""

    model = WorkSegment
    form = HoursForm


class ExceptionInline(HouseInline):
    """Holidays and extra openings."""

    model = CalendarException
    form = HoursForm


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
    list_display = ("name", "zone", "open_hours", "days_off", "known_to", "version")
    search_fields = ("name",)
    inlines = (SegmentInline, ExceptionInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the calendars with their hours, and how far ahead their days off are known."""
        ahead = Q(exceptions__on__gte=clock.today())
        return (
            super()
            .get_queryset(request)
            .prefetch_related("segments")
            .annotate(
                n_off=Count("exceptions", filter=ahead & Q(exceptions__start_minute=None)),
                last_on=Max("exceptions__on"),
            )
        )

    @admin.display(description=_("open"))
    def open_hours(self, calendar: WorkCalendar) -> str:
        """The week, days with the same hours together."""
        rows = calendar.segments.all()
        return hours_in_words([(r.weekday, r.start_minute, r.end_minute) for r in rows])

    @admin.display(description=_("days off ahead"), ordering="n_off")
    def days_off(self, calendar: WorkCalendar) -> int:
        """How many holidays are still to come."""
        return calendar.n_off  # type: ignore[attr-defined]  # annotated

    @admin.display(description=_("days off known up to"), ordering="last_on")
    def known_to(self, calendar: WorkCalendar) -> Any:
        """The last day that anybody has decided about."""
        return calendar.last_on or formats.NOTHING  # type: ignore[attr-defined]  # annotated

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
