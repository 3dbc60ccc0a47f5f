"""Schedules: networks of tasks on working calendars, their dates, floats and reasons.

Plain data in, plain data out; conventions and sources are in ``docs/domain/schedule.md``.
"""

from projects.domain.schedule.calendars import PlanCalendar, PlanCalendarError
from projects.domain.schedule.compare import Cause, Comparison, Movement, compare
from projects.domain.schedule.explain import Step, explain
from projects.domain.schedule.passes import Driver
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
    "Cause",
    "Comparison",
    "Constraint",
    "ConstraintKind",
    "Criticality",
    "Driver",
    "Lag",
    "LagCalendar",
    "LagKind",
    "Link",
    "LinkKind",
    "Movement",
    "Notice",
    "Plan",
    "PlanCalendar",
    "PlanCalendarError",
    "ProgressLogic",
    "Schedule",
    "ScheduleError",
    "ScheduleOptions",
    "Step",
    "Task",
    "TaskDates",
    "compare",
    "explain",
    "schedule",
]
