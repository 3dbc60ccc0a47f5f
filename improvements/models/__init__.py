"""Improvements, their links, scores and decisions."""

from improvements.models.decision import Decision
from improvements.models.improvement import Improvement
from improvements.models.links import ImprovementProject, ImprovementService
from improvements.models.scoring import Score, ScoringCriterion, ScoringModel
from improvements.models.standing import ImprovementStanding

__all__ = [
    "Decision",
    "Improvement",
    "ImprovementProject",
    "ImprovementService",
    "ImprovementStanding",
    "Score",
    "ScoringCriterion",
    "ScoringModel",
]
