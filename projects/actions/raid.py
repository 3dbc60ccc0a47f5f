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
    if by is not None:
        check_can_edit_project(by, risk.project)
    before, names = audit.snapshot(risk, values), list(values)
    for name, value in values.items():
        setattr(risk, name, value)
    _check_title(risk)
    save_version(risk, expected=version, fields=names, at=clock.now())
    _record("project.risk_changed", risk, by, before=before, after=audit.snapshot(risk, names))
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
    if by is not None:
        check_can_edit_project(by, issue.project)
    before, names = audit.snapshot(issue, values), list(values)
    for name, value in values.items():
        setattr(issue, name, value)
    _check_title(issue)
    save_version(issue, expected=version, fields=names, at=clock.now())
    _record("project.issue_changed", issue, by, before=before, after=audit.snapshot(issue, names))
    return issue


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
