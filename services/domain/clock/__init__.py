"""Agreement clocks: a fold over immutable events, in business time.

``read`` returns what one clock shows at an instant; ``Run.intervals`` explains every second of
it. The same events always give the same answer. Conventions: ``docs/domain/clock.md``.
"""

from services.domain.clock.fold import read, target_seconds
from services.domain.clock.reading import (
    DueBasis,
    Interval,
    IntervalCode,
    Reading,
    Run,
    RunEnd,
    Standing,
    WarningPoint,
)
from services.domain.clock.terms import (
    WARNING_PERCENTS,
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
    Target,
    WorkingDays,
)

__all__ = [
    "WARNING_PERCENTS",
    "AgreementChanged",
    "ChangeMode",
    "ClockAgreement",
    "ClockError",
    "DueBasis",
    "Event",
    "Interval",
    "IntervalCode",
    "OpenDays",
    "OpenTime",
    "Opened",
    "Paused",
    "PriorityChanged",
    "Reading",
    "ReopenMode",
    "Resumed",
    "Run",
    "RunEnd",
    "Standing",
    "StateChanged",
    "Target",
    "WarningPoint",
    "WorkingDays",
    "read",
    "target_seconds",
]
