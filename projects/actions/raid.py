"""Writes to the risks and issues of a project."""

import datetime as dt
from typing import TypedDict

from django.db import transaction

from accounts.models import User
from common import audit, clock
from common.db import save_version
from common.errors import Refused
from common.subjects import Subject
from projects.access import check_can_edit_project
from projects.models import Issue, Project, Risk


class RiskValues(TypedDict, total=False):
    """What a person sets on a risk."""

    kind: str
    title: str
    probability: int
    consequence: int
    response: str
    owner: User | None
    due_on: dt.date | None
    state: str


class IssueValues(TypedDict, total=False):
    """What a person sets on an issue."""

    title: str
    description: str
    resolution: str
    owner: User | None
    due_on: dt.date | None
    state: str


@transaction.atomic
def add_risk(project: Project, values: RiskValues, *, by: User | None) -> Risk:
    """Add a risk or opportunity; needs title, probability and consequence."""
    if by is not None:
        check_can_edit_project(by, project)
    at = clock.now()
    risk = Risk(project=project, **values, created_at=at, updated_at=at)
    _check_title(risk)
    risk.save(force_insert=True)
    _record("project.risk_added", risk, by, after=audit.snapshot(risk, ["id", *values]))
    return risk


@transaction.atomic
def edit_risk(risk: Risk, values: RiskValues, *, by: User | None, version: int) -> Risk:
    """Rate a risk anew, change its response, or close it."""
    _change(risk, values, by=by, version=version, deed="project.risk_changed")
    return risk


@transaction.atomic
def turn_risk_into_issue(risk: Risk, *, by: User | None, version: int) -> Issue:
    """Record that a risk has come true: it is closed as happened and continues as an issue."""
    if risk.state != "open":
        raise Refused("projects.risk_not_open")
    edit_risk(risk, {"state": "happened"}, by=by, version=version)
    return add_issue(
        risk.project,
        {
            "title": risk.title,
            "resolution": risk.response,
            "owner": risk.owner,
            "due_on": risk.due_on,
        },
        by=by,
        risk=risk,
    )


@transaction.atomic
def add_issue(
    project: Project, values: IssueValues, *, by: User | None, risk: Risk | None = None
) -> Issue:
    """Add an issue; needs a title."""
    if by is not None:
        check_can_edit_project(by, project)
    at = clock.now()
    issue = Issue(project=project, risk=risk, **values, created_at=at, updated_at=at)
    _check_title(issue)
    issue.save(force_insert=True)
    _record("project.issue_added", issue, by, after=audit.snapshot(issue, ["id", *values]))
    return issue


@transaction.atomic
def edit_issue(issue: Issue, values: IssueValues, *, by: User | None, version: int) -> Issue:
    """Change an issue, or close it."""
    _change(issue, values, by=by, version=version, deed="project.issue_changed")
    return issue


def _change(
    row: Risk | Issue,
    values: RiskValues | IssueValues,
    *,
    by: User | None,
    version: int,
    deed: str,
) -> None:
    if by is not None:
        check_can_edit_project(by, row.project)
    before, names = audit.snapshot(row, values), list(values)
    for name, value in values.items():
        setattr(row, name, value)
    _check_title(row)
    save_version(row, expected=version, fields=names, at=clock.now())
    _record(deed, row, by, before=before, after=audit.snapshot(row, names))


def _check_title(row: Risk | Issue) -> None:
    row.title = row.title.strip()
    if not row.title:
        raise Refused("projects.title_needed", field="title")


def _record(
    action: str,
    row: Risk | Issue,
    by: User | None,
    *,
    after: dict[str, object],
    before: dict[str, object] | None = None,
) -> None:
    audit.record(
        action,
        Subject("project", row.project_id),
        by=by,
        before=before,
        after=after,
        note=row.title,
    )
