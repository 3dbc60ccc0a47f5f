"""Reads across models, in a constant number of statements."""

from improvements.queries.health import health_inputs, inputs_of, limits
from improvements.queries.links import service_name
from improvements.queries.scores import (
    as_criteria,
    ballot,
    ballots,
    criteria,
    estimates,
    joint_of,
    joint_scores,
)

__all__ = [
    "as_criteria",
    "ballot",
    "ballots",
    "criteria",
    "estimates",
    "health_inputs",
    "inputs_of",
    "joint_of",
    "joint_scores",
    "limits",
    "service_name",
]
