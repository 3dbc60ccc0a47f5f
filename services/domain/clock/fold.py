"""The fold itself: from events to runs, and from the spans of a run to what it shows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from common.domain.localtime import epoch, instant
from common.domain.worktime import CalendarError
from services.domain.clock.reading import (
    DueBasis,
    Reading,
    Run,
    RunEnd,
    Span,
    Standing,
    WarningPoint,
)
from services.domain.clock.terms import (
    AgreementChanged,
    ChangeMode,
    ClockAgreement,
    ClockError,
    Event,
    OpenDays,
    Opened,
    OpenTime,
    Paused,
    PriorityChanged,
    ReopenMode,
    Resumed,
    StateChanged,
    WorkingDays,
)


def read(events: Sequence[Event], as_of: datetime) -> Reading:
    """Return what the clock of these events shows at ``as_of``; later events are not known yet.

    Events come in the order they happened; those of the same instant in the order they took
    effect. Raises ClockError ``first_not_opened``, ``opened_twice``, ``events_out_of_order``,
    ``not_opened_yet``, ``already_paused``, ``not_paused``; CalendarError ``instant_naive``,
    ``beyond_horizon``.
    """
    if not events or not isinstance(events[0], Opened):
        raise ClockError("first_not_opened")
    end = epoch(as_of)
    fold = _Fold(events[0])
    if fold.since > end:
        raise ClockError("not_opened_yet", opened=events[0].at.isoformat())
    for event in events[1:]:
        at = epoch(event.at)
        if at < fold.since:
            raise ClockError("events_out_of_order", at=event.at.isoformat())
        if at > end:
            break
        fold.take(event, at)
    return Reading(as_of=instant(end), state=fold.state, runs=fold.runs(end))


class _Fold:
    """The state between two events. ``waiting`` are the terms a finished clock restarts with."""

    __slots__ = (
        "_agreement",
        "_closed",
        "_pause",
        "_priority",
        "_spans",
        "_start",
        "_waiting",
        "since",
        "state",
    )

    def __init__(self, opened: Opened) -> None:
        self.since = self._start = epoch(opened.at)
        self.state = opened.state
        self._priority = opened.priority
        self._agreement = opened.agreement
        self._pause: str | None = None
        self._spans: list[Span] = []
        self._closed: list[Run] = []
        self._waiting: tuple[ClockAgreement, int] | None = None

    def take(self, event: Event, at: int) -> None:
        """Take one more event into account, at ``at`` seconds since 1970."""
        self._advance(at)
        match event:
            case StateChanged():
                self._enter(event.state)
            case PriorityChanged():
                self._change(
                    self._latest[0],
                    event.priority,
                    self._latest[0].on_priority_change,
                    RunEnd.PRIORITY_CHANGED,
                )
            case AgreementChanged():
                self._change(
                    event.agreement,
                    self._latest[1],
                    event.agreement.on_change,
                    RunEnd.AGREEMENT_CHANGED,
                )
            case Paused() | Resumed():
                self._hold(event)
            case Opened():
                raise ClockError("opened_twice", at=event.at.isoformat())

    def runs(self, end: int) -> tuple[Run, ...]:
        """Return every run, the current one read at ``end``."""
        # The last span stands even when it is empty: it says what the clock does at the end.
        self._spans.append(Span(self.since, end, self.state, self._pause, self._agreement))
        return (*self._closed, self._run(end, None))

    @property
    def _latest(self) -> tuple[ClockAgreement, int]:
        return self._waiting or (self._agreement, self._priority)

    def _advance(self, to: int) -> None:
        if to > self.since:
            self._spans.append(Span(self.since, to, self.state, self._pause, self._agreement))
            self.since = to

    def _hold(self, event: Paused | Resumed) -> None:
        reason = event.reason if isinstance(event, Paused) else None
        if (reason is None) == (self._pause is None):
            code = "not_paused" if reason is None else "already_paused"
            raise ClockError(code, at=event.at.isoformat())
        self._pause = reason

    def _enter(self, state: str) -> None:
        was_stopped = self.state in self._agreement.stops_in
        self.state = state
        if not was_stopped or state in self._agreement.stops_in:
            return
        if self._waiting is not None or self._agreement.on_reopen is ReopenMode.NEW:
            agreement, priority = self._latest
            self._begin_again(agreement, priority, RunEnd.REOPENED)

    def _change(
        self, agreement: ClockAgreement, priority: int, mode: ChangeMode, because: RunEnd
    ) -> None:
        is_stopped = self.state in self._agreement.stops_in
        if self._waiting is not None or (mode is ChangeMode.RESTART and is_stopped):
            # A finished clock keeps its result; the new terms wait for a reopening.
            self._waiting = agreement, priority
        elif mode is ChangeMode.RESTART:
            self._begin_again(agreement, priority, because)
        else:
            if mode is ChangeMode.KEEP and agreement is not self._agreement:
                self._spans = [
                    Span(span.start, span.end, span.state, span.pause_reason, agreement)
                    for span in self._spans
                ]
            self._agreement, self._priority = agreement, priority

    def _begin_again(self, agreement: ClockAgreement, priority: int, because: RunEnd) -> None:
        if not self._spans:
            self._spans.append(
                Span(self.since, self.since, self.state, self._pause, self._agreement)
            )
        self._closed.append(self._run(self.since, because))
        self._spans = []
        self._start = self.since
        self._agreement, self._priority, self._waiting = agreement, priority, None

    def _run(self, end: int, ended_by: RunEnd | None) -> Run:
        return _run_of(
            self._spans,
            agreement=self._agreement,
            priority=self._priority,
            start=self._start,
            end=end,
            ended_by=ended_by,
        )


def target_seconds(agreement: ClockAgreement, priority: int, start: datetime) -> int | None:
    """Return the open seconds a clock started at ``start`` may take (R13); None: no target."""
    return _target(agreement, priority, epoch(start))


def _target(agreement: ClockAgreement, priority: int, start: int) -> int | None:
    match agreement.targets.get(priority):
        case None:
            return None
        case OpenTime(seconds):
            return seconds
        case OpenDays(days, day_seconds):
            return days * day_seconds
        case WorkingDays(days):
            begun = instant(start)
            close = agreement.calendar.end_of_working_day(begun, days)
            return agreement.calendar.open_seconds(begun, close)


def _run_of(
    spans: list[Span],
    *,
    agreement: ClockAgreement,
    priority: int,
    start: int,
    end: int,
    ended_by: RunEnd | None,
) -> Run:
    target = _target(agreement, priority, start)
    # A share is used up when no part of it is left, so it is rounded up to whole seconds.
    marks = () if target is None else tuple(-(-target * p // 100) for p in agreement.warn_at)
    tally = _Tally(spans, set(marks) if target is None else {*marks, target})
    standing = spans[-1].standing
    is_over = standing is Standing.STOPPED or ended_by is not None
    stop = tally.last_unstopped if standing is Standing.STOPPED else end
    due, basis = _due(target, tally, agreement, stop=stop, standing=standing, is_over=is_over)
    warnings = tuple(
        WarningPoint(percent, *_warning(mark, tally, agreement, end=end, is_over=is_over))
        for percent, mark in zip(agreement.warn_at, marks, strict=False)
    )
    return Run(
        agreement=agreement,
        priority=priority,
        start=instant(start),
        end=instant(end),
        ended_by=ended_by,
        standing=standing,
        stopped_at=instant(stop) if standing is Standing.STOPPED else None,
        target_seconds=target,
        elapsed_seconds=tally.elapsed,
        wall_seconds=stop - start,
        paused_seconds=tally.paused,
        stopped_seconds=tally.stopped - (end - stop),
        due=due,
        due_basis=basis,
        warnings=warnings,
        spans=tuple(spans),
    )


class _Tally:
    """One walk over spans: what elapsed, what stood still, and when each mark was reached."""

    __slots__ = ("elapsed", "last_unstopped", "paused", "reached", "stopped")

    def __init__(self, spans: Sequence[Span], marks: Iterable[int]) -> None:
        self.elapsed = self.paused = self.stopped = 0
        self.reached: dict[int, int] = {}
        self.last_unstopped = spans[0].start
        waiting = sorted(marks, reverse=True)
        for span in spans:
            match span.standing:
                case Standing.RUNNING:
                    self._run(span, waiting)
                case Standing.PAUSED:
                    self.paused += span.end - span.start
                case Standing.STOPPED:
                    self.stopped += span.end - span.start
                    continue
            self.last_unstopped = span.end

    def _run(self, span: Span, waiting: list[int]) -> None:
        calendar = span.agreement.calendar
        after = self.elapsed + calendar.open_seconds_epoch(span.start, span.end)
        while waiting and waiting[-1] <= after:
            mark = waiting.pop()
            self.reached[mark] = calendar.due_epoch(span.start, mark - self.elapsed)
        self.elapsed = after


def _due(
    target: int | None,
    tally: _Tally,
    agreement: ClockAgreement,
    *,
    stop: int,
    standing: Standing,
    is_over: bool,
) -> tuple[datetime | None, DueBasis]:
    if target is None:
        return None, DueBasis.NO_TARGET
    if target in tally.reached:
        return instant(tally.reached[target]), DueBasis.PASSED
    due = _projected(agreement, stop, target - tally.elapsed)
    if due is None:
        return None, DueBasis.NEVER
    if is_over:
        return due, DueBasis.STOPPED
    return due, DueBasis.PAUSED if standing is Standing.PAUSED else DueBasis.RUNNING


def _warning(
    mark: int, tally: _Tally, agreement: ClockAgreement, *, end: int, is_over: bool
) -> tuple[datetime | None, bool]:
    if mark in tally.reached:
        return instant(tally.reached[mark]), True
    return (None if is_over else _projected(agreement, end, mark - tally.elapsed)), False


def _projected(agreement: ClockAgreement, start: int, seconds: int) -> datetime | None:
    try:
        return instant(agreement.calendar.due_epoch(start, seconds))
    except CalendarError:
        return None
