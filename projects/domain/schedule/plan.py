"""The plan a schedule is computed from: tasks, links, constraints, calendars and conventions.

Instants are naive datetimes of local plan time in whole minutes; durations, lags and floats are
whole minutes. Conventions: ``docs/domain/schedule.md``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from common.domain.refusal import Refusal
from projects.domain.schedule.calendars import PlanCalendar


class ScheduleError(Refusal):
    """A plan that has no schedule: a cycle, an unknown name, a date or a duration that is none."""


class LinkKind(StrEnum):
    """Which end of the predecessor holds which end of the successor."""

    FINISH_START = "FS"
    START_START = "SS"
    FINISH_FINISH = "FF"
    START_FINISH = "SF"


class LagKind(StrEnum):
    """How a lag's amount is counted."""

    WORKING = "working"
    ELAPSED = "elapsed"
    PERCENT = "percent"
    ELAPSED_PERCENT = "elapsed_percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Waiting time on a link; negative is a lead.

    ``amount`` is minutes of working time (WORKING, on the lag calendar of the options) or of
    any time (ELAPSED), or whole percent of the predecessor's duration counted in one of the two.
    """

    amount: int = 0
    kind: LagKind = LagKind.WORKING


NO_LAG = Lag()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Logic between two tasks; an end that is a summary stands for its leaves."""

    predecessor: str
    successor: str
    kind: LinkKind = LinkKind.FINISH_START
    lag: Lag = NO_LAG


class ConstraintKind(StrEnum):
    """The eight constraints of MS Project."""

    AS_SOON_AS_POSSIBLE = "asap"
    AS_LATE_AS_POSSIBLE = "alap"
    MUST_START_ON = "mso"
    MUST_FINISH_ON = "mfo"
    START_NO_EARLIER_THAN = "snet"
    START_NO_LATER_THAN = "snlt"
    FINISH_NO_EARLIER_THAN = "fnet"
    FINISH_NO_LATER_THAN = "fnlt"


HARD_CONSTRAINTS = frozenset(
    {
        ConstraintKind.MUST_START_ON,
        ConstraintKind.MUST_FINISH_ON,
        ConstraintKind.START_NO_LATER_THAN,
        ConstraintKind.FINISH_NO_LATER_THAN,
    }
)
"""Constraints that can hold a task before its logic does (DCMA check 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A date a person set. Unpinned, logic wins and a broken date shows as negative float.

    A pinned hard constraint holds the early dates against the logic (P6 "mandatory",
    MS Project "tasks will always honour their constraint dates").
    """

    kind: ConstraintKind
    at: datetime | None = None
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One line of the plan; a task that is another's ``parent`` is a summary.

    ``duration`` and ``remaining`` are working minutes (any minutes when ``is_elapsed``); zero is
    a milestone; a summary's own duration only serves percent lags. ``calendar`` names the task
    calendar; ``resource_calendars`` those of the assigned resources: work is possible when any
    resource works, within the task calendar where there is one.
    """

    uid: str
    duration: int
    name: str = ""
    parent: str | None = None
    calendar: str | None = None
    resource_calendars: tuple[str, ...] = ()
    ignores_resource_calendars: bool = False
    is_elapsed: bool = False
    constraints: tuple[Constraint, ...] = ()
    deadline: datetime | None = None
    actual_start: datetime | None = None
    actual_finish: datetime | None = None
    remaining: int | None = None


class LagCalendar(StrEnum):
    """On which calendar a working lag is counted."""

    PREDECESSOR = "predecessor"
    SUCCESSOR = "successor"
    PROJECT = "project"
    ELAPSED = "elapsed"


class Criticality(StrEnum):
    """What makes a task critical: little float, or standing on the longest path."""

    TOTAL_FLOAT = "total_float"
    LONGEST_PATH = "longest_path"


class ProgressLogic(StrEnum):
    """Whether the rest of a started task still waits for its predecessors."""

    RETAINED = "retained"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOptions:
    """Conventions that tools disagree about, fixed per plan.

    ``float_threshold`` is the total float in minutes up to which a task is critical.
    ``open_ends_are_critical`` gives a task without successors its own early finish as late
    finish (MS Project "multiple critical paths").
    """

    lag_calendar: LagCalendar = LagCalendar.PREDECESSOR
    criticality: Criticality = Criticality.TOTAL_FLOAT
    float_threshold: int = 0
    progress_logic: ProgressLogic = ProgressLogic.RETAINED
    open_ends_are_critical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a schedule depends on. ``calendar`` names the project calendar.

    ``status_date`` is up to when progress is reported; ``required_finish`` replaces the
    computed project finish in the backward pass (P6 "must finish by").
    """

    start: datetime
    calendar: str
    calendars: Mapping[str, PlanCalendar]
    tasks: tuple[Task, ...]
    links: tuple[Link, ...] = ()
    status_date: datetime | None = None
    required_finish: datetime | None = None
    options: ScheduleOptions = field(default_factory=ScheduleOptions)
