"""Collisions of a change or go-live with everything else that happens to its services.

Half-open intervals throughout: what ends at ten does not collide with what starts at ten.
Evidence collisions with measurement windows are not here but with the improvements. The reasons
and their sources: ``docs/domain/collisions.md``.
"""

from services.domain.collisions.placing import HORIZON_DAYS, collisions, next_free_slots
from services.domain.collisions.terms import (
    GO_LIVE_GAP_DAYS,
    HARD_BY_DEFAULT,
    PLACED,
    Collision,
    CollisionCode,
    CollisionError,
    CollisionPolicy,
    Entry,
    EntryKind,
    ServiceFacts,
    Severity,
    Slot,
)

__all__ = [
    "GO_LIVE_GAP_DAYS",
    "HARD_BY_DEFAULT",
    "HORIZON_DAYS",
    "PLACED",
    "Collision",
    "CollisionCode",
    "CollisionError",
    "CollisionPolicy",
    "Entry",
    "EntryKind",
    "ServiceFacts",
    "Severity",
    "Slot",
    "collisions",
    "next_free_slots",
]
