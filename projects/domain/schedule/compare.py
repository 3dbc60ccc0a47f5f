"""What moved between two versions of a plan, and how much of it each kind of change did.

The older plan is turned into the newer one kind by kind, in a fixed order, and rescheduled after
each; what moves then is that kind's part. So a task's parts always add up to its whole shift.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from common.domain.refusal import Refusal
from projects.domain.schedule.plan import Link, Plan, Task
from projects.domain.schedule.result import Schedule, TaskDates, schedule


class Cause(StrEnum):
    """Kinds of change, in the order in which they are applied."""

    SCOPE = "scope"
    LOGIC = "logic"
    DURATION = "duration"
    CALENDAR = "calendar"
    CONSTRAINT = "constraint"
    PROGRESS = "progress"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How far one task, or the project, moved: early dates before and after.

    ``shift`` is the finish's movement in working minutes of the newer project calendar, later
    positive; ``parts`` splits it by cause and adds up to it.
    """

    uid: str
    start_before: datetime
    start_after: datetime
    finish_before: datetime
    finish_after: datetime
    shift: int
    parts: Mapping[Cause, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The project's own movement, the tasks that moved, and what came, went or turned critical."""

    project: Movement
    moved: tuple[Movement, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    became_critical: tuple[str, ...]
    no_longer_critical: tuple[str, ...]


def compare(before: Schedule, after: Schedule) -> Comparison:
    """Return what moved from one schedule to a later one, and why.

    A change whose plan alone has no schedule (its links would close a loop) is counted with the
    next kind.
    """
    stages = list(_stages(before, after))
    old, new = before.tasks, after.tasks
    common = [uid for uid in new if uid in old]
    moved = (_movement(uid, [(c, s.tasks) for c, s in stages], before, after) for uid in common)
    return Comparison(
        project=_project_movement(stages, before, after),
        moved=tuple(m for m in moved if _has_moved(m)),
        added=tuple(uid for uid in new if uid not in old),
        removed=tuple(uid for uid in old if uid not in new),
        became_critical=tuple(u for u in common if new[u].is_critical and not old[u].is_critical),
        no_longer_critical=tuple(
            u for u in common if old[u].is_critical and not new[u].is_critical
        ),
    )


def _has_moved(movement: Movement) -> bool:
    return (movement.start_before, movement.finish_before) != (
        movement.start_after,
        movement.finish_after,
    ) or any(movement.parts.values())


def _stages(before: Schedule, after: Schedule) -> Iterator[tuple[Cause, Schedule]]:
    """Yield the schedule after each kind of change; the last is the newer one itself."""
    current = before
    for cause, plan in _plans(before.plan, after.plan):
        if plan != current.plan:
            with suppress(Refusal):  # it may make sense only together with the next kind
                current = after if plan == after.plan else schedule(plan)
        yield cause, current
    yield Cause.PROGRESS, after


def _plans(before: Plan, after: Plan) -> Iterator[tuple[Cause, Plan]]:
    """Yield the plan with all changes up to each kind, except the last kind, progress."""
    known = {task.uid: task for task in before.tasks}
    plan = _with_scope(before, after, known)
    yield Cause.SCOPE, plan
    plan = replace(
        plan, links=after.links, options=after.options, tasks=_taken(plan, after, "parent")
    )
    yield Cause.LOGIC, plan
    plan = replace(plan, tasks=_taken(plan, after, "duration", "is_elapsed"))
    yield Cause.DURATION, plan
    plan = replace(
        plan,
        calendar=after.calendar,
        calendars=after.calendars,
        tasks=_taken(plan, after, "calendar", "resource_calendars", "ignores_resource_calendars"),
    )
    yield Cause.CALENDAR, plan
    plan = replace(
        plan,
        start=after.start,
        required_finish=after.required_finish,
        tasks=_taken(plan, after, "constraints", "deadline"),
    )
    yield Cause.CONSTRAINT, plan


def _taken(plan: Plan, after: Plan, *names: str) -> tuple[Task, ...]:
    """Return a plan's tasks, which stand in the newer plan's order, with some of its fields."""
    return tuple(
        replace(task, **{name: getattr(new, name) for name in names})
        if any(getattr(task, name) != getattr(new, name) for name in names)
        else task
        for task, new in zip(plan.tasks, after.tasks, strict=True)
    )


def _with_scope(before: Plan, after: Plan, known: Mapping[str, Task]) -> Plan:
    """Return the older plan with the newer one's set of tasks."""
    wanted = {task.uid for task in after.tasks}

    def older(task: Task) -> Task:
        old = known.get(task.uid)
        if old is None:
            return task
        return (
            old if old.parent is None or old.parent in wanted else replace(old, parent=task.parent)
        )

    def touches_new(link: Link) -> bool:
        return link.predecessor not in known or link.successor not in known

    kept = [x for x in before.links if x.predecessor in wanted and x.successor in wanted]
    new = [link for link in after.links if touches_new(link)]
    return replace(
        before,
        tasks=tuple(older(task) for task in after.tasks),
        links=(*kept, *new),
        calendars={**after.calendars, **before.calendars},
    )


def _movement(
    uid: str,
    stages: list[tuple[Cause, Mapping[str, TaskDates]]],
    before: Schedule,
    after: Schedule,
) -> Movement:
    old, new = before.tasks[uid], after.tasks[uid]
    finishes = [(cause, rows[uid].early_finish) for cause, rows in stages]
    return Movement(
        uid=uid,
        start_before=old.early_start,
        start_after=new.early_start,
        finish_before=old.early_finish,
        finish_after=new.early_finish,
        shift=after.work_between(old.early_finish, new.early_finish),
        parts=_parts(after, old.early_finish, finishes),
    )


def _project_movement(
    stages: list[tuple[Cause, Schedule]], before: Schedule, after: Schedule
) -> Movement:
    return Movement(
        uid="",
        start_before=before.start,
        start_after=after.start,
        finish_before=before.finish,
        finish_after=after.finish,
        shift=after.work_between(before.finish, after.finish),
        parts=_parts(after, before.finish, [(cause, s.finish) for cause, s in stages]),
    )


def _parts(
    after: Schedule, finish: datetime, finishes: list[tuple[Cause, datetime]]
) -> dict[Cause, int]:
    parts: dict[Cause, int] = {}
    for cause, later in finishes:
        parts[cause] = after.work_between(finish, later) if later != finish else 0
        finish = later
    return parts
