"""Writes: one function per use case, one transaction, audit inside."""

from improvements.actions.capture import capture, edit
from improvements.actions.decisions import Wish, decide
from improvements.actions.links import link_project, link_service, unlink_project, unlink_service
from improvements.actions.moves import change_state
from improvements.actions.scores import CriterionGiven, Rating, score, set_scoring_model
from improvements.actions.standing import restand

__all__ = [
    "CriterionGiven",
    "Rating",
    "Wish",
    "capture",
    "change_state",
    "decide",
    "edit",
    "link_project",
    "link_service",
    "restand",
    "score",
    "set_scoring_model",
    "unlink_project",
    "unlink_service",
]
