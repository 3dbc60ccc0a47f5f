"""The roof's tables: what was, what changed, and the ledger of the machinery."""

from portfolio.models.periods import ReportingPeriod
from portfolio.models.runs import RollupRun, StandingChange, Unjudged
from portfolio.models.snapshots import Snapshot, SnapshotDay, UnitTotal

__all__ = [
    "ReportingPeriod",
    "RollupRun",
    "Snapshot",
    "SnapshotDay",
    "StandingChange",
    "UnitTotal",
    "Unjudged",
]
