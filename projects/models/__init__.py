"""The project office's tables."""

from projects.models.figure import ProjectFigure
from projects.models.milestone import Milestone
from projects.models.project import Project, ProjectType
from projects.models.raid import Issue, Risk
from projects.models.report import StatusReport, StatusReportLine
from projects.models.standing import ProjectStanding

__all__ = [
    "Issue",
    "Milestone",
    "Project",
    "ProjectFigure",
    "ProjectStanding",
    "ProjectType",
    "Risk",
    "StatusReport",
    "StatusReportLine",
]
