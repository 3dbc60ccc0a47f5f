"""One history of an incident from what several files tell of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from services.domain.incidents import Step, TicketStatus


def merge(known: Sequence[Step], told: Sequence[Step]) -> tuple[Step, ...]:
    """Return one history of what was known and what a file tells now.

    The same or a longer history gives the same answer however it was cut into files. Several
    steps within one instant keep the order of whichever side knows all of them.
    """
    at_instant: dict[datetime, list[Step]] = {}
    for at, steps in groupby(sorted(known, key=lambda step: step.at), key=lambda step: step.at):
        at_instant[at] = list(steps)
    for at, group in groupby(sorted(told, key=lambda step: step.at), key=lambda step: step.at):
        new, old = list(group), at_instant.get(at, [])
        new, old = _fuller(new, old), _fuller(old, new)
        if len(new) >= len(old) and set(old) <= set(new):
            at_instant[at] = new
        else:
            at_instant[at] = old + [step for step in new if step not in old]
    return tuple(_changes([step for at in sorted(at_instant) for step in at_instant[at]]))


def _changes(steps: Sequence[Step]) -> Iterator[Step]:
    """Yield the steps at which something changed."""
    last: tuple[tuple[str, bool, str], int | None] | None = None
    for step in steps:
        priority = step.priority or (last[1] if last else None)
        now = (step.tells(), priority)
        if now != last:
            yield step
        last = now


def _fuller(steps: Sequence[Step], others: Sequence[Step]) -> list[Step]:
    """Leave out steps without a priority that the other side tells with one."""
    known = {step.tells() for step in others if step.priority is not None}
    return [step for step in steps if step.priority is not None or step.tells() not in known]


def told_by_row(
    opened_at: datetime,
    resolved_at: datetime | None,
    closed_at: datetime | None,
    status: str,
    word: str = "",
    *,
    priority: int | None = None,
) -> tuple[Step, ...]:
    """Return the history a single row tells: when it was opened, and where it stands.

    What lay between is unknown, so nothing is paused but an incident that waits now, and the
    priority given is taken for the one it had from the start.
    """
    over = resolved_at or closed_at
    steps = [Step(opened_at, TicketStatus.NEW, is_paused=False, priority=priority)]
    if over is not None:
        if status not in {TicketStatus.CLOSED, TicketStatus.CANCELLED}:
            status = TicketStatus.RESOLVED
        is_closed_later = closed_at is not None and closed_at > over
        # Some tools state a closing before the solving: closed it is, from the end on.
        ended = (
            TicketStatus.RESOLVED
            if status == TicketStatus.CLOSED and is_closed_later
            else TicketStatus(status)
        )
        steps.append(Step(over, ended, is_paused=False, word=word if status == ended else ""))
        if closed_at is not None and ended != status:
            steps.append(Step(closed_at, TicketStatus.CLOSED, is_paused=False, word=word))
    return tuple(steps)
