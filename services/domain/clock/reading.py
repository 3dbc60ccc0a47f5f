"""What a clock shows: its due, its elapsed time, its warnings and every interval of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from common.domain.localtime import instant
from services.domain.clock.terms import ClockAgreement


class Standing(StrEnum):
    """What a clock does during a span of time."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"


class IntervalCode(StrEnum):
    """Why an interval counted, or why it did not."""

    COUNTED = "counted"
    OUTSIDE_HOURS = "outside_hours"
    PAUSING_STATE = "pausing_state"
    PAUSED = "paused"
    STOPPED = "stopped"


class DueBasis(StrEnum):
    """What a due instant rests on, or why there is none.

    PASSED: the target was used up then. RUNNING: it will be, if the clock runs on. PAUSED: as if
    it ran on from now, so each further second of pause moves it. STOPPED: it would have been.
    NO_TARGET: the priority has none. NEVER: too few open hours are left before the horizon.
    """

    PASSED = "passed"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    NO_TARGET = "no_target"
    NEVER = "never"


class RunEnd(StrEnum):
    """Why a run was followed by a new one."""

    AGREEMENT_CHANGED = "agreement_changed"
    PRIORITY_CHANGED = "priority_changed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A stretch of a clock's time ``[start, end)`` with the code of why it counted or not."""

    start: datetime
    end: datetime
    code: IntervalCode
    state: str
    pause_reason: str | None
    agreement_key: str
    agreement_version: int


@dataclass(frozen=True, slots=True)
class WarningPoint:
    """When a share of the target is used up; ``at`` is None when that will not come."""

    percent: int
    at: datetime | None
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds since 1970 ``[start, end)`` during which nothing about a clock changed."""

    start: int
    end: int
    state: str
    pause_reason: str | None
    agreement: ClockAgreement

    @property
    def standing(self) -> Standing:
        """What the clock did: a stopping state outranks a pause."""
        if self.state in self.agreement.stops_in:
            return Standing.STOPPED
        if self.pause_reason is not None or self.state in self.agreement.pauses_in:
            return Standing.PAUSED
        return Standing.RUNNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One clock from its start to its end, or to the instant it is read at.

    ``elapsed_seconds`` are open seconds while running. ``wall_seconds`` are all seconds from the
    start to the stop (or the end), of which ``paused_seconds`` stood still and
    ``stopped_seconds`` lay between a stop and a reopening: on a 24x7 calendar elapsed is wall
    less those two. A target is met up to and at equality (R6).
    """

    agreement: ClockAgreement
    priority: int
    start: datetime
    end: datetime
    ended_by: RunEnd | None
    standing: Standing
    stopped_at: datetime | None
    target_seconds: int | None
    elapsed_seconds: int
    wall_seconds: int
    paused_seconds: int
    stopped_seconds: int
    due: datetime | None
    due_basis: DueBasis
    warnings: tuple[WarningPoint, ...]
    spans: tuple[Span, ...]

    @property
    def is_breached(self) -> bool:
        """Whether more than the target has elapsed: seconds are compared, never percents (R6)."""
        return self.target_seconds is not None and self.elapsed_seconds > self.target_seconds

    @property
    def is_met(self) -> bool:
        """Whether the clock stopped with its target kept."""
        has_kept = self.target_seconds is not None and not self.is_breached
        return has_kept and self.standing is Standing.STOPPED

    @property
    def remaining_seconds(self) -> int | None:
        """Open seconds left, negative once breached; None without a target."""
        return None if self.target_seconds is None else self.target_seconds - self.elapsed_seconds

    @property
    def percent(self) -> Decimal | None:
        """Elapsed share of the target in percent, unrounded; None without a target."""
        if self.target_seconds is None:
            return None
        return Decimal(100 * self.elapsed_seconds) / self.target_seconds

    @property
    def wall_percent(self) -> Decimal | None:
        """Wall time in percent of the target, unrounded; None without a target."""
        if self.target_seconds is None:
            return None
        return Decimal(100 * self.wall_seconds) / self.target_seconds

    def intervals(self) -> Iterator[Interval]:
        """Yield every interval from start to end, in order and without gaps, with its code."""
        for span in self.spans:
            if span.start == span.end:
                continue
            match span.standing:
                case Standing.STOPPED:
                    yield _whole(span, IntervalCode.STOPPED)
                case Standing.PAUSED:
                    named = span.pause_reason is not None
                    code = IntervalCode.PAUSED if named else IntervalCode.PAUSING_STATE
                    yield _whole(span, code)
                case Standing.RUNNING:
                    yield from _by_hours(span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Every run of a clock as known at an instant; the last one is current."""

    as_of: datetime
    state: str
    runs: tuple[Run, ...]

    @property
    def current(self) -> Run:
        """The run that counts now, or was the last to."""
        return self.runs[-1]


def _by_hours(span: Span) -> Iterator[Interval]:
    at, end = instant(span.start), instant(span.end)
    for opening, closing in span.agreement.calendar.intervals(at, end):
        if opening > at:
            yield _interval(span, at, opening, IntervalCode.OUTSIDE_HOURS)
        yield _interval(span, opening, closing, IntervalCode.COUNTED)
        at = closing
    if at < end:
        yield _interval(span, at, end, IntervalCode.OUTSIDE_HOURS)


def _whole(span: Span, code: IntervalCode) -> Interval:
    return _interval(span, instant(span.start), instant(span.end), code)


def _interval(span: Span, start: datetime, end: datetime, code: IntervalCode) -> Interval:
    return Interval(
        start=start,
        end=end,
        code=code,
        state=span.state,
        pause_reason=span.pause_reason,
        agreement_key=span.agreement.key,
        agreement_version=span.agreement.version,
    )
