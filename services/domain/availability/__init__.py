"""Availability over agreed hours: agreed beside experienced, with what is not known.

``measure`` sweeps a period once; every figure is a sum over its pieces, and opens to them.
Conventions, formulas and sources: ``docs/domain/availability.md``.
"""

from services.domain.availability.figures import (
    Availability,
    Figures,
    Measure,
    Piece,
    PieceCode,
)
from services.domain.availability.means import (
    OfferingAvailability,
    PartTime,
    RestorationPart,
    RollUp,
    allowed_downtime,
    availability_of_means,
    restoration_parts,
    roll_up,
)
from services.domain.availability.measuring import measure
from services.domain.availability.terms import (
    AvailabilityError,
    AvailabilityPolicy,
    Outage,
    OutageKind,
    Overlap,
    Treatment,
)

__all__ = [
    "Availability",
    "AvailabilityError",
    "AvailabilityPolicy",
    "Figures",
    "Measure",
    "OfferingAvailability",
    "Outage",
    "OutageKind",
    "Overlap",
    "PartTime",
    "Piece",
    "PieceCode",
    "RestorationPart",
    "RollUp",
    "Treatment",
    "allowed_downtime",
    "availability_of_means",
    "measure",
    "restoration_parts",
    "roll_up",
]
