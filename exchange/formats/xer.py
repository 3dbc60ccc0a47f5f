"""Primavera P6 XER in: one project's activities, links, calendars, progress and options.

Constraint codes: CS_MSO start on, CS_MEO finish on, CS_MSOA/CS_MEOA on or after, CS_MSOB/CS_MEOB
on or before, CS_MANDSTART/CS_MANDFIN mandatory (pinned), CS_ALAP as late as possible.
"""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import BinaryIO

from exchange.formats.schedule_file import (
    Assignment,
    FormatError,
    Ledger,
    Resource,
    ScheduleFile,
    SourceDates,
    TaskLine,
)
from exchange.formats.schedule_values import decimal_of, moment_of
from exchange.formats.xer_tables import Row, read_calendars, read_tables
from projects.domain.schedule import (
    Constraint,
    ConstraintKind,
    Criticality,
    Lag,
    LagCalendar,
    Link,
    LinkKind,
    Plan,
    ProgressLogic,
    ScheduleOptions,
    Task,
)

FORMAT = "xer"
_TABLES = frozenset(
    {"PROJECT", "CALENDAR", "SCHEDOPTIONS", "PROJWBS", "RSRC", "TASK", "TASKPRED", "TASKRSRC"}
)
_CONSTRAINTS = {
    "CS_MSO": (ConstraintKind.MUST_START_ON, False),
    "CS_MEO": (ConstraintKind.MUST_FINISH_ON, False),
    "CS_MSOA": (ConstraintKind.START_NO_EARLIER_THAN, False),
    "CS_MSOB": (ConstraintKind.START_NO_LATER_THAN, False),
    "CS_MEOA": (ConstraintKind.FINISH_NO_EARLIER_THAN, False),
    "CS_MEOB": (ConstraintKind.FINISH_NO_LATER_THAN, False),
    "CS_MANDSTART": (ConstraintKind.MUST_START_ON, True),
    "CS_MANDFIN": (ConstraintKind.MUST_FINISH_ON, True),
    "CS_ALAP": (ConstraintKind.AS_LATE_AS_POSSIBLE, False),
}
_LINKS = {
    "PR_FS": LinkKind.FINISH_START,
    "PR_SS": LinkKind.START_START,
    "PR_FF": LinkKind.FINISH_FINISH,
    "PR_SF": LinkKind.START_FINISH,
}
_LAG_CALENDARS = {
    "rcal_Predecessor": LagCalendar.PREDECESSOR,
    "rcal_Successor": LagCalendar.SUCCESSOR,
    "rcal_ProjDefault": LagCalendar.PROJECT,
    "rcal_24Hour": LagCalendar.ELAPSED,
}
_NOT_NETWORK = {"TT_LOE": "level_of_effort", "TT_WBS": "wbs_summary_activity"}
_MILESTONES = frozenset({"TT_Mile", "TT_FinMile"})


def read(source: BinaryIO, *, project: str | None = None) -> ScheduleFile:
    """Return one project of an XER file: the named one, else the first that has activities.

    ``project`` is a short name. Raises FormatError ``not_xer``, ``xer_truncated``,
    ``project_missing``, ``calendar_missing``, ``start_missing`` or ``duplicate_task``.
    """
    return _Assembly(read_tables(source, _TABLES), project).file()


class _Assembly:
    """Makes a plan of the tables of one project."""

    def __init__(self, tables: dict[str, list[Row]], project: str | None) -> None:
        self.tables = tables
        self.ledger = Ledger()
        self.project = self._project(project)
        self.project_id = self.project.get("proj_id", "")
        self.calendars = read_calendars(tables.get("CALENDAR", []), self.ledger)
        self.project_calendar = self._calendar()
        self.resources = self._resources()
        self.assignments = self._assignments()
        self.rows = self._rows()

    def file(self) -> ScheduleFile:
        """Return the whole file."""
        summaries = tuple(self._summaries())
        parents = {task.uid for task in summaries}
        tasks = (*summaries, *(self._task(row, parents) for row in self.rows))
        links = tuple(self._links({row["task_id"] for row in self.rows}))
        start = _moment(self.project, "plan_start_date") or min(
            (at for row in self.rows if (at := _moment(row, "target_start_date"))), default=None
        )
        if start is None:
            raise FormatError("start_missing")
        self.ledger.keep("tasks", len(self.rows))
        self.ledger.keep("summaries", len(summaries))
        self.ledger.keep("links", len(links))
        self.ledger.keep("calendars", len(self.calendars))
        self.ledger.keep("resources", len(self.resources))
        self.ledger.keep("assignments", len(self.assignments))
        return ScheduleFile(
            format=FORMAT,
            title=self.project.get("proj_short_name", ""),
            plan=Plan(
                start=start,
                calendar=self.project_calendar,
                calendars=self.calendars,
                tasks=tasks,
                links=links,
                status_date=_moment(self.project, "last_recalc_date"),
                required_finish=_moment(self.project, "plan_end_date"),
                options=self._options(),
            ),
            lines={row["task_id"]: _line(row) for row in self.rows},
            resources=self.resources,
            assignments=self.assignments,
            fidelity=self.ledger.close(),
        )

    def _project(self, wanted: str | None) -> Row:
        busy = {row.get("proj_id") for row in self.tables.get("TASK", [])}
        projects = self.tables.get("PROJECT", [])
        chosen = [
            row
            for row in projects
            if (row.get("proj_short_name") == wanted if wanted else row.get("proj_id") in busy)
        ] or ([] if wanted else projects)
        if not chosen:
            raise FormatError("project_missing", project=wanted or "")
        for row in projects:
            if row is not chosen[0] and row.get("proj_id") in busy:
                self.ledger.drop("other_project", row.get("proj_short_name", ""))
        return chosen[0]

    def _calendar(self) -> str:
        uid = self.project.get("clndr_id", "")
        if uid in self.calendars:
            return uid
        if not self.calendars:
            raise FormatError("calendar_missing", calendar=uid)
        first = next(iter(self.calendars))
        self.ledger.translate("project_calendar_unknown", uid, of=first)
        return first

    def _resources(self) -> tuple[Resource, ...]:
        return tuple(
            Resource(
                uid=row.get("rsrc_id", ""),
                name=row.get("rsrc_name", ""),
                calendar=row["clndr_id"] if row.get("clndr_id") in self.calendars else None,
            )
            for row in self.tables.get("RSRC", [])
        )

    def _assignments(self) -> tuple[Assignment, ...]:
        known = {resource.uid for resource in self.resources}
        return tuple(
            Assignment(
                task=row.get("task_id", ""),
                resource=row["rsrc_id"],
                units=decimal_of(row.get("target_qty_per_hr", "")),
                work=_hours(row, "target_qty"),
            )
            for row in self.tables.get("TASKRSRC", [])
            if row.get("proj_id") == self.project_id and row.get("rsrc_id") in known
        )

    def _rows(self) -> list[Row]:
        rows: list[Row] = []
        seen: set[str] = set()
        for row in self.tables.get("TASK", []):
            if row.get("proj_id") != self.project_id:
                continue
            uid = row.get("task_id", "")
            if uid in seen:
                raise FormatError("duplicate_task", task=uid)
            seen.add(uid)
            reason = _NOT_NETWORK.get(row.get("task_type", ""))
            if reason is None and uid:
                rows.append(row)
            else:
                self.ledger.drop(reason or "blank_line", row.get("task_code", uid))
        return rows

    def _summaries(self) -> Iterator[Task]:
        """Yield WBS elements that have activities below them; the top one is the project."""
        wbs = {
            row.get("wbs_id", ""): row
            for row in self.tables.get("PROJWBS", [])
            if row.get("proj_id") == self.project_id and row.get("proj_node_flag") != "Y"
        }
        used: set[str] = set()
        for row in self.rows:
            uid = row.get("wbs_id", "")
            while uid in wbs and uid not in used:
                used.add(uid)
                uid = wbs[uid].get("parent_wbs_id", "")
        for uid, row in wbs.items():
            if uid in used:
                parent = row.get("parent_wbs_id", "")
                yield Task(
                    uid=_summary(uid),
                    duration=0,
                    name=row.get("wbs_name", ""),
                    parent=_summary(parent) if parent in used else None,
                )
            else:
                self.ledger.drop("empty_wbs_element", row.get("wbs_name", ""))

    def _task(self, row: Row, summaries: set[str]) -> Task:
        uid = row["task_id"]
        if row.get("task_type") == "TT_Mile":
            self.ledger.translate("start_milestone_on_predecessor_finish", row.get("task_code", ""))
        calendar = row.get("clndr_id", "")
        if calendar not in self.calendars:
            self.ledger.drop("unknown_calendar", uid, of=calendar)
        actual_start = _moment(row, "act_start_date")
        parent = _summary(row.get("wbs_id", ""))
        own = row.get("task_type") == "TT_Rsrc"
        return Task(
            uid=uid,
            duration=self._duration(row),
            name=row.get("task_name", ""),
            parent=parent if parent in summaries else None,
            calendar=None if own or calendar not in self.calendars else calendar,
            resource_calendars=self._resource_calendars(uid) if own else (),
            constraints=tuple(self._constraints(row)),
            actual_start=actual_start,
            actual_finish=_moment(row, "act_end_date") if actual_start else None,
            remaining=_hours(row, "remain_drtn_hr_cnt") if actual_start else None,
        )

    def _duration(self, row: Row) -> int:
        if row.get("task_type") in _MILESTONES:
            return 0
        duration = _hours(row, "target_drtn_hr_cnt")
        if duration is None:
            self.ledger.translate("duration_missing", row["task_id"])
        return duration or 0

    def _resource_calendars(self, uid: str) -> tuple[str, ...]:
        calendar_of = {r.uid: r.calendar for r in self.resources if r.calendar is not None}
        return tuple(
            dict.fromkeys(
                calendar_of[a.resource]
                for a in self.assignments
                if a.task == uid and a.resource in calendar_of
            )
        )

    def _constraints(self, row: Row) -> Iterator[Constraint]:
        for type_name, date_name in (("cstr_type", "cstr_date"), ("cstr_type2", "cstr_date2")):
            code = row.get(type_name, "")
            if not code:
                continue
            if code not in _CONSTRAINTS:
                self.ledger.drop("unknown_constraint", row["task_id"], of=code)
                continue
            kind, is_pinned = _CONSTRAINTS[code]
            at = _moment(row, date_name)
            if kind is ConstraintKind.AS_LATE_AS_POSSIBLE:
                yield Constraint(kind=kind)
            elif at is None:
                self.ledger.drop("constraint_without_date", row["task_id"])
            else:
                yield Constraint(kind=kind, at=at, is_pinned=is_pinned)

    def _links(self, known: set[str]) -> Iterator[Link]:
        for row in self.tables.get("TASKPRED", []):
            if row.get("proj_id") != self.project_id:
                continue
            before, after = row.get("pred_task_id", ""), row.get("task_id", "")
            name = f"{before} > {after}"
            kind = _LINKS.get(row.get("pred_type", ""))
            if row.get("pred_proj_id", self.project_id) != self.project_id:
                self.ledger.drop("link_to_other_project", name)
            elif before not in known or after not in known:
                self.ledger.drop("link_to_unknown_task", name)
            elif kind is None:
                self.ledger.drop("unknown_link_type", name, of=row.get("pred_type", ""))
            else:
                lag = _signed_hours(row, "lag_hr_cnt")
                yield Link(predecessor=before, successor=after, kind=kind, lag=Lag(amount=lag))

    def _options(self) -> ScheduleOptions:
        row = next(
            (r for r in self.tables.get("SCHEDOPTIONS", []) if r.get("proj_id") == self.project_id),
            {},
        )
        override = row.get("sched_progress_override") == "Y"
        by_path = self.project.get("critical_path_type") == "CT_DrivPath"
        return ScheduleOptions(
            lag_calendar=_LAG_CALENDARS.get(
                row.get("sched_calendar_on_relationship_lag", ""), LagCalendar.PREDECESSOR
            ),
            criticality=Criticality.LONGEST_PATH if by_path else Criticality.TOTAL_FLOAT,
            float_threshold=_signed_hours(self.project, "critical_drtn_hr_cnt"),
            progress_logic=ProgressLogic.OVERRIDE if override else ProgressLogic.RETAINED,
            open_ends_are_critical=row.get("sched_open_critical_flag") == "Y",
        )


def _summary(wbs_id: str) -> str:
    return f"wbs-{wbs_id}"


def _moment(row: Row, name: str) -> datetime | None:
    return moment_of(row.get(name, ""))


def _signed_hours(row: Row, name: str) -> int:
    hours = decimal_of(row.get(name, ""))
    return 0 if hours is None else round(hours * 60)


def _hours(row: Row, name: str) -> int | None:
    hours = decimal_of(row.get(name, ""))
    return None if hours is None or hours < 0 else round(hours * 60)


def _line(row: Row) -> TaskLine:
    percent = decimal_of(row.get("phys_complete_pct", "")) or Decimal(0)
    total = decimal_of(row.get("total_float_hr_cnt", ""))
    free = decimal_of(row.get("free_float_hr_cnt", ""))
    return TaskLine(
        uid=row["task_id"],
        code=row.get("task_code", ""),
        is_milestone=row.get("task_type") in _MILESTONES,
        percent_complete=min(max(int(percent), 0), 100),
        source=SourceDates(
            early_start=_moment(row, "early_start_date"),
            early_finish=_moment(row, "early_end_date"),
            late_start=_moment(row, "late_start_date"),
            late_finish=_moment(row, "late_end_date"),
            total_float=None if total is None else round(total * 60),
            free_float=None if free is None else round(free * 60),
        ),
    )
