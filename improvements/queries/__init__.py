"""Reads across models, in a constant number of statements."""

from improvements.queries.health import (
    as_criteria,
    ballot,
    criteria,
    health_inputs,
    joint_scores,
    limits,
)

__all__ = ["as_criteria", "ballot", "criteria", "health_inputs", "joint_scores", "limits"]
