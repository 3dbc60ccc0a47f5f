"""The rules a clock is read by, and the immutable events it is read from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from common.domain.refusal import Refusal
from common.domain.worktime import WorkCalendar

WARNING_PERCENTS = (50, 75, 90)


class ClockError(Refusal):
    """``first_not_opened``, ``opened_twice``, ``events_out_of_order``, ``not_opened_yet``,
    ``already_paused``, ``not_paused``, ``target_not_positive``, ``percent_out_of_range``,
    ``states_overlap``."""


class ChangeMode(StrEnum):
    """What a change of agreement or priority does to a clock that has begun (R7).

    KEEP counts the whole clock anew by the new rules, from its original start, pauses included.
    RESTART begins a new clock at the change. FREEZE leaves what was counted as it was counted
    and goes on by the new rules.
    """

    KEEP = "keep"
    RESTART = "restart"
    FREEZE = "freeze"


class ReopenMode(StrEnum):
    """Whether a reopened record goes on with its clock or gets a new one (R8)."""

    RESUME = "resume"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A target of so many open seconds."""

    seconds: int


@dataclass(frozen=True, slots=True)
class OpenDays:
    """A target of days that are each so many open seconds long (R13)."""

    days: int
    day_seconds: int


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """A target at the end of the Nth working day after the day the clock starts (R13)."""

    days: int


Target = OpenTime | OpenDays | WorkingDays


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockAgreement:
    """One version of the rules of a clock; the version is pinned by the event that brings it (R12).

    ``targets`` by priority; a priority without one has no target. In any state of ``pauses_in``
    the clock stands still, in any of ``stops_in`` it is done. ``on_change`` is how a running
    clock comes over to this agreement.
    """

    key: str
    version: int
    calendar: WorkCalendar
    targets: Mapping[int, Target]
    pauses_in: frozenset[str] = frozenset()
    stops_in: frozenset[str] = frozenset({"solved", "closed"})
    on_change: ChangeMode = ChangeMode.KEEP
    on_priority_change: ChangeMode = ChangeMode.KEEP
    on_reopen: ReopenMode = ReopenMode.RESUME
    warn_at: tuple[int, ...] = WARNING_PERCENTS

    def __post_init__(self) -> None:
        both = self.pauses_in & self.stops_in
        if both:
            raise ClockError("states_overlap", state=min(both))
        for percent in self.warn_at:
            if not 0 < percent <= 100:
                raise ClockError("percent_out_of_range", percent=percent)
        for priority, target in self.targets.items():
            lengths = [getattr(target, name) for name in target.__slots__]
            if not all(type(length) is int and length > 0 for length in lengths):
                raise ClockError("target_not_positive", priority=priority)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The record came to be; every clock begins with it."""

    at: datetime
    state: str
    priority: int
    agreement: ClockAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class StateChanged:
    """The record entered a state; leaving a stopping state for another kind is a reopening."""

    at: datetime
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorityChanged:
    """The record got a priority, and with it another target."""

    at: datetime
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementChanged:
    """Other rules, or another version of them, came to hold."""

    at: datetime
    agreement: ClockAgreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """The clock was paused whatever the record's state; ``reason`` is a code."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """The pause ended."""

    at: datetime


Event = Opened | StateChanged | PriorityChanged | AgreementChanged | Paused | Resumed
