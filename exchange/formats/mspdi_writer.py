"""MS Project XML (MSPDI) out: what MS Project can hold is written, the rest is in the ledger.

Reading the result gives the same plan, when its names are MS Project's (numbers) and its options
those MS Project knows (lag on the successor's calendar, progress override).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from common.domain.worktime import Segment
from exchange.formats.mspdi_codes import CONSTRAINT_KINDS, LINK_KINDS, NAMESPACE
from exchange.formats.schedule_file import (
    Assignment,
    Baseline,
    Fidelity,
    Ledger,
    ScheduleFile,
    TaskLine,
)
from projects.domain.schedule import (
    Criticality,
    LagCalendar,
    LagKind,
    Link,
    PlanCalendar,
    ProgressLogic,
    Schedule,
    Task,
)

_LINK_CODES = {kind: code for code, kind in LINK_KINDS.items()}
_CONSTRAINT_CODES = {kind: code for code, kind in CONSTRAINT_KINDS.items()}
_LAG_FORMATS = {
    LagKind.WORKING: "7",
    LagKind.ELAPSED: "8",
    LagKind.PERCENT: "19",
    LagKind.ELAPSED_PERCENT: "20",
}
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAYS, _ELAPSED_DAYS = "7", "8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file's bytes, and what the format could not hold."""

    content: bytes
    fidelity: Fidelity


def write(file: ScheduleFile, *, computed: Schedule | None = None) -> Written:
    """Return a schedule as MS Project XML, with its computed dates when they are given.

    The schedule must be of the file's own plan. MS Project recalculates them when it opens the
    file; other readers show them as they stand.
    """
    return _Writer(file, computed).write()


def _numbers(names: Iterable[str]) -> dict[str, str]:
    """Keep names that are numbers from 1 up; give the others free numbers."""
    wanted = list(names)
    kept = {n for n in wanted if n.isascii() and n.isdecimal() and 0 < int(n[:10]) < 10**9}
    kept = {name for name in kept if str(int(name)) == name}
    numbers: dict[str, str] = {}
    free = 1
    for name in wanted:
        if name in kept:
            numbers[name] = name
            continue
        while str(free) in kept:
            free += 1
        numbers[name] = str(free)
        free += 1
    return numbers


class _Writer:
    """Builds the document section by section, in the schema's order."""

    def __init__(self, file: ScheduleFile, computed: Schedule | None) -> None:
        self.file, self.plan, self.computed = file, file.plan, computed
        self.ledger = Ledger()
        self.root = Element("Project", xmlns=NAMESPACE)
        self.calendars = _numbers(self.plan.calendars)
        self.ordered = _outline(self.plan.tasks)
        self.uids = _numbers(task.uid for task, _ in self.ordered)
        self.pinned = any(c.is_pinned for task in self.plan.tasks for c in task.constraints)

    def write(self) -> Written:
        """Return the document and its ledger."""
        self._head()
        calendars = SubElement(self.root, "Calendars")
        for uid, calendar in self.plan.calendars.items():
            _write_calendar(calendars, self.calendars[uid], calendar)
        incoming: dict[str, list[Link]] = {}
        for link in self.plan.links:
            incoming.setdefault(link.successor, []).append(link)
        tasks = SubElement(self.root, "Tasks")
        parents = {task.parent for task in self.plan.tasks}
        for number, (task, level) in enumerate(self.ordered, start=1):
            element = SubElement(tasks, "Task")
            self._task(element, task, number, level, is_summary=task.uid in parents)
            for link in incoming.get(task.uid, ()):
                self._link(element, link)
            for baseline in self._line(task).baselines:
                _write_baseline(element, baseline)
        self._resources()
        self._account()
        body = tostring(self.root, encoding="utf-8", xml_declaration=True)
        return Written(content=body, fidelity=self.ledger.close())

    def _line(self, task: Task) -> TaskLine:
        return self.file.lines.get(task.uid) or TaskLine(uid=task.uid)

    def _head(self) -> None:
        plan, options = self.plan, self.plan.options
        finish = self.computed.finish if self.computed is not None else None
        threshold, rest = divmod(options.float_threshold, 480)
        if rest or threshold < 0:
            self.ledger.translate("float_threshold_in_whole_days")
        _put(self.root, "SaveVersion", "14")
        _put(self.root, "Name", _clean(self.file.title))
        _put(self.root, "Title", _clean(self.file.title))
        _put(self.root, "ScheduleFromStart", "1")
        _put(self.root, "StartDate", _moment(plan.start))
        _put(self.root, "FinishDate", _moment(finish))
        _put(self.root, "CriticalSlackLimit", str(max(threshold, 0)))
        _put(self.root, "CalendarUID", self.calendars[plan.calendar])
        _put(self.root, "MinutesPerDay", "480")
        _put(self.root, "MinutesPerWeek", "2400")
        _put(self.root, "DaysPerMonth", "20")
        _put(self.root, "HonorConstraints", str(int(self.pinned)))
        _put(self.root, "MultipleCriticalPaths", str(int(options.open_ends_are_critical)))
        _put(self.root, "StatusDate", _moment(plan.status_date))

    def _task(
        self, element: Element, task: Task, number: int, level: int, *, is_summary: bool
    ) -> None:
        line = self._line(task)
        _put(element, "UID", self.uids[task.uid])
        _put(element, "ID", str(number))
        _put(element, "Name", _clean(task.name))
        _put(element, "Active", "1")
        _put(element, "Manual", "0")
        _put(element, "IsNull", "0")
        _put(element, "WBS", _clean(line.code))
        _put(element, "OutlineLevel", str(level))
        _put(element, "Duration", _duration(task.duration))
        _put(element, "DurationFormat", _ELAPSED_DAYS if task.is_elapsed else _DAYS)
        _put(element, "Milestone", str(int(line.is_milestone or task.duration == 0)))
        _put(element, "Summary", str(int(is_summary)))
        _put(element, "PercentComplete", str(line.percent_complete))
        self._dates(element, task)
        _put(element, "ActualStart", _moment(task.actual_start))
        _put(element, "ActualFinish", _moment(task.actual_finish))
        if task.remaining is not None:
            _put(element, "RemainingDuration", _duration(task.remaining))
        self._constraint(element, task)
        _put(element, "Deadline", _moment(task.deadline))
        calendar = task.calendar
        _put(element, "CalendarUID", "-1" if calendar is None else self.calendars[calendar])
        _put(element, "IgnoreResourceCalendar", str(int(task.ignores_resource_calendars)))

    def _dates(self, element: Element, task: Task) -> None:
        if self.computed is None:
            return
        row = self.computed.tasks[task.uid]
        _put(element, "Start", _moment(row.early_start))
        _put(element, "Finish", _moment(row.early_finish))
        _put(element, "EarlyStart", _moment(row.early_start))
        _put(element, "EarlyFinish", _moment(row.early_finish))
        _put(element, "LateStart", _moment(row.late_start))
        _put(element, "LateFinish", _moment(row.late_finish))
        _put(element, "FreeSlack", str(row.free_float * 10))
        _put(element, "TotalSlack", str(row.total_float * 10))
        _put(element, "Critical", str(int(row.is_critical)))

    def _constraint(self, element: Element, task: Task) -> None:
        """MS Project holds one constraint a task, and pins for the whole project or not at all."""
        for constraint in task.constraints[1:]:
            self.ledger.drop("second_constraint", task.uid, of=constraint.kind.value)
        for constraint in task.constraints[:1]:
            _put(element, "ConstraintType", _CONSTRAINT_CODES[constraint.kind])
            _put(element, "ConstraintDate", _moment(constraint.at))
            if self.pinned and not constraint.is_pinned:
                self.ledger.translate("pin_is_for_the_whole_project", task.uid)

    def _link(self, element: Element, link: Link) -> None:
        item = SubElement(element, "PredecessorLink")
        amount, kind = link.lag.amount, link.lag.kind
        is_percent = kind in (LagKind.PERCENT, LagKind.ELAPSED_PERCENT)
        _put(item, "PredecessorUID", self.uids[link.predecessor])
        _put(item, "Type", _LINK_CODES[link.kind])
        _put(item, "CrossProject", "0")
        _put(item, "LinkLag", str(amount if is_percent else amount * 10))
        _put(item, "LagFormat", _LAG_FORMATS[kind])

    def _resources(self) -> None:
        """Write resources and assignments; bare resource calendars get a resource to carry them."""
        names = _numbers(resource.uid for resource in self.file.resources)
        section = SubElement(self.root, "Resources")
        for resource in self.file.resources:
            _write_resource(
                section,
                names[resource.uid],
                resource.name,
                self.calendars.get(resource.calendar or ""),
            )
        assigned = [
            replace(a, task=self.uids[a.task], resource=names[a.resource])
            for a in self.file.assignments
            if a.task in self.uids and a.resource in names
        ]
        assigned += self._carriers(section, {int(number) for number in names.values()})
        assignments = SubElement(self.root, "Assignments")
        for number, assignment in enumerate(assigned, start=1):
            _write_assignment(assignments, str(number), assignment)

    def _carriers(self, section: Element, taken: set[int]) -> list[Assignment]:
        carried = {assignment.task for assignment in self.file.assignments}
        wanted = [
            (task.uid, name)
            for task in self.plan.tasks
            if task.uid not in carried
            for name in task.resource_calendars
        ]
        first = max(taken, default=0) + 1
        distinct = dict.fromkeys(name for _, name in wanted)
        numbers = {name: str(first + place) for place, name in enumerate(distinct)}
        for name, number in numbers.items():
            title = self.plan.calendars[name].name or name
            _write_resource(section, number, title, self.calendars[name])
            self.ledger.translate("resource_calendar_as_resource", name)
        return [Assignment(task=self.uids[uid], resource=numbers[name]) for uid, name in wanted]

    def _account(self) -> None:
        ledger, plan = self.ledger, self.plan
        ledger.keep("tasks", len(plan.tasks))
        ledger.keep("links", len(plan.links))
        ledger.keep("calendars", len(plan.calendars))
        for name, number in self.uids.items():
            if name != number:
                ledger.translate("task_renumbered", name, of=number)
        if plan.options.lag_calendar is not LagCalendar.SUCCESSOR:
            ledger.translate("lag_on_successor_calendar", of=plan.options.lag_calendar.value)
        if plan.options.progress_logic is not ProgressLogic.OVERRIDE:
            ledger.translate("progress_override")
        if plan.options.criticality is Criticality.LONGEST_PATH:
            ledger.drop("longest_path_criticality")
        if plan.required_finish is not None:
            ledger.drop("required_finish")


def _outline(tasks: tuple[Task, ...]) -> list[tuple[Task, int]]:
    """Return tasks with outline levels, every summary right before what it holds."""
    below: dict[str | None, list[Task]] = {}
    for task in tasks:
        below.setdefault(task.parent, []).append(task)
    ordered: list[tuple[Task, int]] = []
    waiting = [(task, 1) for task in reversed(below.get(None, []))]
    while waiting:
        task, level = waiting.pop()
        ordered.append((task, level))
        waiting += [(child, level + 1) for child in reversed(below.get(task.uid, []))]
    return ordered


def _put(parent: Element, name: str, text: str) -> None:
    if text:
        SubElement(parent, name).text = text


def _clean(text: str) -> str:
    """Leave out characters XML 1.0 cannot carry."""
    return _NOT_XML.sub("", text)


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()


def _duration(minutes: int) -> str:
    return f"PT{minutes // 60}H{minutes % 60}M0S"


def _write_calendar(parent: Element, uid: str, calendar: PlanCalendar) -> None:
    element = SubElement(parent, "Calendar")
    _put(element, "UID", uid)
    _put(element, "Name", _clean(calendar.name))
    _put(element, "IsBaseCalendar", "1")
    _put(element, "BaseCalendarUID", "-1")
    days = SubElement(element, "WeekDays")
    for number in range(1, 8):
        day = SubElement(days, "WeekDay")
        _put(day, "DayType", str(number))
        _write_hours(day, calendar.week.get((number + 5) % 7, ()))
    exceptions = SubElement(element, "Exceptions")
    for hours, first, last in _runs(calendar):
        item = SubElement(exceptions, "Exception")
        period = SubElement(item, "TimePeriod")
        _put(period, "FromDate", f"{first}T00:00:00")
        _put(period, "ToDate", f"{last}T23:59:00")
        _put(item, "Type", "1")
        _write_hours(item, hours)


def _runs(calendar: PlanCalendar) -> Iterable[tuple[tuple[Segment, ...], str, str]]:
    """Yield stretches of consecutive exception dates with the same hours."""
    dated = sorted(calendar.exceptions.items())
    places = enumerate(dated)
    for (_, hours), run in groupby(places, key=lambda p: (p[1][0].toordinal() - p[0], p[1][1])):
        days = [day for _, (day, _) in run]
        yield hours, days[0].isoformat(), days[-1].isoformat()


def _write_hours(parent: Element, hours: tuple[Segment, ...]) -> None:
    _put(parent, "DayWorking", str(int(bool(hours))))
    if not hours:
        return
    times = SubElement(parent, "WorkingTimes")
    for segment in hours:
        time = SubElement(times, "WorkingTime")
        _put(time, "FromTime", _clock(segment.start_minute))
        _put(time, "ToTime", _clock(segment.end_minute % 1440))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}:00"


def _write_baseline(parent: Element, baseline: Baseline) -> None:
    element = SubElement(parent, "Baseline")
    _put(element, "Number", str(baseline.number))
    _put(element, "Start", _moment(baseline.start))
    _put(element, "Finish", _moment(baseline.finish))
    if baseline.duration is not None:
        _put(element, "Duration", _duration(baseline.duration))
    if baseline.cost is not None:
        _put(element, "Cost", format(baseline.cost * 100, "f"))


def _write_resource(parent: Element, uid: str, name: str, calendar: str | None) -> None:
    element = SubElement(parent, "Resource")
    _put(element, "UID", uid)
    _put(element, "Name", _clean(name))
    _put(element, "Type", "0" if calendar is None else "1")
    _put(element, "CalendarUID", calendar or "")


def _write_assignment(parent: Element, uid: str, assignment: Assignment) -> None:
    element = SubElement(parent, "Assignment")
    _put(element, "UID", uid)
    _put(element, "TaskUID", assignment.task)
    _put(element, "ResourceUID", assignment.resource)
    if assignment.units is not None:
        _put(element, "Units", format(assignment.units, "f"))
    if assignment.work is not None:
        _put(element, "Work", _duration(assignment.work))
