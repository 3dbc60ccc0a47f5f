"""From the raw rows of an MS Project XML file to a plan, its lines and its ledger.

MS Project counts a working lag on the successor's calendar and does not hold started work back
for its logic; a manually scheduled task stays where a person put it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.formats.mspdi_calendars import RawCalendar, resolve
from exchange.formats.mspdi_codes import (
    CONSTRAINT_KINDS,
    ELAPSED_UNITS,
    LINK_KINDS,
    PERCENT_UNITS,
    READ_FIELDS,
    SELF_EVIDENT_FIELDS,
    minutes_of,
    tenths_of,
)
from exchange.formats.schedule_file import (
    Assignment,
    Baseline,
    FormatError,
    Ledger,
    Resource,
    ScheduleFile,
    SourceDates,
    TaskLine,
)
from exchange.formats.schedule_values import decimal_of, moment_of, number_of
from projects.domain.schedule import (
    Constraint,
    ConstraintKind,
    Lag,
    LagCalendar,
    LagKind,
    Link,
    Plan,
    PlanCalendar,
    PlanCalendarError,
    ProgressLogic,
    ScheduleOptions,
    Task,
)
from projects.domain.schedule.calendars import Timeline, minute_of
from projects.domain.schedule.plan import HARD_CONSTRAINTS

FORMAT = "mspdi"
_WORK_RESOURCE = "1"
_IDLE = frozenset({"", "0", "0.00", "PT0H0M0S", "-1"})


@dataclass(slots=True, kw_only=True)
class RawFile:
    """What a file holds, as text, before it is judged."""

    ledger: Ledger = field(default_factory=Ledger)
    calendars: dict[str, RawCalendar] = field(default_factory=dict)
    tasks: list[dict[str, str]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    baselines: dict[str, list[Baseline]] = field(default_factory=dict)
    resources: list[dict[str, str]] = field(default_factory=list)
    assignments: list[dict[str, str]] = field(default_factory=list)
    head: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


class Assembly:
    """Makes a plan of what was read."""

    def __init__(self, reading: RawFile) -> None:
        self.reading = reading
        self.ledger = reading.ledger
        self.head = reading.head
        self.calendars = resolve(reading.calendars, self.ledger)
        self.project_calendar = self._project_calendar()
        self.start = moment_of(self.head.get("StartDate", ""))
        self.honours = self.head.get("HonorConstraints") == "1"
        self.resources = self._resources()
        self.assignments = self._assignments()
        self.hours_of = self._hours_of_tasks()

    def file(self) -> ScheduleFile:
        """Return the whole file."""
        rows = self._task_rows()
        parents = _parents(rows)
        self._check(rows)
        tasks = tuple(self._task(row, parents[row["UID"]]) for row in rows)
        known = {task.uid for task in tasks}
        links = tuple(link for row in self.reading.links if (link := self._link(row, known)))
        start = self.start or min(
            (at for row in rows if (at := moment_of(row.get("Start", "")))), default=None
        )
        if start is None:
            raise FormatError("start_missing")
        self._account(rows, tasks, links)
        return ScheduleFile(
            format=FORMAT,
            title=self.head.get("Title") or self.head.get("Name", ""),
            plan=Plan(
                start=start,
                calendar=self.project_calendar,
                calendars=self.calendars,
                tasks=tasks,
                links=links,
                status_date=moment_of(self.head.get("StatusDate", "")),
                options=self._options(),
            ),
            lines={row["UID"]: self._line(row, parents) for row in rows},
            resources=self.resources,
            assignments=tuple(a for a in self.assignments if a.task in known),
            project=next((_source(r) for r in self.reading.tasks if r.get("UID") == "0"), _NONE),
            fidelity=self.ledger.close(),
        )

    def _options(self) -> ScheduleOptions:
        limit = number_of(self.head.get("CriticalSlackLimit", "")) or 0
        day = number_of(self.head.get("MinutesPerDay", "")) or 0
        if self.head.get("ScheduleFromStart") == "0":
            self.ledger.translate("scheduled_from_finish")
        return ScheduleOptions(
            lag_calendar=LagCalendar.SUCCESSOR,
            progress_logic=ProgressLogic.OVERRIDE,
            float_threshold=limit * day,
            open_ends_are_critical=self.head.get("MultipleCriticalPaths") == "1",
        )

    def _project_calendar(self) -> str:
        uid = self.head.get("CalendarUID", "")
        if uid in self.calendars:
            return uid
        if not self.calendars:
            raise FormatError("calendar_missing", calendar=uid)
        first = next(iter(self.calendars))
        self.ledger.translate("project_calendar_unknown", uid, of=first)
        return first

    def _resources(self) -> tuple[Resource, ...]:
        found = []
        for fields in self.reading.resources:
            uid, calendar = fields.get("UID", ""), fields.get("CalendarUID", "")
            is_work = fields.get("Type", _WORK_RESOURCE) == _WORK_RESOURCE
            known = calendar if is_work and calendar in self.calendars else None
            found.append(Resource(uid=uid, name=fields.get("Name", ""), calendar=known))
        return tuple(found)

    def _assignments(self) -> tuple[Assignment, ...]:
        known = {resource.uid for resource in self.resources}
        return tuple(
            Assignment(
                task=fields.get("TaskUID", ""),
                resource=fields["ResourceUID"],
                units=decimal_of(fields.get("Units", "")),
                work=minutes_of(fields.get("Work", "")),
            )
            for fields in self.reading.assignments
            if fields.get("ResourceUID") in known
        )

    def _hours_of_tasks(self) -> dict[str, tuple[str, ...]]:
        """Return resource calendars by task, leaving out tasks where all equal the project's."""
        base = self.calendars[self.project_calendar]
        calendar_of = {r.uid: r.calendar for r in self.resources if r.calendar is not None}
        own = {uid for uid, calendar in self.calendars.items() if not _same(calendar, base)}
        hours: dict[str, dict[str, None]] = {}
        for assignment in self.assignments:
            if assignment.resource in calendar_of:
                calendars = hours.setdefault(assignment.task, {})
                calendars[calendar_of[assignment.resource]] = None
        return {task: tuple(uids) for task, uids in hours.items() if not own.isdisjoint(uids)}

    def _task_rows(self) -> list[dict[str, str]]:
        """Return the rows that are tasks: not the project's own line, not blank, not inactive."""
        rows = []
        for row in self.reading.tasks:
            uid = row.get("UID", "")
            if uid == "0" and row.get("OutlineLevel", "0") == "0":
                continue
            if row.get("IsNull") == "1" or not uid:
                self.ledger.drop("blank_line", row.get("ID", ""))
            elif row.get("Active") == "0":
                self.ledger.drop("inactive_task", uid)
            else:
                rows.append(row)
        return rows

    def _check(self, rows: list[dict[str, str]]) -> None:
        seen: set[str] = set()
        for row in rows:
            if row["UID"] in seen:
                raise FormatError("duplicate_task", task=row["UID"])
            seen.add(row["UID"])

    def _task(self, row: Mapping[str, str], parent: str | None) -> Task:
        uid = row["UID"]
        is_manual = row.get("Manual") == "1" or row.get("ExternalTask") == "1"
        actual_start = moment_of(row.get("ActualStart", ""))
        actual_finish = moment_of(row.get("ActualFinish", "")) if actual_start else None
        if actual_start is not None and actual_finish is None:
            self._note_interruption(row)
        calendar = row.get("CalendarUID", "-1")
        if calendar != "-1" and calendar not in self.calendars:
            self.ledger.drop("unknown_calendar", uid, of=calendar)
            calendar = "-1"
        return Task(
            uid=uid,
            duration=self._duration(row, is_manual=is_manual),
            name=row.get("Name", ""),
            parent=parent,
            calendar=None if calendar == "-1" else calendar,
            resource_calendars=self.hours_of.get(uid, ()),
            ignores_resource_calendars=row.get("IgnoreResourceCalendar") == "1",
            is_elapsed=row.get("DurationFormat") in ELAPSED_UNITS,
            constraints=self._constraints(row, is_manual=is_manual),
            deadline=moment_of(row.get("Deadline", "")),
            actual_start=actual_start,
            actual_finish=actual_finish,
            remaining=self._remaining(row) if actual_start else None,
        )

    def _note_interruption(self, row: Mapping[str, str]) -> None:
        """Work that MS Project resumes later than it stopped goes on at once here."""
        stop, resume = moment_of(row.get("Stop", "")), moment_of(row.get("Resume", ""))
        if stop is None or resume is None or stop >= resume:
            return
        try:
            line = Timeline(self.calendars[self.project_calendar], minute_of(stop))
            idle = line.total(minute_of(resume)) - line.total(minute_of(stop))
        except PlanCalendarError:
            return
        if idle:
            self.ledger.translate("interrupted_work_continues_at_once", row["UID"])

    def _duration(self, row: Mapping[str, str], *, is_manual: bool) -> int:
        text = (row.get("ManualDuration") if is_manual else None) or row.get("Duration", "")
        duration = minutes_of(text)
        if duration is None or duration < 0:
            self.ledger.translate("duration_missing", row["UID"])
            return 0
        if not text.endswith(("M0S", "H", "D")):
            self.ledger.translate("duration_rounded_to_minute", row["UID"])
        return duration

    def _remaining(self, row: Mapping[str, str]) -> int | None:
        remaining = minutes_of(row.get("RemainingDuration", ""))
        return remaining if remaining is None or remaining >= 0 else None

    def _constraints(self, row: Mapping[str, str], *, is_manual: bool) -> tuple[Constraint, ...]:
        uid = row["UID"]
        if is_manual:
            at = moment_of(row.get("ManualStart", "")) or moment_of(row.get("Start", ""))
            self.ledger.translate("manual_task_as_pinned_start", uid)
            if at is None:
                return ()
            return (Constraint(kind=ConstraintKind.MUST_START_ON, at=at, is_pinned=True),)
        code = row.get("ConstraintType", "0")
        kind = CONSTRAINT_KINDS.get(code)
        if kind is None:
            self.ledger.drop("unknown_constraint", uid, of=code)
            return ()
        if kind is ConstraintKind.AS_SOON_AS_POSSIBLE:
            return ()
        if kind is ConstraintKind.AS_LATE_AS_POSSIBLE:
            return (Constraint(kind=kind),)
        at = moment_of(row.get("ConstraintDate", ""))
        if at is None:
            self.ledger.drop("constraint_without_date", uid)
            return ()
        return (Constraint(kind=kind, at=at, is_pinned=self.honours and kind in HARD_CONSTRAINTS),)

    def _link(self, row: Mapping[str, str], known: set[str]) -> Link | None:
        before, after = row.get("PredecessorUID", ""), row["SuccessorUID"]
        name = f"{before} > {after}"
        if row.get("CrossProject") == "1":
            self.ledger.drop("link_to_other_project", name)
            return None
        if before not in known or after not in known:
            self.ledger.drop("link_to_unknown_task", name)
            return None
        kind = LINK_KINDS.get(row.get("Type", "1"))
        if kind is None:
            self.ledger.drop("unknown_link_type", name, of=row.get("Type", ""))
            return None
        return Link(predecessor=before, successor=after, kind=kind, lag=self._lag(row, name))

    def _lag(self, row: Mapping[str, str], name: str) -> Lag:
        text, unit = row.get("LinkLag", "0"), row.get("LagFormat", "")
        if text in {"", "0"}:
            return _NO_LAG
        if unit in PERCENT_UNITS:
            percent = decimal_of(text)
            return Lag(amount=int(percent or 0), kind=PERCENT_UNITS[unit])
        minutes = tenths_of(text)
        if minutes is None:
            self.ledger.drop("lag_unreadable", name)
            return _NO_LAG
        kind = LagKind.ELAPSED if unit in ELAPSED_UNITS else LagKind.WORKING
        return Lag(amount=minutes, kind=kind)

    def _line(self, row: Mapping[str, str], parents: Mapping[str, str | None]) -> TaskLine:
        uid = row["UID"]
        return TaskLine(
            uid=uid,
            code=row.get("WBS") or row.get("OutlineNumber", ""),
            is_milestone=row.get("Milestone") == "1",
            is_summary=row.get("Summary") == "1",
            percent_complete=min(number_of(row.get("PercentComplete", "")) or 0, 100),
            baselines=tuple(self.reading.baselines.get(uid, ())),
            source=_source(row),
        )

    def _account(
        self, rows: list[dict[str, str]], tasks: tuple[Task, ...], links: tuple[Link, ...]
    ) -> None:
        ledger = self.ledger
        ledger.keep("tasks", len(tasks))
        ledger.keep("links", len(links))
        ledger.keep("calendars", len(self.calendars))
        ledger.keep("resources", len(self.resources))
        ledger.keep("assignments", len(self.assignments))
        ledger.keep("constraints", sum(len(task.constraints) for task in tasks))
        ledger.keep("baselines", sum(len(found) for found in self.reading.baselines.values()))
        for name, count in self.reading.left_out.items():
            ledger.drop("element_not_read", of=name, count=count)
        for row in rows:
            for name in row.keys() - READ_FIELDS - SELF_EVIDENT_FIELDS:
                if row[name].strip() not in _IDLE:
                    ledger.drop("field_not_read", row["UID"], of=name)


_NO_LAG = Lag()
_NONE = SourceDates()


def _same(one: PlanCalendar, other: PlanCalendar) -> bool:
    return one.week == other.week and one.exceptions == other.exceptions


def _source(row: Mapping[str, str]) -> SourceDates:
    """MPXJ leaves TotalSlack and FreeSlack out where they are zero."""
    return SourceDates(
        early_start=moment_of(row.get("EarlyStart", "")),
        early_finish=moment_of(row.get("EarlyFinish", "")),
        late_start=moment_of(row.get("LateStart", "")),
        late_finish=moment_of(row.get("LateFinish", "")),
        total_float=tenths_of(row.get("TotalSlack", "0")),
        free_float=tenths_of(row.get("FreeSlack", "0")),
        is_critical=None if "Critical" not in row else row["Critical"] == "1",
    )


def _parents(rows: list[dict[str, str]]) -> dict[str, str | None]:
    """Return each row's parent: the nearest earlier row of a lower outline level."""
    parents: dict[str, str | None] = {}
    stack: list[tuple[int, str]] = []
    for row in rows:
        level = number_of(row.get("OutlineLevel", ""))
        depth = 1 if level is None else level
        while stack and stack[-1][0] >= depth:
            stack.pop()
        parents[row["UID"]] = stack[-1][1] if stack else None
        stack.append((depth, row["UID"]))
    return parents
