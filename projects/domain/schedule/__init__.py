"""Schedules: networks of tasks on working calendars, their dates, floats and reasons.

Plain data in, plain data out; conventions and sources are in ``docs/domain/schedule.md``.
"""

from projects.domain.schedule.calendars import PlanCalendar, PlanCalendarError
from projects.domain.schedule.plan import (
    Constraint,
    ConstraintKind,
    Criticality,
    Lag,
    LagCalendar,
    LagKind,
    Link,
    LinkKind,
    Plan,
    ProgressLogic,
    ScheduleError,
    ScheduleOptions,
    Task,
)
from projects.domain.schedule.result import Notice, Schedule, TaskDates, schedule

__all__ = [
    "Constraint",
    "ConstraintKind",
    "Criticality",
    "Lag",
    "LagCalendar",
    "LagKind",
    "Link",
    "LinkKind",
    "Notice",
    "Plan",
    "PlanCalendar",
    "PlanCalendarError",
    "ProgressLogic",
    "Schedule",
    "ScheduleError",
    "ScheduleOptions",
    "Task",
    "TaskDates",
    "schedule",
]
