"""Writes of the project office."""

from projects.actions.imports import apply_projects, compare_projects, undo_project
from projects.actions.milestones import add_milestone, edit_milestone, remove_milestone
from projects.actions.moves import change_overlay, change_phase
from projects.actions.projects import (
    ProjectValues,
    archive_project,
    create_project,
    edit_project,
    restore_project,
)
from projects.actions.raid import (
    IssueValues,
    RiskValues,
    add_issue,
    add_risk,
    edit_issue,
    edit_risk,
    turn_risk_into_issue,
)
from projects.actions.reports import ReportValues, publish_report
from projects.actions.standing import restand

__all__ = [
    "IssueValues",
    "ProjectValues",
    "ReportValues",
    "RiskValues",
    "add_issue",
    "add_milestone",
    "add_risk",
    "apply_projects",
    "archive_project",
    "change_overlay",
    "change_phase",
    "compare_projects",
    "create_project",
    "edit_issue",
    "edit_milestone",
    "edit_project",
    "edit_risk",
    "publish_report",
    "remove_milestone",
    "restand",
    "restore_project",
    "turn_risk_into_issue",
    "undo_project",
]
