"""Working calendars as data; the arithmetic is common/domain/worktime.py."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

WEEKDAYS = [
    (0, _("Monday")),
    (1, _("Tuesday")),
    (2, _("Wednesday")),
    (3, _("Thursday")),
    (4, _("Friday")),
    (5, _("Saturday")),
    (6, _("Sunday")),
]


class WorkCalendar(models.Model):
    """Opening hours in one zone. Every change of a row below counts the version up."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    zone = models.CharField(_("zone"), max_length=60, default="Europe/Stockholm")
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("work calendar")
        verbose_name_plural = _("work calendars")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WorkSegment(models.Model):
    """Open minutes of a local weekday, half-open; 1440 is midnight at the day's end."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="segments")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS)
    start_minute = models.PositiveSmallIntegerField(_("from minute"))
    end_minute = models.PositiveSmallIntegerField(
        _("to minute"), validators=[MaxValueValidator(1440)]
    )

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_minute__lt=F("end_minute")) & Q(end_minute__lte=1440),
                name="segment_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.start_minute}–{self.end_minute}"


class CalendarException(models.Model):
    """A day that differs: a holiday (no minutes) or a one-off opening (one row a segment)."""

    calendar = models.ForeignKey(WorkCalendar, on_delete=models.CASCADE, related_name="exceptions")
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    start_minute = models.PositiveSmallIntegerField(_("from minute"), null=True, blank=True)
    end_minute = models.PositiveSmallIntegerField(
        _("to minute"), null=True, blank=True, validators=[MaxValueValidator(1440)]
    )

    class Meta:
        verbose_name = _("holiday or extra opening")
        verbose_name_plural = _("holidays and extra openings")
        ordering = ["on", "start_minute"]
        constraints = [
            models.CheckConstraint(
                condition=Q(start_minute__isnull=True, end_minute__isnull=True)
                | Q(start_minute__lt=F("end_minute"), end_minute__lte=1440),
                name="exception_forward",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
