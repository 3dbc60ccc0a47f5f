"""What an incident's statuses in order mean for its clock, and what it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from common.domain.worktime import WorkCalendar
from services.domain.clock import (
    AgreementChanged,
    ChangeMode,
    ClockAgreement,
    DueBasis,
    Event,
    Opened,
    OpenTime,
    PriorityChanged,
    Reading,
    ReopenMode,
    Standing,
    StateChanged,
    read,
)


class TicketStatus(StrEnum):
    """The statuses a source's own words are mapped to."""

    NEW = "new"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


STOPPING = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED, TicketStatus.CANCELLED})
RUNNING, WAITING, STOPPED = "running", "waiting", "stopped"


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on it had `status` (`word` in the source); paused: its clock stood still.

    `priority` is what it had from then on; None says nothing of it, so the one before stands.
    """

    at: datetime
    status: str
    is_paused: bool
    word: str = ""
    priority: int | None = None

    def tells(self) -> tuple[str, bool, str]:
        """Return what it says apart from the priority."""
        return self.status, self.is_paused, self.word

    @property
    def is_stopping(self) -> bool:
        """Whether work was over."""
        return self.status in STOPPING

    @property
    def standing(self) -> str:
        """What it means for the clock; being over outranks a pause."""
        if self.is_stopping:
            return STOPPED
        return WAITING if self.is_paused else RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where a history leaves an incident. `responded_at` is its first change of status."""

    status: str
    responded_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None


def outcome(
    steps: Sequence[Step],
    *,
    opened_at: datetime,
    resolved_at: datetime | None = None,
    closed_at: datetime | None = None,
    status: str = "",
) -> Outcome:
    """Return where an incident stands by its history and by what its source says of its end.

    A step after the end that the source gives means that it was reopened: it is open again. An
    end after the last step is the source's later knowledge, and counts.
    """
    last = steps[-1] if steps else None
    over = resolved_at or closed_at
    responded = _first_answer(steps, opened_at)
    if last is None or not last.is_stopping:
        if over is None or (last is not None and last.at > over):
            now = last.status if last is not None and len(steps) > 1 else status
            return Outcome(
                status=now or TicketStatus.NEW,
                responded_at=responded,
                resolved_at=None,
                closed_at=None,
            )
        ended = TicketStatus.CLOSED if closed_at else TicketStatus.RESOLVED
        return Outcome(
            status=status if status in STOPPING else ended,
            responded_at=responded or over,
            resolved_at=max(over, opened_at),
            closed_at=closed_at,
        )
    first_stop = last.at
    for step in reversed(steps):
        if not step.is_stopping:
            break
        first_stop = step.at
    return Outcome(
        status=last.status,
        responded_at=responded or first_stop,
        resolved_at=max(resolved_at or first_stop, opened_at),
        closed_at=closed_at,
    )


def _first_answer(steps: Sequence[Step], opened_at: datetime) -> datetime | None:
    """Return when its status first changed; another priority alone is no answer."""
    if steps and steps[0].at > opened_at and steps[0].status != TicketStatus.NEW:
        return steps[0].at
    for before, step in pairwise(steps):
        if step.at > opened_at and step.tells() != before.tells():
            return step.at
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One version of a service's agreement as its incidents' clocks need it.

    `starts_at` is the local midnight of its first day; seconds by priority. `hours_name` and
    `hours_version` say which calendar was read.
    """

    agreement_id: int
    version_no: int
    starts_at: datetime
    ends_at: datetime | None
    calendar: WorkCalendar
    resolve: Mapping[int, int]
    respond: Mapping[int, int]
    change_mode: str
    reopen: str
    hours_name: str = ""
    hours_version: int | None = None

    def clock(self) -> ClockAgreement:
        """Return these terms as the engine knows them."""
        return ClockAgreement(
            key=str(self.agreement_id),
            version=self.version_no,
            calendar=self.calendar,
            targets={priority: OpenTime(seconds) for priority, seconds in self.resolve.items()},
            pauses_in=frozenset({WAITING}),
            stops_in=frozenset({STOPPED}),
            on_change=ChangeMode(self.change_mode),
            on_priority_change=ChangeMode(self.change_mode),
            on_reopen=ReopenMode(self.reopen),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What an incident's clocks came to. Seconds are None while it is open.

    `met` is False from the moment a clock of it has run over, also while it is open or waits;
    True when it ended in time. `met` and `respond_met` are None without a target, before either
    is certain, and for a cancelled one.
    """

    agreement_id: int | None
    due_at: datetime | None
    business_seconds: int | None
    wall_seconds: int | None
    met: bool | None
    respond_met: bool | None


NO_PRIORITY = 0


def events_of(
    steps: Sequence[Step],
    *,
    opened_at: datetime,
    resolved_at: datetime | None,
    priority: int | None,
    terms: Sequence[Terms],
    clocks: Mapping[int, ClockAgreement],
) -> list[Event]:
    """Return an incident's history as the clock engine's events.

    The version in force at the opening is pinned by it; a later version comes in as a change, in
    the way it says itself, and reaches only an incident that is still open then.
    """
    first = _in_force(terms, opened_at)
    # What is told only of a later instant says nothing of the opening: until then it is new.
    is_told = bool(steps) and steps[0].at <= opened_at
    begun = steps[0].standing if is_told else RUNNING
    held = next((step.priority for step in steps if step.priority is not None), priority)
    events: list[Event] = [
        Opened(
            at=opened_at,
            state=begun,
            priority=held or NO_PRIORITY,
            agreement=clocks[first.agreement_id],
        )
    ]
    timed: list[tuple[datetime, Event]] = []
    standing = begun
    for step in steps[1:] if is_told else steps:
        at = max(step.at, opened_at)
        if step.priority is not None and step.priority != held:
            timed.append((at, PriorityChanged(at=at, priority=step.priority)))
            held = step.priority
        if step.standing != standing:
            timed.append((at, StateChanged(at=at, state=step.standing)))
            standing = step.standing
    if standing != STOPPED and resolved_at is not None:
        timed.append((resolved_at, StateChanged(at=resolved_at, state=STOPPED)))
    for later in terms:
        if later.starts_at > opened_at and (resolved_at is None or later.starts_at < resolved_at):
            change = AgreementChanged(at=later.starts_at, agreement=clocks[later.agreement_id])
            timed.append((later.starts_at, change))
    timed.sort(key=lambda pair: pair[0])
    events += [event for _, event in timed]
    return events


def _in_force(terms: Sequence[Terms], at: datetime) -> Terms:
    """Return the version that held at an instant; before the first one, the first."""
    held = [version for version in terms if version.starts_at <= at]
    return held[-1] if held else terms[0]


def held_at(terms: Sequence[Terms], opened_at: datetime) -> bool:
    """Return whether any version held when an incident was opened."""
    return any(
        version.starts_at <= opened_at and (version.ends_at is None or opened_at < version.ends_at)
        for version in terms
    )


def clock_of(
    steps: Sequence[Step],
    *,
    opened_at: datetime,
    result: Outcome,
    priority: int | None,
    terms: Sequence[Terms],
    clocks: Mapping[int, ClockAgreement],
    as_of: datetime,
) -> Clock:
    """Return what an incident's clocks show; without an agreement then, calendar time only."""
    over = result.resolved_at
    if not terms or not held_at(terms, opened_at):
        wall = int((over - opened_at).total_seconds()) if over else None
        return Clock(
            agreement_id=None,
            due_at=None,
            business_seconds=None,
            wall_seconds=wall,
            met=None,
            respond_met=None,
        )
    reading = read_clock(
        steps,
        opened_at=opened_at,
        resolved_at=over,
        priority=priority,
        terms=terms,
        clocks=clocks,
        as_of=as_of,
    )
    run = reading.current
    is_over = run.standing is Standing.STOPPED and over is not None
    return Clock(
        agreement_id=int(run.agreement.key),
        due_at=None if run.due_basis in {DueBasis.NO_TARGET, DueBasis.NEVER} else run.due,
        business_seconds=run.elapsed_seconds if is_over else None,
        wall_seconds=run.wall_seconds if is_over else None,
        met=None if result.status == TicketStatus.CANCELLED else _met(reading, is_over=is_over),
        respond_met=_responded(
            opened_at, result, _at_answer(steps, result, priority), _in_force(terms, opened_at)
        ),
    )


def _met(reading: Reading, *, is_over: bool) -> bool | None:
    """Return whether every clock was kept: a new clock does not undo what an earlier one missed."""
    if any(run.is_breached for run in reading.runs):
        return False
    return True if is_over and reading.current.target_seconds is not None else None


def _at_answer(steps: Sequence[Step], result: Outcome, priority: int | None) -> int | None:
    """Return the priority it had when it was answered: an answered clock keeps its result."""
    told = [step for step in steps if step.priority is not None]
    if result.responded_at is None or not told:
        return priority
    held = [step.priority for step in told if step.at <= result.responded_at]
    return held[-1] if held else told[0].priority


def read_clock(
    steps: Sequence[Step],
    *,
    opened_at: datetime,
    resolved_at: datetime | None,
    priority: int | None,
    terms: Sequence[Terms],
    clocks: Mapping[int, ClockAgreement],
    as_of: datetime,
) -> Reading:
    """Return the whole reading of an incident's clock, for a page that explains it."""
    events = events_of(
        steps,
        opened_at=opened_at,
        resolved_at=resolved_at,
        priority=priority,
        terms=terms,
        clocks=clocks,
    )
    return read(events, max(as_of, opened_at))


def _responded(
    opened_at: datetime, result: Outcome, priority: int | None, terms: Terms
) -> bool | None:
    allowed = terms.respond.get(priority or NO_PRIORITY)
    if allowed is None or result.responded_at is None or result.status == TicketStatus.CANCELLED:
        return None
    return terms.calendar.open_seconds(opened_at, result.responded_at) <= allowed
